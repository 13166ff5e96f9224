"""Firefox ESR, as Debian has it: in one room with Chromium, and alone with a phone."""

import pytest

from Installation.browser import GLANCE
from Installation.firefox import Firefox, SoundServer, network_card
from Installation.ringlink import Installation


@pytest.fixture(scope="module")
def place():
    """An installation of a host with a network card: it offers the addresses that it finds when it starts."""
    with network_card(), Installation("firefox").up() as installation:
        yield installation


@pytest.fixture(scope="module")
def firefox(place):
    with SoundServer() as sound, Firefox(sound, 660) as firefox:
        yield firefox


def test_firefox_and_chromium_hear_each_other(place, firefox, visitors, room):
    chromium = visitors.tab(place.link(room=room, name="Ada"), visitors.persona(990))
    chromium.wait_for_media()
    firefox.goto(place.link(room=room, name="Bob")).wait_for_media()
    chromium.hears("Bob", firefox.hertz)
    firefox.hears("Ada", 990)
    # And again after a reload, and after the microphone was off.
    firefox.goto(place.link(room=room, name="Bob")).wait_for_media()
    firefox.hears("Ada", 990)
    firefox.press("#microphone")
    firefox.look_for("document.documentElement.dataset.microphone === 'muted'")
    chromium.page.wait_for_selector(f".tile[data-participant='{chromium.participant('Bob')}'][data-muted=own]")
    firefox.press("#microphone")
    chromium.hears("Bob", firefox.hertz)
    assert firefox.look("document.querySelectorAll('#tiles > .tile').length") == 2
    assert firefox.complaints == []


def test_firefox_and_chromium_see_each_other(place, firefox, visitors, room):
    chromium = visitors.tab(place.link(room=room, name="Ada"), visitors.persona(990, "#d01818"))
    chromium.wait_for_media()
    firefox.goto(place.link(room=room, name="Bob")).wait_for_media()
    red = f"(({GLANCE})(\"video[data-kind='video'][data-participant]\") ?? [0, 0, 0]).map((part) => part > 120).join()"
    firefox.look_for(f"{red} === 'true,false,false'")
    # Its own camera is one of all colours; what matters is that it moves.
    chromium.look_for(f"document.querySelector(`{chromium.picture('Bob')}`)?.videoWidth > 0")
    first = chromium.page.evaluate("(selector) => document.querySelector(selector).currentTime", chromium.picture("Bob"))
    chromium.look_for(f"document.querySelector(`{chromium.picture('Bob')}`).currentTime > {first} + 2")
    firefox.press("#camera")
    chromium.page.wait_for_selector(chromium.picture("Bob"), state="detached")
    firefox.press("#camera")
    chromium.page.wait_for_selector(chromium.picture("Bob"))
    assert firefox.complaints == []


def test_firefox_calls_600_and_hears_itself(place, firefox, room):
    firefox.goto(place.link(room=room, name="Bob", cam="off")).wait_for_media()
    firefox.write("#number", "600\ue007")
    call = firefox.wait_for_call("answered")
    firefox.wait_for_tone(firefox.hertz)
    firefox.press("[data-action=hangup]")
    firefox.look_for("document.querySelector('.call[data-state=ended][data-outcome=completed]') !== null")
    assert place.wait_for_end(call)["outcome"] == "completed"
    assert firefox.complaints == []


def test_a_link_rings_in_firefox(place, firefox, room):
    firefox.goto(place.link(room=room, name="Bob", dial="600"))
    firefox.wait_for_call("answered")
    firefox.wait_for_tone(firefox.hertz)
    assert firefox.complaints == []


def test_the_check_in_of_firefox_shows_picture_and_level(place, firefox, room):
    firefox.goto(place.link(room=room))
    firefox.look_for("document.getElementById('check-in-picture')?.videoWidth > 0")
    firefox.look_for("Number(document.querySelector('#check-in .level').getAttribute('aria-valuenow')) > 20")
    firefox.write("#name", "Zoë\ue007")
    firefox.wait_for_media()
    assert firefox.look("document.querySelector('#own .tile-name').textContent") == "Zoë"
    assert firefox.complaints == []
