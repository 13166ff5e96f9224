"""What lies between the web side and the bridge, and loses what a test wants to be lost."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ControlRelay:
    """
    A TCP port in front of the bridge's own. Requests and answers pass as they are, signatures and all, but for commands to dial:
    `requests_lost` never reach the bridge, `answers_lost` have reached it and are not answered, each so many times.
    """

    def __init__(self, control_port):
        self.control_port = control_port
        self.requests_lost = 0
        self.answers_lost = 0
        #: The ids of the commands to dial that came here, and of those that the bridge was given.
        self.seen = []
        self.given = []
        self._lock = threading.Lock()

    def __enter__(self):
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                relay._pass(self, body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # A web side that is killed leaves its connections as they are.
        self._server.handle_error = lambda *_: None
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _pass(self, request, body):
        document = json.loads(body)
        is_dial = "dial" in document.get("command", {})
        with self._lock:
            if is_dial:
                self.seen.append(document["id"])
                if self.requests_lost > 0:
                    self.requests_lost -= 1
                    request.close_connection = True
                    return
                self.given.append(document["id"])
            is_lost = is_dial and self.answers_lost > 0
            self.answers_lost -= is_lost
        bridge = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=30)
        try:
            bridge.request("POST", request.path, body, {name: value for name, value in request.headers.items() if name.lower() != "connection"})
            answer = bridge.getresponse()
            content = answer.read()
            if is_lost:
                request.close_connection = True
                return
            request.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    request.send_header(name, value)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            request.close_connection = True
        finally:
            bridge.close()
