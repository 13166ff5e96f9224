"""`/v1/webhooks` of openapi.yaml, and what arrives at a receiver that verifies it."""

import base64
import re
import secrets
import time

import pytest
from standardwebhooks import Webhook

from Installation.misbehaving_receiver import MisbehavingReceiver
from Installation.receiver import Receiver, register
from Installation.rest import REST, faults, is_problem
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket, fresh_load

NOBODY = "/v1/webhooks/wh_000000000000"
EVENT = "ev_" + "0" * 24


@pytest.fixture(scope="module")
def hooked():
    """An installation whose operator allows webhooks to loopback."""
    hooked = Installation("webhooks", {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"})
    try:
        hooked.start()
        yield hooked
        assert hooked.stop() < 5
    finally:
        hooked.kill()
        hooked.remove()


@pytest.fixture
def receiver(hooked):
    with Receiver() as receiver:
        receiver.webhook = register(hooked, receiver, description="CRM")
        receiver.path = f"/v1/webhooks/{receiver.webhook['id']}"
        yield receiver
        REST(hooked).ask("DELETE", receiver.path)
        assert not receiver.refused, receiver.refused


def refused_dial(installation, number="+4930901820"):
    """A dial that ends at once, since no rule allows the number; answers its call."""
    with SignalSocket(installation) as socket:
        socket.join("hooks-" + secrets.token_hex(4), load=fresh_load())
        socket.send(type="dial", number=number, origin="user", key=secrets.token_hex(16))
        return socket.receive("dial-status", state="ended")["call"]


def test_the_secret_is_shown_once_and_the_rest_can_be_read(hooked, receiver):
    made = receiver.webhook
    assert re.fullmatch(r"wh_[0-9a-f]{12}", made["id"]) and re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["secret"])
    read = REST(hooked).ask("GET", receiver.path)
    assert read.headers["ETag"] == '"v1"'
    assert read.json() == {name: value for name, value in made.items() if name != "secret"}
    assert set(read.json()) == {"id", "url", "description", "events", "signature", "public_key", "enabled", "created_at", "updated_at"}
    assert read.json()["id"] in [entry["id"] for entry in REST(hooked).ask("GET", "/v1/webhooks").json()["data"]]
    ((sealed,),) = hooked.rows(f"SELECT encode(secret, 'hex') FROM webhook_endpoints WHERE id = '{made['id']}'")
    assert base64.b64decode(made["secret"].removeprefix("whsec_")).hex() not in sealed


def test_a_test_event_arrives_and_is_verified(hooked, receiver):
    answer = REST(hooked).ask("POST", receiver.path + "/test")
    assert answer.status_code == 202
    (event,) = receiver.wait(lambda events: len(events) == 1)
    assert event["id"] == answer.json()["event"]
    assert (event["type"], event["version"], event["sequence"], event["data"]) == ("webhook.test", 1, 1, {"webhook": receiver.webhook["id"]})


def test_a_refused_call_has_one_terminal_event_with_the_whole_number_and_the_rule(hooked, receiver):
    call = refused_dial(hooked)
    receiver.wait(lambda events: events)
    (event,) = receiver.of_call(call)
    data = event["data"]["call"]
    assert (event["type"], event["sequence"]) == ("call.blocked", 1)
    assert (data["number"], data["outcome"], data["ended_by"]) == ("+4930901820", "blocked", "system")
    assert data["refusal"]["rule"] == "allowlist" and data["refusal"]["text"] == data["reason"]["text"]
    assert data["attempts"] == [] and data["talk_seconds"] == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["timestamp"])
    assert "4930901820" not in "\n".join(hooked.lines)


def test_a_filter_lets_through_what_it_names(hooked, receiver):
    with Receiver() as picky:
        document = register(hooked, picky, events=["call.answered"])
        call = refused_dial(hooked)
        receiver.wait(lambda events: any(event["data"].get("call", {}).get("id") == call for event in events))
        assert REST(hooked).ask("GET", f"/v1/webhooks/{document['id']}/deliveries").json() == {"data": [], "next": None}
        assert picky.events == []
        REST(hooked).ask("DELETE", f"/v1/webhooks/{document['id']}")


def test_what_fails_is_tried_again_and_the_log_says_so(hooked, receiver):
    receiver.statuses = [500]
    call = refused_dial(hooked)
    began = time.monotonic()
    receiver.wait(lambda events: events, seconds=20)
    assert 3 < time.monotonic() - began < 12
    (first,) = receiver.retries
    assert first == receiver.events[0]
    deadline = time.monotonic() + 5
    while (delivery := REST(hooked).ask("GET", receiver.path + "/deliveries").json()["data"][0])["state"] == "pending":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (delivery["event"], delivery["call"], delivery["state"], delivery["tries"]) == (first["id"], call, "delivered", 2)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [204, 500]
    assert REST(hooked).ask("GET", receiver.path + "/deliveries?state=failed").json()["data"] == []


def test_a_delivery_is_sent_again_on_request(hooked, receiver):
    event = REST(hooked).ask("POST", receiver.path + "/test").json()["event"]
    receiver.wait(lambda events: len(events) == 1)
    assert REST(hooked).ask("POST", f"{receiver.path}/deliveries/{event}/redeliver").status_code == 202
    first, second = receiver.wait(lambda events: len(events) == 2)
    assert first == second and first["id"] == event
    is_problem(REST(hooked).ask("POST", f"{receiver.path}/deliveries/{EVENT}/redeliver"), 404, "unknown_delivery")
    is_problem(REST(hooked).ask("POST", f"{receiver.path}/deliveries/x/redeliver"), 404, "unknown_delivery")


def test_after_a_rotation_both_secrets_verify(hooked, receiver):
    old = receiver.secret
    rotated = REST(hooked).ask("POST", receiver.path + "/rotate-secret")
    assert rotated.status_code == 200 and rotated.json()["secret"] != old and rotated.json()["previous_secret_until"]
    REST(hooked).ask("POST", receiver.path + "/test")
    receiver.wait(lambda events: len(events) == 1)
    receiver.secret = rotated.json()["secret"]
    assert Webhook(receiver.secret)
    REST(hooked).ask("POST", receiver.path + "/test")
    receiver.wait(lambda events: len(events) == 2)


@pytest.mark.parametrize("kind", ["ed25519", "both"])
def test_asymmetric_signatures_are_verified_with_the_public_key_also_after_a_rotation(hooked, kind):
    with MisbehavingReceiver() as receiver:
        document = REST(hooked).made("/v1/webhooks", {"url": receiver.url, "signature": kind})
        path = f"/v1/webhooks/{document['id']}"
        receiver.public_keys = [document["public_key"]]
        # The PyPI package verifies `v1` and passes over the rest.
        receiver.secret = document["secret"] if kind == "both" else None
        REST(hooked).post(path + "/test")
        receiver.wait_for(lambda: len(receiver.accepted) == 1, "signed with the first key")
        rotated = REST(hooked).post(path + "/rotate-secret").json()
        assert rotated["previous_public_key"] == document["public_key"] != rotated["public_key"]
        REST(hooked).post(path + "/test")
        receiver.wait_for(lambda: len(receiver.accepted) == 2, "the old key still verifies")
        receiver.public_keys = [rotated["public_key"]]
        receiver.secret = rotated["secret"] if kind == "both" else None
        REST(hooked).post(path + "/test")
        receiver.wait_for(lambda: len(receiver.accepted) == 3, "so does the new one")
        assert REST(hooked).patch(path, {"signature": "hmac"}).json()["signature"] == "hmac"
        receiver.public_keys, receiver.secret = [], rotated["secret"]
        REST(hooked).post(path + "/test")
        receiver.wait_for(lambda: len(receiver.accepted) == 4, "it has gone back to the secret")
        assert not receiver.refused
        REST(hooked).delete(path)
    ((key,),) = hooked.rows("SELECT count(*) FROM webhook_endpoints WHERE position(decode(substr(public_key, 6), 'base64') in signing_key) > 0")
    assert key == "0"


def test_an_ed25519_endpoint_has_no_v1_signature(hooked, receiver):
    seen = []
    take = receiver._take

    def look(headers, body):
        seen.append(headers["webhook-signature"])
        receiver.events.append({"type": "seen"})
        return 204

    receiver._take = look
    REST(hooked).patch(receiver.path, {"signature": "ed25519"})
    REST(hooked).post(receiver.path + "/test")
    receiver.wait(lambda events: events)
    receiver._take = take
    assert re.fullmatch(r"v1a,[A-Za-z0-9+/]{86}==", seen[0])


def test_rooms_and_participants_are_told_in_one_order(hooked):
    with Receiver() as receiver:
        document = register(hooked, receiver, events=["room.*", "participant.*"])
        room = "hooks-" + secrets.token_hex(4)
        with SignalSocket(hooked) as ada:
            ada.join(room, load=fresh_load())
            with SignalSocket(hooked) as bob:
                bob.join(room, load=fresh_load())
                receiver.wait(lambda events: sum(event["type"] == "participant.joined" for event in events) == 2)
                bob.send(type="leave")
            receiver.wait(lambda events: any(event["type"] == "participant.left" for event in events))
            ada.send(type="leave")
            told = receiver.wait(lambda events: any(event["type"] == "room.ended" for event in events))
        types = ["room.started", "participant.joined", "participant.joined", "participant.left", "participant.left", "room.ended"]
        assert [event["type"] for event in told] == types
        assert [event["sequence"] for event in told] == list(range(1, 7))
        assert all((event["data"].get("participant", {}).get("room") or event["data"]["room"]["slug"]) == room for event in told)
        first, second = (event["data"]["participant"]["id"] for event in told[1:3])
        assert [event["data"]["participant"]["id"] for event in told[3:5]] == [second, first]
        assert told[5]["data"]["room"]["ended_at"] and told[5]["data"]["room"]["seconds"] >= 0
        REST(hooked).delete(f"/v1/webhooks/{document['id']}")


def test_a_revoked_link_is_told_once(hooked):
    with Receiver() as receiver:
        document = register(hooked, receiver, events=["link.revoked"])
        link = REST(hooked).made("/v1/links", {"dial": "600", "note": "For the CRM"})
        for _ in range(2):
            assert REST(hooked).delete(f"/v1/links/{link['id']}").status_code in (200, 204)
        REST(hooked).post(f"/v1/webhooks/{document['id']}/test")
        told = receiver.wait(lambda events: {"webhook.test", "link.revoked"} <= {event["type"] for event in events})
        (event,) = [event for event in told if event["type"] == "link.revoked"]
        data = event["data"]["link"]
        assert (data["id"], data["room"], data["note"]) == (link["id"], link["room"], "For the CRM")
        REST(hooked).delete(f"/v1/webhooks/{document['id']}")


def test_that_one_was_disabled_is_told_to_the_others(hooked, receiver):
    with Receiver() as other:
        watcher = register(hooked, other, events=["webhook.*"])
        receiver.statuses = [410]
        REST(hooked).post(receiver.path + "/test")
        (notice,) = other.wait(lambda events: events)
        data = notice["data"]["webhook"]
        assert (notice["type"], data["id"], data["description"], data["disabled_reason"]) == ("webhook.disabled", receiver.webhook["id"], "CRM", "gone")
        assert REST(hooked).get(receiver.path).json()["disabled_at"] == data["disabled_at"]
        assert "url" not in data
        REST(hooked).delete(f"/v1/webhooks/{watcher['id']}")


def test_deliveries_are_narrowed_read_and_sent_again_by_their_time(hooked, receiver):
    before = REST(hooked).get(receiver.path).json()["created_at"]
    calls = [refused_dial(hooked) for _ in range(3)]
    test = REST(hooked).post(receiver.path + "/test").json()["event"]
    receiver.wait(lambda events: len(events) == 4)

    def found(query):
        return [entry["event"] for entry in REST(hooked).get(f"{receiver.path}/deliveries?{query}").json()["data"]]

    assert len(found(f"call={calls[1]}")) == 1 and found("type=webhook.test") == [test]
    assert len(found("type=call.*")) == 3 and found("type=room.*") == [] and found("to=2026-01-01T00:00:00Z") == []
    assert len(found(f"from={before}&type=call.blocked&limit=2")) == 2
    for query in ("type=call", "call=x", "from=yesterday", "state=late", "of=x"):
        is_problem(REST(hooked).get(f"{receiver.path}/deliveries?{query}"), 400, "invalid_parameter")
    (event,) = found(f"call={calls[0]}")
    deadline = time.monotonic() + 5
    while (entry := REST(hooked).get(f"{receiver.path}/deliveries/{event}").json())["state"] == "pending":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (entry["event"], entry["call"], entry["subject"], [one["status"] for one in entry["attempts"]]) == (event, calls[0], calls[0], [204])
    is_problem(REST(hooked).get(f"{receiver.path}/deliveries/{EVENT}"), 404, "unknown_delivery")

    again = receiver.path + "/redeliver"
    deadline = time.monotonic() + 5
    while REST(hooked).get(f"{receiver.path}/deliveries?state=pending").json()["data"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert REST(hooked).post(again, {"from": before, "only_failed": True}).json() == {"queued": 0}
    assert REST(hooked).post(again, {"from": before, "events": ["call.*"]}).json() == {"queued": 3}
    receiver.wait(lambda events: len(events) == 7)
    # A test is about itself, and may come before or after them.
    ids = [event["id"] for event in receiver.events if event["type"] == "call.blocked"]
    assert len(ids) == 6 and sorted(ids) == sorted(2 * list(set(ids)))
    assert set(faults(REST(hooked).post(again, {}))) == {"#/from"}
    assert set(faults(REST(hooked).post(again, {"from": before, "to": before, "evens": []}))) == {"#/to", "#/evens"}
    is_problem(REST(hooked).post(f"{NOBODY}/redeliver", {"from": before}), 404, "unknown_webhook")
    REST(hooked).patch(receiver.path, {"enabled": False})
    is_problem(REST(hooked).post(again, {"from": before}), 409, "webhook_disabled")


def test_410_disables_and_enabling_brings_it_back(hooked, receiver):
    receiver.statuses = [410]
    REST(hooked).ask("POST", receiver.path + "/test")
    deadline = time.monotonic() + 10
    while (document := REST(hooked).ask("GET", receiver.path).json())["enabled"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert document["disabled_reason"] == "gone"
    is_problem(REST(hooked).ask("POST", receiver.path + "/test"), 409, "webhook_disabled")
    enabled = REST(hooked).ask("PATCH", receiver.path, body={"enabled": True}).json()
    assert enabled["enabled"] and "disabled_reason" not in enabled
    REST(hooked).ask("POST", receiver.path + "/test")
    receiver.wait(lambda events: len(events) == 1)


def test_it_is_changed_under_its_version_and_deleted(hooked, receiver):
    changed = REST(hooked).ask("PATCH", receiver.path, body={"events": ["call.ended"], "description": None}, headers={"If-Match": '"v1"'})
    assert changed.status_code == 200 and changed.headers["ETag"] == '"v2"'
    assert (changed.json()["events"], changed.json()["description"]) == (["call.ended"], "")
    is_problem(REST(hooked).ask("PATCH", receiver.path, body={"enabled": False}, headers={"If-Match": '"v1"'}), 412, "outdated")
    assert "events" not in REST(hooked).ask("PATCH", receiver.path, body={"events": None}).json()
    is_problem(REST(hooked).ask("DELETE", receiver.path, headers={"If-Match": '"v1"'}), 412, "outdated")
    assert REST(hooked).ask("DELETE", receiver.path).status_code == 204
    is_problem(REST(hooked).ask("GET", receiver.path), 404, "unknown_webhook")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ({"url": 5}, "#/url"),
        ({"url": "ftp://crm.example.com"}, "#/url"),
        ({"url": "https://crm.example.com", "events": []}, "#/events"),
        ({"url": "https://crm.example.com", "events": ["call.ended", "call.gone"]}, "#/events/1"),
        ({"url": "https://crm.example.com", "events": ["webhook.test"]}, "#/events/0"),
        ({"url": "https://crm.example.com", "events": ["call.*", "*"]}, "#/events/1"),
        ({"url": "https://crm.example.com", "events": ["calls.*"]}, "#/events/0"),
        ({"url": "https://crm.example.com", "signature": "rsa"}, "#/signature"),
        ({"url": "https://crm.example.com", "public_key": "whpk_x"}, "#/public_key"),
        ({"url": "https://crm.example.com", "enabled": "yes"}, "#/enabled"),
        ({"url": "https://crm.example.com", "description": "a" * 201}, "#/description"),
        ({"url": "https://crm.example.com", "secret": "whsec_x"}, "#/secret"),
    ],
)
def test_what_cannot_be_is_refused_by_field(hooked, body, pointer):
    document = is_problem(REST(hooked).ask("POST", "/v1/webhooks", body=body), 422, "invalid_fields")
    assert pointer in [error["pointer"] for error in document["errors"]]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://0x7f.1/",
        "http://crm.example.com/",
        "https://user:secret@crm.example.com/",
    ],
)
def test_by_default_only_public_https_is_taken(installation, url):
    document = is_problem(REST(installation).ask("POST", "/v1/webhooks", body={"url": url}), 422, "invalid_fields")
    assert [error["pointer"] for error in document["errors"]] == ["#/url"]


def test_by_default_a_private_target_that_was_stored_is_refused_when_it_is_connected_to(installation):
    """As if its name had come to lead there since."""
    answer = REST(installation).ask("POST", "/v1/webhooks", body={"url": "https://crm.example.com/"})
    webhook = answer.json()["id"]
    with Receiver() as receiver:
        installation.rows(f"UPDATE webhook_endpoints SET url = '{receiver.url.replace('http:', 'https:')}' WHERE id = '{webhook}' RETURNING id")
        REST(installation).ask("POST", f"/v1/webhooks/{webhook}/test")
        deadline = time.monotonic() + 10
        while not (attempts := REST(installation).ask("GET", f"/v1/webhooks/{webhook}/deliveries").json()["data"][0]["attempts"]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert attempts[0]["failure"] == "refused_address" and "webhooks.allow_targets" in attempts[0]["detail"]
        assert receiver.events == [] and receiver.refused == []
    REST(installation).ask("DELETE", f"/v1/webhooks/{webhook}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", NOBODY),
        ("PATCH", NOBODY),
        ("DELETE", NOBODY),
        ("POST", NOBODY + "/test"),
        ("POST", NOBODY + "/rotate-secret"),
        ("GET", NOBODY + "/deliveries"),
        ("GET", f"{NOBODY}/deliveries/{EVENT}"),
        ("POST", f"{NOBODY}/deliveries/{EVENT}/redeliver"),
        ("GET", "/v1/webhooks/x"),
    ],
)
def test_what_is_not_there_is_not_found(hooked, method, path):
    is_problem(REST(hooked).ask(method, path, **({"body": {}} if method == "PATCH" else {})), 404, "unknown_webhook")


def test_it_takes_a_key_with_the_scope(hooked):
    assert hooked.get("/v1/webhooks").status_code == 401
    is_problem(REST(hooked).ask("GET", "/v1/webhooks?state=x"), 400, "invalid_parameter")
