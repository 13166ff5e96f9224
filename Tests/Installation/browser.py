"""A real browser in front of the room page, and what a person sees and hears there."""

import base64
import json
import time

import numpy as np

from .audio import Sound
from .ringlink import OUTPUT

CHROMIUM = "/usr/bin/chromium"
SCREENS = OUTPUT / "screens"
SIZES = [(1280, 800), (820, 1180), (390, 844)]
# The machine may be busy with builds; nothing here is a measurement of speed.
PATIENCE = 30

# A browser's noise suppression takes a steady tone for noise, and its echo cancellation removes an echo.
# What a person speaks is to arrive as it is.
RAW_MICROPHONE = """
const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (open) navigator.mediaDevices.getUserMedia = (wish) => {
  window.askedFor = [...(window.askedFor ?? []), Object.keys(wish).filter((kind) => wish[kind]).sort().join("+")];
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return open({ ...wish, audio: wish.audio ? { ...(wish.audio === true ? {} : wish.audio), ...raw } : false });
};
"""

# A person of its own kind: the microphone is a steady tone and the camera shows one colour, so that everybody can be told apart.
PERSONA = """
({ hertz, colour, screen }) => {
  if (!navigator.mediaDevices) return;
  const voice = async () => {
    const context = new AudioContext({ sampleRate: 48000 });
    await context.resume();
    const tone = new OscillatorNode(context, { frequency: hertz });
    const far = new MediaStreamAudioDestinationNode(context);
    tone.connect(new GainNode(context, { gain: 0.3 })).connect(far);
    tone.start();
    return far.stream.getAudioTracks()[0];
  };
  const face = (colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const brush = canvas.getContext("2d");
    let count = 0;
    setInterval(() => {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, canvas.width, canvas.height);
      // Something moves, or there would be nothing to encode.
      brush.fillStyle = "#808080";
      brush.fillRect((count += 4) % canvas.width, 0, 8, 8);
    }, 66);
    return canvas.captureStream(15).getVideoTracks()[0];
  };
  navigator.mediaDevices.getUserMedia = async (wish) =>
    new MediaStream([wish.audio ? await voice() : null, wish.video ? face(colour) : null].filter(Boolean));
  navigator.mediaDevices.getDisplayMedia = async () => new MediaStream([face(screen)]);
}
"""

# The last 0.68 s, as often as asked, of what one audio element of the page plays. No worklet: the page's own
# Content-Security-Policy stays in force, and it allows none.
LISTEN = """
async ({ selector, windows }) => {
  const element = document.querySelector(selector);
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const source = context.createMediaStreamSource(element.srcObject);
  const analyser = context.createAnalyser();
  analyser.fftSize = 32768;
  source.connect(analyser);
  const heard = [];
  for (let count = 0; count < windows; count += 1) {
    await new Promise((wake) => setTimeout(wake, 32768 / context.sampleRate * 1000 + (count ? 0 : 250)));
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    const bytes = new Uint8Array(samples.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    heard.push(btoa(text));
  }
  const { sampleRate, state } = context;
  await context.close();
  return { heard, rate: sampleRate, state, paused: element.paused, muted: element.muted, volume: element.volume };
}
"""
# What one video element shows, in red, green and blue; null before it shows anything.
GLANCE = """
(selector) => {
  const video = document.querySelector(selector);
  if (!video || video.readyState < 2) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 24 });
  const brush = canvas.getContext("2d");
  brush.drawImage(video, 0, 0, 32, 24);
  return [...brush.getImageData(16, 16, 1, 1).data].slice(0, 3);
}
"""
# Every connection that a page makes, so that it can be asked for its statistics: to be given to a person before the page opens.
CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    connections.push(this);
  }
};
"""
# One number of the newest connection's statistics, summed up over its streams of pictures.
COUNT = """
async ({ type, name }) => {
  let sum = 0;
  for (const entry of (await connections.at(-1).getStats()).values()) {
    if (entry.type === type && entry.kind === "video") sum += entry[name] ?? 0;
  }
  return sum;
}
"""
PHONE = '#sound audio[data-participant^="ca_"]'


def launch(playwright, microphone, autoplay="no-user-gesture-required", allowed=True, executable=CHROMIUM):
    """A Chromium whose microphone is a WAV file. `autoplay` `None` leaves Chromium its own rules; without `allowed` nobody grants the microphone."""
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--allow-loopback-in-peer-connection",
    ]
    if autoplay:
        flags.append(f"--autoplay-policy={autoplay}")
    if allowed:
        flags.append("--use-fake-ui-for-media-stream")
    return playwright.chromium.launch(executable_path=executable, headless=True, args=flags)


class Tab:
    """One tab with the room page (or the landing page) in it."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        self.sockets = []
        self._glass = None
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", lambda socket: self.sockets.append(socket))

    # What the page says

    @property
    def state(self):
        return self.page.evaluate("document.documentElement.dataset.state")

    def wait_for_state(self, state, seconds=PATIENCE):
        self.page.wait_for_selector(f"html[data-state='{state}']", state="attached", timeout=seconds * 1000)
        return self

    def wait_for_media(self, seconds=PATIENCE):
        self.wait_for_state("in-room", seconds)
        self.page.wait_for_selector("html[data-media='connected']", state="attached", timeout=seconds * 1000)
        return self

    def text(self, selector):
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def notice(self, cause, seconds=PATIENCE):
        """The words of a notice, once it is there."""
        selector = f".notice[data-cause='{cause}']"
        self.page.wait_for_selector(selector, timeout=seconds * 1000)
        return self.text(selector)

    @property
    def people(self):
        return self.page.evaluate("[...document.querySelectorAll('#people .person-name')].map((name) => name.textContent)")

    def look(self, expression):
        """An expression's value, without the user gesture that playwright's own `evaluate` gives the page."""
        if self._glass is None:
            self._glass = self.page.context.new_cdp_session(self.page)
        options = {"expression": expression, "returnByValue": True, "awaitPromise": True, "userGesture": False}
        return self._glass.send("Runtime.evaluate", options)["result"].get("value")

    def look_for(self, expression, seconds=PATIENCE):
        """Waits until the expression is true, without a touch."""
        deadline = time.monotonic() + seconds
        while not (value := self.look(expression)):
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}"
            self.pause(0.1)
        return value

    # Calls

    def wait_for_call(self, state, seconds=PATIENCE, outcome=None):
        """The call card in this state; answers the call's id."""
        selector = f".call[data-state='{state}']" + (f"[data-outcome='{outcome}']" if outcome else "")
        self.page.wait_for_selector(selector, timeout=seconds * 1000)
        return self.page.get_attribute(selector, "data-call")

    @property
    def cards(self):
        """State and call of each card."""
        return self.page.evaluate("[...document.querySelectorAll('.call')].map((card) => [card.dataset.state, card.dataset.call])")

    def press(self, action):
        self.page.click(f"[data-action='{action}']")

    def pause(self, seconds):
        """Time passes, and the browser's events go on being heard."""
        self.page.wait_for_timeout(seconds * 1000)

    # Sound

    def listen(self, windows=1, selector=PHONE, seconds=PATIENCE):
        """What the page plays of the phone: windows of 0.68 s, one right after the other."""
        self.page.wait_for_selector(selector, state="attached", timeout=seconds * 1000)
        answer = self.page.evaluate(LISTEN, {"selector": selector, "windows": windows})
        assert answer["state"] == "running", "the browser gives no sound to measure"
        assert not answer["paused"] and not answer["muted"] and answer["volume"] == 1, "the page does not play the phone"
        return [Sound(np.frombuffer(base64.b64decode(text), dtype="<f4"), answer["rate"]) for text in answer["heard"]]

    def participant(self, name):
        """The id of somebody in the roster."""
        row = self.page.locator(f"#people .person:has(.person-name:text-is('{name}'))")
        row.wait_for(timeout=PATIENCE * 1000)
        return row.get_attribute("data-participant")

    def hears(self, name, hertz, seconds=PATIENCE):
        """Listens until somebody's own tone is heard from him, and nothing else."""
        return self.wait_for_tone(hertz, seconds, selector=f"#sound audio[data-participant='{self.participant(name)}']")

    def wait_for_any_tone(self, selector, seconds=PATIENCE):
        """Listens until a clean tone is heard, whichever; answers it."""
        deadline = time.monotonic() + seconds
        while True:
            (sound,) = self.listen(selector=selector)
            if sound.purity > 0.9 and sound.rms > 0.02:
                return sound
            assert time.monotonic() < deadline, f"no tone within {seconds} s, but {sound}"

    def wait_for_tone(self, hertz, seconds=PATIENCE, selector=PHONE):
        """Listens until a clean tone is heard; answers it."""
        deadline = time.monotonic() + seconds
        while True:
            (sound,) = self.listen(selector=selector)
            if abs(sound.peak - hertz) < 2 and sound.purity > 0.9 and sound.rms > 0.02:
                return sound
            assert time.monotonic() < deadline, f"no {hertz} Hz within {seconds} s, but {sound}"

    # Pictures

    def picture(self, name, kind="video"):
        """The selector of somebody's picture: the camera, or the `screen`."""
        return f"video[data-participant='{self.participant(name)}'][data-kind='{kind}']"

    def sees(self, name, colour, kind="video", seconds=PATIENCE):
        """Looks until somebody's own colour, `#rrggbb`, is what is seen of him."""
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        deadline = time.monotonic() + seconds
        while True:
            seen = self.page.evaluate(GLANCE, self.picture(name, kind))
            if seen and all(abs(one - other) < 40 for one, other in zip(seen, wanted)):
                return seen
            assert time.monotonic() < deadline, f"not {colour} of {name} within {seconds} s, but {seen}"
            self.pause(0.1)

    def count(self, type, name):
        """A number of the statistics of the pictures that come (`inbound-rtp`) or go (`outbound-rtp`); needs `CONNECTIONS`."""
        return self.page.evaluate(COUNT, {"type": type, "name": name})

    # Looks

    def photograph(self, name):
        """Pictures of this state at each size, under `.build/e2e/screens`. Nothing may be wider than its screen."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=SCREENS / f"{name}-{width}x{height}.png")
            overhang = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            assert overhang <= 0, f"{name} is {overhang} px wider than a screen of {width} px"
        self.page.set_viewport_size(before)


class Visitors:
    """People with a browser each: a context of its own, so that they share nothing."""

    def __init__(self, browser):
        self.browser = browser
        self.contexts = []
        self.tabs = []
        #: Complaints of the browser's console that the test brings about on purpose.
        self.expected = ()

    def person(self, **options):
        context = self.browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        context.set_default_timeout(20_000)
        context.add_init_script(RAW_MICROPHONE)
        self.contexts.append(context)
        return context

    def persona(self, hertz, colour="#c02020", screen="#20c0c0", **options):
        """Somebody whose voice is a tone, and whose camera and screen are each a colour."""
        context = self.person(**options)
        context.add_init_script(f"({PERSONA})({json.dumps({'hertz': hertz, 'colour': colour, 'screen': screen})})")
        return context

    def tab(self, address=None, person=None):
        """A new tab; of a new person unless one is given."""
        return self.watch((person or self.person()).new_page(), address)

    def watch(self, page, address=None):
        tab = Tab(page)
        self.tabs.append(tab)
        if address:
            page.goto(address)
        return tab

    def leave(self):
        for context in self.contexts:
            context.close()

    @property
    def complaints(self):
        return [text for tab in self.tabs for text in tab.complaints if not any(words in text for words in self.expected)]
