"""A link rings once for each load of its page, and a person who means it can ring again."""

import time

import pytest

QUIET = 3


@pytest.fixture
def link(installation, room):
    return installation.link(room=room, name="Ada", dial="600", cam="off")


def present(installation, room):
    return int(installation.rows(f"SELECT count(*) FROM participants WHERE room = '{room}' AND left_at IS NULL")[0][0])


def wait_until_empty(installation, room, seconds=40):
    deadline = time.monotonic() + seconds
    while present(installation, room):
        assert time.monotonic() < deadline, "the visitors' stay has not ended"
        time.sleep(0.2)


def duplicate(visitors, tab):
    """As «Duplicate tab» does: the session storage is copied."""
    with tab.page.expect_popup() as popup:
        tab.page.evaluate("window.open(location.href)")
    return visitors.watch(popup.value)


def test_a_duplicated_tab_shows_the_call_and_does_not_dial(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    copy = duplicate(visitors, tab)
    copy.wait_for_media()
    copy.wait_for_call("answered")
    copy.pause(QUIET)
    assert copy.cards == [["answered", call]]
    assert installation.calls_in(room) == [call]


def test_a_duplicated_tab_without_a_call_asks_before_it_rings(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.press("hangup")
    tab.wait_for_call("ended")
    copy = duplicate(visitors, tab)
    copy.wait_for_media()
    copy.wait_for_call("held")
    assert "copy" in copy.text(".call-detail")
    copy.pause(QUIET)
    assert installation.calls_in(room) == [call]
    copy.press("call")
    assert copy.wait_for_call("answered") != call
    assert len(installation.calls_in(room)) == 2


def test_copied_session_storage_does_not_dial(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.press("hangup")
    tab.wait_for_call("ended")
    storage = tab.page.evaluate("JSON.stringify(sessionStorage)")
    copy = visitors.watch(tab.page.context.new_page())
    copy.page.goto(installation.origin)
    copy.page.evaluate("(all) => Object.entries(JSON.parse(all)).forEach(([name, value]) => sessionStorage.setItem(name, value))", storage)
    copy.page.goto(link)
    copy.wait_for_media()
    copy.wait_for_call("held")
    copy.pause(QUIET)
    assert installation.calls_in(room) == [call]


def test_a_second_visitor_does_not_dial_again(installation, visitors, link, room):
    first = visitors.tab(link)
    call = first.wait_for_call("answered")
    second = visitors.tab(link.replace("Ada", "Bob"))
    second.wait_for_media()
    assert second.wait_for_call("answered") == call
    second.pause(QUIET)
    assert installation.calls_in(room) == [call]
    # Nor when the call is over, as long as the first one is there.
    first.press("hangup")
    first.wait_for_call("ended")
    third = visitors.tab(link.replace("Ada", "Cleo"))
    third.wait_for_media()
    third.wait_for_call("held")
    assert "already" in third.text(".call-detail") or "has called" in third.text(".call-detail")
    third.pause(QUIET)
    assert installation.calls_in(room) == [call]


def test_a_reload_after_the_call_does_not_dial_again(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.press("hangup")
    tab.wait_for_call("ended")
    tab.page.reload()
    tab.wait_for_media()
    assert tab.wait_for_call("ended") == call
    tab.pause(QUIET)
    assert installation.calls_in(room) == [call]


def test_the_link_in_a_new_tab_within_the_grace_rejoins_the_call(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.page.close()
    again = visitors.tab(link, person=tab.page.context)
    assert again.wait_for_call("answered") == call
    again.pause(18)
    assert again.cards == [["answered", call]], "the grace of the empty room is not taken back"
    assert installation.calls_in(room) == [call]


def test_the_link_in_a_new_tab_later_dials_again(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.press("hangup")
    tab.wait_for_call("ended")
    tab.page.close()
    wait_until_empty(installation, room)
    later = visitors.tab(link, person=tab.page.context)
    second = later.wait_for_call("answered")
    assert second != call
    assert installation.calls_in(room) == [call, second]


def test_another_link_in_the_same_tab_is_another_load(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.page.goto(link.replace(room, room + "-2"))
    assert tab.wait_for_call("answered") != call
    assert len(installation.calls_in(room + "-2")) == 1


def test_the_same_call_under_another_name_in_the_same_tab_is_the_same_load(installation, visitors, link, room):
    tab = visitors.tab(link)
    call = tab.wait_for_call("answered")
    tab.press("hangup")
    tab.wait_for_call("ended")
    tab.page.goto(link.replace("Ada", "Bob"))
    tab.wait_for_media()
    assert tab.wait_for_call("ended") == call and "Bob" in tab.people
    tab.pause(QUIET)
    assert installation.calls_in(room) == [call]


def test_nobody_is_rung_for_a_page_without_media(installation, visitors, link, room):
    """A link scanner runs scripts, but has no media connection."""
    person = visitors.person()
    person.add_init_script("RTCPeerConnection.prototype.setLocalDescription = () => new Promise(() => {})")
    tab = visitors.tab(link, person=person)
    tab.wait_for_state("in-room")
    tab.pause(QUIET)
    assert tab.cards == [["waiting", ""]]
    assert installation.calls_in(room) == []
