"""FraudGuard as the outside sees it."""

import datetime
import secrets
from contextlib import contextmanager

import pytest

from Installation.rest import faults, is_problem
from Installation.signal_socket import SignalSocket
from Installation.site import fresh_number


@contextmanager
def ruled(rest, *rules):
    """These rules are in force."""
    made = [rest.made("/v1/guard/rules", rule) for rule in rules]
    try:
        yield made
    finally:
        for rule in made:
            rest.delete(f"/v1/guard/rules/{rule['id']}")


@pytest.fixture
def trunk(rest):
    """One at which nobody is: what FraudGuard lets pass is counted, and ends for want of media."""
    trunk = rest.made("/v1/trunks", {"name": "Nowhere", "host": "127.0.0.1", "port": 9, "prefixes": ["+49"]})
    yield trunk["id"]
    rest.delete(f"/v1/trunks/{trunk['id']}")


def passes(socket, number):
    """Whether a dial passes FraudGuard; answers its refusal if not."""
    key = secrets.token_hex(8)
    socket.send(type="dial", number=number, origin="user", key=key)
    status = socket.receive("dial-status", key=key)
    assert status["state"] == "queued" or "refusal" in status, status
    return status.get("refusal")


def dial(joined, number):
    joined.send(type="dial", number=number, origin="user", key=joined.load)
    return joined.receive("dial-status", state="ended")


def test_a_number_that_nobody_allowed_is_blocked_in_words(installation, rest, joined):
    status = dial(joined, "+35621223531")
    assert (status["outcome"], status["reason"]["code"]) == ("blocked", "guard_allowlist")
    refusal = status["refusal"]
    assert list(refusal) == ["rule", "limit", "used", "resets_at", "text"]
    assert (refusal["rule"], refusal["limit"], refusal["used"], refusal["resets_at"]) == ("allowlist", None, None, None)
    assert refusal["text"] == status["reason"]["text"] and "223531" not in refusal["text"]
    # The log has the same object, with the whole number.
    decision = next(line for line in rest.get("/v1/guard/decisions?limit=100").json()["data"] if line.get("call") == status["call"])
    assert decision["refusal"] == refusal and decision["number"] == "+35621223531" and not decision["allowed"]
    assert decision["address"] == joined.source


@pytest.mark.parametrize("number, rule", [("+449098790000", "number_type"), ("+4930901820", "country"), ("+4930901829", "blocklist")])
def test_rules_block_by_prefix_country_and_type(rest, joined, number, rule):
    rules = [
        rest.made("/v1/guard/rules", {"kind": "allow", "prefix": "+44"}),
        rest.made("/v1/guard/rules", {"kind": "block", "country": "DE"}),
        rest.made("/v1/guard/rules", {"kind": "block", "prefix": "+4930901829", "note": "asked us not to"}),
    ]
    try:
        assert dial(joined, number)["refusal"]["rule"] == rule
        check = rest.post("/v1/guard/check", {"number": number}).json()
        assert (check["allowed"], check["refusal"]["rule"]) == (False, rule)
    finally:
        for made in rules:
            assert rest.delete(f"/v1/guard/rules/{made['id']}").status_code == 204


def test_a_dry_run_dials_nobody(rest):
    before = len(rest.get("/v1/guard/decisions?limit=100").json()["data"])
    answer = rest.post("/v1/guard/check", {"number": "+4930901820", "address": "192.0.2.1"}).json()
    assert (answer["allowed"], answer["region"], answer["number_type"], answer["maximum_seconds"]) == (True, "DE", "fixed_line", 7200)
    assert len(rest.get("/v1/guard/decisions?limit=100").json()["data"]) == before


def test_a_rule_is_made_listed_and_deleted_once(rest):
    rule = rest.made("/v1/guard/rules", {"kind": "allow", "prefix": "+356", "country": "MT", "number_type": "mobile"})
    assert rule["id"].startswith("fr_") and rule["country"] == "MT"
    assert rest.get("/v1/guard/rules?limit=1").json()["data"] == [rule]
    assert rest.delete(f"/v1/guard/rules/{rule['id']}").status_code == 204
    is_problem(rest.delete(f"/v1/guard/rules/{rule['id']}"), 404, "unknown_rule")


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({}, "#/kind"),
        ({"kind": "allow"}, "#/prefix"),
        ({"kind": "allow", "prefix": "0049"}, "#/prefix"),
        ({"kind": "allow", "country": "de"}, "#/country"),
        ({"kind": "block", "prefix": "+49", "cap": "per_day"}, "#/cap"),
        ({"kind": "cap", "cap": "per_day"}, "#/limit"),
        ({"kind": "cap", "cap": "per_week", "limit": 1}, "#/cap"),
        ({"kind": "cap", "cap": "call_seconds", "limit": None}, "#/limit"),
        ({"kind": "allow", "prefix": "+49", "x": 1}, "#/x"),
        ({"kind": "allow", "prefix": "+49", "trunk": "tr_0123456789ab"}, "#/trunk"),
        ({"kind": "cap", "cap": "concurrent", "limit": 1, "warn_at": 100}, "#/warn_at"),
        ({"kind": "cap", "cap": "link_burst", "limit": 1, "prefix": "+49"}, "#/prefix"),
        ({"kind": "cap", "cap": "per_day", "limit": 1, "seconds": 5}, "#/seconds"),
        ({"kind": "cap", "cap": "cost_per_day", "limit": 25}, "#/limit"),
        ({"kind": "cap", "cap": "cost_per_day", "amount": 25}, "#/amount"),
        ({"kind": "cap", "cap": "minutes_per_day", "amount": "25"}, "#/amount"),
        ({"kind": "hours"}, "#/hours"),
        ({"kind": "hours", "hours": "8-18"}, "#/hours"),
        ({"kind": "hours", "hours": "08:00-18:00", "weekdays": ["monday"]}, "#/weekdays/0"),
        ({"kind": "cost", "prefix": "+49"}, "#/price_per_minute"),
        ({"kind": "cost", "price_per_minute": "0.01"}, "#/prefix"),
        ({"kind": "cost", "prefix": "+49", "price_per_minute": "10001"}, "#/price_per_minute"),
    ],
)
def test_a_rule_that_says_nothing_usable_is_refused(rest, body, pointer):
    assert pointer in faults(rest.post("/v1/guard/rules", body))


RULES = [
    {"kind": "cap", "cap": "per_day", "limit": 5, "prefix": "+882", "warn_at": 80},
    {"kind": "cap", "cap": "minutes_per_day", "limit": 100, "country": "DE"},
    {"kind": "cap", "cap": "per_link_day", "limit": 3, "link": "ln_0123456789abcdef01234567"},
    {"kind": "cap", "cap": "trunk_burst", "limit": 60, "seconds": 30, "lock_seconds": 600},
    {"kind": "cap", "cap": "cost_per_day", "amount": "25.5"},
    {"kind": "hours", "hours": "08:00-18:00", "weekdays": ["mon", "tue"], "number_type": "mobile"},
    {"kind": "cost", "prefix": "+4915", "trunk": "tr_0123456789ab", "price_per_minute": "0.019"},
]


@pytest.mark.parametrize("said", RULES, ids=lambda rule: rule.get("cap", rule["kind"]))
def test_every_kind_of_rule_is_read_as_it_was_written(rest, said):
    answer = rest.post("/v1/guard/rules", said)
    made = answer.json()
    try:
        assert answer.status_code == 201 and answer.headers["ETag"] == '"v1"', answer.text
        assert {name: made[name] for name in said} == said
        read = rest.get(f"/v1/guard/rules/{made['id']}")
        assert (read.json(), read.headers["ETag"]) == (made, '"v1"')
    finally:
        rest.delete(f"/v1/guard/rules/{made['id']}")


def test_a_rule_is_changed_by_whoever_has_read_it(rest):
    with ruled(rest, {"kind": "cap", "cap": "per_day", "limit": 5, "prefix": "+882", "note": "few"}) as (rule,):
        address = f"/v1/guard/rules/{rule['id']}"
        changed = rest.patch(address, {"limit": 7, "note": None, "warn_at": 50}, headers={"If-Match": '"v1"'})
        assert changed.status_code == 200 and changed.headers["ETag"] == '"v2"'
        assert changed.json() == {name: value for name, value in rule.items() if name != "note"} | {"limit": 7, "warn_at": 50}
        is_problem(rest.patch(address, {"limit": 8}, headers={"If-Match": '"v1"'}), 412, "outdated")
        is_problem(rest.delete(address, headers={"If-Match": '"v1"'}), 412, "outdated")
        assert "#/kind" in faults(rest.patch(address, {"kind": "block"}))
        assert "#/cap" in faults(rest.patch(address, {"cap": "concurrent"}))
        assert "#/hours" in faults(rest.patch(address, {"hours": "08:00-18:00"}))
        assert rest.get(address).json() == changed.json()
        unknown = "/v1/guard/rules/fr_000000000000"
        is_problem(rest.get(unknown), 404, "unknown_rule")
        is_problem(rest.patch(unknown, {"limit": 1}), 404, "unknown_rule")


def test_a_dry_run_names_every_rule_in_its_order(rest):
    allowed = rest.post("/v1/guard/check", {"number": "+4930901820", "address": "192.0.2.1"}).json()
    names = [step["rule"] for step in allowed["rules"]]
    assert names == ["malformed", "emergency", "blocklist", "allowlist", "number_type", "country"], "all other caps are lifted in these tests"
    assert all(step["passed"] and step["text"] for step in allowed["rules"])
    assert allowed["reserved_seconds"] == 300
    with ruled(rest, {"kind": "cap", "cap": "per_day", "limit": 0, "prefix": "+4930"}) as (rule,):
        refused = rest.post("/v1/guard/check", {"number": "+4930901820"}).json()
    assert [step["passed"] for step in refused["rules"]] == [True] * 6 + [False]
    last = refused["rules"][-1]
    assert (last["rule"], last["cap"], last["rule_id"], last["limit"], last["used"]) == ("day", "per_day", rule["id"], 0, 0)
    assert last["text"] == refused["refusal"]["text"] and last["resets_at"] == refused["refusal"]["resets_at"]
    emergency = rest.post("/v1/guard/check", {"number": "1-1-2", "granted": True}).json()
    assert [step["rule"] for step in emergency["rules"]] == ["emergency"] and not emergency["allowed"]


def test_a_dry_run_by_a_link_asks_the_link(rest):
    link = rest.made("/v1/links", {"dial": "+35621223531", "max_uses": 3})
    allowed = rest.post("/v1/guard/check", {"number": "+35621223531", "link": link["id"]}).json()
    assert allowed["allowed"], allowed
    step = next(step for step in allowed["rules"] if step["rule"] == "link" and "cap" not in step)
    assert (step["limit"], step["used"]) == (3, 0)
    other = rest.post("/v1/guard/check", {"number": "+35621223532", "link": link["id"]}).json()
    assert (other["allowed"], other["refusal"]["rule"]) == (False, "allowlist")
    rest.delete(f"/v1/links/{link['id']}")
    revoked = rest.post("/v1/guard/check", {"number": "+35621223531", "link": link["id"]}).json()
    assert (revoked["allowed"], revoked["refusal"]["rule"]) == (False, "link")
    assert "#/link" in faults(rest.post("/v1/guard/check", {"number": "+35621223531", "link": "ln_nobody"}))


def test_outside_of_the_hours_a_call_waits_for_the_next_opening(rest, joined, trunk):
    now = datetime.datetime.now(datetime.timezone.utc)
    opens, closes = (now + datetime.timedelta(hours=hours) for hours in (2, 3))
    with ruled(rest, {"kind": "hours", "hours": f"{opens:%H:%M}-{closes:%H:%M}", "prefix": "+493090"}):
        refusal = passes(joined, "+4930901820")
        assert (refusal["rule"], refusal["limit"], refusal["used"]) == ("hours", None, None)
        assert refusal["resets_at"] == f"{opens:%Y-%m-%dT%H:%M}:00Z"
        assert passes(joined, "+4989123456") is None, "the rule is about other numbers"
    with ruled(rest, {"kind": "hours", "hours": f"{now - datetime.timedelta(hours=1):%H:%M}-{opens:%H:%M}", "prefix": "+493090"}):
        assert passes(joined, fresh_number()) is None


def test_money_without_a_price_is_refused_and_with_one_reserved(rest, joined, trunk):
    number = fresh_number()
    with ruled(rest, {"kind": "cap", "cap": "cost_per_number_day", "amount": "0.10"}):
        refusal = passes(joined, number)
        assert (refusal["rule"], refusal["limit"], refusal["used"], refusal["resets_at"]) == ("cost", 100_000, 0, None)
        with ruled(rest, {"kind": "cost", "prefix": number[:8], "price_per_minute": "0.04"}, {"kind": "cost", "prefix": "+4", "price_per_minute": "1"}):
            check = rest.post("/v1/guard/check", {"number": number}).json()
            assert (check["allowed"], check["price_per_minute"], check["reserved_seconds"]) == (True, "0.04", 150)
            assert passes(joined, number) is None


def test_a_burst_locks_a_link_until_somebody_lifts_the_lock(rest, installation, trunk):
    number = fresh_number()
    link = rest.made("/v1/links", {"dial": number, "destinations": [number[:-2]]})
    with ruled(rest, {"kind": "cap", "cap": "link_burst", "limit": 2, "seconds": 600, "lock_seconds": 3600}):
        with SignalSocket(installation) as socket:
            socket.join(link["room"])
            dials = [passes(socket, f"{number[:-2]}{index:02}") for index in range(10, 14)]
            assert dials[:2] == [None, None]
            for refusal in dials[2:]:
                assert (refusal["rule"], refusal["limit"]) == ("link", 2) and "locked" in refusal["text"], refusal
            (lock,) = [lock for lock in rest.get("/v1/guard/locks").json()["data"] if lock.get("link") == link["id"]]
            assert (lock["dials"], lock["seconds"], lock["until"]) == (2, 600, dials[2]["resets_at"])
            assert rest.delete(f"/v1/guard/locks/{lock['id']}").status_code == 204
            is_problem(rest.delete(f"/v1/guard/locks/{lock['id']}"), 404, "unknown_lock")
            assert all(one["id"] != lock["id"] for one in rest.get("/v1/guard/locks").json()["data"])
            assert passes(socket, f"{number[:-2]}14") is None, "what was before the lock is not counted again"


def test_the_log_is_filtered(rest, joined):
    began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert passes(joined, "+35621223531")["rule"] == "allowlist"
    assert passes(joined, "112")["rule"] == "emergency"

    def log(**wanted):
        query = {name: str(value).lower() if isinstance(value, bool) else value for name, value in wanted.items()}
        return rest.get("/v1/guard/decisions", params={"limit": 100, "address": joined.source} | query).json()["data"]

    assert {line["refusal"]["rule"] for line in log(**{"from": began})} == {"allowlist", "emergency"}
    assert [line["number"] for line in log(rule="emergency")] == ["112"]
    assert log(allowed=True) == [] and len(log(allowed=False)) == 2
    assert log(until="2026-01-01T00:00:00Z") == []
    for parameter in ("rule=nothing", "allowed=1", "address=here", "from=today", "since=1"):
        is_problem(rest.get(f"/v1/guard/decisions?{parameter}"), 400, "invalid_parameter")
