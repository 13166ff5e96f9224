"""kill -9 in every state of a call: one outcome, a telephone that does not go on ringing, and the next call works."""

import os
import signal
import time

import pytest

from Installation.baresip import Phone
from Installation.ringlink import Installation
from Installation.sipp import OddPeer, Script
from Installation.site import Site
from Installation.webhook_receiver import WebhookReceiver

PHONE_TONE = 1000
VICTIMS = {"api": ["api"], "bridge": ["bridge"], "both": ["api", "bridge"], "postgres": ["postgres"]}


@pytest.fixture(scope="module")
def hurt():
    """An installation of which parts are killed again and again, and the CRM that listens to it."""
    with Installation("hurt", environment={"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"}).up() as installation:
        site = Site(installation).lift_caps()
        with WebhookReceiver() as receiver:
            receiver.secret = site.api.create("webhooks", url=receiver.url)["secret"]
            site.receiver = receiver
            yield site


@pytest.fixture
def site(hurt):
    hurt.installation.wait_until_ready(60)
    return hurt


@pytest.fixture
def visitors(visitors):
    """The sockets of killed servers are complained of, rightly."""
    visitors.expected = ("WebSocket", "ERR_CONNECTION", "503", "Failed to load")
    return visitors


def kill(site, victim):
    """Answers when it was done."""
    for part in VICTIMS[victim]:
        os.kill(site.installation.parts[part].pid, signal.SIGKILL)
    return time.monotonic()


def wait_until_back(site, tab):
    """The seconds after which everything is ready again."""
    began = time.monotonic()
    site.installation.wait_until_ready(60)
    tab.wait_for_media(60)
    return time.monotonic() - began


def wait_for_a_new(site, part, old, seconds=30):
    deadline = time.monotonic() + seconds
    while (new := site.installation.parts.get(part)) in (None, old):
        assert time.monotonic() < deadline, f"no new {part}"
        time.sleep(0.05)


def wait_until_written(site, words):
    """Until the bridge's journal of events holds these words."""
    journal = site.installation.data / "bridge" / "events.journal"
    deadline = time.monotonic() + 10
    while words not in journal.read_text(errors="replace"):
        assert time.monotonic() < deadline, f"{words} is not in the journal"
        time.sleep(0.02)


def dial(site, visitors, room, number, trunk):
    return visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))


def is_told_once(site, call, tab):
    """One terminal event, and no sequence number twice but for a repeated delivery of the same event."""
    receiver = site.receiver
    receiver.wait_for(lambda: any(event["type"] == "call.ended" for event in receiver.of_call(call)), "the end is told", 60, tab.pause)
    events = {event["id"]: event for event in receiver.of_call(call)}.values()
    assert [event["type"] for event in events].count("call.ended") == 1
    sequence = [event["sequence"] for event in events]
    assert sorted(sequence) == list(range(1, len(sequence) + 1)), sequence


def the_next_call_works(site, tab, phone):
    tab.press("again")
    if not phone.answers:
        phone.wait_until("ringing", 60)
        phone.answer()
    again = tab.wait_for_call("answered", seconds=60)
    tab.wait_for_tone(phone.hertz)
    tab.press("hangup")
    site.ended(again, outcome="completed")
    phone.wait_until("idle")


@pytest.mark.parametrize("victim", ["bridge", "both"])
@pytest.mark.parametrize("state", ["ringing", "answered"])
def test_without_its_bridge_a_call_ends_once_and_the_telephone_is_hung_up(site, visitors, room, victim, state):
    number = site.number()
    with Phone("callee", PHONE_TONE, answers=state == "answered") as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call(state)
        phone.wait_until("talking" if state == "answered" else "ringing")
        old = site.installation.parts["bridge"]
        kill(site, victim)
        # Five seconds from the moment at which the new bridge runs.
        wait_for_a_new(site, "bridge", old)
        assert phone.wait_until("idle", 10) < 5
        assert "CANCEL" in trunk.methods if state == "ringing" else "BYE" in trunk.methods
        wait_until_back(site, tab)
        document = site.ended(call, timeout=40, outcome="internal_error")
        assert document["ended_by"] == "system"
        tab.wait_for_call("ended", 60, outcome="internal_error")
        assert site.installation.calls_in(room) == [call], "nobody was rung a second time"
        is_told_once(site, call, tab)
        if state == "answered":
            the_next_call_works(site, tab, phone)


@pytest.mark.parametrize("victim", ["api", "postgres"])
@pytest.mark.parametrize("state", ["ringing", "answered"])
def test_a_call_outlives_its_api_and_its_database(site, visitors, room, victim, state):
    number = site.number()
    with Phone("callee", PHONE_TONE, answers=state == "answered") as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call(state)
        kill(site, victim)
        if state == "answered":
            # The media does not care.
            phone.wait_for_tone(440)
        else:
            # It is picked up while nobody can write that down.
            phone.wait_until("ringing")
            phone.answer()
        wait_until_back(site, tab)
        assert tab.wait_for_call("answered", 60) == call
        tab.wait_for_tone(PHONE_TONE)
        phone.wait_for_tone(440)
        assert trunk.methods.count("INVITE") == 2, "nobody was rung a second time"
        tab.press("hangup")
        phone.wait_until("idle")
        document = site.ended(call, outcome="completed")
        events = [entry["event"] for entry in document["timeline"]]
        assert events.count("answered") == 1 and events.count("ringing") <= 1, "each event was applied once"
        is_told_once(site, call, tab)
        the_next_call_works(site, tab, phone)


@pytest.mark.parametrize("victim", ["api", "bridge", "both", "postgres"])
def test_a_fall_before_the_answer_while_something_is_heard_already(site, visitors, room, victim):
    """Early media goes on without API and database, and without its bridge the far end is cancelled."""
    number = site.number()
    script = Script().receive("INVITE").reply(100).reply(183, describe="sendrecv").play(600)
    goes_on = victim in ("api", "postgres")
    script = script.pause(7).answer().take_bye(within=60) if goes_on else script.cancelled(within=60)
    with OddPeer(script) as peer, site.trunk({number: peer.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call("ringing")
        tab.wait_for_tone(600)
        old = site.installation.parts["bridge"]
        kill(site, victim)
        if goes_on:
            wait_until_back(site, tab)
            assert tab.wait_for_call("answered", 60) == call
            tab.wait_for_tone(600)
            tab.press("hangup")
            document = site.ended(call, outcome="completed")
            assert [entry["event"] for entry in document["timeline"]].count("answered") == 1
        else:
            wait_for_a_new(site, "bridge", old)
            began = time.monotonic()
            peer.wait_for(lambda: peer.received("CANCEL"), "is cancelled", 10)
            assert time.monotonic() - began < 5
            wait_until_back(site, tab)
            site.ended(call, timeout=40, outcome="internal_error")
            tab.wait_for_call("ended", 60, outcome="internal_error")
        peer.finish(60)
        assert len(peer.received("INVITE")) == 1
        is_told_once(site, call, tab)


@pytest.mark.parametrize("victim", ["api", "bridge", "both", "postgres"])
def test_a_fall_while_the_call_waits_for_its_bridge_rings_once_or_not_at_all(site, visitors, room, victim):
    """The bridge hangs with the order to dial in its hands. Who is called by one bridge is not called by the next."""
    number = site.number()
    with Phone("callee", PHONE_TONE, answers=False) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", cam="off")).wait_for_media()
        bridge = site.installation.parts["bridge"]
        os.kill(bridge.pid, signal.SIGSTOP)
        try:
            tab.page.fill("#dial-form input", number)
            tab.page.press("#dial-form input", "Enter")
            tab.wait_for_call("queued")
            kill(site, victim)
        finally:
            if victim in ("api", "postgres"):
                os.kill(bridge.pid, signal.SIGCONT)
        wait_until_back(site, tab)
        if victim in ("api", "postgres"):
            phone.wait_until("ringing", 30)
            tab.wait_for_call("ringing", 60)
            tab.press("hangup")
        tab.wait_for_call("ended", 60, outcome="cancelled" if victim in ("api", "postgres") else "internal_error")
        phone.wait_until("idle")
        (call,) = site.installation.calls_in(room)
        site.ended(call, timeout=40)
        assert len({request.call_id for request in trunk.kamailio.requests}) == (1 if victim in ("api", "postgres") else 0)
        is_told_once(site, call, tab)


@pytest.mark.parametrize("victim", ["api", "bridge", "both", "postgres"])
def test_a_fall_while_it_is_calling_rings_once_or_not_at_all(site, visitors, room, victim):
    """Killed in the moment in which the INVITE is seen: nothing may ring twice, and whatever rings is stopped or belongs to the call."""
    number = site.number()
    with Phone("callee", PHONE_TONE, answers=False) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        trunk.kamailio.wait_for_request("INVITE", 30)
        kill(site, victim)
        wait_until_back(site, tab)
        tab.wait_for_call("ringing" if victim in ("api", "postgres") else "ended", 60)
        if victim in ("api", "postgres"):
            tab.press("hangup")
            tab.wait_for_call("ended", 30)
        phone.wait_until("idle")
        (call,) = site.installation.calls_in(room)
        site.ended(call, timeout=40)
        assert len({request.call_id for request in trunk.kamailio.requests}) == 1, "one dialog, whatever fell"
        is_told_once(site, call, tab)


def test_a_hang_up_while_the_api_is_away_is_not_forgotten(site, visitors, room):
    number = site.number()
    with Phone("callee", PHONE_TONE) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call("answered")
        kill(site, "api")
        tab.press("hangup")
        phone.wait_until("idle", 60)
        site.installation.wait_until_ready(60)
        site.ended(call, outcome="completed")


def test_the_telephone_hangs_up_while_the_api_is_away(site, visitors, room):
    number = site.number()
    with Phone("callee", PHONE_TONE) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call("answered")
        kill(site, "api")
        phone.hang_up()
        site.installation.wait_until_ready(60)
        tab.wait_for_call("ended", 60, outcome="completed")
        site.ended(call, outcome="completed", ended_by="phone")
        is_told_once(site, call, tab)


@pytest.mark.parametrize("api", ["goes on", "falls too"])
def test_an_end_that_nobody_had_read_outlives_its_bridge(site, visitors, room, api):
    """The telephone hangs up while the API is busy, and before it has looked the bridge is gone: the journal tells of the end."""
    number = site.number()
    with Phone("callee", PHONE_TONE) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        call = tab.wait_for_call("answered")
        phone.wait_for_tone(440)
        web = site.installation.parts["api"]
        os.kill(web.pid, signal.SIGSTOP)
        try:
            phone.hang_up()
            phone.wait_until("idle")
            wait_until_written(site, "callEnded")
            old = site.installation.parts["bridge"]
            kill(site, "bridge")
            wait_for_a_new(site, "bridge", old)
        finally:
            os.kill(web.pid, signal.SIGCONT if api == "goes on" else signal.SIGKILL)
        wait_until_back(site, tab)
        document = site.ended(call, timeout=40, outcome="completed", ended_by="phone")
        events = [entry["event"] for entry in document["timeline"]]
        assert events.count("answered") == events.count("ended") == 1, "each event was applied once"
        tab.wait_for_call("ended", 60, outcome="completed")
        is_told_once(site, call, tab)
        the_next_call_works(site, tab, phone)


def test_an_unknown_dialog_is_answered_after_a_fall(site, visitors, room):
    """A telephone that missed our BYE and speaks of the old call is told that there is none."""
    number = site.number()
    with Phone("callee", PHONE_TONE) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = dial(site, visitors, room, number, trunk)
        tab.wait_for_call("answered")
        trunk.kamailio.stop()
        kill(site, "bridge")
        wait_until_back(site, tab)
        trunk.kamailio.start()
        phone.hang_up()
        phone.wait_until("idle", 40)
        tab.wait_for_call("ended", 60)


def test_an_extension_is_called_after_a_fall_before_it_has_registered_again(site, visitors, room):
    with site.extension("640") as phone:
        old = site.installation.parts["bridge"]
        kill(site, "bridge")
        wait_for_a_new(site, "bridge", old)
        # It registers once a minute, and knows nothing of a restart.
        tab = visitors.tab(site.link(room=room, name="Ada", dial="640", cam="off"))
        tab.wait_for_call("answered", 30)
        tab.wait_for_tone(phone.hertz)
        tab.press("hangup")
        phone.wait_until("idle")
