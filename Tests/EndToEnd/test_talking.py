"""A click, a call, and sound both ways, in a real browser."""

import re
import time

import numpy as np
import pytest

from Installation.audio import Sound


def events(document):
    return [entry["event"] for entry in document["timeline"]]


@pytest.fixture
def echo(installation, visitors, room):
    """A visitor in a call with the echo."""
    tab = visitors.tab(installation.link(room=room, name="Ada", dial="600", cam="off"))
    tab.call = tab.wait_for_call("answered")
    return tab


def test_the_printed_links_ring_and_are_answered(installation, visitors):
    assert len(installation.links) == 2
    for link, label in zip(installation.links, ["Echo test", "Announcement"], strict=True):
        tab = visitors.tab(link)
        tab.wait_for_call("answered")
        assert tab.text(".call-title") == label
        assert label in tab.people


def test_a_tone_in_the_microphone_comes_back_from_600(echo):
    first = echo.wait_for_tone(440)
    sounds = echo.listen(windows=4)
    assert all(abs(sound.peak - 440) < 2 for sound in sounds), sounds
    # Through Opus, the mixer and G.711 and back: a tone with drop-outs or clicks would spread over the spectrum.
    assert all(sound.purity > 0.9 for sound in sounds), sounds
    # It was spoken at an rms of 0.21; a telephone neither shouts nor whispers.
    assert all(0.1 < sound.rms < 0.35 for sound in sounds), sounds
    assert first.loudness().min() > 0.05


def test_the_announcement_of_601_is_speech_and_ends_by_itself(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada", dial="601", cam="off"))
    call = tab.wait_for_call("answered")
    # Half a second of silence comes before the first word.
    sounds = tab.listen(windows=7)
    heard = Sound(np.concatenate([sound.samples for sound in sounds[1:]]), sounds[0].rate)
    assert heard.rms > 0.01, heard
    # No tone, no noise, but a voice: many pitches, words with pauses between them, and the band of a telephone.
    assert heard.purity < 0.5
    assert heard.share(100, 1000) > 0.3
    assert heard.share(1000, 3500) > 0.01
    loudness = heard.loudness()
    assert np.percentile(loudness, 95) > 20 * max(np.percentile(loudness, 3), 1e-6), "speech has pauses"
    # The tone in the microphone is not part of it: who listens does not hear himself.
    assert heard.share(437, 443) < 0.2
    # The phone leaves, and the visitor stays.
    tab.wait_for_call("ended", seconds=40, outcome="completed")
    assert tab.state == "in-room"
    assert tab.people == ["Ada"]
    document = installation.call(call)
    assert document["outcome"] == "completed"
    assert installation.rows(f"SELECT ended_by FROM calls WHERE id = '{call}'") == [["phone"]]
    assert 5 <= document["talk_seconds"] <= 40


def test_the_call_row_has_one_outcome_and_its_timeline(installation, echo, room):
    document = installation.call(echo.call)
    assert document["state"] == "answered"
    assert document.get("outcome") is None
    assert events(document)[0] == "queued" and "answered" in events(document)
    echo.press("hangup")
    document = installation.wait_for_end(echo.call, pause=echo.pause)
    assert document["id"] == echo.call
    assert document["room"] == room
    assert document["number"] == "600"
    assert document["label"] == "Echo test"
    assert document["origin"] == "url"
    assert document["outcome"] == "completed"
    assert document["queued_at"] <= document["answered_at"] <= document["ended_at"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", document[key]) for key in ("queued_at", "answered_at", "ended_at"))
    assert [event for event in events(document) if event == "ended"] == ["ended"]
    assert events(document)[-1] == "ended"
    assert not any(entry["late"] for entry in document["timeline"])
    order = [event for event in ("queued", "sent", "dialling", "ringing", "answered", "ended") if event in events(document)]
    assert events(document) == order
    assert installation.calls_in(room) == [echo.call]


def test_the_hang_up_button_ends_the_call(installation, echo):
    echo.press("hangup")
    assert echo.wait_for_call("ended", outcome="completed") == echo.call
    document = installation.wait_for_end(echo.call)
    assert document["outcome"] == "completed"
    assert installation.rows(f"SELECT ended_by FROM calls WHERE id = '{echo.call}'") == [["user"]]
    assert echo.people == ["Ada"]
    assert echo.state == "in-room"
    # «Call again» is a call of its own.
    echo.press("again")
    again = echo.wait_for_call("answered")
    assert again != echo.call
    assert installation.call(again)["origin"] == "user"


def test_a_reload_keeps_the_call(installation, echo, room):
    echo.wait_for_tone(440)
    echo.page.reload()
    assert echo.wait_for_call("answered") == echo.call
    echo.wait_for_media()
    echo.wait_for_tone(440)
    # Well past every grace there is.
    echo.pause(12)
    assert echo.wait_for_call("answered") == echo.call
    assert installation.call(echo.call)["state"] == "answered"
    assert installation.calls_in(room) == [echo.call]
    assert sorted(echo.people) == ["Ada", "Echo test"]


def test_closing_the_tab_ends_the_call_after_the_grace(installation, echo):
    echo.page.close()
    began = time.monotonic()
    document = installation.wait_for_end(echo.call, timeout=25)
    seconds = time.monotonic() - began
    # 10 s of grace, after up to 5 s in which a silent browser might only have lost its socket.
    assert 8 < seconds < 18, seconds
    assert document["outcome"] == "completed"
    assert installation.rows(f"SELECT ended_by FROM calls WHERE id = '{echo.call}'") == [["room_empty"]]


def test_a_muted_microphone_is_silence_and_the_key_m_switches_it(echo):
    echo.wait_for_tone(440)
    echo.page.locator("body").press("m")
    echo.page.wait_for_selector("html[data-microphone='muted']", state="attached")
    assert echo.page.get_attribute("#microphone", "aria-pressed") == "false"
    echo.pause(1)
    (silence,) = echo.listen()
    assert silence.rms < 0.005, silence
    # And by Tab and Space, as everything else.
    echo.page.focus("#microphone")
    echo.page.keyboard.press("Space")
    echo.page.wait_for_selector("html[data-microphone='on']", state="attached")
    echo.wait_for_tone(440)
    # A letter in a field is a letter.
    echo.page.locator("#number").press("m")
    assert echo.page.get_attribute("html", "data-microphone") == "on"


def test_a_call_can_be_made_with_the_keyboard_alone(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, cam="off"))
    tab.wait_for_state("name")
    tab.page.keyboard.type("Grace")
    tab.page.keyboard.press("Enter")
    tab.wait_for_media()
    for _ in range(30):
        if tab.page.evaluate("document.activeElement.id") == "number":
            break
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.type("600")
    tab.page.keyboard.press("Enter")
    tab.wait_for_call("answered")
    for _ in range(30):
        if tab.page.evaluate("document.activeElement.dataset.action") == "hangup":
            break
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.wait_for_call("ended", outcome="completed")
