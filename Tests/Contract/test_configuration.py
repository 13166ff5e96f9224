"""What the operator configures holds in the running server."""

import pytest

from Installation.rest import REST, is_problem
from Installation.ringlink import Installation


@pytest.fixture(scope="module")
def configured():
    installation = Installation("configured", {"RINGLINK_DIAL_GRACE_SECONDS": "3"})
    installation.data.mkdir()
    (installation.data / "ringlink.conf").write_text('{"api": {"requests_per_minute": 5}, "dialing": "signed"}')
    try:
        installation.start()
        yield installation
        installation.stop()
    finally:
        installation.kill()
        installation.remove()


def test_a_key_may_ask_as_often_as_is_configured(configured):
    rest = REST(configured)
    answers = [rest.get("/v1/trunks") for _ in range(7)]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert [int(answer.headers["RateLimit-Remaining"]) for answer in answers[:5]] == [4, 3, 2, 1, 0]
    is_problem(answers[-1], 429, "too_many_requests")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
