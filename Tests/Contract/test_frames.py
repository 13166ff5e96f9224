"""What holds for every frame of docs/protocol.md."""

import re
from pathlib import Path

import pytest

from Installation.ringlink import ROOT


def test_a_ping_is_answered_by_a_pong(socket):
    assert socket.answer(type="ping") == {"type": "pong"}


@pytest.mark.parametrize("type", ["accept", "decline"])
def test_what_comes_later_is_not_supported_yet(joined, type):
    assert joined.error(type=type) == ("not_supported", type)


@pytest.mark.parametrize("type", ["", "welcome", "JOIN", "join ", "x" * 1000, "dial-status", "\u0000"])
def test_an_unknown_type_is_refused(joined, type):
    joined.send(type=type)
    assert joined.receive("error")["code"] == "unknown_type"
    assert joined.is_open()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "{",
        "[]",
        "5",
        "null",
        '"join"',
        "{}",
        '{"type":5}',
        '{"type":null}',
        '{"type":"ping"',
        '{"type":"ping"}}',
        "{'type':'ping'}",
        "[" * 60_000,
        '{"a":' * 10_000,
        '{"type":"ping","x":' + "[" * 9 + "]" * 9 + "}",
        '{"type":"\\ud800"}',
        "\ufeff{",
        '{"type":"ping","x":1e999999}',
        '{"type":"leave","x":1}',
        '{"kind":"ping"}',
    ],
    ids=lambda text: text[:16] or "empty",
)
def test_a_malformed_frame_is_an_error_and_the_socket_stays(joined, text):
    joined.text(text)
    error = joined.receive("error")
    assert error["code"] == "malformed_frame"
    assert error["detail"].strip()
    assert joined.is_open()


def test_every_code_of_the_document_is_in_the_server_and_the_other_way_round(installation):
    """The list in docs/protocol.md, against what these tests and the server's own source know."""
    document = (ROOT / "docs/protocol.md").read_text()
    listed = set(re.findall(r"`([a-z_]+)`", document.partition("## Error codes")[2].partition("## Media")[0]))
    tested = set(re.findall(r'"([a-z_]+)"', "".join(path.read_text() for path in Path(__file__).parent.parent.glob("*/test_*.py"))))
    # Nobody can bring these about from outside.
    untested = {"server_error"}
    assert listed - tested <= untested, listed - tested
