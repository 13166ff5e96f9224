"""A lost socket takes its place back, with the token that it was given and no other."""

import base64
import hashlib
import hmac
import time

import pytest

from Installation.control import RESUME, Control, derive
from Installation.signal_socket import SignalSocket, fresh_load


def decode(token):
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return data[:-32].decode(), data[-32:]


def seal(installation, claims):
    """A token as the installation would make it."""
    key = derive(Control(installation).secret, RESUME)
    data = claims.encode() + hmac.digest(key, claims.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.fixture
def lost(installation, room):
    """A place whose socket broke a moment ago."""
    socket = SignalSocket(installation)
    socket.load = fresh_load()
    socket.room = room
    socket.welcome = socket.join(room, name="Ada", load=socket.load)
    socket.socket.socket.close()
    return socket


def join_again(installation, lost, resume, **changes):
    with SignalSocket(installation) as again:
        return again.join(changes.get("room", lost.room), load=changes.get("load", lost.load), resume=resume)


def test_a_valid_token_takes_the_place_back(installation, lost, room):
    with SignalSocket(installation) as other:
        other.join(room, name="Bob")
        with SignalSocket(installation) as again:
            welcome = again.join(room, name="Ada", load=lost.load, resume=lost.welcome["resume"])
            assert welcome["resumed"] is True
            assert welcome["peer"] == lost.welcome["peer"]
            assert [peer["name"] for peer in welcome["peers"]] == ["Ada", "Bob"]
            # It is renewed, and each is good.
            assert welcome["resume"]
            time.sleep(7)
            assert again.is_open()
        # Nobody was told of anybody's coming or going.
        assert {frame["type"] for frame in other.heard} <= {"welcome", "pong"}


def test_the_renewed_token_is_good_too(installation, lost):
    token = lost.welcome["resume"]
    for _ in range(3):
        welcome = join_again(installation, lost, token)
        assert (welcome["resumed"], welcome["peer"]) == (True, lost.welcome["peer"])
        token = welcome["resume"]


def test_what_the_installation_signs_is_what_the_specification_says(installation, lost):
    claims, code = decode(lost.welcome["resume"])
    version, peer, room, load, expiry = claims.split("\n")
    assert (version, peer, room, load) == ("rl-resume-v1", lost.welcome["peer"], lost.room, lost.load)
    assert int(expiry) > time.time() * 1000
    assert seal(installation, claims) == lost.welcome["resume"]


@pytest.mark.parametrize("alteration", ["a bit", "the peer", "the expiry", "the code", "cut", "empty", "nonsense", "padded", "huge"])
def test_an_altered_token_makes_a_new_place(installation, lost, alteration):
    token = lost.welcome["resume"]
    claims, code = decode(token)

    def seal_wrongly(text, code):
        return base64.urlsafe_b64encode(text.encode() + code).decode().rstrip("=")

    altered = {
        "a bit": token[:20] + ("A" if token[20] != "A" else "B") + token[21:],
        "the peer": seal_wrongly(claims.replace(lost.welcome["peer"], "pe_" + "0" * 24), code),
        "the expiry": seal_wrongly(claims[:-1] + ("0" if claims[-1] != "0" else "1"), code),
        "the code": seal_wrongly(claims, bytes(32)),
        "cut": token[:-4],
        "empty": "",
        "nonsense": "not a token at all",
        "padded": token + "==",
        "huge": "A" * 60_000,
    }[alteration]
    welcome = join_again(installation, lost, altered)
    assert welcome["resumed"] is False
    assert welcome["peer"] != lost.welcome["peer"]


def test_an_expired_token_makes_a_new_place(installation, lost):
    claims, _ = decode(lost.welcome["resume"])
    past = "\n".join(claims.split("\n")[:-1] + [str(int(time.time() * 1000) - 1)])
    welcome = join_again(installation, lost, seal(installation, past))
    assert (welcome["resumed"], welcome["peer"] == lost.welcome["peer"]) == (False, False)
    # The same with a time to come is good: it was the time.
    future = "\n".join(claims.split("\n")[:-1] + [str(int(time.time() * 1000) + 60_000)])
    assert join_again(installation, lost, seal(installation, future))["resumed"] is True


def test_a_token_is_good_for_its_room_and_load_only(installation, lost):
    token = lost.welcome["resume"]
    assert join_again(installation, lost, token, room=lost.room + "-2")["resumed"] is False
    assert join_again(installation, lost, token, load=fresh_load())["resumed"] is False
    assert join_again(installation, lost, token)["resumed"] is True


def test_a_place_that_was_given_up_is_not_taken_back(installation, room):
    with SignalSocket(installation) as socket:
        load = fresh_load()
        welcome = socket.join(room, load=load)
        socket.send(type="leave")
        assert socket.wait_for_close() == (1000, "left")
    with SignalSocket(installation) as again:
        second = again.join(room, load=load, resume=welcome["resume"])
        assert second["resumed"] is False
        assert [peer["id"] for peer in second["peers"]] == [second["peer"]]


def test_a_place_without_socket_and_media_is_gone_after_a_while(installation, lost):
    time.sleep(8)
    assert join_again(installation, lost, lost.welcome["resume"])["resumed"] is False


def test_the_newer_socket_replaces_the_older(installation, room):
    load = fresh_load()
    with SignalSocket(installation) as first, SignalSocket(installation) as second:
        welcome = first.join(room, load=load)
        again = second.join(room, load=load, resume=welcome["resume"])
        assert (again["resumed"], again["peer"]) == (True, welcome["peer"])
        assert first.wait_for_close() == (4409, "replaced")
        time.sleep(6)
        assert second.is_open()
        with SignalSocket(installation) as third:
            assert len(third.join(room)["peers"]) == 2, "the older one's end has not taken the place with it"
