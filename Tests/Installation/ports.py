"""Ports of the peers. Nobody else is in this network; installations count from 20,000 on, the kernel gives out from 32,768 on."""

import itertools

# 20 apart: baresip takes the port above its own for TLS, and its control port lies in between.
_ports = itertools.count(15_000, 20)


def own_port():
    """A port that nobody else in this run has, with the nineteen above it."""
    return next(_ports)
