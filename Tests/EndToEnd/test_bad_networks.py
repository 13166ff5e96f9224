"""
People at the far end of a bad network: they hear and are heard, and keep their place through what a network does to them.

Their browser is in another network namespace than the server, with a wire between them that delays, loses and is cut.
"""

import json
import statistics
import time

import pytest

from Installation.bad_network import BadNetwork, Conditions, Way
from Installation.browser import CONNECTIONS, PHONE, Visitors, launch
from Installation.ringlink import Installation

ADA, BOB, ECHO = 440, 660, "600"
RED, BLUE = "#d01818", "#2030e0"
# 60 ms and 5 % each way: a bad mobile connection.
BAD = {"delay": 0.060, "loss": 0.05}
# Bytes per second of a line of 250 kbit/s, and what waits for it: not half a second.
NARROW, WAITING = 250_000 / 8, 12_000

# A camera whose picture is never the same, so that it is worth more than a narrow line carries. Who speaks says a tone all the same.
RESTLESS = """
(() => {
  const open = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    if (!wish.video) return stream;
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const brush = canvas.getContext("2d");
    setInterval(() => {
      for (let count = 0; count < 400; count += 1) {
        brush.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
        brush.fillRect(Math.random() * 640, Math.random() * 360, 24, 24);
      }
    }, 50);
    return new MediaStream([...stream.getAudioTracks(), ...canvas.captureStream(20).getVideoTracks()]);
  };
})();
"""
# What has come of voices so far, and how much of it had to be made up.
VOICES = """
async () => {
  const sum = { packetsReceived: 0, packetsLost: 0, totalSamplesReceived: 0, concealedSamples: 0, silentConcealedSamples: 0 };
  for (const entry of (await connections.at(-1).getStats()).values()) {
    if (entry.type !== "inbound-rtp" || entry.kind !== "audio") continue;
    for (const name in sum) sum[name] += entry[name] ?? 0;
  }
  return sum;
}
"""


@pytest.fixture(scope="module")
def wire(built):
    if refusal := BadNetwork.refusal():
        pytest.skip(refusal)
    with BadNetwork(seed=7) as wire:
        yield wire


@pytest.fixture
def network(wire):
    """As good as any until a test makes it bad."""
    wire.become(**vars(Conditions()))
    yield wire
    wire.become(**vars(Conditions()))


@pytest.fixture(scope="module")
def remote(wire):
    """An installation that is reached over the wire, by https as anybody's who is not on the same machine."""
    installation = Installation("remote")
    installation.host = f"{wire.server}:{installation.port}"
    installation.origin = f"https://{installation.host}"
    installation.options = ["--self-signed", "--bind", wire.server]
    with installation.up():
        yield installation


@pytest.fixture(scope="module")
def far_browser(wire, playwright, tone):
    browser = launch(playwright, tone, executable=wire.chromium)
    yield browser
    browser.close()


@pytest.fixture
def far(far_browser):
    """Visitors at the far end of the wire. Their consoles complain of a network that comes and goes, rightly."""
    visitors = Visitors(far_browser)
    visitors.expected = ("WebSocket", "ERR_", "Failed to load")
    yield visitors
    visitors.leave()
    assert not visitors.complaints, visitors.complaints


class Roster:
    """What one tab is told of who comes and goes."""

    def __init__(self, tab):
        self.frames = []
        tab.page.on("websocket", lambda socket: socket.on("framereceived", lambda text: self.frames.append(json.loads(text))))

    @property
    def comings_and_goings(self):
        return [frame for frame in self.frames if frame["type"] in ("peer-joined", "peer-left")]


def visit(visitors, installation, room, name, hertz, colour="#c02020", cam="off", script="", **parameters):
    person = visitors.persona(hertz, colour, ignore_https_errors=True)
    person.add_init_script(CONNECTIONS + script)
    tab = visitors.tab(person=person)
    tab.roster = Roster(tab)
    tab.page.goto(installation.link(room=room, name=name, cam=cam, **parameters))
    return tab.wait_for_media()


def sound_of(tab, name):
    return f"#sound audio[data-participant='{tab.participant(name)}']"


def seconds_until_heard(tab, hertz, selector, seconds=30):
    began = time.monotonic()
    tab.wait_for_tone(hertz, seconds, selector=selector)
    return time.monotonic() - began


def is_clear(tab, hertz, selector, windows=8):
    """The tone through losses: in most windows hardly anything else, and in none silence."""
    sounds = tab.listen(windows=windows, selector=selector)
    shares = [sound.share(hertz - 15, hertz + 15) for sound in sounds]
    return statistics.median(shares) > 0.9 and min(sound.rms for sound in sounds) > 0.01, sounds


def test_each_direction_loses_delays_doubles_and_reorders_what_it_is_told_to():
    def fates(**conditions):
        way, given = Way(3), []
        for number in range(20_000):
            now = number / 1000
            given += way.give(now)
            way.take((number, now), now, Conditions(**conditions))
        return way, given + list(way.give(1e9))

    way, given = fates(delay=0.06, jitter=0.01, loss=0.05, burst=3, duplicate=0.02)
    numbers = [number for number, _ in given]
    assert numbers == sorted(numbers), "jitter alone reorders nothing"
    assert 0.04 < way.lost / way.taken < 0.06 and len(numbers) - len(set(numbers)) == pytest.approx(0.02 * 19_000, rel=0.2)
    gaps = [after - before - 1 for before, after in zip(numbers, numbers[1:], strict=False) if after > before + 1]
    assert statistics.mean(gaps) == pytest.approx(3, rel=0.15)
    _, given = fates(reorder=0.1)
    late = sum(1 for before, after in zip(given, given[1:], strict=False) if after < before)
    assert len(given) == 20_000 and late == pytest.approx(0.1 * 20_000, rel=0.2)
    assert fates(blackout=True)[1] == []
    assert fates(delay=0.06, loss=0.3)[1] == fates(delay=0.06, loss=0.3)[1], "a seed is a network"


@pytest.mark.parametrize("direction, rate", [("downlink", 25_000), ("uplink", 50_000), ("downlink", None)])
def test_a_narrow_line_carries_its_rate_and_drops_what_finds_no_place_behind_those_that_wait(direction, rate):
    way, conditions, given = Way(3, direction), Conditions(**{direction: rate}, delay=0.02, queue=10_000), []
    # 100 kB a second for ten seconds: packets of 1,000 bytes, and between them small ones.
    for number in range(1_000):
        now = number / 100
        due = []
        while way.next_due is not None and way.next_due <= now:
            at = way.next_due
            due += [(at, packet) for packet in way.give(at)]
        given += due
        for size in (1_000, 100):
            way.take(f"{number} ".ljust(size), now, conditions)
    given += [(10.0, packet) for packet in way.give(1e9)]
    if rate is None:
        assert len(given) == way.taken and way.lost == 0
        return
    arrived = sum(len(packet) for _, packet in given)
    assert arrived == pytest.approx(rate * 10 + 10_000, rel=0.05) and len(given) + way.lost == way.taken
    waits = [at - int(packet.split()[0]) / 100 for at, packet in given if at < 10]
    assert 0.8 * 10_000 / rate < max(waits) <= 10_000 / rate + 0.02 + 1e-6, "no longer than a full queue takes"
    numbers = [int(packet.split()[0]) for _, packet in given]
    assert numbers == sorted(numbers)
    # The other direction knows nothing of it.
    other = Way(3, "uplink" if direction == "downlink" else "downlink")
    for number in range(1_000):
        other.take("x" * 1_000, number / 100_000, conditions)
    assert other.lost == 0


def test_two_people_and_an_echo_are_heard_through_five_percent_loss_and_a_long_way(network, remote, far, room):
    network.become(**BAD)
    ada = visit(far, remote, room, "Ada", ADA)
    bob = visit(far, remote, room, "Bob", BOB)
    for tab, other, hertz in ((ada, "Bob", BOB), (bob, "Ada", ADA)):
        seconds_until_heard(tab, hertz, sound_of(tab, other))
        clear, sounds = is_clear(tab, hertz, sound_of(tab, other))
        assert clear, sounds
    bob.page.click("#leave")
    bob.wait_for_state("left")
    ada.page.fill("#number", ECHO)
    ada.page.press("#number", "Enter")
    ada.wait_for_call("answered")
    # Twice over the wire.
    seconds_until_heard(ada, ADA, PHONE)
    clear, sounds = is_clear(ada, ADA, PHONE)
    assert clear, sounds
    before = network.counts
    network.become()
    passed = [[now - then for now, then in zip(*pair, strict=True)] for pair in zip(network.counts, before, strict=True)]
    assert all(taken > 1000 and 0.03 < lost / taken < 0.07 for taken, lost in passed), passed


def test_pictures_and_voices_come_through_five_percent_loss_and_a_long_way(network, remote, far, visitors, room):
    network.become(**BAD)
    ada = visit(far, remote, room, "Ada", ADA, RED, cam="on")
    bob = visit(visitors, remote, room, "Bob", BOB, BLUE, cam="on")
    ada.sees("Bob", BLUE)
    bob.sees("Ada", RED)
    before = [tab.count("inbound-rtp", "framesDecoded") for tab in (ada, bob)]
    ada.pause(10)
    after = [tab.count("inbound-rtp", "framesDecoded") for tab in (ada, bob)]
    # 15 a second are sent; what is lost is sent again, so that the picture does not stand still.
    assert all(now - then > 60 for then, now in zip(before, after, strict=True)), (before, after)
    assert bob.count("inbound-rtp", "packetsReceived") > 0
    for tab, other, hertz in ((ada, "Bob", BOB), (bob, "Ada", ADA)):
        seconds_until_heard(tab, hertz, sound_of(tab, other))


def test_who_gets_another_address_keeps_the_place_and_is_heard_again(network, remote, far, visitors, room):
    bob = visit(visitors, remote, room, "Bob", BOB)
    ada = visit(far, remote, room, "Ada", ADA, dial=ECHO)
    call = ada.wait_for_call("answered")
    seconds_until_heard(bob, ADA, sound_of(bob, "Ada"))
    seconds_until_heard(ada, BOB, sound_of(ada, "Bob"))
    peer, told = ada.participant("Ada"), len(bob.roster.comings_and_goings)
    network.move("10.77.0.9" if network.client != "10.77.0.9" else "10.77.0.10")
    began = time.monotonic()
    seconds_until_gone(bob, ADA, sound_of(bob, "Ada"))
    seconds_until_heard(bob, ADA, sound_of(bob, "Ada"))
    there = time.monotonic() - began
    seconds_until_heard(ada, BOB, sound_of(ada, "Bob"))
    both = time.monotonic() - began
    assert there < 10 and both < 12, (there, both)
    assert ada.participant("Ada") == bob.participant("Ada") == peer
    assert bob.roster.comings_and_goings[told:] == []
    assert ada.cards == [["answered", call]]
    ada.press("hangup")
    ada.wait_for_call("ended", outcome="completed")


def seconds_until_gone(tab, hertz, selector, seconds=3):
    """What was heard a moment ago is not: else nothing was changed, and to hear it again would prove nothing."""
    deadline = time.monotonic() + seconds
    while (sound := tab.listen(selector=selector)[0]).is_tone(hertz):
        assert time.monotonic() < deadline, f"still {sound}"


def test_a_blackout_of_eight_seconds_ends_nothing(network, remote, far, visitors, room):
    network.become(delay=0.030)
    bob = visit(visitors, remote, room, "Bob", BOB)
    ada = visit(far, remote, room, "Ada", ADA, dial=ECHO)
    call = ada.wait_for_call("answered")
    seconds_until_heard(bob, ADA, sound_of(bob, "Ada"))
    seconds_until_heard(ada, BOB, sound_of(ada, "Bob"))
    peer, told = ada.participant("Ada"), len(bob.roster.comings_and_goings)
    with network.blackout():
        began = time.monotonic()
        seconds_until_gone(bob, ADA, sound_of(bob, "Ada"))
        bob.pause(max(0, 8 - (time.monotonic() - began)))
    assert seconds_until_heard(bob, ADA, sound_of(bob, "Ada")) < 15
    seconds_until_heard(ada, BOB, sound_of(ada, "Bob"))
    assert ada.participant("Ada") == bob.participant("Ada") == peer
    assert bob.roster.comings_and_goings[told:] == []
    assert ada.cards == [["answered", call]]
    ada.press("hangup")
    ada.wait_for_call("ended", outcome="completed")


def wait_for_standstill(tab, seconds=5):
    """Until no picture comes any more: else nothing was changed, and to see one again would prove nothing."""
    deadline = time.monotonic() + seconds
    before, now = None, tab.count("inbound-rtp", "framesDecoded")
    while now != before:
        assert time.monotonic() < deadline, "pictures still come"
        tab.pause(0.5)
        before, now = now, tab.count("inbound-rtp", "framesDecoded")


def seconds_until_seen(tab, name, colour, began, seconds=20):
    """Until pictures come again, of that colour; a new connection begins to count anew."""
    last, more = tab.count("inbound-rtp", "framesDecoded"), 0
    while more < 5:
        assert time.monotonic() - began < seconds, f"no picture of {name} within {seconds} s"
        tab.pause(0.1)
        now = tab.count("inbound-rtp", "framesDecoded")
        last, more = now, more + max(0, now - last)
    tab.sees(name, colour, seconds=seconds)
    return time.monotonic() - began


def two_who_see_each_other(visitors, far, installation, room):
    bob = visit(visitors, installation, room, "Bob", BOB, BLUE, cam="on")
    ada = visit(far, installation, room, "Ada", ADA, RED, cam="on")
    bob.sees("Ada", RED)
    ada.sees("Bob", BLUE)
    return ada, bob


def test_who_gets_another_address_sees_and_is_seen_again(network, remote, far, visitors, room):
    ada, bob = two_who_see_each_other(visitors, far, remote, room)
    peer, told = ada.participant("Ada"), len(bob.roster.comings_and_goings)
    network.move("10.77.0.11" if network.client != "10.77.0.11" else "10.77.0.12")
    began = time.monotonic()
    for tab in (bob, ada):
        wait_for_standstill(tab)
    there = seconds_until_seen(bob, "Ada", RED, began)
    both = seconds_until_seen(ada, "Bob", BLUE, began)
    print(there, both)
    assert there < 10 and both < 10, (there, both)
    assert bob.participant("Ada") == peer
    assert bob.roster.comings_and_goings[told:] == []


def test_pictures_are_there_again_after_a_blackout_of_eight_seconds(network, remote, far, visitors, room):
    network.become(delay=0.030)
    ada, bob = two_who_see_each_other(visitors, far, remote, room)
    peer, told = ada.participant("Ada"), len(bob.roster.comings_and_goings)
    with network.blackout():
        began = time.monotonic()
        for tab in (bob, ada):
            wait_for_standstill(tab)
        bob.pause(max(0, 8 - (time.monotonic() - began)))
    began = time.monotonic()
    there = seconds_until_seen(bob, "Ada", RED, began)
    both = seconds_until_seen(ada, "Bob", BLUE, began)
    print(there, both)
    assert there < 10 and both < 10, (there, both)
    assert bob.participant("Ada") == peer
    assert bob.roster.comings_and_goings[told:] == []


def kilobits(tab, seconds=1):
    """The rate of the pictures that a tab is sent, in kbit/s."""
    before, began = tab.count("inbound-rtp", "bytesReceived"), time.monotonic()
    tab.pause(seconds)
    return (tab.count("inbound-rtp", "bytesReceived") - before) * 8 / 1000 / (time.monotonic() - began)


def wait_for_kilobits(tab, least, seconds):
    rates, deadline = [], time.monotonic() + seconds
    while not rates or rates[-1] < least:
        assert time.monotonic() < deadline, f"kbit/s: {rates}"
        rates.append(kilobits(tab))
    return rates


def test_on_a_narrow_line_the_voice_stays_and_the_picture_comes_down_and_rises_again(network, remote, far, visitors, room):
    ada = visit(visitors, remote, room, "Ada", ADA, cam="on", script=RESTLESS)
    bob = visit(far, remote, room, "Bob", BOB, BLUE, cam="on")
    ada.sees("Bob", BLUE)
    seconds_until_heard(bob, ADA, sound_of(bob, "Ada"))
    wait_for_kilobits(bob, 450, 60)
    network.become(downlink=NARROW, queue=WAITING)
    voices, rates = [bob.page.evaluate(VOICES)], []
    # How narrow the line is takes a moment to find out; the voice is there meanwhile.
    rates.append([kilobits(bob) for _ in range(6)])
    voices.append(bob.page.evaluate(VOICES))
    clear, sounds = is_clear(bob, ADA, sound_of(bob, "Ada"))
    rates.append([kilobits(bob) for _ in range(8)])
    voices.append(bob.page.evaluate(VOICES))
    overflown = network.counts
    network.become(**vars(Conditions()))
    seen = f"kbit/s {rates}, voices {voices}, wire {overflown} {network.counts}"
    print(seen)
    assert clear, (sounds, seen)
    assert max(rates[1]) < 260 and statistics.mean(rates[1]) > 60, seen
    finding, found = (made_up(*pair) for pair in zip(voices, voices[1:], strict=False))
    assert finding["lost"] < 0.10 and finding["concealed"] < 0.15 and found["lost"] < 0.02 and found["concealed"] < 0.05, (finding, found, seen)
    rates.append(wait_for_kilobits(bob, 450, 60))
    print(rates[2], finding, found)


def made_up(before, after):
    """The shares of voices that were lost, and that the browser had to make up, between two looks at `VOICES`."""
    came = {name: after[name] - before[name] for name in after}
    return {
        "lost": came["packetsLost"] / (came["packetsLost"] + came["packetsReceived"]),
        "concealed": (came["concealedSamples"] - came["silentConcealedSamples"]) / came["totalSamplesReceived"],
    }
