"""Trunks by REST: what is shown, kept, refused, and known to the next dial."""

import re
import secrets
import time

import pytest

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
    "caller_id": "+4930901820",
    "priority": 7,
    "max_calls": 12,
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
    assert not {"username", "password", "from_user", "caller_id", "max_calls"} & set(trunk)


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
    "transport": ["tcp", "tls", "", None],
    "username": ["", 'quo"te', "x" * 129, 1],
    "password": ["", "x" * 129, {}],
    "from_user": ["a b", "a@b", ""],
    "caller_id": ["030901820", "+0301", "112", "+4930901820x"],
    "priority": [-1, 1001, "1"],
    "max_calls": [0, -1, 10001],
    "prefixes": ["+49", ["49"], ["+"], [None], ["+49"] * 101],
    "codecs": [[], ["opus"], ["pcmu", "pcmu"], "pcmu"],
    "latch_rtp": ["yes", 1],
    "enabled": ["true", 0],
}


@pytest.mark.parametrize("field", BAD)
def test_a_field_that_cannot_be_used_is_named(rest, trunk, field):
    for value in BAD[field]:
        pointers = faults(rest.patch(f"/v1/trunks/{trunk['id']}", {field: value}))
        assert len(pointers) == 1 or field == "prefixes", value
        assert all(pointer == f"#/{field}" or pointer.startswith(f"#/{field}/") for pointer in pointers), value
    assert rest.get(f"/v1/trunks/{trunk['id']}").json() == trunk


def test_everything_that_is_wrong_is_said_at_once(rest):
    told = faults(rest.post("/v1/trunks", {"port": 0, "codecs": ["pcmu", "opus"], "hots": "x", "srtp": "require", "a/b~": 1}))
    assert set(told) == {"#/name", "#/host", "#/port", "#/codecs/1", "#/hots", "#/srtp", "#/a~1b~0"}
    assert told["#/name"] == "This field is needed."
    assert told["#/hots"] == "This field is not known here."
    assert told["#/srtp"] == "This release does not offer this field yet."
    assert "udp" in faults(rest.post("/v1/trunks", {"name": "x", "host": "y", "transport": "tls"}))["#/transport"]


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
