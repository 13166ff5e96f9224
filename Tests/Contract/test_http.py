"""HTTP as the outside sees it: pages, REST, errors, headers."""

import json
import re

import pytest
import requests

from Installation.raw import exchange, request

PAGES = ["/", "/room.html"]
INFORMATION = ["/signal", "/signal.ashx", "/healthz", "/readyz"]


@pytest.fixture(scope="module")
def assets(installation):
    """Everything that the two pages name."""
    named = set()
    for page in PAGES:
        named |= set(re.findall(r'(?:href|src)="(/assets/[^"#]+)', installation.get(page).text))
    for script in [name for name in named if name.endswith(".js")]:
        named |= _modules(installation, script)
    return sorted(named)


def _modules(installation, script, known=None):
    known = known if known is not None else {script}
    for name in re.findall(r'from "\./([^"]+)"', installation.get(script).text):
        if (path := f"/assets/{name}") not in known:
            known.add(path)
            _modules(installation, path, known)
    return known


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["code"] == code
    assert document["detail"].strip() and document["title"].strip() and document["type"]
    return document


def test_every_page_and_asset_is_served_with_its_type(installation, assets):
    types = {
        "html": "text/html; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
    }
    assert len(assets) > 15
    for path in PAGES + assets:
        answer = installation.get(path, headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, path
        assert answer.headers["Content-Type"] == types.get(path.rpartition(".")[2], types["html"]), path
        assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_every_answer_has_the_security_headers(installation, assets):
    for path in PAGES + assets + INFORMATION + ["/nowhere", "/v1/calls/x", "/assets/nothing.js"]:
        answer = installation.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert "microphone=(self)" in answer.headers["Permissions-Policy"], path
        assert "Server" not in answer.headers or not re.search(r"\d", answer.headers["Server"]), "no version is told"


def test_the_content_security_policy_allows_nothing_from_elsewhere(installation):
    policy = dict(part.strip().partition(" ")[::2] for part in installation.get("/room.html").headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert f"ws://127.0.0.1:{installation.port}" in policy["connect-src"].split()
    assert not any("unsafe" in words or "*" in words or "http" in words for words in policy.values()), policy
    # And the pages need nothing more: no inline script or style, nothing from another host.
    for page in PAGES:
        text = installation.get(page).text
        assert not re.search(r"<script(?![^>]*src=)", text) and not re.search(r"\son\w+=", text) and not re.search(r'\sstyle="', text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


def test_a_known_page_is_not_sent_again(installation, assets):
    for path in PAGES + assets[:3]:
        first = installation.get(path)
        tag = first.headers["ETag"]
        assert re.fullmatch(r'"[^"]+"', tag)
        assert first.headers["Cache-Control"] == "no-cache"
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = installation.get(path, headers={"If-None-Match": known})
            assert again.status_code == 304, known
            assert again.content == b""
            assert again.headers["ETag"] == tag
        assert installation.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_is_get_without_the_body(installation):
    for path in PAGES + INFORMATION:
        get = installation.get(path)
        head = requests.head(installation.origin + path, timeout=10)
        assert head.status_code == get.status_code, path
        assert head.content == b""
        for name in ("Content-Type", "ETag", "Content-Security-Policy"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)
        assert head.headers["Content-Length"] == get.headers["Content-Length"], path


@pytest.mark.parametrize("path", ["/", "/room.html", "/assets/room.js", "/signal", "/signal.ashx", "/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_with_those_that_are_allowed(installation, path, method):
    answer = requests.request(method, installation.origin + path, timeout=10)
    is_problem(answer, 405, "method_not_allowed")
    assert {word.strip() for word in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/assets/nothing.js", "/assets/", "/assets/../room.html", "/assets/%2e%2e/secret.key", "/v2/calls/x", "/%00", "/signal/x"],
)
def test_what_is_not_there_is_a_problem_document(installation, path):
    answer = exchange(installation, request("GET", path, installation))
    assert answer.status == 404, path
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["code"] == "not_found"


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer x", "Bearer ak_" + "0" * 32, "Basic ak_" + "0" * 32, "Bearer ak_" + "0" * 31, "Bearer ak_" + "Z" * 32],
)
def test_a_call_is_not_shown_without_a_key(installation, authorization):
    headers = {"Authorization": authorization} if authorization is not None else {}
    answer = installation.get("/v1/calls/ca_000000000000000000000000", headers=headers)
    is_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("call", ["x", "ca_", "ca_000000000000000000000000", "ca_%27%3B--", "..", "%00", "ca_" + "0" * 4000])
def test_an_unknown_call_is_not_found(installation, call):
    answer = installation.get(f"/v1/calls/{call}", headers={"Authorization": f"Bearer {installation.key}"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("unknown_call", "not_found")


def test_rest_answers_are_never_cached(installation):
    for path in INFORMATION + ["/v1/calls/x"]:
        assert installation.get(path).headers["Cache-Control"] == "no-store", path


def test_health_and_readiness(installation):
    assert installation.get("/healthz").json() == {"status": "ok"}
    assert installation.get("/readyz").json() == {"status": "ready"}


def test_the_signal_endpoint_tells_the_build_the_health_and_the_public_numbers(installation):
    for path in ("/signal", "/signal.ashx"):
        stamp = installation.get(path)
        assert re.fullmatch(r"ringlink/\d+\.\d+\.\d+\S*\n", stamp.text)
        assert stamp.headers["Content-Type"] == "text/plain; charset=utf-8"
        summary = installation.get(path + "?healthsummary=1").json()
        assert set(summary) == {"rooms", "participants", "trunks", "calls"}
        assert set(summary["trunks"]) == {"enabled", "disabled", "up", "down"}
        assert {"live", "completed", "trunk_unavailable", "internal_error"} <= set(summary["calls"])
        assert all(isinstance(figure, int) for figure in summary["calls"].values())
        numbers = installation.get(path + "?publicnumbers=1").json()["numbers"]
        assert [(number["number"], number["mode"]) for number in numbers] == [("600", "echo"), ("601", "announce")]


def test_a_header_of_more_than_its_limit_is_refused_and_the_server_lives(installation):
    for head in (
        f"GET / HTTP/1.1\r\nHost: {installation.host}\r\nX: {'x' * 70_000}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {installation.host}\r\n" + "".join(f"X{number}: x\r\n" for number in range(500)) + "\r\n",
        f"GET /{'x' * 70_000} HTTP/1.1\r\nHost: {installation.host}\r\n\r\n",
    ):
        answer = exchange(installation, head.encode())
        assert answer is None or 400 <= answer.status < 500, answer
    assert installation.get("/healthz").status_code == 200


def test_pipelined_requests_are_answered_in_order(installation):
    paths = ["/healthz", "/signal", "/readyz", "/nowhere"]
    text = b"".join(request("GET", path, installation, close=path == paths[-1]) for path in paths)
    answers = exchange(installation, text, count=len(paths))
    assert [answer.status for answer in answers] == [200, 200, 200, 404]
    assert json.loads(answers[2].body) == {"status": "ready"}
