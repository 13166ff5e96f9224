"""A link that hides its number: a real telephone rings, and no byte that the browser gets holds the digits. And what else a link limits in a call."""

import re
import secrets
import time

from Installation.baresip import Phone
from Installation.site import fresh_number

PHONE_TONE = 1000


class Wire:
    """Every byte that a tab got or sent over HTTP and WebSocket."""

    def __init__(self, tab):
        self.received = []
        self.sent = []
        self.frames = 0
        self._responses = []
        tab.page.on("response", lambda response: self._responses.append(response))
        tab.page.on("request", lambda request: self.sent.append(f"{request.method} {request.url} {request.headers} {request.post_data}"))
        tab.page.on("websocket", self._socket)

    def _socket(self, socket):
        socket.on("framereceived", lambda data: self._frame(self.received, data))
        socket.on("framesent", lambda data: self._frame(self.sent, data))

    def _frame(self, heap, data):
        self.frames += 1
        heap.append(data if isinstance(data, str) else data.decode("utf-8", "replace"))

    def keep(self):
        """Reads the bodies that have come: after a navigation the browser has them no more."""
        for response in self._responses:
            body = response.body() if response.status == 200 else b""
            self.received.append(f"{response.url} {response.all_headers()} {body.decode('utf-8', 'replace')}")
        self._responses.clear()

    def everything(self, tab):
        self.keep()
        # What the page has made of it, and what it keeps.
        seen = tab.page.evaluate("JSON.stringify([document.documentElement.outerHTML, document.title, location.href, {...sessionStorage}, {...localStorage}])")
        return [*self.received, *self.sent, seen]


def secret_number():
    """A number of Berlin whose digits are in no other test, and in no order that comes about by itself."""
    return f"+4930{3_000_000 + secrets.randbelow(6_999_999)}"


def tells(texts, number):
    """
    What of the texts holds digits of the number: six in a row; eight where digits are random (descriptions of sessions),
    or where separators between them are overlooked.
    """
    digits = number.lstrip("+")
    six, eight = ([digits[at : at + count] for at in range(len(digits) - count + 1)] for count in (6, 8))
    found = []
    for text in texts:
        # Ids, tokens, keys and fingerprints have letters in them: their digits are their own.
        words = re.sub(r"[0-9A-Za-z_+/-]*[A-Za-z_][0-9A-Za-z_+/-]*", " ", text)
        forms = [(words, eight if "a=ice-ufrag" in text else six), (re.sub(r"[ ()./•-]|%2B", "", words), eight), (text, [digits[-9:]])]
        found += [(piece, form[max(0, form.index(piece) - 60) :][:140]) for form, pieces in forms for piece in pieces if piece in form]
    return found


def test_a_hidden_number_rings_and_no_byte_of_it_comes_to_a_browser(site, visitors):
    number = secret_number()
    with Phone("callee", PHONE_TONE) as phone, site.trunk({number: phone.uri}) as trunk:
        link = site.api.create("links", dial=number, hide_number=True, name="Stefan", camera=False, trunk=trunk.id)
        tab = visitors.tab()
        wire = Wire(tab)
        tab.page.goto(link["url"])
        call = tab.wait_for_call("answered")
        tab.wait_for_tone(PHONE_TONE)
        phone.wait_for_tone(440)
        assert tab.page.url == link["url"], "without a redirect"
        assert sorted(tab.people) == ["Phone", "Stefan"] and "Phone" in tab.text(".call")
        # Somebody else in the room, who came by the invitation.
        guest = visitors.tab()
        other = Wire(guest)
        guest.page.goto(site.link(room=link["room"], name="Bob", cam="off"))
        guest.wait_for_call("answered")
        guest.wait_for_tone(PHONE_TONE)
        # A reload takes the call back and does not ring again.
        wire.keep()
        tab.page.reload()
        assert tab.wait_for_call("answered") == call
        tab.wait_for_tone(PHONE_TONE)
        tab.photograph("hidden-number")
        tab.press("hangup")
        tab.wait_for_call("ended", outcome="completed")
        document = site.ended(call, outcome="completed", number=number, trunk=trunk.id, origin="url")
        assert [request.method for request in trunk.kamailio.requests].count("INVITE") == 2, "challenged once, rung once"
        # Called again by a person: the page still knows no number.
        tab.press("again")
        again = tab.wait_for_call("answered")
        assert again != call
        tab.press("hangup")
        tab.wait_for_call("ended", outcome="completed")
        texts, others = wire.everything(tab), other.everything(guest)
        assert wire.frames > 20 and other.frames > 10 and len(texts) > 40
        assert any('"type":"dial-status"' in text and '"answered"' in text for text in texts)
        assert tells(texts, number) == [] and tells(others, number) == []
        # The measure itself finds what it looks for.
        assert tells([f'{{"number":"{number}"}}'], number) and tells([f"+49 (30) {number[5:8]} {number[8:]}"], number)
        stats = site.api.read(f"links/{link['id']}/stats")
        assert (stats["dialled"], stats["answered"], stats["outcomes"], stats["live"]) == (2, 2, {"completed": 2}, 0)
        # He, and whoever else came into its room.
        assert stats["talk_seconds"] >= 2 and stats["opened"] >= 2 and stats["last_used_at"]


def test_a_hidden_number_that_fails_tells_no_digit_either(site, visitors):
    for status, outcome in ((404, "invalid_number"), (486, "busy")):
        number = secret_number()
        with site.trunk({number: status}) as trunk:
            link = site.api.create("links", dial=number, hide_number=True, name="Stefan", camera=False, trunk=trunk.id)
            tab = visitors.tab()
            wire = Wire(tab)
            tab.page.goto(link["url"])
            site.ended(tab.wait_for_call("ended", outcome=outcome), outcome=outcome, number=number)
            assert tells(wire.everything(tab), number) == []
            # A number that cannot be seen cannot be put right either.
            assert tab.page.locator("[data-action='correct']").count() == 0


def test_a_hidden_link_asks_for_a_name_and_says_that_somebody_is_called(site, visitors):
    link = site.api.create("links", dial="600", hide_number=True, camera=False)
    tab = visitors.tab(link["url"])
    tab.wait_for_state("name")
    assert "Joining will call a phone" in tab.text("#gate")
    tab.page.keyboard.type("Grace")
    tab.page.keyboard.press("Enter")
    tab.wait_for_call("answered")
    assert sorted(tab.people) == ["Grace", "Phone"]


def test_a_hidden_link_that_is_gone_says_so(site, visitors):
    visitors.expected = ("status of 404", "status of 410")
    link = site.api.create("links", dial="600", hide_number=True, name="Ada")
    site.api.delete(f"links/{link['id']}")
    tab = visitors.tab(link["url"])
    assert "This link was withdrawn" in tab.text("#gate") and "nobody was called" in tab.text("#gate")
    tab.photograph("state-hidden-revoked")
    unknown = visitors.tab(link["url"][:-8] + "00000000")
    assert "There is no such link" in unknown.text("#gate")
    assert tab.sockets == unknown.sockets == []


def test_a_links_call_lasts_no_longer_than_the_link_says(site, visitors):
    link = site.api.create("links", dial="600", name="Ada", camera=False, max_call_seconds=3)
    tab = visitors.tab(link["url"])
    call = tab.wait_for_call("answered")
    began = time.monotonic()
    site.ended(call, outcome="completed")
    assert time.monotonic() - began < 10
    assert site.api.read(f"links/{link['id']}/stats")["talk_seconds"] in (2, 3, 4)


def test_a_links_caller_id_goes_before_the_trunks(site, visitors):
    number = fresh_number()
    # A trunk that knows us by our address: what it sees in From is the caller id.
    with site.trunk({number: 486}, users={}, caller_ids=["+4930000001"]) as trunk:
        own = site.api.create("links", dial=number, name="Ada", camera=False, caller_id="+4930000002")
        plain = site.api.create("links", dial=number, name="Ada", camera=False)
        for link, caller in ((own, "+4930000002"), (plain, "+4930000001")):
            trunk.kamailio.forget()
            tab = visitors.tab(link["url"])
            site.ended(tab.wait_for_call("ended", outcome="busy"), outcome="busy")
            assert {request.caller for request in trunk.kamailio.requests} == {caller}
            tab.page.close()
