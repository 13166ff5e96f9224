"""A telephone whose time is used up is hung up, and everybody is told why."""

from Installation.baresip import Phone
from Installation.webhook_receiver import WebhookReceiver


def test_a_telephone_that_gets_no_more_time_is_hung_up_and_everybody_hears_why(site, visitors, room):
    number = site.number()
    # One minute a day for this number: the call reserves it whole, and there is no next slice.
    cap = site.api.create("guard/rules", kind="cap", cap="minutes_per_day", prefix=number, limit=1)
    with WebhookReceiver() as receiver, Phone("callee", 1000) as phone, site.trunk({number: phone.uri}) as trunk:
        hook = site.api.create("webhooks", url=receiver.url, events=["call.*"])
        receiver.secret = hook["secret"]
        try:
            tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))
            call = tab.wait_for_call("answered")
            phone.wait_until("talking")
            tab.wait_for_tone(1000)
            # Nobody touches anything from here on.
            assert tab.wait_for_call("ended", seconds=90, outcome="completed") == call
            phone.wait_until("idle")
            document = site.ended(call, outcome="completed", ended_by="limit")
            assert 60 <= document["talk_seconds"] <= 66, document["talk_seconds"]
            assert document["reason"]["code"] == "guard_minutes"
            assert document["reason"]["text"] in tab.text(".call-detail")
            receiver.wait_for(lambda: any(event["type"] == "call.ended" for event in receiver.of_call(call)), "the end is told", pause=tab.pause)
            (told,) = (event["data"]["call"] for event in receiver.of_call(call) if event["type"] == "call.ended")
            assert (told["outcome"], told["ended_by"], told["reason"]) == ("completed", "limit", document["reason"])
            # What is used up stays so.
            check = site.api.create("guard/check", number=number)
            assert check["allowed"] is False and check["refusal"]["rule"] == "minutes"
        finally:
            site.api.delete(f"webhooks/{hook['id']}")
            site.api.delete(f"guard/rules/{cap['id']}")
