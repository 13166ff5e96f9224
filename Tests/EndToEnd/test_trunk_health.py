"""What a trunk hears of us: numbers as it wants them, our number, no more calls than it takes; and who is told when it is gone."""

import contextlib
import time

import pytest

from Installation.baresip import Phone
from Installation.webhook_receiver import WebhookReceiver

CALLER = "+4930901820"


@contextlib.contextmanager
def trunk_events(site):
    """A receiver that is told of trunks alone."""
    with WebhookReceiver() as receiver:
        document = site.api.create("webhooks", url=receiver.url, events=["trunk.up", "trunk.down"])
        receiver.secret = document["secret"]
        try:
            yield receiver
        finally:
            site.api.delete(f"webhooks/{document['id']}")


def told(receiver, trunk):
    return [(event["type"], event["data"]["trunk"].get("reason", {}).get("code")) for event in receiver.events if event["data"]["trunk"]["id"] == trunk]


def wait_for_state(site, trunk, state, seconds):
    deadline = time.monotonic() + seconds
    while (report := site.api.read(f"trunks/{trunk}/status"))["state"] != state:
        assert time.monotonic() < deadline, report
        time.sleep(0.2)
    return report


@pytest.mark.parametrize(
    "rewrite, dialled",
    [
        ([{"match": "+49", "strip": 3, "prepend": "0"}, {"match": "+", "strip": 1, "prepend": "00"}], lambda number: "0" + number[3:]),
        ([{"match": "+33", "strip": 3, "prepend": "0"}, {"match": "+", "strip": 1, "prepend": "00"}], lambda number: "00" + number[1:]),
    ],
)
def test_the_trunk_gets_the_number_as_it_wants_it_and_ours(site, visitors, room, rewrite, dialled):
    number = site.number()
    with site.trunk({dialled(number): 486}, prefixes=[number], rewrite=rewrite, caller_ids=[CALLER, "+4930901821"]) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy", number=number)
        invite = trunk.kamailio.wait_for_request("INVITE")
        assert invite.number == dialled(number)
        assert invite.identity.startswith(f"sip:{CALLER}@")


def test_a_full_trunk_gives_its_calls_to_the_next_and_a_pinned_one_says_so(site, visitors, room):
    number, other = site.number(), site.number()
    with (
        Phone("callee", 1000) as phone,
        site.trunk({number: phone.uri, other: 486}, "full", priority=1, max_calls=1) as full,
        site.trunk({number: 486, other: 486}, "next", priority=2) as spare,
    ):
        first = visitors.tab(site.link(room=room, name="Ada", dial=number, cam="off"))
        up = first.wait_for_call("answered")
        assert site.api.read(f"trunks/{full.id}/status")["calls_up"] == 1
        second = visitors.tab(site.link(room=f"{room}-2", name="Bob", dial=other, cam="off"))
        document = site.ended(second.wait_for_call("ended", outcome="busy"), outcome="busy")
        assert site.tried(document) == [full.id, spare.id]
        assert "1 calls up" in document["attempts"][0]["detail"]
        third = visitors.tab(site.link(room=f"{room}-3", name="Eve", dial=other, trunk=full.id, cam="off"))
        document = site.ended(third.wait_for_call("ended", outcome="trunk_unavailable"), outcome="trunk_unavailable")
        assert document["reason"]["text"] == "All lines of the trunk are in use. Try again in a moment."
        assert [request.number for request in full.kamailio.requests if request.method == "INVITE"] == [number, number]
        # Deleted while its call is up: the call goes on, and ends by the same way.
        site.api.delete(f"trunks/{full.id}")
        first.wait_for_tone(1000)
        first.press("hangup")
        site.ended(up, outcome="completed")
        assert full.methods[-1] == "BYE"


def test_no_second_holds_more_calls_than_the_trunk_takes(site, visitors, room):
    numbers = [site.number() for _ in range(4)]
    leads = dict.fromkeys(numbers, 486)
    with site.trunk(leads, "slow", priority=1, calls_per_second=1) as slow, site.trunk(leads, "next", priority=2) as spare:
        tabs = [visitors.tab(site.link(room=f"{room}-{index}", name="Ada", cam="off")) for index in range(len(numbers))]
        for tab in tabs:
            tab.wait_for_media()
        for tab, number in zip(tabs, numbers):
            tab.page.fill("#number", number)
        for tab in tabs:
            tab.page.keyboard.press("Enter")
        tried = [site.tried(site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy")) for tab in tabs]
        assert all(trunks in ([slow.id], [slow.id, spare.id]) for trunks in tried), tried
        assert [slow.id, spare.id] in tried, "the calls came too slowly to show anything"
        begun = {request.call_id for request in slow.kamailio.requests if request.method == "INVITE"}
        assert len(begun) == tried.count([slow.id])


def test_a_trunk_that_is_killed_is_down_and_up_again_after_its_return(site):
    with trunk_events(site) as receiver, site.trunk({}, prefixes=["+4930000"], options_interval=5) as trunk:
        wait_for_state(site, trunk.id, "up", 10)
        receiver.wait_for(lambda: told(receiver, trunk.id) == [("trunk.up", None)], "trunk.up is told", 10)
        trunk.kamailio.stop()
        killed = time.monotonic()
        # Five seconds until it is asked again, then three times at most three seconds, and two pauses of two.
        receiver.wait_for(lambda: len(told(receiver, trunk.id)) == 2, "trunk.down is told", 25)
        assert told(receiver, trunk.id)[1] in (("trunk.down", "unreachable"), ("trunk.down", "no_answer"))
        assert time.monotonic() - killed < 22
        report = wait_for_state(site, trunk.id, "down", 1)
        assert report["check"]["reachable"] is False and report["detail"]
        trunk.kamailio.start()
        receiver.wait_for(lambda: len(told(receiver, trunk.id)) == 3, "trunk.up is told again", 25)
        assert told(receiver, trunk.id)[2] == ("trunk.up", None)
        sequences = [event["sequence"] for event in receiver.events if event["data"]["trunk"]["id"] == trunk.id]
        assert sequences == [1, 2, 3] and all(delivery.verified for delivery in receiver.deliveries)


def test_a_trunk_that_does_not_know_options_is_up(site):
    with site.trunk({}, prefixes=["+4930000"], kamailio={"options": 404}, options_interval=5) as trunk:
        report = wait_for_state(site, trunk.id, "up", 10)
        assert report["check"]["sip_status"] == 404 and "404" in report["detail"]
        assert trunk.methods == [], "OPTIONS alone"


def test_a_trunk_that_is_down_is_tried_last(site, visitors, room):
    number = site.number()
    with (
        site.trunk({number: 486}, "gone", priority=1, options_interval=5) as gone,
        site.trunk({number: 486}, "there", priority=2, options_interval=5) as there,
    ):
        wait_for_state(site, there.id, "up", 10)
        gone.kamailio.stop()
        wait_for_state(site, gone.id, "down", 25)
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, cam="off"))
        assert site.tried(site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy")) == [there.id]
        gone.kamailio.start()
        wait_for_state(site, gone.id, "up", 25)
