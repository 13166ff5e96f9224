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


@contextlib.contextmanager
def foreign_postgres():
    """Its URL."""
    folder = tempfile.mkdtemp(prefix="rl-pg-", dir="/tmp")
    identity = []
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        identity = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    os.chmod(folder, 0o755)
    programs = os.path.dirname(max(glob.glob("/usr/lib/postgresql/*/bin/postgres")))
    subprocess.run(
        identity
        + [f"{programs}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        cwd="/",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        identity + [f"{programs}/postgres", "-D", f"{folder}/data", "-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        deadline = time.monotonic() + 20
        while subprocess.run([f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode != 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"postgresql://owner@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
