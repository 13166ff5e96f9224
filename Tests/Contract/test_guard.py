"""FraudGuard as the outside sees it."""

import pytest

from Installation.rest import faults, is_problem


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
    ],
)
def test_a_rule_that_says_nothing_usable_is_refused(rest, body, pointer):
    assert pointer in faults(rest.post("/v1/guard/rules", body))
