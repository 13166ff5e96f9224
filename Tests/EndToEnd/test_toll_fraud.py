"""Toll fraud, played: what gets through is bounded, and docs/fraudguard.md says how much it is. No browser, and no telephone is rung."""

import re
from pathlib import Path

import pytest

from Installation.ringlink import Installation
from Installation.site import Site, fresh_number
from Installation.toll_fraud import Attack, spelled
from Installation.webhook_receiver import WebhookReceiver

PROXY = "127.0.0.9"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/fraudguard.md"


@pytest.fixture(scope="module")
def attacked():
    """Out of the box, but for a trusted proxy, a trunk, and an operator who lets everybody call Germany and Malta."""
    policy = {"RINGLINK_TRUSTED_PROXIES": f"{PROXY}/32", "RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8", "RINGLINK_API_REQUESTS_PER_MINUTE": "100000"}
    installation = Installation("attacked", environment=policy)
    try:
        installation.start()
        site = Site(installation)
        site.api.allow("+49", "+356")
        with site.trunk_at("127.0.0.1:9"):
            yield site
        assert installation.stop() < 5
    finally:
        installation.kill()
        installation.remove()


@pytest.fixture
def attack(attacked):
    attack = Attack(attacked.installation, PROXY)
    attack.forget()
    return attack


def documented():
    """Pattern → (dials, got through), from the table."""
    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    return {name: (int(dials), int(passed)) for name, dials, passed in rows}


def is_as_documented(name, attack, dials, bound):
    """Not more than the bound has got through, and just what the document says; every refusal was explained."""
    passed = attack.placed()
    assert passed <= bound, f"{name}: {passed} got through, {bound} may"
    assert len(attack.answers) == dials and None not in attack.answers, "every dial was answered"
    refused = [answer for answer in attack.answers if answer.get("state") in ("ended", "not_fired")]
    assert all(answer["reason"]["text"] and answer["refusal"]["rule"] for answer in refused), refused[:3]
    assert documented()[name] == (dials, passed), f"docs/fraudguard.md: | {name} | {dials} | {passed} |"
    return passed


def german(count):
    return [fresh_number() for _ in range(count)]


def maltese(count):
    return [f"+3562122{index:04}" for index in range(3000, 3000 + count)]


def test_a_revenue_share_burst_into_costly_ranges_reaches_nobody(attack):
    is_as_documented("IRSF burst into costly ranges", attack, attack.revenue_share_burst(), 0)


def test_a_revenue_share_burst_into_an_allowed_country_is_held_to_the_cap_of_its_address(attack):
    is_as_documented("IRSF burst into an allowed country, one address", attack, attack.one_address_many_numbers(maltese(80)), 20)


def test_one_address_gets_at_many_numbers_as_often_as_at_one(attack):
    is_as_documented("one address, many numbers", attack, attack.one_address_many_numbers(german(60)), 20)


def test_many_addresses_get_at_one_number_until_its_trunk_is_locked(attack):
    is_as_documented("150 addresses, one number", attack, attack.many_addresses_one_number(fresh_number(), 150), 100)
    assert {answer["refusal"]["rule"] for answer in attack.answers if "refusal" in answer} == {"trunk"}


def test_a_cap_for_each_number_stops_many_addresses_early(attacked, attack):
    cap = attacked.api.create("guard/rules", kind="cap", cap="per_number_day", limit=5)
    try:
        is_as_documented("150 addresses, one number, `per_number_day` 5", attack, attack.many_addresses_one_number(fresh_number(), 150), 5)
    finally:
        attacked.api.delete(f"guard/rules/{cap['id']}")


def test_the_neighbours_of_one_network_are_limited_together(attack):
    is_as_documented("80 addresses of one /24", attack, attack.one_network(fresh_number(), 80), 60)


def test_an_ipv6_subscriber_is_one_address(attack):
    is_as_documented("60 addresses of one /64", attack, attack.one_ipv6_subscriber(fresh_number(), 60), 20)


def test_a_forged_header_makes_nobody_another(attack):
    is_as_documented("one address with a forged `X-Forwarded-For`", attack, attack.forged_header(fresh_number(), 60), 20)


def test_a_number_spelled_twelve_ways_is_one_number(attacked, attack):
    cap = attacked.api.create("guard/rules", kind="cap", cap="per_number_day", limit=3)
    number = fresh_number()
    try:
        assert len(set(spelled(number))) == 12
        is_as_documented("one number spelled twelve ways, `per_number_day` 3", attack, attack.twelve_spellings(number, 2), 3)
        assert attacked.installation.rows("SELECT DISTINCT target FROM calls WHERE command IS NOT NULL") == [[number]]
    finally:
        attacked.api.delete(f"guard/rules/{cap['id']}")


def test_a_call_back_to_a_costly_number_is_not_made_by_anybodys_link(attacked, attack):
    link = attacked.api.create("links", dial=fresh_number())
    is_as_documented("wangiri call-back", attack, attack.wangiri(link["room"], ["+25261123456", "+88216123456", "+53720123456", "+449098790000"]), 0)


def test_a_link_that_has_got_about_is_locked_by_its_burst(attacked, attack):
    numbers = [f"+3562133{index:04}" for index in range(3000, 3100)]
    link = attacked.api.create("links", dial=numbers[0], destinations=["+3562133"])
    is_as_documented("a leaked link, 100 addresses", attack, attack.leaked_link(link["room"], numbers), 10)
    (lock,) = attacked.api.list("guard/locks")
    assert lock["link"] == link["id"]


def test_emergency_numbers_are_never_dialled(attacked, attack):
    link = attacked.api.create("links", dial=fresh_number(), destinations=["+49", "+1", "+44"])
    numbers = ["112", "1-1-2", "911", "(999)", "110", "+49112", "+49 110", "+1911", "+44 999", "000", "+112", "08"]
    dials = attack.emergency(numbers) + attack.emergency(numbers, link["room"])
    is_as_documented("emergency numbers, plain and by a link", attack, dials, 0)
    assert {answer["refusal"]["rule"] for answer in attack.answers} == {"emergency"}


def test_a_race_of_a_thousand_passes_exactly_as_many_as_the_cap_has_left(attacked, attack):
    rules = [
        attacked.api.create("guard/rules", kind="cap", cap="per_day", limit=25),
        attacked.api.create("guard/rules", kind="cap", cap="concurrent", limit=None),
    ]
    try:
        dials = attack.race(german(1000))
        errors = {answer["code"] for answer in attack.answers if answer["type"] == "error"}
        assert errors <= {"server_error", "at_capacity"}, errors
        assert is_as_documented("a race of 1,000 dials for 25", attack, dials, 25) == 25
    finally:
        for rule in rules:
            attacked.api.delete(f"guard/rules/{rule['id']}")


def test_whoever_is_only_refused_floods_nobody(attacked, attack):
    """Ten refusals of one address in a minute are told; what is beyond is counted."""
    with WebhookReceiver() as receiver:
        webhook = attacked.api.create("webhooks", url=receiver.url, events=["call.*"])
        receiver.secret = webhook["secret"]
        dials = attack.one_address_many_numbers([f"+25261{index:06}" for index in range(100)])
        is_as_documented("100 refused dials of one address", attack, dials, 0)
        rows = int(attacked.installation.rows("SELECT count(*) FROM calls")[0][0])
        # A minute may end among them, and the next one has its own ten.
        receiver.wait_for(lambda: len(receiver.types) >= rows, "each row is told of")
        assert 10 <= rows <= 20 and len(receiver.types) == rows
        attacked.api.delete(f"webhooks/{webhook['id']}")
