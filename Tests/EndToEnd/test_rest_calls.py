"""What a program does by REST, seen and heard at a telephone and in a browser."""

import time

import numpy as np

from Installation.audio import Sound

PHONE_TONE = 1000


def wait_for(site, call, state, seconds=20):
    deadline = time.monotonic() + seconds
    while (document := site.api.read(f"calls/{call}"))["state"] != state:
        assert time.monotonic() < deadline, document
        time.sleep(0.05)
    return document


def test_a_program_rings_a_telephone_and_who_comes_later_is_connected(site, visitors, room):
    with site.extension("620") as phone:
        call = site.api.create("calls", room=room, number="620", label="Ms Miller", wait_seconds=60)["id"]
        wait_for(site, call, "answered")
        phone.wait_until("talking")
        (contact,) = next(one for one in site.api.list("extensions") if one["number"] == "620")["contacts"]
        assert contact["address"] == f"127.0.0.1:{phone.port}" and "baresip" in contact["user_agent"].lower()
        tab = visitors.tab(site.link(room=room, name="Ada", cam="off"))
        tab.wait_for_tone(PHONE_TONE)
        phone.wait_for_tone(440)
        assert "Ms Miller" in tab.people
        # Long enough for a report or two of the telephone.
        tab.pause(6)
        site.api.create(f"calls/{call}/hangup")
        phone.wait_until("idle")
        document = wait_for(site, call, "ended")
        assert (document["outcome"], document["ended_by"], document["origin"]) == ("completed", "operator", "api")
        quality = document["quality"]
        assert quality["packets_received"] > 250 and quality["packets_sent"] > 250 and quality["loss_percent"] < 5
        assert 3 < quality["mos"] <= 4.5


def test_digits_arrive_at_the_telephone(site, room):
    with site.extension("621") as phone:
        call = site.api.create("calls", room=room, number="621")["id"]
        wait_for(site, call, "answered")
        site.api.create(f"calls/{call}/dtmf", digits="15w#")

        def keyed():
            phone.order("listcalls")
            return "".join(event.get("param", "") for event in phone.events if event.get("type") == "CALL_DTMF_START")

        phone.wait_for(lambda: keyed() == "15#", "is told 15#")
        site.api.create(f"calls/{call}/hangup")
        wait_for(site, call, "ended")


def test_a_new_number_speaks_its_text(site, visitors, room):
    number = site.api.create("numbers", number="8601", mode="announce", text="The office is closed. Call again on Monday.", lead_silence_ms=0)
    try:
        tab = visitors.tab(site.link(room=room, name="Ada", dial="8601", cam="off"))
        call = tab.wait_for_call("answered")
        sounds = tab.listen(windows=3)
        heard = Sound(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)
        assert heard.rms > 0.01 and heard.purity < 0.5 and heard.share(100, 1000) > 0.3, heard
        tab.wait_for_call("ended", outcome="completed")
        site.ended(call, outcome="completed", ended_by="phone")
    finally:
        site.api.delete(f"numbers/{number['id']}")


def test_a_number_rings_an_extension(site, visitors, room):
    with site.extension("622") as phone:
        number = site.api.create("numbers", number="8622", mode="extension", extension="622", label="Sales")
        try:
            tab = visitors.tab(site.link(room=room, name="Ada", dial="8622", cam="off"))
            tab.wait_for_call("answered")
            assert tab.text(".call-title") == "Sales"
            tab.wait_for_tone(PHONE_TONE)
            tab.press("hangup")
            phone.wait_until("idle")
        finally:
            site.api.delete(f"numbers/{number['id']}")


def test_the_operator_mutes_puts_out_and_ends(site, visitors, room):
    ada = visitors.tab(site.link(room=room, name="Ada", cam="off"))
    gus = visitors.tab(site.link(room=room, name="Gus", cam="off"))
    ada.wait_for_state("in-room")
    gus.wait_for_state("in-room")
    ada.hears("Gus", 440)
    members = {member["name"]: member["id"] for member in site.api.read(f"rooms/{room}")["participants"]}
    site.api.create(f"rooms/{room}/participants/{members['Gus']}/mute", on=True)
    assert site.api.read(f"rooms/{room}")["participants"][1]["muted"]
    assert site.api.request("POST", f"rooms/{room}/participants/{members['Gus']}/kick").status_code == 204
    gus.wait_for_state("kicked")
    assert site.api.request("POST", f"rooms/{room}/end").status_code == 204
    ada.wait_for_state("ended")
