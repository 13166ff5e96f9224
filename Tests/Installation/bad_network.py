"""
A bad network of our own: two TUN devices, one here and one in a namespace for the clients, and a program between them that delays,
loses, doubles, reorders and holds up what passes. From a seed, and without a module of the kernel.

Started as a program it is the wire itself: it reads a line of JSON with each change of the conditions, and ends with its input.
"""

import contextlib
import ctypes
import dataclasses
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .browser import CHROMIUM
from .network import CLONE_NEWNET

TUN = "/dev/net/tun"
# <linux/if_tun.h>: packets of the network layer, without a header of the kernel's own.
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
HELD_BACK = 0.030


@dataclasses.dataclass(frozen=True)
class Conditions:
    """What each direction does to its packets: seconds, and shares from 0 to 1."""

    delay: float = 0.0
    #: Standard deviation of the delay; the order stays.
    jitter: float = 0.0
    loss: float = 0.0
    #: How many are lost in a row, on average.
    burst: float = 1.0
    duplicate: float = 0.0
    #: Held back for 30 ms, while others pass.
    reorder: float = 0.0
    #: Nothing passes at all.
    blackout: bool = False
    #: Bytes per second to the clients, and from them; `None` is any number.
    downlink: float | None = None
    uplink: float | None = None
    #: Bytes that wait for a narrow line; what comes when it is full is lost (tail drop).
    queue: int = 16_000


class Way:
    """One direction, `downlink` or `uplink`. Time comes in as an argument; what happens to the packets follows from the seed."""

    def __init__(self, seed, direction="downlink"):
        self._random = random.Random(seed)
        self._direction = direction
        self._queue = []
        self._number = 0
        self._is_losing = False
        self._latest = 0.0
        #: When the line has sent everything that it took.
        self._idle_at = 0.0
        self.taken = self.lost = 0

    def take(self, packet, now, conditions):
        self.taken += 1
        if self._loses(conditions) or (sent := self._sent(packet, now, conditions)) is None:
            self.lost += 1
            return
        due = sent + max(0.0, self._random.gauss(conditions.delay, conditions.jitter))
        if self._random.random() < conditions.reorder:
            due += HELD_BACK
        else:
            due = self._latest = max(due, self._latest)
        for _ in range(2 if self._random.random() < conditions.duplicate else 1):
            self._number += 1
            heapq.heappush(self._queue, (due, self._number, packet))

    def _loses(self, conditions):
        """Gilbert's two states: the mean stay in the bad one is `burst` packets."""
        if conditions.blackout or conditions.loss >= 1:
            return True
        stays = 1 - 1 / conditions.burst
        begins = conditions.loss / (conditions.burst * (1 - conditions.loss))
        self._is_losing = self._random.random() < (stays if self._is_losing else begins)
        return self._is_losing

    def _sent(self, packet, now, conditions):
        """When the line has sent the packet to its last byte; `None` if it does not fit behind those that wait."""
        rate = getattr(conditions, self._direction)
        if rate is None:
            return now
        begins = max(now, self._idle_at)
        if (begins - now) * rate + len(packet) > conditions.queue:
            return None
        self._idle_at = begins + len(packet) / rate
        return self._idle_at

    @property
    def next_due(self):
        return self._queue[0][0] if self._queue else None

    def give(self, now):
        """What has arrived by now, in its order."""
        while self._queue and self._queue[0][0] <= now:
            yield heapq.heappop(self._queue)[2]


class BadNetwork:
    """
    The wire between this namespace and one for the clients. A server here is reached at `server`, and must have been started while the
    wire is there; the clients are at `client` until they `move`.
    """

    server = "10.77.0.1"
    client = "10.77.0.2"

    def __init__(self, seed=1, **conditions):
        self.seed = seed
        self.conditions = Conditions(**conditions)

    @staticmethod
    def refusal():
        """Why there can be none here; `None` if there can."""
        try:
            os.close(os.open(TUN, os.O_RDWR))
        except OSError as error:
            return f"A bad network needs {TUN} and root ({error.strerror})."
        return None

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        # This process moves on into the clients' namespace, and holds it for as long as it runs.
        self.process = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", __name__, str(self.seed)],
                cwd=Path(__file__).parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self._stack.callback(self.process.stdin.close)
        assert self.process.stdout.readline() == "up\n", "the wire did not come up"
        self.move(self.client)
        self.become(**dataclasses.asdict(self.conditions))
        return self

    def __exit__(self, *_):
        self._stack.close()

    def inside(self, *command):
        """The command line that runs something among the clients."""
        return ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", *command]

    @property
    def chromium(self):
        """A Chromium that lives among the clients."""
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="rl-wire-")))
        program = folder / "chromium"
        program.write_text(f'#!/bin/sh\nexec {" ".join(self.inside(CHROMIUM))} "$@"\n')
        program.chmod(0o755)
        return str(program)

    def become(self, **changes):
        """Other conditions from now on, for both directions."""
        self.conditions = dataclasses.replace(self.conditions, **changes)
        self.process.stdin.write(json.dumps(dataclasses.asdict(self.conditions)) + "\n")
        self.process.stdin.flush()
        # Said back when it is so, with what has passed until then.
        self.counts = json.loads(self.process.stdout.readline())

    def move(self, address):
        """The clients lose their address and get this one, as between two networks."""
        for command in (
            ["address", "flush", "dev", "wire1"], ["address", "add", f"{address}/24", "dev", "wire1"], ["route", "add", "default", "dev", "wire1"],
        ):  # fmt: skip
            subprocess.run(self.inside("ip", *command), check=True)
        self.client = address

    @contextlib.contextmanager
    def blackout(self):
        self.become(blackout=True)
        try:
            yield
        finally:
            self.become(blackout=False)


def open_device(name):
    device = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", name, "up"], check=True)
    return device


def run(seed):
    """The wire: from each device to the other one, until there is no input any more."""
    here = open_device("wire0")
    subprocess.run(["ip", "address", "add", f"{BadNetwork.server}/24", "dev", "wire0"], check=True)
    assert ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    there = open_device("wire1")
    ways = {here: (Way(f"{seed} in", "downlink"), there), there: (Way(f"{seed} out", "uplink"), here)}
    conditions = Conditions()
    print("up", flush=True)
    while True:
        dues = [way.next_due for way, _ in ways.values() if way.next_due is not None]
        patience = max(0.0, min(dues) - time.monotonic()) if dues else None
        ready, _, _ = select.select([sys.stdin, here, there], [], [], patience)
        for device in ready:
            if device is sys.stdin:
                if not (line := sys.stdin.readline()):
                    return
                conditions = Conditions(**json.loads(line))
                print(json.dumps([[way.taken, way.lost] for way, _ in ways.values()]), flush=True)
                continue
            with contextlib.suppress(BlockingIOError):
                for _ in range(64):
                    packet = os.read(device, 65_536)
                    # What IPv6 says of itself on a new device is nobody's loss.
                    if packet[0] >> 4 == 4:
                        ways[device][0].take(packet, time.monotonic(), conditions)
        for way, far_end in ways.values():
            for packet in way.give(time.monotonic()):
                # A full queue, or a device without an address for a moment: lost, as on any wire.
                with contextlib.suppress(OSError):
                    os.write(far_end, packet)


if __name__ == "__main__":
    run(sys.argv[1])
