"""The CRM's end of the webhooks: verifies each delivery with the library that its authors publish, and misbehaves on demand."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from .ports import own_port


@dataclass(frozen=True)
class Delivery:
    """One POST as it came, and how it was answered."""

    at: float
    path: str
    headers: dict
    body: bytes
    verified: bool
    status: int
    event: dict = field(default_factory=dict)

    @property
    def id(self):
        return self.headers.get("webhook-id")


class WebhookReceiver:
    """Answers 204, or what `misbehave` was given for the next deliveries. The endpoint's secret may be set later."""

    def __init__(self, secret=None):
        self.secret = secret
        self.port = own_port()
        self.deliveries = []
        self.delay = 0
        self.headers = {}
        self._misbehaviour = []
        self._lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = receiver._take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def misbehave(self, *statuses):
        """The next deliveries are answered with these, one each, whatever they are."""
        self._misbehaviour = list(statuses)

    def _take(self, path, headers, body):
        try:
            event = Webhook(self.secret).verify(body, headers)
            verified = True
        except (WebhookVerificationError, json.JSONDecodeError):
            event, verified = {}, False
        time.sleep(self.delay)
        with self._lock:
            status = self._misbehaviour.pop(0) if self._misbehaviour else 204 if verified else 401
            self.deliveries.append(Delivery(time.monotonic(), path, headers, body, verified, status, event))
        return status

    # What came

    @property
    def events(self):
        """The events that were verified and taken, in the order of their coming; a repeated one is there again."""
        return [delivery.event for delivery in self.deliveries if delivery.verified and delivery.status < 300]

    @property
    def types(self):
        return [event["type"] for event in self.events]

    def of_call(self, call):
        """The events of one call."""
        return [event for event in self.events if event.get("data", {}).get("call", {}).get("id") == call]

    def wait_for(self, condition, what, seconds=15, pause=time.sleep):
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}; but {self.types}, {[(d.verified, d.status) for d in self.deliveries]}"
            pause(0.05)
        return value
