"""Every state of a call as a person sees, hears and works it: in words, at three sizes, by pointer, key and screen reader."""

import datetime
import itertools

import pytest

from Installation.stage import Stage, fresh_call

NUMBER = "+4915157610183"
MASKED = "+4915•••••183"
# Each test has a room of its own, with a name that looks well on a picture.
ROOMS = (f"support-{number}" for number in itertools.count(1))


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def tab(installation, visitors, stage):
    """A visitor who has clicked a link with a number, and whose dial the server has not answered yet."""
    person = stage.enter(visitors.person())
    tab = visitors.tab(installation.link(room=next(ROOMS), name="Ada Lovelace", dial=NUMBER, cam="off"), person)
    stage.wait_for_dial(tab)
    return tab


def card(tab):
    return tab.text(".call")


def spoken(tab):
    return tab.page.text_content("#announcer")


def actions(tab):
    return tab.page.evaluate("[...document.querySelectorAll('.call [data-action]')].map((button) => button.dataset.action)")


def ended(stage, outcome, text=None, **refusal):
    reason = {"code": outcome, "text": text} if text else None
    refusal = {**refusal, "text": text} if refusal else None
    stage.say("ended", outcome=outcome, label=MASKED, talk_seconds=0, reason=reason, refusal=refusal)


def test_calling_names_the_number_and_can_be_hung_up(tab, stage):
    tab.wait_for_call("asked")
    stage.say("dialling", label=MASKED)
    tab.wait_for_call("dialling")
    # The label is masked for guests; whoever has clicked the number knows it.
    assert tab.text(".call-title") == NUMBER
    assert MASKED not in card(tab)
    assert "Calling" in card(tab)
    assert tab.page.title().startswith(f"Calling · {NUMBER}")
    tab.photograph("state-calling")
    tab.press("hangup")
    assert "Hanging up" in card(tab)
    assert tab.page.get_attribute("[data-action='hangup']", "aria-disabled") == "true"
    tab.pause(0.2)
    assert [frame["call"] for frame in stage.hung_up] == [tab.page.get_attribute(".call", "data-call")]
    ended(stage, "cancelled")
    tab.wait_for_call("ended", outcome="cancelled")
    assert "Cancelled" in card(tab)
    tab.photograph("state-cancelled")


def test_ringing_is_said_and_heard_until_the_other_end_is_heard(tab, stage):
    stage.say("ringing", label=MASKED)
    tab.wait_for_call("ringing")
    assert "Ringing" in card(tab) and "Ringing" in spoken(tab)
    tab.page.wait_for_selector("html[data-ringback='on']", state="attached")
    tab.photograph("state-ringing")
    stage.say("ringing", label=MASKED, early_media=True)
    tab.page.wait_for_selector("html[data-ringback='off']", state="attached")
    assert "Nobody has answered yet" in card(tab)
    tab.photograph("state-early-media")
    stage.say("answered", label=MASKED, early_media=True, answered_seconds=0)
    tab.wait_for_call("answered")
    assert "Nobody has answered yet" not in card(tab)
    tab.photograph("state-in-call")
    stage.say("ended", outcome="completed", label=MASKED, talk_seconds=754)
    tab.wait_for_call("ended", outcome="completed")
    assert "You talked for 12 minutes 34 seconds." in card(tab)
    tab.photograph("state-completed")


def test_sound_that_comes_unannounced_silences_the_page_s_own_ringing(installation, visitors, room):
    """The built-in 600 sends sound from the first moment: the server's word about it is held back here."""
    stage = Stage()
    person = stage.enter(visitors.person())
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person)
    tab.wait_for_media()
    # Somebody else calls the echo; this page is told that its own call rings, and that this is who is heard.
    other = visitors.tab(installation.link(room=room, name="Grace", dial="600", cam="off"))
    call = other.wait_for_call("answered")
    tab.wait_for_call("answered")
    stage.is_alone = True
    stage.say("ringing", call=call, number="600", label="Echo test", starter=False)
    tab.wait_for_call("ringing")
    tab.listen()
    assert tab.look("document.documentElement.dataset.ringback") == "off"
    other.press("hangup")
    tab.page.wait_for_selector("html[data-ringback='on']", state="attached")


ENDS = [
    ("busy", "Busy", ["again", "dismiss"]),
    ("no_answer", "No answer", ["again", "dismiss"]),
    ("declined", "Declined", ["again", "dismiss"]),
    ("unreachable", "Not reachable", ["again", "dismiss"]),
    ("invalid_number", "Number not valid", ["correct", "dismiss"]),
    ("trunk_unavailable", "No line available", ["again", "dismiss"]),
    ("failed", "Call failed", ["again", "dismiss"]),
    ("internal_error", "Call lost", ["again", "dismiss"]),
]


def test_each_end_has_its_words_and_what_can_be_done(tab, stage):
    for outcome, words, offers in ENDS:
        stage.say("ringing", label=MASKED)
        tab.wait_for_call("ringing")
        ended(stage, outcome)
        tab.wait_for_call("ended", outcome=outcome)
        assert tab.text(".call-words") == words
        assert len(tab.text(".call-detail").split()) >= 3, "a sentence tells what it means"
        assert words in spoken(tab)
        assert actions(tab) == offers
        tab.photograph(f"state-{outcome}")


def test_a_blocked_call_says_why_and_offers_no_second_try(tab, stage):
    text = "Calls to +4915•••••183 are not allowed here. Ask who runs this page to allow the number or to send a link for it."
    ended(stage, "blocked", text, rule="allowlist", limit=None, used=None, resets_at=None)
    tab.wait_for_call("ended", outcome="blocked")
    assert tab.text(".call-words") == "Not allowed"
    assert tab.text(".call-detail") == text
    assert actions(tab) == ["dismiss"]
    tab.photograph("state-blocked")


def test_a_limit_says_when_it_ends_and_then_a_second_try_is_offered(tab, stage):
    text = "This address has placed 20 of 20 calls within an hour."
    resets = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3)
    ended(stage, "blocked", text, rule="address", limit=20, used=20, resets_at=resets.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    tab.wait_for_call("ended", outcome="blocked")
    assert text in tab.text(".call-detail") and "Possible again" in tab.text(".call-detail")
    assert actions(tab) == ["dismiss"]
    tab.photograph("state-limit")
    tab.page.wait_for_selector("[data-action='again']")
    assert "It may work again now." in tab.text(".call-detail")


def test_a_dial_that_got_no_call_is_shown_as_what_it_was(tab, stage):
    """After many refusals the server only counts them."""
    text = "Too many calls were made from your connection. Try again later."
    refusal = {"rule": "address", "limit": 20, "used": 20, "resets_at": "2030-01-01T00:00:00Z", "text": text}
    stage.say("not_fired", call=None, number=None, label=None, reason={"code": "guard_address", "text": text}, refusal=refusal)
    tab.wait_for_call("ended", outcome="blocked")
    assert tab.text(".call-detail").startswith(text + " Possible again on ")
    assert actions(tab) == ["dismiss"]
    # And a reload does not try once more.
    tab.page.reload()
    tab.wait_for_call("ended", outcome="blocked")
    tab.wait_for_media()
    tab.pause(0.5)
    assert len(stage.asked) == 1


def test_the_server_s_own_reason_goes_before_the_page_s_words(tab, stage):
    ended(stage, "trunk_unavailable", "The line «Acme» is full. Try again in a moment.")
    tab.wait_for_call("ended", outcome="trunk_unavailable")
    assert tab.text(".call-detail") == "The line «Acme» is full. Try again in a moment."


def test_call_again_is_a_dial_of_its_own(tab, stage):
    first = stage.asked[0]
    ended(stage, "busy")
    tab.wait_for_call("ended", outcome="busy")
    tab.press("again")
    second = stage.wait_for_dial(tab, count=2)
    assert (first["origin"], second["origin"]) == ("url", "user")
    assert first["key"] != second["key"]
    assert second["number"] == NUMBER
    assert [state for state, _ in tab.cards] == ["asked"]


def test_the_second_half_of_a_double_click_on_hang_up_calls_nobody(tab, stage):
    stage.say("ringing", label=MASKED)
    tab.wait_for_call("ringing")
    box = tab.page.locator("[data-action='hangup']").bounding_box()
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    ended(stage, "cancelled")
    tab.wait_for_call("ended", outcome="cancelled")
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.pause(0.3)
    assert len(stage.asked) == 1


def test_the_keyboard_stays_with_the_card_and_space_does_not_call_again(tab, stage):
    stage.say("ringing", label=MASKED)
    tab.wait_for_call("ringing")
    tab.page.focus("[data-action='hangup']")
    tab.page.keyboard.press("Space")
    ended(stage, "cancelled")
    tab.wait_for_call("ended", outcome="cancelled")
    assert tab.look("document.activeElement.className") == "call"
    tab.page.keyboard.press("Space")
    tab.pause(0.8)
    assert len(stage.asked) == 1
    tab.page.keyboard.press("Tab")
    assert tab.look("document.activeElement.dataset.action") == "again"


def test_a_number_that_does_not_exist_can_be_corrected(tab, stage):
    ended(stage, "invalid_number")
    tab.wait_for_call("ended", outcome="invalid_number")
    tab.press("correct")
    assert tab.page.input_value("#number") == NUMBER
    assert tab.look("document.activeElement.id") == "number"
    assert tab.cards == []
    tab.page.keyboard.press("Backspace")
    tab.page.keyboard.type("4")
    tab.page.keyboard.press("Enter")
    assert stage.wait_for_dial(tab, count=2)["number"] == NUMBER[:-1] + "4"


def test_a_guest_sees_a_masked_number_and_may_not_hang_up(installation, visitors):
    stage = Stage()
    person = stage.enter(visitors.person())
    tab = visitors.tab(installation.link(room=next(ROOMS), name="Grace Hopper", cam="off"), person)
    tab.wait_for_media()
    call = fresh_call()
    stage.say("answered", call=call, number=MASKED, label=MASKED, starter=False, answered_seconds=65)
    tab.wait_for_call("answered")
    assert tab.text(".call-title") == MASKED
    assert actions(tab) == []
    assert tab.text(".call-timer").startswith("1:0")
    assert "Started by somebody else" in card(tab)
    tab.photograph("state-guest")


def test_nothing_on_the_page_flashes(tab, stage):
    """WCAG 2.3.1: what moves does so slower than three times a second, and not at all for whoever asks for that."""
    stage.say("ringing", label=MASKED)
    tab.wait_for_call("ringing")
    running = "document.getAnimations().filter((one) => one.effect.getTiming().iterations === Infinity)"
    assert tab.look(f"{running}.length") > 0
    assert tab.look(f"Math.min(...{running}.map((one) => one.effect.getTiming().duration))") >= 700
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.look("document.getAnimations().filter((one) => one.playState === 'running').length") == 0


def test_two_calls_stand_one_below_the_other(tab, stage):
    stage.say("answered", label="Reception", answered_seconds=3)
    tab.wait_for_call("answered")
    tab.page.fill("#number", "+49301234567")
    tab.page.keyboard.press("Enter")
    stage.wait_for_dial(tab, count=2)
    stage.say("ringing", call=fresh_call())
    tab.wait_for_call("ringing")
    assert [state for state, _ in tab.cards] == ["ringing", "answered"]
    tab.photograph("state-two-calls")
    # The own tile has its place, too.
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.wait_for_timeout(150)
    own, controls = (tab.page.locator(one).bounding_box() for one in ("#own", "#controls"))
    assert own["height"] >= 100 and own["y"] + own["height"] <= controls["y"], (own, controls)
