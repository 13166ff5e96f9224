"""A peer's process: started in a folder of its own, with its output kept, and ended by its number."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .ringlink import OUTPUT


class Program:
    """What is started here is also ended here; its output lies in `.build/e2e/peers/<name>.log`."""

    def __init__(self, name):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix="rl-peer-", dir="/tmp"))
        self.log = OUTPUT / "peers" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            )

    @property
    def printed(self):
        return self.log.read_text(errors="replace")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def wait_for(self, condition, what, seconds=10):
        """The condition's value as soon as it is true."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert self.is_running, f"{self.name} has ended before {what}:\n{self.printed[-3000:]}"
            assert time.monotonic() < deadline, f"{self.name}: not within {seconds} s: {what}\n{self.printed[-3000:]}"
            time.sleep(0.02)
        return value

    def stop(self):
        if self.is_running:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(3)
        self.process = None
