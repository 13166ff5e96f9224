"""The way from the web side to the bridge loses what it likes, and the web side is killed meanwhile: a telephone rings once, or not at all."""

import os
import secrets
import signal
import subprocess
import time

import pytest

from Installation.baresip import Phone
from Installation.control_relay import ControlRelay
from Installation.ringlink import BINARY, OUTPUT, SERVICE_USER, Installation
from Installation.site import Site

EXPIRED = 15 + 15


class RelayedInstallation(Installation):
    """Its web side is started by hand, with a relay between it and the bridge; the supervisor sleeps, so that it starts none."""

    relay = None
    web = None

    def put_between(self, relay):
        self.relay = relay
        api = self.parts["api"]
        with open(f"/proc/{api.pid}/environ", "rb") as file:
            given = dict(variable.decode().split("=", 1) for variable in file.read().split(b"\0") if variable)
        self.given = given | {"RINGLINK_CONTROL_PORT": str(relay.port)}
        os.kill(self.process.pid, signal.SIGSTOP)
        os.kill(api.pid, signal.SIGKILL)
        self.start_web()

    def start_web(self):
        identity = ["--user", SERVICE_USER] if os.getuid() == 0 else []
        with open(OUTPUT / f"{self.name}-api.log", "ab") as log:
            self.web = subprocess.Popen(
                [str(BINARY), "api", "--supervisor", str(os.getpid()), *identity],
                env=self.given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def kill_web(self):
        self.web.kill()
        self.web.wait(5)

    def take_away(self):
        self.kill_web()
        os.kill(self.process.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def relayed(built):
    installation = RelayedInstallation("relayed")
    try:
        installation.start()
        with ControlRelay(installation.control_port) as relay:
            installation.put_between(relay)
            installation.wait_until_ready(30)
            yield Site(installation).lift_caps()
            installation.take_away()
            installation.wait_until_ready(30)
        assert installation.stop() < 5
    finally:
        if installation.web and installation.web.poll() is None:
            installation.web.kill()
        installation.kill()
        installation.remove()


@pytest.fixture
def visitors(visitors):
    """The sockets of killed servers are complained of, rightly."""
    visitors.expected = ("WebSocket", "ERR_CONNECTION", "503", "Failed to load")
    return visitors


@pytest.fixture
def lossy(relayed):
    installation = relayed.installation
    relay = installation.relay
    yield relay
    relay.requests_lost = relay.answers_lost = 0
    relay.seen, relay.given = [], []
    if installation.web.poll() is not None:
        installation.start_web()
    installation.wait_until_ready(30)


def wait_for(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return value


def invites(trunk):
    """Dialogs, not packets: an INVITE is sent again with credentials, and again when it is lost."""
    return len({request.call_id for request in trunk.kamailio.requests if request.method == "INVITE"})


class Click:
    def __init__(self, site, visitors, room, number, phone, trunk):
        self.site, self.room, self.phone, self.trunk = site, room, phone, trunk
        self.tab = visitors.tab(site.link(room=room, name="Ada", dial=number, trunk=trunk.id, cam="off"))

    def state(self):
        return self.site.installation.rows(f"SELECT id, state, bridge IS NOT NULL FROM calls WHERE room = '{self.room}'")

    def wait_until_queued(self):
        """Inserted, and about to be sent; answers the call."""
        ((call, state, is_claimed),) = wait_for(lambda: [row for row in self.state() if row[2] == "t"], "the call is about to be sent", 20)
        assert (state, is_claimed) == ("queued", "t")
        return call

    def rings_once(self, call):
        self.phone.wait_until("ringing", 25)
        self.phone.answer()
        self.tab.wait_for_media(60)
        assert self.tab.wait_for_call("answered", 60) == call
        self.phone.wait_for_tone(440)
        self.tab.press("hangup")
        document = self.site.ended(call, outcome="completed")
        self.phone.wait_until("idle")
        assert invites(self.trunk) == 1
        assert [row[0] for row in self.state()] == [call]
        return document


@pytest.fixture
def click(relayed, visitors, room):
    number = relayed.number()
    with Phone(f"callee-{secrets.token_hex(3)}", 1000, answers=False) as phone, relayed.trunk({number: phone.uri}) as trunk:
        yield lambda: Click(relayed, visitors, room, number, phone, trunk)


def test_lost_answers_are_asked_for_again_with_the_same_id(lossy, click):
    lossy.answers_lost = 3
    clicked = click()
    call = clicked.wait_until_queued() if clicked.state() and clicked.state()[0][1] == "queued" else None
    call = call or wait_for(clicked.state, "a call")[0][0]
    clicked.rings_once(call)
    assert len(lossy.given) == 4 and len(set(lossy.given)) == 1


def test_a_command_that_did_not_arrive_is_sent_again_by_the_next_process(relayed, lossy, click):
    """Killed between insert and POST: the row is there, and the bridge has never heard of it."""
    lossy.requests_lost = 1 << 20
    clicked = click()
    call = clicked.wait_until_queued()
    wait_for(lambda: lossy.seen, "the first try")
    relayed.installation.kill_web()
    assert lossy.given == []
    lossy.requests_lost = 0
    relayed.installation.start_web()
    clicked.rings_once(call)
    assert len(set(lossy.seen)) == 1, "another process, the same command"


def test_a_command_that_arrived_is_not_done_twice_by_the_next_process(relayed, lossy, click):
    """Killed after the POST, before its answer."""
    lossy.answers_lost = 1 << 20
    clicked = click()
    wait_for(lambda: lossy.given, "the command arrives", 20)
    relayed.installation.kill_web()
    ((call, state, _),) = clicked.state()
    clicked.phone.wait_until("ringing")
    lossy.answers_lost = 0
    relayed.installation.start_web()
    clicked.rings_once(call)
    assert len(set(lossy.given)) == 1


def test_a_call_whose_time_is_over_is_not_rung_by_the_next_process_and_says_so(relayed, lossy, click):
    lossy.requests_lost = 1 << 20
    clicked = click()
    call = clicked.wait_until_queued()
    relayed.installation.kill_web()
    wait_for(lambda: clicked.site.installation.rows(f"SELECT 1 FROM calls WHERE id = '{call}' AND expires_at < now()"), "it is late", 20)
    lossy.requests_lost = 0
    relayed.installation.start_web()
    relayed.installation.wait_until_ready(30)
    document = relayed.ended(call, timeout=EXPIRED, outcome="internal_error")
    assert document["reason"]["code"] == "expired" and document["reason"]["text"]
    assert invites(clicked.trunk) == 0 and lossy.given == []
    clicked.tab.wait_for_call("ended", 60, outcome="internal_error")


def test_a_bridge_that_stands_still_while_the_web_side_is_killed_rings_once(relayed, lossy, click):
    """The command waits in the bridge's own socket, and the process that sent it is gone when it is read."""
    installation = relayed.installation
    bridge = installation.parts["bridge"].pid
    clicked = click()
    clicked.tab.wait_for_call("ringing")
    clicked.tab.press("hangup")
    clicked.phone.wait_until("idle")
    before = len(clicked.state())
    os.kill(bridge, signal.SIGSTOP)
    try:
        clicked.tab.press("again")
        wait_for(lambda: len(clicked.state()) > before, "the call is in the books", 20)
        installation.kill_web()
    finally:
        os.kill(bridge, signal.SIGCONT)
    installation.start_web()
    call = next(row[0] for row in clicked.state() if row[1] != "ended")
    clicked.phone.wait_until("ringing", 25)
    clicked.phone.answer()
    clicked.tab.wait_for_media(60)
    assert clicked.tab.wait_for_call("answered", 60) == call
    clicked.tab.press("hangup")
    relayed.ended(call, outcome="completed")
    assert invites(clicked.trunk) == 2 and len(clicked.state()) == 2
