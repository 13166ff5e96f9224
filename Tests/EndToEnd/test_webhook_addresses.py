"""Where a webhook's name leads is judged when it is connected to: by names of every kind, from a DNS server that changes its mind."""

import contextlib
import ipaddress
import os
import socket
import struct
import threading
import time

import pytest

from Installation.misbehaving_receiver import MisbehavingReceiver
from Installation.ringlink import Installation
from Installation.site import Site

PUBLIC, PUBLIC6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"


class NameServer:
    """A DNS server (RFC 1035) on 127.0.0.1:53 of the tests' network; `names` says what each name's successive answers are."""

    def __init__(self, names):
        self.names = names
        self.asked = []

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                query, sender = self._socket.recvfrom(4096)
            except OSError:
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode().lower())
                at += 1 + query[at]
            question = query[12 : at + 5]
            (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
            name = ".".join(labels)
            addresses = self._answer(name, kind)
            records = b"".join(
                b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(address.packed)) + address.packed for address in addresses
            )
            known = 0x8180 if name in self.names else 0x8183
            self._socket.sendto(query[:2] + struct.pack("!HHHHH", known, 1, len(addresses), 0, 0) + question + records, sender)

    def _answer(self, name, kind):
        """All look-ups of one try get the same: those of A and AAAA come together."""
        rounds = self.names.get(name, [[]])
        self.asked.append((time.monotonic(), name, kind))
        if kind not in (1, 28):
            return []
        before = sum(1 for _, other, of in self.asked[:-1] if (other, of) == (name, kind))
        addresses = [ipaddress.ip_address(text) for text in rounds[min(before, len(rounds) - 1)]]
        return [address for address in addresses if address.version == (4 if kind == 1 else 6)]


class Resolving(Installation):
    """Asks the test's name server: it is the only one that its own mount namespace knows."""

    @property
    def command(self):
        file = self.folder / "resolv.conf"
        file.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        script = f"mount --make-rprivate / && mount --bind {file} /etc/resolv.conf && exec \"$@\""
        return ["unshare", "-m", "sh", "-c", script, "sh", *super().command]


#: Each kind of name, with the answers that it gives one after the other. None of them may reach the receiver.
NAMES = {
    "loopback.hook.test": [["127.0.0.1"]],
    "loopback6.hook.test": [["::1"]],
    "mapped.hook.test": [["::ffff:127.0.0.1"]],
    "translated.hook.test": [["64:ff9b::7f00:1"]],
    "sixtofour.hook.test": [["2002:7f00:1::1"]],
    "zero.hook.test": [["0.0.0.0"]],
    "zero6.hook.test": [["::"]],
    "metadata.hook.test": [["169.254.169.254"]],
    "private.hook.test": [["10.77.0.1"]],
    "shared.hook.test": [["100.64.0.1"]],
    "local6.hook.test": [["fd00::1"]],
    "link6.hook.test": [["fe80::1"]],
    "multicast.hook.test": [["224.0.0.1"]],
    "mixed.hook.test": [[PUBLIC, "127.0.0.1", PUBLIC6, "::1"]],
    # Public when it is looked at, private when it is used.
    "rebinding.hook.test": [[PUBLIC], ["127.0.0.1"]],
    "rebinding6.hook.test": [[PUBLIC6], ["::1"]],
}


@contextlib.contextmanager
def own_addresses():
    """The private and link-local targets exist on this machine, so that a connection to them would succeed."""
    added = ["10.77.0.1/32", "169.254.169.254/32", "100.64.0.1/32", "fd00::1/128"]
    for address in added:
        os.system(f"ip address add {address} dev lo 2>/dev/null")
    try:
        yield
    finally:
        for address in added:
            os.system(f"ip address del {address} dev lo 2>/dev/null")


@pytest.fixture(scope="module")
def resolving(built):
    with NameServer(NAMES) as server, own_addresses():
        installation = Resolving("resolving")
        with installation.up():
            installation.names = server
            yield installation


def attempts(site, webhook):
    (entry,) = site.api.list(f"webhooks/{webhook}/deliveries")
    return entry["attempts"]


def test_no_name_leads_into_the_network_also_one_that_changes_its_mind(resolving):
    site = Site(resolving)
    connected = []
    with contextlib.ExitStack() as open_sockets:
        # One port on every address of the machine, in both families.
        listener = open_sockets.enter_context(socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True))
        port = listener.getsockname()[1]
        listener.settimeout(0.2)

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    with contextlib.suppress(TimeoutError):
                        connected.append(listener.accept()[1])

        threading.Thread(target=accept, daemon=True).start()
        # The listener can be reached by all these ways, or the test would show nothing.
        reached = ["127.0.0.1", "::1", "10.77.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "0.0.0.0"]
        for address in reached:
            socket.create_connection((address, port), timeout=2).close()
        deadline = time.monotonic() + 5
        while len(connected) < len(reached):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        connected.clear()

        hooks = {name: site.api.create("webhooks", url=f"https://{name}:{port}/x")["id"] for name in NAMES}
        for webhook in hooks.values():
            site.api.create(f"webhooks/{webhook}/test")
        tries = {name: 2 if name.startswith("rebinding") else 1 for name in NAMES}
        deadline = time.monotonic() + 45
        while waiting := [name for name, webhook in hooks.items() if len(attempts(site, webhook)) < tries[name]]:
            assert time.monotonic() < deadline, (waiting, resolving.names.asked[-5:])
            time.sleep(0.3)
        failures = {name: [one.get("failure") for one in attempts(site, webhook)] for name, webhook in hooks.items()}
        for name in NAMES:
            # Newest first. The public ones lead nowhere from here.
            expected = ["refused_address", "unreachable"] if tries[name] == 2 else ["unreachable"] if name.startswith("mixed") else ["refused_address"]
            assert failures[name][-len(expected) :] == expected, (name, failures[name])
        assert connected == []
        for webhook in hooks.values():
            site.api.delete(f"webhooks/{webhook}")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1.", "[::ffff:7f00:1]", "[0::1]"])
def test_an_address_in_any_dress_is_refused_when_it_is_set(resolving, host):
    for url in (f"https://{host}:8443/", f"https://user@{host}/", f"http://{host}/"):
        answer = Site(resolving).api.request("POST", "webhooks", {"url": url})
        assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "#/url"


def test_what_the_operator_opens_is_reached_by_name(resolving):
    """The same name server and the same name, at an installation that allows loopback: so the refusals are the guard's."""
    installation = Resolving("resolving-open", {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8"})
    with installation.up(), MisbehavingReceiver() as receiver:
        site = Site(installation)
        url = receiver.url.replace("127.0.0.1", "loopback.hook.test")
        document = site.api.create("webhooks", url=url)
        receiver.secret = document["secret"]
        site.api.create(f"webhooks/{document['id']}/test")
        receiver.wait_for(lambda: receiver.accepted, "it arrives")
