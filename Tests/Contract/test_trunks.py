"""Trunks by REST: what is shown, kept, refused, and known to the next dial."""

import re
import secrets
import socket
import threading
import time

import pytest

from Installation.ports import own_port
from Installation.rest import faults, is_problem
from Installation.signal_socket import SignalSocket

WHOLE = {
    "name": "Carrier",
    "host": "sip.example.com",
    "port": 5070,
    "transport": "udp",
    "username": "ringlink",
    "password": "trunk-secret",
    "from_user": "sales",
    "caller_ids": ["+4930901820", "+4930901821"],
    "priority": 7,
    "max_calls": 12,
    "max_calls_out": 10,
    "calls_per_second": 5,
    "rewrite": [{"match": "+49", "strip": 3, "prepend": "0"}, {"match": "+", "strip": 1, "prepend": "00"}],
    "dtmf": "rfc4733",
    "options_interval": 60,
    "prefixes": ["+49", "+43"],
    "codecs": ["pcma", "pcmu"],
    "latch_rtp": True,
    "enabled": True,
}


@pytest.fixture
def trunk(rest):
    """Removed at the end, so that other tests' calls find no way out."""
    document = rest.made("/v1/trunks", WHOLE)
    yield document
    rest.delete(f"/v1/trunks/{document['id']}")


@pytest.fixture
def trunks(rest):
    """Makes trunks and removes them at the end."""
    made = []

    def make(**fields):
        made.append(rest.made("/v1/trunks", {"name": "Carrier", "host": "127.0.0.1"} | fields))
        return made[-1]

    yield make
    for document in made:
        rest.delete(f"/v1/trunks/{document['id']}")


def test_a_trunk_is_shown_as_it_was_made_but_for_its_password(rest, trunk):
    assert re.fullmatch(r"tr_[0-9a-f]{12}", trunk["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", trunk["created_at"])
    shown = {name: value for name, value in trunk.items() if name not in ("id", "created_at", "updated_at")}
    assert shown == {name: value for name, value in WHOLE.items() if name != "password"}
    answer = rest.get(f"/v1/trunks/{trunk['id']}")
    assert answer.json() == trunk
    assert answer.headers["ETag"] == '"v1"'
    assert "trunk-secret" not in answer.text
    assert trunk in rest.get("/v1/trunks").json()["data"]


def test_what_is_left_out_has_its_default(rest, trunks):
    trunk = trunks()
    assert (trunk["port"], trunk["transport"], trunk["priority"], trunk["prefixes"]) == (5060, "udp", 10, [])
    assert (trunk["codecs"], trunk["latch_rtp"], trunk["enabled"]) == (["pcmu", "pcma"], False, True)
    assert (trunk["caller_ids"], trunk["rewrite"], trunk["dtmf"], trunk["options_interval"]) == ([], [], "rfc4733", 30)
    assert not {"username", "password", "from_user", "max_calls", "max_calls_out", "calls_per_second"} & set(trunk)


def test_a_change_keeps_what_it_does_not_name_and_null_clears(rest, trunk):
    path = f"/v1/trunks/{trunk['id']}"
    answer = rest.patch(path, {"priority": 1, "max_calls": None})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["priority"] == 1 and "max_calls" not in changed and changed["username"] == "ringlink"
    assert answer.headers["ETag"] == '"v2"'
    merged = rest.patch(path, headers={"Content-Type": "application/merge-patch+json"}, data=b'{"username": null}')
    assert merged.status_code == 200 and "username" not in merged.json()
    assert "#/password" in faults(rest.patch(path, {"username": "again"}))


def test_a_change_happens_only_to_the_version_that_was_read(rest, trunk):
    path = f"/v1/trunks/{trunk['id']}"
    assert rest.patch(path, {"priority": 2}, headers={"If-Match": '"v1"'}).status_code == 200
    is_problem(rest.patch(path, {"priority": 3}, headers={"If-Match": '"v1"'}), 412, "outdated")
    is_problem(rest.delete(path, headers={"If-Match": 'W/"v2"'}), 412, "outdated")
    is_problem(rest.patch(path, {"priority": 3}, headers={"If-Match": "v2"}), 400, "invalid_if_match")
    assert rest.get(path).json()["priority"] == 2
    assert rest.patch(path, {"priority": 4}, headers={"If-Match": '"v1", "v2"'}).status_code == 200
    assert rest.delete(path, headers={"If-Match": "*"}).status_code == 204
    is_problem(rest.get(path), 404, "unknown_trunk")
    is_problem(rest.delete(path), 404, "unknown_trunk")


BAD = {
    "name": ["", " ", "x" * 81, 5, None, "two\nlines"],
    "host": ["", "a b", "sip.example.com:5060", "[::1]", "256.0.0.1", "-a", 7, None],
    "port": [0, 65536, "5060", 50.5, True, None],
    "transport": ["", "sctp", None],
    "username": ["", 'quo"te', "x" * 129, 1],
    "password": ["", "x" * 129, {}],
    "from_user": ["a b", "a@b", ""],
    "caller_ids": ["+4930901820", ["030901820"], ["+0301"], ["+4930901820x"], ["+4930901820"] * 2, None, [None]],
    "priority": [-1, 1001, "1"],
    "max_calls": [0, -1, 10001],
    "max_calls_out": [0, 10001, "1"],
    "calls_per_second": [0, 101, 0.5],
    "options_interval": [0, 4, 3601, "30"],
    "rewrite": [
        None, {}, [{}], [{"match": "49"}], [{"match": "+49", "strip": 4}], [{"match": "+", "prepend": "0 "}], [{"match": "+", "strip": -1}],
        [{"match": "+", "replace": "00"}], [{"match": "+"}] * 21, ["+49"],
    ],
    "dtmf": ["", "inband", None],
    "srtp": ["", 1, None],
    "register": ["no", None],
    "prefixes": ["+49", ["49"], ["+"], [None], ["+49"] * 101],
    "codecs": [[], ["opus"], ["pcmu", "pcmu"], "pcmu"],
    "latch_rtp": ["yes", 1],
    "enabled": ["true", 0],
}


@pytest.mark.parametrize("field", BAD)
def test_a_field_that_cannot_be_used_is_named(rest, trunk, field):
    for value in BAD[field]:
        pointers = faults(rest.patch(f"/v1/trunks/{trunk['id']}", {field: value}))
        assert len(pointers) == 1 or field in ("prefixes", "rewrite"), value
        assert all(pointer == f"#/{field}" or pointer.startswith(f"#/{field}/") for pointer in pointers), value
    assert rest.get(f"/v1/trunks/{trunk['id']}").json() == trunk


def test_everything_that_is_wrong_is_said_at_once(rest):
    answer = rest.post("/v1/trunks", {"port": 0, "codecs": ["pcmu", "opus"], "hots": "x", "srtp": "require", "a/b~": 1})
    told = faults(answer)
    assert set(told) == {"#/name", "#/host", "#/port", "#/codecs/1", "#/hots", "#/srtp", "#/a~1b~0"}
    assert told["#/name"] == "This field is needed."
    assert told["#/hots"] == "This field is not known here."
    codes = {fault["pointer"]: fault.get("code") for fault in answer.json()["errors"]}
    assert codes == dict.fromkeys(told) | {"#/srtp": "not_supported"}


LATER = [
    ("transport", "tcp"), ("transport", "tls"), ("dtmf", "info"), ("dtmf", "auto"), ("srtp", "allow"), ("srtp", "require"), ("register", True),
    ("max_calls_in", 3), ("max_calls_in", None),
]


@pytest.mark.parametrize(("field", "value"), LATER)
def test_what_comes_with_a_later_release_is_refused_by_its_own_code(rest, trunk, field, value):
    document = is_problem(rest.patch(f"/v1/trunks/{trunk['id']}", {field: value}), 422, "not_supported")
    (fault,) = document["errors"]
    assert (fault["pointer"], fault["code"]) == (f"#/{field}", "not_supported")
    assert rest.get(f"/v1/trunks/{trunk['id']}").json() == trunk


def test_what_says_that_it_is_not_wanted_is_taken(rest, trunk):
    answer = rest.patch(f"/v1/trunks/{trunk['id']}", {"transport": "udp", "dtmf": "rfc4733", "srtp": "off", "register": False})
    assert answer.status_code == 200, answer.text


def test_a_rule_for_numbers_has_its_defaults(rest, trunks):
    trunk = trunks(rewrite=[{"match": "+4930"}, {"match": "+49", "strip": 3}, {"match": "+43", "prepend": "0#*+"}])
    assert trunk["rewrite"] == [
        {"match": "+4930", "strip": 0, "prepend": ""},
        {"match": "+49", "strip": 3, "prepend": ""},
        {"match": "+43", "strip": 0, "prepend": "0#*+"},
    ]
    answer = rest.patch(f"/v1/trunks/{trunk['id']}", {"rewrite": [{"match": "+4930"}, {"match": "+49", "strip": 4}]})
    assert set(faults(answer)) == {"#/rewrite/1/strip"}
    cleared = rest.patch(f"/v1/trunks/{trunk['id']}", {"rewrite": [], "caller_ids": [], "options_interval": None}).json()
    assert cleared["rewrite"] == [] and "options_interval" not in cleared


class Answerer:
    """Answers OPTIONS with a status, over and over; `None`: with nothing."""

    def __init__(self, status):
        self.status = status
        self.seen = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.is_open = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while self.is_open:
            try:
                datagram, source = self.socket.recvfrom(4096)
            except OSError:
                continue
            lines = datagram.decode().split("\r\n")
            self.seen.append(lines)
            if self.status is None:
                continue
            kept = [line for line in lines[1:] if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
            kept = [line + ";tag=t" if line.lower().startswith("to:") else line for line in kept]
            self.socket.sendto("\r\n".join([f"SIP/2.0 {self.status} Whatever", *kept, "Content-Length: 0", "", ""]).encode(), source)

    def close(self):
        self.is_open = False
        self.thread.join()
        self.socket.close()


@pytest.fixture
def answerer():
    made = []

    def make(status=200):
        made.append(Answerer(status))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("status", [200, 404, 401])
def test_a_test_asks_at_once_and_every_answer_says_that_the_trunk_is_there(rest, trunks, answerer, status):
    far = answerer(status)
    trunk = trunks(port=far.port, options_interval=None)
    told = rest.post(f"/v1/trunks/{trunk['id']}/test")
    assert told.status_code == 200, told.text
    document = told.json()
    assert (document["reachable"], document["sip_status"]) == (True, status) and "code" not in document
    assert 0 < document["round_trip_ms"] < 2000 and str(status) in document["detail"]
    assert far.seen[0][0] == f"OPTIONS sip:127.0.0.1:{far.port} SIP/2.0"
    report = rest.get(f"/v1/trunks/{trunk['id']}/status").json()
    assert report["state"] == "unknown" and report["check"]["sip_status"] == status and report["calls_up"] == 0
    # A moment later the same answer is told again, and nobody is asked.
    assert rest.post(f"/v1/trunks/{trunk['id']}/test").json() == document
    assert len(far.seen) == 1


def test_a_test_of_a_trunk_that_is_not_there_says_what_to_look_at(rest, trunks, answerer):
    silent = trunks(port=answerer(None).port, options_interval=None)
    began = time.monotonic()
    told = rest.post(f"/v1/trunks/{silent['id']}/test").json()
    assert (told["reachable"], told["code"]) == (False, "no_answer") and "UDP" in told["detail"]
    assert 2 < time.monotonic() - began < 6
    closed = trunks(port=own_port(), options_interval=None)
    told = rest.post(f"/v1/trunks/{closed['id']}/test").json()
    assert (told["reachable"], told["code"]) == (False, "unreachable")
    nameless = trunks(host="no-such-trunk.invalid", options_interval=None)
    told = rest.post(f"/v1/trunks/{nameless['id']}/test").json()
    assert (told["reachable"], told["code"]) == (False, "no_address") and "name" in told["detail"]
    busy = trunks(port=answerer(503).port, options_interval=None)
    told = rest.post(f"/v1/trunks/{busy['id']}/test").json()
    assert (told["reachable"], told["code"], told["sip_status"]) == (False, "unavailable", 503)


def test_a_trunk_that_is_switched_off_is_not_asked(rest, trunks):
    off = trunks(enabled=False)
    is_problem(rest.post(f"/v1/trunks/{off['id']}/test"), 409, "trunk_disabled")
    report = rest.get(f"/v1/trunks/{off['id']}/status").json()
    assert report["state"] == "disabled" and "calls_up" not in report
    for path in ("status", "test"):
        method = "GET" if path == "status" else "POST"
        is_problem(rest.ask(method, f"/v1/trunks/tr_000000000000/{path}"), 404, "unknown_trunk")
    assert "#/now" in faults(rest.post(f"/v1/trunks/{off['id']}/test", {"now": True}))


def test_a_trunk_is_up_once_it_has_answered_and_down_once_it_is_silent(rest, trunks, answerer):
    far = answerer(405)
    trunk = trunks(port=far.port, options_interval=5, max_calls=3, calls_per_second=2)

    def report(state, seconds):
        deadline = time.monotonic() + seconds
        while (found := rest.get(f"/v1/trunks/{trunk['id']}/status").json())["state"] != state:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        return found

    found = report("up", 5)
    assert found["check"]["sip_status"] == 405 and found["since"].endswith("Z")
    assert (found["max_calls"], found["calls_per_second"], found["calls_last_second"]) == (3, 2, 0)
    far.status = None
    # Five seconds, three times three for an answer, and two pauses.
    assert report("down", 25)["check"]["code"] == "no_answer"
    far.status = 200
    assert report("up", 15)["check"]["sip_status"] == 200


def test_pages_hold_every_trunk_once(rest, trunks):
    made = {trunks(name=f"Trunk {index}")["id"] for index in range(5)}
    seen, after = [], None
    while True:
        page = rest.get("/v1/trunks", params={"limit": 2} | ({"after": after} if after else {})).json()
        assert set(page) == {"data", "next"} and len(page["data"]) <= 2
        seen += [trunk["id"] for trunk in page["data"]]
        if (after := page["next"]) is None:
            break
    assert len(seen) == len(set(seen)) and made <= set(seen)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "after=x", "after=", "offset=1"])
def test_a_query_that_cannot_be_used_is_refused(rest, query):
    is_problem(rest.get(f"/v1/trunks?{query}"), 400, "invalid_parameter")


def call_to(installation, room, number, **dial):
    with SignalSocket(installation) as socket:
        socket.join(room)
        socket.send(type="dial", number=number, key="key-" + secrets.token_hex(4), origin="user", **dial)
        status = socket.receive("dial-status")
        return installation.wait_for_end(status["call"])


def test_without_a_trunk_and_with_one_that_cannot_carry_it_a_call_says_so(installation, rest, room, trunks):
    assert call_to(installation, room, "+4930901820")["reason"]["code"] == "no_trunk"
    american = trunks(prefixes=["+1"])
    assert call_to(installation, room, "+4930901820")["reason"]["code"] == "no_trunk"
    refused = call_to(installation, room, "+4930901820", trunk=american["id"])
    assert (refused["outcome"], refused["reason"]["code"]) == ("trunk_unavailable", "trunk_cannot_carry")
    off = trunks(enabled=False)
    assert call_to(installation, room, "+4930901820", trunk=off["id"])["reason"]["code"] == "trunk_disabled"
    assert call_to(installation, room, "+4930901820", trunk="tr_000000000000")["reason"]["code"] == "unknown_trunk"


def test_the_password_is_not_in_the_database(installation, trunk):
    (row,) = installation.rows(f"SELECT encode(password, 'hex') FROM trunks WHERE id = '{trunk['id']}'")
    assert len(row[0]) == 2 * (5 + 12 + len("trunk-secret") + 16)
    assert b"trunk-secret".hex() not in row[0]


def test_a_change_is_told_to_the_bridge_before_it_is_answered(installation, rest, trunks):
    if not installation.is_running:
        pytest.skip("no bridge")
    began = time.monotonic()
    trunks()
    assert time.monotonic() - began < 1.5
