"""Pictures of each main state at three sizes, to be looked at. What can be checked without eyes is checked."""


def in_sight(tab, selector):
    """Whether all of an element lies on the screen, and nothing covers its middle."""
    return tab.page.eval_on_selector(
        selector,
        """(element) => {
          const box = element.getBoundingClientRect();
          const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
          const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
          return inside && (element === top || element.contains(top));
        }""",
    )


def test_the_landing_page_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.origin)
    tab.photograph("landing")


def test_the_question_for_a_name_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.link(room="reception", dial="600"))
    tab.wait_for_state("name")
    tab.photograph("name")


def test_an_empty_room_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.link(room="team-standup", name="Ada Lovelace", cam="off"))
    tab.wait_for_media()
    tab.photograph("room-empty")


def test_a_call_at_three_sizes_with_hang_up_and_controls_in_sight(installation, visitors):
    tab = visitors.tab(installation.link(room="support", name="Ada Lovelace", dial="600"))
    tab.wait_for_call("answered")
    tab.wait_for_tone(440)
    other = visitors.tab(installation.link(room="support", name="Grace Hopper", cam="off"))
    other.wait_for_media()
    tab.page.wait_for_selector("#people .person:has-text('Grace')")
    tab.photograph("call")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    for selector in ("[data-action='hangup']", "#microphone", "#camera", "#leave"):
        assert in_sight(tab, selector), f"{selector} is out of sight on a phone"
    minutes, _, seconds = tab.page.text_content(".call-timer").partition(":")
    assert int(minutes) == 0 and 0 < int(seconds) < 60


def test_a_meeting_of_five_at_three_sizes(installation, visitors, room):
    names = {"Ada Lovelace": {}, "Bob Björk": {"cam": "off"}, "Cleo Δέλτα": {}, "Dan de Vries": {"cam": "off"}}
    tabs = [visitors.tab(installation.link(room=room, name=name, **camera), visitors.persona(440 + 220 * turn)) for turn, (name, camera) in enumerate(names.items())]
    for tab in tabs:
        tab.wait_for_media()
    ada, bob, *others = tabs
    bob.page.click("#microphone")
    others[1].page.click("#microphone")
    ada.page.fill("#number", "600")
    ada.page.press("#number", "Enter")
    ada.wait_for_call("answered")
    ada.look_for("document.querySelectorAll('#tiles > .tile').length === 5 && document.querySelectorAll('#tiles [data-muted=own]').length === 2")
    ada.photograph("meeting")
    ada.page.set_viewport_size({"width": 390, "height": 844})
    for selector in ("[data-action='hangup']", "#own", "#microphone", "#camera", "#device-button", "#panel-button", "#leave"):
        assert in_sight(ada, selector), f"{selector} is out of sight on a phone"
    ada.page.click("#panel-button")
    ada.page.wait_for_selector("#people")
    ada.photograph("meeting-drawer")
    ada.page.click("#panel-close")
    ada.page.click("#device-button")
    ada.photograph("meeting-devices")
    assert ada.page.locator("#tiles > .tile.speaking:not(#own)").count() >= 1


def test_a_call_that_is_not_allowed_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.link(room="sales", name="Ada Lovelace", dial="+49301234567", cam="off"))
    tab.wait_for_call("ended", outcome="blocked")
    tab.photograph("not-allowed")


def test_a_malformed_link_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.link(room="not a room", name="Ada"))
    tab.wait_for_state("room")
    tab.photograph("malformed-room")


def test_the_farewell_at_three_sizes(installation, visitors):
    tab = visitors.tab(installation.link(room="front-desk", name="Ada", cam="off"))
    tab.wait_for_media()
    tab.page.click("#leave")
    tab.wait_for_state("left")
    tab.photograph("left")


def test_every_control_has_a_name_for_a_screen_reader(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada", dial="600", cam="off"))
    tab.wait_for_call("answered")
    nameless = tab.page.evaluate("""[...document.querySelectorAll('button, input, a[href], video:not([hidden])')]
          .filter((one) => one.checkVisibility() && !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML.slice(0, 120))""")
    assert nameless == []
    assert tab.page.evaluate("document.documentElement.lang") == "en"
    assert "Echo test" in tab.page.text_content("#announcer")
