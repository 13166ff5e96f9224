"""A Firefox in front of the room page, driven by its Marionette, and what a person sees and hears there."""

import base64
import contextlib
import itertools
import json
import os
import subprocess
import time

import numpy as np
from marionette_driver.marionette import Marionette

from .audio import Sound
from .browser import LISTEN, PATIENCE, PHONE
from .program import Program
from .ringlink import OUTPUT

FIREFOX = "/usr/bin/firefox-esr"
ADDRESS = "10.99.0.1"
_ports = itertools.count(2828)


@contextlib.contextmanager
def network_card():
    """Firefox offers no candidate on loopback: a card of this network namespace, whose wire leads nowhere, and the way to everywhere through it."""
    subprocess.run(["ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1"], check=True)
    try:
        for words in (["addr", "add", f"{ADDRESS}/24", "dev", "lan0"], ["link", "set", "lan0", "up"], ["link", "set", "lan1", "up"], ["route", "add", "default", "dev", "lan0"]):
            subprocess.run(["ip", *words], check=True)
        yield ADDRESS
    finally:
        subprocess.run(["ip", "link", "delete", "lan0"], check=True)


class SoundServer(Program):
    """A sound card that plays into nothing: without one Firefox's AudioContext never runs."""

    def __init__(self):
        super().__init__("pulseaudio")

    @property
    def environment(self):
        return {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder), "PULSE_SERVER": f"unix:{self.folder}/native"}

    def start(self):
        words = [f"{name}={value}" for name, value in self.environment.items() if name != "PULSE_SERVER"]
        modules = ["-L", "module-null-sink sink_name=nothing", "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self.folder}/native"]
        self.run(["env", *words, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", *modules])
        self.wait_for(lambda: (self.folder / "native").exists(), "its socket")


class Firefox:
    """One browser with one tab. Its microphone is a steady tone of `hertz`."""

    def __init__(self, sound, hertz):
        self.hertz = hertz
        self._sound = sound
        self._marionette = None

    def __enter__(self):
        port = next(_ports)
        log = OUTPUT / "peers" / f"firefox-{port}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        preferences = {
            "media.navigator.streams.fake": True,
            "media.navigator.permission.disabled": True,
            "media.navigator.audio.fake_frequency": self.hertz,
            "media.getusermedia.audio.processing.aec.enabled": False,
            "media.getusermedia.audio.processing.agc.enabled": False,
            "media.getusermedia.audio.processing.noise.enabled": False,
            "media.autoplay.default": 0,
            "media.autoplay.block-webaudio": False,
            "media.peerconnection.ice.obfuscate_host_addresses": False,
        }
        before = {name: os.environ.get(name) for name in self._sound.environment}
        os.environ.update(self._sound.environment)
        try:
            self._marionette = Marionette(
                bin=FIREFOX, headless=True, host="127.0.0.1", port=port, prefs=preferences, startup_timeout=120, gecko_log=str(log), workspace=str(self._sound.folder))
            self._marionette.start_session()
        except BaseException:
            self.__exit__()
            raise
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
        self._marionette.timeout.script = 60
        return self

    def __exit__(self, *_):
        # A Firefox that is not told to quit goes on.
        if self._marionette:
            with contextlib.suppress(Exception):
                self._marionette.quit()
            self._marionette.cleanup()
            self._marionette = None

    def goto(self, address):
        self._marionette.navigate(address)
        return self

    def look(self, expression, *arguments):
        """The value of an expression, which may be a promise and may call upon `arguments`."""
        script = """
          const [arguments_, answer] = [JSON.parse(arguments[0]), arguments[arguments.length - 1]];
          (async (...arguments) => (%s))(...arguments_).then((value) => answer(JSON.stringify({ value })), (error) => answer(JSON.stringify({ error: String(error) })));
        """
        answer = json.loads(self._marionette.execute_async_script(script % expression, script_args=[json.dumps(arguments)], sandbox=None, new_sandbox=False))
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def look_for(self, expression, seconds=PATIENCE):
        """Waits until the expression is true."""
        deadline = time.monotonic() + seconds
        while not (value := self.look(expression)):
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}; notices: {self.look(NOTICES)}"
            time.sleep(0.1)
        return value

    def wait_for_media(self, seconds=PATIENCE):
        self.look_for("document.documentElement.dataset.state === 'in-room' && document.documentElement.dataset.media === 'connected'", seconds)
        return self

    def wait_for_call(self, state, seconds=PATIENCE):
        return self.look_for(f"document.querySelector('.call[data-state={state}]')?.dataset.call", seconds)

    def press(self, selector):
        self._marionette.find_element("css selector", selector).click()

    def write(self, selector, text):
        self._marionette.find_element("css selector", selector).send_keys(text)

    def participant(self, name):
        """The id of somebody in the roster."""
        return self.look_for(
            f"[...document.querySelectorAll('#people .person')].find((row) => row.querySelector('.person-name').textContent === {json.dumps(name)})?.dataset.participant")

    def hears(self, name, hertz, seconds=PATIENCE):
        return self.wait_for_tone(hertz, f"#sound audio[data-participant='{self.participant(name)}']", seconds)

    def wait_for_tone(self, hertz, selector=PHONE, seconds=PATIENCE):
        """Listens until a clean tone is heard; answers it."""
        self.look_for(f"document.querySelector({json.dumps(selector)}) !== null")
        deadline = time.monotonic() + seconds
        while True:
            answer = self.look(f"({LISTEN})(arguments[0])", {"selector": selector, "windows": 1})
            assert answer["state"] == "running", "the browser gives no sound to measure"
            assert not answer["paused"] and not answer["muted"] and answer["volume"] == 1, "the page does not play it"
            sound = Sound(np.frombuffer(base64.b64decode(answer["heard"][0]), dtype="<f4"), answer["rate"])
            if abs(sound.peak - hertz) < 3 and sound.purity > 0.9 and sound.rms > 0.02:
                return sound
            assert time.monotonic() < deadline, f"no {hertz} Hz within {seconds} s, but {sound}"

    @property
    def complaints(self):
        """Errors of the page's scripts and of its Content-Security-Policy."""
        with self._marionette.using_context("chrome"):
            return self._marionette.execute_script(COMPLAINTS)


COMPLAINTS = """
  return Services.console.getMessageArray()
    .filter((one) => one instanceof Ci.nsIScriptError && !(one.flags & Ci.nsIScriptError.warningFlag))
    .filter((one) => /^content |CSP/.test(one.category)).map((one) => `${one.category}: ${one.errorMessage} (${one.sourceName})`);
"""
NOTICES = "[...document.querySelectorAll('.notice, #gate')].map((one) => one.textContent.trim()).join(' | ')"
