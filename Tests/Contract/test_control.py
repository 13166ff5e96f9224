"""The channel between the wings: only the other wing is believed, and only once, now, and here."""

import json
import secrets
import time

import pytest
import requests

from Installation.control import Control
from Installation.signal_socket import SignalSocket

HELLO = b'{"api":"tests","setup":{"version":0,"trunks":[],"extensions":[]}}'


@pytest.fixture(scope="module")
def control(installation):
    return Control(installation)


@pytest.fixture
def epoch(control):
    return control.hello()["epoch"]


@pytest.fixture
def peer(installation, room):
    """Somebody in a room, whom a genuine command would put out of it."""
    with SignalSocket(installation) as socket:
        socket.peer = socket.join(room)["peer"]
        yield socket


def leave(room, peer):
    return {"leave": {"room": room, "peer": peer}}


def is_there(control, room, peer):
    return any(one["room"] == room and peer in [person["id"] for person in one["participants"]] for one in control.hello()["rooms"])


def test_a_hello_tells_the_epoch_and_who_is_there(control, peer, room):
    hello = control.hello()
    assert hello["bridge"] == control.bridge
    assert hello["build"].startswith("ringlink/")
    assert 0 < hello["epoch"] < 1 << 64
    assert hello["epoch"] == control.hello()["epoch"]
    assert is_there(control, room, peer.peer)
    assert isinstance(hello["liveCalls"], list)


def test_a_genuine_command_is_done(control, epoch, peer, room):
    answer = control.post("/control/command", control.command(leave(room, peer.peer), epoch), epoch)
    assert answer.status_code == 200
    assert not is_there(control, room, peer.peer)


def forged(control, epoch, body):
    """One header for each way in which a request can be somebody else's."""
    target = "/control/command"
    now = int(time.time())
    right = control.sign(target, body, epoch=epoch)

    def sign(**changes):
        return control.sign(target, body, **({"epoch": epoch} | changes))

    return {
        "unsigned": None,
        "empty": "",
        "nonsense": "x" * 300,
        "another key": sign(key=bytes(32)),
        "the answers' key": sign(key=control.answer_key),
        "another audience": sign(audience="bridge-2"),
        "the audience api": sign(audience="api"),
        "epoch 0": sign(epoch=0),
        "the next epoch": sign(epoch=(epoch + 1) % (1 << 64)),
        "another path": control.sign("/control/hello", body, epoch=epoch),
        "another query": control.sign(target + "?x", body, epoch=epoch),
        "another method": sign(method="PUT"),
        "another body": control.sign(target, body + b" ", epoch=epoch),
        "31 seconds late": sign(at=now - 32),
        "31 seconds early": sign(at=now + 33),
        "long ago": sign(at=0),
        "the time altered": right.replace(f"t={right[2:12]}", f"t={int(right[2:12]) + 1}"),
        "the nonce altered": right[:15] + ("0" if right[15] != "0" else "1") + right[16:],
        "the code altered": right[:-1] + ("0" if right[-1] != "0" else "1"),
        "the code cut": right[:-2],
        "no code": right.partition(",v1")[0],
        "in capitals": right.upper(),
        "other order": ",".join(reversed(right.split(","))),
        "with a space": right.replace(",", ", "),
        "a negative time": right.replace("t=", "t=-"),
        "a leading zero": right.replace("t=", "t=0"),
    }


def test_what_is_not_genuine_is_401_and_nothing_is_done(control, epoch, peer, room):
    body = json.dumps(control.command(leave(room, peer.peer), epoch)).encode()
    for name, header in forged(control, epoch, body).items():
        answer = control.send("/control/command", body, header)
        assert answer.status_code == 401, name
        # No word about what was wrong, and nothing signed for somebody who may only be guessing.
        assert answer.content == b"", name
        assert "Ringlink-Signature" not in answer.headers, name
    assert is_there(control, room, peer.peer)
    assert peer.is_open()
    # The same body, rightly signed, is done.
    assert control.send("/control/command", body, control.sign("/control/command", body, epoch=epoch)).status_code == 200
    assert not is_there(control, room, peer.peer)


def test_a_request_is_believed_once(control, epoch, installation, room):
    with SignalSocket(installation) as first:
        peer = first.join(room)["peer"]
        body = json.dumps(control.command(leave(room, peer), epoch)).encode()
        header = control.sign("/control/command", body, epoch=epoch)
        assert control.send("/control/command", body, header).status_code == 200
        for _ in range(3):
            assert control.send("/control/command", body, header).status_code == 401
    header = control.sign("/control/hello", HELLO)
    assert control.send("/control/hello", HELLO, header).status_code == 200
    assert control.send("/control/hello", HELLO, header).status_code == 401


def test_a_refused_request_does_not_use_up_its_nonce(control):
    nonce = secrets.token_hex(16)
    wrong = control.sign("/control/hello", HELLO, nonce=nonce, key=bytes(32))
    right = control.sign("/control/hello", HELLO, nonce=nonce)
    assert control.send("/control/hello", HELLO, wrong).status_code == 401
    assert control.send("/control/hello", HELLO, right).status_code == 200


def test_clocks_may_differ_by_thirty_seconds(control):
    for shift in (-28, 28):
        header = control.sign("/control/hello", HELLO, at=int(time.time()) + shift)
        assert control.send("/control/hello", HELLO, header).status_code == 200


def test_while_keys_are_rotated_either_code_is_enough(control):
    header = control.sign("/control/hello", HELLO)
    start, _, code = header.rpartition(",v1=")
    assert control.send("/control/hello", HELLO, f"{start},v1={'0' * 64},v1={code}").status_code == 200
    assert control.send("/control/hello", HELLO, f"{start},v1={'0' * 64},v1={'1' * 64}").status_code == 401
    header = control.sign("/control/hello", HELLO)
    start, _, code = header.rpartition(",v1=")
    assert control.send("/control/hello", HELLO, f"{start},v1={'0' * 64},v1={'1' * 64},v1={code}").status_code == 401


def test_the_same_command_id_gets_the_same_answer(control, epoch, peer, room):
    command = control.command(leave(room, peer.peer), epoch)
    first = control.post("/control/command", command, epoch)
    second = control.post("/control/command", command, epoch)
    assert first.content == second.content
    other = control.post("/control/command", control.command(leave(room, peer.peer), epoch), epoch)
    assert other.content != first.content, "done anew it is refused: nobody is there"


def test_a_command_for_another_epoch_is_409_and_nothing_is_done(control, epoch, peer, room):
    before = (epoch + 1) % (1 << 64)
    answer = control.post("/control/command", control.command(leave(room, peer.peer), before), before)
    assert answer.status_code == 409
    assert is_there(control, room, peer.peer)


def test_a_command_that_has_expired_is_410_and_nothing_is_done(control, epoch, peer, room):
    answer = control.post("/control/command", control.command(leave(room, peer.peer), epoch, expiry=int(time.time() * 1000) - 1), epoch)
    assert answer.status_code == 410
    assert is_there(control, room, peer.peer)


@pytest.mark.parametrize("document", [{}, [], {"api": 5}, "x", {"id": "x"}, None])
def test_a_genuine_request_that_says_nothing_is_400(control, epoch, document):
    for target in ("/control/hello", "/control/command", "/control/events"):
        if target == "/control/hello" and document == {}:
            continue
        body = json.dumps(document).encode()
        # What the body does not tell is signed for the bridge's present epoch.
        answer = control.send(target, body, control.sign(target, body, epoch=epoch))
        assert answer.status_code == 400, (target, answer.status_code)


def test_other_methods_and_paths_do_nothing(control, peer, room):
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert control.send("/control/hello", HELLO, control.sign("/control/hello", HELLO, method=method), method).status_code in (
            401,
            404,
            405,
        )
    for target in ("/", "/control", "/control/", "/control/else", "/control/hello/x", "/healthz"):
        answer = control.send(target, HELLO, control.sign(target, HELLO))
        assert answer.status_code in (401, 404), target
    assert is_there(control, room, peer.peer)


def test_a_body_beyond_its_limit_is_refused_and_the_bridge_lives(control):
    body = b" " * (1 << 20)
    try:
        answer = control.send("/control/hello", body, control.sign("/control/hello", body))
        assert answer.status_code in (400, 401, 413)
    except requests.ConnectionError:
        pass
    assert control.hello()["bridge"] == control.bridge


def test_events_are_told_to_nobody_else(control, epoch):
    body = json.dumps({"epoch": epoch, "acknowledged": 0, "waitMilliseconds": 0}).encode()
    for header in (None, control.sign("/control/events", body, epoch=epoch, key=bytes(32))):
        answer = control.send("/control/events", body, header)
        assert (answer.status_code, answer.content) == (401, b"")


def test_the_web_port_knows_nothing_of_it(installation, control):
    answer = requests.post(
        installation.origin + "/control/hello",
        data=HELLO,
        headers={"Ringlink-Signature": control.sign("/control/hello", HELLO)},
        timeout=10,
    )
    assert answer.status_code == 404
