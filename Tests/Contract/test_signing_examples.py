"""The programs of docs/links.md, as they stand there: each makes a link without asking anybody, and the server takes it."""

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from Installation.signal_socket import SignalSocket, fresh_load

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "links.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
RUN = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": ["python3", "-c"], "javascript": ["node", "-e"], "php": ["php", "-r"]}
PROGRAMS = dict(block for block in BLOCKS if block[0] != "text")


@pytest.fixture(scope="module")
def key(rest):
    return rest.made("/v1/signing-keys", {"name": "offline"})


def made(installation, key, language):
    """The link that the document's program prints. It has nothing but what the document gives it."""
    program = PROGRAMS[language]
    if language == "php":
        program = program.removeprefix("<?php\n")
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "ORIGIN": installation.origin, "KID": key["id"], "KEY": key["secret"]}
    done = subprocess.run([*RUN[language], program], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.endswith("\n") and done.stdout.count("\n") == 1
    return done.stdout.strip()


def join(socket, address, room=None, name=None):
    query = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
    frame = {"type": "join", "room": room or query["room"], "name": name or query["name"], "load": fresh_load()}
    socket.send(**frame, link="?" + urlsplit(address).query)
    return socket.receive()


def test_every_program_of_the_document_is_one_of_these_and_each_is_there_once():
    assert sorted(language for language, _ in BLOCKS) == sorted([*RUN, "text"])
    for language, program in PROGRAMS.items():
        assert len(program.splitlines()) <= 15, f"{language} has {len(program.splitlines())} lines"


def test_the_bytes_in_the_document_are_those_of_the_first_vector():
    vector = json.loads((DOCS / "link-vectors.json").read_text())["vectors"][0]
    assert [block for language, block in BLOCKS if language == "text"] == [vector["canonical"]]
    assert vector["key"] in TEXT and vector["sig"] in TEXT


@pytest.mark.parametrize("language", RUN)
def test_a_link_made_by_the_program_opens_and_rings_its_number(installation, rest, key, language):
    address = made(installation, key, language)
    values = dict(parse_qsl(urlsplit(address).query))
    assert values["name"] == "Zoë & Söhne" and values["dial"] == "+35621223531"
    with SignalSocket(installation) as socket:
        welcome = join(socket, address)
        assert welcome["type"] == "welcome", welcome
        assert [person["name"] for person in welcome["peers"]] == ["Zoë & Söhne"]
        socket.send(type="dial", number=values["dial"], key=fresh_load())
        # FraudGuard lets it pass by the link alone; only a trunk is missing here.
        assert socket.receive("dial-status", state="ended")["reason"]["code"] == "no_trunk"
    seen = rest.get(f"/v1/links/{values['lid']}").json()
    assert (seen["kind"], seen["signing_key"], seen["opened"]) == ("signed", key["id"], 1)


@pytest.mark.parametrize("language", RUN)
def test_a_link_made_by_the_program_and_changed_in_any_parameter_is_refused(installation, key, language):
    address = made(installation, key, language)
    values = dict(parse_qsl(urlsplit(address).query))
    changes = {
        "lid": "crm-other", "room": "other-room", "dial": "+35621223532", "name": "Eve", "cam": "on", "exp": str(int(values["exp"]) + 1),
        "trunk": "tr_000000000000", "role": "host", "nbf": "1", "sig": ("B" if values["sig"][0] == "A" else "A") + values["sig"][1:],
    }  # fmt: skip
    with SignalSocket(installation) as socket:
        for name, value in changes.items():
            changed = values | {name: value}
            answer = join(socket, f"/room.html?{urlencode(changed)}")
            assert (answer["type"], answer.get("code")) == ("error", "link_tampered"), (name, answer)
        for name in ("dial", "name", "cam", "exp", "sig", "lid", "kid"):
            rest = {other: value for other, value in values.items() if other != name}
            answer = join(socket, f"/room.html?{urlencode(rest)}", name="Zoë & Söhne")
            assert (answer["type"], answer.get("code")) == ("error", "link_tampered"), (name, answer)
        answer = join(socket, f"/room.html?{urlencode(values | {'kid': 'sk_000000000000'})}")
        assert answer["code"] == "link_key_unknown"
        # And untouched it opens, on the same socket.
        assert join(socket, address)["type"] == "welcome"
