"""Everything of a run lives in a network namespace with nothing but loopback: the server, its clients, and these tests.
One installation serves all tests of a run; each test has a room of its own."""

import secrets

import pytest

from Installation.api import API
from Installation.network import NetworkRefused, enter_own_network
from Installation.ringlink import BINARY, Installation


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if config.option.collectonly:
        return
    try:
        enter_own_network()
    except NetworkRefused as refusal:
        pytest.exit(str(refusal), returncode=3)


@pytest.fixture(scope="session", autouse=True)
def built():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing: run scripts/build first.", returncode=3)


@pytest.fixture(scope="session")
def installation(built):
    with Installation("shared").up() as installation:
        # Tests are refused more often than people, and each refusal is to have a row of its own.
        API(installation).create("guard/rules", kind="cap", cap="refusals_per_minute", limit=1000)
        yield installation


@pytest.fixture
def room(request):
    """A room that no other test has."""
    return f"{request.function.__name__.removeprefix('test_')[:40]}-{secrets.token_hex(4)}"
