"""Nothing that happens is lost on its way to a receiver, whatever falls or misbehaves; and undisturbed, each event comes exactly once.

Two installations deliver from one database. The calls are real ones of sockets without media, so that hundreds of them fit into a test: each is
queued, and ends.
"""

import collections
import os
import random
import secrets
import signal
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed

from Installation.database import ForeignPostgres
from Installation.misbehaving_receiver import MisbehavingReceiver
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket, visitor_address
from Installation.site import Site

POLICY = {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8", "RINGLINK_API_REQUESTS_PER_MINUTE": "100000", "RINGLINK_LOG": "debug"}
SEED = 5


class Pair:
    def __init__(self):
        self.database = ForeignPostgres()
        environment = POLICY | {"DATABASE_URL": self.database.url, "RINGLINK_SECRET_KEY": secrets.token_hex(32)}
        self.installations = [Installation("durable-1", environment), Installation("durable-2", environment)]

    def start(self):
        for one in self.installations:
            one.start()
        key = next(one.printed_key for one in self.installations if one.printed_key)
        for one in self.installations:
            one.key = key
        self.site = Site(self.installations[0]).lift_caps()

    def rows(self, query):
        return self.installations[0].rows(query)

    def remove(self):
        for one in self.installations:
            one.kill()
            one.remove()
        self.database.stop()
        self.database.remove()


@pytest.fixture(scope="module")
def pair(built):
    pair = Pair()
    try:
        pair.start()
        yield pair
    finally:
        pair.remove()


class Callers:
    """Visitors who come, call 600 some times without ever having media, and go; half of them at each installation."""

    def __init__(self, pair, count, calls, first=1):
        self.pair = pair
        self.failures = []
        self._threads = [threading.Thread(target=self._run, args=(number, calls), daemon=True) for number in range(first, first + count)]
        for thread in self._threads:
            thread.start()

    def _run(self, number, calls):
        installation = self.pair.installations[number % 2]
        for _ in range(calls):
            # Also while a process or the database is away: then there is no call, and nothing to tell.
            try:
                with SignalSocket(installation, source=visitor_address(5_000 + number)) as socket:
                    socket.join(f"durable-{number}")
                    socket.send(type="dial", number="600", origin="user", key=secrets.token_hex(8))
                    socket.receive("dial-status", state="ended", timeout=8)
                    socket.send(type="leave")
            except (ConnectionClosed, OSError, AssertionError) as failure:
                self.failures.append(failure)
                time.sleep(0.5)

    def wait(self, seconds=120):
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
            assert not thread.is_alive()


def written(pair):
    """Every event of the outbox: its id, subject and number."""
    return {event: (subject, int(sequence)) for event, subject, sequence in pair.rows("SELECT id, subject, sequence FROM webhook_events")}


def settle(pair, receiver, seconds, hurry):
    """Waits until everything is delivered. `hurry`: the waits of the schedule are over at once, as if the time had passed."""
    deadline = time.monotonic() + seconds
    calm = 0
    while calm < 3:
        assert not receiver.refused, receiver.refused[:3]
        left = pair.rows("SELECT state, count(*), max(tries) FROM webhook_deliveries WHERE state <> 'delivered' GROUP BY state")
        assert time.monotonic() < deadline, f"{left} after {seconds} s; {len(receiver.arrivals)} arrivals"
        calm = 0 if left or pair.rows("SELECT id FROM calls WHERE state <> 'ended' LIMIT 1") else calm + 1
        if hurry:
            pair.rows(
                "UPDATE webhook_deliveries SET due_at = now() WHERE state = 'pending' AND due_at > now() AND leased_until IS NULL RETURNING 1"
            )
            pair.rows("UPDATE webhook_endpoints SET paused_until = NULL WHERE paused_until IS NOT NULL RETURNING 1")
        time.sleep(0.5)


def check_complete_and_in_order(pair, receiver):
    events = written(pair)
    accepted = [event["id"] for event in receiver.accepted]
    assert set(accepted) == set(events), (len(set(accepted)), len(events))
    numbers = collections.defaultdict(list)
    for event in dict.fromkeys(accepted):
        subject, sequence = events[event]
        numbers[subject].append(sequence)
    for subject, sequence in numbers.items():
        assert sequence == list(range(1, len(sequence) + 1)), (subject, sequence)
    return events, accepted


@pytest.fixture
def endpoint(pair):
    pair.rows("TRUNCATE webhook_events, webhook_deliveries, webhook_attempts, webhook_subjects; SELECT 1")
    with MisbehavingReceiver() as receiver:
        document = pair.site.api.create("webhooks", url=receiver.url, signature="both")
        receiver.secret, receiver.public_keys = document["secret"], [document["public_key"]]
        receiver.id = document["id"]
        yield receiver
        pair.site.api.delete(f"webhooks/{receiver.id}")


def test_undisturbed_two_processes_deliver_each_event_exactly_once_in_order(pair, endpoint):
    Callers(pair, 20, 4).wait()
    settle(pair, endpoint, 30, hurry=False)
    events, accepted = check_complete_and_in_order(pair, endpoint)
    assert len(accepted) == len(events) >= 80 * 4, "each once"
    assert len({event for event, (subject, _) in events.items() if subject.startswith("ca_")}) >= 160
    for installation in pair.installations:
        assert any("webhook delivered" in line for line in list(installation.lines)), installation.name
    # Kept open, and used again.
    assert endpoint.connections < len(accepted) / 2


def test_nothing_is_lost_over_a_misbehaving_receiver_kill_9_and_a_restart_of_postgresql(pair, endpoint):
    dice = random.Random(SEED)
    wrong = ["500", "503-later", "redirect", "reset", "garbage", "gigabyte", "gigabyte-500", "endless-head"] * 3 + ["hang", "trickle"]
    plan = [dice.choice(wrong) if dice.random() < 0.6 else "ok" for _ in range(250)]
    endpoint.behaviour = lambda number, event: plan[number] if number < len(plan) else "ok"
    callers = Callers(pair, 16, 8, first=100)
    endpoint.wait_for(lambda: len(endpoint.arrivals) > 20, "it has begun")
    os.kill(pair.installations[1].parts["api"].pid, signal.SIGKILL)
    time.sleep(2)
    pair.database.restart(away=2)
    time.sleep(2)
    # For an hour, as far as the schedule knows.
    endpoint.down()
    time.sleep(2)
    pair.rows("UPDATE webhook_deliveries SET due_at = due_at - interval '1 hour' WHERE state = 'pending' RETURNING 1")
    time.sleep(2)
    endpoint.up()
    callers.wait()
    for installation in pair.installations:
        installation.wait_until_ready(60)
    settle(pair, endpoint, 150, hurry=True)
    events, accepted = check_complete_and_in_order(pair, endpoint)
    wronged = collections.Counter(arrival.behaviour for arrival in endpoint.arrivals)
    assert set(wrong) <= set(wronged), "every way was met"
    # A gigabyte was never taken: what went out is what fits into the buffers of a few sockets.
    cut = wronged["gigabyte"] + wronged["gigabyte-500"] + wronged["endless-head"]
    assert endpoint.bytes_sent < cut * (16 << 20)
    print(f"\n{len(events)} events, {len(endpoint.arrivals)} arrivals, {len(accepted) - len(events)} taken twice, {dict(wronged)}")


def test_an_endpoint_that_hangs_does_not_hold_up_another(pair, endpoint):
    with MisbehavingReceiver(lambda number, event: "hang") as hanging:
        document = pair.site.api.create("webhooks", url=hanging.url)
        hanging.secret = document["secret"]
        Callers(pair, 10, 2, first=200).wait()
        began = time.monotonic()
        endpoint.wait_for(lambda: len(set(event["id"] for event in endpoint.accepted)) == len(written(pair)), "everything arrives", 12)
        assert time.monotonic() - began < 12 and hanging.arrivals and not hanging.accepted
        pair.site.api.delete(f"webhooks/{document['id']}")
