"""What a customer's server hears of a real call."""

import pytest

from Installation.receiver import Receiver, register
from Installation.ringlink import Installation


@pytest.fixture(scope="module")
def hooked():
    """An installation whose operator allows webhooks to loopback."""
    hooked = Installation("webhooks", {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"})
    try:
        hooked.start()
        yield hooked
        assert hooked.stop() < 5
    finally:
        hooked.kill()
        hooked.remove()


def test_a_call_to_600_is_told_step_by_step_in_order_and_signed(hooked, visitors, room):
    with Receiver() as receiver:
        register(hooked, receiver)
        tab = visitors.tab(hooked.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        tab.press("hangup")
        document = hooked.wait_for_end(call, pause=tab.pause)
        receiver.wait(lambda _: any(event["type"] == "call.ended" for event in receiver.of_call(call)), pause=tab.pause)
        told = [event for event in receiver.of_call(call) if event["type"] != "call.quality"]

        steps = ["queued", "dialling", "ringing", "answered", "ended"]
        assert [event["type"] for event in told] == [f"call.{entry['event']}" for entry in document["timeline"] if entry["event"] in steps]
        assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
        assert len({event["id"] for event in receiver.events}) == len(receiver.events)
        assert [event["data"]["call"]["state"] for event in told] == [event["type"].removeprefix("call.") for event in told]
        end = told[-1]["data"]["call"]
        assert (end["number"], end["room"], end["outcome"], end["ended_by"]) == ("600", room, "completed", "user")
        for name in ("queued_at", "answered_at", "ended_at", "talk_seconds", "label", "origin"):
            assert end[name] == document[name], name
