// One person's visit to one room: brings socket, devices, media and dialling together, and says what stands in the way.

import { CallCards } from "./call-card.js";
import { Chat } from "./chat.js";
import { DeviceMenu } from "./device-menu.js";
import { dialForm } from "./dial-form.js";
import { Dialling } from "./dialling.js";
import { announce, setText } from "./dom.js";
import { fullScreenButton } from "./full-screen.js";
import { HostTools } from "./host-tools.js";
import { listenForKeys } from "./keys.js";
import { inviteAddress } from "./link.js";
import { Media } from "./media.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Playback } from "./playback.js";
import { Ringback } from "./ringback.js";
import { Roster } from "./roster.js";
import { ScreenShare } from "./screen-share.js";
import { SelfView } from "./self-view.js";
import { SignalSocket } from "./signal-socket.js";
import { Stage } from "./stage.js";
import { Tiles } from "./tiles.js";
import { View } from "./view.js";
import { callTitle, callWords, nameFault, stops } from "./wording.js";

const at = (id) => document.getElementById(id);
/** Errors that pass: the same frame may be taken a moment later. */
const passing = new Set(["bridge_unavailable", "at_capacity", "too_many_joins", "server_error", "offer_in_flight"]);
/** A connection that is up at once needs no words. */
const wordsAfter = 1500;
/** How often the ringing tone is compared with what arrives, in milliseconds. */
const ringbackEvery = 200;

export class Visit {
  #gate;
  #room;
  #load;
  #link;
  #name;
  #devices;
  #socket;
  #dialling;
  #media = new Media();
  #playback = new Playback(at("sound"));
  #ringback = new Ringback();
  #pictures = new Pictures();
  #tiles = new Tiles(this.#pictures);
  #stage = new Stage(this.#pictures);
  #screen = new ScreenShare();
  #view = new View((frame) => this.#isJoined && this.#socket.send(frame));
  #notices;
  #panel;
  #roster = new Roster(at("people"), at("people-count"), (frame) => this.#isJoined && this.#socket.send(frame));
  #chat = new Chat((text) => this.#isJoined && this.#socket.send({ type: "chat", text }));
  #hostTools = new HostTools((frame) => this.#isJoined && this.#socket.send(frame));
  #selfView;
  #self = null;
  #isJoined = false;
  #isHere = false;
  /** The server said that it goes down for a restart; until it is back, that is what every failed try means. */
  #isRestarting = false;
  #joinTimer = 0;
  #mediaTimer = 0;

  constructor({ gate, link, load, name, notices, devices }) {
    this.#gate = gate;
    this.#room = link.room;
    this.#load = load;
    this.#link = link;
    this.#name = name;
    this.#notices = notices;
    this.#devices = devices;
    this.#panel = new Panel(load);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new SignalSocket(`${scheme}//${location.host}/signal`);
    this.#dialling = new Dialling((frame) => this.#isJoined && this.#socket.send(frame), load);
    const toggles = {
      microphone: () => this.#devices.toggleMicrophone(),
      camera: () => this.#devices.toggleCamera(),
      screen: () => this.#screen.toggle(),
      leave: () => this.leave(),
    };
    this.#selfView = new SelfView(toggles);
    new DeviceMenu(devices);
    fullScreenButton(at("stage-full"), at("stage"));
    const fullScreen = fullScreenButton(at("full"), document.documentElement);
    listenForKeys({ m: toggles.microphone, v: toggles.camera, s: toggles.screen, f: fullScreen, p: () => this.#panel.toggle() }, () => this.#isHere, at("keys"));
    this.#wire();
    this.#dialling.begin(link);
    new CallCards(at("calls"), this.#dialling);
  }

  get connection() { return this.#media.connection; }

  /** Goes in: the socket and the question for the microphone at once, since both may take a while. */
  enter() {
    this.#isHere = true;
    this.#gate.hide();
    at("room").hidden = false;
    at("controls").hidden = false;
    this.#setState("joining");
    this.#socket.connect();
    this.#devices.open();
    this.#showSwitches();
  }

  leave() {
    this.#socket.leave();
    this.#goOut("left", { symbol: "leave", actions: [["Join again", () => this.enter()]] });
    announce("You have left the room.");
  }

  // MARK: wiring

  #wire() {
    const on = (source, type, action) => source.addEventListener(type, (event) => action(event.detail));
    on(this.#socket, "open", () => this.#join());
    on(this.#socket, "frame", (frame) => this.#receive(frame));
    on(this.#socket, "lost", (loss) => this.#lost(loss));
    on(this.#socket, "final", (word) => this.#goOut(word, { actions: [[word === "replaced" ? "Use this tab" : "Join again", () => this.enter()]] }));
    on(this.#media, "offer", (description) => this.#isJoined && this.#socket.send({ type: "signal", description }));
    on(this.#media, "track", ({ track, mid, receiver }) => {
      this.#playback.add(mid, track, receiver);
      this.#pictures.add(mid, track);
    });
    on(this.#media, "reset", () => {
      this.#playback.clear();
      this.#pictures.clear();
    });
    on(this.#media, "state", () => this.#mediaChanged());
    on(this.#devices, "tracks", () => this.#tracksChanged());
    on(this.#devices, "switches", () => this.#showSwitches());
    on(this.#devices, "speaker", () => this.#playback.useOutput(this.#devices.inUse("speaker")));
    on(this.#screen, "change", () => this.#screenChanged());
    on(this.#screen, "fault", (text) => this.#notices.flash("screen-fault", { tone: "warning", text }));
    on(this.#tiles, "change", () => this.#showPictures());
    on(this.#stage, "change", () => this.#showPictures());
    on(this.#playback, "blocked", (isBlocked) => this.#playbackBlocked(isBlocked));
    on(this.#dialling, "change", () => this.#callsChanged());
    on(this.#dialling, "notice", (text) => this.#notices.flash("call", { tone: "warning", text }));
    // Whatever is pressed first gives the browser the leave to play the ringing tone.
    document.addEventListener("pointerdown", () => this.#ringback.unblock());
    on(this.#dialling, "correct", dialForm(at("dial-form"), (number) => this.#dialling.dial(number)));
    setInterval(() => this.#ring(), ringbackEvery);
    at("copy-invite").onclick = () => this.#copyInvite();
    at("copy-link").onclick = () => this.#copyInvite();
    this.#showRoomName();
    this.#playback.useOutput(this.#devices.inUse("speaker"));
  }

  #setState(state) { document.documentElement.dataset.state = state; }

  // MARK: the place in the room

  #join() {
    const frame = { type: "join", room: this.#room, name: this.#name, load: this.#load.id };
    const link = this.#link.slug ?? this.#link.signed;
    if (link) frame.link = link;
    if (this.#load.resume) frame.resume = this.#load.resume;
    this.#socket.send(frame);
  }

  #joinAgainSoon() {
    clearTimeout(this.#joinTimer);
    this.#joinTimer = setTimeout(() => this.#join(), 1500 + Math.random() * 1500);
  }

  #receive(frame) {
    switch (frame.type) {
      case "welcome": return this.#welcome(frame);
      case "signal": return frame.description?.type === "answer" && this.#media.answer(frame.description);
      case "media": return this.#media.want(frame);
      case "tracks": return this.#assign(frame.tracks ?? {});
      case "upload": return this.#media.upload(frame);
      case "peer-joined": return this.#rosterChanged(() => this.#roster.join(frame.peer));
      case "peer-updated": return this.#peerChanged(frame.peer);
      case "peer-left": return this.#rosterChanged(() => this.#roster.leave(frame.peer));
      case "chat": return this.#written(frame);
      case "locked": return this.#hostTools.setLocked(frame.on === true);
      case "speaking": return this.#spoken(frame.participants ?? []);
      case "dial-status": return this.#dialling.status(frame);
      case "error": return this.#refused(frame);
      // A later server may say more than this page knows of.
    }
  }

  #welcome({ peer, peers = [], resume, resumed, calls = [], role, locked }) {
    this.#self = peer;
    this.#load.resume = resume;
    this.#isJoined = true;
    this.#isRestarting = false;
    this.#socket.settled();
    this.#notices.hide("socket");
    this.#notices.hide("join");
    this.#setState("in-room");
    this.#rosterChanged(() => this.#roster.reset(peer, peers, role === "host"));
    this.#hostTools.reset({ role, locked });
    this.#showMuted();
    this.#tellSwitches();
    this.#view.begin();
    // A new place knows nothing of the old one's media.
    if (resumed && this.#media.connection) this.#media.resumed();
    else this.#startMedia();
    this.#dialling.joined(calls);
  }

  #lost({ code, attempts, everOpened }) {
    this.#isJoined = false;
    clearTimeout(this.#joinTimer);
    this.#media.interrupted();
    this.#dialling.parted();
    this.#setState(this.#self ? "reconnecting" : "joining");
    const goesOn = this.#media.state === "connected" ? " You can go on talking meanwhile." : "";
    this.#isRestarting ||= code === 1001;
    const text = this.#isRestarting ? `The server is restarting.${goesOn} This page comes back by itself.`
      : !navigator.onLine ? `Your device is offline.${goesOn} This page comes back as soon as the network does.`
      : !everOpened ? "The server does not answer. Trying again…"
      : `The connection to the server is lost.${goesOn} Reconnecting…`;
    this.#socketNotice(text);
    if (attempts === 4 && navigator.onLine) this.#diagnose();
  }

  /** A server that answers a plain request but no WebSocket is a different trouble from one that is gone. */
  async #diagnose() {
    const answer = await fetch("/signal", { cache: "no-store" }).catch(() => null);
    if (this.#isJoined || !this.#isHere || !answer?.ok) return;
    this.#socketNotice("The server is there but refuses this page's connection. A proxy may block WebSockets, or the server does not know the address in your address bar as its own. Its operator can help.");
  }

  #socketNotice(text) {
    this.#notices.show("socket", { tone: "wait", text, actions: [["Try now", () => this.#socket.retryNow()]] });
  }

  #refused(frame) {
    const { about, code, detail } = frame;
    if (about === "dial" || about === "hangup") this.#dialling.refused(frame);
    if (about === "signal") this.#media.refused(passing.has(code) || code === "not_joined");
    // The server has given the place away (nobody was heard from for too long): another one, on another socket.
    if (code === "not_joined" && this.#isJoined) {
      this.#load.resume = null;
      this.#socket.restart();
    }
    if (["mute", "kick", "lock", "end", "chat"].includes(about)) this.#notices.flash("room", { tone: "warning", text: detail });
    if (about === "dtmf") this.#notices.flash("call", { tone: "warning", text: detail });
    if (about === "chat") this.#chat.refused();
    if (about !== "join") return;
    if (code === "invalid_name") return this.#askNameAgain(detail);
    if (passing.has(code)) {
      this.#notices.show("join", { tone: "wait", text: `${detail} Trying again…` });
      return this.#joinAgainSoon();
    }
    if (code === "already_joined") return;
    this.#socket.pause();
    // A link that does not open will not open by trying, but one that is not valid yet may.
    const isFinal = code === "invalid_room" || (/^(link_|unknown_link|malformed_link|duplicate_parameter)/.test(code) && code !== "link_not_yet_valid");
    this.#goOut(code === "invalid_room" ? "room" : code, { text: detail, actions: isFinal ? [] : [["Try again", () => this.enter()]] });
  }

  async #askNameAgain(detail) {
    this.#socket.pause();
    this.#setState("name");
    at("room").hidden = at("controls").hidden = true;
    this.#name = await this.#gate.askName({ room: this.#room, about: [], fault: nameFault(this.#name) || detail, suggestion: this.#name });
    this.#load.choose({ name: this.#name });
    this.enter();
  }

  /** Everything is let go of, and the page says why. */
  #goOut(word, { symbol, text, actions }) {
    this.#isHere = this.#isJoined = false;
    this.#self = null;
    clearTimeout(this.#joinTimer);
    clearTimeout(this.#mediaTimer);
    this.#load.resume = null;
    this.#screen.stop();
    this.#media.stop();
    this.#devices.close();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.#dialling.left();
    this.#notices.clear();
    this.#rosterChanged(() => this.#roster.reset(null, []));
    this.#chat.clear();
    at("room").hidden = at("controls").hidden = true;
    this.#setState(word);
    const [title, words] = stops[word] ?? [word.startsWith("link_") ? "This link does not open" : "Could not join", ""];
    this.#gate.stop({ title, text: text || words, symbol, actions });
  }

  #peerChanged(person) {
    this.#rosterChanged(() => this.#roster.change(person));
    if (person.id === this.#self) this.#showMuted();
  }

  #showMuted() {
    if (!this.#roster.isMuted) return this.#notices.hide("muted");
    this.#notices.show("muted", { tone: "info", symbol: "mic-off", text: "A host has muted you. Nobody hears you until a host lets you speak again." });
  }

  #rosterChanged(change) {
    change();
    const { people } = this.#roster;
    this.#stage.update(people, this.#self);
    this.#tiles.update(people, this.#self);
    this.#showPictures();
    this.#callsChanged();
  }

  #spoken(ids) {
    this.#roster.speak(ids);
    this.#tiles.speak(ids);
    this.#showPictures();
  }

  #written(frame) {
    const isOwn = frame.from === this.#self;
    this.#chat.add(frame, isOwn);
    if (!isOwn) this.#panel.tell();
  }

  // MARK: pictures

  #assign(tracks) {
    this.#playback.assign(tracks);
    this.#pictures.assign(tracks);
  }

  /** What is in sight, of those who send a picture. */
  #showPictures() {
    const people = new Map(this.#roster.people.map((person) => [person.id, person]));
    const faces = this.#tiles.shown.filter((id) => id !== this.#self && people.get(id)?.camera === true);
    const shown = faces.map((participant) => ({ participant, kind: "video" }));
    if (this.#stage.on) shown.unshift({ participant: this.#stage.on, kind: "screen" });
    this.#view.show(shown);
  }

  #screenChanged() {
    this.#media.useScreen(this.#screen.track);
    this.#showSwitches();
    if (!this.#screen.track) return this.#notices.hide("screen");
    this.#notices.show("screen", { tone: "info", symbol: "screen", text: "You are sharing your screen.", actions: [["Stop sharing", () => this.#screen.stop()]] });
  }

  // MARK: sound

  /** Starts when both the place and the microphone, or the choice to listen only, are there. */
  #startMedia() {
    if (!this.#isJoined || !(this.#devices.areChosen || this.#media.connection)) return;
    const others = this.#roster.people.filter((person) => person.id !== this.#self);
    const pictures = others.filter((person) => person.camera).length + others.filter((person) => person.screen).length;
    this.#media.start({ microphone: this.#devices.microphone, camera: this.#devices.camera, screen: this.#screen.track, pictures });
  }

  #tracksChanged() {
    if (!this.#media.connection) return this.#startMedia();
    this.#media.useMicrophone(this.#devices.microphone);
    this.#media.useCamera(this.#devices.camera);
  }

  #showSwitches() {
    this.#selfView.update({ name: this.#name, microphone: this.#devices.state, camera: this.#devices.camera, screen: this.#screen.track !== null });
    this.#tellSwitches();
  }

  #tellSwitches() {
    if (!this.#isJoined) return;
    const frame = { type: "update", microphone: this.#devices.state === "on", camera: this.#devices.camera !== null };
    // Absent is off.
    if (this.#screen.track) frame.screen = true;
    this.#socket.send(frame);
  }

  #mediaChanged() {
    const state = this.#media.state;
    document.documentElement.dataset.media = state;
    this.#dialling.setMediaIsUp(state === "connected");
    clearTimeout(this.#mediaTimer);
    const show = (notice) => this.#notices.show("media", notice);
    const again = ["Try now", () => this.#media.retry()];
    switch (state) {
      case "idle":
      case "connected":
        return this.#notices.hide("media");
      case "connecting":
        this.#mediaTimer = setTimeout(() => show({ tone: "wait", text: "Connecting your sound…" }), wordsAfter);
        return;
      case "interrupted":
        // What cuts the sound off may have cut the socket off too, which would notice much later.
        this.#socket.check();
        return show({ tone: "wait", text: "The sound is interrupted. Reconnecting…" });
      case "blocked":
        return show({
          tone: "obstacle", title: "Your network blocks the sound", actions: [again],
          text: "The page is connected, but no packets of the call (UDP) get through. Switch off a VPN, try another network or a mobile hotspot, or ask your network's operator to allow UDP to this server. The page keeps trying.",
        });
      case "refused":
        return show({ tone: "warning", text: "Your browser and the server could not agree on the sound. The page tries again; if it stays so, another browser may help.", actions: [again] });
    }
  }

  #playbackBlocked(isBlocked) {
    if (!isBlocked) return this.#notices.hide("playback");
    this.#notices.show("playback", {
      tone: "obstacle", title: "There is sound for you", text: "Your browser plays none before you have touched the page.", symbol: "speaker",
      actions: [["Tap to hear", () => { this.#ringback.unblock(); this.#playback.unblock(); }]],
    });
  }

  // MARK: the room's face

  #callsChanged() {
    const { calls } = this.#dialling;
    const talking = this.#isHere ? calls.find((call) => call.state === "answered") : undefined;
    this.#ring();
    at("idle").hidden = calls.length > 0 || this.#roster.hasCompany;
    at("room").dataset.company = this.#roster.hasCompany ? "yes" : "no";
    const shown = talking ?? calls[0];
    const words = talking ? [callTitle(talking)] : shown && shown.state !== "held" ? [callWords(shown)[0], callTitle(shown)] : [];
    document.title = [...words, at("room-name").textContent, "Ringlink"].join(" · ");
  }

  /** The page's own ringing tone, only while the telephone network sends no sound: neither said, nor arriving unsaid. */
  #ring() {
    const { calls } = this.#dialling;
    const ringing = calls.find((call) => call.state === "ringing" && !call.earlyMedia && !call.hangingUp);
    const talking = calls.some((call) => call.state === "answered");
    const rings = this.#isHere && ringing !== undefined && !talking && !this.#playback.isArriving(ringing.call);
    this.#ringback.set(rings);
    document.documentElement.dataset.ringback = rings ? "on" : "off";
  }

  /** A random slug is nothing to read; it stays in sight, small, for whoever compares it. */
  #showRoomName() {
    const isRandom = /^r-[0-9a-f]{8,}$/.test(this.#room);
    setText(at("room-name"), isRandom ? "Private room" : this.#room);
    setText(at("room-over"), isRandom ? this.#room : "Room");
    at("room").dataset.room = this.#room;
  }

  async #copyInvite() {
    const address = inviteAddress(this.#room);
    try {
      await navigator.clipboard.writeText(address);
      this.#notices.flash("copy", { tone: "info", text: "The link to this room is copied.", symbol: "check" }, 2500);
    } catch {
      this.#notices.flash("copy", { tone: "info", text: `The link to this room: ${address}`, symbol: "link" }, 15_000);
    }
  }
}
