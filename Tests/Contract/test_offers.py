"""`signal`, `media` and `tracks` of docs/protocol.md: what a browser offers, and what it is answered."""

import json
import re

import pytest

from Installation.raw import RawSocket, frame
from Installation.ringlink import ROOT
from Installation.signal_socket import SignalSocket, fresh_load

OFFER = (ROOT / "Tests/SDPTests/Fixtures/chromium-join.sdp").read_text().replace("\r\n", "\n").replace("\n", "\r\n")


def test_an_offer_is_answered(joined):
    joined.send(type="signal", description={"type": "offer", "sdp": OFFER})
    frame = joined.receive("signal")
    assert frame["description"]["type"] == "answer"
    answer = frame["description"]["sdp"]
    assert answer.startswith("v=0\r\n")
    # As many sections as were offered, in one bundle, ICE-lite, DTLS passive.
    assert answer.count("\r\nm=") == OFFER.count("\r\nm=")
    assert "a=ice-lite" in answer and "a=setup:passive" in answer and "a=group:BUNDLE" in answer and "a=rtcp-mux" in answer
    assert "useinbandfec=1" in answer
    assert re.search(r"a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\r\n", answer)
    assert re.search(r"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host", answer, re.IGNORECASE)
    media = joined.receive("media")
    assert media["audio"] >= 1 and media["video"] == 0
    assert joined.receive("tracks")["tracks"] == {}


def test_one_offer_is_in_flight(installation, room):
    """All of them in one piece, so that no answer can come in between."""
    with RawSocket(installation) as socket:
        socket.send(frame(json.dumps({"type": "join", "room": room, "name": "Ada", "load": fresh_load()})))
        heard = []

        def receive(type):
            while not heard or heard[-1]["type"] != type:
                heard.append(json.loads(socket.receive()[1]))
            return heard[-1]

        receive("welcome")
        socket.send(frame(json.dumps({"type": "signal", "description": {"type": "offer", "sdp": OFFER}})) * 4)
        error = receive("error")
        assert (error["code"], error["about"]) == ("offer_in_flight", "signal")
        assert [one for one in heard if one["type"] == "signal"] or receive("signal")["description"]["type"] == "answer"


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "v=0\r\n",
        "x" * 30_000,
        "v=0\r\n" * 5_000,
        "\u0000",
        OFFER.partition("m=")[0],
        OFFER.replace("a=rtcp-mux\r\n", ""),
        OFFER.replace("a=fingerprint", "a=print"),
        OFFER.replace("a=ice-ufrag", "a=x"),
        re.sub(r"a=setup:\w+", "a=setup:passive", OFFER),
        re.sub(r"a=group:BUNDLE[^\r]*\r\n", "", OFFER),
    ],
    ids=["empty", "v=0", "x", "repeated", "NUL", "no-media", "no-rtcp-mux", "no-fingerprint", "no-ufrag", "passive", "no-bundle"],
)
def test_an_offer_that_cannot_be_used_is_refused(joined, sdp):
    assert joined.error(type="signal", description={"type": "offer", "sdp": sdp}) == ("invalid_offer", "signal")
    assert joined.is_open()
    joined.send(type="signal", description={"type": "offer", "sdp": OFFER})
    assert joined.receive("signal")["description"]["type"] == "answer"


@pytest.mark.parametrize(
    "frame, code",
    [
        ({"description": {"type": "answer", "sdp": "v=0"}}, "invalid_offer"),
        ({"description": {"type": "rollback", "sdp": ""}}, "invalid_offer"),
        ({}, "malformed_frame"),
        ({"description": "v=0"}, "malformed_frame"),
        ({"description": {"type": "offer"}}, "malformed_frame"),
        ({"description": {"sdp": "v=0"}}, "malformed_frame"),
        ({"description": {"type": "offer", "sdp": 5}}, "malformed_frame"),
    ],
)
def test_a_signal_that_is_no_offer_is_refused(joined, frame, code):
    assert joined.error(type="signal", **frame) == (code, "signal")


def test_candidates_are_accepted_and_not_needed(joined):
    for candidate in ({"candidate": "candidate:1 1 udp 1 192.0.2.1 5 typ host", "sdpMid": "0"}, {"candidate": ""}, None):
        joined.send(type="signal", candidate=candidate)
    assert joined.is_open()
    assert not [frame for frame in joined.heard if frame["type"] == "error"]


def audio_sections(count):
    """An offer of so many sections, each of them right by itself."""
    head, _, sections = OFFER.partition("m=audio")
    audio = "m=audio" + re.split(r"(?=\r\nm=)", sections)[0] + "\r\n"
    head = re.sub(r"a=group:BUNDLE[^\r]*", "a=group:BUNDLE " + " ".join(map(str, range(count))), head)
    short = "".join(line + "\r\n" for line in audio.split("\r\n") if re.match(r"m=|c=|a=(ice|fingerprint|setup|mid|rtcp-mux|sendrecv|rtpmap:111)", line))
    return head + "".join(re.sub(r"a=mid:\S+", f"a=mid:{mid}", short) for mid in range(count))


HOSTILE = {
    "hundreds-of-sections": audio_sections(150),
    "sixty-five-sections": audio_sections(65),
    "one-mid-for-all": re.sub(r"a=mid:\S+", "a=mid:0", OFFER),
    "a-mid-of-kilobytes": OFFER.replace("a=mid:0", "a=mid:" + "m" * 40_000),
    "an-attribute-of-kilobytes": OFFER.replace("a=ice-ufrag:", "a=ice-ufrag:" + "u" * 40_000, 1),
    "a-bundle-of-thousands": re.sub(r"a=group:BUNDLE[^\r]*", "a=group:BUNDLE " + " ".join(f"m{mid}" for mid in range(8_000)), OFFER),
    "ports-beyond-all": OFFER.replace("m=audio 9 ", "m=audio 99999 "),
}


@pytest.fixture
def bystander(installation, room, joined):
    """Somebody else in the room, with an answered offer, to whom nothing may happen."""
    with SignalSocket(installation) as bob:
        bob.join(room, name="Bob")
        bob.send(type="signal", description={"type": "offer", "sdp": OFFER})
        bob.receive("signal")
        yield bob
        assert bob.is_open()
        bob.send(type="signal", description={"type": "offer", "sdp": OFFER})
        assert bob.receive("signal")["description"]["type"] == "answer"
        assert not [frame for frame in bob.heard if frame["type"] in ("error", "peer-left")]


@pytest.mark.parametrize("sdp", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_offer_is_refused_and_nobody_else_is_disturbed(joined, bystander, sdp):
    assert len(json.dumps({"type": "signal", "description": {"type": "offer", "sdp": sdp}})) < 64 * 1024
    assert joined.error(type="signal", description={"type": "offer", "sdp": sdp}) == ("invalid_offer", "signal")
    assert joined.is_open()
    joined.send(type="signal", description={"type": "offer", "sdp": OFFER})
    assert joined.receive("signal")["description"]["type"] == "answer"


NONSENSE = {
    "sources-in-groups-of-nobody": "a=ssrc-group:FID 1\r\na=ssrc-group:SIM " + "9 " * 4_000 + "\r\na=ssrc-group:\r\na=ssrc:x cname:y\r\na=ssrc:99999999999 a\r\n",
    "thousands-of-unknown-lines": "a=x-what:ever\r\n" * 2_500,
    "one-line-of-kilobytes": "a=fmtp:111 " + "a;" * 20_000 + "\r\n",
}


@pytest.mark.parametrize("lines", NONSENSE.values(), ids=NONSENSE)
def test_lines_that_mean_nothing_to_us_are_passed_over_or_refused_and_nobody_else_is_disturbed(joined, bystander, lines):
    joined.send(type="signal", description={"type": "offer", "sdp": OFFER.replace("a=rtcp-mux\r\n", "a=rtcp-mux\r\n" + lines, 1)})
    frame = joined.receive()
    while frame["type"] not in ("signal", "error"):
        frame = joined.receive()
    if frame["type"] == "error":
        assert (frame["code"], frame["about"]) == ("invalid_offer", "signal")
    else:
        assert frame["description"]["type"] == "answer" and len(frame["description"]["sdp"]) < 2 * len(OFFER)
    assert joined.is_open()
