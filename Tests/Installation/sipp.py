"""Odd answers: a SIP peer that does exactly what its script says, and keeps every message that it sent and got."""

import re
import time
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from .ports import media_ports, own_port
from .program import Program

RATE = 8000

REPLY = """SIP/2.0 {status}
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
"""
#: A request of the called side within its dialog: towards the caller, whose Contact and route are kept from the INVITE.
REQUEST = """{method} [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: [$called]
To: [$caller]
[last_Call-ID:]
CSeq: {sequence} {method}
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70
"""
DESCRIPTION = """v=0
o=- 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP {payloads}
{maps}
a=ptime:20
a={direction}
"""
CODECS = {"PCMU": 0, "PCMA": 8}
#: The lines of a request that a response takes back: a proxy puts those of Via and Record-Route above all others.
_LINE = "(Via|Record-Route):[^[:cntrl:]]*"
WAY = f"({_LINE}[[:cntrl:]]+)*{_LINE}"
#: Variables of sipp that hold a part of the INVITE.
REMEMBERED = ("caller", "to", "way")


INVITE = """INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{user}@[local_ip]:[local_port]>;tag=odd[call_number]
To: <sip:{number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: {sequence} INVITE
Contact: <sip:{user}@[local_ip]:[local_port]>
Max-Forwards: 70
"""


class Script:
    """What the called side does, step by step. Each step answers the script, so that they can be written in one line."""

    def __init__(self, codec="PCMU"):
        self.codec = codec
        self.steps = []
        self.hertz = None
        self._version = 0
        self._sequence = 0
        self._labels = 0

    # Getting

    def receive(self, request, optional=False, within=20):
        more = ' optional="true"' if optional else f' timeout="{int(within * 1000)}"'
        self.steps.append(f'<recv request="{request}" rrs="true"{more}>{self._remember(request)}</recv>')
        return self

    @staticmethod
    def _remember(request):
        if request != "INVITE":
            return ""
        # From of the INVITE is To of our own requests.
        return (
            '<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>'
            f'<ereg regexp="{WAY}" search_in="msg" assign_to="way"/></action>'
        )

    def expect(self, *statuses, within=10):
        """The answer to a request of our own: one of these."""
        self._labels += len(statuses) > 1
        for status in statuses[:-1]:
            self.steps.append(f'<recv response="{status}" optional="true" next="{self._labels}"/>')
        self.steps.append(f'<recv response="{statuses[-1]}" timeout="{int(within * 1000)}"/>')
        if len(statuses) > 1:
            self.steps.append(f'<label id="{self._labels}"/>')
        return self

    # Sending

    def reply(self, status, reason=None, describe=None, headers=""):
        """A response to the latest request; `describe` is the direction of an SDP that goes with it."""
        reason = reason or {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}.get(status, "No")
        tag = "" if status == 100 else ";tag=odd[call_number]"
        self._send(REPLY.format(status=f"{status} {reason}", tag=tag) + headers, describe, retransmits=False)
        return self

    def request(self, method, describe=None, headers="", body=None):
        """A request within the dialog, from the called side."""
        self._sequence += 1
        self._send(REQUEST.format(method=method, sequence=self._sequence) + headers, describe, body=body, retransmits=method != "ACK")
        return self

    def acknowledge(self):
        self._send(REQUEST.format(method="ACK", sequence=self._sequence), None, retransmits=False)
        return self

    def _send(self, head, describe, retransmits, body=None):
        text = head
        if describe:
            self._version += 1
            payloads = [CODECS[self.codec], 101]
            maps = f"a=rtpmap:{payloads[0]} {self.codec}/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15"
            text += "Content-Type: application/sdp\nContent-Length: [len]\n\n"
            text += DESCRIPTION.format(version=self._version, payloads=" ".join(map(str, payloads)), maps=maps, direction=describe)
        elif body:
            text += f"Content-Type: text/plain\nContent-Length: [len]\n\n{body}\n"
        else:
            text += "Content-Length: 0\n\n"
        more = ' retrans="500"' if retransmits else ""
        self.steps.append(f"<send{more}><![CDATA[\n{text}]]></send>")

    # Calling

    def call(self, number, user, authentication=""):
        """An INVITE of its own, to the peer that `OddPeer` was given."""
        self._sequence += 1
        head = INVITE.format(number=number, user=user, sequence=self._sequence) + (authentication + "\n" if authentication else "")
        self._send(head, "sendrecv", retransmits=True)
        return self

    def challenged(self, status):
        """A challenge, which sipp acknowledges by itself in a script that calls."""
        self.steps.append(f'<recv response="{status}" auth="true"/>')
        return self

    # Time and sound

    def pause(self, seconds):
        self.steps.append(f'<pause milliseconds="{int(seconds * 1000)}"/>')
        return self

    def play(self, hertz):
        """A tone as RTP from now on, to where the caller's SDP says."""
        self.hertz = hertz
        self.steps.append(f'<nop><action><exec rtp_stream="@TONE@,-1,{CODECS[self.codec]},{self.codec}/8000"/></action></nop>')
        return self

    def hush(self):
        self.steps.append('<nop><action><exec rtp_stream="pause"/></action></nop>')
        return self

    # Whole answers

    def ring(self):
        return self.receive("INVITE").reply(100).reply(180)

    def answer(self):
        return self.reply(200, describe="sendrecv").receive("ACK")

    def take_bye(self, within=20):
        return self.receive("BYE", within=within).reply(200)

    def hang_up(self):
        return self.request("BYE").expect(200)

    def refuse(self, status, reason=None, headers=""):
        """A final refusal, which is acknowledged."""
        return self.reply(status, reason, headers=headers).receive("ACK")

    def cancelled(self, within=20):
        """Waits for CANCEL and goes as it asks."""
        self.receive("CANCEL", within=within).reply(200)
        self.steps.append(f"<send><![CDATA[\n{self._of_invite('487 Request Terminated')}Content-Length: 0\n\n]]></send>")
        return self.receive("ACK")

    def answered_after_cancel(self):
        """The answer that crossed the CANCEL on its way: the call is up, though nobody wants it any more."""
        self.receive("CANCEL").reply(200)
        payload = CODECS[self.codec]
        description = DESCRIPTION.format(version=1, payloads=payload, maps=f"a=rtpmap:{payload} {self.codec}/8000", direction="sendrecv")
        text = self._of_invite("200 OK") + f"Content-Type: application/sdp\nContent-Length: [len]\n\n{description}"
        self.steps.append(f"<send><![CDATA[\n{text}]]></send>")
        return self.receive("ACK").take_bye()

    @staticmethod
    def _of_invite(status):
        """
        The final response to the INVITE after its CANCEL has come, which a proxy has sent on its own behalf: with one Via and no
        Record-Route (RFC 3261 §16.10). What goes back the way of the INVITE needs that one's, and else is for nobody beyond the proxy.
        """
        text = REPLY.format(status=status, tag=";tag=odd[call_number]")
        return text.replace("[last_Via:]\n[last_Record-Route:]", "[$way]").replace("[last_CSeq:]", "CSeq: [cseq] INVITE")

    def xml(self, tone):
        # sipp refuses a variable that nothing reads.
        steps = []
        for step in self.steps:
            steps.append(step.replace("@TONE@", escape(str(tone))).replace("[$called]", "[$to];tag=odd[call_number]"))
        text = "\n".join(steps)
        used = [name for name in REMEMBERED if f"[${name}]" in text]
        unused = [name for name in REMEMBERED if name not in used and f'assign_to="{name}"' in text]
        reference = f'<Reference variables="{",".join(unused)}"/>' if unused else ""
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="odd">\n{text}\n{reference}\n</scenario>\n'


@dataclass(frozen=True)
class Message:
    """One SIP message on sipp's wire."""

    sent: bool
    start: str
    text: str

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0")

    @property
    def method(self):
        """Of the request itself, or of the one that a response answers."""
        return self.header("CSeq").split()[-1]

    @property
    def status(self):
        return None if self.is_request else int(self.start.split()[1])

    def header(self, name):
        found = re.search(rf"^{name}\s*:\s*(.*?)\s*$", self.text, re.IGNORECASE | re.MULTILINE)
        return found.group(1) if found else ""

    @property
    def direction(self):
        """The direction of its SDP; `sendrecv` where it names none (RFC 8866 §6.7); `None` without SDP."""
        if "m=audio" not in self.text:
            return None
        found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", self.text, re.MULTILINE)
        return found.group(1) if found else "sendrecv"


class OddPeer(Program):
    """sipp for so many calls by one script: on the called side, or on the calling one if it `calls_at` an address."""

    def __init__(self, script, name="odd", calls=1, calls_at=None):
        super().__init__(name)
        self.calls_at = calls_at
        self.script = script
        self.count = calls
        self.port = own_port()
        self.media_port = media_ports(self.port)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self):
        return f"sip:odd@{self.address}"

    @property
    def _messages(self):
        return self.folder / "messages.log"

    def start(self):
        tone = self.folder / "tone.raw"
        if self.script.hertz:
            tone.write_bytes(encode_tone(self.script.hertz, self.script.codec))
        file = self.folder / "scenario.xml"
        file.write_text(self.script.xml(tone))
        command = ["sipp", "-sf", file, "-i", "127.0.0.1", "-p", self.port, "-mi", "127.0.0.1", "-mp", self.media_port]
        command += ["-m", self.count, "-nostdin", "-trace_msg", "-message_file", self._messages, "-trace_err"]
        command += [self.calls_at] if self.calls_at else []
        command += ["-error_file", self.folder / "errors.log", "-default_behaviors", "none", "-recv_timeout", 30_000]
        self.run(command)
        self.wait_for(lambda: self._is_bound(), "listens")
        return self

    def _is_bound(self):
        with open("/proc/net/udp") as file:
            return f":{self.port:04X} " in file.read()

    def finish(self, seconds=20):
        """Waits for the end of its script; a step that did not come is a failure."""
        deadline = time.monotonic() + seconds
        while self.is_running:
            assert time.monotonic() < deadline, f"{self.name} still waits after {seconds} s:\n{self.outline}"
            time.sleep(0.02)
        code = self.process.returncode
        errors = self.folder / "errors.log"
        assert code == 0, f"{self.name} ended with {code}:\n{errors.read_text() if errors.exists() else ''}\n{self.outline}"

    # What passed

    @property
    def messages(self):
        """Every message so far, retransmissions too."""
        if not self._messages.exists():
            return []
        pieces = re.split(r"^-{20,}[^\n]*\n", self._messages.read_text(errors="replace"), flags=re.MULTILINE)[1:]
        found = []
        for piece in pieces:
            head, _, text = piece.partition("\n\n")
            text = text.strip("\n")
            if text:
                found.append(Message("sent" in head, text.split("\n", 1)[0].strip(), text.replace("\r", "")))
        return found

    @property
    def outline(self):
        return "\n".join(f"{'→' if message.sent else '←'} {message.start} ({message.header('CSeq')})" for message in self.messages)

    def received(self, method):
        """The requests of this method that came."""
        return [message for message in self.messages if not message.sent and message.is_request and message.method == method]

    def answers_to(self, method):
        """The responses to requests of its own."""
        return [message for message in self.messages if not message.sent and not message.is_request and message.method == method]


def encode_tone(hertz, codec, seconds=2, level=0.3):
    """A tone as headerless G.711 (ITU-T G.711), whole seconds without a seam."""
    samples = np.round(level * 32_767 * np.sin(2 * np.pi * hertz * np.arange(RATE * seconds) / RATE)).astype(int)
    return (_mu_law(samples) if codec == "PCMU" else _a_law(samples)).astype(np.uint8).tobytes()


def _mu_law(samples):
    sign = np.where(samples < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(samples), 32_635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(int) - 7
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


def _a_law(samples):
    sign = np.where(samples >= 0, 0x80, 0)
    magnitude = np.minimum(np.where(samples >= 0, samples, -samples - 1), 32_767) >> 3
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 0)
    exponent = np.where(magnitude < 32, 0, exponent)
    mantissa = np.where(exponent == 0, magnitude >> 1, magnitude >> exponent) & 0x0F
    return (sign | exponent << 4 | mantissa) ^ 0x55
