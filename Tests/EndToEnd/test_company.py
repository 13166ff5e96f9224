"""Several people in one room."""

from Installation.signal_socket import SignalSocket, fresh_load


def two(installation, visitors, room):
    ada = visitors.tab(installation.link(room=room, name="Ada", cam="off"))
    ada.wait_for_media()
    bob = visitors.tab(installation.link(room=room, name="Bob", cam="off"))
    bob.wait_for_media()
    ada.page.wait_for_selector("#people .person:has-text('Bob')")
    return ada, bob


def test_two_browsers_see_each_other_come_mute_and_go(installation, visitors, room):
    ada, bob = two(installation, visitors, room)
    assert ada.people == ["Ada", "Bob"]
    assert bob.people == ["Bob", "Ada"]
    assert ada.page.text_content("#people-count") == "2"
    bob.page.click("#microphone")
    ada.page.wait_for_selector("#people .person:has-text('Bob') .icon:not(.absent):last-of-type", state="attached")
    ada.look_for(
        "[...document.querySelectorAll('.person')].find((row) => row.textContent.includes('Bob')).textContent.includes('muted')"
    )
    bob.page.click("#leave")
    bob.wait_for_state("left")
    ada.page.wait_for_selector("#people .person:has-text('Bob')", state="detached")
    assert ada.page.text_content("#people-count") == "1"
    bob.page.click("text=Join again")
    bob.wait_for_media()
    ada.page.wait_for_selector("#people .person:has-text('Bob')")


def test_both_hear_the_phone_that_one_of_them_called(installation, visitors, room):
    ada, bob = two(installation, visitors, room)
    ada.page.fill("#number", "600")
    ada.page.press("#number", "Enter")
    call = ada.wait_for_call("answered")
    assert bob.wait_for_call("answered") == call
    assert bob.page.locator("[data-action='hangup']").count() == 0
    assert "Started by somebody else" in bob.text(".call")
    ada.wait_for_tone(440)
    bob.wait_for_tone(440)
    assert sorted(ada.people) == ["Ada", "Bob", "Echo test"]
    ada.press("hangup")
    bob.wait_for_call("ended", outcome="completed")


def test_only_the_starter_may_hang_up(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada", dial="600", cam="off"))
    call = tab.wait_for_call("answered")
    with SignalSocket(installation) as stranger:
        welcome = stranger.join(room, load=fresh_load())
        assert [(live["call"], live["state"], live["starter"]) for live in welcome["calls"]] == [(call, "answered", False)]
        stranger.send(type="hangup", call=call)
        error = stranger.receive("error")
        assert (error["code"], error["about"]) == ("forbidden", "hangup")
    assert installation.call(call)["state"] == "answered"
    # A call of another room is not even there.
    with SignalSocket(installation) as stranger:
        stranger.join(room + "-x")
        stranger.send(type="hangup", call=call)
        assert stranger.receive("error")["code"] == "unknown_call"


def test_the_call_goes_on_when_its_starter_leaves_and_somebody_stays(installation, visitors, room):
    ada, bob = two(installation, visitors, room)
    ada.page.fill("#number", "600")
    ada.page.press("#number", "Enter")
    call = ada.wait_for_call("answered")
    bob.wait_for_call("answered")
    ada.page.click("#leave")
    ada.wait_for_state("left")
    bob.pause(13)
    assert bob.cards == [["answered", call]]
    assert installation.call(call)["state"] == "answered"
    bob.wait_for_tone(440)


def test_a_person_who_speaks_is_marked(installation, visitors, room):
    ada, bob = two(installation, visitors, room)
    ada.page.fill("#number", "600")
    ada.page.press("#number", "Enter")
    ada.wait_for_call("answered")
    bob.page.click("#microphone")
    # A steady tone counts as somebody who speaks.
    ada.page.wait_for_selector("#people .person.speaking:has-text('Ada')", timeout=15_000)
