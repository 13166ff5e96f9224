"""/metrics, for Prometheus."""

import re
import shutil
import subprocess

import pytest
import requests

from Installation.rest import REST, is_problem
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket, fresh_load

TOKEN = "watching-the-metrics-1"


@pytest.fixture(scope="module")
def watched():
    with Installation("watched", {"RINGLINK_API_METRICS_TOKEN": TOKEN}).up() as installation:
        yield installation


def scrape(installation, bearer):
    return requests.get(installation.origin + "/metrics", headers={"Authorization": f"Bearer {bearer}"}, timeout=10)


def samples(text):
    """Value by name and labels."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in found, f"{name} is there twice"
            found[name] = float(value)
    return found


def test_promtool_finds_nothing_wrong(watched):
    tool = shutil.which("promtool")
    assert tool, "promtool is missing (Debian package prometheus): scripts/install test"
    text = scrape(watched, TOKEN).text
    answer = subprocess.run([tool, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 0 and not answer.stderr.strip(), answer.stderr + answer.stdout
    # And it would find something.
    broken = subprocess.run([tool, "check", "metrics"], input="x_total{ 1\n", capture_output=True, text=True, timeout=30)
    assert broken.returncode != 0


def test_only_the_token_or_a_key_with_the_scope_reads(watched):
    assert scrape(watched, TOKEN).headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert scrape(watched, watched.key).status_code == 200
    admin = REST(watched)
    reader = admin.made("/v1/keys", {"name": "prometheus", "scopes": ["metrics:read"]})["key"]
    other = admin.made("/v1/keys", {"name": "crm", "scopes": ["calls:read"]})["key"]
    assert scrape(watched, reader).status_code == 200
    assert "metrics:read" in is_problem(scrape(watched, other), 403, "forbidden")["detail"]
    # From this very machine: a proxy in front of it would make everybody local.
    is_problem(watched.get("/metrics"), 401, "unauthorized")
    for wrong in (TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "", "ak_" + "0" * 32):
        is_problem(scrape(watched, wrong), 401, "unauthorized")


def test_the_token_is_nothing_but_for_the_metrics(watched):
    is_problem(watched.get("/v1/trunks", headers={"Authorization": f"Bearer {TOKEN}"}), 401, "unauthorized")


def test_what_happens_is_counted(watched):
    rest = REST(watched)
    before = samples(scrape(watched, TOKEN).text)
    rest.get("/v1/trunks/x")
    watched.get("/nowhere")
    watched.get("/elsewhere")
    requests.request("PROPFIND", watched.origin + "/pot", timeout=10)
    with SignalSocket(watched) as socket:
        socket.join("metrics", load=fresh_load())
        socket.send(type="dial", number="+49301234567", origin="user", key="metrics-1")
        socket.receive("dial-status", state="ended")
        after = samples(scrape(watched, TOKEN).text)
        assert after["ringlink_bridge_browsers"] == 1 and after["ringlink_bridge_rooms"] == 1

    def grown(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grown('ringlink_http_requests_total{method="GET",route="/v1/trunks/{id}",status="404"}') == 1
    assert grown('ringlink_http_requests_total{method="GET",route="none",status="404"}') == 2
    assert grown('ringlink_http_requests_total{method="other",route="none",status="404"}') == 1
    assert grown('ringlink_http_request_duration_seconds_count{method="GET",route="/v1/trunks/{id}"}') == 1
    assert grown('ringlink_guard_refusals_total{rule="allowlist"}') == 1
    assert after["ringlink_database_up"] == after["ringlink_bridge_up"] == 1
    assert after["ringlink_database_connections"] >= 1
    assert 10e6 < after["process_resident_memory_bytes"] < 2e9 and 10e6 < after["ringlink_bridge_process_resident_memory_bytes"] < 2e9


def test_a_request_that_nobody_signed_is_counted_by_the_bridge(watched):
    before = samples(scrape(watched, TOKEN).text)['ringlink_bridge_control_refused_total{reason="unsigned"}']
    port = re.search(rb"RINGLINK_CONTROL_PORT=(\d+)", open(f"/proc/{watched.parts['bridge'].pid}/environ", "rb").read()).group(1).decode()
    answer = requests.post(f"http://127.0.0.1:{port}/control/figures", json={"epoch": 0}, timeout=10)
    assert answer.status_code == 401 and not answer.content
    assert samples(scrape(watched, TOKEN).text)['ringlink_bridge_control_refused_total{reason="unsigned"}'] == before + 1


def test_neither_numbers_nor_names_nor_paths_are_shown_however_many_are_asked_for(watched):
    rest = REST(watched)
    rest.made("/v1/trunks", {"name": "Hidden carrier", "host": "carrier.example.net", "enabled": False})
    rest.made("/v1/extensions", {"number": "4711", "display_name": "Hidden desk"})
    lines = len(scrape(watched, TOKEN).text.splitlines())
    session = requests.Session()
    for number in range(300):
        session.get(f"{watched.origin}/hidden/{number}?dial=%2B4930901820", timeout=10)
        session.request(f"HIDDEN{number}", f"{watched.origin}/", timeout=10)
    text = scrape(watched, TOKEN).text
    assert len(text.splitlines()) < lines + 60
    for hidden in ("hidden", "carrier", "4711", "4930", "127.0.0.1", "ak_", TOKEN):
        assert hidden not in text.lower(), hidden
