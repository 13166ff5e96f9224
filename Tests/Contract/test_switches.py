"""`update` and `view` of docs/protocol.md, and what becomes of them while the bridge is away."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from Installation.ringlink import ROOT
from Installation.signal_socket import SignalSocket

OFFER = (ROOT / "Tests/SDPTests/Fixtures/chromium-join.sdp").read_text().replace("\r\n", "\n").replace("\n", "\r\n")


@contextlib.contextmanager
def stopped(bridge):
    """It stands still: it is there, and does not answer."""
    os.kill(bridge.pid, signal.SIGSTOP)
    try:
        # On a busy machine some of its threads run on for a moment.
        while any(stat.read_text().rpartition(")")[2].split()[0] != "T" for stat in Path(f"/proc/{bridge.pid}/task").glob("*/stat")):
            time.sleep(0.01)
        yield
    finally:
        os.kill(bridge.pid, signal.SIGCONT)


@pytest.fixture
def filming(joined):
    """Ada, who offers a camera and has it on."""
    before, video, after = OFFER.partition("m=video")
    joined.send(type="signal", description={"type": "offer", "sdp": before + video + after.replace("a=sendrecv", "a=sendonly", 1)})
    assert joined.receive("signal")["description"]["type"] == "answer"
    joined.send(type="update", microphone=True, camera=True)
    assert joined.receive("peer-updated")["peer"]["camera"] is True
    return joined


def wait_for_upload(socket, camera, timeout=10):
    """Takes what was told before it, too: an older word of the same must not count for it."""
    while socket.receive("upload", timeout=timeout)["camera"] is not camera:
        pass


def test_the_own_switches_are_shown_to_everybody(installation, room, joined):
    with SignalSocket(installation) as other:
        other.join(room, name="Bob")
        for switches in ({"microphone": True, "camera": True, "screen": True}, {"microphone": False, "camera": True}):
            joined.send(type="update", **switches)
            peer = other.receive("peer-updated")["peer"]
            assert {name: peer[name] for name in ("microphone", "camera", "screen")} == {"screen": False, **switches}


def test_who_shows_a_camera_and_who_does_not_is_told_to_its_owner(installation, room, filming):
    with SignalSocket(installation) as other:
        other.join(room, name="Bob")
        wait_for_upload(filming, True)
        other.send(type="view", show=[])
        wait_for_upload(filming, False)
        other.send(type="view", show=[{"participant": filming.welcome["peer"], "kind": "video"}])
        wait_for_upload(filming, True)


def test_what_a_bridge_that_stands_still_did_not_take_it_is_told_when_it_goes_on(installation, room, filming):
    bridge = installation.parts["bridge"]
    with SignalSocket(installation) as other:
        other.id = other.join(room, name="Bob")["peer"]
        wait_for_upload(filming, True)
        with stopped(bridge):
            other.send(type="update", microphone=True, camera=False)
            other.send(type="view", show=[])
            refused = {(error["code"], error["about"]) for error in (other.receive("error", timeout=12) for _ in range(2))}
            assert refused == {("bridge_unavailable", "update"), ("bridge_unavailable", "view")}
            # The view nobody says once more; of the switches the newest count.
            other.send(type="update", microphone=False, camera=True)
            assert other.is_open()
        newest = {"id": other.id, "kind": "browser", "name": "Bob", "microphone": False, "camera": True, "screen": False, "muted": False}
        filming.receive("peer-updated", timeout=15, peer=newest)
        wait_for_upload(filming, False, timeout=15)
        # It has them once: none of the old ones comes after it, and another change is taken at once.
        other.send(type="update", microphone=True, camera=True)
        last = {**newest, "microphone": True}
        filming.receive("peer-updated", peer=last)
        with pytest.raises(AssertionError, match="no frame"):
            other.receive("error", timeout=3)
        assert filming.is_open()
        told = [frame["peer"] for frame in filming.heard if frame["type"] == "peer-updated" and frame["peer"]["id"] == other.id]
        assert told[-2:] == [newest, last]
    assert installation.parts["bridge"] == bridge
