"""Live rooms by REST, and what the operator does to them."""

import secrets
import time

import pytest

from Installation.rest import REST, faults, is_problem
from Installation.signal_socket import SignalSocket, fresh_load


@pytest.fixture
def meeting(installation, room):
    """Ada and Gus."""
    with SignalSocket(installation) as ada, SignalSocket(installation) as gus:
        ada.id = ada.join(room, name="Ada")["peer"]
        gus.id = gus.join(room, name="Gus")["peer"]
        yield ada, gus


def people(document):
    return {member["name"]: member for member in document["participants"]}


def test_a_room_shows_who_is_in_it(rest, room, meeting):
    ada, gus = meeting
    document = rest.get(f"/v1/rooms/{room}").json()
    assert [member["name"] for member in document["participants"]] == ["Ada", "Gus"]
    assert people(document)["Ada"]["id"] == ada.id and people(document)["Gus"]["kind"] == "browser"
    assert (document["room"], document["locked"], document["calls"]) == (room, False, [])
    gus.send(type="leave")
    deadline = time.monotonic() + 5
    while len(rest.get(f"/v1/rooms/{room}").json()["participants"]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_rooms_are_listed_by_name_in_pages(installation, rest):
    stem = "list-" + secrets.token_hex(3)
    sockets = [SignalSocket(installation) for _ in range(3)]
    try:
        for number, socket in enumerate(sockets):
            socket.join(f"{stem}-{2 - number}")
        found, after = [], ""
        while after is not None:
            page = rest.get("/v1/rooms?limit=2" + (f"&after={after}" if after else "")).json()
            assert len(page["data"]) <= 2
            found += page["data"]
            after = page["next"]
        names = [room["room"] for room in found]
        assert names == sorted(names)
        own = [room for room in found if room["room"].startswith(stem)]
        assert [room["room"] for room in own] == [f"{stem}-{number}" for number in range(3)]
        assert all((room["browsers"], room["phones"], room["locked"]) == (1, 0, False) for room in own)
    finally:
        for socket in sockets:
            socket.close()


def test_whole_numbers_are_for_who_may_read_calls(installation, rest, room):
    call = rest.made("/v1/calls", {"room": room, "number": "600", "label": "Ms Miller"})["id"]
    deadline = time.monotonic() + 10
    while not (document := rest.get(f"/v1/rooms/{room}").json())["participants"] or document["calls"][0]["state"] != "answered":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    (phone,) = document["participants"]
    assert (phone["id"], phone["kind"], phone["name"], phone["number"]) == (call, "phone", "Ms Miller", "600")
    assert document["calls"] == [{"id": call, "state": "answered", "label": "Ms Miller", "number": "600"}]
    watcher = REST(installation, rest.made("/v1/keys", {"name": "x", "scopes": ["rooms:read"]})["key"])
    seen = watcher.get(f"/v1/rooms/{room}").json()
    assert "number" not in seen["participants"][0] and "number" not in seen["calls"][0]
    assert "rooms:write" in is_problem(watcher.post(f"/v1/rooms/{room}/end"), 403, "forbidden")["detail"]
    # A phone is hung up by the same address as a browser is put out.
    assert rest.post(f"/v1/rooms/{room}/participants/{call}/kick").status_code == 204
    while (document := rest.get(f"/v1/calls/{call}").json())["state"] != "ended":
        assert time.monotonic() < deadline + 10
        time.sleep(0.2)
    assert document["ended_by"] == "operator"
    is_problem(rest.get(f"/v1/rooms/{room}"), 404, "unknown_room")


def test_the_operator_mutes_and_lets_speak_again(rest, room, meeting):
    ada, gus = meeting
    for body, on in ((None, True), ({"on": False}, False), ({"on": True}, True)):
        document = rest.post(f"/v1/rooms/{room}/participants/{gus.id}/mute", body).json()
        assert people(document)["Gus"]["muted"] is on and people(document)["Ada"]["muted"] is False
        for socket in meeting:
            assert socket.receive("peer-updated")["peer"]["muted"] is on
    assert set(faults(rest.post(f"/v1/rooms/{room}/participants/{gus.id}/mute", {"on": 1}))) == {"#/on"}


def test_the_operator_puts_somebody_out(rest, room, meeting):
    ada, gus = meeting
    assert rest.post(f"/v1/rooms/{room}/participants/{gus.id}/kick").status_code == 204
    assert gus.wait_for_close() == (4403, "kicked")
    assert ada.receive("peer-left")["peer"] == gus.id
    is_problem(rest.post(f"/v1/rooms/{room}/participants/{gus.id}/kick"), 404, "unknown_participant")


def test_the_operator_locks_and_opens(installation, rest, room, meeting):
    assert rest.post(f"/v1/rooms/{room}/lock").json()["locked"] is True
    for socket in meeting:
        assert socket.receive("locked")["on"] is True
    with SignalSocket(installation) as late:
        assert late.error(type="join", room=room, name="Late", load=fresh_load()) == ("room_locked", "join")
        assert rest.post(f"/v1/rooms/{room}/lock", {"on": False}).json()["locked"] is False
        late.join(room)


def test_the_operator_ends_a_meeting(rest, room, meeting):
    assert rest.post(f"/v1/rooms/{room}/end").status_code == 204
    assert {socket.wait_for_close()[1] for socket in meeting} == {"ended"}
    is_problem(rest.get(f"/v1/rooms/{room}"), 404, "unknown_room")


def test_nobody_can_be_moderated_where_nobody_is(rest, room, meeting):
    ada, _ = meeting
    for action in ("mute", "kick"):
        is_problem(rest.post(f"/v1/rooms/nobody-here/participants/{ada.id}/{action}"), 404, "unknown_room")
        for participant in ("pe_" + "0" * 24, "ca_" + "0" * 24, "x"):
            is_problem(rest.post(f"/v1/rooms/{room}/participants/{participant}/{action}"), 404, "unknown_participant")
    for action in ("lock", "end"):
        is_problem(rest.post(f"/v1/rooms/nobody-here/{action}"), 404, "unknown_room")
    is_problem(rest.get("/v1/rooms?after=%00"), 400, "invalid_parameter")
