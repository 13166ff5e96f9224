"""Calls by REST: started, listed, exported, keyed into, hung up."""

import csv
import io
import secrets
import time

import pytest

from Installation.rest import REST, faults, is_problem
from Installation.signal_socket import SignalSocket

#: A number that costs extra.
PREMIUM = "+449098790000"
HEADER = (
    "id,queued_at,answered_at,ended_at,room,number,label,trunk,link,origin,state,outcome,reason_code,reason_text,refusal_rule,ended_by,"
    "sip_status,q850_cause,talk_seconds,loss_percent,jitter_ms,round_trip_ms,mos"
)


def wait_for(rest, call, state, seconds=10):
    deadline = time.monotonic() + seconds
    while (document := rest.get(f"/v1/calls/{call}").json())["state"] != state:
        assert time.monotonic() < deadline, document
        time.sleep(0.2)
    return document


@pytest.fixture
def echo(rest, room):
    """A call to the echo in an empty room."""
    document = rest.made("/v1/calls", {"room": room, "number": "600", "label": "Line 1"})
    yield wait_for(rest, document["id"], "answered")
    rest.post(f"/v1/calls/{document['id']}/hangup")
    wait_for(rest, document["id"], "ended")


def test_a_call_is_started_into_an_empty_room_and_hung_up_by_the_operator(rest, room):
    answer = rest.post("/v1/calls", {"room": room, "number": "600", "label": "Line 1", "wait_seconds": 30})
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert answer.headers["Location"] == f"/v1/calls/{document['id']}"
    assert (document["room"], document["number"], document["label"], document["origin"]) == (room, "600", "Line 1", "api")
    wait_for(rest, document["id"], "answered")
    hung_up = rest.post(f"/v1/calls/{document['id']}/hangup")
    assert hung_up.status_code == 202 and hung_up.json()["id"] == document["id"]
    ended = wait_for(rest, document["id"], "ended")
    assert (ended["outcome"], ended["ended_by"]) == ("completed", "operator")
    again = rest.post(f"/v1/calls/{document['id']}/hangup")
    assert again.status_code == 200 and again.json() == ended


def test_a_phone_that_nobody_comes_to_is_hung_up(rest, room):
    document = rest.made("/v1/calls", {"room": room, "number": "600", "wait_seconds": 1})
    ended = wait_for(rest, document["id"], "ended")
    assert (ended["outcome"], ended["ended_by"]) == ("completed", "room_empty")


def test_a_phone_that_waits_stays_for_who_comes(installation, rest, room):
    document = rest.made("/v1/calls", {"room": room, "number": "600", "wait_seconds": 2})
    with SignalSocket(installation) as browser:
        welcome = browser.join(room)
        assert [call["call"] for call in welcome["calls"]] == [document["id"]]
        time.sleep(2.5)
        assert rest.get(f"/v1/calls/{document['id']}").json()["state"] == "answered"
        rest.post(f"/v1/calls/{document['id']}/hangup")
        assert browser.receive("dial-status", state="ended")["call"] == document["id"]


def test_a_key_is_the_operator_s_word_for_a_number_that_nobody_has_allowed(rest, room):
    document = rest.made("/v1/calls", {"room": room, "number": "+33142685300"})
    assert "refusal" not in document and document["number"] == "+33142685300"


@pytest.mark.parametrize(
    ("number", "rule", "code"),
    [(PREMIUM, "number_type", "guard_number_type"), ("112", "emergency", "emergency_number"), ("+49 112", "emergency", "emergency_number")],
)
def test_what_the_guard_refuses_is_said_with_its_rule_and_its_call(rest, room, number, rule, code):
    told = is_problem(rest.post("/v1/calls", {"room": room, "number": number}), 403, code)
    assert told["refusal"]["rule"] == rule and told["detail"] == told["refusal"]["text"]
    document = rest.get(f"/v1/calls/{told['call']}").json()
    assert document["state"] == "ended" and document["refusal"] == told["refusal"]
    listed = rest.get(f"/v1/calls?room={room}").json()["data"]
    assert [call["id"] for call in listed] == [told["call"]]


def test_a_call_that_leads_nowhere_has_ended_already(rest, room):
    document = rest.made("/v1/calls", {"room": room, "number": "4999"})
    assert (document["state"], document["outcome"], document["reason"]["code"]) == ("ended", "unreachable", "no_such_extension")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"number": "600"}, "#/room"),
        ({"room": "a b", "number": "600"}, "#/room"),
        ({"room": "a"}, "#/number"),
        ({"room": "a", "number": "030 1234567"}, "#/number"),
        ({"room": "a", "number": 600}, "#/number"),
        ({"room": "a", "number": "600", "trunk": "tr_1"}, "#/trunk"),
        ({"room": "a", "number": "600", "label": "two\nlines"}, "#/label"),
        ({"room": "a", "number": "600", "wait_seconds": 0}, "#/wait_seconds"),
        ({"room": "a", "number": "600", "max_seconds": "1"}, "#/max_seconds"),
        ({"room": "a", "number": "600", "peer": "x"}, "#/peer"),
    ],
)
def test_what_cannot_be_used_is_named(rest, body, pointer):
    assert set(faults(rest.post("/v1/calls", body))) == {pointer}


def test_an_idempotency_key_makes_one_call(rest, room):
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"room": room, "number": "600", "wait_seconds": 1}
    first, second = (rest.post("/v1/calls", body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(rest.get(f"/v1/calls?room={room}").json()["data"]) == 1


def test_nobody_is_called_twice_at_once_from_one_room(rest, room, echo):
    again = rest.post("/v1/calls", {"room": room, "number": "600"})
    assert again.status_code == 200 and again.json()["id"] == echo["id"]


def test_digits_need_an_answered_call_whose_far_end_takes_them(rest, echo):
    path = f"/v1/calls/{echo['id']}/dtmf"
    is_problem(rest.post(path, {"digits": "12#"}), 409, "dtmf_not_negotiated")
    for digits in ("", "E", "1 2", "1" * 33, 12, None):
        assert set(faults(rest.post(path, {"digits": digits}))) == {"#/digits"}, digits
    rest.post(f"/v1/calls/{echo['id']}/hangup")
    wait_for(rest, echo["id"], "ended")
    is_problem(rest.post(path, {"digits": "1"}), 409, "call_ended")


@pytest.mark.parametrize("action", ["hold", "transfer"])
def test_hold_and_transfer_are_yet_to_come(rest, echo, action):
    is_problem(rest.post(f"/v1/calls/{echo['id']}/{action}"), 501, "not_supported")


@pytest.mark.parametrize("action", ["hangup", "dtmf"])
def test_an_unknown_call_can_be_neither_hung_up_nor_keyed_into(rest, action):
    body = {"digits": "1"} if action == "dtmf" else None
    for call in ("ca_" + "0" * 24, "x"):
        is_problem(rest.post(f"/v1/calls/{call}/{action}", body), 404, "unknown_call")


def test_reading_and_calling_are_scopes_of_their_own(installation, rest, room):
    def holder(scope):
        return REST(installation, rest.made("/v1/keys", {"name": "x", "scopes": [scope]})["key"])

    reader, caller = holder("calls:read"), holder("calls:write")
    assert reader.get("/v1/calls").status_code == 200
    assert "calls:write" in is_problem(reader.post("/v1/calls", {"room": room, "number": "600"}), 403, "forbidden")["detail"]
    assert caller.post("/v1/calls", {"room": room, "number": "600", "wait_seconds": 1}).status_code == 201
    for path in ("/v1/calls", "/v1/calls.csv"):
        assert "calls:read" in is_problem(caller.get(path), 403, "forbidden")["detail"]


@pytest.fixture(scope="module")
def history(rest):
    """Three calls of a room: one refused, one to nobody, one that was hung up."""
    room = "history-" + secrets.token_hex(4)
    refused = rest.post("/v1/calls", {"room": room, "number": PREMIUM}).json()["call"]
    nobody = rest.made("/v1/calls", {"room": room, "number": "4999"})["id"]
    echo = rest.made("/v1/calls", {"room": room, "number": "600", "wait_seconds": 1})["id"]
    wait_for(rest, echo, "ended")
    return room, [echo, nobody, refused]


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [call["id"] for call in answer.json()["data"]]


def test_the_list_is_newest_first_in_pages(rest, history):
    room, calls = history
    found, after = [], ""
    for _ in range(3):
        page = rest.get(f"/v1/calls?room={room}&limit=1{after}").json()
        found += [call["id"] for call in page["data"]]
        after = f"&after={page['next']}"
    assert found == calls and page["next"] is None
    assert "timeline" not in page["data"][0] and "attempts" not in page["data"][0]


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("outcome=blocked", [2]),
        ("outcome=unreachable", [1]),
        ("state=ended", [0, 1, 2]),
        ("state=answered", []),
        ("number=600", [0]),
        ("number=%2B44%209098%20790000", [2]),
        ("number=600&outcome=completed", [0]),
        ("number=600&outcome=busy", []),
        ("trunk=tr_000000000000", []),
        ("link=ln_" + "0" * 24, []),
        ("from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z", []),
        ("from=2020-01-01T00:00:00Z", [0, 1, 2]),
    ],
)
def test_the_list_is_filtered(rest, history, query, which):
    room, calls = history
    assert ids(rest.get(f"/v1/calls?room={room}&{query}")) == [calls[index] for index in which]


@pytest.mark.parametrize(
    "query", ["outcome=fine", "state=up", "from=yesterday", "to=1", "trunk=x", "room=a%20b", "colour=red", "room=a&room=b", "number="]
)
def test_a_filter_that_means_nothing_is_refused(rest, query):
    for path in ("/v1/calls", "/v1/calls.csv"):
        is_problem(rest.get(f"{path}?{query}"), 400, "invalid_parameter")


def table(answer):
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8"), newline="")))


def test_the_export_says_what_the_list_says(rest, history):
    room, calls = history
    answer = rest.get(f"/v1/calls.csv?room={room}")
    header, *lines = table(answer)
    assert header == HEADER.split(",") and answer.content.endswith(b"\r\n")
    listed = rest.get(f"/v1/calls?room={room}").json()["data"]
    assert [line[0] for line in lines] == calls == [call["id"] for call in listed]
    for line, call in zip(lines, listed, strict=True):
        cells = dict(zip(header, line, strict=True))
        for name in ("room", "number", "origin", "state", "outcome", "queued_at", "ended_at", "ended_by"):
            assert cells[name] == call[name], name
        # A masked number is text that begins with a plus.
        assert cells["label"].removeprefix("'") == call["label"]
        assert cells["talk_seconds"] == str(call["talk_seconds"])
        assert cells["refusal_rule"] == call.get("refusal", {}).get("rule", "")
    assert lines[2][5] == PREMIUM
    head = rest.ask("HEAD", f"/v1/calls.csv?room={room}")
    assert head.status_code == 200 and head.content == b""


@pytest.mark.parametrize("number", ["=1+1", '@SUM(A1),"x"', "-2", "+1+cmd|' /C calc'!A0"])
def test_no_cell_of_the_export_is_a_formula(installation, rest, room, number):
    with SignalSocket(installation) as browser:
        browser.join(room)
        browser.send(type="dial", number=number, origin="user", key=secrets.token_hex(8))
        browser.receive("dial-status", state="ended")
    header, line = table(rest.get(f"/v1/calls.csv?room={room}"))
    assert dict(zip(header, line, strict=True))["number"] == "'" + number


def test_the_export_is_written_page_by_page(installation, rest):
    room = "many-" + secrets.token_hex(4)
    installation.rows(f"INSERT INTO rooms VALUES ('{room}', now(), now())")
    installation.rows(
        "INSERT INTO calls (id, room, target, label, state, outcome, ended_by, origin, load, key, queued_at, expires_at, ended_at) "
        f"SELECT 'ca_' || left(md5('{room}' || n), 24), '{room}', '+49301234567', 'x', 'ended', 'failed', 'system', 'api', "
        f"md5('load {room}' || n), 'key-' || lpad(n::text, 8, '0'), date_trunc('milliseconds', now()) - n * interval '1 second', now(), now() FROM generate_series(1, 1234) AS n"
    )
    lines = table(rest.get(f"/v1/calls.csv?room={room}"))[1:]
    assert len(lines) == len({line[0] for line in lines}) == 1234
    assert [line[1] for line in lines] == sorted((line[1] for line in lines), reverse=True)
