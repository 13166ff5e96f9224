"""Signing keys: one follows another with an overlap, and nothing that was signed stops working before it is said to."""

import time
from urllib.parse import urlsplit

from Installation.rest import faults, is_problem
from Installation.signal_socket import SignalSocket, fresh_load

NUMBER = "+35621223531"


def key(rest):
    return rest.made("/v1/signing-keys", {"name": "CRM"})


def link(rest, key):
    return rest.made("/v1/links", {"signing_key": key["id"], "dial": NUMBER})


def joined(installation, link):
    """`welcome`, or the code of the refusal."""
    with SignalSocket(installation) as socket:
        socket.send(type="join", room=link["room"], name="Ada", load=fresh_load(), link="?" + urlsplit(link["url"]).query)
        answer = socket.receive()
        return answer.get("code", answer["type"])


def state(rest, key):
    return rest.get(f"/v1/signing-keys/{key['id']}").json()["state"]


def test_both_open_links_until_the_overlap_ends(installation, rest):
    old = key(rest)
    assert old["state"] == "active"
    before = link(rest, old)
    new = rest.made(f"/v1/signing-keys/{old['id']}/rotate", {"overlap_seconds": 3})
    began = time.monotonic()
    assert new["id"] != old["id"] and new["secret"] != old["secret"] and (new["name"], new["state"]) == ("CRM", "active")
    after = link(rest, new)
    document = rest.get(f"/v1/signing-keys/{old['id']}").json()
    assert (document["state"], document["successor"]) == ("retiring", new["id"]) and "secret" not in document
    assert joined(installation, before) == joined(installation, after) == "welcome"
    # The old one signs nothing new.
    is_problem(rest.post("/v1/links", {"signing_key": old["id"], "dial": NUMBER}), 422, "link_key_unknown")
    with SignalSocket(installation) as inside:
        inside.send(type="join", room=before["room"], name="Ada", load=fresh_load(), link="?" + urlsplit(before["url"]).query)
        inside.receive("welcome")
        while time.monotonic() < began + 3.2:
            time.sleep(0.1)
        assert state(rest, old) == "retired" and state(rest, new) == "active"
        assert joined(installation, before) == "link_key_unknown" and joined(installation, after) == "welcome"
        # Also for who is inside already.
        inside.send(type="dial", number=NUMBER, origin="user", key=fresh_load())
        assert inside.receive("dial-status", state="ended")["reason"]["code"] == "link_key_unknown"


def test_without_an_overlap_the_old_one_is_over_at_once(installation, rest):
    old = key(rest)
    before = link(rest, old)
    rest.made(f"/v1/signing-keys/{old['id']}/rotate", {"overlap_seconds": 0})
    assert joined(installation, before) == "link_key_unknown" and state(rest, old) == "retired"


def test_a_key_is_rotated_once_and_a_revoked_one_never(rest):
    old = key(rest)
    new = rest.made(f"/v1/signing-keys/{old['id']}/rotate", {})
    assert new["id"] in is_problem(rest.post(f"/v1/signing-keys/{old['id']}/rotate", {}), 409, "signing_key_rotated")["detail"]
    assert rest.delete(f"/v1/signing-keys/{new['id']}").status_code == 204
    is_problem(rest.post(f"/v1/signing-keys/{new['id']}/rotate"), 409, "signing_key_revoked")
    is_problem(rest.post("/v1/signing-keys/sk_000000000000/rotate", {}), 404, "unknown_signing_key")
    for wrong in (-1, 31_536_001, "1", None, 1.5):
        assert "#/overlap_seconds" in faults(rest.post(f"/v1/signing-keys/{key(rest)['id']}/rotate", {"overlap_seconds": wrong}))


def test_a_retiring_key_can_be_revoked_at_once(installation, rest):
    old = key(rest)
    before = link(rest, old)
    rest.made(f"/v1/signing-keys/{old['id']}/rotate", {})
    assert joined(installation, before) == "welcome"
    assert rest.delete(f"/v1/signing-keys/{old['id']}").status_code == 204
    assert joined(installation, before) == "link_key_unknown" and state(rest, old) == "revoked"


def test_the_list_says_how_each_key_stands(rest):
    old = key(rest)
    new = rest.made(f"/v1/signing-keys/{old['id']}/rotate", {})
    page = {entry["id"]: entry for entry in rest.get("/v1/signing-keys?limit=20").json()["data"]}
    assert (page[old["id"]]["state"], page[old["id"]]["successor"], page[new["id"]]["state"]) == ("retiring", new["id"], "active")
    assert "retires_at" in page[old["id"]] and "retires_at" not in page[new["id"]]


def test_a_rotation_sent_again_with_its_key_gives_the_same_successor(rest):
    old = key(rest)
    first, again = (rest.post(f"/v1/signing-keys/{old['id']}/rotate", {}, headers={"Idempotency-Key": "rotate-" + old["id"]}) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
