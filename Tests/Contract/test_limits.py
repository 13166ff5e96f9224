"""The table of limits in docs/protocol.md, each one passed on purpose."""

import contextlib
import json
import os
import secrets
import signal
import threading
import time
from pathlib import Path

import pytest

from Installation.raw import RawSocket, frame
from Installation.signal_socket import SignalSocket, fresh_load

LIMIT = 64 * 1024


def ping_of(size):
    """A ping of exactly `size` bytes: white space is part of JSON."""
    text = '{"type":"ping"}'
    return text + " " * (size - len(text))


def test_a_frame_of_the_largest_size_is_taken(installation):
    with RawSocket(installation) as socket:
        socket.send(frame(ping_of(LIMIT)))
        assert socket.receive() == (1, b'{"type":"pong"}')


@pytest.mark.parametrize("size", [LIMIT + 1, 1 << 20])
def test_a_larger_frame_closes_with_1009(installation, size):
    with RawSocket(installation) as socket:
        socket.send(frame(ping_of(size)))
        assert socket.wait_for_close() == (1009, "frame_too_large")


def test_a_frame_that_only_claims_to_be_large_closes_too(installation):
    for size in (LIMIT + 1, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1):
        with RawSocket(installation) as socket:
            socket.send(frame("x" * 10, length=size))
            code, _ = socket.wait_for_close()
            assert code in (1009, 1002), size


def test_fragments_are_one_frame_with_one_limit(installation):
    with RawSocket(installation) as socket:
        socket.send(frame('{"type":', final=False) + frame('"pi', opcode=0, final=False) + frame('ng"}', opcode=0))
        assert socket.receive() == (1, b'{"type":"pong"}')
        # A control frame may come between (RFC 6455 section 5.4).
        socket.send(frame('{"type":', final=False) + frame("hello", opcode=9) + frame('"ping"}', opcode=0))
        assert [socket.receive(), socket.receive()] == [(10, b"hello"), (1, b'{"type":"pong"}')]
    with RawSocket(installation) as socket:
        socket.send(frame(" " * 40_000, final=False) + frame(" " * 40_000, opcode=0))
        assert socket.wait_for_close() == (1009, "frame_too_large")


@pytest.mark.parametrize(
    "data",
    [
        frame("x", masked=False),
        frame('{"type":"ping"}', reserved=4),
        frame("x", opcode=3),
        frame("x" * 126, opcode=9),
        frame("x", opcode=9, final=False),
        frame("x", opcode=0),
    ],
    ids=["unmasked", "reserved-bit", "opcode-3", "large-control", "fragmented-control", "nothing-to-continue"],
)
def test_what_breaks_the_rules_of_websocket_closes_with_1002(installation, data):
    with RawSocket(installation) as socket:
        socket.send(data)
        assert socket.wait_for_close()[0] == 1002


def test_a_binary_frame_is_malformed_and_the_socket_stays(installation):
    with RawSocket(installation) as socket:
        socket.send(frame(b"\0\1\2", opcode=2))
        assert json.loads(socket.receive()[1])["code"] == "malformed_frame"
        socket.send(frame(b"\xff\xfe{}"))
        opcode, payload = socket.receive()
        # Text that is no UTF-8 may be an error of ours or of the WebSocket's.
        assert opcode == 8 or json.loads(payload)["code"] == "malformed_frame"


def test_a_close_is_answered_with_its_code(installation):
    with RawSocket(installation) as socket:
        socket.send(frame((1000).to_bytes(2, "big") + b"bye", opcode=8))
        assert socket.wait_for_close()[0] == 1000
        assert socket.receive(3) is None


def test_fifty_frames_in_a_burst_are_taken_and_more_are_a_flood(installation):
    with RawSocket(installation) as socket:
        socket.send(frame('{"type":"ping"}') * 50)
        assert [socket.receive() for _ in range(50)] == [(1, b'{"type":"pong"}')] * 50
        socket.send(frame('{"type":"ping"}') * 60)
        assert socket.wait_for_close() == (4429, "flood")


@pytest.mark.parametrize(
    "kind", [frame("", opcode=9), frame("x", opcode=2), frame("x"), frame("", opcode=10)], ids=["ping", "binary", "malformed", "pong"]
)
def test_frames_of_any_kind_are_counted(installation, kind):
    with RawSocket(installation) as socket:
        socket.send(kind * 200)
        assert socket.wait_for_close() == (4429, "flood")


def test_twenty_frames_a_second_are_taken_for_long(installation):
    with RawSocket(installation) as socket:
        began = time.monotonic()
        for count in range(120):
            socket.send(frame('{"type":"ping"}'))
            assert socket.receive() == (1, b'{"type":"pong"}'), count
            time.sleep(max(0, began + (count + 1) / 20 - time.monotonic()))


def test_a_room_is_full_at_sixty_four(installation, room):
    sockets = []
    try:
        for _ in range(64):
            sockets.append(SignalSocket(installation))
            sockets[-1].join(room)
        with SignalSocket(installation) as late:
            assert late.error(type="join", room=room, name="Late", load=fresh_load()) == ("room_full", "join")
            sockets[0].send(type="leave")
            assert sockets[0].wait_for_close() == (1000, "left")
            assert len(late.join(room)["peers"]) == 64
    finally:
        for one in sockets:
            one.close()


def test_joins_of_one_address_are_limited_and_nobody_else_is_disturbed(installation):
    """From an address of its own, so that the other tests have theirs."""
    crowd, room, load = "127.3.3.3", "crowd-" + secrets.token_hex(4), fresh_load()
    with SignalSocket(installation, source=crowd) as first:
        place = first.join(room, load=load)
        began = time.monotonic()
        joined = 1
        while True:
            with SignalSocket(installation, source=crowd) as socket:
                socket.send(type="join", room="crowd-" + secrets.token_hex(4), name="One of many", load=fresh_load())
                answer = socket.receive()
                if answer["type"] != "welcome":
                    break
                joined += 1
                socket.send(type="leave")
        assert (answer["code"], answer["about"]) == ("too_many_joins", "join")
        assert 300 <= joined <= 300 + 6 * (time.monotonic() - began) + 1
        # It goes on: a thousand more, as fast as they go, and all but those of the passing time are refused.
        began, admitted = time.monotonic(), []

        def flood():
            for _ in range(250):
                with SignalSocket(installation, source=crowd) as socket:
                    socket.send(type="join", room="crowd-" + secrets.token_hex(4), name="One of many", load=fresh_load())
                    admitted.append(socket.receive()["type"] == "welcome")

        crowds = [threading.Thread(target=flood) for _ in range(4)]
        for thread in crowds:
            thread.start()
        with SignalSocket(installation, source="127.3.3.4") as neighbour:
            assert neighbour.join(room)["peers"]
            assert neighbour.is_open() and first.is_open()
        for thread in crowds:
            thread.join()
        assert len(admitted) == 1_000 and sum(admitted) <= 6 * (time.monotonic() - began) + 2
        # Who has a place is no newcomer, however many others there are.
        with SignalSocket(installation, source=crowd) as again:
            assert again.join(room, load=load, resume=place["resume"])["resumed"] is True


def test_more_requests_than_can_wait_are_refused(installation, room):
    with RawSocket(installation) as socket:
        join = {"type": "join", "room": room, "name": "Ada", "load": fresh_load()}
        socket.send(frame(json.dumps(join)))
        assert json.loads(socket.receive()[1])["type"] == "welcome"
        socket.send(
            b"".join(
                frame(json.dumps({"type": "dial", "number": "+49301234567", "origin": "user", "key": secrets.token_hex(8)}))
                for _ in range(40)
            )
        )
        answers = []
        while sum(1 for one in answers if one["type"] == "error" or one.get("state") == "ended") < 40:
            answers.append(json.loads(socket.receive()[1]))
        codes = {one["code"] for one in answers if one["type"] == "error"}
        assert codes == {"at_capacity"}
        assert [one for one in answers if one.get("state") == "ended"]


@pytest.fixture
def small_buffers():
    """The kernel keeps little for a socket here, so that the server's own limit is soon reached. It is this network's own setting."""
    setting = Path("/proc/sys/net/ipv4/tcp_wmem")
    before = setting.read_text()
    setting.write_text("4096 16384 65536")
    yield
    setting.write_text(before)


def test_a_reader_that_is_too_slow_is_closed_with_4413(installation, room, small_buffers):
    """
    Some who change their switches all the time, with names as long as names may be, and one who does not read.

    The server waits for a second until it drops the connection of somebody who does not even read why. So the slow one begins to read
    when enough was told to the others: they hear the same as it.
    """
    name = ("e" + "\U000e0100" * 7) * 80
    # A MiB that may wait, 64 KiB on the way to the kernel, the kernel's own, and some more.
    enough = (1 << 20) + (64 << 10) + (64 << 10) + (96 << 10)
    stop = threading.Event()
    others = [RawSocket(installation) for _ in range(16)]
    heard = [0] * len(others)

    def read(index):
        with contextlib.suppress(OSError):
            while data := others[index].wire.recv(1 << 18):
                heard[index] += len(data)

    def toggle():
        count = 0
        while not stop.wait(0.055):
            count += 1
            update = frame(json.dumps({"type": "update", "microphone": count % 2 == 0, "camera": False}))
            with contextlib.suppress(OSError):
                for socket in others:
                    socket.send(update)

    def join(socket):
        socket.send(frame(json.dumps({"type": "join", "room": room, "name": name, "load": fresh_load()})))
        socket.receive()

    def be_slow():
        """The code of the close."""
        with RawSocket(installation, receive_buffer=4096) as slow:
            before = max(heard)
            join(slow)
            deadline = time.monotonic() + 60
            while max(heard) - before < enough:
                assert time.monotonic() < deadline, "nothing is told"
                time.sleep(0.005)
            return slow.wait_for_close()

    try:
        for socket in others:
            join(socket)
            socket.wire.settimeout(None)
        for work in [lambda index=index: read(index) for index in range(len(others))] + [toggle]:
            threading.Thread(target=work, daemon=True).start()
        # Only a machine that stood still for that second would need another try.
        codes = []
        while len(codes) < 3 and (4413, "slow_reader") not in codes:
            codes.append(be_slow())
        assert codes[-1] == (4413, "slow_reader"), codes
    finally:
        stop.set()
        for socket in others:
            socket.wire.close()


def test_a_stopped_bridge_is_said_and_forgiven(installation, room):
    bridge = installation.parts["bridge"]
    with SignalSocket(installation) as before, SignalSocket(installation) as during:
        before.join(room)
        os.kill(bridge.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert during.error(timeout=12, type="join", room=room, name="Bob", load=fresh_load()) == ("bridge_unavailable", "join")
            assert time.monotonic() - began < 11
        finally:
            os.kill(bridge.pid, signal.SIGCONT)
        deadline = time.monotonic() + 10
        while True:
            during.send(type="join", room=room, name="Bob", load=fresh_load())
            answer = during.receive(timeout=12)
            if answer["type"] == "welcome":
                break
            assert time.monotonic() < deadline, answer
        assert installation.parts["bridge"] == bridge
