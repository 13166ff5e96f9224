"""A receiver of webhooks that can do everything wrong that receivers do, and verifies and counts what it is sent all the same."""

import asyncio
import base64
import json
import threading
import time
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

GIGABYTE = 1 << 30
CHUNK = b"x" * 65_536

#: What it can do instead of a plain 204. `up` decides for itself; the others are named by what the sender meets.
BEHAVIOURS = ("ok", "500", "503-later", "redirect", "hang", "reset", "garbage", "gigabyte", "gigabyte-500", "endless-head", "trickle")


@dataclass(frozen=True)
class Arrival:
    """One POST, in the order of coming."""

    at: float
    id: str
    behaviour: str
    event: dict
    connection: int
    accepted: bool


def verify_asymmetric(public_keys, headers, body):
    """Standard Webhooks' `v1a`, which the PyPI package does not know: one of the signatures is one of the keys'."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
    signatures = [base64.b64decode(one[4:]) for one in headers["webhook-signature"].split(" ") if one.startswith("v1a,")]
    for key in public_keys:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
        for signature in signatures:
            try:
                public.verify(signature, content)
                return json.loads(body)
            except InvalidSignature:
                continue
    raise InvalidSignature


class MisbehavingReceiver:
    """
    Listens on 127.0.0.1 while it is `with`. `behaviour(number, event)` is asked for every request.

    It may be taken `down` and brought `up` again on the same port. Verified are `v1` with `secret` and `v1a` with `public_keys`, as far as set.
    """

    def __init__(self, behaviour=lambda number, event: "ok", address="127.0.0.1"):
        self.behaviour = behaviour
        self.address = address
        self.secret = None
        self.public_keys = []
        self.arrivals = []
        self.refused = []
        self.connections = 0
        self.bytes_sent = 0
        self._port = 0
        self._server = None
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self):
        return f"http://{self.address}:{self._port}/hook?from=ringlink"

    def __enter__(self):
        self._thread.start()
        self.up()
        return self

    def __exit__(self, *_):
        self.down()
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def up(self):
        self._do(self._up())

    def down(self):
        """Nobody listens any more, and what was open is cut."""
        self._do(self._down())

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _up(self):
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self.address, self._port, backlog=512, limit=1 << 20)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _down(self):
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._server = None

    async def _end(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader, writer):
        self.connections += 1
        connection = self.connections
        self._writers.add(writer)
        try:
            while await self._exchange(reader, writer, connection):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _exchange(self, reader, writer, connection):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in head.split("\r\n")[1:] if ":" in line}
        body = await reader.readexactly(int(headers["content-length"]))
        event = self._verified(headers, body)
        behaviour = self.behaviour(len(self.arrivals), event) if event else "401"
        # A status of 2xx takes it, whatever comes after.
        accepted = event is not None and behaviour in ("ok", "gigabyte", "trickle")
        self.arrivals.append(Arrival(time.monotonic(), headers.get("webhook-id"), behaviour, event, connection, accepted))
        return await getattr(self, "_answer_" + behaviour.replace("-", "_"), self._answer_status)(writer, behaviour)

    def _verified(self, headers, body):
        try:
            event = None
            if self.secret is not None:
                event = Webhook(self.secret).verify(body, headers)
            if self.public_keys:
                event = verify_asymmetric(self.public_keys, headers, body)
            assert event is not None and headers["webhook-id"] == event["id"] and len(body) < 20_000
            return event
        except (WebhookVerificationError, InvalidSignature, AssertionError, KeyError, ValueError) as error:
            self.refused.append((repr(error), headers))
            return None

    async def _say(self, writer, data):
        writer.write(data)
        await writer.drain()
        self.bytes_sent += len(data)

    async def _answer_status(self, writer, behaviour):
        status = {"ok": "204 No Content", "500": "500 Oops", "401": "401 Who"}[behaviour]
        length = b"" if behaviour == "ok" else b"Content-Length: 0\r\n"
        await self._say(writer, b"HTTP/1.1 " + status.encode() + b"\r\n" + length + b"\r\n")
        return True

    async def _answer_503_later(self, writer, _):
        await self._say(writer, b"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n")
        return True

    async def _answer_redirect(self, writer, _):
        await self._say(writer, b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        return True

    async def _answer_hang(self, writer, _):
        await asyncio.sleep(60)
        return False

    async def _answer_reset(self, writer, _):
        return False

    async def _answer_garbage(self, writer, _):
        await self._say(writer, b"220 smtp.example.com ESMTP\r\n")
        return False

    async def _answer_gigabyte(self, writer, _, status=b"200 OK"):
        await self._say(writer, b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % GIGABYTE)
        for _ in range(GIGABYTE // len(CHUNK)):
            await self._say(writer, CHUNK)
        return True

    async def _answer_gigabyte_500(self, writer, behaviour):
        return await self._answer_gigabyte(writer, behaviour, b"500 Oops")

    async def _answer_endless_head(self, writer, _):
        await self._say(writer, b"HTTP/1.1 200 OK\r\n")
        while True:
            await self._say(writer, b"X-More: " + CHUNK[:8_000] + b"\r\n")

    async def _answer_trickle(self, writer, _):
        await self._say(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await self._say(writer, b"x")
            await asyncio.sleep(0.5)

    # What came

    @property
    def accepted(self):
        """The events that were taken, in the order of coming; a repeated one is there again."""
        return [arrival.event for arrival in list(self.arrivals) if arrival.accepted]

    def wait_for(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert not self.refused, self.refused[:3]
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}; {len(self.arrivals)} arrivals, {len(self.accepted)} accepted"
            time.sleep(0.05)
        return value
