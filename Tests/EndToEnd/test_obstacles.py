"""Whatever stands in a person's way is said in words, and a way on is offered."""

import http.server
import threading

import pytest

from Installation.browser import PHONE, Visitors, launch


@pytest.fixture(params=[None, "user-gesture-required"], ids=["own-rules", "strictest-rules"])
def untouched(request, playwright, tone):
    """A browser with Chromium's own rules for sound (a page that has the microphone may play), and with the strictest there are."""
    browser = launch(playwright, tone, autoplay=request.param)
    visitors = Visitors(browser)
    visitors.may_play = request.param is None
    yield visitors
    visitors.leave()
    browser.close()
    assert not visitors.complaints, visitors.complaints


@pytest.fixture
def deaf(playwright, tone):
    """A browser whose person never allows the microphone."""
    browser = launch(playwright, tone, allowed=False)
    visitors = Visitors(browser)
    yield visitors
    visitors.leave()
    browser.close()
    assert not visitors.complaints, visitors.complaints


def received(tab):
    """Energy and packets that the connection has received in all."""
    return tab.page.evaluate("""async () => {
          const all = [...(await ringlink.pc.getStats()).values()].filter((one) => one.type === "inbound-rtp" && one.kind === "audio");
          return { energy: all.reduce((sum, one) => sum + (one.totalAudioEnergy ?? 0), 0), packets: all.reduce((sum, one) => sum + one.packetsReceived, 0) };
        }""")


def test_a_browser_that_plays_nothing_untouched_is_heard_after_a_tap(installation, untouched, room):
    tab = untouched.tab(installation.link(room=room, name="Ada", dial="600", cam="off"))
    tab.look_for("document.querySelector('.call')?.dataset.state === 'answered'")
    tab.look_for(f"document.querySelector('{PHONE}') !== null")
    tab.pause(1)
    assert tab.look("navigator.userActivation.hasBeenActive") is False
    paused = tab.look(f"document.querySelector('{PHONE}').paused")
    told = tab.look("document.querySelector('.notice[data-cause=playback]')?.textContent ?? ''")
    # Either it plays, or the page says why it does not.
    assert paused == (not untouched.may_play)
    assert ("Tap to hear" in told) == paused
    if paused:
        tab.page.get_by_role("button", name="Tap to hear").click()
        tab.page.wait_for_selector(".notice[data-cause='playback']", state="detached")
    tab.wait_for_tone(440)
    before = received(tab)
    tab.pause(1)
    after = received(tab)
    assert after["packets"] - before["packets"] > 30
    assert after["energy"] > before["energy"]


def test_a_denied_microphone_is_explained_and_listening_is_offered(installation, deaf, room):
    tab = deaf.tab(installation.link(room=room, name="Ada", dial="601", cam="off"))
    tab.wait_for_state("in-room")
    words = tab.notice("microphone")
    assert "The microphone is blocked" in words
    assert "allow the microphone, and try again" in words
    # Nobody is rung before it is decided how this person takes part.
    tab.pause(1)
    assert tab.cards == [["waiting", ""]]
    assert installation.calls_in(room) == []
    tab.page.get_by_role("button", name="Try again").click()
    tab.pause(0.5)
    assert "The microphone is blocked" in tab.notice("microphone")
    tab.photograph("microphone-denied")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.wait_for_timeout(150)
    own, controls = (tab.page.locator(one).bounding_box() for one in ("#own", "#controls"))
    assert own["height"] >= 100 and own["y"] + own["height"] <= controls["y"], (own, controls)
    tab.page.get_by_role("button", name="Listen only").click()
    assert "You are only listening" in tab.notice("microphone")
    assert tab.page.get_attribute("html", "data-microphone") == "listening"


def test_a_microphone_that_is_not_there_is_said(installation, visitors, room):
    person = visitors.person()
    person.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); }")
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person=person)
    assert "No microphone found" in tab.notice("microphone")


def test_an_insecure_address_is_said(installation, visitors, room):
    person = visitors.person()
    # Only loopback may be reached without https; elsewhere the browser says that the context is not secure.
    person.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person=person)
    tab.wait_for_state("insecure")
    assert "https" in tab.text("#gate")
    assert tab.sockets == []


def test_a_page_of_another_origin_gets_no_socket(installation, visitors):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><link rel=icon href=data:,><title>elsewhere</title>")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        tab = visitors.tab(f"http://127.0.0.1:{server.server_port}/")
        visitors.expected = ("WebSocket connection",)
        for path in ("/signal", "/signal.ashx"):
            outcome = tab.page.evaluate(
                """(address) => new Promise((settle) => {
                  const socket = new WebSocket(address);
                  socket.onopen = () => settle("open");
                  socket.onclose = (close) => settle(close.code);
                })""",
                f"ws://127.0.0.1:{installation.port}{path}",
            )
            assert outcome == 1006
        assert len([text for text in tab.complaints if "403" in text]) == 2, tab.complaints
    finally:
        server.shutdown()
        server.server_close()
