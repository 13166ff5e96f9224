"""Bytes on a TCP connection, for everything that a well-behaved client would never send."""

import base64
import http.client
import io
import os
import socket
from dataclasses import dataclass


@dataclass
class Answer:
    """One HTTP answer; header names in lower case."""

    status: int
    headers: dict
    body: bytes


def request(method, target, installation, headers=None, close=True):
    """A plain request, as bytes."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {installation.host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def upgrade(installation, path="/signal", version="1.1", method="GET", **changes):
    """A right request for a WebSocket, and what is to be wrong in it: a header by its name with `_`; `None` leaves it out."""
    headers = {
        "Host": installation.host,
        "Origin": installation.origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    for name, value in changes.items():
        headers[name.replace("_", "-")] = value
    lines = [f"{method} {path} HTTP/{version}"]
    for name, value in headers.items():
        values = value if isinstance(value, list) else [value]
        lines += [f"{name}: {one}" for one in values if one is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def connect(installation, timeout=5):
    return socket.create_connection(("127.0.0.1", installation.port), timeout=timeout)


def read_answer(file, method="GET"):
    """The next answer on the connection; `None` if it is closed without one."""
    line = file.readline()
    if not line:
        return None
    version, status = line.split(b" ", 2)[:2]
    assert version.startswith(b"HTTP/1."), line
    headers = {name.lower(): value for name, value in http.client.parse_headers(file).items()}
    if int(status) == 101 or method == "HEAD":
        return Answer(int(status), headers, b"")
    if "content-length" in headers:
        return Answer(int(status), headers, file.read(int(headers["content-length"])))
    return Answer(int(status), headers, b"" if int(status) in (204, 304) else file.read())


def exchange(installation, data, count=1, timeout=5):
    """Sends bytes on a new connection; the answer (or answers). A connection that is reset has no answer."""
    with connect(installation, timeout) as wire:
        try:
            wire.sendall(data)
            file = wire.makefile("rb")
            answers = [read_answer(file) for _ in range(count)]
        except ConnectionError:
            answers = [None]
    return answers[0] if count == 1 else answers


def frame(payload, opcode=1, final=True, masked=True, reserved=0, length=None):
    """A WebSocket frame (RFC 6455 section 5.2), right or wrong. `length` may claim another size than the payload has."""
    data = payload.encode() if isinstance(payload, str) else payload
    size = len(data) if length is None else length
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mark = 0x80 if masked else 0
    if size < 126:
        head += bytes([mark | size])
    elif size < 65_536:
        head += bytes([mark | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([mark | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + data
    key = os.urandom(4)
    repeated = (key * (len(data) // 4 + 1))[: len(data)]
    return head + key + (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(data), "big")


class RawSocket:
    """A WebSocket whose frames are made by hand."""

    def __init__(self, installation, receive_buffer=None):
        self.wire = socket.socket()
        if receive_buffer:
            self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.wire.settimeout(10)
        self.wire.connect(("127.0.0.1", installation.port))
        self.wire.sendall(upgrade(installation))
        self.file = io.BufferedReader(socket.SocketIO(self.wire, "r"), 65_536)
        answer = read_answer(self.file)
        assert answer.status == 101, answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def send(self, data):
        self.wire.sendall(data)

    def receive(self, timeout=10):
        """The next frame: opcode and payload; `None` at the end of the connection."""
        self.wire.settimeout(timeout)
        head = self.file.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            size = int.from_bytes(self.file.read(2), "big")
        elif size == 127:
            size = int.from_bytes(self.file.read(8), "big")
        assert not head[1] & 0x80, "a server must not mask"
        payload = self.file.read(size)
        return (head[0] & 0x0F, payload) if len(payload) == size else None

    def wait_for_close(self, timeout=10):
        """Code and reason of the close frame that comes, whatever comes before it; 1006 if there is none."""
        try:
            while (received := self.receive(timeout)) is not None:
                opcode, payload = received
                if opcode == 8:
                    return int.from_bytes(payload[:2], "big"), payload[2:].decode()
        except ConnectionError:
            pass
        return 1006, ""
