"""Minted links by REST, and what becomes of a browser that comes with one."""

import base64
import hashlib
import hmac
import json
import pathlib
import re
from urllib.parse import parse_qs, urlsplit

from Installation.rest import faults, is_problem
from Installation.signal_socket import SignalSocket, fresh_load

NUMBER = "+35621223531"
VECTORS = json.loads((pathlib.Path(__file__).parents[2] / "docs/link-vectors.json").read_text())["vectors"]


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signing_key(rest):
    return rest.made("/v1/signing-keys", {"name": "CRM"})


def join(socket, link):
    socket.send(type="join", room=link["room"], name="Ada", load=fresh_load(), link="?" + urlsplit(link["url"]).query)
    return socket.receive("welcome")


def dial(socket, number):
    socket.send(type="dial", number=number, key=fresh_load())
    return socket.receive("dial-status", state="ended")


def test_the_vectors_hold_for_a_program_of_another_language():
    for vector in VECTORS:
        mac = hmac.new(decoded(vector["key"]), vector["canonical"].encode(), hashlib.sha256).digest()
        assert base64.urlsafe_b64encode(mac).rstrip(b"=").decode() == vector["sig"]
        assert parse_qs(vector["query"])["sig"] == [vector["sig"]]


def test_a_random_link_allows_its_number_in_its_room_alone(rest, socket):
    link = rest.made("/v1/links", {"dial": NUMBER, "name": "Ada", "max_uses": 3, "note": "for the test"})
    assert re.fullmatch(r"ln_[0-9a-f]{24}", link["id"]) and re.fullmatch(r"r-[0-9a-f]{24}", link["room"])
    assert link["url"].endswith(f"/room.html?room={link['room']}&name=Ada&dial=%2B35621223531")
    socket.join(link["room"])
    # Nobody carries it, but FraudGuard has let it pass.
    assert dial(socket, NUMBER)["reason"]["code"] == "no_trunk"
    assert rest.get(f"/v1/links/{link['id']}").json()["opened"] == 1


def test_a_signed_link_opens_and_an_edited_expired_or_revoked_one_says_why(installation, rest, socket):
    key = signing_key(rest)
    link = rest.made("/v1/links", {"signing_key": key["id"], "room": "signed-room", "dial": NUMBER})
    query = "?" + urlsplit(link["url"]).query
    assert socket.error(type="join", room="signed-room", name="Ada", load=fresh_load(), link=query.replace("223531", "223532"))[0] == "link_tampered"
    assert socket.error(type="join", room="other-room", name="Ada", load=fresh_load(), link=query)[0] == "link_tampered"
    join(socket, link)
    assert dial(socket, NUMBER)["reason"]["code"] == "no_trunk"
    old = rest.made("/v1/links", {"signing_key": key["id"], "dial": NUMBER, "expires_at": "2020-01-01T00:00:00Z"})
    early = rest.made("/v1/links", {"signing_key": key["id"], "dial": NUMBER, "not_before": "2999-01-01T00:00:00Z"})
    assert rest.delete(f"/v1/links/{link['id']}").status_code == 204
    for bad, code in [(old, "link_expired"), (early, "link_not_yet_valid"), (link, "link_revoked")]:
        with SignalSocket(installation) as other:
            frame = {"type": "join", "room": bad["room"], "name": "Ada", "load": fresh_load(), "link": "?" + urlsplit(bad["url"]).query}
            assert other.error(**frame) == (code, "join")
    # The call that was allowed before is refused from now on.
    assert dial(socket, NUMBER)["call"]
    socket.send(type="dial", number=NUMBER, origin="user", key=fresh_load())
    assert socket.receive("dial-status", state="ended")["reason"]["code"] == "link_revoked"


def test_a_key_that_is_revoked_signs_nothing_any_more(installation, rest, socket):
    key = signing_key(rest)
    link = rest.made("/v1/links", {"signing_key": key["id"], "dial": NUMBER})
    assert rest.delete(f"/v1/signing-keys/{key['id']}").status_code == 204
    frame = {"type": "join", "room": link["room"], "name": "Ada", "load": fresh_load(), "link": "?" + urlsplit(link["url"]).query}
    assert socket.error(**frame) == ("link_key_unknown", "join")
    is_problem(rest.post("/v1/links", {"signing_key": key["id"], "dial": NUMBER}), 422, "link_key_unknown")


def test_many_links_at_once_and_pages_of_them(rest):
    answer = rest.post("/v1/links", {"links": [{"dial": NUMBER}, {"dial": "610"}]})
    assert answer.status_code == 201
    links = answer.json()["data"]
    assert len({link["room"] for link in links}) == 2
    page = rest.get("/v1/links?limit=1").json()
    assert len(page["data"]) == 1 and page["next"]
    is_problem(rest.get("/v1/links/ln_none"), 404, "unknown_link")


def test_a_link_that_cannot_be_is_refused(rest):
    assert "#/dial" in faults(rest.post("/v1/links", {"dial": "112"}))
    assert "#/room" in faults(rest.post("/v1/links", {"room": "chosen", "dial": NUMBER}))
    assert "#/links/0/dial" in faults(rest.post("/v1/links", {"links": [{"dial": "x"}]}))
