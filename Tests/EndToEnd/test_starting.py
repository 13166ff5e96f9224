"""The installation as its operator starts and stops it: what runs, as whom, and that nothing is left."""

import os
import pwd
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import time

import pytest
import requests

from Installation.browser import Visitors
from Installation.processes import descendants
from Installation.raw import read_answer, upgrade
from Installation.ringlink import SERVICE_USER, Installation
from Installation.signal_socket import SignalSocket, refused_call


def test_a_second_start_takes_under_five_seconds_and_keeps_everything(running, room):
    call = refused_call(running, room)
    before, key = running.call(call), running.key
    assert running.stop() < 5
    seconds = running.start()
    assert seconds < 5, seconds
    assert running.printed_key is None, "the key is shown once"
    assert (running.data / "api-key").read_text().strip() == key
    assert running.call(call) == before


def test_nothing_runs_as_root(running):
    user = pwd.getpwnam(SERVICE_USER)
    everybody = descendants(running.process.pid)
    assert {"api", "bridge", "postgres"} == set(running.parts)
    assert len(everybody) > 3
    for process in everybody:
        if not process.is_alive:
            continue
        assert set(process.users) == {user.pw_uid}, process.command
        assert set(process.groups) <= set(os.getgrouplist(SERVICE_USER, user.pw_gid)), process.command
        with open(f"/proc/{process.pid}/status") as file:
            effective = next(line.split()[1] for line in file if line.startswith("CapEff:"))
        assert int(effective, 16) == 0, process.command


def test_secrets_are_the_operators_alone(running):
    for name in ("secret.key", "api-key"):
        assert stat.S_IMODE((running.data / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    stored = running.rows("SELECT * FROM api_keys")
    assert len(stored) == 1
    assert running.key.removeprefix("ak_") not in "\t".join(stored[0])
    # No child is told more than it needs, and nobody can read it in the list of processes.
    for process in descendants(running.process.pid):
        assert not any((running.data / "secret.key").read_text().strip() in word for word in process.command)


def test_nothing_listens_but_what_the_options_name(running):
    def listening(table):
        with open(f"/proc/net/{table}") as file:
            rows = [line.split() for line in list(file)[1:]]
        return {row[1] for row in rows if row[3] == "0A"}

    ports = {int(address.split(":")[1], 16): address.split(":")[0] for address in listening("tcp") | listening("tcp6")}
    mine = {port: address for port, address in ports.items() if running.port <= port < running.port + 20}
    # 0100007F is 127.0.0.1 as /proc writes it.
    assert mine == {running.port: "0100007F", running.control_port: "0100007F"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_calls_politely_and_everything_within_five_seconds(running, browser, room, number):
    visitors = Visitors(browser)
    try:
        tab = visitors.tab(running.link(room=room, name="Ada", dial="600", cam="off"))
        call = tab.wait_for_call("answered")
        with SignalSocket(running) as other:
            other.join(room)
            assert running.stop(number) < 5
            assert other.wait_for_close() == (1001, "server_restarting")
        assert running.process.returncode == 0
        assert "was killed" not in running.printed
        tab.wait_for_state("reconnecting")
        assert "restarting" in tab.notice("socket")
        running.start()
        document = running.call(call)
        assert document["state"] == "ended" and document["outcome"] == "completed", document
        # The page comes back by itself, and shows what became of its call.
        tab.wait_for_media(60)
        assert tab.wait_for_call("ended") == call
        assert running.calls_in(room) == [call]
    finally:
        visitors.leave()


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6, 1.0])
def test_a_stop_during_the_very_first_start_leaves_nothing(own, seconds):
    """The first start makes the database: it is given up half-way, and the next one begins anew."""
    if own.is_running:
        own.stop()
    shutil.rmtree(own.data, ignore_errors=True)
    own.process = subprocess.Popen(own.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
    time.sleep(seconds)
    everybody = descendants(own.process.pid)
    began = time.monotonic()
    own.process.send_signal(signal.SIGTERM)
    _, complaints = own.process.communicate(timeout=8)
    assert time.monotonic() - began < 5
    assert own.process.returncode == 0, complaints
    assert "ringlink: " not in complaints and "was killed" not in complaints, complaints
    time.sleep(0.1)
    assert not [process.command for process in everybody if process.is_alive]
    own.start()
    assert kept_key_opens(own)


def kept_key_opens(installation):
    """Whether the key that lies in the data folder is one that the database knows."""
    key = (installation.data / "api-key").read_text().strip()
    return installation.get("/v1/keys", headers={"Authorization": f"Bearer {key}"}).status_code == 200


@pytest.mark.parametrize("late", [0, 0.002, 0.01, 0.05])
def test_the_first_key_is_kept_whenever_the_first_start_is_killed(own, late):
    """The database keeps a hash: what is killed around the moment in which the key is made must not take it along."""
    if own.is_running:
        own.stop()
    shutil.rmtree(own.data, ignore_errors=True)
    own.process = subprocess.Popen(own.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    deadline = time.monotonic() + 30
    while not (own.data / "api-key").exists():
        assert own.process.poll() is None and time.monotonic() < deadline
        time.sleep(0.0005)
    time.sleep(late)
    own.process.kill()
    own.process.wait()
    own.start()
    assert kept_key_opens(own)


def test_the_supervisors_death_takes_everything_with_it(running):
    everybody = descendants(running.process.pid)
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 5
    while left := [process for process in everybody if process.is_alive]:
        assert time.monotonic() < deadline, [process.command for process in left]
        time.sleep(0.05)
    assert running.start() < 15


def test_a_second_installation_runs_beside_the_first(installation, running, room):
    assert installation.port != running.port
    call = refused_call(running, room)
    answer = installation.get(f"/v1/calls/{call}", headers={"Authorization": f"Bearer {installation.key}"})
    assert answer.status_code == 404
    # A key of one opens nothing of the other.
    assert running.get(f"/v1/calls/{call}", headers={"Authorization": f"Bearer {installation.key}"}).status_code == 401


def test_keys_are_made_by_command_and_open_what_their_scopes_say(running, room):
    call = refused_call(running, room)

    def status(*options):
        command = [running.command[0], "key", "create", "--data", str(running.data), *options]
        made = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd="/")
        assert made.returncode == 0, made.stderr
        id, secret = made.stdout.split()
        assert id.startswith("ky_") and secret.startswith("ak_")
        return running.get(f"/v1/calls/{call}", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert status() == 200
    assert status("--scope", "calls:read", "--days", "1") == 200
    assert status("--scope", "links:write") == 403


def test_https_with_a_certificate_made_here_under_a_public_name():
    installation = Installation("self-signed")
    installation.options = [
        "--self-signed",
        "--public-url",
        "https://call.example.org",
        "--public-url",
        f"https://127.0.0.1:{installation.port}",
    ]
    try:
        installation.start()
        assert all(link.startswith("https://call.example.org/room.html?") for link in installation.links)
        address = f"https://127.0.0.1:{installation.port}"
        assert requests.get(address + "/readyz", verify=False, timeout=10).status_code == 200
        certificate = ssl.get_server_certificate(("127.0.0.1", installation.port))
        shown = subprocess.run(
            ["openssl", "x509", "-noout", "-ext", "subjectAltName"], input=certificate, capture_output=True, text=True
        ).stdout
        assert "DNS:call.example.org" in shown and "IP Address:127.0.0.1" in shown
        assert stat.S_IMODE((installation.data / "self-signed.key").stat().st_mode) == 0o600
        context = ssl.create_default_context(cadata=certificate)
        context.check_hostname = False
        for origin, host, status in (
            ("https://call.example.org", "call.example.org", 101),
            (address, f"127.0.0.1:{installation.port}", 101),
            ("http://call.example.org", "call.example.org", 403),
            ("https://call.example.org", "localhost", 403),
        ):
            with context.wrap_socket(socket.create_connection(("127.0.0.1", installation.port), timeout=5)) as wire:
                wire.sendall(upgrade(installation, Origin=origin, Host=host))
                assert read_answer(wire.makefile("rb")).status == status, (origin, host)
        assert installation.stop() < 5
    finally:
        installation.kill()
        installation.remove()
