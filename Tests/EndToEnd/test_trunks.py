"""A click rings a telephone behind a trunk: the patterns of the URL reference, sound both ways, and a hang-up from each side."""

import secrets

import pytest

from Installation.baresip import Phone

# What a browser says is 440 Hz, see `tone`.
PHONE_TONE = 1000


@pytest.fixture
def phone():
    with Phone("callee", PHONE_TONE) as phone:
        yield phone


def hear_each_other(tab, phone):
    tab.wait_for_tone(phone.hertz)
    phone.wait_for_tone(440)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_link_with_a_pinned_trunk_rings_a_telephone_and_both_are_heard(site, visitors, room, codec):
    """Pattern 3. The telephone knows one codec only, so that the other cannot be taken by mistake."""
    number = site.number()
    with Phone("callee", PHONE_TONE, codecs=codec) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Stefan", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        sounds = tab.listen(windows=2)
        assert all(sound.is_tone(PHONE_TONE) for sound in sounds), sounds
        assert len(tab.people) == 2
        tab.press("hangup")
        assert phone.wait_until("idle") < 3
        document = site.ended(call, outcome="completed", number=number, trunk=trunk.id, ended_by="user", origin="url")
        assert site.tried(document) == [trunk.id]
        # Challenged once, answered with the password, and all the rest goes by the recorded route.
        assert trunk.methods == ["INVITE", "INVITE", "ACK", "BYE"]
        assert [request.authorised for request in trunk.kamailio.requests][:2] == [False, True]
        assert all(request.in_dialog for request in trunk.kamailio.requests[2:])
        tab.wait_for_call("ended", outcome="completed")


def test_without_a_pinned_trunk_the_lowest_priority_value_that_can_carry_the_number_is_taken(site, visitors, room, phone):
    """Pattern 2."""
    number = site.number()
    with (
        site.trunk({number: phone.uri}, "cheap-elsewhere", prefixes=["+33"], priority=1) as elsewhere,
        site.trunk({number: phone.uri}, "dear", priority=30) as dear,
        site.trunk({number: phone.uri}, "cheap", priority=20) as cheap,
        site.trunk({number: phone.uri}, "off", priority=10, enabled=False) as off,
    ):
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        tab.press("hangup")
        assert site.tried(site.ended(call, outcome="completed")) == [cheap.id]
        assert elsewhere.methods == dear.methods == off.methods == []


def test_trunks_of_one_priority_take_turns(site, visitors, room):
    number = site.number()
    with site.trunk({number: 486}, "left", priority=5) as left, site.trunk({number: 486}, "right", priority=5) as right:
        tab = visitors.tab(site.link(room=room, name="Ada", cam="off"))
        tab.wait_for_media()
        used = []
        for _ in range(4):
            tab.page.fill("#number", number)
            tab.page.keyboard.press("Enter")
            used += site.tried(site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy"))
            tab.press("dismiss")
        assert sorted(used) == sorted([left.id, right.id] * 2)
        assert all(one != next for one, next in zip(used, used[1:])), used


def test_two_people_meet_without_a_call(site, visitors, room, phone):
    """Pattern 1: no packet leaves."""
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        first = visitors.tab(site.link(room=room, name="Ada", cam="off"))
        second = visitors.tab(site.link(room=room, name="Bob", cam="off"))
        first.wait_for_media()
        second.wait_for_media()
        first.page.wait_for_selector("#people .person:has-text('Bob')")
        assert first.cards == second.cards == []
        assert trunk.methods == []


def test_an_audio_only_link_with_a_name_asks_for_nothing_but_the_microphone(site, visitors, room):
    """Pattern 4."""
    tab = visitors.tab(site.link(room=room, name="Customer", cam="off"))
    tab.wait_for_media()
    assert tab.people == ["Customer"]
    assert set(tab.page.evaluate("window.askedFor")) == {"audio"}


def test_a_one_shot_link(site, visitors, phone):
    """Pattern 6: a random room, audio only, a name, a pinned trunk."""
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=f"r-{secrets.token_hex(12)}", name="Stefan", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        assert tab.people[0] == "Stefan"
        assert set(tab.page.evaluate("window.askedFor")) == {"audio"}
        tab.press("hangup")
        site.ended(call, outcome="completed", trunk=trunk.id)


def test_a_bare_plus_in_the_link_is_the_plus_that_it_was(site, visitors, room, phone):
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(f"{site.installation.origin}/room.html?room={room}&name=Ada&dial={number}&trunk={trunk.id}&cam=off")
        call = tab.wait_for_call("answered")
        tab.press("hangup")
        site.ended(call, outcome="completed", number=number)


def test_the_telephone_hangs_up_and_the_visitor_stays(site, visitors, room, phone):
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        phone.hang_up()
        tab.wait_for_call("ended", outcome="completed")
        document = site.ended(call, outcome="completed", ended_by="phone")
        assert document["talk_seconds"] >= 1
        assert tab.people == ["Ada"] and tab.state == "in-room"


def test_a_trunk_that_knows_us_by_our_address(site, visitors, room, phone):
    number = site.number()
    with site.trunk({number: phone.uri}, users={}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        tab.press("hangup")
        site.ended(call, outcome="completed")
        assert trunk.methods == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize("challenge, algorithm", [(401, "MD5"), (407, "SHA-256")])
def test_other_challenges_are_answered_too(site, visitors, room, challenge, algorithm):
    number = site.number()
    with site.trunk({number: 486}, kamailio={"challenge": challenge, "algorithm": algorithm}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy", sip_status=486)
        assert [request.authorised for request in trunk.kamailio.requests if request.method == "INVITE"] == [False, True]


def test_a_reload_keeps_the_telephone_and_the_empty_room_hangs_it_up(site, visitors, room, phone):
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("answered")
        hear_each_other(tab, phone)
        tab.page.reload()
        assert tab.wait_for_call("answered") == call
        hear_each_other(tab, phone)
        assert trunk.methods.count("INVITE") == 2, "nobody was rung a second time"
        tab.page.close()
        assert 8 < phone.wait_until("idle", 25) < 18
        site.ended(call, outcome="completed", ended_by="room_empty")


def test_two_browsers_and_the_telephone_talk_with_one_another(site, visitors, room, phone):
    number = site.number()
    with site.trunk({number: phone.uri}) as trunk:
        first = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        call = first.wait_for_call("answered")
        second = visitors.tab(site.link(room=room, name="Bob", cam="off"))
        assert second.wait_for_call("answered") == call
        hear_each_other(first, phone)
        second.wait_for_tone(PHONE_TONE)
        # A guest of an unminted room sees no whole number, and may not hang up.
        assert number not in second.page.content()
        assert "•" in second.text(".call-title")
        assert second.page.locator("[data-action='hangup']").count() == 0
        first.press("hangup")
        second.wait_for_call("ended", outcome="completed")


def test_no_answer_of_the_api_holds_the_password(site):
    number = site.number()
    with site.trunk({number: 486}) as trunk:
        for document in (trunk.document, site.api.read(f"trunks/{trunk.id}"), site.api.list("trunks")):
            assert "s3cret" not in str(document)
        rows = site.installation.rows(f"SELECT encode(password, 'escape') FROM trunks WHERE id = '{trunk.id}'")
        assert "s3cret" not in str(rows)
    assert "s3cret" not in "\n".join(site.installation.lines)
