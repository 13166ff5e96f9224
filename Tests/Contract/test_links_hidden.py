"""Links that hide their number: what they serve, what they dial, and that no byte to a browser holds the digits."""

import json
import re

import pytest
import requests

from Installation.rest import faults
from Installation.signal_socket import SignalSocket, fresh_load

NUMBER = "+35621987654"
#: Any six digits of it in a row would be telling.
PIECES = {NUMBER[1:][at : at + 6] for at in range(len(NUMBER) - 6)}


@pytest.fixture
def link(rest):
    return rest.made("/v1/links", {"dial": NUMBER, "hide_number": True, "name": "Zoë <&\"'>", "camera": False})


def slug(link):
    return link["url"].rpartition("/")[2]


def tells(text):
    """The pieces of the number that the text holds, also with separators between the digits."""
    plain = re.sub(r"[ ()./•-]|%2B|\\u002b", "", text)
    return [piece for piece in PIECES if piece in text or piece in plain]


def page(url, method="GET"):
    session = requests.Session()
    session.trust_env = False
    return session.request(method, url, timeout=10, allow_redirects=False)


def test_the_address_says_nothing_of_the_number_the_room_or_the_id(link):
    assert re.fullmatch(r"http://localhost:\d+/l/[0-9a-f]{32}", link["url"])
    assert slug(link) not in json.dumps({name: value for name, value in link.items() if name != "url"})
    assert link["room"].removeprefix("r-") not in link["url"] and link["id"].removeprefix("ln_") not in link["url"]
    # Whoever has the API key reads it.
    assert link["dial"] == NUMBER and link["hide_number"] is True


def test_the_address_serves_the_room_page_without_a_redirect(link):
    answer = page(link["url"])
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "text/html; charset=utf-8", "no-store")
    assert "ETag" not in answer.headers and answer.headers["Referrer-Policy"] == "no-referrer"
    assert 'id="gate"' in answer.text and "/assets/room.js" in answer.text
    assert "&lt;&amp;\\&quot;&#39;&gt;" in answer.text and link["room"] in answer.text
    assert tells(answer.text) == [] and tells(str(answer.headers)) == []
    head = page(link["url"], "HEAD")
    assert head.status_code == 200 and head.content == b"" and head.headers["Content-Length"] == str(len(answer.content))
    assert page(link["url"], "POST").status_code == 405


def test_an_address_that_leads_nowhere_says_so_in_words(installation, rest, link):
    def closed(url, status, words):
        answer = page(url)
        assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (status, "text/html; charset=utf-8", "no-store")
        assert words in answer.text and "nobody was called" in answer.text and "{{" not in answer.text
        assert "room.js" not in answer.text and tells(answer.text) == []
        assert page(url, "HEAD").status_code == status

    for unknown in ("0" * 32, "0" * 31, "A" * 32, link["id"], link["room"], "%00", "x" * 4000):
        closed(f"{installation.origin}/l/{unknown}", 404, "There is no such link")
    expired = rest.made("/v1/links", {"dial": NUMBER, "hide_number": True, "expires_at": "2020-01-01T00:00:00Z"})
    closed(expired["url"], 410, "has expired")
    early = rest.made("/v1/links", {"dial": NUMBER, "hide_number": True, "not_before": "2999-01-01T00:00:00Z"})
    closed(early["url"], 403, "not valid yet")
    assert rest.delete(f"/v1/links/{link['id']}").status_code == 204
    closed(link["url"], 410, "was withdrawn")


def test_the_secret_of_the_address_is_all_that_a_browser_needs(installation, rest, link):
    with SignalSocket(installation) as socket:
        socket.send(type="join", load=fresh_load(), link=slug(link))
        welcome = socket.receive("welcome")
        assert welcome["room"] == link["room"] and [person["name"] for person in welcome["peers"]] == [link["name"]]
        key = fresh_load()
        socket.send(type="dial", link=slug(link), key=key)
        ended = socket.receive("dial-status", state="ended", key=key)
        assert (ended["outcome"], ended["reason"]["code"], ended["label"]) == ("trunk_unavailable", "no_trunk", "Phone")
        assert "number" not in ended
        # The same dial, sent again.
        socket.send(type="dial", link=slug(link), key=key)
        assert socket.receive("dial-status", state="ended", key=key)["call"] == ended["call"]
        assert tells(json.dumps(socket.heard)) == []
    record = rest.get(f"/v1/calls/{ended['call']}").json()
    assert record["number"] == NUMBER


@pytest.mark.parametrize(
    "limits, code",
    [({}, "no_trunk"), ({"max_uses": 1}, "no_trunk"), ({"trunk": "tr_000000000000"}, "unknown_trunk")],
)
def test_no_refusal_tells_a_digit(installation, rest, limits, code):
    link = rest.made("/v1/links", {"dial": NUMBER, "hide_number": True, **limits})
    with SignalSocket(installation) as socket, SignalSocket(installation) as guest:
        socket.send(type="join", load=fresh_load(), link=slug(link), name="Ada")
        socket.receive("welcome")
        guest.join(link["room"], name="Bob")
        socket.send(type="dial", link=slug(link), origin="user", key=fresh_load())
        assert socket.receive("dial-status", state="ended")["reason"]["code"] == code
        block = rest.made("/v1/guard/rules", {"kind": "block", "prefix": NUMBER[:9]})
        socket.send(type="dial", link=slug(link), origin="user", key=fresh_load())
        blocked = socket.receive("dial-status", state="ended", outcome="blocked")
        assert blocked["refusal"]["rule"] == "blocklist" and "number" in blocked["refusal"]["text"]
        assert rest.delete(f"/v1/guard/rules/{block['id']}").status_code == 204
        rest.delete(f"/v1/links/{link['id']}")
        socket.send(type="dial", link=slug(link), origin="user", key=fresh_load())
        assert socket.receive("dial-status", state="ended", outcome="blocked")["reason"]["code"] == "link_revoked"
        guest.receive("dial-status", state="ended", outcome="blocked")
        assert guest.is_open()
        assert tells(json.dumps([socket.heard, guest.heard])) == []


def test_a_guess_of_the_number_is_answered_as_any_other(installation, link):
    with SignalSocket(installation) as socket:
        socket.send(type="join", load=fresh_load(), link=slug(link))
        socket.receive("welcome")
        socket.send(type="dial", link=slug(link), key=fresh_load())
        socket.receive("dial-status", state="ended")
        answers = []
        for number in (NUMBER, NUMBER[:-1] + "5"):
            socket.send(type="dial", number=number, origin="user", key=fresh_load())
            answers.append(socket.receive("dial-status", state="ended", outcome="blocked"))
        right, wrong = ({name: value for name, value in answer.items() if name not in ("call", "key")} for answer in answers)
        assert right["refusal"]["rule"] == wrong["refusal"]["rule"] == "allowlist"
        assert set(right) == set(wrong) and right["reason"]["code"] == wrong["reason"]["code"]


def test_only_who_came_by_the_link_dials_it(installation, rest, link, socket):
    other = rest.made("/v1/links", {"dial": NUMBER, "hide_number": True})
    assert socket.error(type="join", load=fresh_load(), link="f" * 32) == ("unknown_link", "join")
    assert socket.error(type="join", load=fresh_load(), link=slug(link), room="elsewhere") == ("link_tampered", "join")
    # This one says no name.
    assert socket.error(type="join", load=fresh_load(), link=slug(other)) == ("invalid_name", "join")
    socket.send(type="join", load=fresh_load(), link=slug(other), name="Ada")
    socket.receive("welcome")
    assert socket.error(type="dial", link=slug(link), key=fresh_load()) == ("unknown_link", "dial")
    assert socket.error(type="dial", link="../x", key=fresh_load()) == ("unknown_link", "dial")
    assert socket.error(type="dial", link=slug(other), number=NUMBER, key=fresh_load()) == ("malformed_frame", "dial")
    assert socket.error(type="dial", link=slug(other), trunk="tr_000000000000", key=fresh_load()) == ("malformed_frame", "dial")
    with SignalSocket(installation) as guest:
        guest.join(link["room"])
        assert guest.error(type="dial", link=slug(link), key=fresh_load()) == ("unknown_link", "dial")


def test_a_revoked_one_lets_nobody_in(rest, link, socket):
    assert rest.delete(f"/v1/links/{link['id']}").status_code == 204
    assert socket.error(type="join", load=fresh_load(), link=slug(link)) == ("link_revoked", "join")


def test_what_cannot_be_hidden_is_refused(rest):
    key = rest.made("/v1/signing-keys", {"name": "CRM"})
    assert "#/dial" in faults(rest.post("/v1/links", {"hide_number": True}))
    assert "#/hide_number" in faults(rest.post("/v1/links", {"hide_number": True, "dial": NUMBER, "signing_key": key["id"]}))
    assert "#/hide_number" in faults(rest.post("/v1/links", {"hide_number": "yes", "dial": NUMBER}))
