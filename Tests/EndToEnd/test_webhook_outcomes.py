"""The CRM hears each step of a call, in order, signed; verified with the library of the standard's own authors."""

import contextlib
import time

import pytest

from Installation.api import Refused
from Installation.baresip import Phone
from Installation.ringlink import Installation
from Installation.site import Site, fresh_number
from Installation.webhook_receiver import WebhookReceiver


@contextlib.contextmanager
def endpoint(site, **fields):
    """A receiver that the installation tells of calls, if nothing else is said."""
    with WebhookReceiver() as receiver:
        document = site.api.create("webhooks", **({"url": receiver.url, "events": ["call.*"]} | fields))
        receiver.secret = document["secret"]
        receiver.id = document["id"]
        try:
            yield receiver
        finally:
            site.api.delete(f"webhooks/{receiver.id}")


def of(receiver, call):
    return [event["type"] for event in receiver.of_call(call)]


def quiet(site, seconds=30):
    """Waits until no call of an earlier test is up: its end would be told to the next endpoint, too."""
    deadline = time.monotonic() + seconds
    while any(call["state"] != "ended" for call in site.api.list("calls")):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def is_over(receiver, call):
    return any(type in ("call.ended", "call.blocked") for type in of(receiver, call))


def test_a_whole_call_is_told_in_order_and_verified(site, visitors, room):
    number = site.number()
    with endpoint(site) as receiver, Phone("callee", 1000, answers=False) as phone, site.trunk({number: phone.uri}) as trunk:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
        call = tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        phone.answer()
        tab.wait_for_call("answered")
        tab.press("hangup")
        site.ended(call, outcome="completed")
        receiver.wait_for(lambda: "call.quality" in of(receiver, call), "the end and what was heard is told", pause=tab.pause)
        events = receiver.of_call(call)
        assert [event["type"] for event in events] == ["call.queued", "call.dialling", "call.ringing", "call.answered", "call.ended", "call.quality"]
        assert [event["sequence"] for event in events] == [1, 2, 3, 4, 5, 6]
        assert all(delivery.verified for delivery in receiver.deliveries)
        assert len({delivery.id for delivery in receiver.deliveries}) == len(receiver.deliveries)
        heard = site.installation.call(call)["quality"]
        assert events.pop()["data"]["quality"] == heard and heard["packets_sent"] > 0
        last = events[-1]["data"]["call"]
        assert (last["outcome"], last["ended_by"], last["trunk"], last["number"], last["room"]) == ("completed", "user", trunk.id, number, room)
        assert last["queued_at"] <= last["dialling_at"] <= last["ringing_at"] <= last["answered_at"] <= last["ended_at"]
        assert [attempt["sip_status"] for attempt in last["attempts"]] == [200]


def test_a_refused_call_is_one_event(site, visitors, room):
    with endpoint(site) as receiver:
        tab = visitors.tab(site.link(room=room, name="Ada", dial=fresh_number(), cam="off"))
        call = tab.wait_for_call("ended", outcome="blocked")
        receiver.wait_for(lambda: is_over(receiver, call), "the refusal is told", pause=tab.pause)
        assert of(receiver, call) == ["call.blocked"]
        data = receiver.of_call(call)[0]["data"]["call"]
        assert data["outcome"] == "blocked"
        assert data["refusal"] == site.installation.call(call)["refusal"]


def test_a_receiver_that_fails_gets_everything_in_order_all_the_same(site, visitors, room):
    quiet(site)
    with endpoint(site) as receiver:
        receiver.misbehave(500, 503)
        tab = visitors.tab(site.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        tab.press("hangup")
        receiver.wait_for(lambda: is_over(receiver, call), "the end is told", seconds=60, pause=tab.pause)
        sequence = [event["sequence"] for event in receiver.of_call(call)]
        assert sequence == sorted(set(sequence))
        assert [delivery.status for delivery in receiver.deliveries][:3] == [500, 503, 204]
        # The same event three times: the same id, by which a receiver knows it again.
        assert len({delivery.id for delivery in receiver.deliveries[:3]}) == 1


def test_an_endpoint_that_is_gone_is_told_nothing_more(site, visitors, room):
    quiet(site)
    with endpoint(site) as receiver:
        receiver.misbehave(410)
        tab = visitors.tab(site.link(room=room, name="Ada", dial="600", cam="off"))
        tab.wait_for_call("answered")
        receiver.wait_for(lambda: receiver.deliveries, "one is tried", pause=tab.pause)
        tab.press("hangup")
        tab.wait_for_call("ended")
        tab.pause(1)
        assert len(receiver.deliveries) == 1
        assert site.api.read(f"webhooks/{receiver.id}")["enabled"] is False


def test_only_what_the_endpoint_asked_for_is_told(site, visitors, room):
    with endpoint(site, events=["call.ended"]) as receiver:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        tab.press("hangup")
        receiver.wait_for(lambda: is_over(receiver, call), "the end is told", pause=tab.pause)
        assert of(receiver, call) == ["call.ended"]


def test_a_test_event_is_verified(site):
    with endpoint(site) as receiver:
        site.api.create(f"webhooks/{receiver.id}/test")
        receiver.wait_for(lambda: receiver.types, "the test comes")
        assert receiver.types == ["webhook.test"]


def test_out_of_the_box_nothing_is_sent_to_loopback(visitors, room):
    installation = Installation("no-targets")
    try:
        installation.start()
        site = Site(installation)
        with WebhookReceiver("whsec_" + "A" * 43 + "=") as receiver:
            try:
                document = site.api.create("webhooks", url=receiver.url)
            except Refused as refusal:
                assert refusal.status in (400, 422)
                return
            tab = visitors.tab(site.link(room=room, name="Ada", dial="600", cam="off"))
            tab.wait_for_call("answered")
            tab.press("hangup")
            tab.wait_for_call("ended")
            tab.pause(2)
            assert receiver.deliveries == []
            deliveries = site.api.list(f"webhooks/{document['id']}/deliveries")
            assert deliveries and all(one["state"] != "delivered" for one in deliveries)
    finally:
        installation.kill()
        installation.remove()
