"""Processes as the kernel shows them in /proc."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process; with its start time, so that a number that was given out again is somebody else."""

    pid: int
    started: int

    @property
    def is_alive(self):
        stat = _stat(self.pid)
        return stat is not None and stat["started"] == self.started and stat["state"] != "Z"

    @property
    def command(self):
        """Empty once it is gone."""
        try:
            with open(f"/proc/{self.pid}/cmdline", "rb") as file:
                return [part.decode() for part in file.read().split(b"\0")[:-1]]
        except (FileNotFoundError, ProcessLookupError):
            return []

    @property
    def users(self):
        """Real, effective, saved and file system user ids."""
        return _ids(self.pid, "Uid:")

    @property
    def groups(self):
        return _ids(self.pid, "Gid:") + _ids(self.pid, "Groups:")


def descendants(pid):
    """The children of `pid`, theirs, and so on."""
    parents = {}
    for name in os.listdir("/proc"):
        stat = _stat(int(name)) if name.isdigit() else None
        if stat:
            parents.setdefault(stat["parent"], []).append(Process(int(name), stat["started"]))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += [child.pid for child in children]
    return found


def children(pid):
    return [process for process in descendants(pid) if _stat(process.pid) and _stat(process.pid)["parent"] == pid]


def _stat(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            # The name in brackets may hold anything, brackets too.
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return {"state": fields[0], "parent": int(fields[1]), "started": int(fields[19])}


def _ids(pid, name):
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith(name))
    return [int(word) for word in line.split()[1:]]
