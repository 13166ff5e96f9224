"""Processes that are killed come back, and what they held ends once or goes on."""

import os
import signal
import time

import requests

from Installation.browser import Visitors
from Installation.signal_socket import refused_call


def test_a_killed_bridge_ends_its_calls_and_comes_back(running, browser, room):
    visitors = Visitors(browser)
    try:
        tab = visitors.tab(running.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        others = {name: process for name, process in running.parts.items() if name != "bridge"}
        os.kill(running.parts["bridge"].pid, signal.SIGKILL)
        document = running.wait_for_end(call, pause=tab.pause)
        assert document["outcome"] == "internal_error"
        assert [entry["event"] for entry in document["timeline"]].count("ended") == 1
        assert tab.wait_for_call("ended", outcome="internal_error") == call
        running.wait_until_ready()
        assert {name: process for name, process in running.parts.items() if name != "bridge"} == others, "only the bridge fell"
        tab.wait_for_media(60)
        tab.press("again")
        again = tab.wait_for_call("answered", seconds=60)
        assert again != call
        tab.wait_for_tone(440)
        assert running.calls_in(room) == [call, again]
    finally:
        visitors.leave()


def test_a_killed_api_keeps_the_call(running, browser, room):
    visitors = Visitors(browser)
    try:
        tab = visitors.tab(running.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        tab.wait_for_tone(440)
        os.kill(running.parts["api"].pid, signal.SIGKILL)
        tab.wait_for_state("reconnecting")
        # The media does not care.
        tab.wait_for_tone(440)
        running.wait_until_ready()
        tab.wait_for_media(60)
        assert tab.wait_for_call("answered") == call
        tab.wait_for_tone(440)
        tab.pause(12)
        document = running.call(call)
        assert document["state"] == "answered", document
        assert running.calls_in(room) == [call]
        tab.press("hangup")
        assert running.wait_for_end(call, pause=tab.pause)["outcome"] == "completed"
    finally:
        visitors.leave()


def test_a_killed_database_is_started_again(running, room):
    call = refused_call(running, room)
    os.kill(running.parts["postgres"].pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while True:
        try:
            assert running.call(call)["outcome"] == "blocked"
            break
        except (AssertionError, requests.RequestException):
            assert time.monotonic() < deadline, running.printed
            time.sleep(0.2)
    running.wait_until_ready(30)
    assert refused_call(running, room) != call
