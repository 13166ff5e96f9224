"""What nobody means well by: hostile JSON, paths, headers, slow and silent clients. A clear 4xx, nothing half-done, no growth."""

import json
import resource
import socket
import time

import pytest
import requests

from Installation.raw import connect, exchange, read_answer, request
from Installation.rest import is_problem

PATH = "/v1/signing-keys"


def memory(installation):
    """Bytes that the API process has in memory."""
    with open(f"/proc/{installation.parts['api'].pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def count(rest):
    names, after = 0, None
    while True:
        page = rest.get(PATH, params={"limit": 100} | ({"after": after} if after else {})).json()
        names += len(page["data"])
        if not (after := page["next"]):
            return names


@pytest.fixture(autouse=True)
def nothing_is_done_and_the_server_lives(installation, rest, request):
    parts, before = installation.parts, count(rest)
    yield
    assert installation.get("/readyz").status_code == 200
    assert installation.parts == parts, "a process has fallen"
    if "makes" not in request.keywords:
        assert count(rest) == before, "something was done"


# JSON

HOSTILE = {
    "depth": b'{"name": ' + b"[" * 13 + b"]" * 13 + b"}",
    "depth of a hundred thousand": b'{"name":' * 8_000,
    "depth of brackets": b"[" * 60_000,
    "twice": b'{"name": "a", "name": "b"}',
    "twice by escape": b'{"name": "a", "n\\u0061me": "b"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "raw NUL": b'{"name": "a\x00b"}',
    "lone high surrogate": b'{"name": "\\ud83d"}',
    "lone low surrogate": b'{"name": "\\ude00"}',
    "wrong pair": b'{"name": "\\ud83d\\u0041"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "overlong": b'{"name": "\xc0\xaf"}',
    "beyond Unicode": b'{"name": "\xf4\x90\x80\x80"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "UTF-32": '{"name": "a"}'.encode("utf-32"),
    "byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "NaN": b'{"name": NaN}',
    "comment": b'{"name": "a" /* x */}',
    "trailing comma": b'{"name": "a",}',
    "two documents": b'{"name": "a"}{"name": "b"}',
    "single quotes": b"{'name': 'a'}",
    "newline in a text": b'{"name": "a\nb"}',
    "cut": b'{"name": "a',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_malformed(rest, body):
    problem = is_problem(rest.ask("POST", PATH, data=body, headers={"Content-Type": "application/json"}), 400, "malformed_body")
    assert "(byte " in problem["detail"]


WRONG = {
    "huge number": b'{"name": 1e400}',
    "a number of 60,000 digits": b'{"name": ' + b"9" * 60_000 + b"}",
    "control": b'{"name": "\\u0007"}',
    "line separator": '{"name": "a\u2028b"}'.encode(),
    "object": b'{"name": {"a": 1}}',
    "unknown": b'{"name": "a", "__proto__": {}}',
    "many unknown": json.dumps({"name": "a"} | {f"x{n}": n for n in range(4_000)}).encode(),
    "long name of a member": json.dumps({"name": "a", "x" * 50_000: 1}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_what_no_field_can_hold_is_named(rest, body):
    answer = rest.ask("POST", PATH, data=body, headers={"Content-Type": "application/json"})
    problem = is_problem(answer, 422, "invalid_fields")
    assert 1 <= len(problem["errors"]) <= 50 and len(answer.content) < 20_000


@pytest.mark.makes
@pytest.mark.parametrize("name", ["𝔞", "a" * 80, "‮abc", "'; DROP TABLE api_keys; --", "<script>", "%00", "\\u0000", "😀" * 20])
def test_odd_names_are_kept_as_they_are(rest, name):
    answer = rest.post(PATH, {"name": name})
    if answer.status_code == 201:
        assert rest.get(f"{PATH}/{answer.json()['id']}").json()["name"] == name
    else:
        is_problem(answer, 422, "invalid_fields")


@pytest.mark.parametrize(
    "type",
    ["", "json", "application", "application/", "application/json, text/html", "application/json\t;x", "multipart/form-data; boundary=x", "text/json", "*/*"],
)
def test_a_wrong_type_of_body_is_told(rest, type):
    answer = rest.ask("POST", PATH, data=b'{"nam": "a"}', headers={"Content-Type": type})
    assert answer.status_code in (415, 422) and answer.headers["Content-Type"] == "application/problem+json", type


# Paths and headers


@pytest.mark.parametrize(
    "path",
    [
        "/v1%2fsigning-keys", "/v1/./signing-keys", "/v1/../v1/signing-keys", "/%2e%2e/%2e%2e/etc/passwd", "/..%c0%af..", "//v1//signing-keys",
        "/v1/signing-keys/..%2fkeys", "/v1/signing-keys/%00", "/v1/signing-keys/%", "/v1/signing-keys/%zz", "/v1/signing-keys/%ff%fe",
        "/v1/signing-keys;a=b", "/V1/signing-keys", "/v1/signing-keys/sk_000000000000/x", "/v1/signing-keys/" + "a" * 8_000, "/\\..\\..",
        "/v1/signing-keys/sk_000000000000%0d%0aX:%20y", "/v1/signing-keys/..", "/v1/signing-keys/.",
    ],
)  # fmt: skip
def test_a_tricky_path_leads_nowhere(installation, path):
    headers = {"Authorization": f"Bearer {installation.key}"}
    answer = exchange(installation, request("GET", path, installation, headers))
    if answer.status == 200:
        assert path.startswith("//"), path
        return
    assert answer.status in (400, 404), (path, answer)
    assert json.loads(answer.body)["code"] in ("not_found", "unknown_signing_key", "malformed_request", "invalid_request")
    assert "x" not in answer.headers


REQUEST = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n"
MALFORMED = {
    "length and chunks": "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "two lengths": "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "length of letters": "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: abc\r\n\r\n",
    "negative length": "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
    "length beyond all": "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "chunk of letters": "POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "unknown coding": "POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "folded header": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: a\r\n b\r\n\r\n",
    "space before the colon": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX : a\r\n\r\n",
    "no colon": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nnonsense\r\n\r\n",
    "NUL in a header": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: a\0b\r\n\r\n",
    "bare CR": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: a\rY: b\r\n\r\n",
    "no version": "GET /healthz\r\n\r\n",
    "version 3": "GET /healthz HTTP/3.0\r\nHost: {host}\r\n\r\n",
    "not HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a header of 100 kB": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: " + "x" * 100_000 + "\r\n\r\n",
    "headers of 100 kB": "GET /healthz HTTP/1.1\r\nHost: {host}\r\n" + "".join(f"X{n}: {'x' * 1000}\r\n" for n in range(100)) + "\r\n",
    "a thousand headers": "GET /healthz HTTP/1.1\r\nHost: {host}\r\n" + "X: x\r\n" * 1_000 + "\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_refused_once_and_its_rest_is_no_second_request(installation, name):
    text = MALFORMED[name].format(path=PATH, host=installation.host)
    with connect(installation, 15) as wire:
        got = b""
        try:
            wire.sendall(text.encode("latin-1"))
            wire.shutdown(socket.SHUT_WR)
            while data := wire.recv(65_536):
                got += data
        except ConnectionError:
            pass
    # One request, one answer, also where its body shows only after the answer that it is malformed: whoever pipelines would take a second
    # one for the answer to the next request (RFC 9112 section 9.3.2). The connection ends in any case.
    assert got.count(b"HTTP/1.1 ") <= 1, got
    if got:
        status = int(got.split(b" ", 2)[1])
        # What NIO's parser takes by the letter of RFC 9112 is answered as what it is; nothing of it is done.
        assert 400 <= status < 500 or (status == 200 and name in ("a thousand headers", "folded header")), got
        assert b'"status":"ok"}{' not in got


FOLLOWERS = {
    "garbage": b"garbage\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a header without a colon": b"GET /healthz HTTP/1.1\r\nnonsense\r\n\r\n",
    "two lengths": b"POST /v1/signing-keys HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
}


@pytest.mark.parametrize("pause", [0, 0.3], ids=["at once", "later"])
@pytest.mark.parametrize("name", FOLLOWERS)
def test_what_is_malformed_behind_a_whole_request_has_one_answer_of_its_own(installation, name, pause):
    """It is the next request, and a server answers requests in their order: the first as if nothing were behind it, then 400, then the end."""
    with connect(installation, 15) as wire:
        wire.sendall(request("GET", "/healthz", installation, close=False) + (b"" if pause else FOLLOWERS[name]))
        file = wire.makefile("rb")
        first = read_answer(file) if pause else None
        if pause:
            time.sleep(pause)
            wire.sendall(FOLLOWERS[name])
        first = first or read_answer(file)
        assert first.status == 200 and json.loads(first.body) == {"status": "ok"} and first.headers.get("connection") != "close"
        second = read_answer(file)
        assert second.status == 400 and second.headers["connection"] == "close"
        assert json.loads(second.body)["code"] == "malformed_request"
        assert read_answer(file) is None


def test_a_body_that_goes_on_after_its_length_is_the_next_request(installation):
    """The four bytes are the body, whoever sent more; what follows is no request, and nothing of it comes into the first one."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: {installation.host}\r\nContent-Type: application/json\r\nContent-Length: 4\r\nAuthorization: Bearer {installation.key}\r\n\r\n"
    first, second, third = exchange(installation, head.encode() + b'null{"name": "smuggled"}\r\n\r\n', count=3)
    assert (first.status, json.loads(first.body)["code"]) == (400, "malformed_body") or first.status == 422, first
    assert second.status == 400 and second.headers["connection"] == "close" and json.loads(second.body)["code"] == "malformed_request"
    assert third is None


@pytest.mark.parametrize("key", [True, False], ids=["before its answer", "after its answer"])
def test_a_body_that_is_malformed_has_one_answer(installation, key):
    """With a key the body is read before the answer, without one the answer is there before."""
    authorization = f"Authorization: Bearer {installation.key}\r\n" if key else ""
    head = f"POST {PATH} HTTP/1.1\r\nHost: {installation.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{authorization}\r\n"
    with connect(installation, 15) as wire:
        wire.sendall(head.encode() + b"4\r\nnull\r\n")
        time.sleep(0.3)
        wire.sendall(b"zz\r\nabc\r\n0\r\n\r\n" + request("GET", "/healthz", installation))
        file = wire.makefile("rb")
        answer = read_answer(file)
        assert answer.status == (400 if key else 401), answer
        assert read_answer(file) is None


def test_a_head_that_never_ends_is_cut_off(installation):
    began = time.monotonic()
    with connect(installation, 20) as wire:
        wire.sendall(f"GET /healthz HTTP/1.1\r\nHost: {installation.host}\r\n".encode())
        try:
            while time.monotonic() - began < 15:
                wire.sendall(b"X: y\r\n")
                wire.settimeout(0.5)
                try:
                    if not wire.recv(1_000):
                        break
                except TimeoutError:
                    continue
        except ConnectionError:
            pass
        assert time.monotonic() - began < 14, "the slow head was still listened to"


def test_a_body_that_never_ends_is_cut_off(installation):
    began = time.monotonic()
    with connect(installation, 60) as wire:
        wire.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {installation.host}\r\nAuthorization: Bearer {installation.key}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        try:
            while time.monotonic() - began < 45:
                wire.sendall(b" ")
                wire.settimeout(1)
                try:
                    if not wire.recv(1_000):
                        break
                except TimeoutError:
                    continue
        except ConnectionError:
            pass
    assert time.monotonic() - began < 40, "the slow body was still waited for"


def test_a_reader_who_does_not_read_takes_no_memory(installation):
    """Hundreds of answers wait for somebody who never takes them; the server stops making more."""
    before = memory(installation)
    slow = []
    for _ in range(30):
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        wire.settimeout(5)
        wire.connect(("127.0.0.1", installation.port))
        slow.append(wire)
        try:
            wire.sendall(request("GET", "/openapi.yaml", installation, {"Accept-Encoding": "identity"}, close=False) * 400)
        except TimeoutError:
            pass
    time.sleep(1)
    assert installation.get("/healthz").elapsed.total_seconds() < 5
    grown = memory(installation) - before
    for wire in slow:
        wire.close()
    assert grown < 60 << 20, f"{grown >> 20} MB for 30 readers"


def test_ten_thousand_idle_connections_disturb_nobody(installation):
    """As many as this process may open: each has had one answer, and stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = min(10_000, hard - 500)
    assert wanted >= 1_000, "this machine lets a process open too few files for the test"
    idle, before = [], memory(installation)
    try:
        ask = request("GET", "/healthz", installation, close=False)
        for number in range(wanted):
            wire = socket.socket()
            # 28,000 ports for each address of our own.
            wire.bind((f"127.5.{number // 5_000}.1", 0))
            wire.settimeout(30)
            wire.connect(("127.0.0.1", installation.port))
            wire.sendall(ask)
            idle.append(wire)
        for wire in idle:
            assert wire.recv(12) == b"HTTP/1.1 200"
        took = [installation.get("/readyz").elapsed.total_seconds() for _ in range(20)]
        assert sorted(took)[10] < 1
        assert memory(installation) - before < wanted * 60_000, f"{(memory(installation) - before) // wanted} bytes each"
    finally:
        for wire in idle:
            wire.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    deadline = time.monotonic() + 20
    while len(list_of_files(installation)) > 500:
        assert time.monotonic() < deadline, "connections that are gone are still open"
        time.sleep(0.2)


def list_of_files(installation):
    import os

    return os.listdir(f"/proc/{installation.parts['api'].pid}/fd")


def test_thousands_of_bad_requests_leave_no_growth(installation, rest):
    """Twice the same storm: the second one may find what the first has warmed up, and takes nothing more."""
    bodies = list(HOSTILE.values()) + list(WRONG.values())

    def storm():
        with requests.Session() as session:
            for _ in range(8):
                for body in bodies:
                    # Without a key: everything before the gate, and after it with one.
                    session.post(installation.origin + PATH, data=body, headers={"Content-Type": "application/json"}, timeout=10)
                    session.get(installation.origin + "/v1/%2e/" + body[:40].hex(), timeout=10)

    storm()
    first = memory(installation)
    storm()
    assert memory(installation) - first < 8 << 20
