"""Somebody else's PostgreSQL."""

import glob
import os
import signal
import socket
import subprocess
import time

import pytest

from Installation.database import foreign_postgres
from Installation.processes import descendants
from Installation.ringlink import Installation
from Installation.signal_socket import refused_call


@pytest.fixture
def foreign():
    """A PostgreSQL server that an operator runs."""
    with foreign_postgres() as url:
        yield url


def test_database_url_is_used_and_no_cluster_is_made(foreign, room):
    installation = Installation("foreign-database", {"DATABASE_URL": foreign})
    try:
        installation.start()
        assert set(installation.parts) == {"api", "bridge"}
        assert not (installation.data / "postgres").exists()
        call = refused_call(installation, room)
        psql = max(glob.glob("/usr/lib/postgresql/*/bin/psql"))
        found = subprocess.run([psql, foreign, "-AtXc", "SELECT id FROM calls"], capture_output=True, text=True, cwd="/")
        assert found.stdout.split() == [call]
        # The password of a database must not stand in a list of processes.
        assert not any("postgresql://" in word for process in descendants(installation.process.pid) for word in process.command)
        assert installation.stop() < 5
        assert installation.start() < 5
        assert installation.call(call)["outcome"] == "blocked"
        assert installation.stop() < 5
    finally:
        installation.kill()
        installation.remove()


def test_a_stop_while_the_database_is_silent_is_prompt():
    """A server that takes the connection and never says a word: a host behind a firewall looks like this."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        installation = Installation("silent-database", {"DATABASE_URL": f"postgresql://owner@127.0.0.1:{silent.getsockname()[1]}/postgres"})
        process = subprocess.Popen(
            installation.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | installation.environment,
            cwd="/",
        )
        try:
            silent.settimeout(10)
            connection, _ = silent.accept()
            everybody = descendants(process.pid)
            assert everybody
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=10)
            assert time.monotonic() - began < 2
            assert process.returncode == 0
            assert "ringlink: " not in complaints, complaints
            assert not [left.command for left in everybody if left.is_alive]
            connection.close()
        finally:
            process.kill()
            process.wait()
            installation.remove()
