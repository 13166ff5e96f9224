"""`signal`, `media` and `tracks` of docs/protocol.md: what a browser offers, and what it is answered."""

import json
import re

import pytest

from Installation.ringlink import ROOT

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


def test_one_offer_is_in_flight(joined):
    text = json.dumps({"type": "signal", "description": {"type": "offer", "sdp": OFFER}})
    for _ in range(4):
        joined.text(text)
    error = joined.receive("error")
    assert (error["code"], error["about"]) == ("offer_in_flight", "signal")
    assert joined.receive("signal")["description"]["type"] == "answer"


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
