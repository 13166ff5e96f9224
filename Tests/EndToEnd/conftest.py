"""One browser for all tests; each test has visitors of its own. And a second installation, to be stopped and hurt."""

import pytest
from playwright.sync_api import sync_playwright

from Installation.audio import write_tone
from Installation.browser import Visitors, launch
from Installation.ringlink import Installation
from Installation.site import Site

TONE = 440
#: Receivers of webhooks stand on loopback here, which no installation may be made to call unless its operator says so.
TEST_POLICY = {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8", "RINGLINK_API_REQUESTS_PER_MINUTE": "100000"}


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def tone(tmp_path_factory):
    """The WAV that the browsers have for a microphone."""
    return write_tone(tmp_path_factory.mktemp("audio") / "tone.wav", TONE)


@pytest.fixture(scope="session")
def browser(playwright, tone):
    browser = launch(playwright, tone)
    yield browser
    browser.close()


@pytest.fixture
def visitors(browser):
    """Whoever comes in this test. When it is over they are gone, and no console may have held an error or a CSP violation."""
    visitors = Visitors(browser)
    yield visitors
    visitors.leave()
    assert not visitors.complaints, visitors.complaints


@pytest.fixture(scope="session")
def own():
    """An installation that tests may stop, start and hurt."""
    with Installation("processes").up() as own:
        yield own


@pytest.fixture
def running(own):
    if not own.is_running:
        own.start()
    own.wait_until_ready()
    return own


@pytest.fixture(scope="session")
def site(built):
    """An installation that is set up to call the telephones of the tests."""
    with Installation("site", environment=TEST_POLICY).up() as installation:
        yield Site(installation).lift_caps()
