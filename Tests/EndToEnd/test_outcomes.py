"""Whatever a telephone or a trunk answers, odd answers too: one outcome, in words, and the next trunk only where that is right."""

import time

import pytest

from Installation.baresip import Phone
from Installation.kamailio import SILENT
from Installation.ports import own_port
from Installation.ringlink import Installation
from Installation.sipp import OddPeer, Script
from Installation.site import Site

PHONE_TONE = 1000


class Click:
    """A visitor who has clicked a link that leads over a pinned trunk."""

    def __init__(self, site, visitors, room, number, trunk=None):
        pinned = {"trunk": trunk} if trunk else {}
        self.site = site
        self.tab = visitors.tab(site.link(room=room, name="Ada", dial=number, cam="off", **pinned))

    def ends(self, outcome, seconds=30, **expected):
        call = self.tab.wait_for_call("ended", seconds, outcome=outcome)
        if outcome != "completed":
            assert len(self.tab.text(".call-detail").split()) >= 2
        return self.site.ended(call, outcome=outcome, **expected)


@pytest.fixture
def click(site, visitors, room):
    return lambda number, trunk=None: Click(site, visitors, room, number, trunk)


# What one answer becomes

ANSWERS = [
    (486, "busy"), (600, "busy"), (603, "declined"), (607, "declined"), (480, "unreachable"), (410, "unreachable"), (404, "invalid_number"),
    (484, "invalid_number"), (604, "invalid_number"), (302, "failed"), (403, "trunk_unavailable"), (488, "trunk_unavailable"),
    (500, "trunk_unavailable"), (503, "trunk_unavailable"),
]  # fmt: skip


def test_each_refusal_has_its_outcome_and_its_words(site, visitors, room):
    numbers = {status: site.number() for status, _ in ANSWERS}
    with site.trunk({number: status for status, number in numbers.items()}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", cam="off"))
        tab.wait_for_media()
        for status, outcome in ANSWERS:
            tab.page.fill("#number", numbers[status])
            tab.page.keyboard.press("Enter")
            call = tab.wait_for_call("ended", outcome=outcome)
            assert len(tab.text(".call-detail").split()) >= 2
            document = site.ended(call, outcome=outcome, sip_status=status)
            assert [(attempt["trunk"], attempt["sip_status"]) for attempt in document["attempts"]] == [(trunk.id, status)]
            assert document["talk_seconds"] == 0 and document.get("answered_at") is None
            tab.press("dismiss")
        assert trunk.methods.count("INVITE") == 2 * len(ANSWERS)


@pytest.mark.parametrize("refusal", [407, 403])
def test_a_wrong_password_is_told_to_the_operator(site, click, refusal):
    number = site.number()
    with site.trunk({number: 486}, password="wrong", kamailio={"refusal": refusal}) as trunk:
        document = click(number, trunk.id).ends("trunk_unavailable", sip_status=refusal)
        # Not again and again with the same wrong password.
        assert trunk.methods.count("INVITE") == 2
        detail = document["attempts"][0]["detail"].lower()
        assert "password" in detail or "refus" in detail, detail


def test_nobody_picks_up(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().pause(0.5).refuse(480, "Temporarily Unavailable"))
    with peer, site.trunk({number: peer.uri}) as trunk:
        click(number, trunk.id).ends("no_answer", sip_status=480)
        peer.finish()


def test_ringing_and_then_busy(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().pause(0.5).refuse(486, "Busy Here"))
    with peer, site.trunk({number: peer.uri}) as trunk:
        document = click(number, trunk.id).ends("busy", sip_status=486)
        peer.finish()
        assert "ringing" in [entry["event"] for entry in document["timeline"]]


@pytest.fixture(scope="module")
def impatient():
    """An installation that lets nobody ring for long."""
    installation = Installation("impatient", environment={"RINGLINK_DIAL_RING_SECONDS": "5"})
    try:
        installation.start()
        yield Site(installation).lift_caps()
    finally:
        installation.kill()
        installation.remove()


def test_a_telephone_that_rings_for_too_long_is_let_be(impatient, visitors, room):
    number = impatient.number()
    with Phone("patient", PHONE_TONE, answers=False) as phone, impatient.trunk({number: phone.uri}) as trunk:
        clicked = Click(impatient, visitors, room, number, trunk.id)
        clicked.tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        assert phone.wait_until("idle", 10) < 7
        clicked.ends("no_answer", ended_by="limit")
        assert trunk.methods.count("CANCEL") == 1


def test_a_call_that_is_hung_up_while_it_rings(site, click):
    number = site.number()
    with Phone("patient", PHONE_TONE, answers=False) as phone, site.trunk({number: phone.uri}) as trunk:
        clicked = click(number, trunk.id)
        clicked.tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        clicked.tab.press("hangup")
        assert phone.wait_until("idle") < 3
        clicked.ends("cancelled", ended_by="user")
        assert trunk.methods.count("CANCEL") == 1
        assert "BYE" not in trunk.methods


def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_ended(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().answered_after_cancel())
    with peer, site.trunk({number: peer.uri}) as trunk:
        clicked = click(number, trunk.id)
        clicked.tab.wait_for_call("ringing")
        clicked.tab.press("hangup")
        clicked.ends("cancelled")
        peer.finish()
        assert len(peer.received("ACK")) >= 1 and len(peer.received("BYE")) >= 1


def test_a_tab_that_is_closed_while_it_rings_lets_the_telephone_ring_no_longer_than_the_grace(site, click):
    number = site.number()
    with Phone("patient", PHONE_TONE, answers=False) as phone, site.trunk({number: phone.uri}) as trunk:
        clicked = click(number, trunk.id)
        call = clicked.tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        clicked.tab.page.close()
        assert phone.wait_until("idle", 25) < 18
        site.ended(call, ended_by="room_empty")


# Early media

def test_early_media_is_heard_before_the_answer_and_the_call_goes_on_with_it(site, click):
    number = site.number()
    script = Script().receive("INVITE").reply(100).reply(183, describe="sendrecv").play(600).pause(4).answer().take_bye()
    peer = OddPeer(script)
    with peer, site.trunk({number: peer.uri}) as trunk:
        clicked = click(number, trunk.id)
        clicked.tab.wait_for_call("ringing")
        clicked.tab.wait_for_tone(600)
        assert clicked.tab.cards[0][0] == "ringing"
        assert clicked.tab.look("document.documentElement.dataset.ringback") == "off"
        clicked.tab.wait_for_call("answered")
        clicked.tab.wait_for_tone(600)
        clicked.tab.press("hangup")
        document = clicked.ends("completed")
        peer.finish()
        assert document["talk_seconds"] <= 5, "early media is not talk"


# The next trunk

def test_the_second_trunk_takes_over_from_one_that_refuses(site, click):
    number = site.number()
    with (
        Phone("callee", PHONE_TONE) as phone,
        site.trunk({number: 503}, "first", priority=1) as first,
        site.trunk({number: phone.uri}, "second", priority=2) as second,
    ):
        clicked = click(number)
        call = clicked.tab.wait_for_call("answered")
        clicked.tab.wait_for_tone(PHONE_TONE)
        clicked.tab.press("hangup")
        document = site.ended(call, outcome="completed")
        assert [(attempt["trunk"], attempt["sip_status"]) for attempt in document["attempts"]] == [(first.id, 503), (second.id, 200)]


def test_the_second_trunk_takes_over_from_a_closed_port_at_once(site, click):
    number = site.number()
    with (
        Phone("callee", PHONE_TONE) as phone,
        site.trunk_at(f"127.0.0.1:{own_port()}", prefixes=[number], priority=1) as gone,
        site.trunk({number: phone.uri}, "second", priority=2) as second,
    ):
        began = time.monotonic()
        clicked = click(number)
        call = clicked.tab.wait_for_call("answered")
        assert time.monotonic() - began < 15
        clicked.tab.press("hangup")
        assert site.tried(site.ended(call, outcome="completed")) == [gone["id"], second.id]


def test_the_second_trunk_takes_over_from_one_that_says_nothing(site, click):
    number = site.number()
    with (
        Phone("callee", PHONE_TONE) as phone,
        site.trunk({number: SILENT}, "silent", users={}, priority=1) as silent,
        site.trunk({number: phone.uri}, "second", priority=2) as second,
    ):
        clicked = click(number)
        call = clicked.tab.wait_for_call("answered", seconds=45)
        assert silent.methods.count("INVITE") >= 3, "it was asked again before it was given up"
        clicked.tab.press("hangup")
        assert site.tried(site.ended(call, outcome="completed")) == [silent.id, second.id]


def test_a_dead_trunk_without_a_second_is_trouble_with_the_line(site, click):
    number = site.number()
    with site.trunk_at(f"127.0.0.1:{own_port()}", prefixes=[number]) as gone:
        clicked = click(number, gone["id"])
        clicked.ends("trunk_unavailable", trunk=gone["id"])
        assert clicked.tab.text(".call-words") == "No line available"
        assert clicked.tab.page.locator("[data-action='again']").count() == 1


@pytest.mark.parametrize("trunk_is", ["refusing", "disabled", "unknown"])
def test_a_pinned_trunk_has_no_substitute(site, click, trunk_is):
    number = site.number()
    with site.trunk({number: 503}, "pinned", priority=5, enabled=trunk_is != "disabled") as pinned, site.trunk({number: 486}, "other", priority=1) as other:
        trunk = "tr_000000000000" if trunk_is == "unknown" else pinned.id
        click(number, trunk).ends("trunk_unavailable")
        assert other.methods == []
        assert (pinned.methods != []) == (trunk_is == "refusing")


@pytest.mark.parametrize("status, outcome", [(486, "busy"), (404, "invalid_number"), (603, "declined"), (480, "unreachable")])
def test_what_the_telephone_decided_is_not_asked_of_a_second_trunk(site, click, status, outcome):
    number = site.number()
    with site.trunk({number: status}, "first", priority=1) as first, site.trunk({number: 486}, "second", priority=2) as second:
        assert site.tried(click(number).ends(outcome, sip_status=status)) == [first.id]
        assert second.methods == []


def test_no_second_trunk_after_early_media(site, click):
    number = site.number()
    script = Script().receive("INVITE").reply(100).reply(183, describe="sendrecv").play(600).pause(1).refuse(503, "Service Unavailable")
    peer = OddPeer(script)
    with peer, site.trunk({number: peer.uri}, "first", priority=1) as first, site.trunk({number: 486}, "second", priority=2) as second:
        assert site.tried(click(number).ends("trunk_unavailable")) == [first.id]
        peer.finish()
        assert second.methods == []


# Within the call

def test_hold_and_resume_are_answered_with_their_directions_and_the_call_stays(site, click):
    number = site.number()
    script = Script().ring().answer().play(700).pause(1)
    script.request("INVITE", describe="sendonly").expect(200).acknowledge().pause(0.3)
    script.request("INVITE", describe="inactive").expect(200).acknowledge().pause(0.3)
    script.request("INVITE", describe="sendrecv").expect(200).acknowledge()
    peer = OddPeer(script.take_bye())
    with peer, site.trunk({number: peer.uri}) as trunk:
        clicked = click(number, trunk.id)
        call = clicked.tab.wait_for_call("answered")
        clicked.tab.wait_for_tone(700)
        peer.wait_for(lambda: len(answers(peer)) == 3, "is answered three times")
        assert answers(peer) == ["recvonly", "inactive", "sendrecv"]
        clicked.tab.wait_for_tone(700)
        assert clicked.tab.cards == [["answered", call]]
        clicked.tab.press("hangup")
        clicked.ends("completed")
        peer.finish()


def answers(peer):
    return [message.direction for message in peer.answers_to("INVITE") if message.status == 200]


def test_requests_that_we_do_not_know_never_kill_the_call(site, click):
    number = site.number()
    script = Script().ring().answer().play(700)
    script.request("INFO", body="hello").expect(200, 405, 415, 469, 501)
    script.request("UPDATE").expect(200, 405, 501)
    script.request("UPDATE", describe="sendrecv").expect(200, 405, 501)
    script.request("OPTIONS").expect(200)
    script.request("FROBNICATE").expect(405, 501)
    peer = OddPeer(script.pause(1).hang_up())
    with peer, site.trunk({number: peer.uri}) as trunk:
        clicked = click(number, trunk.id)
        clicked.tab.wait_for_call("answered")
        clicked.tab.wait_for_tone(700)
        clicked.ends("completed", ended_by="phone")
        peer.finish()


def test_a_bye_right_after_the_acknowledgement(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().answer().hang_up())
    with peer, site.trunk({number: peer.uri}) as trunk:
        click(number, trunk.id).ends("completed", ended_by="phone")
        peer.finish()


def test_a_late_answer_is_still_an_answer(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().pause(3).answer().pause(0.5).hang_up())
    with peer, site.trunk({number: peer.uri}) as trunk:
        document = click(number, trunk.id).ends("completed", ended_by="phone")
        peer.finish()
        events = [entry["event"] for entry in document["timeline"]]
        assert events.index("ringing") < events.index("answered")


def test_what_we_send_promises_no_extension_that_we_do_not_have(site, click):
    number = site.number()
    peer = OddPeer(Script().ring().refuse(486))
    with peer, site.trunk({number: peer.uri}) as trunk:
        click(number, trunk.id).ends("busy")
        (invite, *_) = peer.received("INVITE")
        assert "timer" not in invite.header("Supported") and "100rel" not in invite.header("Supported")
        assert invite.header("Require") == ""
        assert "INVITE" in invite.header("Allow") and "BYE" in invite.header("Allow")
        assert invite.direction == "sendrecv"
