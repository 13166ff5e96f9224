"""The peers that the other tests believe: proved against each other, without a Ringlink."""

import base64
import datetime

import pytest
import requests
import standardwebhooks

from Installation.baresip import Phone
from Installation.kamailio import REALM, SILENT, Kamailio
from Installation.sipp import OddPeer, Script
from Installation.webhook_receiver import WebhookReceiver


def caller_at(trunk, password="s3cret", codecs="PCMU"):
    """A phone that calls over the trunk as our bridge will."""
    phone = Phone("caller", 1000, codecs=codecs)
    phone.account = (
        f'<sip:acme@{REALM};transport=udp>;auth_user=acme;auth_pass={password};outbound="sip:{trunk.address}";regint=0;audio_codecs={codecs}'
    )
    return phone


def call(caller, number):
    caller.dial(f"sip:{number}@{REALM}")


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_call_over_the_trunk_is_authorised_and_has_tones_both_ways(codec):
    with (
        Kamailio("peers-trunk", users={"acme": "s3cret"}, phones={"desk": "d3sk"}, numbers={"+4930100": "desk"}) as trunk,
        Phone("desk", 440, user="desk", registrar=trunk.address, domain=REALM, password="d3sk", codecs=codec) as desk,
        caller_at(trunk) if codec == "PCMU" else caller_at(trunk, codecs="PCMU,PCMA") as caller,
    ):
        desk.wait_until("registered")
        assert trunk.registered("desk")
        trunk.forget()
        call(caller, "+4930100")
        caller.wait_until("talking")
        desk.wait_until("talking")
        desk.wait_for_tone(1000)
        caller.wait_for_tone(440)
        caller.hang_up()
        desk.wait_until("idle")
        # The second INVITE has the password, and Record-Route keeps the trunk in the way.
        assert trunk.methods == ["INVITE", "INVITE", "ACK", "BYE"]
        assert [one.authorised for one in trunk.requests][:2] == [False, True]
        assert all(one.in_dialog for one in trunk.requests[2:])


def test_a_phone_that_is_told_to_wait_rings_and_answers_when_asked():
    with Phone("waiting", 440, answers=False) as waiting, Phone("impatient", 1000) as impatient:
        impatient.dial(waiting.uri)
        waiting.wait_until("ringing")
        assert not impatient.is_talking
        waiting.answer()
        impatient.wait_until("talking")
        waiting.wait_for_tone(1000)
        waiting.hang_up()
        impatient.wait_until("idle")


@pytest.mark.parametrize("challenge, refusal", [(407, 407), (401, 401), (407, 403)])
def test_the_trunk_refuses_a_wrong_password(challenge, refusal):
    with (
        Kamailio("strict", {"acme": "s3cret"}, {"+491": 486}, challenge=challenge, refusal=refusal) as trunk,
        OddPeer(calling("wrong", challenge, refusal), "wrong", calls_at=trunk.address) as wrong,
    ):
        wrong.finish()
        assert [one.authorised for one in trunk.requests if one.method == "INVITE"] == [False, True]
        # And the right one is let through, to a number that is busy.
        trunk.forget()
        with OddPeer(calling("s3cret", challenge, 486), "right", calls_at=trunk.address) as right:
            right.finish()
        assert [one.authorised for one in trunk.requests if one.method == "INVITE"] == [False, True]


def calling(password, challenge, end):
    script = Script().call("+491", "acme").challenged(challenge)
    script.call("+491", "acme", f"[authentication username=acme password={password}]")
    return script.expect(end)


@pytest.mark.parametrize("status", [404, 480, 486, 503, 603])
def test_a_number_may_be_refused_by_the_trunk_itself(status):
    with Kamailio("refusing", numbers={"+491": status}) as trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        caller.wait_until("idle")
        trunk.wait_for_request("ACK")
        assert caller.farewell.startswith(f"{status} ")


def test_a_silent_number_is_never_answered():
    with Kamailio("silent", numbers={"+491": SILENT}) as trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        trunk.wait_for(lambda: trunk.methods.count("INVITE") >= 3, "is asked again and again")
        assert set(trunk.methods) == {"INVITE"}
        assert not caller.is_talking


def odd(script, number="+491"):
    """The trunk and the odd peer behind it."""
    peer = OddPeer(script)
    return peer, Kamailio("odd-trunk", numbers={number: peer.uri})


def test_early_media_is_heard_before_the_answer():
    script = Script().receive("INVITE").reply(100).reply(183, describe="sendrecv").play(600).pause(1.5).answer().take_bye()
    peer, trunk = odd(script)
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        trunk.wait_for_request("INVITE")
        caller.wait_for_tone(600, 3)
        assert "EARLY" in caller.calls[0]
        caller.wait_until("talking")
        caller.hang_up()
        peer.finish()


def test_ringing_and_then_busy():
    peer, trunk = odd(Script().ring().pause(0.3).refuse(486, "Busy Here"))
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        peer.finish()
        caller.wait_until("idle")


def test_a_caller_who_gives_up_while_it_rings():
    peer, trunk = odd(Script().ring().cancelled())
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        caller.wait_for(lambda: any("RINGING" in line for line in caller.calls), "rings")
        caller.hang_up()
        peer.finish()
        assert peer.received("CANCEL") and peer.received("ACK")


def test_an_answer_that_crosses_the_cancel_reaches_the_caller():
    peer, trunk = odd(Script().ring().answered_after_cancel())
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        caller.wait_for(lambda: any("RINGING" in line for line in caller.calls), "rings")
        caller.hang_up()
        trunk.wait_for_request("CANCEL")
        # Only a caller whom the answer has reached acknowledges it.
        peer.finish()
        assert peer.received("ACK") and peer.received("BYE")


def test_hold_and_resume_are_answered_with_their_directions():
    script = Script().ring().answer().play(700).pause(0.3)
    script.request("INVITE", describe="sendonly").expect(200).acknowledge().pause(0.3)
    script.request("INVITE", describe="sendrecv").expect(200).acknowledge().pause(0.3)
    script.request("INFO", body="hello").expect(200, 488).pause(0.3).hang_up()
    peer, trunk = odd(script)
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        caller.wait_until("talking")
        peer.finish()
        assert [message.direction for message in peer.answers_to("INVITE") if message.status == 200] == ["recvonly", "sendrecv"]
        caller.wait_until("idle")


def test_a_bye_right_after_the_acknowledgement():
    peer, trunk = odd(Script().ring().answer().hang_up())
    with peer, trunk, caller_at(trunk) as caller:
        call(caller, "+491")
        peer.finish()
        caller.wait_until("idle")


class TestTheReceiverOfWebhooks:
    SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()

    def deliver(self, receiver, body, sign=None, sent=None):
        sent = sent or datetime.datetime.now(datetime.UTC)
        headers = {
            "webhook-id": "ev_1",
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": standardwebhooks.Webhook(sign or self.SECRET).sign("ev_1", sent, body),
        }
        return requests.post(receiver.url, data=body, headers=headers, timeout=5).status_code

    def test_it_takes_what_is_signed_and_keeps_the_order(self):
        with WebhookReceiver(self.SECRET) as receiver:
            assert self.deliver(receiver, '{"type":"call.queued","sequence":1}') == 204
            assert self.deliver(receiver, '{"type":"call.ended","sequence":2}') == 204
            assert receiver.types == ["call.queued", "call.ended"]

    def test_it_refuses_another_secret_and_an_old_time(self):
        with WebhookReceiver(self.SECRET) as receiver:
            other = "whsec_" + base64.b64encode(bytes(32)).decode()
            assert self.deliver(receiver, "{}", sign=other) == 401
            assert self.deliver(receiver, "{}", sent=datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=10)) == 401
            assert [delivery.verified for delivery in receiver.deliveries] == [False, False]
            assert receiver.types == []

    def test_it_misbehaves_when_it_is_told_to(self):
        with WebhookReceiver(self.SECRET) as receiver:
            receiver.misbehave(500, 410)
            assert [self.deliver(receiver, "{}") for _ in range(3)] == [500, 410, 204]
