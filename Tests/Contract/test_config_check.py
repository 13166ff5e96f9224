"""`ringlink config check`: everything that is wrong, by key and line, and nothing is started."""

import json
import os
import subprocess

import pytest

from Installation.ringlink import BINARY


def check(folder, text=None, environment=None, options=()):
    if text is not None:
        (folder / "ringlink.conf").write_text(text)
        os.chmod(folder, 0o755)
    command = [BINARY, "config", "check", "--data", str(folder), *options]
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp"} | (environment or {})
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{\n  "dialling": "open"\n}', ["ringlink.conf:2, dialling: This field is not known here."]),
        (
            '{\n"dialing": "shut",\n"caps": {\n  "calls_per_day": -1,\n  "time_zone": "Mars"},\n"api": {"cors_origins": ["*"]}}',
            [
                "ringlink.conf:2, dialing: It must be one of: open, signed.",
                "ringlink.conf:4, caps.calls_per_day: It must be a whole number from 0 to 10000000.",
                "ringlink.conf:5, caps.time_zone: It must be a time zone such as Europe/Berlin.",
                "ringlink.conf:6, api.cors_origins.0: It must be an origin such as",
            ],
        ),
        ('{\n  "dialing": "open",\n}', ["ringlink.conf:3 is not one JSON object in UTF-8: a member's name in quotes is missing."]),
        ('{"api": {"requests_per_minute": 5, "requests_per_minute": 6}}', ["ringlink.conf:1", "a member is there twice"]),
        ("", ["it ends too early"]),
    ],
)
def test_each_fault_is_named_with_its_line_and_what_is_allowed(tmp_path, text, named):
    answer = check(tmp_path, text)
    assert answer.returncode == 1 and answer.stdout == ""
    for sentence in named:
        assert sentence in answer.stderr
    assert "rror:" not in answer.stderr


def test_what_the_environment_says_wrong_is_named_by_its_variable(tmp_path):
    answer = check(tmp_path, "{}", {"RINGLINK_CAPS_CALLS_PER_DAY": "many", "RINGLINK_LOG": "loud", "RINGLINK_SECRET_KEY": "abc", "RINGLINK_DIALLING": "x"})
    assert answer.returncode == 1
    for sentence in (
        "RINGLINK_CAPS_CALLS_PER_DAY: It must be a whole number",
        "RINGLINK_LOG=loud is no level: trace",
        "RINGLINK_SECRET_KEY: It must be at least 64 lowercase hex digits.",
        "RINGLINK_DIALLING: There is no such variable. There are RINGLINK_API_CORS_ORIGINS",
    ):
        assert sentence in answer.stderr, answer.stderr


def test_what_is_in_order_is_shown_with_its_source_and_without_secrets(tmp_path):
    configuration = {"dialing": "signed", "api": {"metrics_token": "a-very-secret-token"}, "caps": {"calls_per_day": 7}}
    answer = check(tmp_path, json.dumps(configuration, indent=1), {"RINGLINK_CAPS_CALLS_PER_DAY": "9"})
    assert answer.returncode == 0, answer.stderr
    assert "dialing = \"signed\"" in answer.stdout and "ringlink.conf:2)" in answer.stdout
    assert "caps.calls_per_day = 9  (RINGLINK_CAPS_CALLS_PER_DAY)" in answer.stdout
    assert "api.metrics_token = (secret)" in answer.stdout and "very-secret" not in answer.stdout + answer.stderr


def test_without_a_file_there_is_nothing_to_say_and_a_named_one_must_be_there(tmp_path):
    assert "There is no configuration file" in check(tmp_path).stdout
    missing = check(tmp_path, options=("--config", "/nonexistent/x.conf"))
    assert missing.returncode == 1 and "/nonexistent/x.conf cannot be read" in missing.stderr
    assert not (tmp_path / "lock").exists() and not list(tmp_path.iterdir())
