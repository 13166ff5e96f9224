"""One installation: `ringlink up` in a folder and on ports of its own."""

import contextlib
import glob
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import requests

from .processes import children, descendants

ROOT = Path(__file__).resolve().parents[2]
# `RINGLINK_BINARY` tests another build, such as a copy while the next one is linked.
BINARY = Path(os.environ.get("RINGLINK_BINARY") or ROOT / ".build/release/ringlink")
OUTPUT = ROOT / ".build/e2e"
SERVICE_USER = "ringlink"

# Nobody else is in this network, and these lie below the ports that the kernel gives out by itself.
_ports = itertools.count(20_000, 20)


class Installation:
    """Started and stopped as an operator does it; what it prints is kept in `.build/e2e/<name>.log`."""

    def __init__(self, name, environment=None):
        self.name = name
        # A short path: PostgreSQL's socket lies in it. Others than root must be able to pass through.
        self.folder = Path(tempfile.mkdtemp(prefix="rl-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.port = next(_ports)
        self.control_port = self.port + 1
        self.media_port = self.port + 2
        self.sip_port = self.port + 19
        # Fifty phones at once, between everybody's ports and those of the kernel.
        first = 24_000 + (self.port - 20_000) // 20 * 100
        self.rtp_ports = f"{first}-{first + 99}"
        self.host = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.host}"
        self.environment = environment or {}
        self.options = []
        self.lines = []
        self.process = None
        self._key = None
        self._has_started = False

    # Starting and stopping

    @property
    def command(self):
        return [
            str(BINARY),
            "up",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
            "--control-port",
            str(self.control_port),
            "--media-port",
            str(self.media_port),
            "--sip-port",
            str(self.sip_port),
            "--rtp-ports",
            self.rtp_ports,
            *self.options,
        ]

    def start(self, timeout=90):
        """Starts it and waits for its banner; answers the seconds that it took."""
        began = time.monotonic()
        self.lines = []
        OUTPUT.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "RINGLINK_SECRET_KEY")}
        environment |= {"RINGLINK_LOG": "info"} | self.environment
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        while not any(line.endswith("Ctrl-C ends it.") for line in list(self.lines)):
            if self.process.poll() is not None:
                self._reader.join(2)
                raise AssertionError(f"{self.name} ended with {self.process.returncode} while it started:\n{self.printed}")
            if time.monotonic() - began > timeout:
                self.kill()
                raise AssertionError(f"{self.name} was not ready within {timeout} s:\n{self.printed}")
            time.sleep(0.02)
        return time.monotonic() - began

    def _read(self, stream):
        with open(OUTPUT / f"{self.name}.log", "a" if self._has_started else "w") as log:
            self._has_started = True
            for line in stream:
                self.lines.append(line.rstrip("\n"))
                log.write(line)
                log.flush()

    @property
    def printed(self):
        return "\n".join(self.lines[-40:])

    def stop(self, number=signal.SIGTERM):
        """Stops it as Ctrl-C does; answers the seconds that it took. Nothing of it may be left."""
        everybody = descendants(self.process.pid)
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} had not stopped after 10 s:\n{self.printed}") from None
        seconds = time.monotonic() - began
        left = [process for process in everybody if process.is_alive]
        self._reader.join(2)
        assert not left, f"still running after the stop: {[process.command for process in left if process.is_alive]}"
        return seconds

    def kill(self):
        """The end of a test that went wrong: whatever is left of it."""
        if self.process is None:
            return
        for process in descendants(self.process.pid):
            if process.is_alive:
                os.kill(process.pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def up(self):
        """Started for a while, then stopped, within the five seconds that a stop may take, and removed."""
        try:
            self.start()
            yield self
            if self.is_running:
                assert self.stop() < 5
        finally:
            self.kill()
            self.remove()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    # What it printed

    @property
    def links(self):
        return [match.group(1) for line in self.lines if (match := re.match(r"\s+\S+\s+(https?://\S+)$", line))]

    @property
    def printed_key(self):
        """The API key, if this start has shown one."""
        return next((match.group(1) for line in self.lines if (match := re.search(r"shown only now: (ak_[0-9a-f]{32})", line))), None)

    @property
    def key(self):
        if self._key is None:
            self._key = self.printed_key or (self.data / "api-key").read_text().strip()
        return self._key

    @key.setter
    def key(self, key):
        """Of an installation whose database had a key already."""
        self._key = key

    @property
    def bridge(self):
        """The name of its bridge in the books."""
        return (self.data / "bridge-id").read_text().strip()

    # Its processes

    @property
    def parts(self):
        """`api`, `bridge` and, if it is its own, `postgres`."""
        found = {}
        for process in children(self.process.pid):
            program, *arguments = process.command or [""]
            name = os.path.basename(program)
            if name == "ringlink" and arguments and arguments[0] in ("api", "bridge"):
                found[arguments[0]] = process
            elif name == "postgres":
                found["postgres"] = process
        return found

    # Speaking to it

    def link(self, **parameters):
        """The address of its room page; underscores at the end are for Python's own words."""
        return f"{self.origin}/room.html?{urllib.parse.urlencode(parameters)}"

    def get(self, path, **options):
        return requests.get(self.origin + path, timeout=10, **options)

    def call(self, call):
        answer = self.get(f"/v1/calls/{call}", headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait_for_end(self, call, timeout=20, pause=time.sleep):
        """The call's document once it has ended, and when that was seen."""
        deadline = time.monotonic() + timeout
        while (document := self.call(call))["state"] != "ended":
            assert time.monotonic() < deadline, f"not ended after {timeout} s: {document}"
            pause(0.2)
        return document

    def wait_until_ready(self, timeout=20):
        deadline = time.monotonic() + timeout
        while True:
            try:
                if self.get("/readyz").status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            assert time.monotonic() < deadline, f"not ready after {timeout} s:\n{self.printed}"
            time.sleep(0.05)

    def rows(self, query):
        """Rows of its database, each a list of texts."""
        psql = max(glob.glob("/usr/lib/postgresql/*/bin/psql"))
        if foreign := self.environment.get("DATABASE_URL"):
            command = [psql, foreign]
        else:
            identity = ["setpriv", f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--clear-groups"] if os.getuid() == 0 else []
            command = identity + [psql, "-h", str(self.data / "run"), "-d", "postgres"]
        answer = subprocess.run(
            command + ["-AtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query], capture_output=True, text=True, cwd="/", timeout=20
        )
        assert answer.returncode == 0, answer.stderr
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def calls_in(self, room):
        """The ids of all calls that the room ever had."""
        return [row[0] for row in self.rows(f"SELECT id FROM calls WHERE room = '{room}' ORDER BY queued_at")]
