"""https and wss, as a microphone needs them anywhere but on the own machine."""

import json
import ssl
import subprocess

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from Installation.ringlink import Installation
from Installation.signal_socket import fresh_load


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for a name, by an authority of the operator's own. Chain and key; the authority beside them."""
    folder = tmp_path_factory.mktemp("certificate")

    def openssl(*words, text=""):
        subprocess.run(["openssl", *words], input=text, cwd=folder, check=True, capture_output=True, text=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Test CA", "-days", "2")
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=call.example.org")
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.crt", "-days", "2",
        "-extfile", "/dev/stdin", text="subjectAltName=DNS:call.example.org,IP:127.0.0.1",
    )  # fmt: skip
    (folder / "chain.crt").write_text((folder / "server.crt").read_text() + (folder / "ca.crt").read_text())
    # Read by who runs Ringlink, not only by who made them.
    for passed in (folder, folder.parent, folder.parent.parent):
        passed.chmod(0o755)
    for name in ("chain.crt", "server.key"):
        (folder / name).chmod(0o644)
    return folder


@pytest.fixture(scope="module", params=["self-signed", "tls-cert"])
def secure(request):
    installation = Installation(request.param + "-call")
    installation.origin = f"https://{installation.host}"
    if request.param == "self-signed":
        installation.options = ["--self-signed"]
        installation.authority = installation.data / "self-signed.crt"
    else:
        folder = request.getfixturevalue("certificate")
        installation.options = ["--tls-cert", str(folder / "chain.crt"), "--tls-key", str(folder / "server.key")]
        installation.authority = folder / "ca.crt"
    with installation.up():
        yield installation


def wss(installation):
    context = ssl.create_default_context(cafile=str(installation.authority))
    return connect(f"wss://127.0.0.1:{installation.port}/signal", ssl=context, origin=installation.origin, compression=None)


def join(socket, room):
    socket.send(json.dumps({"type": "join", "room": room, "name": "Ada", "load": fresh_load()}))
    assert json.loads(socket.recv(timeout=10))["type"] == "welcome"


def test_a_page_over_https_rings_and_is_heard(secure, visitors, room):
    tab = visitors.tab(secure.link(room=room, name="Ada", dial="600", cam="off"), person=visitors.person(ignore_https_errors=True))
    tab.wait_for_call("answered")
    tab.wait_for_tone(440)
    assert tab.page.evaluate("isSecureContext && location.protocol") == "https:"
    assert [socket.url.split("/")[0] for socket in tab.sockets] == ["wss:"]
    tab.press("hangup")
    tab.wait_for_call("ended", outcome="completed")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_a_program_that_checks_the_certificate_is_let_in(secure, room):
    with wss(secure) as socket:
        assert socket.socket.version() in ("TLSv1.2", "TLSv1.3")
        join(socket, room)
    old = ssl.create_default_context(cafile=str(secure.authority))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connect(f"wss://127.0.0.1:{secure.port}/signal", ssl=old, origin=secure.origin)


def test_a_stop_does_not_wait_for_sockets_that_were_closed_or_are_open(secure, room):
    """Each would have lingered for the five seconds that TLS gives a close, and the process been killed for it."""
    with wss(secure) as closed:
        join(closed, room)
    with wss(secure) as open_one:
        join(open_one, room)
        assert secure.stop() < 3
        with pytest.raises(ConnectionClosed) as close:
            while True:
                open_one.recv(timeout=5)
        assert (close.value.rcvd.code, close.value.rcvd.reason) == (1001, "server_restarting")
    assert not [line for line in secure.lines if "did not end in time" in line]
