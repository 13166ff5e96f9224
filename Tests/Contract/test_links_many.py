"""A thousand links in one request, lists of them, and what can be changed of one."""

import secrets
import time

from Installation.rest import REST, faults, is_problem
from Installation.signal_socket import SignalSocket, fresh_load

NUMBER = "+35621223531"


def test_a_thousand_links_come_from_one_request_in_less_than_a_second(rest):
    wishes = [{"dial": f"+3562122{index:04}", "name": f"Zoë {index}", "note": f"order {index}", "max_uses": 3} for index in range(1000)]
    began = time.monotonic()
    answer = rest.session.post(rest.origin + "/v1/links", json={"links": wishes}, headers=rest.headers, timeout=30)
    seconds = time.monotonic() - began
    assert answer.status_code == 201, answer.text[:500]
    links = answer.json()["data"]
    assert [(link["dial"], link["name"], link["note"]) for link in links] == [(wish["dial"], wish["name"], wish["note"]) for wish in wishes]
    assert len({link["id"] for link in links}) == len({link["room"] for link in links}) == len({link["url"] for link in links}) == 1000
    # Read back, a link is what the request was answered with.
    assert rest.get(f"/v1/links/{links[617]['id']}").json() == links[617]
    print(f"1000 links in {seconds:.3f} s")
    # A debug build on a busy machine; it is a tenth of this in earnest.
    assert seconds < 5


def test_one_bad_link_of_a_thousand_makes_none_and_says_which(rest):
    note = secrets.token_hex(8)
    wishes = [{"dial": NUMBER, "note": note} for _ in range(1000)]
    wishes[17]["dial"] = "112"
    wishes[400] |= {"expires_at": "2030-01-01T00:00:00Z", "not_before": "2031-01-01T00:00:00Z"}
    wishes[999]["colour"] = "red"
    assert set(faults(rest.post("/v1/links", {"links": wishes}))) == {"#/links/17/dial", "#/links/400/expires_at", "#/links/999/colour"}
    page = rest.get("/v1/links?limit=100").json()["data"]
    assert not [link for link in page if link.get("note") == note]


def test_a_batch_has_its_bounds(rest):
    assert "#/links" in faults(rest.post("/v1/links", {"links": []}))
    assert "#/links" in faults(rest.post("/v1/links", {"links": [{"dial": NUMBER}] * 1001}))
    assert "#/links" in faults(rest.post("/v1/links", {"links": None}))
    assert "#/dial" in faults(rest.post("/v1/links", {"links": [{"dial": NUMBER}], "dial": NUMBER}))
    is_problem(rest.post("/v1/links", {"links": [{"note": "x" * 3_000_000}]}), 413, "body_too_large")


def test_a_batch_sent_again_with_its_key_makes_no_second_one(rest):
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    body = {"links": [{"dial": NUMBER, "hide_number": index % 2 == 0} for index in range(40)]}
    first, again = (rest.post("/v1/links", body, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == first.json()


def test_a_key_that_cannot_sign_is_named_by_its_place(rest):
    key = rest.made("/v1/signing-keys", {"name": "CRM"})
    answer = rest.post("/v1/links", {"links": [{"signing_key": key["id"]}, {"dial": NUMBER}, {"signing_key": "sk_000000000000"}]})
    assert [error["pointer"] for error in is_problem(answer, 422, "link_key_unknown")["errors"]] == ["#/links/2/signing_key"]
    answer = rest.post("/v1/links", {"signing_key": "sk_000000000000"})
    assert [error["pointer"] for error in is_problem(answer, 422, "link_key_unknown")["errors"]] == ["#/signing_key"]


def test_lists_hold_what_is_asked_for(rest):
    number = "+3562133" + "".join(secrets.choice("0123456789") for _ in range(4))
    key = rest.made("/v1/signing-keys", {"name": "CRM"})
    room = "room-" + secrets.token_hex(6)
    plain = rest.made("/v1/links", {"dial": number})
    hidden = rest.made("/v1/links", {"dial": number, "hide_number": True})
    signed = rest.made("/v1/links", {"dial": number, "signing_key": key["id"], "room": room})
    assert rest.delete(f"/v1/links/{plain['id']}").status_code == 204
    dial = "dial=" + number.replace("+", "%2B")

    def found(query):
        return [link["id"] for link in rest.get(f"/v1/links?{query}").json()["data"]]

    assert found(dial) == [signed["id"], hidden["id"], plain["id"]]
    assert found(dial + "&kind=signed") == found(f"room={room}") == found(f"signing_key={key['id']}") == [signed["id"]]
    assert found(dial + "&revoked=true") == [plain["id"]]
    assert found(dial + "&revoked=false&kind=random") == found(dial + "&hide_number=true") == [hidden["id"]]
    first = rest.get(f"/v1/links?{dial}&limit=2").json()
    assert found(f"{dial}&limit=2&after={first['next']}") == [plain["id"]]
    for wrong in ("kind=other", "revoked=maybe", "hide_number=1", "room=a%20b", "dial=112", "signing_key=x", "colour=red", "kind=random&kind=signed"):
        is_problem(rest.get(f"/v1/links?{wrong}"), 400, "invalid_parameter")


def test_what_a_link_permits_can_be_changed_and_cleared(installation, rest):
    link = rest.made("/v1/links", {"dial": NUMBER, "max_uses": 1, "note": "first"})
    address = f"/v1/links/{link['id']}"
    etag = rest.get(address).headers["ETag"]
    changed = rest.patch(address, {"max_uses": None, "note": "second", "destinations": ["+49301"], "caller_id": "+4930990"}, headers={"If-Match": etag})
    assert changed.status_code == 200 and changed.headers["ETag"] != etag
    document = changed.json()
    assert "max_uses" not in document and (document["note"], document["destinations"], document["caller_id"]) == ("second", ["+49301"], "+4930990")
    assert document == rest.get(address).json() and document["url"] == link["url"]
    is_problem(rest.patch(address, {"note": "third"}, headers={"If-Match": etag}), 412, "outdated")
    is_problem(rest.delete(address, headers={"If-Match": etag}), 412, "outdated")
    assert set(faults(rest.patch(address, {"dial": NUMBER, "max_uses": 0, "note": ""}))) == {"#/dial", "#/max_uses", "#/note"}
    assert "#/expires_at" in faults(rest.patch(address, {"not_before": "2030-01-02T00:00:00Z", "expires_at": "2030-01-01T00:00:00Z"}))
    # What comes of a link is no change of it.
    etag = rest.get(address).headers["ETag"]
    with SignalSocket(installation) as socket:
        socket.join(link["room"])
    assert rest.get(address).headers["ETag"] == etag and rest.get(address).json()["opened"] == 1
    # An end that is put into the past closes it for whoever comes.
    assert rest.patch(address, {"expires_at": "2020-01-01T00:00:00Z"}).status_code == 200
    with SignalSocket(installation) as socket:
        assert socket.error(type="join", room=link["room"], name="Ada", load=fresh_load()) == ("link_expired", "join")
    assert rest.delete(address, headers={"If-Match": rest.get(address).headers["ETag"]}).status_code == 204
    is_problem(rest.patch("/v1/links/ln_none", {"note": "x"}), 404, "unknown_link")


def test_the_times_of_a_signed_link_stand_under_its_signature(rest):
    key = rest.made("/v1/signing-keys", {"name": "CRM"})
    link = rest.made("/v1/links", {"signing_key": key["id"], "dial": NUMBER, "expires_at": "2999-01-01T00:00:00Z"})
    assert set(faults(rest.patch(f"/v1/links/{link['id']}", {"expires_at": None, "note": "x"}))) == {"#/expires_at"}
    assert rest.patch(f"/v1/links/{link['id']}", {"max_uses": 2, "note": "x"}).json()["max_uses"] == 2


def test_reading_does_not_allow_changing(installation, rest):
    link = rest.made("/v1/links", {"dial": NUMBER})
    reader = REST(installation, rest.made("/v1/keys", {"name": "reader", "scopes": ["links:read"]})["key"])
    assert reader.get(f"/v1/links/{link['id']}/stats").status_code == 200
    assert "links:write" in is_problem(reader.patch(f"/v1/links/{link['id']}", {"note": "x"}), 403, "forbidden")["detail"]
