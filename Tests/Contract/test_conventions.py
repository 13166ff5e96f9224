"""What holds for every operation of REST: names of requests, 406, 304, OPTIONS, CORS, compression, scopes."""

import gzip
import re
import time
import uuid

import pytest
import requests

from Installation import contract
from Installation.raw import exchange, request
from Installation.rest import REST, is_problem
from Installation.ringlink import Installation

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method.upper(), path, said)
    for path, item in contract.document()["paths"].items()
    if path.startswith("/v1/")
    for method in METHODS
    if (said := item.get(method))
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]


def filled(path):
    """The path with ids that nothing has."""
    return re.sub(r"\{[^}]+\}", "x", path)


@pytest.fixture(scope="module")
def powerless(installation):
    """A key that may do next to nothing."""
    return REST(installation, REST(installation).made("/v1/keys", {"name": "powerless", "scopes": ["metrics:read"]})["key"])


# Names of requests


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/v1/trunks", "/v1/trunks/x", "/assets/none.js"])
def test_every_answer_names_its_request(installation, path):
    answers = [installation.get(path) for _ in range(2)]
    names = [answer.headers["X-Request-Id"] for answer in answers]
    assert all(re.fullmatch(r"rq_[0-9a-f]{24}", name) for name in names) and names[0] != names[1]
    if not answers[0].ok:
        assert answers[0].json()["request_id"] == names[0]


def test_a_name_that_the_caller_gives_is_kept_if_it_is_plain(installation):
    for name in ("a", "x" * 64, "7c9e6679-7425-40de-944b-e07fc1f90ae7", "Trace_1.2"):
        assert installation.get("/nowhere", headers={"X-Request-Id": name}).json()["request_id"] == name
    for name in ("x" * 65, "a b", "a;b", 'a"b', "ä".encode(), "<x>", ""):
        answer = installation.get("/nowhere", headers={"X-Request-Id": name})
        assert re.fullmatch(r"rq_[0-9a-f]{24}", answer.headers["X-Request-Id"]), name


def test_a_refused_socket_names_its_request_too(installation):
    answer = installation.get("/signal", headers={"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                                                  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="})
    assert answer.status_code == 403
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] and answer.headers["Cache-Control"] == "no-store"


def test_a_repeated_refusal_names_the_request_that_it_was_made_for(rest):
    headers = {"Idempotency-Key": str(uuid.uuid4()), "X-Request-Id": "first"}
    first = rest.post("/v1/signing-keys", {"nam": "x"}, headers=headers)
    again = rest.post("/v1/signing-keys", {"nam": "x"}, headers=headers | {"X-Request-Id": "second"})
    assert first.json()["request_id"] == again.json()["request_id"] == "first"
    assert again.headers["X-Request-Id"] == "second"


# Scopes


@pytest.mark.parametrize(("method", "path", "said"), [one for one in OPERATIONS if one[1] != "/v1/keys/self"])
def test_a_key_without_the_scope_is_told_which_one_it_is(powerless, method, path, said):
    scope = re.search(r"`([a-z-]+:(?:read|write))`", said["description"]).group(1)
    problem = is_problem(powerless.ask(method, filled(path)), 403, "forbidden")
    assert scope in problem["detail"], problem["detail"]


@pytest.mark.parametrize(("method", "path", "said"), OPERATIONS, ids=NAMES)
def test_without_a_key_nothing_is_told(installation, method, path, said):
    answer = requests.request(method, installation.origin + filled(path), timeout=10)
    is_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer") and answer.headers["Cache-Control"] == "no-store"


# Methods


@pytest.mark.parametrize("path", sorted({path for _, path, _ in OPERATIONS}))
def test_options_tells_the_methods_without_a_key_and_the_others_are_refused(installation, path):
    mine = {method for method, other, _ in OPERATIONS if other == path}
    expected = mine | ({"HEAD"} if "GET" in mine else set())
    answer = requests.options(installation.origin + filled(path), timeout=10)
    assert answer.status_code == 204 and answer.content == b""
    assert {word.strip() for word in answer.headers["Allow"].split(",")} == expected
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - mine:
        refused = requests.request(method, installation.origin + filled(path), timeout=10)
        is_problem(refused, 405, "method_not_allowed")
        assert refused.headers["Allow"] == answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/signal", "/assets/room.js", "/docs", "/openapi.yaml", "/metrics"])
def test_options_of_a_page(installation, path):
    answer = requests.options(installation.origin + path, timeout=10)
    assert answer.status_code == 204 and answer.headers["Allow"] == "GET, HEAD"


# What is taken


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("*/*", True), ("application/json", True), ("application/*", True), ("text/html, application/json;q=0.1", True), ("APPLICATION/JSON", True),
        ("text/html, */*;q=0.5", True), ("text/html", False), ("application/json;q=0", False), ("*/*, application/json;q=0", False),
        ("text/csv", False), ("application/jsonx", False), ("", False), (",;q=,", False),
    ],
)  # fmt: skip
def test_an_accept_that_cannot_be_served_is_refused_before_anything_is_done(rest, accept, taken):
    listed = rest.session.get(rest.origin + "/v1/signing-keys", headers=rest.headers | {"Accept": accept}, timeout=10)
    before = rest.get("/v1/signing-keys", params={"limit": 1}).json()["data"][:1]
    made = rest.session.post(rest.origin + "/v1/signing-keys", json={"name": "accept"}, headers=rest.headers | {"Accept": accept}, timeout=10)
    if taken:
        assert listed.status_code == 200 and made.status_code == 201
    else:
        is_problem(listed, 406, "not_acceptable")
        is_problem(made, 406, "not_acceptable")
        assert rest.get("/v1/signing-keys", params={"limit": 1}).json()["data"][:1] == before


def test_a_compressed_body_is_refused(rest):
    headers = rest.headers | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = rest.session.post(rest.origin + "/v1/signing-keys", data=gzip.compress(b'{"name": "x"}'), headers=headers, timeout=10)
    is_problem(answer, 415, "unsupported_content_encoding")


@pytest.mark.parametrize(("method", "path", "said"), [o for o in OPERATIONS if o[0] != "GET"], ids=[n for n in NAMES if not n.startswith("GET")])
def test_a_parameter_that_nobody_knows_is_refused(rest, method, path, said):
    problem = rest.session.request(method, rest.origin + filled(path) + "?verbose=1", headers=rest.headers, timeout=10)
    assert "verbose" in is_problem(problem, 400, "invalid_parameter")["detail"]


def test_a_parameter_of_a_single_thing_is_refused_too(rest):
    trunk = rest.made("/v1/trunks", {"name": "query", "host": "127.0.0.1", "enabled": False})
    answer = rest.session.get(f"{rest.origin}/v1/trunks/{trunk['id']}?expand=all", headers=rest.headers, timeout=10)
    is_problem(answer, 400, "invalid_parameter")
    rest.delete(f"/v1/trunks/{trunk['id']}")


# Versions


def test_a_version_that_the_caller_has_is_not_sent_again(rest):
    trunk = rest.made("/v1/trunks", {"name": "known", "host": "127.0.0.1", "enabled": False})
    path = f"/v1/trunks/{trunk['id']}"
    tag = rest.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = rest.session.get(rest.origin + path, headers=rest.headers | {"If-None-Match": known}, timeout=10)
        assert answer.status_code == 304 and answer.content == b"" and answer.headers["ETag"] == tag, known
        assert "RateLimit-Remaining" in answer.headers and answer.headers["Cache-Control"] == "no-store"
    rest.patch(path, {"name": "renamed"})
    assert rest.session.get(rest.origin + path, headers=rest.headers | {"If-None-Match": tag}, timeout=10).status_code == 200
    rest.delete(path)


@pytest.mark.parametrize(("method", "path", "said"), [o for o in OPERATIONS if o[0] == "GET"], ids=[n for n in NAMES if n.startswith("GET")])
def test_head_is_get_without_the_body(rest, method, path, said):
    address, headers = rest.origin + filled(path), rest.headers | {"Accept-Encoding": "identity", "X-Request-Id": "same"}
    get, head = (rest.session.request(method, address, headers=headers, timeout=10) for method in ("GET", "HEAD"))
    assert head.status_code == get.status_code and head.content == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Allow", "Cache-Control"):
        assert head.headers.get(name) == get.headers.get(name), name


# Compression


def raw(rest, path, coding):
    """The bytes as they come."""
    answer = rest.session.get(rest.origin + path, headers=rest.headers | {"Accept-Encoding": coding}, stream=True, timeout=10)
    return answer, answer.raw.read(decode_content=False)


def test_a_long_page_of_a_list_is_compressed_for_who_takes_it(rest):
    made = [rest.made("/v1/trunks", {"name": f"gzip {number}", "host": "127.0.0.1", "enabled": False}) for number in range(8)]
    plain, body = raw(rest, "/v1/trunks", "identity")
    for coding in ("gzip", "br, gzip;q=0.5", "*", "x-gzip"):
        answer, packed = raw(rest, "/v1/trunks", coding)
        assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(packed) < len(body) / 3
        assert gzip.decompress(packed) == body
    for coding in ("identity", "br", "gzip;q=0", "*;q=0", ""):
        answer, same = raw(rest, "/v1/trunks", coding)
        assert "Content-Encoding" not in answer.headers and same == body, coding
    for trunk in made:
        rest.delete(f"/v1/trunks/{trunk['id']}")


def test_what_lets_somebody_in_is_never_compressed(rest):
    for number in range(6):
        rest.made("/v1/links", {"name": f"gzip {number}", "note": "x" * 200})
    for path in ("/v1/links", "/v1/keys", "/v1/signing-keys", "/v1/webhooks"):
        answer, _ = raw(rest, path, "gzip")
        assert answer.status_code == 200 and "Content-Encoding" not in answer.headers, path
    assert len(rest.get("/v1/links").content) > 1024


def test_pages_are_compressed_with_a_tag_of_their_own(installation):
    session = requests.Session()
    plain, packed = (
        session.get(installation.origin + "/assets/visit.js", headers={"Accept-Encoding": coding}, timeout=10) for coding in ("identity", "gzip")
    )
    assert plain.content == packed.content and packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["ETag"] != packed.headers["ETag"] and plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        again = session.get(installation.origin + "/assets/visit.js", headers={"If-None-Match": tag}, timeout=10)
        assert again.status_code == 304


# CORS


@pytest.fixture(scope="module")
def shared():
    """An installation that two sites may use from their pages."""
    origins = "https://crm.example.org, http://intranet.example:8081"
    with Installation("cors", {"RINGLINK_API_CORS_ORIGINS": origins}).up() as installation:
        yield installation


def test_without_a_configured_origin_nobody_is_let_in(installation):
    headers = {"Origin": "https://crm.example.org", "Access-Control-Request-Method": "POST"}
    for answer in (requests.options(installation.origin + "/v1/trunks", headers=headers, timeout=10), installation.get("/healthz", headers=headers)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")] and "Vary" not in answer.headers


@pytest.mark.parametrize("origin", ["https://crm.example.org", "http://intranet.example:8081"])
def test_a_configured_origin_may_ask_and_read(shared, origin):
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization, if-match"}
    preflight = requests.options(shared.origin + "/v1/trunks/x", headers=headers, timeout=10)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == origin and preflight.headers["Vary"] == "Origin"
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, PATCH, DELETE"
    assert {"authorization", "if-match", "idempotency-key"} <= {
        name.strip().lower() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")
    }
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    rest = REST(shared)
    for path, status in (("/v1/trunks", 200), ("/v1/trunks/x", 404)):
        answer = rest.get(path, headers={"Origin": origin})
        assert answer.status_code == status and answer.headers["Access-Control-Allow-Origin"] == origin
        assert "RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert requests.get(shared.origin + "/v1/trunks", headers={"Origin": origin}, timeout=10).headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://crm.example.org", "https://crm.example.org:444", "https://crm.example.org.evil.example", "null", "", "*"]
)
def test_another_origin_may_not(shared, origin):
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for answer in (requests.options(shared.origin + "/v1/trunks", headers=headers, timeout=10), shared.get("/healthz", headers=headers)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert "Origin" in answer.headers["Vary"]


def test_a_preflight_of_nothing_is_not_found(shared):
    headers = {"Origin": "https://crm.example.org", "Access-Control-Request-Method": "GET"}
    answer = requests.options(shared.origin + "/v1/nothing", headers=headers, timeout=10)
    assert answer.status_code == 404 and "Access-Control-Allow-Methods" not in answer.headers


# The signal endpoint over plain HTTP


@pytest.mark.parametrize("query", ["", "?", "?unknown=1", "?healthsummary=0", "?healthsummary", "?publicnumbers=yes", "?%00", "?a=%ff", "?=", "?" + "x" * 4000])
def test_whatever_else_is_asked_of_the_signal_it_tells_its_build(installation, query):
    answer = exchange(installation, request("GET", "/signal" + query, installation))
    assert answer.status == 200 and re.fullmatch(rb"ringlink/\d+\.\d+\.\d+\S*\n", answer.body), query


def test_the_health_summary_tells_no_host_no_number_and_no_secret(installation, rest):
    trunk = rest.made("/v1/trunks", {"name": "Very secret carrier", "host": "carrier.example.net", "username": "u", "password": "geheim"})
    extension = rest.made("/v1/extensions", {"number": "4711", "display_name": "Reception"})
    for query in ("", "?healthsummary=1", "?publicnumbers=1"):
        get = installation.get("/signal" + query)
        head = requests.head(installation.origin + "/signal" + query, timeout=10)
        assert get.status_code == head.status_code == 200 and get.headers["Cache-Control"] == "no-store"
        for hidden in ("carrier", "secret", "geheim", "4711", "127.0.0.1", "ak_", "tr_"):
            assert hidden not in get.text, hidden
    trunks = installation.get("/signal?healthsummary=1").json()["trunks"]
    assert trunks["enabled"] >= 1 and trunks["up"] + trunks["down"] <= trunks["enabled"]
    rest.delete(f"/v1/trunks/{trunk['id']}")
    rest.delete(f"/v1/extensions/{extension['id']}")


def test_the_health_summary_counts_a_trunk_that_nobody_answers_for_as_down(installation, rest):
    def wait_for(**counts):
        # The figures may be five seconds old; a trunk is down after three OPTIONS in vain.
        deadline = time.monotonic() + 60
        while not counts.items() <= (trunks := installation.get("/signal?healthsummary=1").json()["trunks"]).items():
            assert time.monotonic() < deadline, (counts, trunks)
            time.sleep(0.5)
        return trunks

    enabled = sum(trunk["enabled"] for trunk in rest.get("/v1/trunks?limit=100").json()["data"])
    before = wait_for(enabled=enabled)
    # An address where nothing listens.
    trunk = rest.made("/v1/trunks", {"name": "Dead line", "host": "127.0.0.1", "port": 9})
    wait_for(enabled=enabled + 1, disabled=before["disabled"], up=before["up"], down=before["down"] + 1)
    rest.delete(f"/v1/trunks/{trunk['id']}")
