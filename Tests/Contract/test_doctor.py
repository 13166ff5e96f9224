"""`ringlink doctor`: each thing is broken once, and named in words that say what to do."""

import calendar
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from Installation.database import foreign_postgres
from Installation.rest import REST
from Installation.ringlink import BINARY, ROOT, SERVICE_USER, Installation


class Report:
    def __init__(self, answer):
        self.code = answer.returncode
        self.text = answer.stdout + answer.stderr
        self.lines = {}
        for line in answer.stdout.splitlines():
            verdict, subject, sentence = line[:9].strip(), line[9:25].strip(), line[25:]
            self.lines.setdefault(subject, []).append((verdict, sentence))

    def of(self, subject):
        return self.lines.get(subject) or pytest.fail(f"nothing of {subject}:\n{self.text}")

    def is_good(self, subject):
        assert {verdict for verdict, _ in self.of(subject)} == {"ok"}, self.text

    def is_fault(self, subject, *words):
        assert self.code == 1, self.text
        found = [sentence for verdict, sentence in self.of(subject) if verdict == "FAULT"]
        assert any(all(word in sentence for word in words) for sentence in found), self.text


def doctor(installation, *options, **environment):
    command = [str(BINARY), "doctor", *installation.command[2:], *options]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("RINGLINK_")} | installation.environment | environment
    return Report(subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, cwd="/"))


@pytest.fixture(scope="module")
def idle():
    """An installation that was never started."""
    installation = Installation("doctor-idle")
    yield installation
    installation.remove()


class Carrier:
    """Answers OPTIONS over UDP, and nothing else."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(65_536)
            except OSError:
                return
            lines = data.decode().split("\r\n")
            if lines[0].startswith("OPTIONS "):
                kept = [line for line in lines[1:] if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
                self.socket.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), peer)

    def __exit__(self, *_):
        self.socket.close()


def test_a_running_installation_is_well(installation):
    with Carrier() as carrier:
        rest = REST(installation)
        trunk = rest.made("/v1/trunks", {"name": "Good carrier", "host": "127.0.0.1", "port": carrier.port})
        report = doctor(installation)
        rest.delete(f"/v1/trunks/{trunk['id']}")
    assert report.code == 0, report.text
    for subject in ("configuration", "disk", "database", "migrations", "ports", "service", "bridge", "DNS", "trunks", "public address"):
        report.is_good(subject)
    assert ("ok", "«Good carrier» answers OPTIONS (200).") in report.of("trunks")
    assert installation.key not in report.text


def test_an_installation_that_does_not_run_is_looked_at_and_left_alone(idle):
    report = doctor(idle)
    assert report.code == 0, report.text
    report.is_good("ports")
    assert report.of("database")[0][0] == "-" and report.of("service")[0][0] == "-"
    assert not idle.data.exists()


def test_the_configuration(idle):
    doctor(idle, RINGLINK_CAPS_CALLS_PER_DAY="many").is_fault("configuration", "RINGLINK_CAPS_CALLS_PER_DAY", "whole number")


def test_the_ports(idle):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", idle.port))
        taken.listen()
        doctor(idle).is_fault("ports", str(idle.port), "--port")


def test_the_disk(idle):
    if os.getuid() != 0:
        pytest.skip("needs root to mount a small disk")
    # Where the service's own user may go, too.
    small = Path(tempfile.mkdtemp(prefix="rl-small-", dir="/tmp"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", str(small)], check=True)
    try:
        os.chmod(small, 0o755)
        doctor(idle, "--data", str(small)).is_fault("disk", "MB left", "--data")
    finally:
        subprocess.run(["umount", str(small)], check=True)
        small.rmdir()


def test_a_database_that_is_not_there(idle):
    doctor(idle, DATABASE_URL="postgresql://owner@127.0.0.1:9/postgres").is_fault("database", "DATABASE_URL", "Is it running")


def test_migrations_and_the_clock():
    with foreign_postgres() as url:
        installation = Installation("doctor-foreign", {"DATABASE_URL": url})
        try:
            report = doctor(installation)
            report.is_good("database")
            assert report.of("migrations")[0][0] == "warning" and " 0 of " in report.of("migrations")[0][1]
            installation.start()
            installation.stop()
            doctor(installation).is_good("migrations")
            installation.rows("INSERT INTO schema_migrations VALUES (9999, 'of tomorrow', 'x', now())")
            doctor(installation).is_fault("migrations", "start the newer Ringlink")
            installation.rows("DELETE FROM schema_migrations WHERE version = 9999")
            installation.rows("UPDATE schema_migrations SET sha256 = 'x' WHERE version = 2")
            doctor(installation).is_fault("migrations", "another text")
        finally:
            installation.kill()
            installation.remove()


def test_the_signature_of_the_bridge(installation):
    report = doctor(installation, RINGLINK_SECRET_KEY="ab" * 32)
    report.is_fault("bridge", "does not believe our signature", "secret")


def test_a_service_that_is_asked_at_another_port(installation):
    doctor(installation, "--port", str(installation.port + 15)).is_fault("service", "does not answer", "--port")


def test_trunks_that_are_silent_and_names_that_nobody_knows(installation):
    rest = REST(installation)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        made = [
            rest.made("/v1/trunks", {"name": "Silent", "host": "127.0.0.1", "port": silent.getsockname()[1]}),
            rest.made("/v1/trunks", {"name": "Nameless", "host": "nowhere.invalid"}),
            rest.made("/v1/trunks", {"name": "Off", "host": "off.invalid", "enabled": False}),
        ]
        report = doctor(installation)
    for trunk in made:
        rest.delete(f"/v1/trunks/{trunk['id']}")
    report.is_fault("trunks", "«Silent»", "does not answer OPTIONS", "UDP")
    report.is_fault("DNS", "nowhere.invalid", "resolv.conf")
    assert "off.invalid" not in report.text


def test_the_public_address(idle):
    doctor(idle, "--public-address", "example.org").is_fault("public address", "example.org", "not an IP address")
    doctor(idle, "--bind", "0.0.0.0").is_fault("public address", "no address but its own loopback")
    report = doctor(idle, "--bind", "0.0.0.0", "--public-address", "203.0.113.7", "--public-url", "http://call.example.org")
    report.is_good("public address")
    assert any(verdict == "warning" and "microphone" in sentence for verdict, sentence in report.of("https"))


def test_the_secret_is_never_shown(installation):
    report = doctor(installation)
    key = (installation.data / "secret.key").read_text().strip()
    assert key not in report.text and not re.search(r"\b[0-9a-f]{64}\b", report.text) and SERVICE_USER


@pytest.fixture(scope="module")
def shifted():
    """The environment of a program for which it is another time of day, by so many seconds; its timers go on as ever."""
    # PostgreSQL runs as another user, who must get there.
    place = Path(tempfile.mkdtemp(prefix="rl-clock-", dir="/tmp"))
    place.chmod(0o755)
    library, source = place / "clock_shift.so", ROOT / "Tests/Installation/clock_shift.c"
    subprocess.run([shutil.which("clang") or "cc", "-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    yield lambda seconds: {"LD_PRELOAD": str(library), "CLOCK_SHIFT_SECONDS": str(seconds)}
    shutil.rmtree(place)


@pytest.mark.parametrize(("seconds", "words"), [(90, "s behind the database's"), (-3_600, "s ahead of the database's"), (1, None)])
def test_a_clock_that_is_not_that_of_the_database(shifted, seconds, words):
    """The host of the database has another time, really: all of PostgreSQL is told so by its C library."""
    with foreign_postgres(shifted(seconds)) as url:
        installation = Installation("doctor-clock", {"DATABASE_URL": url})
        try:
            report = doctor(installation)
            if words is None:
                assert report.of("clock")[0][0] in ("ok", "warning"), report.text
            else:
                report.is_fault("clock", words, "timedatectl")
                # Between the two looks there is a moment.
                told = int(re.search(r"It is (\d+) s", report.of("clock")[0][1])[1])
                assert abs(told - abs(seconds)) <= 1
        finally:
            installation.remove()


def test_a_clock_that_has_lost_its_battery(idle, shifted):
    """The doctor's own host believes that it is the year 2000."""
    seconds = calendar.timegm((2000, 1, 1, 0, 0, 0)) - int(time.time())
    doctor(idle, **shifted(seconds)).is_fault("clock", "2000-01-01T00:0", "which is past", "timedatectl")
