"""A room of several: who hears whom, proven by the tone that each of them speaks with; roles and chat."""

import json
import os
import signal

import pytest

from Installation.api import API
from Installation.baresip import Phone

TONES = {"Ada": 440, "Bob": 660, "Cleo": 990, "Dan": 1320}


def meet(installation, visitors, room, names, **options):
    tabs = {}
    for name in names:
        person = visitors.persona(TONES[name])
        tabs[name] = visitors.tab(installation.link(room=room, name=name, cam="off", **options), person)
        tabs[name].wait_for_media()
    return tabs


def test_four_people_each_hear_every_other_and_not_themselves(installation, visitors, room):
    tabs = meet(installation, visitors, room, TONES)
    for listener, tab in tabs.items():
        for speaker, hertz in TONES.items():
            if speaker != listener:
                tab.hears(speaker, hertz)
        own = tab.participant(listener)
        assert own not in tab.page.evaluate("[...document.querySelectorAll('#sound audio')].map((element) => element.dataset.participant)")


def test_who_comes_back_and_who_comes_later_is_heard_in_a_section_that_was_there(installation, visitors, room):
    tabs = meet(installation, visitors, room, ["Ada", "Bob"])
    sections = "document.querySelectorAll('#sound audio').length"
    tabs["Ada"].hears("Bob", TONES["Bob"])
    before = tabs["Ada"].page.evaluate(sections)
    for _ in range(3):
        tabs["Bob"].page.click("#leave")
        tabs["Bob"].wait_for_state("left")
        tabs["Ada"].page.wait_for_selector("#people .person:has-text('Bob')", state="detached")
        tabs["Bob"].page.click("text=Join again")
        tabs["Bob"].wait_for_media()
        tabs["Ada"].hears("Bob", TONES["Bob"])
        tabs["Bob"].hears("Ada", TONES["Ada"])
    assert tabs["Ada"].page.evaluate(sections) == before


def test_a_muted_microphone_is_silent_for_the_others_until_it_is_on_again(installation, visitors, room):
    tabs = meet(installation, visitors, room, ["Ada", "Bob"])
    tabs["Ada"].hears("Bob", TONES["Bob"])
    tabs["Bob"].page.click("#microphone")
    selector = f"#sound audio[data-participant='{tabs['Ada'].participant('Bob')}']"
    tabs["Ada"].pause(1)
    assert all(sound.rms < 0.002 for sound in tabs["Ada"].listen(windows=2, selector=selector))
    tabs["Bob"].page.click("#microphone")
    tabs["Ada"].hears("Bob", TONES["Bob"])


def test_people_and_a_phone_hear_each_other(installation, visitors, room):
    """The echo is a phone: it gives back what it hears, which is everybody but itself."""
    tabs = meet(installation, visitors, room, ["Ada", "Bob"])
    tabs["Ada"].hears("Bob", TONES["Bob"])
    tabs["Ada"].page.fill("#number", "600")
    tabs["Ada"].page.press("#number", "Enter")
    call = tabs["Ada"].wait_for_call("answered")
    tabs["Ada"].hears("Bob", TONES["Bob"])
    for tab in tabs.values():
        (sound,) = tab.listen(selector=f"#sound audio[data-participant='{call}']")
        assert all(sound.share(hertz - 20, hertz + 20) > 0.2 for hertz in (TONES["Ada"], TONES["Bob"])), sound


@pytest.fixture
def host_link(installation):
    """Makes the link of a host."""
    api = API(installation)
    key = api.create("signing-keys", name="meeting")
    return lambda room: api.create("links", signing_key=key["id"], room=room, role="host", name="Ada", camera=False)["url"]


def test_a_host_mutes_removes_locks_and_ends(installation, visitors, room, host_link):
    ada = visitors.tab(host_link(room), visitors.persona(TONES["Ada"]))
    ada.wait_for_media()
    tabs = meet(installation, visitors, room, ["Bob", "Cleo"])
    bob, cleo = tabs["Bob"], tabs["Cleo"]
    assert bob.page.is_hidden("#host-tools") and bob.page.locator(".person-tools:visible").count() == 0
    cleo.hears("Bob", TONES["Bob"])
    # Mute: nobody hears Bob, whose own switch is on, and he is told.
    ada.page.click("[aria-label='Mute Bob']")
    assert "host has muted you" in bob.notice("muted")
    cleo.pause(1)
    selector = f"#sound audio[data-participant='{cleo.participant('Bob')}']"
    assert all(sound.rms < 0.002 for sound in cleo.listen(windows=2, selector=selector))
    ada.photograph("meeting-host")
    ada.page.click("[aria-label='Unmute Bob']")
    cleo.hears("Bob", TONES["Bob"])
    bob.page.wait_for_selector(".notice[data-cause='muted']", state="detached")
    # Lock: nobody new, and everybody sees it.
    ada.page.click("#lock")
    cleo.page.wait_for_selector("#locked:not([hidden])")
    # Its words say it; «pressed» beside them would say the opposite.
    ada.page.wait_for_selector("#lock:text-is('Unlock the room')")
    assert ada.page.get_attribute("#lock", "aria-pressed") is None
    late = visitors.tab(installation.link(room=room, name="Dan", cam="off"), visitors.persona(TONES["Dan"]))
    late.wait_for_state("room_locked")
    assert "locked" in late.text("#gate")
    ada.page.click("#lock")
    cleo.page.wait_for_selector("#locked", state="hidden")
    late.page.click("text=Try again")
    late.wait_for_media()
    # Remove.
    ada.page.click("[aria-label='Remove Bob']")
    bob.wait_for_state("kicked")
    ada.page.wait_for_selector("#people .person:has-text('Bob')", state="detached")
    # End, with a second press.
    ada.page.click("#end")
    cleo.pause(0.5)
    assert cleo.state == "in-room"
    ada.page.click("#end")
    for tab in (ada, cleo, late):
        tab.wait_for_state("ended")


def test_what_a_host_removes_while_the_bridge_stands_still_is_gone_when_it_goes_on(site, visitors, room):
    """A telephone, which is hung up then, and a person, whose voice and place are gone."""
    number = site.number()
    key = site.api.create("signing-keys", name="still")
    link = site.api.create("links", signing_key=key["id"], room=room, role="host", name="Ada", camera=False)["url"]
    bridge = site.installation.parts["bridge"].pid
    with Phone("callee", 1650) as phone, site.trunk({number: phone.uri}):
        ada = visitors.tab(link, visitors.persona(TONES["Ada"]))
        ada.wait_for_media()
        bob = visitors.tab(site.link(room=room, name="Bob", dial=number, cam="off"), visitors.persona(TONES["Bob"]))
        bob.wait_for_call("answered")
        phone.wait_until("talking")
        ada.hears("Bob", TONES["Bob"])
        os.kill(bridge, signal.SIGSTOP)
        try:
            ada.page.click("[aria-label='Remove Bob']")
            ada.page.click("#people .person[data-kind=phone] [aria-label^='Remove']")
            bob.wait_for_state("kicked")
            # Longer than an order waits for its answer: what lies in the bridge's socket is too late for it.
            ada.pause(10)
            assert phone.is_talking
        finally:
            os.kill(bridge, signal.SIGCONT)
        phone.wait_until("idle", 10)
        ada.look_for("document.querySelectorAll('#people .person').length === 1", 10)
        (call,) = site.installation.calls_in(room)
        assert site.ended(call, outcome="completed")["ended_by"] == "user"


def test_what_somebody_writes_is_text_for_everybody(installation, visitors, room):
    tabs = meet(installation, visitors, room, ["Ada", "Bob"])
    ada, bob = tabs["Ada"], tabs["Bob"]
    for tab, text in ((ada, "<b>Hello</b> <script>window.hurt = 1</script>"), (bob, "Grüße 🦊")):
        tab.page.fill("#chat-text", text)
        tab.page.press("#chat-text", "Enter")
        for other in (ada, bob):
            other.look_for(f"[...document.querySelectorAll('.chat-text')].some((line) => line.textContent === {json.dumps(text)})")
    assert ada.page.evaluate("window.hurt") is None and ada.page.locator(".chat-text b").count() == 0
    assert bob.page.evaluate("[...document.querySelectorAll('.chat-name')].map((name) => name.textContent)") == ["Ada", "You"]
    assert bob.page.input_value("#chat-text") == ""
    bob.photograph("meeting-chat")


def test_two_telephones_and_two_browsers_each_hear_all_the_others(site, visitors, room):
    """One telephone is behind a trunk, one is registered here."""
    number = site.number()
    with Phone("callee", 1650) as outside, site.trunk({number: outside.uri}), site.extension("640", hertz=2200) as inside:
        tabs = {}
        for name, dial in (("Ada", number), ("Bob", "640")):
            tabs[name] = visitors.tab(site.link(room=room, name=name, dial=dial, cam="off"), visitors.persona(TONES[name]))
            tabs[name].wait_for_media()
        for tab in tabs.values():
            tab.look_for("document.querySelectorAll('#people .person').length === 4")
        phones = [outside, inside]
        for phone in phones:
            phone.wait_until("talking")
        ids = tabs["Ada"].page.evaluate("[...document.querySelectorAll('#people .person[data-kind=phone]')].map((row) => row.dataset.participant)")
        tabs["Ada"].hears("Bob", TONES["Bob"])
        tabs["Bob"].hears("Ada", TONES["Ada"])
        for tab in tabs.values():
            tones = {round(tab.wait_for_any_tone(f"#sound audio[data-participant='{id}']").peak / 10) * 10 for id in ids}
            assert tones == {phone.hertz for phone in phones}
        everybody = [*(TONES[name] for name in tabs), *(phone.hertz for phone in phones)]
        for phone in phones:
            shares = {hertz: phone.listen(2).share(hertz - 15, hertz + 15) for hertz in everybody}
            assert shares.pop(phone.hertz) < 0.02, shares
            assert all(share > 0.15 for share in shares.values()), (phone.name, shares)


def test_two_of_three_come_and_go_twenty_times_beside_two_telephones(site, visitors, room):
    number = site.number()
    with Phone("callee", 1650) as outside, site.trunk({number: outside.uri}), site.extension("641", hertz=2200) as inside:
        tabs = {}
        for name, dial in (("Ada", number), ("Bob", "641"), ("Cleo", None)):
            link = site.link(room=room, name=name, cam="off", **({"dial": dial} if dial else {}))
            tabs[name] = visitors.tab(link, visitors.persona(TONES[name])).wait_for_media()
        for phone in (outside, inside):
            phone.wait_until("talking")
        ada, guests = tabs["Ada"], [tabs["Bob"], tabs["Cleo"]]
        sections = "document.querySelectorAll('#sound audio').length"
        ada.hears("Bob", TONES["Bob"])
        before = ada.page.evaluate(sections)
        for _ in range(20):
            for guest in guests:
                guest.page.click("#leave")
            for guest in guests:
                guest.page.click("text=Join again")
            for guest in guests:
                guest.wait_for_media()
            for name in ("Bob", "Cleo"):
                ada.hears(name, TONES[name])
        assert ada.page.evaluate(sections) <= before + 1
        for listener, tab in tabs.items():
            for speaker, hertz in TONES.items():
                if speaker in tabs and speaker != listener:
                    tab.hears(speaker, hertz)
            ids = tab.page.evaluate("[...document.querySelectorAll('#people .person[data-kind=phone]')].map((row) => row.dataset.participant)")
            tones = {round(tab.wait_for_any_tone(f"#sound audio[data-participant='{id}']").peak / 10) * 10 for id in ids}
            assert tones == {outside.hertz, inside.hertz}
            own = tab.participant(listener)
            assert own not in tab.page.evaluate("[...document.querySelectorAll('#sound audio')].map((element) => element.dataset.participant)")
        for phone in (outside, inside):
            heard = phone.listen(2)
            assert heard.share(phone.hertz - 15, phone.hertz + 15) < 0.02, heard
            # Of four others a telephone hears the three loudest, or all.
            others = [hertz for hertz in (*(TONES[name] for name in tabs), outside.hertz, inside.hertz) if hertz != phone.hertz]
            assert sum(heard.share(hertz - 15, hertz + 15) > 0.1 for hertz in others) >= 3, heard
