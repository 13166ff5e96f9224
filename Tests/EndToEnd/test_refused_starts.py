"""What stands in the way of a start is one sentence that names what to change."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import pytest

from Installation.ringlink import Installation


@pytest.fixture
def refused():
    """Runs `ringlink up` where it cannot start; answers its one sentence."""
    made = []

    def start(prepare=lambda installation: None, environment=None, **changes):
        installation = Installation("refused", environment)
        made.append(installation)
        for name, value in changes.items():
            setattr(installation, name, value)
        prepare(installation)
        began = time.monotonic()
        answer = subprocess.run(installation.command, capture_output=True, text=True, timeout=60, cwd="/")
        assert answer.returncode not in (0, None), answer.stdout
        assert answer.returncode > 0, f"ended by signal {-answer.returncode}"
        assert time.monotonic() - began < 30
        sentences = [line for line in answer.stderr.splitlines() if line.startswith("ringlink: ")]
        assert len(sentences) == 1, answer.stderr
        return sentences[0]

    yield start
    for installation in made:
        installation.remove()


def test_a_taken_port_names_its_option(running, refused):
    sentence = refused(port=running.port)
    assert str(running.port) in sentence and "--port" in sentence
    sentence = refused(control_port=running.control_port)
    assert str(running.control_port) in sentence and "--control-port" in sentence
    sentence = refused(media_port=running.media_port)
    assert str(running.media_port) in sentence and "--media-port" in sentence
    sentence = refused(sip_port=running.sip_port)
    assert str(running.sip_port) in sentence and "--sip-port" in sentence
    with contextlib.ExitStack() as taken:
        for port in (61_000, 61_003):
            socket_ = taken.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            socket_.bind(("0.0.0.0", port))
        assert "--rtp-ports" in refused(rtp_ports="61000-61003")


def test_a_folder_in_use_is_said(running, refused):
    assert "Another Ringlink runs in" in refused(data=running.data)


def test_a_path_too_long_for_a_socket_is_said(refused):
    def lengthen(installation):
        installation.data = installation.folder / ("x" * 100)

    sentence = refused(lengthen)
    assert "too long" in sentence and "--data" in sentence


def test_a_foreign_folder_is_left_alone(refused):
    def foreign(installation):
        installation.data.mkdir(parents=True)
        (installation.data / "letters.txt").write_text("mine")

    sentence = refused(foreign)
    assert "not Ringlink's" in sentence and "--data" in sentence


def test_a_cluster_of_another_postgresql_is_said(refused):
    def old(installation):
        cluster = installation.data / "postgres"
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("9\n")
        # The mark by which a folder is known as an installation's.
        (installation.data / "lock").touch()
        if os.getuid() == 0:
            for path in [installation.data, *installation.data.rglob("*")]:
                shutil.chown(path, "ringlink", "ringlink")

    sentence = refused(old)
    assert "PostgreSQL 9" in sentence and "--data" in sentence


def test_a_full_disk_is_said(refused):
    made = []

    def fill(installation):
        installation.data.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(installation.data)], capture_output=True)
        if mounted.returncode != 0:
            pytest.skip("no tmpfs may be mounted here")
        made.append(installation.data)

    try:
        sentence = refused(fill)
        assert "full" in sentence and "--data" in sentence
    finally:
        for folder in made:
            subprocess.run(["umount", str(folder)])


def test_an_option_that_makes_no_sense_is_said():
    command = Installation("options")
    for option in (["--port", "0"], ["--rtp-ports", "9-1"], ["--tls-cert", "x"], ["--public-url", "ftp://x"], ["--bind"], ["--nonsense"]):
        answer = subprocess.run(command.command + option, capture_output=True, text=True, timeout=20)
        assert answer.returncode > 0
        assert "Error:" in answer.stderr, answer.stderr
    command.remove()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"dialling": "open"}', "dialling"),
        ('{"caps": {"calls_per_day": -1}}', "caps.calls_per_day"),
        ('{"trusted_proxies": ["10.0.0.1/8"]}', "trusted_proxies.0"),
        ("dialing: open", "JSON"),
    ],
)
def test_a_configuration_that_cannot_be_used_names_its_key(refused, text, named):
    def configure(installation):
        installation.data.mkdir()
        (installation.data / "ringlink.conf").write_text(text)

    sentence = refused(configure)
    assert named in sentence and "ringlink.conf" in sentence


def test_a_configuration_that_is_not_there_is_said(refused):
    assert "cannot be read" in refused(options=["--config", "/nonexistent/ringlink.conf"])
