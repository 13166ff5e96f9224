"""The control endpoint's signatures, written from the specification alone: HMAC-SHA256 over eight lines, keys by HKDF."""

import hashlib
import hmac
import json
import secrets
import time

import requests

TO_BRIDGE = "ringlink v1 control api to bridge"
TO_API = "ringlink v1 control bridge to api"
RESUME = "ringlink v1 resume token"
# Older than any that the API tells: a bridge keeps the newest.
NO_SETUP = {"version": 0, "trunks": [], "extensions": []}


def derive(secret, label):
    """HKDF-SHA256 (RFC 5869) without salt, 32 bytes."""
    extracted = hmac.digest(bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, label.encode() + b"\x01", hashlib.sha256)


class Control:
    """Who holds the installation's secret, and may sign as the web side does."""

    def __init__(self, installation):
        self.address = f"http://127.0.0.1:{installation.control_port}"
        self.secret = bytes.fromhex((installation.data / "secret.key").read_text().strip())
        self.bridge = (installation.data / "bridge-id").read_text().strip()
        self.key = derive(self.secret, TO_BRIDGE)
        self.answer_key = derive(self.secret, TO_API)

    def sign(self, target, body, *, audience=None, epoch=0, at=None, nonce=None, method="POST", key=None):
        """The header's value."""
        at = int(time.time()) if at is None else at
        nonce = nonce or secrets.token_hex(16)
        text = "".join(
            f"{line}\n" for line in ("rl-control-v1", audience or self.bridge, epoch, at, nonce, method, target, hashlib.sha256(body).hexdigest())
        )
        return f"t={at},n={nonce},v1={hmac.new(key or self.key, text.encode(), hashlib.sha256).hexdigest()}"

    def send(self, target, body, header, method="POST"):
        """As it is."""
        headers = {"Content-Type": "application/json"} | ({"Ringlink-Signature": header} if header is not None else {})
        return requests.request(method, self.address + target, data=body, headers=headers, timeout=10)

    def post(self, target, document, epoch=0):
        """Rightly signed; the answer's own signature is checked."""
        body = json.dumps(document).encode()
        nonce = secrets.token_hex(16)
        answer = self.send(target, body, self.sign(target, body, epoch=epoch, nonce=nonce))
        assert self.is_signed(answer, nonce), answer.headers
        return answer

    def is_signed(self, answer, nonce):
        text = "".join(
            f"{line}\n" for line in ("rl-control-v1-answer", nonce, answer.status_code, hashlib.sha256(answer.content).hexdigest())
        )
        return answer.headers.get("Ringlink-Signature") == "v1=" + hmac.new(self.answer_key, text.encode(), hashlib.sha256).hexdigest()

    def hello(self):
        answer = self.post("/control/hello", {"api": "tests", "setup": NO_SETUP})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def command(self, command, epoch, expiry=None, id=None):
        return {
            "id": id or secrets.token_hex(16),
            "epoch": epoch,
            "expiresAtMilliseconds": expiry or int(time.time() * 1000) + 8000,
            "command": command,
        }
