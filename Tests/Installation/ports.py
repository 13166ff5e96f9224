"""Ports of the peers. Nobody else is in this network; installations count from 20,000 on, the kernel gives out from 32,768 on."""

import itertools

_ports = itertools.count(15_000, 8)


def own_port():
    """A port that nobody else in this run has, with the seven above it."""
    return next(_ports)


def media_ports(port):
    """Eight ports of media for whoever has this one."""
    return 10_000 + port - 15_000
