"""PostgreSQL is away while people talk: nobody hears of it, everybody who asks is told, and it is all written down afterwards."""

import contextlib
import os
import signal
import time

import pytest
import requests

from Installation.audio import Sound
from Installation.database import ForeignPostgres
from Installation.processes import descendants
from Installation.ringlink import Installation
from Installation.site import Site
from Installation.webhook_receiver import WebhookReceiver

ADA, BOB, PHONE = 500, 700, 1000
#: Seconds that the database is away, at least.
ABSENCE = 10


class Database(ForeignPostgres):
    """Can be frozen, too: its connections stay open, and nothing answers on them, as behind a cable that was pulled."""

    def __init__(self):
        super().__init__()
        self._frozen = []

    def leave(self, way):
        if way == "stopped":
            return self.stop()
        self._frozen = [self._server.pid, *(process.pid for process in descendants(self._server.pid))]
        for pid in self._frozen:
            os.kill(pid, signal.SIGSTOP)

    def come_back(self, way):
        if way == "stopped":
            return self.start()
        for pid in reversed(self._frozen):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._frozen = []


@pytest.fixture(scope="module")
def house():
    database = Database()
    environment = {"DATABASE_URL": database.url, "RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"}
    try:
        with Installation("database-away", environment=environment).up() as installation:
            site = Site(installation).lift_caps()
            site.database = database
            with WebhookReceiver() as receiver:
                receiver.secret = site.api.create("webhooks", url=receiver.url, events=["call.*"])["secret"]
                site.receiver = receiver
                yield site
    finally:
        database.come_back("frozen")
        database.stop()
        database.remove()


def is_told(site):
    """What whoever asks is told, within a time in which he still listens."""
    for method, path in (("GET", "/v1/calls"), ("POST", "/v1/signing-keys"), ("GET", "/readyz")):
        answer = requests.request(
            method, site.installation.origin + path, headers={"Authorization": f"Bearer {site.installation.key}"}, timeout=20
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready"), (path, answer.text)
        assert path == "/readyz" or int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["detail"] == "Not ready: database."
    assert site.installation.get("/healthz").status_code == 200


@pytest.mark.parametrize(("way", "end"), [("stopped", "meanwhile"), ("stopped", "afterwards"), ("frozen", "meanwhile"), ("frozen", "afterwards")])
def test_who_talks_goes_on_talking_and_the_call_is_written_down(house, visitors, room, way, end):
    site, database = house, house.database
    site.installation.wait_until_ready(60)
    with site.extension("610", PHONE) as phone:
        ada = visitors.tab(site.link(room=room, name="Ada", dial="610", cam="off"), visitors.persona(ADA))
        call = ada.wait_for_call("answered")
        answered = time.monotonic()
        bob = visitors.tab(site.link(room=room, name="Bob", cam="off"), visitors.persona(BOB))
        everybody_hears = [
            lambda: ada.hears("Bob", BOB), lambda: bob.hears("Ada", ADA), lambda: ada.wait_for_tone(PHONE), lambda: bob.wait_for_tone(PHONE),
        ]
        for hears in everybody_hears:
            hears()

        database.leave(way)
        try:
            gone, begin = time.monotonic(), len(phone.heard)
            is_told(site)
            rounds = 0
            while time.monotonic() - gone < ABSENCE or rounds < 2:
                for hears in everybody_hears:
                    hears()
                rounds += 1
            heard = Sound(phone.heard.samples[begin:], phone.heard.rate)
            is_told(site)
            if end == "meanwhile":
                phone.hang_up()
                phone.wait_until("idle")
                talked = time.monotonic() - answered
                # Two more seconds, which are not to be counted.
                ada.pause(2)
        finally:
            database.come_back(way)
        # The telephone heard both of them, and not one gap of 50 ms.
        assert len(heard) / heard.rate > ABSENCE - 2
        assert heard.loudness().min() > 0.02, heard.loudness().min()
        assert heard.share(ADA - 10, ADA + 10) > 0.2 and heard.share(BOB - 10, BOB + 10) > 0.2, heard

        site.installation.wait_until_ready(30)
        if end == "afterwards":
            for hears in everybody_hears:
                hears()
            phone.hang_up()
            phone.wait_until("idle")
            talked = time.monotonic() - answered
        document = site.ended(call, outcome="completed", ended_by="phone", state="ended")
        assert abs(document["talk_seconds"] - talked) < 2, (document["talk_seconds"], talked)
        ada.wait_for_call("ended", outcome="completed")

        receiver = site.receiver
        receiver.wait_for(lambda: any(event["type"] == "call.ended" for event in receiver.of_call(call)), "the end is told", 60, ada.pause)
        events = {event["id"]: event for event in receiver.of_call(call)}.values()
        assert [event["type"] for event in events].count("call.ended") == 1
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        last = [event for event in events if event["type"] != "call.quality"][-1]
        assert (last["type"], last["data"]["call"]["outcome"], last["data"]["call"]["talk_seconds"]) == ("call.ended", "completed", document["talk_seconds"])
