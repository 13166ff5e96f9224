"""A client of `/signal` that does what it is told, right or wrong."""

import collections
import ipaddress
import json
import secrets
import socket
import time
from contextlib import ExitStack

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def fresh_load():
    return secrets.token_hex(16)


def visitor_address(number):
    """A loopback address of its own for each number, apart from those that tests name themselves (127.0.0.0/16 to 127.15.0.0/16)."""
    return str(ipaddress.ip_address("127.16.0.1") + number)


class SignalSocket:
    """One WebSocket. Whatever comes is kept in `heard`, in order. `source` is the address that it comes from, of 127.0.0.0/8."""

    #: Where those come from for whom nothing else is said: a server counts the joins of an address, and tests may be quick.
    home = "127.0.0.1"
    #: The joins that each address asked for.
    joins = collections.Counter()

    def __init__(self, installation, path="/signal", origin=None, headers=None, source=None):
        self.heard = []
        self.source = source = source or SignalSocket.home
        self._waiting = []
        wire = socket.create_connection(("127.0.0.1", installation.port), timeout=10, source_address=(source, 0))
        self._open = ExitStack()
        self.socket = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{installation.port}{path}",
                sock=wire,
                origin=origin or installation.origin,
                additional_headers=headers,
                compression=None,
                ping_interval=None,
                max_size=None,
                max_queue=None,
                open_timeout=10,
                close_timeout=3,
            )
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._open.close()

    def send(self, **frame):
        SignalSocket.joins[self.source] += frame.get("type") == "join"
        self.socket.send(json.dumps(frame))

    def text(self, text):
        self.socket.send(text)

    def receive(self, type=None, timeout=10, refusal=None, **members):
        """
        The next frame of this type and with these members; others before it are left to later calls.

        An error about `refusal` is the end of waiting, in its own words.
        """
        deadline = time.monotonic() + timeout
        if type is not None:
            members["type"] = type
        while True:
            for index, frame in enumerate(self._waiting):
                if all(frame.get(name) == value for name, value in members.items()):
                    return self._waiting.pop(index)
            try:
                text = self.socket.recv(timeout=max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"no frame {members} within {timeout} s, but {self._waiting}") from None
            frame = json.loads(text)
            self.heard.append(frame)
            self._waiting.append(frame)
            assert refusal is None or frame["type"] != "error" or frame.get("about") != refusal, f"{refusal} refused: {frame}"

    def answer(self, timeout=10, **frame):
        """Sends a frame and answers the next one of any type."""
        self._waiting.clear()
        self.send(**frame)
        return self.receive(timeout=timeout)

    def error(self, timeout=10, **frame):
        """Sends a frame that is to be refused; answers the error's code and what it is about."""
        self.send(**frame)
        error = self.receive("error", timeout=timeout)
        assert error["detail"].strip(), error
        return error["code"], error.get("about")

    def join(self, room, name="Test", load=None, resume=None, timeout=10):
        frame = {"type": "join", "room": room, "name": name, "load": load or fresh_load()}
        if resume is not None:
            frame["resume"] = resume
        self.send(**frame)
        return self.receive("welcome", timeout=timeout, refusal="join")

    def is_open(self):
        """Whether the server still answers."""
        self.send(type="ping")
        self.receive("pong")
        return True

    def wait_for_close(self, timeout=10):
        """The code and the reason with which the server closes."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.heard.append(json.loads(self.socket.recv(timeout=max(0.0, deadline - time.monotonic()))))
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
            except TimeoutError:
                raise AssertionError(f"still open after {timeout} s") from None


def refused_call(installation, room):
    """A call row without any media: a number that nobody has allowed."""
    with SignalSocket(installation) as browser:
        browser.join(room)
        browser.send(type="dial", number="+49301234567", origin="user", key=secrets.token_hex(8))
        return browser.receive("dial-status", state="ended")["call"]
