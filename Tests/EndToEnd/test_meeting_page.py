"""The room page of a meeting: tiles, stage, devices, check-in, keys, and what it tells the server about all that."""

import itertools
import re

import pytest

from Installation.api import API
from Installation.browser import SCREENS, SIZES
from Installation.stage import Stage

TONES = {"Ada": 440, "Bob": 660, "Cleo": 990, "Dan": 1320}
SMALL = {"width": 390, "height": 844}
PHONE_SCREENS = [SMALL, {"width": 844, "height": 390}]

# Devices that are there as long as the test wants: each microphone has a tone of its own.
DEVICES = """
const plugged = { audioinput: { desk: 500, headset: 1000 }, videoinput: { front: 0, back: 0 } };
const tracks = [];
// A browser that takes its time: from `hold` on, nothing of this kind is opened before `letGo`.
const gates = {};
window.hold = (kind) => { let open; gates[kind] = { done: new Promise((settle) => (open = settle)), open }; };
window.letGo = (kind) => gates[kind].open();
window.made = (kind) => tracks.filter((track) => track.kind === kind);
window.live = (kind) => made(kind).filter((track) => track.readyState === "live");
const found = (kind) => Object.keys(plugged[kind]).map((deviceId) => ({ kind, deviceId, label: `The ${deviceId}`, groupId: "" }));
const tone = async (hertz) => {
  const context = new AudioContext();
  await context.resume();
  const far = new MediaStreamAudioDestinationNode(context);
  const oscillator = new OscillatorNode(context, { frequency: hertz });
  oscillator.connect(far);
  oscillator.start();
  return far.stream.getAudioTracks()[0];
};
const picture = () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const brush = canvas.getContext("2d");
  setInterval(() => brush.fillRect(Math.random() * 300, 0, 9, 9), 100);
  return canvas.captureStream(10).getVideoTracks()[0];
};
navigator.mediaDevices.enumerateDevices = async () => [...found("audioinput"), ...found("videoinput")];
navigator.mediaDevices.getUserMedia = async (wish) => {
  const given = [];
  for (const kind of ["audio", "video"]) if (wish[kind]) await gates[kind]?.done;
  for (const [kind, list] of [["audio", "audioinput"], ["video", "videoinput"]]) {
    if (!wish[kind]) continue;
    const ids = Object.keys(plugged[list]);
    const wanted = wish[kind].deviceId?.exact;
    if (wanted && !ids.includes(wanted)) throw new DOMException("none", "OverconstrainedError");
    if (!ids.length) throw new DOMException("none", "NotFoundError");
    const id = wanted ?? ids[0];
    const track = kind === "audio" ? await tone(plugged[list][id]) : picture();
    Object.defineProperty(track, "label", { value: `The ${id}` });
    track.getSettings = () => ({ deviceId: id });
    tracks.push(track);
    given.push(track);
  }
  return new MediaStream(given);
};
window.unplug = (kind, id) => {
  delete plugged[kind][id];
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  for (const track of tracks) {
    if (track.getSettings().deviceId !== id || track.readyState === "ended") continue;
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
};
"""


def fresh_person(name, number=0, **members):
    return {"id": f"pe_{number:024x}", "kind": "browser", "name": name, "microphone": True, "camera": False, "screen": False, "muted": False} | members


@pytest.fixture
def staged(installation, visitors, room):
    """A tab in a room, whose frames the test sees and to which it says what a server would."""
    stage = Stage()
    person = stage.enter(visitors.persona(TONES["Ada"]))
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person)
    tab.wait_for_media()
    tab.stage = stage
    return tab


@pytest.fixture
def crowd(staged):
    """Fifteen others in the room, with cameras."""
    staged.others = [fresh_person(f"Person {number}", number, camera=True) for number in range(1, 16)]
    for person in staged.others:
        staged.stage.send(type="peer-joined", peer=person)
    staged.look_for("document.querySelectorAll('#people .person').length === 16")
    return staged


def tiles(tab):
    """Who has a tile, in the order of the tiles; `None` is the tile «and N more»."""
    return tab.page.evaluate("[...document.querySelectorAll('#tiles > .tile')].map((tile) => tile.dataset.participant ?? null)")


def outside(tab, selector):
    """Elements of which a part is not on the screen."""
    return tab.page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).filter((element) => {
          const box = element.getBoundingClientRect();
          return box.left < 0 || box.top < 0 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5 || box.width === 0;
        }).map((element) => element.id || element.className)""",
        selector,
    )


# Tiles


def test_each_person_and_phone_has_a_tile_with_name_and_microphone(installation, visitors, room):
    ada = visitors.tab(installation.link(room=room, name="Ada", cam="off"), visitors.persona(TONES["Ada"]))
    ada.wait_for_media()
    bob = visitors.tab(installation.link(room=room, name="Bob Björk", cam="off"), visitors.persona(TONES["Bob"]))
    bob.wait_for_media()
    ada.page.fill("#number", "600")
    ada.page.press("#number", "Enter")
    call = ada.wait_for_call("answered")
    ada.page.wait_for_selector(f".tile[data-participant='{call}'][data-kind=phone] use[href$='#phone']")
    assert len(tiles(ada)) == 3
    tile = f".tile[data-participant='{ada.participant('Bob Björk')}']"
    assert ada.text(f"{tile} .tile-name") == "Bob Björk" and ada.text(f"{tile} .circle") == "BB"
    assert ada.page.get_attribute(tile, "data-muted") == ""
    bob.page.click("#microphone")
    ada.page.wait_for_selector(f"{tile}[data-muted=own] .tile-muted")
    bob.page.wait_for_selector("#own[data-muted=own] .tile-muted")


def test_the_tile_of_who_speaks_is_marked_and_of_nobody_else(installation, visitors, room):
    tabs = {}
    for name in ("Ada", "Bob", "Cleo"):
        tabs[name] = visitors.tab(installation.link(room=room, name=name, cam="off"), visitors.persona(TONES[name]))
        tabs[name].wait_for_media()
    ada = tabs["Ada"]
    ids = {name: ada.participant(name) for name in tabs}
    marked = "[...document.querySelectorAll('.tile.speaking')].map((tile) => tile.dataset.participant).sort().join()"
    for silent in (["Bob"], ["Bob", "Ada"], ["Ada"]):
        for name, tab in tabs.items():
            if (tab.page.get_attribute("#microphone", "aria-pressed") == "true") == (name in silent):
                tab.page.click("#microphone")
        speaking = ",".join(sorted(ids[name] for name in tabs if name not in silent))
        ada.look_for(f"{marked} === '{speaking}'")


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12])
def test_up_to_twelve_tiles_all_lie_on_the_screen_at_each_size(staged, count):
    for number in range(1, count):
        staged.stage.send(type="peer-joined", peer=fresh_person(f"Person {number}", number))
    for width, height in SIZES:
        staged.page.set_viewport_size({"width": width, "height": height})
        staged.look_for(f"document.querySelectorAll('#tiles > .tile:not(.more)').length === {count}")
        staged.page.wait_for_timeout(100)
        assert outside(staged, "#tiles > .tile, #controls button, .room-head button") == []
        sizes = staged.page.evaluate("[...document.querySelectorAll('#tiles > .tile')].map((tile) => [tile.offsetWidth, tile.offsetHeight])")
        assert len({tuple(size) for size in sizes}) == 1 and sizes[0][0] >= 100 and sizes[0][1] >= 70, sizes


def test_beyond_twelve_the_last_tile_counts_the_others_and_who_speaks_comes_into_sight(crowd):
    before = tiles(crowd)
    assert len(before) == 12 and before[-1] is None
    assert crowd.text(".tile.more") == "and 5 more"
    hidden = crowd.others[14]["id"]
    assert hidden not in before
    crowd.stage.send(type="speaking", participants=[before[1], hidden])
    crowd.page.wait_for_selector(f".tile.speaking[data-participant='{hidden}']")
    after = tiles(crowd)
    # One seat has changed, and neither the own one nor that of the other who speaks.
    changed = [seat for seat, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert len(changed) == 1 and changed[0] not in (0, 1)
    # Silence moves nobody.
    crowd.stage.send(type="speaking", participants=[])
    crowd.page.wait_for_selector(".tile.speaking", state="detached")
    assert tiles(crowd) == after


def test_twenty_speakers_one_after_the_other_move_one_tile_each(installation, visitors):
    tab = visitors.tab(installation.origin)
    steps = tab.page.evaluate("""async () => {
      const { Seats } = await import("/assets/seats.js");
      const seats = new Seats("me");
      const everybody = ["me", ...Array.from({ length: 29 }, (_, index) => "p" + index)];
      const steps = [seats.arrange(everybody, 12)];
      for (let turn = 0; turn < 20; turn += 1) {
        seats.speak(["p" + ((turn * 7) % 29)]);
        steps.push(seats.arrange(everybody, 12));
      }
      return steps;
    }""")
    for turn, (before, after) in enumerate(itertools.pairwise(steps)):
        assert len(after["shown"]) == 11 and len(set(after["shown"] + after["hidden"])) == 30 and after["shown"][0] == "me"
        assert f"p{(turn * 7) % 29}" in after["shown"]
        assert sum(one != other for one, other in zip(before["shown"], after["shown"], strict=True)) <= 1


def test_a_picture_stays_hidden_until_a_frame_of_its_own_has_come(installation, visitors):
    tab = visitors.tab(installation.origin)
    shown = tab.page.evaluate("""async () => {
      const { Pictures, hang } = await import("/assets/pictures.js");
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
      const brush = canvas.getContext("2d");
      setInterval(() => brush.fillRect(Math.random() * 60, 0, 4, 4), 30);
      const stream = canvas.captureStream(30);
      const [track] = stream.getVideoTracks();
      const pictures = new Pictures();
      pictures.add("4", track);
      pictures.assign({ 4: { participant: "pe_a", kind: "video" }, 1: { participant: "pe_a", kind: "audio" } });
      const element = pictures.of("pe_a", "video");
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/assets/tiles.css" });
      document.head.append(sheet);
      await new Promise((loaded) => (sheet.onload = loaded));
      const frame = document.body.appendChild(document.createElement("div"));
      hang(element, frame);
      const isLive = async (seconds) => {
        for (let tries = 0; tries < seconds * 20 && !element.classList.contains("live"); tries += 1) {
          await new Promise((wake) => setTimeout(wake, 50));
        }
        return element.classList.contains("live");
      };
      const first = await isLive(10);
      const seen = [getComputedStyle(element).opacity];
      pictures.assign({ 4: { participant: "pe_b", kind: "screen" } });
      seen.push(getComputedStyle(element).opacity);
      const passed = element.classList.contains("live");
      const second = await isLive(10);
      return { first, passed, second, seen, data: { ...element.dataset }, old: pictures.of("pe_a", "video"), muted: element.muted, inline: element.playsInline };
    }""")
    assert shown == {
        "first": True,
        "passed": False,
        "second": True,
        "data": {"mid": "4", "participant": "pe_b", "kind": "screen"},
        "old": None,
        "seen": ["1", "0"],
        "muted": True,
        "inline": True,
    }


# What lies where

COVERED = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const inside = box.width > 0 && box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
  const corners = [[box.left + 8, box.top + 8], [box.right - 8, box.bottom - 8]].map(([x, y]) => document.elementFromPoint(x, y)?.id);
  return [inside, ...corners];
}"""


@pytest.mark.parametrize("is_host", [False, True], ids=["guest", "host"])
def test_the_field_to_write_in_is_in_sight_however_many_are_there(installation, visitors, room, is_host):
    stage = Stage()
    link = installation.link(room=room, name="Ada", cam="off")
    if is_host:
        api = API(installation)
        key = api.create("signing-keys", name="field")
        link = api.create("links", signing_key=key["id"], room=room, role="host", name="Ada", camera=False)["url"]
    tab = visitors.tab(link, stage.enter(visitors.persona(TONES["Ada"])))
    tab.wait_for_media()
    assert tab.page.is_visible("#host-tools") == is_host
    for number in range(1, 5):
        stage.send(type="peer-joined", peer=fresh_person(f"Person {number}", number))
    tab.look_for("document.querySelectorAll('#people .person').length === 5")
    for number in range(8):
        stage.send(type="chat", **{"from": fresh_person("", 1)["id"]}, name="Person 1", text=f"Line {number}", at="2026-01-01T00:00:00Z")
    tab.look_for("document.querySelectorAll('.chat-line').length === 8")
    for width, height in [*SIZES, (1280, 560), (1024, 768), (844, 390)]:
        tab.page.set_viewport_size({"width": width, "height": height})
        tab.page.wait_for_timeout(150)
        if tab.page.is_hidden("#panel"):
            tab.page.click("#panel-button")
            tab.page.wait_for_timeout(300)
        assert tab.page.evaluate(COVERED, "#chat-text") == [True, "chat-text", "chat-text"], (width, height)
        people, lines, dial = (tab.page.locator(one).bounding_box() for one in ("#people", "#chat-lines", "#dial-form"))
        tools = tab.page.locator("#host-tools").bounding_box() if is_host else people
        assert people["height"] >= 100 and lines["height"] >= 60, (width, height, people, lines)
        assert people["y"] + people["height"] <= tools["y"] + tools["height"] <= dial["y"], (width, height)
    # Of many, two are in sight and the others to be scrolled to.
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.page.wait_for_timeout(150)
    assert tab.look("document.querySelector('.side-scroll').scrollHeight - document.querySelector('.side-scroll').clientHeight") <= 0
    tab.page.screenshot(path=SCREENS / f"panel-{'host' if is_host else 'guest'}-1280x800.png")
    tab.page.set_viewport_size(SMALL)
    if tab.page.is_hidden("#panel"):
        tab.page.click("#panel-button")
    tab.page.wait_for_timeout(400)
    tab.page.screenshot(path=SCREENS / f"panel-{'host' if is_host else 'guest'}-390x844.png")


@pytest.mark.parametrize("panel", ["open", "closed"])
def test_the_words_of_an_empty_room_are_beside_or_above_the_buttons(staged, panel):
    if panel == "closed":
        staged.page.locator("body").press("p")
    for width, height in [*SIZES, (1024, 768), (360, 740), (320, 640), (844, 390)]:
        staged.page.set_viewport_size({"width": width, "height": height})
        staged.page.wait_for_timeout(150)
        words = staged.page.locator(".idle-words").bounding_box()
        title = staged.page.locator(".idle h2").bounding_box()
        assert words["width"] >= 180 and title["height"] <= 50, (width, height, words, title)
        for button in staged.page.locator(".idle button:visible").all():
            box = button.bounding_box()
            apart = box["x"] >= words["x"] + words["width"] or box["y"] >= words["y"] + words["height"]
            assert apart, (width, height, words, box)


# What the server is told


def test_the_page_names_the_pictures_that_it_shows_and_none_while_it_is_hidden(crowd):
    stage = crowd.stage
    shown = [{"participant": person, "kind": "video"} for person in tiles(crowd)[1:-1]]
    assert len(shown) == 10
    stage.wait_for_frame(crowd, type="view", show=shown)
    # A person whose camera is off has no picture.
    stage.send(type="peer-updated", peer=crowd.others[0] | {"camera": False})
    stage.wait_for_frame(crowd, type="view", show=shown[1:])
    # Who speaks is the most important one, and a screen even more so.
    stage.send(type="speaking", participants=[shown[4]["participant"]])
    stage.wait_for_frame(crowd, type="view", show=[shown[4], *shown[1:4], *shown[5:]])
    stage.send(type="peer-updated", peer=crowd.others[2] | {"screen": True})
    crowd.page.wait_for_selector("#stage:not([hidden])")
    first = {"participant": crowd.others[2]["id"], "kind": "screen"}
    for _ in range(100):
        if stage.last("view")["show"][0] == first:
            break
        crowd.pause(0.05)
    assert stage.last("view")["show"][0] == first and len(stage.last("view")["show"]) <= 12
    before = stage.last("view")["show"]
    # Another tab in front of it.
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }"
    crowd.page.evaluate(hide, True)
    stage.wait_for_frame(crowd, type="view", show=[])
    crowd.page.evaluate(hide, False)
    stage.wait_for_frame(crowd, type="view", show=before)


def test_a_burst_of_changes_is_few_frames(crowd):
    before = len(crowd.stage.sent)
    for turn in range(50):
        crowd.stage.send(type="speaking", participants=[crowd.others[turn % 8]["id"]])
        crowd.pause(0.02)
    crowd.pause(0.3)
    assert 1 <= len([frame for frame in crowd.stage.sent[before:] if frame["type"] == "view"]) <= 12


def test_a_camera_that_nobody_shows_is_not_sent_and_needs_no_new_offer(staged):
    staged.page.click("#camera")
    staged.stage.wait_for_frame(staged, type="update", camera=True, screen=False)
    active = "ringlink.pc.getTransceivers()[1].sender.getParameters().encodings[0].active"
    # Nobody else is there to show it.
    staged.look_for(f"{active} === false")
    offers = len([frame for frame in staged.stage.sent if frame["type"] == "signal"])
    for camera in (True, False, True):
        staged.stage.send(type="upload", camera=camera, screen=False)
        staged.look_for(f"{active} === {str(camera).lower()}")
    assert len([frame for frame in staged.stage.sent if frame["type"] == "signal"]) == offers
    assert staged.look("ringlink.pc.getTransceivers()[1].sender.getParameters().encodings[0].maxBitrate") == 1_500_000


def test_a_screen_gets_one_section_of_its_own_and_is_told_to_the_others(staged):
    stage = staged.stage
    senders = "ringlink.pc.getTransceivers().filter((one) => one.direction === 'sendonly').length"
    assert staged.look(senders) == 1
    staged.page.click("#screen")
    stage.wait_for_frame(staged, type="update", screen=True, camera=False)
    staged.look_for(f"{senders} === 2 && ringlink.pc.signalingState === 'stable'")
    assert "You are sharing your screen" in staged.notice("screen")
    hint = "ringlink.pc.getTransceivers().filter((one) => one.direction === 'sendonly')[1].sender.track?.contentHint ?? null"
    staged.look_for(f"({hint}) === 'detail'")
    # The section stays for the next time, and is not taken for one to receive in.
    staged.page.click(".notice[data-cause='screen'] button")
    stage.wait_for_frame(staged, type="update", screen=False)
    staged.look_for(f"({hint}) === null")
    sections = "ringlink.pc.getTransceivers().filter((one) => one.receiver.track.kind === 'video' && one.direction !== 'sendonly').length"
    before = staged.look(sections)
    stage.send(type="media", audio=2, video=before + 1)
    staged.look_for(f"{sections} === {before + 1}")
    staged.page.locator("body").press("s")
    stage.wait_for_frame(staged, type="update", screen=True)
    staged.look_for(f"({hint}) === 'detail'")
    assert staged.look(senders) == 2
    # The browser's own «Stop sharing».
    staged.page.evaluate("ringlink.pc.getSenders().find((one) => one.track?.contentHint === 'detail').track.dispatchEvent(new Event('ended'))")
    stage.wait_for_frame(staged, type="update", screen=False)
    staged.page.wait_for_selector(".notice[data-cause='screen']", state="detached")


def test_a_newcomer_offers_sections_for_the_cameras_that_are_on(installation, visitors, room):
    for name, camera in (("Ada", {}), ("Bob", {}), ("Cleo", {"cam": "off"})):
        tab = visitors.tab(installation.link(room=room, name=name, **camera), visitors.persona(TONES[name]))
        tab.wait_for_media()
    stage = Stage()
    dan = visitors.tab(installation.link(room=room, name="Dan", cam="off"), stage.enter(visitors.persona(TONES["Dan"])))
    dan.wait_for_media()
    offer = next(frame for frame in stage.sent if frame["type"] == "signal")["description"]["sdp"]
    received = [part for part in offer.split("\r\nm=")[1:] if part.startswith("video") and "a=recvonly" in part]
    assert len(received) == 2


def test_a_screen_that_is_chosen_after_leaving_is_captured_nowhere(installation, visitors, room):
    person = visitors.persona(TONES["Ada"])
    person.add_init_script("""(() => {
      const show = navigator.mediaDevices.getDisplayMedia;
      window.screens = [];
      navigator.mediaDevices.getDisplayMedia = (wish) => new Promise((answer) => {
        window.chooseScreen = async () => {
          const stream = await show(wish);
          screens.push(...stream.getTracks());
          answer(stream);
        };
      });
    })();""")
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person)
    tab.wait_for_media()
    tab.page.click("#screen")
    tab.page.click("#leave")
    tab.wait_for_state("left")
    tab.page.evaluate("chooseScreen()")
    tab.look_for("screens.length === 1 && screens[0].readyState === 'ended'")
    tab.page.click("text=Join again")
    tab.wait_for_media()
    assert tab.look("document.documentElement.dataset.screen") == "off" and tab.page.locator(".notice[data-cause=screen]").count() == 0
    # The next one is shared as ever.
    tab.page.click("#screen")
    tab.page.evaluate("chooseScreen()")
    tab.notice("screen")


# The stage


def test_a_shared_screen_has_the_large_place_and_the_latest_comes_first(staged):
    others = [fresh_person(name, number) for number, name in enumerate(("Bob", "Cleo"), 1)]
    for person in others:
        staged.stage.send(type="peer-joined", peer=person)
    assert staged.page.is_hidden("#stage")
    for person in others:
        staged.stage.send(type="peer-updated", peer=person | {"screen": True})
        staged.look_for(f"document.getElementById('stage-name').textContent === '{person['name']}’s screen'")
    staged.page.click("text=See Bob’s screen")
    assert staged.text("#stage-name") == "Bob’s screen"
    for size in [{"width": width, "height": height} for width, height in SIZES] + PHONE_SCREENS[1:]:
        staged.page.set_viewport_size(size)
        staged.page.wait_for_timeout(150)
        stage, tile = (staged.page.locator(selector).bounding_box() for selector in ("#stage", "#own"))
        assert stage["width"] * stage["height"] > 2 * tile["width"] * tile["height"], size
        assert outside(staged, "#stage, #tiles > .tile, #stage-full") == [], size
        if size["width"] > size["height"]:
            assert 1.3 < tile["width"] / tile["height"] < 1.8, "a desk's camera is not upright"
    staged.photograph("stage")
    staged.stage.send(type="peer-updated", peer=others[0])
    staged.look_for("document.getElementById('stage-name').textContent === 'Cleo’s screen'")
    staged.stage.send(type="peer-left", peer=others[1]["id"])
    staged.page.wait_for_selector("#stage", state="hidden")


def test_a_screen_that_does_not_come_is_said_in_words_after_a_while(staged):
    person = fresh_person("Bob", 1)
    staged.stage.send(type="peer-joined", peer=person)
    staged.stage.send(type="peer-updated", peer=person | {"screen": True})
    staged.page.wait_for_selector("#stage:not([hidden])")
    assert staged.text("#stage-words") == ""
    wheel = "getComputedStyle(document.querySelector('.stage-picture'), '::after').display"
    assert staged.look(wheel) != "none"
    staged.look_for("document.getElementById('stage-words').textContent.includes('Bob’s screen does not come through')", 20)
    assert staged.look(wheel) == "none"
    staged.photograph("stage-late")
    staged.stage.send(type="peer-updated", peer=person)
    staged.page.wait_for_selector("#stage", state="hidden")
    assert staged.page.text_content("#stage-words") == ""


# Devices


@pytest.fixture
def equipped(installation, visitors, room):
    """A tab with microphones and cameras to pull out and to wait for."""
    person = visitors.person()
    person.add_init_script(DEVICES)
    tab = visitors.tab(installation.link(room=room, name="Ada"), person)
    tab.wait_for_media()
    tab.look_for("document.documentElement.dataset.camera === 'on'")
    return tab


SENT = "ringlink.pc.getSenders().map((one) => one.track).filter((track) => track?.kind === 'audio' && track.label === 'The headset')"


@pytest.mark.parametrize("why", ["chosen", "pulled out"])
def test_who_mutes_himself_while_another_microphone_opens_is_muted_in_it(equipped, why):
    page = equipped.page
    page.evaluate("hold('audio')")
    if why == "chosen":
        page.click("#device-button")
        page.select_option("#device-menu select[data-device=microphone]", label="The headset")
        page.locator("#device-menu").press("m")
    else:
        page.evaluate("unplug('audioinput', 'desk')")
        page.locator("body").press("m")
    page.wait_for_selector("html[data-microphone=muted]", state="attached")
    page.evaluate("letGo('audio')")
    equipped.look_for(f"{SENT}.length === 1")
    assert equipped.look(f"{SENT}[0].enabled") is False
    assert equipped.look("document.documentElement.dataset.microphone") == "muted"
    assert equipped.look("[made('audio').length, live('audio').length].join()") == "2,1", "nobody is asked twice"
    page.locator("#device-menu" if why == "chosen" else "body").press("m")
    page.wait_for_selector("html[data-microphone=on]", state="attached")
    assert equipped.look(f"{SENT}[0].enabled") is True


@pytest.mark.parametrize("how", ["leave", "camera"])
@pytest.mark.parametrize("why", ["chosen", "pulled out"])
def test_a_camera_that_is_still_opening_does_not_outlive_the_wish_for_it(equipped, why, how):
    page = equipped.page
    page.evaluate("hold('video')")
    if why == "chosen":
        page.click("#device-button")
        page.select_option("#device-menu select[data-device=camera]", label="The back")
    else:
        page.evaluate("unplug('videoinput', 'front')")
    equipped.look_for("live('video').length === 0")
    page.click(f"#{how}")
    page.evaluate("letGo('video')")
    equipped.look_for("made('video').length === 2")
    equipped.look_for("live('video').length === 0", 5)
    equipped.pause(0.3)
    assert equipped.look("live('video').length") == 0
    assert page.locator(".notice[data-cause=other-camera]").count() == 0
    if how == "camera":
        assert page.get_attribute("#camera", "aria-pressed") == "false"


def test_a_second_press_while_the_camera_starts_takes_the_first_one_back(equipped):
    page = equipped.page
    page.click("#camera")
    equipped.look_for("live('video').length === 0")
    for presses in (2, 3):
        before = equipped.look("made('video').length")
        page.evaluate("hold('video')")
        for _ in range(presses):
            page.click("#camera")
        page.evaluate("letGo('video')")
        equipped.look_for(f"made('video').length === {before + presses - 1}")
        equipped.look_for(f"live('video').length === {presses - 2}", 5)
        equipped.pause(0.3)
        assert equipped.look("live('video').length") == presses - 2
        assert page.get_attribute("#camera", "aria-pressed") == str(presses == 3).lower()


@pytest.mark.parametrize("place", ["microphone", "camera"])
def test_a_device_that_was_chosen_once_and_is_gone_costs_no_camera(installation, visitors, room, place):
    person = visitors.person()
    person.add_init_script(DEVICES)
    person.add_init_script(f"try {{ localStorage.setItem('ringlink.devices', JSON.stringify({{ {place}: 'gone' }})); }} catch {{}}")
    tab = visitors.tab(installation.link(room=room, name="Ada"), person)
    tab.wait_for_media()
    assert tab.look("[document.documentElement.dataset.microphone, document.documentElement.dataset.camera].join()") == "on,on"
    assert f"Another {place} is used now" in tab.notice(f"other-{place}")


def test_the_menu_chooses_a_microphone_shows_its_level_and_remembers_it(installation, visitors, room):
    person = visitors.person()
    person.add_init_script(DEVICES)
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person)
    tab.wait_for_media()
    bob = visitors.tab(installation.link(room=room, name="Bob", cam="off"), visitors.persona(TONES["Bob"]))
    bob.wait_for_media()
    bob.hears("Ada", 500)
    tab.page.click("#device-button")
    level = "Number(document.querySelector('#device-menu .level').getAttribute('aria-valuenow'))"
    tab.look_for(f"{level} > 60")
    tab.page.select_option("select[data-device=microphone]", label="The headset")
    bob.hears("Ada", 1000)
    # A microphone that is off has no level.
    tab.page.locator("#device-menu").press("m")
    tab.look_for(f"{level} === 0")
    tab.page.locator("#device-menu").press("m")
    tab.look_for(f"{level} > 60")
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_selector("#device-menu", state="hidden")
    assert tab.look("document.activeElement.id") == "device-button"
    # In every room of this browser.
    tab.page.reload()
    tab.wait_for_media()
    bob.hears("Ada", 1000)
    tab.page.click("#device-button")
    tab.look_for("document.querySelector('select[data-device=microphone]').selectedOptions[0]?.textContent === 'The headset'")


def test_a_device_that_is_pulled_out_is_replaced_and_said(installation, visitors, room):
    person = visitors.person()
    person.add_init_script(DEVICES)
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), person)
    tab.wait_for_media()
    bob = visitors.tab(installation.link(room=room, name="Bob", cam="off"), visitors.persona(TONES["Bob"]))
    bob.wait_for_media()
    tab.page.click("#device-button")
    tab.page.select_option("select[data-device=microphone]", label="The headset")
    bob.hears("Ada", 1000)
    tab.page.evaluate("unplug('audioinput', 'headset')")
    words = tab.notice("other-microphone")
    assert "Another microphone is used now: The desk." in words
    bob.hears("Ada", 500)
    listed = tab.page.eval_on_selector_all("#device-menu select[data-device=microphone] option", "(options) => options.map((one) => one.textContent)")
    assert listed == ["Chosen by the browser", "The desk"]
    # The last one: there is nothing to go on with.
    tab.page.evaluate("unplug('audioinput', 'desk')")
    assert "The microphone is gone" in tab.notice("microphone")


# The check-in


def test_a_meeting_link_without_a_name_shows_the_own_picture_level_and_devices_first(installation, visitors, room):
    person = visitors.person()
    person.add_init_script(DEVICES)
    tab = visitors.tab(installation.link(room=room), person)
    tab.wait_for_state("name")
    tab.look_for("document.getElementById('check-in-picture').videoWidth > 0")
    tab.look_for("Number(document.querySelector('#check-in .level').getAttribute('aria-valuenow')) > 60")
    assert tab.look("document.activeElement.id") == "name"
    assert tab.page.is_hidden(".check-in-empty")
    tab.page.select_option("#check-in select[data-device=microphone]", label="The headset")
    assert tab.sockets == []
    tab.photograph("check-in")
    # What is switched off here is off inside.
    tab.page.click("#check-in-camera")
    tab.page.wait_for_selector("#check-in-picture", state="hidden")
    tab.page.click("#check-in-microphone")
    assert "Your microphone is off." in tab.text("#check-in")
    tab.page.fill("#name", "Ada")
    tab.page.click("text=Join the room")
    tab.wait_for_media()
    assert tab.look("[document.documentElement.dataset.microphone, document.documentElement.dataset.camera].join()") == "muted,off"
    tab.page.click("#microphone")
    bob = visitors.tab(installation.link(room=room, name="Bob", cam="off"), visitors.persona(TONES["Bob"]))
    bob.wait_for_media()
    bob.hears("Ada", 1000)


def test_who_goes_in_before_the_browser_has_answered_leaves_no_check_in_behind(installation, visitors, room):
    person = visitors.person()
    person.add_init_script(DEVICES + """
      hold("audio");
      window.listeners = new Set();
      for (const [name, count] of [["addEventListener", "add"], ["removeEventListener", "delete"]]) {
        navigator.mediaDevices[name] = function (...given) {
          listeners[count](given[1]);
          return EventTarget.prototype[name].apply(this, given);
        };
      }
    """)
    tab = visitors.tab(installation.link(room=room, cam="off"), person)
    tab.wait_for_state("name")
    tab.page.fill("#name", "Ada")
    tab.page.click("text=Join the room")
    tab.wait_for_state("in-room")
    tab.page.evaluate("letGo('audio')")
    tab.wait_for_media()
    tab.pause(0.3)
    assert tab.look("listeners.size") == 0
    tab.page.click("#device-button")
    tab.look_for("listeners.size === 1")


def test_a_camera_that_cannot_be_had_is_said_at_the_check_in(installation, visitors, room):
    person = visitors.person()
    person.add_init_script(DEVICES + "unplug('videoinput', 'front'); unplug('videoinput', 'back');")
    tab = visitors.tab(installation.link(room=room), person)
    tab.wait_for_state("name")
    tab.look_for("document.querySelector('.check-in-words').textContent.includes('The camera could not be started')")
    assert tab.page.is_visible(".check-in-empty")


def test_a_link_that_leaves_the_camera_off_does_not_open_it_for_the_check_in(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, cam="off"))
    tab.wait_for_state("name")
    tab.look_for("Number(document.querySelector('#check-in .level').getAttribute('aria-valuenow')) > 20")
    assert tab.page.evaluate("window.askedFor") == ["audio"]


@pytest.mark.parametrize("link", [{"name": "Ada"}, {"name": "Ada", "dial": "600"}], ids=["name", "name-and-dial"])
def test_a_link_that_says_who_comes_goes_straight_in(installation, visitors, room, link):
    tab = visitors.tab(installation.link(room=room, cam="off", **link))
    tab.wait_for_media()
    if "dial" in link:
        tab.wait_for_call("answered")
    assert tab.page.evaluate("window.askedFor") == ["audio"]


def test_a_link_that_calls_asks_only_for_the_name(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, dial="600"))
    tab.wait_for_state("name")
    assert tab.page.locator("#check-in").count() == 0 and tab.page.evaluate("window.askedFor") is None


# One link after another


def test_what_another_link_says_of_the_person_goes_before_what_was_chosen_under_the_last(installation, visitors, room):
    load = "JSON.parse(sessionStorage['ringlink.load']).id"
    camera = "document.documentElement.dataset.camera"
    tab = visitors.tab(installation.link(room=room), visitors.persona(TONES["Ada"]))
    tab.wait_for_state("name")
    tab.page.fill("#name", "Ada")
    tab.page.click("text=Join the room")
    tab.wait_for_media()
    tab.look_for(f"{camera} === 'on'")
    first = tab.look(load)
    tab.page.click("#camera")
    tab.look_for(f"{camera} === 'off'")
    # The same link again is a reload.
    tab.page.reload()
    tab.wait_for_media()
    assert tab.people == ["Ada"] and tab.look(camera) == "off" and tab.look(load) == first
    # This one has nothing to say of the camera.
    tab.page.goto(installation.link(room=room, name="Bob"))
    tab.wait_for_media()
    tab.look_for("document.getElementById('self-name').textContent === 'Bob'")
    assert tab.look(camera) == "off"
    tab.page.click("#camera")
    tab.look_for(f"{camera} === 'on'")
    tab.page.goto(installation.link(room=room, name="Bob", cam="off"))
    tab.wait_for_media()
    assert tab.look(camera) == "off"


def test_a_signed_name_goes_before_the_one_that_was_typed_for_the_last_link(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, cam="off"), visitors.persona(TONES["Ada"]))
    tab.wait_for_state("name")
    tab.page.fill("#name", "Ada")
    tab.page.click("text=Join the room")
    tab.wait_for_media()
    api = API(installation)
    key = api.create("signing-keys", name="name")
    tab.page.goto(api.create("links", signing_key=key["id"], room=room, role="host", name="Grace", camera=False)["url"])
    tab.wait_for_media()
    assert tab.text("#self-name") == "Grace"


# Copying, full screen, keys


def test_the_copied_link_is_the_room_alone_even_for_a_host(installation, visitors, room):
    api = API(installation)
    key = api.create("signing-keys", name="copy")
    host = api.create("links", signing_key=key["id"], room=room, role="host", name="Ada", camera=False)["url"]
    person = visitors.persona(TONES["Ada"], permissions=["clipboard-read", "clipboard-write", "microphone"])
    tab = visitors.tab(host, person)
    tab.wait_for_media()
    tab.page.click("#copy-link")
    assert "copied" in tab.notice("copy")
    address = tab.page.evaluate("navigator.clipboard.readText()")
    assert address == f"{host.split('/room.html')[0]}/room.html?room={room}"
    guest = visitors.tab(address + "&name=Bob&cam=off")
    guest.wait_for_media()
    assert guest.page.is_hidden("#host-tools") and "Ada" in guest.people


def test_the_screen_is_filled_and_given_back_by_button_and_key(staged):
    staged.page.click("#full")
    staged.look_for("document.fullscreenElement === document.documentElement")
    assert staged.page.get_attribute("#full", "aria-pressed") == "true"
    staged.page.locator("body").press("f")
    staged.look_for("document.fullscreenElement === null")
    person = fresh_person("Bob", 1)
    staged.stage.send(type="peer-joined", peer=person)
    staged.stage.send(type="peer-updated", peer=person | {"screen": True})
    staged.page.click("#stage-full")
    staged.look_for("document.fullscreenElement?.id === 'stage'")
    # What is over is given back by itself.
    staged.stage.send(type="peer-updated", peer=person)
    staged.look_for("document.fullscreenElement === null")
    assert staged.page.is_hidden("#stage") and staged.page.is_visible("#own")


def test_the_people_are_beside_the_tiles_or_in_a_drawer_with_a_count_of_what_was_missed(staged):
    person = fresh_person("Bob", 1)
    staged.stage.send(type="peer-joined", peer=person)
    assert staged.page.is_visible("#people") and staged.page.is_visible("#chat-text")
    staged.page.locator("body").press("p")
    staged.page.wait_for_selector("#panel", state="hidden")
    staged.stage.send(type="chat", **{"from": person["id"]}, name="Bob", text="Hello", at="2026-01-01T00:00:00Z")
    staged.page.wait_for_selector("#panel-news:text-is('1')")
    staged.page.reload()
    staged.wait_for_media()
    assert staged.page.is_hidden("#panel"), "the choice outlives a reload"
    staged.page.click("#panel-button")
    assert staged.page.is_visible("#chat-text")
    staged.page.set_viewport_size(SMALL)
    staged.page.wait_for_selector("#panel", state="hidden")
    staged.page.click("#panel-button")
    assert staged.look("document.activeElement.id") == "panel-close"
    staged.page.keyboard.press("Escape")
    staged.page.wait_for_selector("#panel", state="hidden")
    assert staged.look("document.activeElement.id") == "panel-button"


def test_one_escape_closes_the_devices_and_the_next_one_the_drawer(staged):
    staged.page.set_viewport_size(SMALL)
    staged.page.click("#panel-button")
    staged.page.wait_for_selector("#panel")
    staged.page.click("#device-button")
    staged.page.wait_for_selector("#device-menu")
    staged.page.keyboard.press("Escape")
    staged.page.wait_for_selector("#device-menu", state="hidden")
    assert staged.page.is_visible("#panel")
    staged.page.keyboard.press("Escape")
    staged.page.wait_for_selector("#panel", state="hidden")


def test_single_letters_can_be_switched_off_for_good(staged):
    page = staged.page
    page.click("#device-button")
    page.uncheck("#keys")
    page.locator("#device-menu").press("m")
    staged.pause(0.3)
    assert page.get_attribute("html", "data-microphone") == "on"
    assert page.get_attribute("#microphone", "aria-keyshortcuts") is None and page.get_attribute("#microphone", "title") == "Microphone"
    page.reload()
    staged.wait_for_media()
    page.locator("body").press("m")
    staged.pause(0.3)
    assert page.get_attribute("html", "data-microphone") == "on"
    page.click("#device-button")
    page.check("#keys")
    page.locator("#device-menu").press("m")
    page.wait_for_selector("html[data-microphone=muted]", state="attached")
    assert page.get_attribute("#microphone", "title") == "Microphone (M)"


def test_who_comes_back_under_another_name_has_its_letters(staged):
    person = fresh_person("Bob", 1)
    staged.stage.send(type="peer-joined", peer=person)
    row = f".person[data-participant='{person['id']}']"
    staged.page.wait_for_selector(f"{row} .circle:text-is('B')")
    staged.stage.send(type="peer-updated", peer=person | {"name": "Cleo Dahl"})
    staged.page.wait_for_selector(f"{row} .circle:text-is('CD')")


@pytest.mark.parametrize("size", PHONE_SCREENS, ids=["upright", "on its side"])
def test_on_a_phone_every_switch_is_a_thumb_wide_and_at_the_bottom(staged, size):
    staged.page.set_viewport_size(size)
    staged.page.wait_for_timeout(100)
    boxes = staged.page.evaluate("""[...document.querySelectorAll('#controls button')].filter((one) => one.checkVisibility())
          .map((one) => { const box = one.getBoundingClientRect(); return [one.id, box.width, box.height, innerHeight - box.top]; })""")
    assert len(boxes) == 6 and all(width >= 44 and height >= 44 and fromBottom <= 100 for _, width, height, fromBottom in boxes), boxes
    assert outside(staged, "#controls button") == []


def test_who_does_not_see_the_page_is_told_in_words(staged):
    person = fresh_person("Bob", 1)
    said = "document.getElementById('announcer').textContent"
    for frame, words in (
        ({"type": "peer-joined", "peer": person}, "Bob joined."),
        ({"type": "peer-updated", "peer": person | {"screen": True}}, "Bob shares a screen."),
        ({"type": "peer-left", "peer": person["id"]}, "Bob left."),
    ):
        staged.stage.send(**frame)
        staged.look_for(f"{said} === {words!r}")
    nameless = staged.page.evaluate("""[...document.querySelectorAll('button, input, select, a[href]')]
          .filter((one) => one.checkVisibility() && !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML.slice(0, 120))""")
    assert nameless == []
    assert staged.page.get_attribute("#tiles", "role") == "list"


def test_nothing_moves_for_who_wants_no_motion(installation, visitors, room):
    tab = visitors.tab(installation.link(room=room, name="Ada", cam="off"), visitors.person(reduced_motion="reduce"))
    tab.wait_for_media()
    moving = tab.page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    durations = tab.page.evaluate("[...document.querySelectorAll('.tile, .switch, .button')].map((one) => getComputedStyle(one, '::after').transitionDuration)")
    assert moving == 0 and set(durations) == {"0s"}


# A server that goes and comes back


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_after_a_restart_of_the_server_switches_screen_and_view_are_as_before(running, visitors, room, how):
    visitors.expected = ("WebSocket connection", "ERR_CONNECTION_REFUSED")
    stage = Stage()
    ada = visitors.tab(running.link(room=room, name="Ada"), stage.enter(visitors.persona(TONES["Ada"])))
    ada.wait_for_media()
    bob = visitors.tab(running.link(room=room, name="Bob"), visitors.persona(TONES["Bob"]))
    bob.wait_for_media()

    def shown():
        return [{"participant": ada.participant("Bob"), "kind": "video"}]

    stage.wait_for_frame(ada, type="view", show=shown())
    ada.page.click("#microphone")
    ada.page.click("#screen")
    stage.wait_for_frame(ada, type="update", microphone=False, camera=True, screen=True)
    ada.page.wait_for_timeout(500)
    stage.sent.clear()
    (running.stop if how == "stop" else running.kill)()
    ada.wait_for_state("reconnecting")
    running.start()
    running.wait_until_ready()
    ada.wait_for_media(60)
    bob.wait_for_media(60)
    stage.wait_for_frame(ada, type="update", microphone=False, camera=True, screen=True)
    ada.look_for("document.querySelectorAll('#people .person').length === 2")
    stage.wait_for_frame(ada, type="view", show=shown())
    assert len(tiles(ada)) == 2
    offer = stage.last("signal")["description"]["sdp"]
    assert len(re.findall("a=sendonly", offer)) == 2
    assert ada.page.get_attribute("#microphone", "aria-pressed") == "false"
    # What is said is heard again.
    ada.page.click("#microphone")
    bob.hears("Ada", TONES["Ada"])
