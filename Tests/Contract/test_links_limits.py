"""What a link permits and no more, on the running server; how long a call lasts and whom it shows are in the end-to-end tests."""

import time
from datetime import UTC, datetime

from Installation.signal_socket import SignalSocket, fresh_load

# No trunk carries these: a dial that FraudGuard lets pass ends with `no_trunk`.
NUMBER, OTHER = "+35621223541", "+35621223542"
FURTHER = "+35627000001"


def dial(socket, number, **members):
    socket.send(type="dial", number=number, origin="user", key=fresh_load(), **members)
    return socket.receive("dial-status", state="ended")


def code(socket, number, **members):
    return dial(socket, number, **members)["reason"]["code"]


def text(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_its_own_number_and_its_destinations_alone(installation, rest):
    link = rest.made("/v1/links", {"dial": NUMBER, "destinations": ["+35627"]})
    with SignalSocket(installation) as socket:
        socket.join(link["room"])
        assert code(socket, NUMBER) == code(socket, FURTHER) == "no_trunk"
        refused = dial(socket, OTHER)
        assert (refused["outcome"], refused["refusal"]["rule"]) == ("blocked", "allowlist")
        # Destinations are beginnings, never a way around what is under a rule of its own.
        assert dial(socket, "+356112")["outcome"] in ("blocked", "invalid_number")
    stats = rest.get(f"/v1/links/{link['id']}/stats").json()
    # What no trunk carries has passed FraudGuard, and is refused without being placed.
    assert (stats["opened"], stats["dialled"], stats["answered"], stats["refused"], stats["live"]) == (1, 0, 0, 2, 0)
    assert stats["outcomes"] == {"trunk_unavailable": 2} and stats["talk_seconds"] == 0
    assert stats["last_used_at"] == stats["last_dialled_at"] >= stats["last_opened_at"]


def test_its_trunk_alone(installation, rest):
    trunk = rest.made("/v1/trunks", {"name": "idle", "host": "127.0.0.1", "enabled": False})
    link = rest.made("/v1/links", {"dial": NUMBER, "trunk": trunk["id"]})
    with SignalSocket(installation) as socket:
        socket.join(link["room"])
        assert code(socket, NUMBER, trunk=trunk["id"]) == "trunk_disabled"
        for other in ({}, {"trunk": "tr_000000000000"}):
            assert dial(socket, NUMBER, **other)["refusal"]["rule"] == "allowlist"
    assert rest.delete(f"/v1/trunks/{trunk['id']}").status_code == 204


def test_within_its_window_alone(installation, rest):
    now = int(time.time())
    early = rest.made("/v1/links", {"dial": NUMBER, "not_before": text(now + 3600)})
    over = rest.made("/v1/links", {"dial": NUMBER, "expires_at": text(now - 1)})
    for link, expected in ((early, "link_not_yet_valid"), (over, "link_expired")):
        with SignalSocket(installation) as socket:
            assert socket.error(type="join", room=link["room"], name="Ada", load=fresh_load()) == (expected, "join")
    # Who is inside when it expires stays, and dials no more.
    soon = rest.made("/v1/links", {"dial": NUMBER, "expires_at": text(now + 3)})
    with SignalSocket(installation) as socket:
        socket.join(soon["room"])
        assert code(socket, NUMBER) == "no_trunk"
        while time.time() < now + 3.1:
            time.sleep(0.1)
        refused = dial(socket, NUMBER)
        assert (refused["reason"]["code"], refused["refusal"]["rule"]) == ("link_expired", "link")
        assert socket.is_open()


def test_a_link_that_is_nobodys_has_no_stats(rest):
    assert rest.get("/v1/links/ln_none/stats").status_code == 404
