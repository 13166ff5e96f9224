"""A network of one's own: what is started from here reaches loopback, and is reached from nowhere else."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
MARK = "RINGLINK_TESTS_NETWORK"


class NetworkRefused(Exception):
    """The kernel does not let us have a network namespace."""


def enter_own_network():
    """Moves this process, and so every child it will have, into a new network namespace with loopback up."""
    if os.environ.get(MARK) == "own":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise NetworkRefused(
            f"These tests run in a network namespace of their own, which needs root (unshare: {reason}). Start them as root."
        )
    up = subprocess.run(["ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    if up.returncode != 0:
        raise NetworkRefused(f"Loopback of the tests' network namespace cannot be switched on (ip: {up.stderr.strip()}).")
    os.environ[MARK] = "own"
