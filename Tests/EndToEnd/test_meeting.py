"""A room of several: who hears whom, proven by the tone that each of them speaks with."""

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
