"""Who gets a WebSocket, and how everybody else is refused: with an answer, at once, and without harm."""

import json
import re
import time

import pytest

from Installation.raw import RawSocket, connect, exchange, frame, read_answer, request, upgrade

ENDPOINTS = ["/signal", "/signal.ashx"]


def is_refused(answer, status, code):
    assert answer is not None, "closed without an answer"
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.body)["code"] == code


@pytest.mark.parametrize("path", [*ENDPOINTS, "/signal?x=1", "/signal.ashx?"])
def test_a_right_request_is_upgraded(installation, path):
    answer = exchange(installation, upgrade(installation, path, Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ=="))
    assert answer.status == 101
    # RFC 6455 section 1.3.
    assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert answer.headers["upgrade"].lower() == "websocket"
    assert "sec-websocket-extensions" not in answer.headers


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:{other}",
        "null",
        "",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}/path",
        "http://user@127.0.0.1:{port}",
        "file://",
        "127.0.0.1:{port}",
        "http://[::1]:{port}",
    ],
)
def test_a_wrong_origin_is_refused(installation, path, origin):
    origin = origin.format(port=installation.port, other=installation.port + 1)
    is_refused(exchange(installation, upgrade(installation, path, Origin=origin)), 403, "forbidden_origin")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:{other}", "127.0.0.1:{port}.evil.example", "", "localhost.:{port}"],
)
def test_a_wrong_host_is_refused(installation, path, host):
    host = host.format(port=installation.port, other=installation.port + 1)
    is_refused(exchange(installation, upgrade(installation, path, Host=host)), 403, "forbidden_host")


def test_the_names_of_this_machine_for_itself_are_all_right(installation):
    for name in ("localhost", "127.0.0.1", "LOCALHOST"):
        host = f"{name}:{installation.port}"
        assert exchange(installation, upgrade(installation, Host=host, Origin=f"http://{host}")).status == 101, name


def test_two_origins_or_two_hosts_are_refused(installation):
    is_refused(exchange(installation, upgrade(installation, Origin=[installation.origin, installation.origin])), 403, "forbidden_origin")
    answer = exchange(installation, upgrade(installation, Host=[installation.host, "evil.example"]))
    assert answer.status in (400, 403)


def test_without_an_origin_a_key_is_needed(installation):
    is_refused(exchange(installation, upgrade(installation, Origin=None)), 403, "forbidden_origin")
    is_refused(exchange(installation, upgrade(installation, Origin=None, Authorization="Bearer ak_" + "0" * 32)), 401, "unauthorized")
    assert exchange(installation, upgrade(installation, Origin=None, Authorization=f"Bearer {installation.key}")).status == 101
    # A key is no leave for the page of another site.
    answer = exchange(installation, upgrade(installation, Origin="http://evil.example", Authorization=f"Bearer {installation.key}"))
    is_refused(answer, 403, "forbidden_origin")


@pytest.mark.parametrize("path", ["/", "/room.html", "/healthz", "/nowhere", "/v1/calls/x", "/signal/", "/SIGNAL"])
def test_another_path_is_answered_as_what_it_is(installation, path):
    plain = exchange(installation, request("GET", path, installation))
    asked = exchange(installation, upgrade(installation, path))
    # Each request has an id of its own.
    said = [re.sub(rb'"request_id":"[^"]*"', b'', answer.body) for answer in (asked, plain)]
    assert asked.status == plain.status and said[0] == said[1]


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "changes",
    [
        {"Upgrade": "h2c"},
        {"Upgrade": "websocket, h2c"},
        {"Upgrade": "TLS/1.0"},
        {"Upgrade": ""},
        {"Upgrade": None},
        {"Connection": "keep-alive"},
        {"Connection": None},
        {"Sec_WebSocket_Key": None},
        {"Sec_WebSocket_Key": ""},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": "x" * 24},
        {"Sec_WebSocket_Key": "x" * 5000},
        {"Sec_WebSocket_Key": ["dGhlIHNhbXBsZSBub25jZQ=="] * 2},
        {"Sec_WebSocket_Version": None},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Version": "14"},
        {"Sec_WebSocket_Version": ["13", "13"]},
        {"version": "1.0"},
        {"Upgrade": ["websocket", "h2c"]},
    ],
    ids=lambda changes: "-".join(f"{name}={str(value)[:12]}" for name, value in changes.items()),
)
def test_a_request_that_is_no_websocket_gets_the_build_stamp(installation, path, changes):
    began = time.monotonic()
    answer = exchange(installation, upgrade(installation, path, **changes))
    assert answer is not None and answer.status in (200, 400), answer
    if answer.status == 200:
        assert answer.body.startswith(b"ringlink/")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_another_method_with_an_upgrade_is_refused(installation, method):
    answer = exchange(installation, upgrade(installation, method=method, Content_Length="0"))
    is_refused(answer, 405, "method_not_allowed")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        b"hello\r\n\r\n",
        b"\0" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"\r\n" * 4 + b"\xff\xfe\r\n",
    ],
    ids=["tls", "hello", "zeros", "GET", "version-9", "http2", "negative-length", "two-lengths", "ff-fe"],
)
def test_garbage_is_answered_or_closed_and_the_server_lives(installation, garbage):
    answer = exchange(installation, garbage)
    assert answer is None or 400 <= answer.status < 600, answer
    with connect(installation) as wire:
        wire.sendall(garbage)
        wire.settimeout(13)
        # Whatever it was: the connection does not stay.
        try:
            while wire.recv(65_536):
                pass
        except ConnectionError:
            pass
    assert installation.get("/healthz").status_code == 200


def test_garbage_for_http_is_a_problem_document(installation):
    is_refused(exchange(installation, b"hello\r\n\r\n"), 400, "malformed_request")


def test_only_the_first_request_of_a_connection_can_upgrade(installation):
    with connect(installation) as wire:
        wire.sendall(request("GET", "/healthz", installation, close=False))
        file = wire.makefile("rb")
        assert read_answer(file).status == 200
        wire.sendall(upgrade(installation))
        answer = read_answer(file)
        assert answer is None or answer.status in (200, 400), answer


def test_a_refused_connection_is_over(installation):
    with connect(installation) as wire:
        wire.sendall(upgrade(installation, Origin="http://evil.example") + frame('{"type":"ping"}'))
        file = wire.makefile("rb")
        assert read_answer(file).status == 403
        assert file.read() == b""


def test_frames_right_behind_the_request_are_not_lost(installation):
    with connect(installation) as wire:
        wire.sendall(upgrade(installation) + frame('{"type":"ping"}'))
        file = wire.makefile("rb")
        assert read_answer(file).status == 101
        head = file.read(2)
        assert file.read(head[1]) == b'{"type":"pong"}'


def test_a_hundred_sockets_at_once(installation):
    sockets = [RawSocket(installation) for _ in range(100)]
    try:
        for one in sockets:
            one.send(frame('{"type":"ping"}'))
        assert all(one.receive() == (1, b'{"type":"pong"}') for one in sockets)
    finally:
        for one in sockets:
            one.wire.close()
