"""The keypad of an answered call: what is pressed in the page arrives at the telephone as telephone-events (RFC 4733)."""

import json

import pytest

from Installation.ringlink import OUTPUT
from Installation.signal_socket import SignalSocket


def keyed(phone):
    """What the telephone was told, from its own events."""
    phone.order("listcalls")
    return "".join(event.get("param", "") for event in phone.events if event.get("type") == "CALL_DTMF_START")


@pytest.fixture
def talking(site, visitors, room):
    """A visitor who talks to a telephone."""
    with site.extension("631") as phone:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="631", cam="off"))
        tab.wait_for_call("answered")
        phone.wait_until("talking")
        yield tab, phone


def test_digits_that_are_pressed_and_typed_arrive_at_the_telephone_in_their_order(talking):
    tab, phone = talking
    assert tab.page.locator(".keypad").is_hidden()
    tab.press("keypad")
    assert tab.page.get_attribute("[data-action='keypad']", "aria-expanded") == "true"
    for key in "15*":
        tab.page.click(f".keypad-key[data-key='{key}']")
    phone.wait_for(lambda: keyed(phone) == "15*", "is told 15*")
    # The keyboard, while it is open; fast, and in order. Letters are not keys of a telephone.
    tab.page.keyboard.type("x0246#")
    phone.wait_for(lambda: keyed(phone) == "15*0246#", "is told 0246#, too")
    assert tab.text(".keypad-typed") == "15*0246#"
    # What is written to the room is no key.
    tab.page.fill("#chat-text", "77")
    tab.page.keyboard.type("8")
    # Closed, the keyboard is the page's again.
    tab.page.locator(".keypad-key").first.focus()
    tab.page.keyboard.press("Escape")
    assert tab.page.locator(".keypad").is_hidden()
    assert tab.look("document.activeElement.dataset.action") == "keypad"
    tab.page.keyboard.type("9")
    tab.pause(0.5)
    assert keyed(phone) == "15*0246#"


def test_each_key_has_a_name_and_a_place_on_a_narrow_phone(talking):
    tab, _ = talking
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.press("keypad")
    names = [tab.page.get_by_role("group", name="Keypad").get_by_role("button").nth(at).get_attribute("aria-label") for at in range(12)]
    assert names == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "* (star)", "0", "# (hash)"]
    assert tab.look("document.activeElement.dataset.key") == "1"
    tab.page.keyboard.type("42#")
    for at in range(12):
        box = tab.page.locator(".keypad-key").nth(at).bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 360, box
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The two buttons leave the name its place: it stands on one line.
    assert tab.page.locator(".call-title").bounding_box()["height"] < 30
    folder = OUTPUT / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    tab.page.screenshot(path=folder / "keypad-360.png")
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.page.screenshot(path=folder / "keypad-1280.png")


def test_before_the_answer_there_is_no_keypad_and_digits_are_refused(site, visitors, room):
    with site.extension("632", answers=False) as phone:
        sent = []
        tab = visitors.tab()
        tab.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        tab.page.goto(site.link(room=room, name="Ada", dial="632", cam="off"))
        call = tab.wait_for_call("ringing")
        phone.wait_until("ringing")
        assert tab.page.locator("[data-action='keypad']").count() == 0
        load = next(frame["load"] for frame in map(json.loads, sent) if frame["type"] == "join")
        # Another socket of the same load is the starter, too.
        with SignalSocket(site.installation) as socket, SignalSocket(site.installation) as guest:
            socket.join(room, load=load)
            assert socket.error(type="dtmf", call=call, digits="1") == ("not_answered", "dtmf")
            phone.answer()
            socket.receive("dial-status", state="answered")
            socket.send(type="dtmf", call=call, digits="4w2")
            phone.wait_for(lambda: keyed(phone) == "42", "is told 42")
            guest.join(room)
            assert guest.error(type="dtmf", call=call, digits="1") == ("forbidden", "dtmf")
        assert keyed(phone) == "42"


def test_the_keypad_goes_with_the_call(talking):
    tab, phone = talking
    tab.press("keypad")
    phone.hang_up()
    tab.wait_for_call("ended", outcome="completed")
    assert tab.page.locator(".keypad").is_hidden() and tab.page.locator("[data-action='keypad']").count() == 0
    assert tab.look("document.activeElement.className") == "call"


def test_an_end_that_takes_no_digits_says_so(site, visitors, room):
    tab = visitors.tab(site.link(room=room, name="Ada", dial="600", cam="off"))
    tab.wait_for_call("answered")
    tab.press("keypad")
    tab.page.keyboard.type("1")
    assert "takes no keyed digits" in tab.notice("call")
