"""Who sees whom, proven by the colour of each camera and each screen; and how pictures are asked for, paused and given back."""

import json
import time

import pytest

from Installation.browser import CONNECTIONS

PEOPLE = {
    "Ada": (440, "#d01818"),
    "Bob": (660, "#18b018"),
    "Cleo": (990, "#2030e0"),
    "Dan": (1320, "#d0c010"),
    "Eve": (1650, "#c020c0"),
}
SCREEN = "#20c0c0"

# A camera whose picture is never the same: something to spend bits on.
RESTLESS = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const far = new MediaStreamAudioDestinationNode(context);
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const brush = canvas.getContext("2d");
  setInterval(() => {
    for (let count = 0; count < 400; count += 1) {
      brush.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      brush.fillRect(Math.random() * 640, Math.random() * 360, 24, 24);
    }
  }, 50);
  return new MediaStream([...far.stream.getAudioTracks(), ...canvas.captureStream(20).getVideoTracks()]);
};
"""
# A browser that has one video codec, and what sends it again.
ONLY = """
(codec) => {
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (what, ...rest) {
    const section = add.call(this, what, ...rest);
    if (section.receiver.track.kind === "video") {
      const wanted = (one) => [`video/${codec}`, "video/rtx"].includes(one.mimeType);
      section.setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs.filter(wanted));
    }
    return section;
  };
}
"""


class Frames:
    """What one tab and the server say to each other."""

    def __init__(self, tab):
        self.sent, self.told = [], []
        self._tab = tab
        tab.page.on("websocket", self._follow)

    def _follow(self, socket):
        socket.on("framesent", lambda text: self.sent.append(json.loads(text)))
        socket.on("framereceived", lambda text: self.told.append(json.loads(text)))

    @property
    def offers(self):
        return sum(frame["type"] == "signal" for frame in self.sent)

    def wait_for_upload(self, camera, seconds=20):
        """Until the last that the server said of it is that somebody shows the own camera, or nobody does."""
        deadline = time.monotonic() + seconds
        while ([frame["camera"] for frame in self.told if frame["type"] == "upload"] or [None])[-1] is not camera:
            assert time.monotonic() < deadline, f"no upload {camera} within {seconds} s"
            self._tab.pause(0.05)


def come(installation, visitors, room, name, script="", **options):
    hertz, colour = PEOPLE[name]
    person = visitors.persona(hertz, colour, SCREEN)
    person.add_init_script(CONNECTIONS + script)
    tab = visitors.tab(person=person)
    tab.frames = Frames(tab)
    tab.page.goto(installation.link(room=room, name=name, **options))
    return tab.wait_for_media()


def test_five_people_each_see_and_hear_every_other(installation, visitors, room):
    tabs = {name: come(installation, visitors, room, name) for name in PEOPLE}
    for viewer, tab in tabs.items():
        for other, (_, colour) in PEOPLE.items():
            if other != viewer:
                tab.sees(other, colour)
        own = tab.participant(viewer)
        assert own not in tab.page.evaluate("[...document.querySelectorAll('video[data-mid]')].map((video) => video.dataset.participant)")
    for viewer, tab in tabs.items():
        for other, (hertz, _) in PEOPLE.items():
            if other != viewer:
                tab.hears(other, hertz)
    tabs["Ada"].photograph("cameras-five")


def test_a_camera_is_switched_off_and_on_without_a_negotiation(installation, visitors, room):
    ada, bob = (come(installation, visitors, room, name) for name in ("Ada", "Bob"))
    ada.sees("Bob", PEOPLE["Bob"][1])
    bob.sees("Ada", PEOPLE["Ada"][1])
    before = ada.frames.offers, bob.frames.offers
    for _ in range(3):
        bob.page.click("#camera")
        ada.page.wait_for_selector(ada.picture("Bob"), state="detached")
        bob.page.click("#camera")
        ada.sees("Bob", PEOPLE["Bob"][1])
    assert (ada.frames.offers, bob.frames.offers) == before
    ada.hears("Bob", PEOPLE["Bob"][0])


def test_a_screen_is_shown_beside_the_camera(installation, visitors, room):
    ada, bob = (come(installation, visitors, room, name) for name in ("Ada", "Bob"))
    ada.sees("Bob", PEOPLE["Bob"][1])
    bob.page.click("#screen")
    ada.sees("Bob", SCREEN, "screen")
    ada.sees("Bob", PEOPLE["Bob"][1])
    ada.photograph("cameras-screen")
    bob.page.click("#screen")
    ada.page.wait_for_selector(ada.picture("Bob", "screen"), state="detached")
    before = bob.frames.offers
    bob.page.click("#screen")
    ada.sees("Bob", SCREEN, "screen")
    assert bob.frames.offers == before, "the section of the first time is there"


def test_who_comes_later_and_who_comes_back_sees_everybody_in_the_sections_that_were_there(installation, visitors, room):
    ada, bob = (come(installation, visitors, room, name) for name in ("Ada", "Bob"))
    ada.sees("Bob", PEOPLE["Bob"][1])
    sections = "connections.at(-1).getTransceivers().length"
    before = ada.page.evaluate(sections)
    for _ in range(3):
        bob.page.click("#leave")
        bob.wait_for_state("left")
        ada.page.wait_for_selector("#people .person:has-text('Bob')", state="detached")
        bob.page.click("text=Join again")
        bob.wait_for_media()
        ada.sees("Bob", PEOPLE["Bob"][1])
        bob.sees("Ada", PEOPLE["Ada"][1])
    assert ada.page.evaluate(sections) == before


def test_a_picture_that_nobody_shows_is_not_sent(installation, visitors, room):
    ada = come(installation, visitors, room, "Ada")
    ada.frames.wait_for_upload(False)
    ada.pause(1)
    alone = ada.count("outbound-rtp", "framesSent")
    ada.pause(1)
    assert ada.count("outbound-rtp", "framesSent") - alone <= 1
    bob = come(installation, visitors, room, "Bob")
    bob.sees("Ada", PEOPLE["Ada"][1])
    # Bob turns to another tab.
    bob.page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    ada.frames.wait_for_upload(False)
    ada.pause(1)
    unseen = ada.count("outbound-rtp", "framesSent")
    ada.pause(1)
    assert ada.count("outbound-rtp", "framesSent") - unseen <= 1
    bob.hears("Ada", PEOPLE["Ada"][0])
    bob.page.evaluate("""() => {
      delete document.hidden;
      delete document.visibilityState;
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    bob.sees("Ada", PEOPLE["Ada"][1])


@pytest.mark.parametrize("codec", ["VP8", "H264", "VP9", "AV1"])
def test_each_codec_is_forwarded_between_those_who_have_it(installation, visitors, room, codec):
    script = f"({ONLY})('{codec}');"
    ada, bob = (come(installation, visitors, room, name, script) for name in ("Ada", "Bob"))
    ada.sees("Bob", PEOPLE["Bob"][1])
    bob.sees("Ada", PEOPLE["Ada"][1])


def test_the_bitrate_rises_while_the_path_carries_it(installation, visitors, room):
    come(installation, visitors, room, "Ada", RESTLESS)
    bob = come(installation, visitors, room, "Bob", cam="off")
    bob.page.wait_for_selector(bob.picture("Ada"))
    rates, before = [], bob.count("inbound-rtp", "bytesReceived")
    for _ in range(20):
        bob.pause(1)
        now = bob.count("inbound-rtp", "bytesReceived")
        rates.append((now - before) * 8 / 1000)
        before = now
        if rates[-1] > 700:
            break
    assert max(rates) > 700, f"kbit/s: {rates}"
    assert bob.count("inbound-rtp", "framesDecoded") > 0
