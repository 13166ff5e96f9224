"""`join`, `welcome` and the roster of docs/protocol.md, right and wrong."""

import re
import time

import pytest

from Installation.signal_socket import SignalSocket, fresh_load

CALL = "ca_" + "0" * 24


def test_a_join_is_welcomed(socket, room):
    welcome = socket.join(room, name="Ada")
    assert list(welcome)[0] == "type"
    assert set(welcome) == {"type", "peer", "room", "peers", "resume", "resumed", "role", "locked", "calls"}
    assert re.fullmatch(r"pe_[0-9a-f]{24}", welcome["peer"])
    assert welcome["room"] == room
    assert welcome["peers"] == [{"id": welcome["peer"], "kind": "browser", "name": "Ada", "microphone": True, "camera": False, "screen": False, "muted": False}]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", welcome["resume"])
    assert welcome["resumed"] is False
    assert welcome["calls"] == []


@pytest.mark.parametrize("room", ["a", "x" * 64, "A-Z.a_z~0-9", "r-c0ff331e"])
def test_a_room_name_may_have_all_that_a_link_allows(socket, room):
    assert socket.join(room)["room"] == room


@pytest.mark.parametrize(
    "change, code",
    [
        ({"room": ""}, "invalid_room"),
        ({"room": "a b"}, "invalid_room"),
        ({"room": "x" * 65}, "invalid_room"),
        ({"room": "ä"}, "invalid_room"),
        ({"room": "../x"}, "invalid_room"),
        ({"room": "a\u0000"}, "invalid_room"),
        ({"name": ""}, "invalid_name"),
        ({"name": "   "}, "invalid_name"),
        ({"name": "x" * 81}, "invalid_name"),
        ({"name": "a\nb"}, "invalid_name"),
        ({"name": "a\u202eb"}, "invalid_name"),
        ({"name": "\u0000"}, "invalid_name"),
        ({"name": "e" + "\u0301" * 3000}, "invalid_name"),
        ({"load": ""}, "invalid_load"),
        ({"load": "0" * 31}, "invalid_load"),
        ({"load": "F" * 32}, "invalid_load"),
        ({"load": "copy-" + "0" * 31}, "invalid_load"),
        ({"load": "copy-copy-" + "0" * 32}, "invalid_load"),
        ({"room": None}, "malformed_frame"),
        ({"name": None}, "malformed_frame"),
        ({"load": None}, "malformed_frame"),
        ({"room": 5}, "malformed_frame"),
        ({"name": ["Ada"]}, "malformed_frame"),
        ({"load": {"x": 1}}, "malformed_frame"),
        ({"resume": 5}, "malformed_frame"),
        ({"colour": "red"}, "malformed_frame"),
        ({"link": 5}, "malformed_frame"),
        ({"link": "?room=a&sig=x"}, "link_tampered"),
    ],
)
def test_a_join_with_a_fault_is_refused_and_can_be_put_right(socket, room, change, code):
    frame = {"type": "join", "room": room, "name": "Ada", "load": fresh_load()} | change
    assert socket.error(**frame) == (code, "join")
    assert socket.join(room)["room"] == room


def test_a_name_is_any_text_of_eighty_characters(socket, room):
    name = "👩‍👩‍👧‍👦" * 20 + "é" * 30 + "<b>&amp;\"'\\/" + "名" * 18
    assert len(name) > 80
    welcome = socket.join(room, name=f"  {name}\t")
    assert welcome["peers"][0]["name"] == name


def test_a_socket_joins_once(joined, room):
    assert joined.error(type="join", room=room, name="Ada", load=fresh_load()) == ("already_joined", "join")
    assert joined.is_open()


def test_two_joins_at_once_are_one(socket, room):
    load = fresh_load()
    for _ in range(2):
        socket.send(type="join", room=room, name="Ada", load=load)
    assert socket.receive("error")["code"] == "already_joined"
    assert socket.receive("welcome")["room"] == room


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "dial", "number": "600", "key": "0123456789"},
        {"type": "hangup", "call": CALL},
        {"type": "dtmf", "call": CALL, "digits": "1"},
        {"type": "update", "microphone": True, "camera": False},
        {"type": "signal", "description": {"type": "offer", "sdp": "v=0"}},
        {"type": "signal", "candidate": {"candidate": ""}},
    ],
    ids=lambda frame: frame["type"],
)
def test_before_the_join_nothing_is_done(socket, room, frame):
    socket.send(**frame)
    error = socket.receive("error")
    assert (error["code"], error["about"]) == ("not_joined", frame["type"])
    assert error.get("key") == frame.get("key")
    assert socket.join(room)


# The roster


def test_everybody_in_the_room_hears_of_everybody(installation, joined, room):
    with SignalSocket(installation) as bob:
        welcome = bob.join(room, name="Bob")
        assert [peer["name"] for peer in welcome["peers"]] == ["Ada", "Bob"]
        assert joined.receive("peer-joined") == {
            "type": "peer-joined",
            "peer": {"id": welcome["peer"], "kind": "browser", "name": "Bob", "microphone": True, "camera": False, "screen": False, "muted": False},
        }
        bob.send(type="update", microphone=False, camera=True)
        updated = joined.receive("peer-updated")["peer"]
        assert (updated["id"], updated["microphone"], updated["camera"]) == (welcome["peer"], False, True)
        bob.send(type="leave")
        assert joined.receive("peer-left") == {"type": "peer-left", "peer": welcome["peer"]}
        assert bob.wait_for_close() == (1000, "left")


def test_another_room_hears_nothing(installation, joined, room):
    with SignalSocket(installation) as bob:
        bob.join(room + "-2", name="Bob")
        bob.send(type="update", microphone=False, camera=True)
        bob.is_open()
    joined.is_open()
    assert {frame["type"] for frame in joined.heard} == {"welcome", "pong"}


def test_the_last_of_many_updates_wins(installation, joined, room):
    with SignalSocket(installation) as bob:
        bob.join(room)
        for count in range(21):
            joined.send(type="update", microphone=count % 2 == 0, camera=count == 20)
        updated = bob.receive("peer-updated", timeout=10)
        while not updated["peer"]["camera"]:
            updated = bob.receive("peer-updated", timeout=10)
        assert updated["peer"]["microphone"] is True
        with SignalSocket(installation) as cleo:
            ada = next(peer for peer in cleo.join(room)["peers"] if peer["name"] == "Ada")
        assert (ada["microphone"], ada["camera"]) == (True, True)


@pytest.mark.parametrize(
    "frame",
    [
        {"microphone": True},
        {"camera": True},
        {"microphone": 1, "camera": 0},
        {"microphone": "on", "camera": "off"},
        {"microphone": True, "camera": True, "x": 1},
    ],
)
def test_an_update_names_both_switches(joined, frame):
    assert joined.error(type="update", **frame) == ("malformed_frame", "update")


def test_a_lost_socket_without_media_leaves_after_five_seconds(installation, joined, room):
    bob = SignalSocket(installation)
    peer = bob.join(room, name="Bob")["peer"]
    bob.socket.socket.close()
    began = time.monotonic()
    assert joined.receive("peer-left", timeout=12)["peer"] == peer
    assert 3.5 < time.monotonic() - began < 9
