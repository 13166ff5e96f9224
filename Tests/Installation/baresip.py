"""A telephone: baresip without a head, which plays a tone, keeps what it hears, and does what it is told."""

import json
import socket
import time

import numpy as np

from .audio import Sound, write_tone
from .ports import media_ports, own_port
from .program import Program

RATE = 8000
MODULES = "g711 aufile sndfile aubridge account menu ctrl_tcp".split()

CONFIGURATION = """
sip_listen 127.0.0.1:{port}
sip_transports udp
call_local_timeout 120
call_max_calls 8
audio_path {folder}
audio_player aubridge,nil
audio_source aufile,{tone}
audio_alert aubridge,nil
ausrc_channels 1
auplay_channels 1
audio_txmode poll
audio_level no
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
rtp_ports {rtp}-{rtp_end}
rtcp_mux no
jitter_buffer_delay 1-5
rtp_stats no
module_path /usr/lib/baresip/modules
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}/heard
"""


class Phone(Program):
    """
    `codecs` are `PCMU`, `PCMA` or both with a comma. With `registrar` (host and port) and `password` it registers there
    as `user`, at `domain`; else it is called at its own address.
    """

    def __init__(self, name, hertz, user="phone", codecs="PCMU,PCMA", answers=True, registrar=None, domain=None, password=None):
        super().__init__(name)
        self.user = user
        self.hertz = hertz
        self.answers = answers
        self.port = own_port()
        self.control_port = self.port + 2
        # One pair, and a few for calls that overlap.
        self.rtp_port = media_ports(self.port)
        mode = ";answermode=auto" if answers else ""
        if registrar:
            account = f'<sip:{user}@{domain or registrar};transport=udp>;auth_user={user};auth_pass={password};outbound="sip:{registrar}";regint=60'
        else:
            account = f"<sip:{user}@127.0.0.1:{self.port}>;regint=0"
        self.account = f"{account}{mode};audio_codecs={codecs}"

    @property
    def uri(self):
        return f"sip:{self.user}@127.0.0.1:{self.port}"

    def start(self):
        (self.folder / "heard").mkdir(exist_ok=True)
        tone = write_tone(self.folder / "tone.wav", self.hertz, rate=RATE, seconds=300)
        values = {
            "port": self.port, "control": self.control_port, "folder": self.folder, "tone": tone,
            "rtp": self.rtp_port, "rtp_end": self.rtp_port + 7,
        }  # fmt: skip
        modules = "".join(f"module {module}.so\n" for module in MODULES)
        (self.folder / "config").write_text(CONFIGURATION.format(**values) + modules)
        (self.folder / "accounts").write_text(self.account + "\n")
        for empty in ("contacts", "uuid"):
            (self.folder / empty).write_text("")
        self.run(["baresip", "-4", "-n", "127.0.0.1", "-f", self.folder])
        self.control = self.wait_for(self._connect, "takes orders")
        self._replies = b""
        self.events = []
        return self

    def _connect(self):
        try:
            return socket.create_connection(("127.0.0.1", self.control_port), timeout=5)
        except OSError:
            return None

    def stop(self):
        if self.process is not None and hasattr(self, "control"):
            self.control.close()
        super().stop()

    # Orders

    def order(self, command, params=None, seconds=5):
        """The text with which it answers."""
        token = str(time.monotonic_ns())
        text = json.dumps({"command": command, "params": params or "", "token": token}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))
        deadline = time.monotonic() + seconds
        while True:
            message = self._message(deadline)
            if message.get("token") == token:
                assert message.get("ok", True), message
                return message.get("data", "")
            self.events.append(message)

    def _message(self, deadline):
        while True:
            length, colon, rest = self._replies.partition(b":")
            if colon and len(rest) > int(length):
                self._replies = rest[int(length) + 1 :]
                return json.loads(rest[: int(length)])
            self.control.settimeout(max(0.01, deadline - time.monotonic()))
            piece = self.control.recv(65_536)
            assert piece, f"{self.name} has closed its control connection"
            self._replies += piece

    def dial(self, uri):
        self.order("dial", uri)

    def answer(self):
        self.order("accept")

    def hang_up(self):
        self.order("hangup")

    def hold(self):
        self.order("hold")

    def resume(self):
        self.order("resume")

    # Its state

    @property
    def calls(self):
        """One line for each call, as `ESTABLISHED sip:…`."""
        return [" ".join(line.split()) for line in self.order("listcalls").splitlines() if "sip:" in line]

    @property
    def farewell(self):
        """How its latest call ended: a status with its reason, or empty after a BYE; `None` if none has ended yet."""
        self.order("listcalls")
        return next((event.get("param", "") for event in reversed(self.events) if event.get("type") == "CALL_CLOSED"), None)

    @property
    def is_ringing(self):
        return any("INCOMING" in call for call in self.calls)

    @property
    def is_talking(self):
        return any("ESTABLISHED" in call for call in self.calls)

    @property
    def is_idle(self):
        return not self.calls

    @property
    def is_registered(self):
        return "OK" in self.order("reginfo")

    def wait_until(self, state, seconds=10):
        """`ringing`, `talking`, `idle` or `registered`; answers the seconds that it took."""
        began = time.monotonic()
        self.wait_for(lambda: getattr(self, f"is_{state}"), f"is {state}", seconds)
        return time.monotonic() - began

    # What it hears

    @property
    def heard(self):
        """Everything of its latest call so far. It begins with the first packet: delays cannot be told from it."""
        files = sorted((self.folder / "heard").glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime_ns)
        # While it is still being written the header names no length; 44 bytes before 16-bit samples it always is.
        samples = files[-1].read_bytes()[44:] if files else b""
        return Sound(np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2") / 32_768, RATE)

    def listen(self, seconds=1.0, patience=10):
        """What it hears from now on."""
        begin = len(self.heard)
        wanted = int(seconds * RATE)
        self.wait_for(lambda: len(self.heard) >= begin + wanted, f"has heard {seconds} s", patience)
        return Sound(self.heard.samples[begin : begin + wanted], RATE)

    def wait_for_tone(self, hertz, seconds=10):
        """Listens until a clean tone is heard; answers it."""
        deadline = time.monotonic() + seconds
        while not (sound := self.listen(0.5, seconds)).is_tone(hertz):
            assert time.monotonic() < deadline, f"{self.name}: no {hertz} Hz within {seconds} s, but {sound}"
        return sound
