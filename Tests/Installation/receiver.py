"""A server that takes webhooks as a customer's would: it verifies every one with the reference library, or it is a failure."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from .rest import REST


class Receiver:
    """Listens on 127.0.0.1; `with` it. What it answers is `statuses`, one for each request, and 204 when there are no more."""

    def __init__(self):
        self.secret = None
        self.statuses = []
        self.headers = {}
        self.events = []
        self.refused = []
        self.retries = []
        self._changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer._take(dict(self.headers), body)
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?from=ringlink"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _take(self, headers, body):
        with self._changed:
            status = self.statuses.pop(0) if self.statuses else 204
            try:
                event = Webhook(self.secret).verify(body, {name.lower(): value for name, value in headers.items()})
                assert event == json.loads(body) and headers["webhook-id"] == event["id"]
                (self.events if 200 <= status < 300 else self.retries).append(event)
            except (WebhookVerificationError, AssertionError, KeyError) as error:
                self.refused.append(repr(error))
                status = 400
            self._changed.notify_all()
            return status

    def wait(self, condition, seconds=15, pause=None):
        """The events, once `condition` holds for them."""
        deadline = time.monotonic() + seconds
        while True:
            with self._changed:
                assert not self.refused, self.refused
                if condition(self.events):
                    return list(self.events)
                assert time.monotonic() < deadline, f"after {seconds} s only {[event['type'] for event in self.events]}"
                if pause is None:
                    self._changed.wait(0.2)
            if pause is not None:
                pause(0.2)

    def of_call(self, call):
        return [event for event in self.events if event["data"].get("call", {}).get("id") == call]


def register(installation, receiver, **fields):
    """Makes a webhook for the receiver by REST, of calls if nothing else is said; answers its document."""
    document = REST(installation).made("/v1/webhooks", {"url": receiver.url, "events": ["call.*"]} | fields)
    receiver.secret = document["secret"]
    return document
