"""A telephone that puts us on hold: what it plays meanwhile is for nobody, what the others say goes on, and the call stays."""

from Installation.baresip import Phone
from Installation.sipp import OddPeer, Script

ADA, BOB, CALLEE, RECEPTION = 440, 990, 1650, 2200


def sound_of(call):
    return f"#sound audio[data-participant='{call}']"


def share(sound, hertz):
    return sound.share(hertz - 15, hertz + 15)


def test_the_music_of_a_hold_reaches_neither_browser_nor_telephone(site, visitors, room):
    number = site.number()
    script = Script().ring().answer().play(CALLEE).pause(6)
    script.request("INVITE", describe="sendonly").expect(200).acknowledge().pause(9)
    script.request("INVITE", describe="sendrecv").expect(200).acknowledge()
    peer = OddPeer(script.take_bye())
    with peer, site.trunk({number: peer.uri}) as trunk, site.extension("643", hertz=RECEPTION) as reception:
        bob = visitors.tab(site.link(room=room, name="Bob", dial="643", cam="off"), visitors.persona(BOB))
        bob.wait_for_call("answered")
        ada = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"), visitors.persona(ADA))
        for tab in (ada, bob):
            tab.look_for("document.querySelectorAll('.call[data-state=answered]').length === 2")
        _, call = site.installation.calls_in(room)
        for tab in (ada, bob):
            tab.wait_for_tone(CALLEE, selector=sound_of(call))
        reception.wait_for(lambda: share(reception.listen(0.5), CALLEE) > 0.15, "hears the other telephone")

        held = lambda: [message.direction for message in peer.answers_to("INVITE") if message.status == 200]  # noqa: E731
        peer.wait_for(lambda: held() == ["recvonly"], "holds the call", 15)
        ada.pause(0.5)
        for tab in (ada, bob):
            assert all(sound.is_silent for sound in tab.listen(windows=2, selector=sound_of(call)))
        sound = reception.listen(1)
        assert share(sound, CALLEE) < 0.01 and share(sound, ADA) > 0.2 and share(sound, BOB) > 0.2, sound
        assert len(held()) == 1, "all of this was heard while it holds the call"

        peer.wait_for(lambda: held() == ["recvonly", "sendrecv"], "takes the call back", 15)
        for tab in (ada, bob):
            tab.wait_for_tone(CALLEE, selector=sound_of(call))
        reception.wait_for(lambda: share(reception.listen(0.5), CALLEE) > 0.15, "hears the other telephone again")
        ada.page.click(f".call[data-call='{call}'] [data-action='hangup']")
        site.ended(call, outcome="completed")
        peer.finish()


def test_a_telephone_that_holds_for_long_is_still_there_when_it_comes_back(site, visitors, room):
    number = site.number()
    with Phone("callee", CALLEE) as phone, site.trunk({number: phone.uri}) as trunk:
        ada = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"), visitors.persona(ADA))
        call = ada.wait_for_call("answered")
        ada.wait_for_tone(CALLEE)
        phone.wait_for_tone(ADA)
        phone.hold()
        ada.pause(2)
        # Longer than any patience with a silent connection in the bridge: 15 s.
        for _ in range(4):
            assert all(sound.is_silent for sound in ada.listen(windows=2))
            ada.pause(3)
        assert ada.cards == [["answered", call]]
        phone.resume()
        ada.wait_for_tone(CALLEE)
        ada.press("hangup")
        site.ended(call, outcome="completed")
        phone.wait_until("idle")
