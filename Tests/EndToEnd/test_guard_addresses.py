"""Whose dials they are: what FraudGuard counts under over a real socket, and how much an attacker can make of being refused."""

import secrets
import time

import pytest

from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket
from Installation.site import Site, fresh_number
from Installation.webhook_receiver import WebhookReceiver

PROXY = "127.0.0.9"
MEMBERS = ["limit", "resets_at", "rule", "text", "used"]


@pytest.fixture(scope="module")
def guarded():
    """Out of the box, but for the proxies that it trusts."""
    policy = {"RINGLINK_TRUSTED_PROXIES": f"{PROXY}/32, 10.0.0.0/8", "RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"}
    installation = Installation("guarded", environment=policy)
    try:
        installation.start()
        yield Site(installation)
        assert installation.stop() < 5
    finally:
        installation.kill()
        installation.remove()


def dial(site, room, number, source="127.0.0.1", forwarded_for=None):
    """A visitor's one dial; the first answer to it."""
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else None
    with SignalSocket(site.installation, headers=headers, source=source) as visitor:
        visitor.join(f"{room[:50]}-{secrets.token_hex(3)}")
        key = secrets.token_hex(8)
        visitor.send(type="dial", number=number, origin="user", key=key)
        return visitor.receive("dial-status", key=key)


def address_of(site, answer):
    return site.installation.rows(f"SELECT counted_address FROM calls WHERE id = '{answer['call']}'")[0][0]


def warnings(site):
    return [line for line in site.installation.lines if "X-Forwarded-For ignored" in line]


def test_the_cap_of_an_address_counts_the_rightmost_hop_that_is_not_ours(guarded, room):
    number = fresh_number()
    guarded.api.allow(number)
    with guarded.trunk_at("127.0.0.1:9", prefixes=[number]):
        cap = guarded.api.create("guard/rules", kind="cap", cap="per_ip_hour", limit=2)
        # What stands further left is what the visitor says of itself: a new one each time buys nothing.
        for index, hops in enumerate(["198.51.100.1, 203.0.113.7", "198.51.100.2,203.0.113.7, 10.1.2.3", "203.0.113.7"]):
            answer = dial(guarded, room, number, PROXY, hops)
            assert address_of(guarded, answer) == "203.0.113.7"
            assert answer["state"] == ("queued" if index < 2 else "ended"), answer
        assert answer["refusal"]["rule"] == "address" and answer["refusal"]["used"] == 2
        other = dial(guarded, room, number, PROXY, "203.0.113.7, 203.0.113.8")
        assert (other["state"], address_of(guarded, other)) == ("queued", "203.0.113.8")
        # A proxy that names nobody, or nobody who could be, is itself the visitor.
        for hops in (None, "unknown"):
            assert address_of(guarded, dial(guarded, room, number, PROXY, hops)) == PROXY
        assert warnings(guarded) == [], "from our own proxy the header is welcome"
        guarded.api.delete(f"guard/rules/{cap['id']}")


def test_the_header_from_anybody_else_is_ignored_and_warned_of_once(guarded, room):
    number = fresh_number()
    guarded.api.allow(number)
    with guarded.trunk_at("127.0.0.1:9", prefixes=[number]):
        for _ in range(3):
            answer = dial(guarded, room, number, "127.0.0.30", f"203.0.113.{secrets.randbelow(200)}")
            assert address_of(guarded, answer) == "127.0.0.30"
    deadline = time.monotonic() + 5
    while not warnings(guarded):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (line,) = warnings(guarded)
    assert "warning" in line and "127.0.0.0/24" in line and "203.0.113" not in line


def test_an_attacker_that_is_refused_floods_neither_the_books_nor_the_crm(guarded, room):
    """Ten refusals of one address in a minute are calls, with their events; what is beyond is counted on a heap."""
    attacker, number, beyond = "127.0.0.40", fresh_number(), 20
    with WebhookReceiver() as receiver:
        webhook = guarded.api.create("webhooks", url=receiver.url)
        receiver.secret = webhook["secret"]
        with SignalSocket(guarded.installation, source=attacker) as visitor:
            visitor.join(room)
            answers = []
            for _ in range(10 + beyond):
                key = secrets.token_hex(8)
                visitor.send(type="dial", number=number, origin="user", key=key)
                answers.append(visitor.receive("dial-status", key=key))
        assert [answer["state"] for answer in answers] == ["ended"] * 10 + ["not_fired"] * beyond
        assert all(sorted(answer["refusal"]) == MEMBERS for answer in answers)
        assert all(answer["refusal"]["rule"] == "allowlist" and answer["refusal"]["text"] == answer["reason"]["text"] for answer in answers)
        assert all("call" not in answer and answer["reason"]["code"] == "guard_allowlist" for answer in answers[10:])
        calls = {answer["call"] for answer in answers[:10]}
        assert {row[0] for row in guarded.installation.rows(f"SELECT id FROM calls WHERE counted_address = '{attacker}'")} == calls

        # Somebody else's refusal is told as before, after all of the attacker's.
        other = dial(guarded, room, number, "127.0.0.41")["call"]
        receiver.wait_for(lambda: receiver.of_call(other), "another visitor's refusal is told")
        receiver.wait_for(lambda: len(receiver.types) >= 11, "the first ten are told")
        time.sleep(1)
        blocked = [event["data"]["call"]["id"] for event in receiver.events if event["type"] == "call.blocked"]
        assert sorted(blocked) == sorted(calls | {other})
        guarded.api.delete(f"webhooks/{webhook['id']}")

    lines = [line for line in guarded.api.list("guard/decisions") if line.get("address") == attacker]
    heap = [line for line in lines if line["count"] > 1 or not line.get("call")]
    assert len(lines) - len(heap) == 10
    assert sum(line["count"] for line in heap) == beyond and len(heap) <= 2, heap
    assert all(line["refusal"]["rule"] == "allowlist" and not line["allowed"] for line in heap)
