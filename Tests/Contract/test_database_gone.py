"""The database goes, and comes back: 503 meanwhile, on every operation, and everything catches up."""

import contextlib
import re
import socket
import threading
import time

import pytest
import requests

from Installation import contract
from Installation.database import foreign_postgres
from Installation.rest import REST, is_problem
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket, fresh_load

TOKEN = "watching-the-metrics-1"
OPERATIONS = [
    (method.upper(), path)
    for path, item in contract.document()["paths"].items()
    if path.startswith("/v1/")
    for method in ("get", "post", "patch", "delete")
    if method in item
]


class Line:
    """The way to a server, which can be cut: then nobody gets through, and who was through is thrown out."""

    def __init__(self, port):
        self.to = port
        self.is_cut = False
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.to))
                self.open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.is_cut = True
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.open = []

    def mend(self):
        self.is_cut = False


@pytest.fixture(scope="module")
def cut_off():
    """An installation with a call of before, and without its database."""
    with foreign_postgres() as url:
        line = Line(int(re.search(r":(\d+)/", url).group(1)))
        environment = {"DATABASE_URL": re.sub(r":\d+/", f":{line.port}/", url), "RINGLINK_API_METRICS_TOKEN": TOKEN}
        with Installation("database-gone", environment).up() as installation:
            installation.call_room = SignalSocket(installation)
            installation.call_room.join("of-before", load=fresh_load())
            line.cut()
            # The connections that were open find out by their next use.
            deadline = time.monotonic() + 15
            while installation.get("/readyz").status_code != 503:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            installation.line = line
            yield installation
            line.mend()
            installation.wait_until_ready()


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_every_operation_answers_503_and_when_to_come_again(cut_off, method, path):
    answer = requests.request(
        method, cut_off.origin + re.sub(r"\{[^}]+\}", "x", path), headers={"Authorization": f"Bearer {cut_off.key}"}, timeout=20
    )
    is_problem(answer, 503, "not_ready")
    assert int(answer.headers["Retry-After"]) >= 1 and answer.headers["X-Request-Id"]


def test_the_process_is_there_and_says_which_part_is_not(cut_off):
    assert cut_off.get("/healthz").status_code == 200
    assert is_problem(cut_off.get("/readyz"), 503, "not_ready")["detail"] == "Not ready: database."
    is_problem(cut_off.get("/signal?healthsummary=1"), 503, "not_ready")
    assert cut_off.get("/signal").status_code == cut_off.get("/room.html").status_code == 200


def test_the_metrics_are_read_by_their_token_and_say_it(cut_off):
    text = requests.get(cut_off.origin + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).text
    assert "\nringlink_database_up 0\n" in text and "\nringlink_bridge_up 1\n" in text
    assert "ringlink_calls_total" not in text


def test_who_is_in_a_room_stays_there_and_everything_catches_up(cut_off):
    cut_off.call_room.send(type="ping")
    assert cut_off.call_room.receive()["type"] == "pong"
    cut_off.line.mend()
    try:
        cut_off.wait_until_ready()
        rest = REST(cut_off)
        assert rest.get("/v1/trunks").status_code == 200
        key = {"Idempotency-Key": "after-the-fall"}
        assert rest.post("/v1/signing-keys", {"name": "after"}, headers=key).status_code == 201
        with SignalSocket(cut_off) as late:
            assert len(late.join("of-before", load=fresh_load())["peers"]) == 2
    finally:
        cut_off.line.cut()
