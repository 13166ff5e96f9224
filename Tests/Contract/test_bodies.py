"""Bodies and repetitions of REST: type, size, form, and the Idempotency-Key."""

import hashlib
import threading
import uuid

import pytest

from Installation.rest import REST, is_problem

PATH = "/v1/signing-keys"


@pytest.mark.parametrize("type", [None, "text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json", "application/jsonx"])
def test_another_type_of_body_is_refused(rest, type):
    headers = {"Content-Type": type} if type else {}
    is_problem(rest.ask("POST", PATH, data=b'{"name": "x"}', headers=headers), 415, "unsupported_media_type")


def test_a_charset_does_no_harm(rest):
    answer = rest.ask("POST", PATH, data=b'{"name": "x"}', headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"1", b"null", b'{"name": "\xff"}', b'{"name" "x"}', b"{'name': 'x'}", b'{"name": ' + b"[" * 5000, b"\x00", b" "],
)
def test_a_body_that_is_no_object_is_refused(rest, body):
    is_problem(rest.ask("POST", PATH, data=body, headers={"Content-Type": "application/json"}), 400, "malformed_body")


def test_a_body_beyond_its_limit_is_refused_and_the_server_lives(rest):
    headers = {"Content-Type": "application/json"}
    is_problem(rest.ask("POST", PATH, data=b'{"name": "' + b"x" * 70_000 + b'"}', headers=headers), 413, "body_too_large")

    def chunks():
        yield b'{"name": "'
        for _ in range(20):
            yield b"x" * 5_000

    is_problem(rest.ask("POST", PATH, data=chunks(), headers=headers), 413, "body_too_large")
    assert rest.get(PATH).status_code == 200


def test_a_request_is_done_once_and_its_secret_is_shown_again(rest):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = rest.post(PATH, {"name": "once"}, headers=headers)
    again = rest.post(PATH, {"name": "once"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content and first.headers["Location"] == again.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
    other = rest.post(PATH, {"name": "once"})
    assert other.json()["id"] != first.json()["id"]


def test_the_same_key_for_another_request_is_refused(installation, rest):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    assert rest.post(PATH, {"name": "one"}, headers=headers).status_code == 201
    is_problem(rest.post(PATH, {"name": "two"}, headers=headers), 422, "idempotency_key_reused")
    is_problem(rest.post("/v1/extensions", {"name": "one"}, headers=headers), 422, "idempotency_key_reused")
    # Another program's keys are its own.
    stranger = REST(installation, rest.made("/v1/keys", {"name": "x", "scopes": ["*"]})["key"])
    assert stranger.post(PATH, {"name": "two"}, headers=headers).status_code == 201


def test_a_refusal_is_repeated_too(rest):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = rest.post(PATH, {"nam": "x"}, headers=headers)
    again = rest.post(PATH, {"nam": "x"}, headers=headers)
    is_problem(first, 422, "invalid_fields")
    assert first.content == again.content and again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\tb"])
def test_a_key_that_is_none_is_refused(rest, key):
    is_problem(rest.post(PATH, {"name": "x"}, headers={"Idempotency-Key": key}), 400, "invalid_idempotency_key")


def test_twenty_at_once_are_one(installation, rest):
    key = str(uuid.uuid4())
    answers = []

    def ask():
        answers.append(REST(installation).post(PATH, {"name": "race"}, headers={"Idempotency-Key": key}))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [answer for answer in answers if answer.status_code == 201]
    assert done and len({answer.content for answer in done}) == 1
    for answer in answers:
        if answer.status_code != 201:
            is_problem(answer, 409, "idempotency_in_progress")
            assert answer.headers["Retry-After"] == "1"
    assert len([answer for answer in done if "Idempotent-Replayed" not in answer.headers]) == 1


def test_the_kept_answer_is_sealed(installation, rest):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    secret = rest.post(PATH, {"name": "sealed"}, headers=headers).json()["secret"]
    (row,) = installation.rows(f"SELECT encode(answer, 'hex') FROM idempotent_requests WHERE key = '{headers['Idempotency-Key']}'")
    kept = bytes.fromhex(row[0])
    assert len(kept) > 100 and secret.encode() not in kept


@pytest.mark.parametrize(("age", "code"), [(5, "idempotency_in_progress"), (90, "idempotency_outcome_unknown")])
def test_a_request_that_was_interrupted_is_not_done_a_second_time(installation, rest, age, code):
    key, body = str(uuid.uuid4()), b'{"name": "interrupted"}'
    fingerprint = hashlib.sha256(f"POST {PATH}\n".encode() + body).hexdigest()
    installation.rows(
        "INSERT INTO idempotent_requests (api_key, key, fingerprint, begun_at) "
        f"SELECT id, '{key}', decode('{fingerprint}', 'hex'), now() - interval '{age} seconds' FROM api_keys ORDER BY created_at LIMIT 1"
    )
    before = rest.get(PATH, params={"limit": 1}).json()
    answer = rest.ask("POST", PATH, data=body, headers={"Content-Type": "application/json", "Idempotency-Key": key})
    is_problem(answer, 409, code)
    assert rest.get(PATH, params={"limit": 1}).json() == before
