"""The log as programs read it: one JSON object a line."""

import json
import subprocess
import time

import pytest
import requests

from Installation.ringlink import BINARY, Installation


@pytest.fixture(scope="module")
def logging():
    with Installation("logging", {"RINGLINK_LOG": "info", "RINGLINK_LOG_FORMAT": "json"}).up() as installation:
        yield installation


def lines(installation, until):
    """All lines of the log, once one of them is there."""
    deadline = time.monotonic() + 10
    while not any(until in line for line in list(installation.lines)):
        assert time.monotonic() < deadline, f"{until} was not logged"
        time.sleep(0.05)
    return [json.loads(line) for line in list(installation.lines) if line.startswith("{")]


def test_every_line_says_when_how_bad_who_and_what_and_none_is_of_another_form(logging):
    requests.get(logging.origin + "/nowhere", headers={"X-Request-Id": "seen-in-the-log"}, timeout=10)
    logged = lines(logging, "seen-in-the-log")
    for line in logged:
        assert list(line)[:4] == ["time", "level", "process", "message"]
        assert line["time"].endswith("Z") and len(line["time"]) == 24
        assert line["process"] in ("api", "bridge", "prepare", "ringlink")
    (mine,) = [line for line in logged if line.get("request") == "seen-in-the-log"]
    assert (mine["message"], mine["status"], mine["method"], mine["path"]) == ("request", "404", "GET", "/nowhere")
    assert {line["process"] for line in logged} >= {"api"}


def test_no_line_holds_a_phone_number_or_a_query(logging):
    for path in ("/room.html?dial=%2B493012345678", "/+493012345678", "/%2B493012345678"):
        requests.get(logging.origin + path, headers={"X-Request-Id": "number"}, timeout=10)
    requests.get(logging.origin + "/last", headers={"X-Request-Id": "after-the-numbers"}, timeout=10)
    printed = "\n".join(str(line) for line in lines(logging, "after-the-numbers"))
    assert "3012345678" not in printed and "dial=" not in printed
    assert "+493…78" in printed


def test_a_form_that_does_not_exist_keeps_it_from_starting():
    answer = subprocess.run([BINARY, "up"], env={"RINGLINK_LOG_FORMAT": "xml", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=20)
    assert answer.returncode == 1 and "RINGLINK_LOG_FORMAT=xml is no form: text, json." in answer.stderr
