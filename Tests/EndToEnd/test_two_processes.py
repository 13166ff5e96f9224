"""Two installations, each with an API process and a bridge of its own, on one database: caps and «exactly once» hold over both."""

import json
import os
import secrets
import signal
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed

from Installation.baresip import Phone
from Installation.database import foreign_postgres
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket, fresh_load
from Installation.site import Site, fresh_number
from Installation.webhook_receiver import WebhookReceiver

REFUSAL = ["rule", "limit", "used", "resets_at", "text"]
DIALS, MANY, CAP = 200, 1_000, 50
#: Receivers of webhooks stand on loopback here, which no installation may be made to call unless its operator says so.
POLICY = {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8", "RINGLINK_API_REQUESTS_PER_MINUTE": "100000"}


class Pair:
    """What is set up by the REST API of one holds for both."""

    def __init__(self, url):
        environment = POLICY | {"DATABASE_URL": url, "RINGLINK_SECRET_KEY": secrets.token_hex(32)}
        self.installations = [Installation("twin-1", environment), Installation("twin-2", environment)]

    def start(self):
        """Both at once, on an empty database: one migrates, the other waits."""
        failures = []

        def start(installation):
            try:
                installation.start()
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=start, args=(one,)) for one in self.installations]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        key = next(one.printed_key for one in self.installations if one.printed_key)
        for one in self.installations:
            one.key = key
        self.first, self.second = self.installations
        self.site = Site(self.first).lift_caps()

    def rows(self, query):
        return self.first.rows(query)

    def home(self, call):
        """The installation whose bridge has the call."""
        ((bridge,),) = self.rows(f"SELECT bridge FROM calls WHERE id = '{call}'")
        return next(one for one in self.installations if one.bridge == bridge)


@pytest.fixture(scope="module")
def pair(built):
    with foreign_postgres() as url:
        pair = Pair(url)
        try:
            pair.start()
            yield pair
            for installation in pair.installations:
                if installation.is_running:
                    assert installation.stop() < 5
        finally:
            for installation in pair.installations:
                installation.kill()
                installation.remove()


@pytest.fixture(autouse=True)
def ready(pair):
    for installation in pair.installations:
        installation.wait_until_ready(60)


# The books


def test_each_bridge_is_in_the_books_under_its_own_name(pair):
    names = {installation.bridge for installation in pair.installations}
    assert len(names) == 2
    assert {row[0] for row in pair.rows("SELECT id FROM bridges")} == names
    assert len({row[0] for row in pair.rows("SELECT epoch FROM bridges")}) == 2
    # Whoever came second has found the first's key, or both have made one; every installation can be spoken to with either.
    for installation in pair.installations:
        assert installation.get("/v1/keys", headers={"Authorization": f"Bearer {pair.first.key}"}).status_code == 200


@pytest.mark.parametrize("victim", ["api", "bridge"])
def test_a_call_goes_on_when_the_other_installation_falls(pair, visitors, room, victim):
    """A bridge that starts anew ends its own calls, and nobody else's."""
    tab = visitors.tab(pair.first.link(room=room, name="Ada", dial="600", cam="off"))
    call = tab.wait_for_call("answered")
    before = pair.second.parts[victim]
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while pair.second.parts.get(victim) in (None, before):
        assert time.monotonic() < deadline
        tab.pause(0.1)
    pair.second.wait_until_ready(30)
    tab.pause(3)
    assert pair.first.call(call)["state"] == "answered"
    tab.wait_for_tone(440)
    tab.press("hangup")
    pair.site.ended(call, outcome="completed")


# FraudGuard


class Caller:
    """A visitor without a media connection: its dials are judged, and what passes is not sent to any telephone."""

    def __init__(self, installation, room):
        self.installation = installation
        self.socket = SignalSocket(installation)
        self.socket.join(room)
        self.numbers = {}

    def dial(self, numbers):
        for number in numbers:
            key = secrets.token_hex(8)
            self.numbers[key] = number
            self.socket.send(type="dial", number=number, origin="user", key=key)

    def answers(self, kinds=("dial-status",)):
        """The first answer of these kinds to each dial, as far as they come."""
        first = {}
        try:
            while len(first) < len(self.numbers):
                frame = self.socket.receive(timeout=30)
                if frame["type"] in kinds and frame.get("key") in self.numbers:
                    first.setdefault(frame["key"], frame)
        except (ConnectionClosed, OSError):
            pass
        return list(first.values())


@pytest.fixture
def capped(pair):
    """A trunk (at which nobody answers), numbers for everybody, and 50 calls of one address in an hour, all of them still to be made."""
    pair.rows("DELETE FROM calls")
    numbers = [fresh_number() for _ in range(MANY)]
    pair.site.api.allow(*{number[:-3] for number in numbers})
    with pair.site.trunk_at("127.0.0.1:9", prefixes=["+49"]):
        cap = pair.site.api.create("guard/rules", kind="cap", cap="per_ip_hour", limit=CAP)
        yield numbers
        pair.site.api.delete(f"guard/rules/{cap['id']}")
        pair.site.api.create("guard/rules", kind="cap", cap="per_ip_hour", limit=None)


def all_at_once(pair, room, numbers, each=5):
    """Sockets with so many dials each, every other one at the other process."""
    callers = [Caller(pair.installations[index % 2], f"{room[:50]}-{index}") for index in range(len(numbers) // each)]
    for index, caller in enumerate(callers):
        caller.dial(numbers[index * each : index * each + each])
    return callers


def placed(pair):
    return int(pair.rows("SELECT count(*) FROM calls WHERE command IS NOT NULL")[0][0])


def test_two_hundred_dials_at_two_processes_pass_exactly_as_often_as_the_cap_allows(pair, room, capped):
    with WebhookReceiver() as receiver:
        webhook = pair.site.api.create("webhooks", url=receiver.url)
        receiver.secret = webhook["secret"]
        callers = all_at_once(pair, room, capped[:DIALS])
        answers = [answer for caller in callers for answer in caller.answers()]
        assert len(answers) == DIALS
        passed = [answer for answer in answers if answer["state"] == "queued"]
        refused = {answer["call"]: answer for answer in answers if answer["state"] == "ended"}
        assert (len(passed), len(refused)) == (CAP, DIALS - CAP)
        lucky = {caller.installation.name for caller in callers for frame in caller.socket.heard if frame.get("state") == "queued"}
        assert lucky == {"twin-1", "twin-2"}, "both processes have let some pass"

        # The same object, whole, in the frame, in the row and in the event.
        rows = {call: json.loads(refusal) for call, refusal in pair.rows("SELECT id, refusal FROM calls WHERE command IS NULL")}
        assert rows.keys() == refused.keys()
        receiver.wait_for(lambda: receiver.types.count("call.blocked") >= DIALS - CAP, "every refusal is told", 30)
        events = {event["data"]["call"]["id"]: event["data"]["call"] for event in receiver.events if event["type"] == "call.blocked"}
        assert events.keys() == refused.keys()
        for call, answer in refused.items():
            refusal = answer["refusal"]
            assert sorted(refusal) == sorted(REFUSAL)
            assert (refusal["rule"], refusal["limit"], refusal["used"]) == ("address", CAP, CAP)
            assert refusal["resets_at"].endswith("Z") and refusal["text"] == answer["reason"]["text"]
            assert answer["outcome"] == "blocked"
            assert rows[call] == refusal and events[call]["refusal"] == refusal
        assert pair.first.call(next(iter(refused)))["refusal"] == next(iter(refused.values()))["refusal"]

        # What passed found nobody with media in its room: no line is held, and the dials stay counted, or the cap were none.
        for caller in callers:
            caller.socket.close()
        deadline = time.monotonic() + 20
        while pair.rows("SELECT count(*) FROM calls WHERE state <> 'ended'") != [["0"]]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert placed(pair) == CAP
        assert pair.rows("SELECT DISTINCT outcome, reason_code FROM calls WHERE command IS NOT NULL") == [["failed", "no_media"]]
        pair.site.api.delete(f"webhooks/{webhook['id']}")


def test_a_thousand_dials_at_two_processes_pass_exactly_as_often_as_the_cap_allows(pair, room, capped):
    callers = all_at_once(pair, room, capped)
    answers = [answer for caller in callers for answer in caller.answers(("dial-status", "error"))]
    assert len(answers) == MANY
    # What a busy machine cannot decide in time is answered by an error, and rings nobody.
    decided = [answer for answer in answers if answer["type"] == "dial-status"]
    assert {answer["code"] for answer in answers if answer["type"] == "error"} <= {"server_error", "at_capacity"}
    assert sum(1 for answer in decided if answer["state"] == "queued") == CAP == placed(pair)
    refused = [answer["refusal"] for answer in decided if answer["state"] != "queued"]
    assert len(refused) > 2 * CAP, "many more were decided than may pass"
    assert {(refusal["rule"], refusal["limit"], refusal["used"]) for refusal in refused} == {("address", CAP, CAP)}
    for caller in callers:
        caller.socket.close()


def test_a_line_that_was_reserved_and_not_used_is_given_back(pair, room, capped):
    rules = pair.site.api
    lifted = rules.create("guard/rules", kind="cap", cap="per_ip_hour", limit=None)
    one = rules.create("guard/rules", kind="cap", cap="concurrent", limit=1)
    try:
        for index, installation in enumerate(pair.installations * 2):
            caller = Caller(installation, f"{room[:50]}-{index}")
            caller.dial([capped[index]])
            (answer,) = caller.answers()
            assert answer["state"] == "queued", answer
            assert caller.socket.receive("dial-status", state="ended")["reason"]["code"] == "no_media"
            caller.socket.close()
    finally:
        rules.delete(f"guard/rules/{one['id']}")
        rules.delete(f"guard/rules/{lifted['id']}")


def test_a_process_that_is_killed_among_the_dials_lets_no_one_too_many_pass(pair, room, capped):
    victim = pair.second.parts["api"].pid
    callers = all_at_once(pair, room, capped[:DIALS])
    callers[1].socket.receive("dial-status")
    os.kill(victim, signal.SIGKILL)
    answers = [answer for caller in callers for answer in caller.answers()]
    assert len(answers) < DIALS, "it was killed after the last answer"
    survivors = [answer for answer in answers if answer["state"] in ("queued", "ended")]
    assert len(survivors) >= DIALS // 2, "the process that lives has answered all of its own"
    assert sum(1 for answer in answers if answer["state"] == "queued") <= CAP
    assert placed(pair) <= CAP
    pair.second.wait_until_ready(60)
    # What is left is used up to the last call, by both.
    more = all_at_once(pair, room + "-2", capped[:DIALS])
    for caller in more:
        caller.answers()
    assert placed(pair) == CAP
    for caller in callers + more:
        caller.socket.close()
    # The calls of the process that fell end, too: nobody waits for ever.
    deadline = time.monotonic() + 40
    while left := pair.rows("SELECT id, state, bridge FROM calls WHERE state <> 'ended'"):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


# Exactly once


class HeldDial:
    """Stands between a tab and `/signal`, and holds the dial back until both tabs have one. May make two loads one."""

    def __init__(self, load=None, key=None):
        self.load = load
        self.key = key
        self.dial = None
        self._own_key = None
        self._server = None

    def enter(self, person):
        person.route_web_socket("**/signal", self._connect)
        return person

    def _connect(self, page):
        self._server = page.connect_to_server()
        page.on_message(self._from_page)
        self._server.on_message(lambda text: page.send(self._to_page(text)))

    def _from_page(self, text):
        frame = json.loads(text)
        if frame["type"] == "join" and self.load:
            frame["load"] = self.load
        if frame["type"] == "dial":
            self._own_key = frame["key"]
            if self.key:
                frame["key"] = self.key
            if self.dial is None:
                self.dial = json.dumps(frame)
                return
        self._server.send(json.dumps(frame))

    def _to_page(self, text):
        frame = json.loads(text)
        if self.key and frame.get("key") == self.key:
            frame["key"] = self._own_key
        return json.dumps(frame)

    def release(self):
        self._server.send(self.dial)


def race(pair, visitors, room, number, holds):
    """Two tabs in one room, one at each process; both dials leave at once. Answers the tabs."""
    tabs = []
    for installation, hold, name in zip(pair.installations, holds, ("Ada", "Bob"), strict=True):
        person = hold.enter(visitors.person())
        tabs.append(visitors.tab(installation.link(room=room, name=name, dial=number, cam="off"), person=person))
    deadline = time.monotonic() + 30
    while not all(hold.dial for hold in holds):
        assert time.monotonic() < deadline, "no dial"
        tabs[0].pause(0.05)
    for hold in holds:
        hold.release()
    return tabs


def is_one_call(pair, tabs, trunk, phone, room):
    """One row, one INVITE, one state at both; who has the call hangs it up."""
    calls = {tab.wait_for_call("ringing") for tab in tabs}
    phone.wait_until("ringing")
    assert pair.rows(f"SELECT count(*) FROM calls WHERE room = '{room}'") == [["1"]]
    (call,) = calls
    phone.answer()
    for tab in tabs:
        assert tab.wait_for_call("answered") == call
    tabs[0].pause(1)
    assert len({request.call_id for request in trunk.kamailio.requests if request.method == "INVITE"}) == 1
    near, far = tabs if pair.home(call) is pair.first else tabs[::-1]
    near.wait_for_tone(phone.hertz)
    return call, near, far


@pytest.mark.parametrize("round", range(2))
def test_the_same_wish_at_two_processes_at_once_is_one_call(pair, visitors, room, round):
    load, key = fresh_load(), secrets.token_hex(8)
    number = pair.site.number()
    with Phone("callee", 1000, answers=False) as phone, pair.site.trunk({number: phone.uri}) as trunk:
        tabs = race(pair, visitors, room, number, [HeldDial(load, key), HeldDial(load, key)])
        call, near, far = is_one_call(pair, tabs, trunk, phone, room)
        # The other bridge has no such phone: the telephone is not left alone with closed books.
        far.press("hangup")
        far.pause(1)
        assert pair.first.call(call)["state"] == "answered"
        near.press("hangup")
        for tab in tabs:
            assert tab.wait_for_call("ended") == call
        pair.site.ended(call, outcome="completed", ended_by="user")
        phone.wait_until("idle")


@pytest.mark.parametrize("round", range(2))
def test_two_visitors_of_one_link_at_two_processes_ring_once(pair, visitors, room, round):
    number = pair.site.number()
    with Phone("callee", 1000, answers=False) as phone, pair.site.trunk({number: phone.uri}) as trunk:
        tabs = race(pair, visitors, room, number, [HeldDial(), HeldDial()])
        call, near, far = is_one_call(pair, tabs, trunk, phone, room)
        near.press("hangup")
        for tab in tabs:
            assert tab.wait_for_call("ended") == call
        pair.site.ended(call, outcome="completed", ended_by="user")
        phone.wait_until("idle")
        # Who came second does not ring again afterwards.
        far.page.reload()
        far.wait_for_media()
        far.pause(2)
        assert pair.rows(f"SELECT count(*) FROM calls WHERE room = '{room}'") == [["1"]]
