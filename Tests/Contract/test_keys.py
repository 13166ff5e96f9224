"""API keys and signing keys by REST, and what every route asks of a key."""

import base64
import re
from datetime import datetime, timedelta, timezone

import pytest

from Installation.rest import REST, faults, is_problem


def made(rest, *scopes, **fields):
    return rest.made("/v1/keys", {"name": "test", "scopes": list(scopes)} | fields)


def test_a_key_is_shown_once_opens_what_it_may_and_is_revoked(installation, rest):
    document = made(rest, "trunks:read", "calls:read")
    key = document.pop("key")
    assert re.fullmatch(r"ak_[0-9a-f]{32}", key) and re.fullmatch(r"ky_[0-9a-f]{12}", document["id"])
    path = f"/v1/keys/{document['id']}"
    assert rest.get(path).json() == document
    assert key not in rest.get("/v1/keys?limit=100").text
    holder = REST(installation, key)
    assert holder.get("/v1/trunks").status_code == 200
    assert "trunks:write" in is_problem(holder.post("/v1/trunks", {"name": "x", "host": "y"}), 403, "forbidden")["detail"]
    is_problem(holder.get("/v1/keys"), 403, "forbidden")
    # Rotation: a second one is valid beside the first.
    second = REST(installation, made(rest, "trunks:read")["key"])
    assert second.get("/v1/trunks").status_code == 200 and holder.get("/v1/trunks").status_code == 200
    assert rest.delete(path).status_code == 204
    assert rest.delete(path).status_code == 204
    is_problem(holder.get("/v1/trunks"), 401, "unauthorized")
    assert rest.get(path).json()["revoked_at"].endswith("Z")
    assert second.get("/v1/trunks").status_code == 200


def test_failures_of_a_key_are_answered_alike(installation, rest):
    revoked = made(rest, "*")
    rest.delete(f"/v1/keys/{revoked['id']}")
    answers = [
        REST(installation, key).get("/v1/trunks")
        for key in (revoked["key"], "ak_" + "0" * 32, "ak_", "x", revoked["id"], "ak_" + "Z" * 32)
    ]
    told = [answer.json() for answer in answers]
    assert len({answer.pop("request_id") for answer in told}) == len(told) and all(answer == told[0] for answer in told)
    assert {answer.status_code for answer in answers} == {401}
    assert not any(name.lower().startswith("ratelimit") for answer in answers for name in answer.headers)


def test_a_key_gives_away_only_what_it_has(installation, rest):
    holder = REST(installation, made(rest, "keys:write", "links:write")["key"])
    assert holder.post("/v1/keys", {"name": "less", "scopes": ["links:write"]}).status_code == 201
    for scope in ("*", "trunks:write", "links:read"):
        is_problem(holder.post("/v1/keys", {"name": "more", "scopes": ["links:write", scope]}), 403, "forbidden")


def test_a_key_expires(installation, rest):
    soon = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert made(rest, "calls:read", expires_at=soon)["expires_at"] == soon
    for time in ("2020-01-01T00:00:00Z", "soon", "2099-13-01T00:00:00Z", 1_900_000_000):
        assert set(faults(rest.post("/v1/keys", {"name": "x", "scopes": ["calls:read"], "expires_at": time}))) == {"#/expires_at"}, time


def test_a_key_is_rotated_without_a_gap(installation, rest):
    document = made(rest, "trunks:read")
    first = REST(installation, document["key"])
    path = f"/v1/keys/{document['id']}/rotate"
    rotated = rest.post(path, {"overlap_seconds": 60}).json()
    assert rotated["id"] == document["id"] and rotated["scopes"] == ["trunks:read"] and rotated["key"] != document["key"]
    assert rotated["previous_until"].endswith("Z") and rotated["rotated_at"].endswith("Z")
    second = REST(installation, rotated["key"])
    assert first.get("/v1/trunks").status_code == second.get("/v1/trunks").status_code == 200
    # At most two secrets open, and without an overlap one.
    third = REST(installation, rest.post(path, {"overlap_seconds": 0}).json()["key"])
    assert third.get("/v1/trunks").status_code == 200
    for old in (first, second):
        is_problem(old.get("/v1/trunks"), 401, "unauthorized")
    assert set(faults(rest.post(path, {"overlap_seconds": -1}))) == {"#/overlap_seconds"}
    rest.delete(f"/v1/keys/{document['id']}")
    is_problem(third.get("/v1/trunks"), 401, "unauthorized")
    is_problem(rest.post(path), 409, "key_not_valid")
    is_problem(rest.post("/v1/keys/ky_000000000000/rotate"), 404, "unknown_key")


def test_a_key_cannot_take_the_rights_of_a_stronger_one(installation, rest):
    strong = made(rest, "*")
    holder = REST(installation, made(rest, "keys:write", "links:write")["key"])
    is_problem(holder.post(f"/v1/keys/{strong['id']}/rotate"), 403, "forbidden")
    assert REST(installation, strong["key"]).get("/v1/trunks").status_code == 200
    weak = made(rest, "links:write")
    assert holder.post(f"/v1/keys/{weak['id']}/rotate").status_code == 200


def test_a_key_reads_itself_whatever_it_may_do(installation, rest):
    document = made(rest, "links:write")
    holder = REST(installation, document["key"])
    own = holder.get("/v1/keys/self").json()
    assert (own["id"], own["scopes"], "key" in own) == (document["id"], ["links:write"], False)
    assert holder.get("/v1/keys/self").json()["last_used_at"].endswith("Z")
    assert "last_used_at" in rest.get(f"/v1/keys/{document['id']}").json()
    is_problem(installation.get("/v1/keys/self"), 401, "unauthorized")


def test_scopes_that_are_none_are_refused(rest):
    told = faults(rest.post("/v1/keys", {"name": "x", "scopes": ["calls:read", "calls", "everything"]}))
    assert set(told) == {"#/scopes/1", "#/scopes/2"}
    assert set(faults(rest.post("/v1/keys", {"name": "x", "scopes": []}))) == {"#/scopes"}


def test_a_signing_key_is_shown_once_and_revoked(installation, rest):
    document = rest.made("/v1/signing-keys", {"name": "CRM"})
    secret = document.pop("secret")
    assert re.fullmatch(r"sk_[0-9a-f]{12}", document["id"])
    assert len(base64.urlsafe_b64decode(secret + "=")) == 32 and "=" not in secret
    path = f"/v1/signing-keys/{document['id']}"
    assert rest.get(path).json() == document and secret not in rest.get("/v1/signing-keys").text
    (row,) = installation.rows(f"SELECT encode(secret, 'hex') FROM signing_keys WHERE id = '{document['id']}'")
    assert base64.urlsafe_b64decode(secret + "=").hex() not in row[0]
    assert rest.delete(path).status_code == 204
    revoked = rest.get(path).json()["revoked_at"]
    assert rest.delete(path).status_code == 204 and rest.get(path).json()["revoked_at"] == revoked
    is_problem(rest.delete("/v1/signing-keys/sk_000000000000"), 404, "unknown_signing_key")


@pytest.mark.parametrize("path", ["/v1/trunks", "/v1/extensions", "/v1/keys", "/v1/signing-keys"])
def test_every_collection_asks_for_a_key_and_knows_its_methods(installation, rest, path):
    is_problem(installation.get(path), 401, "unauthorized")
    for method in ("PUT", "DELETE", "PATCH"):
        answer = rest.ask(method, path)
        is_problem(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert rest.ask("HEAD", path).status_code == 200
    is_problem(rest.ask("PUT", path + "/x"), 405, "method_not_allowed")
    answer = rest.get(path)
    assert int(answer.headers["RateLimit-Limit"]) == 600 and 0 <= int(answer.headers["RateLimit-Remaining"]) < 600
    assert answer.headers["Cache-Control"] == "no-store" and int(answer.headers["RateLimit-Reset"]) >= 0
