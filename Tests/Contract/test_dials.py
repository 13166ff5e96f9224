"""`dial`, `dial-status` and `hangup` of docs/protocol.md, as far as they go without a media connection."""

import json
import re
import secrets

import pytest

from Installation.signal_socket import SignalSocket, fresh_load

CALL = "ca_" + "0" * 24


def fresh_key():
    return secrets.token_hex(16)


def test_a_dial_without_a_line_ends_in_words(installation, joined, room):
    key = fresh_key()
    joined.send(type="dial", number="+49 (30) 123-45.67", origin="user", key=key)
    status = joined.receive("dial-status", state="ended")
    assert set(status) == {"type", "call", "key", "number", "label", "state", "early_media", "outcome", "reason", "talk_seconds", "starter"}
    assert re.fullmatch(r"ca_[0-9a-f]+", status["call"])
    assert (status["key"], status["number"], status["outcome"], status["starter"]) == (key, "+49301234567", "trunk_unavailable", True)
    assert status["reason"]["code"] == "no_trunk"
    assert "567" not in status["reason"]["text"] or "•" in status["reason"]["text"]
    assert status["talk_seconds"] == 0
    document = installation.call(status["call"])
    assert (document["room"], document["outcome"], document["origin"]) == (room, "trunk_unavailable", "user")


def test_the_same_key_is_the_same_call(installation, joined, room):
    key = fresh_key()
    calls = set()
    for _ in range(3):
        joined.send(type="dial", number="+49301234567", key=key)
        calls.add(joined.receive("dial-status", key=key, state="ended")["call"])
    assert len(calls) == 1
    # Also from another socket of the same load.
    with SignalSocket(installation) as again:
        again.join(room, load=joined.load)
        again.send(type="dial", number="+49301234567", key=key)
        calls.add(again.receive("dial-status", key=key, state="ended")["call"])
    assert installation.calls_in(room) == list(calls)


def test_the_literal_frame_of_the_reference_works(installation, joined, room):
    """`{type, number, trunk}`: without a key it is the load's own, without an origin the link's."""
    for _ in range(2):
        joined.send(type="dial", number="+4915157610183", trunk="tr_4194b9eab3de")
        status = joined.receive("dial-status", state="ended")
        assert (status["outcome"], status["reason"]["code"]) == ("trunk_unavailable", "unknown_trunk")
        assert status["key"]
    assert len(installation.calls_in(room)) == 1
    assert installation.call(status["call"])["origin"] == "url"


def test_a_link_rings_once_for_a_load_whatever_the_key(installation, joined, room):
    joined.send(type="dial", number="+49301234567", key=fresh_key())
    call = joined.receive("dial-status", state="ended")["call"]
    joined.send(type="dial", number="+49301234567", key=fresh_key())
    assert joined.receive("dial-status", state="ended")["call"] == call
    joined.send(type="dial", number="+49301234567", key=fresh_key(), origin="user")
    assert joined.receive("dial-status", state="ended")["call"] != call
    assert len(installation.calls_in(room)) == 2


def test_another_visitor_of_the_same_link_is_not_fired(installation, joined, room):
    joined.send(type="dial", number="+49301234567")
    joined.receive("dial-status", state="ended")
    with SignalSocket(installation) as bob:
        bob.join(room)
        key = fresh_key()
        bob.send(type="dial", number="+49301234567", key=key)
        status = bob.receive("dial-status")
        assert (status["key"], status["state"], status["reason"]["code"]) == (key, "not_fired", "already_fired")
        assert status["reason"]["text"] and "call" not in status
        # Another number is another matter.
        bob.send(type="dial", number="+49301234568", key=fresh_key())
        assert bob.receive("dial-status", state="ended")["outcome"] == "trunk_unavailable"
    assert len(installation.calls_in(room)) == 2


def test_a_copied_load_does_not_dial_by_itself(installation, socket, room):
    socket.join(room, load="copy-" + fresh_load())
    socket.send(type="dial", number="+49301234567", key=fresh_key())
    assert socket.receive("dial-status")["state"] == "not_fired"
    assert installation.calls_in(room) == []
    socket.send(type="dial", number="+49301234567", key=fresh_key(), origin="user")
    assert socket.receive("dial-status", state="ended")["outcome"] == "trunk_unavailable"


def test_a_dial_without_media_rings_nobody(installation, joined, room):
    key = fresh_key()
    joined.send(type="dial", number="600", key=key)
    queued = joined.receive("dial-status", key=key)
    assert queued["state"] == "queued"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", queued["expires_at"])
    error = joined.receive("error")
    assert (error["code"], error["about"], error["key"]) == ("no_media", "dial", key)
    ended = joined.receive("dial-status", state="ended")
    assert (ended["call"], ended["outcome"], ended["reason"]["code"]) == (queued["call"], "failed", "no_media")
    document = installation.call(ended["call"])
    assert document["outcome"] == "failed" and "answered_at" not in document


def test_others_in_the_room_see_a_call_with_its_number_masked(installation, joined, room):
    with SignalSocket(installation) as bob:
        bob.join(room)
        joined.send(type="dial", number="+4915157610183", key=fresh_key())
        mine = joined.receive("dial-status", state="ended")
        theirs = bob.receive("dial-status", state="ended")
        assert theirs["call"] == mine["call"]
        assert mine["number"] == "+4915157610183"
        assert theirs["number"] == "+4915•••••183"
        assert theirs["starter"] is False and "key" not in theirs
        assert "5157610" not in json.dumps(theirs)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0",
        "7",
        "0049301234567",
        "49301234567",
        "+4",
        "+" + "1" * 16,
        "+49(0)301234567",
        "call me",
        "6oo",
        "+49301234567;ext=1",
        "１２３",
        "9" * 65,
        "+0123456789",
        "*100#",
    ],
)
def test_a_number_that_is_none_is_refused(installation, joined, room, number):
    key = fresh_key()
    joined.send(type="dial", number=number, key=key)
    status = joined.receive("dial-status", key=key, state="ended")
    assert (status["outcome"], status["reason"]["code"], status["refusal"]["rule"]) == ("invalid_number", "invalid_number", "malformed")
    assert installation.calls_in(room) == [status["call"]]


@pytest.mark.parametrize("number", ["112", "911", "110", "999", "000", "1 1 2", "+112", "+49112", "+1911"])
def test_an_emergency_number_is_never_dialled(installation, joined, room, number):
    key = fresh_key()
    joined.send(type="dial", number=number, key=key)
    status = joined.receive("dial-status", key=key, state="ended")
    assert (status["outcome"], status["reason"]["code"], status["refusal"]["rule"]) == ("blocked", "emergency_number", "emergency")
    assert "telephone" in status["reason"]["text"]
    assert installation.calls_in(room) == [status["call"]]


@pytest.mark.parametrize("number, target", [(" 49301234567", "+49301234567"), (" 610", "610"), ("+1 (202) 555.0123", "+12025550123")])
def test_the_forms_of_a_link_are_read_alike(joined, number, target):
    joined.send(type="dial", number=number, key=fresh_key())
    assert joined.receive("dial-status", state="ended")["number"] == target


@pytest.mark.parametrize(
    "change, code",
    [
        ({"trunk": "x"}, "invalid_trunk"),
        ({"trunk": "tr_" + "0" * 11}, "invalid_trunk"),
        ({"trunk": "tr_" + "G" * 12}, "invalid_trunk"),
        ({"key": "short"}, "invalid_key"),
        ({"key": "x" * 65}, "invalid_key"),
        ({"key": "with a space"}, "invalid_key"),
        ({"key": ""}, "invalid_key"),
        ({"origin": "else"}, "malformed_frame"),
        ({"number": None}, "malformed_frame"),
        ({"number": 600}, "malformed_frame"),
        ({"x": 1}, "malformed_frame"),
        ({"link": "abc"}, "unknown_link"),
    ],
)
def test_a_dial_with_a_fault_is_refused(installation, joined, room, change, code):
    frame = {"type": "dial", "number": "600", "key": fresh_key()} | change
    assert joined.error(**frame) == (code, "dial")
    assert installation.calls_in(room) == []


@pytest.mark.parametrize("call", [CALL, "x", "", "ca_", "pe_" + "0" * 24, "ca_'; DROP TABLE calls; --"])
def test_a_hang_up_of_no_call_is_refused(joined, call):
    assert joined.error(type="hangup", call=call) == ("unknown_call", "hangup")


@pytest.mark.parametrize("call", [CALL, "x", "", "pe_" + "0" * 24])
def test_digits_for_no_call_are_refused(joined, call):
    assert joined.error(type="dtmf", call=call, digits="1") == ("unknown_call", "dtmf")


@pytest.mark.parametrize(
    "change", [{"digits": None}, {"digits": ""}, {"digits": "E"}, {"digits": "1 2"}, {"digits": "1" * 33}, {"digits": 12}, {"digits": ["1"]}, {"call": None}, {"x": 1}]
)
def test_digits_that_are_none_are_malformed(joined, change):
    frame = {"type": "dtmf", "call": CALL, "digits": "1"} | change
    assert joined.error(**{name: value for name, value in frame.items() if value is not None}) == ("malformed_frame", "dtmf")


def test_a_call_that_is_over_cannot_be_keyed_into(joined):
    joined.send(type="dial", number="610", key=fresh_key())
    call = joined.receive("dial-status", state="ended")["call"]
    assert joined.error(type="dtmf", call=call, digits="1") == ("unknown_call", "dtmf")


def test_a_call_that_is_over_cannot_be_hung_up(joined):
    joined.send(type="dial", number="610", key=fresh_key())
    call = joined.receive("dial-status", state="ended")["call"]
    assert joined.error(type="hangup", call=call) == ("unknown_call", "hangup")
