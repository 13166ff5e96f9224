"""Links made by the API, or signed offline with a key of its: they ring what they say, and nothing else."""

import base64
import hashlib
import hmac
import secrets
import time
import urllib.parse

import pytest

from Installation.site import fresh_number

ORDER = ["lid", "room", "dial", "trunk", "name", "cam", "role", "nbf", "exp", "kid"]


def sign(key, values):
    """By the words of the specification alone: `name=value` lines in the fixed order, HMAC-SHA256, base64url."""
    text = "ringlink-link-v1\n" + "".join(f"{name}={urllib.parse.quote(str(values[name]), safe='-._~')}\n" for name in ORDER if name in values)
    secret = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    return base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def key(site):
    return site.api.create("signing-keys", name="CRM")


def offline(site, key, **values):
    """The address of a link that the API has never seen."""
    values = {"lid": "ln_" + secrets.token_hex(6), "kid": key["id"], **values}
    return f"{site.installation.origin}/room.html?{urllib.parse.urlencode(values | {'sig': sign(key['secret'], values)})}"


def test_a_random_link_is_the_plain_address_and_rings_its_number(site, visitors):
    number = fresh_number()
    with site.trunk({number: 486}) as trunk:
        link = site.api.create("links", dial=number, trunk=trunk.id, name="Stefan", camera=False)
        address = urllib.parse.urlsplit(link["url"])
        values = dict(urllib.parse.parse_qsl(address.query))
        assert address.path == "/room.html"
        assert values["room"].startswith("r-") and len(values["room"]) >= 2 + 16
        assert values["dial"] == number and "dial=%2B" in address.query
        # Nobody has put the number on the allowlist: the link grants it, and no other.
        tab = visitors.tab(link["url"])
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy", trunk=trunk.id)
        trunk.kamailio.forget()
        other = visitors.tab(link["url"].replace(number[1:], fresh_number()[1:]))
        other.wait_for_call("ended", outcome="blocked")
        assert trunk.methods == []


def test_a_signed_link_rings_and_any_change_is_refused_with_the_reason(site, visitors, room, key):
    number = fresh_number()
    with site.trunk({number: 486}) as trunk:
        link = site.api.create("links", signing_key=key["id"], room=room, dial=number, trunk=trunk.id, name="Stefan", camera=False)
        tab = visitors.tab(link["url"])
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy", trunk=trunk.id)
        trunk.kamailio.forget()
        for name, value in [("dial", fresh_number()), ("room", room + "x"), ("name", "Eve"), ("trunk", "tr_000000000000")]:
            values = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link["url"]).query)) | {name: value}
            stopped = visitors.tab(f"{site.installation.origin}/room.html?{urllib.parse.urlencode(values)}")
            stopped.wait_for_state("link_tampered")
            assert "changed" in stopped.text("#gate")
            stopped.page.close()
        # A signature that is taken off does not make it a plain link.
        bare = visitors.tab(link["url"].partition("&sig=")[0])
        bare.wait_for_state("link_tampered")
        assert trunk.methods == []


def test_a_link_signed_offline_rings(site, visitors, room, key):
    number = fresh_number()
    with site.trunk({number: 486}) as trunk:
        address = offline(site, key, room=room, dial=number, trunk=trunk.id, name="Jörg Müller", cam="off", exp=int(time.time()) + 600)
        tab = visitors.tab(address)
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy")
        assert tab.people == ["Jörg Müller"]


def test_a_free_name_may_be_chosen(site, visitors, room, key):
    tab = visitors.tab(offline(site, key, room=room, dial="600", cam="off"))
    tab.wait_for_state("name")
    tab.page.keyboard.type("Grace")
    tab.page.keyboard.press("Enter")
    tab.wait_for_call("answered")


@pytest.mark.parametrize("times, state", [({"exp": -10}, "link_expired"), ({"nbf": 600}, "link_not_yet_valid")])
def test_a_link_out_of_its_time_is_refused(site, visitors, room, key, times, state):
    values = {name: int(time.time()) + seconds for name, seconds in times.items()}
    tab = visitors.tab(offline(site, key, room=room, dial="600", name="Ada", **values))
    tab.wait_for_state(state)
    assert len(tab.text("#gate").split()) > 5
    tab.photograph(f"state-{state}")


def test_a_revoked_link_and_a_revoked_key_are_refused(site, visitors, room):
    key = site.api.create("signing-keys", name="short-lived")
    address = offline(site, key, room=room, dial="600", name="Ada", cam="off")
    tab = visitors.tab(address)
    tab.wait_for_call("answered")
    tab.press("hangup")
    tab.page.close()
    lid = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))["lid"]
    site.api.delete(f"links/{lid}")
    visitors.tab(address).wait_for_state("link_revoked")
    other = offline(site, key, room=room, dial="600", name="Ada", cam="off")
    site.api.delete(f"signing-keys/{key['id']}")
    visitors.tab(other).wait_for_state("link_key_unknown")


def test_a_revoked_random_link_grants_nothing_any_more(site, visitors):
    number = fresh_number()
    with site.trunk({number: 486}) as trunk:
        link = site.api.create("links", dial=number, name="Stefan", camera=False)
        site.api.delete(f"links/{link['id']}")
        tab = visitors.tab(link["url"])
        tab.page.wait_for_selector("html[data-state='link_revoked'], .call[data-outcome='blocked']", state="attached")
        assert trunk.methods == []


def test_a_link_for_so_many_calls(site, visitors):
    number = fresh_number()
    with site.trunk({number: 486}) as trunk:
        link = site.api.create("links", dial=number, name="Stefan", camera=False, max_uses=1)
        tab = visitors.tab(link["url"])
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy")
        tab.press("again")
        document = site.ended(tab.wait_for_call("ended", outcome="blocked"), outcome="blocked")
        assert document["refusal"]["rule"] == "link"
        assert trunk.methods.count("INVITE") == 2
