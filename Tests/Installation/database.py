"""A PostgreSQL server that an operator runs, for installations that are told of it by `DATABASE_URL`."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class ForeignPostgres:
    """Started with the object; `stop` it at the end. `environment` is added to that of the server."""

    def __init__(self, environment=None):
        self._environment = os.environ | (environment or {})
        self.folder = tempfile.mkdtemp(prefix="rl-pg-", dir="/tmp")
        self._identity = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._identity = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        os.chmod(self.folder, 0o755)
        self._programs = os.path.dirname(max(glob.glob("/usr/lib/postgresql/*/bin/postgres")))
        subprocess.run(
            self._identity
            + [f"{self._programs}/initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://owner@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self):
        self._server = subprocess.Popen(
            self._identity
            + [f"{self._programs}/postgres", "-D", f"{self.folder}/data", "-h", "127.0.0.1", "-p", str(self.port), "-k", self.folder, "-F"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            cwd="/",
        )
        deadline = time.monotonic() + 30
        while subprocess.run([f"{self._programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode != 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def restart(self, away=0.0):
        """As after a crash: every session is cut off, and for `away` seconds there is nobody."""
        self.stop()
        time.sleep(away)
        self.start()

    def stop(self):
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(10)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def foreign_postgres(environment=None):
    """Its URL."""
    server = ForeignPostgres(environment)
    try:
        yield server.url
    finally:
        server.stop()
        server.remove()
