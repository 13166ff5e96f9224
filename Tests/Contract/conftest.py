"""Sockets as most tests want them. What takes a minute by its nature is begun with the first test and looked at by its own."""

import itertools
import threading
import time

import pytest

from Installation.raw import connect
from Installation.rest import REST
from Installation.signal_socket import SignalSocket, fresh_load, visitor_address


class Patience:
    """Waits in the background for the other side to end something; answers after how many seconds it did, and how."""

    def __init__(self, wait):
        self._began = time.monotonic()
        self._wait = wait
        self._done = threading.Event()
        self.seconds = None
        self.result = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            self.result = self._wait()
        except Exception as error:
            self.result = error
        self.seconds = time.monotonic() - self._began
        self._done.set()

    def wait(self, longest):
        """`longest` seconds since it was begun."""
        left = max(0.1, longest - (time.monotonic() - self._began))
        assert self._done.wait(left), f"nothing within {longest} s"
        if isinstance(self.result, Exception):
            raise self.result
        return self.seconds


#: What a test may ask of one address, far below the 300 that the server takes at once. Who wants more names an address itself.
MANY_JOINS = 100


@pytest.fixture(scope="session")
def visitor_numbers():
    return itertools.count(1)


@pytest.fixture(autouse=True)
def home(visitor_numbers):
    """Each test's sockets come from an address of their own, so that no machine is too fast for the limits of an address."""
    SignalSocket.home = visitor_address(next(visitor_numbers))
    yield SignalSocket.home
    joins, SignalSocket.home = SignalSocket.joins[SignalSocket.home], "127.0.0.1"
    assert joins <= MANY_JOINS, f"{joins} joins from one address: the limit of an address is not far, see JoinGate"


@pytest.fixture(scope="session", autouse=True)
def silent_socket(installation):
    """Joined, and then silent."""
    socket = SignalSocket(installation)
    socket.join("silence")
    return Patience(lambda: socket.wait_for_close(90))


@pytest.fixture(scope="session", autouse=True)
def undecided_socket(installation):
    """Open, and never joined; its pings change nothing about that."""
    socket = SignalSocket(installation)
    socket.send(type="ping")
    return Patience(lambda: socket.wait_for_close(30))


@pytest.fixture(scope="session", autouse=True)
def silent_connection(installation):
    """Connected, without a byte."""
    wire = connect(installation, timeout=30)
    return Patience(lambda: wire.recv(1))


@pytest.fixture(scope="session", autouse=True)
def open_guard(installation):
    """The tests dial some numbers, more often than people: what `test_guard.py` is not about."""
    rest = REST(installation)
    for prefix in ("+49", "+1"):
        rest.made("/v1/guard/rules", {"kind": "allow", "prefix": prefix})
    for cap in ("per_ip_hour", "per_network_hour", "per_day", "concurrent", "internal_per_ip_hour", "link_burst", "trunk_burst"):
        rest.made("/v1/guard/rules", {"kind": "cap", "cap": cap, "limit": None})


@pytest.fixture
def socket(installation):
    """Open, and not joined."""
    with SignalSocket(installation) as socket:
        yield socket


@pytest.fixture
def joined(socket, room):
    """In a room of its own, as Ada."""
    socket.load = fresh_load()
    socket.welcome = socket.join(room, name="Ada", load=socket.load)
    return socket


@pytest.fixture(scope="module")
def rest(installation):
    """REST with the installation's first key, which may do everything."""
    return REST(installation)
