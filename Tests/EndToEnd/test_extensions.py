"""A telephone that registers here is rung by its extension."""

import pytest

from Installation.baresip import Phone

PHONE_TONE = 1000


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_link_rings_the_registered_telephone_and_both_are_heard(site, visitors, room, codec):
    """Pattern 5."""
    with site.extension("610", codecs=codec) as phone:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="610", cam="off"))
        call = tab.wait_for_call("answered")
        tab.wait_for_tone(PHONE_TONE)
        phone.wait_for_tone(440)
        assert tab.text(".call-title") == "Reception"
        tab.press("hangup")
        phone.wait_until("idle")
        document = site.ended(call, outcome="completed", number="610", ended_by="user")
        assert document.get("trunk") is None and site.tried(document) == [None]


def test_the_telephone_rings_until_somebody_picks_up_and_may_hang_up(site, visitors, room):
    with site.extension("611", answers=False) as phone:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="611", cam="off"))
        call = tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        phone.answer()
        tab.wait_for_call("answered")
        tab.wait_for_tone(PHONE_TONE)
        phone.hang_up()
        tab.wait_for_call("ended", outcome="completed")
        site.ended(call, outcome="completed", ended_by="phone")


def test_a_telephone_that_declines(site, visitors, room):
    with site.extension("612", answers=False) as phone:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="612", cam="off"))
        tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        phone.hang_up()
        # baresip refuses with 486.
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy", sip_status=486)


def test_an_extension_that_nobody_has_registered_is_not_reachable(site, visitors, room):
    document = site.api.create("extensions", number="613", display_name="Nobody", password="never-used")
    try:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="613", cam="off"))
        site.ended(tab.wait_for_call("ended", outcome="unreachable"), outcome="unreachable")
    finally:
        site.api.delete(f"extensions/{document['id']}")


def test_a_wrong_password_does_not_register(site):
    document = site.api.create("extensions", number="614", display_name="Guarded", password="the-right-one")
    try:
        host = f"127.0.0.1:{site.installation.sip_port}"
        with Phone("intruder", PHONE_TONE, user="614", registrar=host, password="the-wrong-one") as phone:
            phone.wait_for(lambda: "403 Forbidden" in phone.printed, "is refused")
            assert not phone.is_registered
    finally:
        site.api.delete(f"extensions/{document['id']}")


def test_digits_never_go_to_a_trunk(site, visitors, room):
    """An extension that does not exist is not tried anywhere else."""
    with site.trunk({"699": 486}, prefixes=[]) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="699", cam="off"))
        tab.wait_for_call("ended")
        assert trunk.methods == []


def test_a_deleted_extension_rings_no_more(site, visitors, room):
    host = f"127.0.0.1:{site.installation.sip_port}"
    document = site.api.create("extensions", number="615", display_name="Gone soon", password="soon-to-go")
    with Phone("leaver", PHONE_TONE, user="615", registrar=host, password="soon-to-go") as phone:
        phone.wait_until("registered")
        site.api.delete(f"extensions/{document['id']}")
        tab = visitors.tab(site.link(room=room, name="Ada", dial="615", cam="off"))
        tab.wait_for_call("ended")
        assert phone.is_idle
