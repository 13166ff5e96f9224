"""FraudGuard in front of the telephone network: what it refuses is explained, and no packet leaves."""

import pytest

from Installation.ringlink import Installation
from Installation.site import Site, fresh_number

MEMBERS = {"rule", "limit", "used", "resets_at", "text"}


@pytest.fixture(scope="module")
def careful():
    """An installation as it comes out of the box: every cap in force."""
    with Installation("careful").up() as installation:
        site = Site(installation)
        # Only that each refusal here has a row of its own, however quickly they come.
        site.api.create("guard/rules", kind="cap", cap="refusals_per_minute", limit=1000)
        yield site


@pytest.fixture(scope="module")
def signed_only():
    with Installation("signed-only", environment={"RINGLINK_DIALING": "signed"}).up() as installation:
        yield Site(installation).lift_caps()


def refused(site, visitors, room, number, **parameters):
    """Clicks a link that is to be refused; answers tab and document."""
    tab = visitors.tab(site.link(room=room, name="Ada", dial=number, cam="off", **parameters))
    call = tab.wait_for_call("ended", outcome="blocked")
    document = site.ended(call, outcome="blocked")
    assert set(document["refusal"]) == MEMBERS, document
    # The same words in the row and before the person.
    assert document["refusal"]["text"] in tab.text(".call-detail")
    assert tab.page.locator("[data-action='again']").count() == 0
    return tab, document


def test_out_of_the_box_no_number_is_allowed_and_no_packet_leaves(careful, visitors, room):
    number = fresh_number()
    with careful.trunk({number: 486}) as trunk:
        _, document = refused(careful, visitors, room, number, trunk=trunk.id)
        assert document["refusal"]["rule"] == "allowlist"
        assert trunk.kamailio.requests == [], "not one packet"
        # The dry run says the same, and rings nobody.
        check = careful.api.create("guard/check", number=number)
        assert check["allowed"] is False and check["refusal"]["rule"] == "allowlist"
        careful.api.allow(number)
        assert careful.api.create("guard/check", number=number)["allowed"] is True
        assert trunk.kamailio.requests == []
        tab = visitors.tab(careful.link(room=room + "-2", name="Ada", dial=number, cam="off"))
        tab.wait_for_call("ended", outcome="busy")
        assert "INVITE" in trunk.methods


def test_a_blocked_prefix_is_refused_though_it_is_allowed(careful, visitors, room):
    number = fresh_number()
    with careful.trunk({number: 486}) as trunk:
        careful.api.allow(number[:6])
        (rule,) = careful.api.block(number[:-2])
        _, document = refused(careful, visitors, room, number)
        assert document["refusal"]["rule"] == "blocklist"
        assert trunk.kamailio.requests == []
        careful.api.delete(f"guard/rules/{rule['id']}")
        tab = visitors.tab(careful.link(room=room + "-2", name="Ada", dial=number, cam="off"))
        tab.wait_for_call("ended", outcome="busy")


def test_a_premium_number_is_refused_though_its_country_is_allowed(careful, visitors, room):
    number = "+499001234567"
    careful.api.allow("+49")
    with careful.trunk({number: 486}, prefixes=["+49"]) as trunk:
        _, document = refused(careful, visitors, room, number)
        assert document["refusal"]["rule"] == "number_type"
        assert trunk.kamailio.requests == []


@pytest.mark.parametrize("number", ["110", "112", "911", "+49112"])
def test_emergency_numbers_are_never_dialled(careful, visitors, room, number):
    careful.api.allow("+49")
    with careful.trunk({number: 486}, prefixes=[]) as trunk:
        tab = visitors.tab(careful.link(room=room, name="Ada", dial=number, cam="off"))
        tab.page.wait_for_selector(".call[data-state='ended']")
        assert "mergency" in tab.text(".call-detail")
        assert trunk.kamailio.requests == []


def test_the_cap_of_one_address_counts_exactly_and_says_when_it_ends(careful, visitors, room):
    numbers = [fresh_number() for _ in range(4)]
    careful.api.allow(*numbers)
    cap = careful.api.create("guard/rules", kind="cap", cap="per_ip_hour", limit=_placed(careful) + 3)
    with careful.trunk({number: 486 for number in numbers}) as trunk:
        tab = visitors.tab(careful.link(room=room, name="Ada", cam="off"))
        tab.wait_for_media()
        for number in numbers[:3]:
            tab.page.fill("#number", number)
            tab.page.keyboard.press("Enter")
            tab.wait_for_call("ended", outcome="busy")
            tab.press("dismiss")
        seen = len(trunk.kamailio.requests)
        tab.page.fill("#number", numbers[3])
        tab.page.keyboard.press("Enter")
        document = careful.ended(tab.wait_for_call("ended", outcome="blocked"), outcome="blocked")
        refusal = document["refusal"]
        assert refusal["rule"] == "address" and refusal["used"] == refusal["limit"] == cap["limit"]
        assert refusal["resets_at"] > document["queued_at"]
        assert "Possible again" in tab.text(".call-detail")
        assert len(trunk.kamailio.requests) == seen
    careful.api.delete(f"guard/rules/{cap['id']}")


def _placed(site):
    return int(site.installation.rows("SELECT count(*) FROM calls WHERE command IS NOT NULL AND telephone")[0][0])


def test_with_dialing_signed_a_plain_link_is_refused_and_a_minted_one_rings(signed_only, visitors, room):
    number = signed_only.number()
    with signed_only.trunk({number: 486}) as trunk:
        _, document = refused(signed_only, visitors, room, number)
        assert document["refusal"]["rule"] == "signature"
        assert trunk.kamailio.requests == []
        key = signed_only.api.create("signing-keys", name="CRM")
        link = signed_only.api.create("links", signing_key=key["id"], room=room + "-2", dial=number, name="Ada", camera=False)
        tab = visitors.tab(link["url"])
        tab.wait_for_call("ended", outcome="busy")
        assert "INVITE" in trunk.methods
        # The installation's own numbers may always be dialled.
        echo = visitors.tab(signed_only.link(room=room + "-3", name="Ada", dial="600", cam="off"))
        echo.wait_for_call("answered")
