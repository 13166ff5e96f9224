"""Roles and chat, as docs/protocol.md says."""

import contextlib
import json
import os
import secrets
import signal

import pytest

from Installation.rest import REST
from Installation.signal_socket import SignalSocket, fresh_load


@pytest.fixture(scope="module")
def host_link(installation):
    """Makes a host's link of a room; the query that its page would send."""
    rest = REST(installation)
    key = rest.made("/v1/signing-keys", {"name": "roles " + secrets.token_hex(3)})

    def mint(room):
        link = rest.made("/v1/links", {"signing_key": key["id"], "room": room, "role": "host"})
        return link["url"].split("room.html", 1)[1]

    return mint


@pytest.fixture
def meeting(installation, room, host_link):
    """A host, and a guest."""
    with SignalSocket(installation) as host, SignalSocket(installation) as guest:
        host.send(type="join", room=room, name="Hanna", load=fresh_load(), link=host_link(room))
        welcome = host.receive("welcome")
        assert (welcome["role"], welcome["locked"]) == ("host", False)
        assert guest.join(room, name="Gus")["role"] == "guest"
        host.id, guest.id = welcome["peer"], guest.heard[-1]["peer"]
        yield host, guest


@pytest.mark.parametrize(
    "frame", [{"type": "mute", "on": True}, {"type": "kick"}, {"type": "lock", "on": True}, {"type": "end"}], ids=lambda frame: frame["type"]
)
def test_a_guest_has_no_host_s_rights(meeting, frame):
    host, guest = meeting
    frame = {**frame, **({"peer": host.id} if frame["type"] in ("mute", "kick") else {})}
    assert guest.error(**frame) == ("forbidden", frame["type"])


def test_a_host_may_key_into_a_call_that_a_program_has_started_and_a_guest_may_not(installation, room, meeting):
    host, guest = meeting
    rest = REST(installation)
    call = rest.made("/v1/calls", {"room": room, "number": "600"})["id"]
    for socket in meeting:
        socket.receive("dial-status", state="answered")
    assert guest.error(type="dtmf", call=call, digits="1") == ("forbidden", "dtmf")
    # The host may, but the echo takes none: what a telephone gets of it is shown in Tests/EndToEnd.
    assert host.error(type="dtmf", call=call, digits="1") == ("dtmf_not_negotiated", "dtmf")
    with SignalSocket(installation) as elsewhere:
        elsewhere.join("another-" + secrets.token_hex(4))
        assert elsewhere.error(type="dtmf", call=call, digits="1") == ("unknown_call", "dtmf")
    rest.post(f"/v1/calls/{call}/hangup")


def test_a_host_mutes_and_lets_speak_again(meeting):
    host, guest = meeting
    for on in (True, False):
        host.send(type="mute", peer=guest.id, on=on)
        for socket in meeting:
            assert socket.receive("peer-updated")["peer"]["muted"] is on
    # Its own switch is its own.
    guest.send(type="update", microphone=False, camera=False)
    assert host.receive("peer-updated")["peer"] == {
        "id": guest.id, "kind": "browser", "name": "Gus", "microphone": False, "camera": False, "screen": False, "muted": False,
    }


@pytest.mark.parametrize("peer", ["pe_" + "0" * 24, "ca_" + "0" * 24, "x"])
@pytest.mark.parametrize("type", ["mute", "kick"])
def test_who_is_not_there_cannot_be_moderated(meeting, type, peer):
    host, _ = meeting
    code, about = host.error(type=type, peer=peer, **({"on": True} if type == "mute" else {}))
    assert about == type
    assert code == ("unknown_call" if (type, peer[:2]) == ("kick", "ca") else "unknown_participant")


def test_who_is_kicked_is_out_and_may_not_resume(installation, room, meeting):
    host, guest = meeting
    resume = next(frame["resume"] for frame in guest.heard if frame["type"] == "welcome")
    host.send(type="kick", peer=guest.id)
    assert guest.wait_for_close() == (4403, "kicked")
    assert host.receive("peer-left")["peer"] == guest.id
    with SignalSocket(installation) as again:
        assert again.join(room, resume=resume)["resumed"] is False


def test_a_locked_room_lets_in_hosts_alone(installation, room, meeting, host_link):
    host, guest = meeting
    host.send(type="lock", on=True)
    assert host.receive("locked")["on"] is guest.receive("locked")["on"] is True
    with SignalSocket(installation) as late:
        assert late.error(type="join", room=room, name="Late", load=fresh_load()) == ("room_locked", "join")
        host.send(type="lock", on=False)
        assert guest.receive("locked")["on"] is False
        assert late.join(room)["locked"] is False
    host.send(type="lock", on=True)
    with SignalSocket(installation) as second:
        second.send(type="join", room=room, name="Second host", load=fresh_load(), link=host_link(room))
        assert second.receive("welcome")["locked"] is True


def test_a_reload_is_let_into_a_locked_room_and_does_not_lift_a_mute(installation, room, host_link):
    load = fresh_load()
    with SignalSocket(installation) as host:
        host.send(type="join", room=room, name="Hanna", load=fresh_load(), link=host_link(room))
        host.receive("welcome")
        with SignalSocket(installation) as guest:
            peer = guest.join(room, name="Gus", load=load)["peer"]
            host.send(type="lock", on=True)
            host.send(type="mute", peer=peer, on=True)
            assert guest.receive("peer-updated")["peer"]["muted"] is True
            guest.send(type="leave")
            assert guest.wait_for_close() == (1000, "left")
        with SignalSocket(installation) as again:
            welcome = again.join(room, name="Gus", load=load)
            assert [one["muted"] for one in welcome["peers"] if one["id"] == welcome["peer"]] == [True]
            host.send(type="kick", peer=welcome["peer"])
            assert again.wait_for_close() == (4403, "kicked")
        with SignalSocket(installation) as kicked:
            assert kicked.error(type="join", room=room, name="Gus", load=load) == ("room_locked", "join")


def test_an_expired_host_link_makes_no_host_of_who_is_there_already(installation, rest, room):
    key = rest.made("/v1/signing-keys", {"name": "expired"})
    old = rest.made("/v1/links", {"signing_key": key["id"], "room": room, "role": "host", "expires_at": "2020-01-01T00:00:00Z"})
    load = fresh_load()
    with SignalSocket(installation) as socket:
        resume = socket.join(room, load=load)["resume"]
    with SignalSocket(installation) as again:
        again.send(type="join", room=room, name="Test", load=load, resume=resume, link=old["url"].split("room.html", 1)[1])
        welcome = again.receive("welcome")
        assert (welcome["resumed"], welcome["role"]) == (True, "guest")


def test_a_host_ends_the_meeting_for_everybody(installation, room, meeting):
    host, guest = meeting
    host.send(type="end")
    for socket in meeting:
        assert socket.wait_for_close() == (4410, "ended")
    with SignalSocket(installation) as later:
        assert len(later.join(room)["peers"]) == 1


@contextlib.contextmanager
def enter(installation, room, host_link):
    """A host, and a guest, in a room of that name."""
    with SignalSocket(installation) as host, SignalSocket(installation) as guest:
        host.send(type="join", room=room, name="Hanna", load=fresh_load(), link=host_link(room))
        host.receive("welcome")
        guest.id = guest.join(room, name="Gus")["peer"]
        host.receive("peer-joined")
        yield host, guest


def test_what_a_host_wants_while_the_bridge_stands_still_is_done_when_it_goes_on(installation, room, host_link):
    bridge = installation.parts["bridge"]
    over = room + "-over"
    with enter(installation, room, host_link) as (host, guest), enter(installation, over, host_link) as (other, last):
        resume = next(frame["resume"] for frame in guest.heard if frame["type"] == "welcome")
        os.kill(bridge.pid, signal.SIGSTOP)
        try:
            host.send(type="kick", peer=guest.id)
            other.send(type="end")
            assert guest.wait_for_close() == (4403, "kicked")
            assert last.wait_for_close() == other.wait_for_close() == (4410, "ended")
            # Longer than the order is worth: what lies in the bridge's socket is too late.
            error = host.receive("error", timeout=12)
            assert (error["code"], error["about"]) == ("bridge_unavailable", "kick")
        finally:
            os.kill(bridge.pid, signal.SIGCONT)
        assert host.receive("peer-left", timeout=8)["peer"] == guest.id
        with SignalSocket(installation) as again, SignalSocket(installation) as next_meeting:
            assert again.join(room, resume=resume)["resumed"] is False
            assert len(next_meeting.join(over)["peers"]) == 1
            host.receive("peer-joined")
            # The orders are done once: nobody who came afterwards is put out by them.
            with pytest.raises(AssertionError, match="still open"):
                next_meeting.wait_for_close(5)
            assert again.is_open()


def test_what_somebody_writes_everybody_reads_as_it_is(meeting):
    host, guest = meeting
    text = "<b>Grüße</b> & \"du\"\nzweite Zeile 🦊"
    guest.send(type="chat", text=f"  {text} ")
    for socket in meeting:
        message = socket.receive("chat")
        assert (message["from"], message["name"], message["text"]) == (guest.id, "Gus", text)
        assert message["at"].endswith("Z")


@pytest.mark.parametrize("text", ["", "  \n", "a\u0000b", "\u202eabc", "x" * 2001, 5, None], ids=lambda text: repr(text)[:12])
def test_what_is_no_message_is_refused(meeting, text):
    _, guest = meeting
    guest.text(json.dumps({"type": "chat", "text": text}))
    assert guest.receive("error")["code"] == "malformed_frame"


def test_who_writes_too_much_is_told(meeting):
    host, guest = meeting
    for count in range(15):
        guest.send(type="chat", text=str(count))
    assert guest.receive("error")["code"] == "too_many_messages"
    assert [host.receive("chat")["text"] for _ in range(10)] == [str(count) for count in range(10)]
