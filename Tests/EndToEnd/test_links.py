"""What a link says is what the page does; what it must not say does no harm."""

import json
import pathlib
import re

import pytest

CASES = json.loads((pathlib.Path(__file__).parents[2] / "docs/link-cases.json").read_text())["cases"]
READ = "async (queries) => { const page = await import('/assets/link.js'); return queries.map((query) => page.readLink(query)); }"
SHOWN = "async (dials) => { const page = await import('/assets/link.js'); return dials.map((dial) => page.readableDial(dial)); }"


def test_the_page_reads_each_link_as_the_document_says(installation, visitors):
    """The server's reader is held to the same file by its unit tests."""
    tab = visitors.tab(installation.origin)
    queries = [case["query"] + case.get("then", [""])[0] * case.get("then", ["", 0])[1] for case in CASES]
    wrong = []
    for case, query, read in zip(CASES, queries, tab.page.evaluate(READ, queries), strict=True):
        if "refused" in case:
            expected = {"refused": case["refused"]}
        else:
            expected = {"room": None, "name": None, "dial": None, "trunk": None} | case["link"] | {"signed": query if case["link"].get("signed") else None}
            expected.pop("number", None)
            read.pop("nameFault", None)
        if read != expected:
            wrong.append((case["about"], read, expected))
    assert len(CASES) >= 140 and wrong == []


def test_the_number_that_a_person_is_shown_is_the_one_that_is_called(installation, visitors):
    tab = visitors.tab(installation.origin)
    numbers = {case["link"]["dial"]: case["link"]["number"] for case in CASES if case.get("link", {}).get("number")}
    shown = tab.page.evaluate(SHOWN, list(numbers))
    assert [re.sub("[ ()./-]", "", text) for text in shown] == list(numbers.values())


@pytest.mark.parametrize(
    "query, words",
    [
        ("dial=600&dial=601", "It has dial= twice"),
        ("room=other", "It has room= twice"),
        ("cam=0", "not clear from cam="),
        ("cam=false&nocam=1", "not clear from cam="),
        ("nocam=true", "not clear from nocam="),
        ("trunk=tr_1", "trunk=) cannot be one"),
        ("name=100%", "for name= is damaged"),
        ("name=%FF", "for name= is damaged"),
        ("name=" + "n" * 2049, "for name= is too long"),
        ("utm_source=" + "x" * 8192, "It is too long"),
    ],
)
def test_a_link_that_is_not_plainly_meant_joins_nothing_and_says_so(installation, visitors, room, query, words):
    tab = visitors.tab(f"{installation.origin}/room.html?room={room}&{query}" + ("" if "dial" in query else "&dial=600"))
    tab.wait_for_state("link")
    said = tab.text("#gate")
    assert words in said and "Nothing was joined and nobody was called" in said, said
    tab.pause(0.5)
    assert tab.sockets == [] and tab.page.evaluate("window.askedFor") is None
    assert installation.calls_in(room) == []


@pytest.mark.parametrize("name, words", [("n" * 81, "at most 80 characters"), ("a\0b", "characters that cannot be shown")])
def test_a_name_that_will_not_do_is_asked_for_again(installation, visitors, room, name, words):
    tab = visitors.tab(installation.link(room=room, name=name, cam="off", dial="600"))
    tab.wait_for_state("name")
    assert words in tab.text("#name-fault")
    assert tab.sockets == []
    tab.page.fill("#name", "Ada")
    tab.page.click("text=Join the room")
    tab.wait_for_call("answered")
    assert "Ada" in tab.people


def test_a_name_with_markup_is_shown_as_text(installation, visitors, room):
    name = "<script>window.ran=1</script><img src=x onerror=window.ran=2>"
    tab = visitors.tab(installation.link(room=room, name=name, cam="off"))
    tab.wait_for_media()
    other = visitors.tab(installation.link(room=room, name="Bob", cam="off"))
    other.wait_for_media()
    tab.look_for("document.querySelectorAll('#people .person').length === 2")
    for page in (tab, other):
        assert name in page.people
        assert page.page.evaluate("window.ran") is None
        assert page.page.locator("img[src='x'], #people script, #people img").count() == 0
    assert tab.page.text_content("#self-name") == name


@pytest.mark.parametrize("room", ["a b", "ä", "a/b", "x" * 65, "<b>", ""])
def test_a_malformed_room_joins_nothing_and_says_so(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada", dial="600"))
    tab.wait_for_state("room")
    assert "The name of the room may only have letters, digits and the signs - . _ ~" in tab.text("#gate")
    assert "Nothing was joined and nobody was called" in tab.text("#gate")
    tab.pause(0.5)
    assert tab.sockets == []


def test_a_missing_room_becomes_a_random_one_in_the_address_bar(installation, visitors):
    rooms = set()
    for _ in range(2):
        tab = visitors.tab(installation.link(name="Ada", cam="off"))
        tab.wait_for_media()
        match = re.search(r"[?&]room=(r-[0-9a-f]{24})(&|$)", tab.page.url)
        assert match, tab.page.url
        assert "name=Ada" in tab.page.url and "cam=off" in tab.page.url
        rooms.add(match.group(1))
    assert len(rooms) == 2


@pytest.mark.parametrize("off", [{"cam": "off"}, {"cam": "OFF"}, {"nocam": "1"}])
def test_a_link_can_leave_the_camera_off(installation, visitors, room, off):
    tab = visitors.tab(installation.link(room=room, name="Ada", **off))
    tab.wait_for_media()
    assert tab.page.get_attribute("html", "data-camera") == "off"
    assert tab.page.evaluate("window.askedFor") == ["audio"]
    # It can be switched on later.
    tab.page.click("#camera")
    tab.page.wait_for_selector("html[data-camera='on']", state="attached")
    tab.page.wait_for_selector("#preview", state="visible")
    tab.page.locator("body").press("v")
    tab.page.wait_for_selector("html[data-camera='off']", state="attached")


def test_without_such_a_word_the_camera_is_on(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada"))
    tab.wait_for_media()
    tab.page.wait_for_selector("html[data-camera='on']", state="attached")
    tab.look_for("document.getElementById('preview').videoWidth > 0")


def test_the_page_asks_for_a_missing_name_before_it_joins(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, dial="600", cam="off"))
    tab.wait_for_state("name")
    assert "Joining will call 600" in tab.text("#gate")
    assert tab.sockets == []
    tab.page.click("text=Join the room")
    assert "Please enter a name." in tab.text("#gate")
    tab.page.fill("#name", "  Zoë Ångström 雪 ")
    tab.page.click("text=Join the room")
    tab.wait_for_call("answered")
    assert "Zoë Ångström 雪" in tab.people
    # A reload does not ask again.
    tab.page.reload()
    tab.wait_for_media()


def test_the_landing_page_ignores_the_parameters(installation, visitors, room):
    tab = visitors.tab(f"{installation.origin}/?room={room}&name=Ada&dial=600")
    assert "A link that rings a phone" in tab.text("h1").replace("\xa0", " ")
    tab.pause(1)
    assert tab.sockets == []
    assert installation.calls_in(room) == []
    assert installation.origin in tab.text("#patterns")


def test_unknown_parameters_are_ignored(installation, visitors, room):
    tab = visitors.tab(installation.link(utm_source="mail", room=room, fbclid="x", name="Ada", cam="off", dial="600"))
    tab.wait_for_call("answered")
    assert tab.page.text_content("#room-name") == room


@pytest.mark.parametrize(
    "dial, outcome, words",
    [
        ("%2B49301234567", "blocked", ["Not allowed", "Calls to +4930"]),
        # A bare plus decodes to a space, and can be nothing else.
        ("+49301234567", "blocked", ["Not allowed"]),
        ("%2B49%20(30)%20123-4567", "blocked", ["Not allowed"]),
        ("610", "unreachable", ["Not reachable", "No phone is registered as extension 610."]),
        ("+610", "unreachable", ["Not reachable", "No phone is registered as extension 610."]),
    ],
)
def test_a_call_that_cannot_be_made_ends_in_words(installation, visitors, room, dial, outcome, words):
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off") + f"&dial={dial}")
    call = tab.wait_for_call("ended", outcome=outcome)
    said = tab.text(".call")
    assert all(phrase in said for phrase in words), said
    assert tab.state == "in-room"
    document = installation.call(call)
    assert document["outcome"] == outcome
    assert document["reason"]["text"] in said
    assert [entry["event"] for entry in document["timeline"]].count("ended") == 1
    assert document["talk_seconds"] == 0


@pytest.mark.parametrize("number", ["112", "911", "+49112", "110"])
def test_an_emergency_number_is_refused_in_words(installation, visitors, room, number):
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off", dial=number))
    call = tab.wait_for_call("ended")
    assert "Emergency numbers cannot be called from here. Use a telephone." in tab.text(".call-detail")
    assert installation.calls_in(room) == [call], "a refusal is a call row, too"


@pytest.mark.parametrize("number", ["0049301234567", "1234567", "call-me", "+49(0)301234567"])
def test_a_number_that_is_none_is_refused_in_words(installation, visitors, room, number):
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off", dial=number))
    call = tab.wait_for_call("ended", outcome="invalid_number")
    assert "country code" in tab.text(".call-detail")
    assert installation.calls_in(room) == [call]
