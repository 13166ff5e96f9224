// The calls of this room as the page knows them, and the dials it has asked for.
//
// Exactly once is the server's promise; the page's part is to ask with the same key until it is answered, to make the
// automatic key once per load, and to ask for nothing while there is no media to hear the phone with.

import { readableDial } from "./link.js";
import { freshKey } from "./load.js";

const askAgainEvery = 3000;
/** Refusals that a moment can cure. The key stays the same, so that asking again is still the same dial. */
const passing = new Set(["bridge_unavailable", "no_media", "not_joined", "at_capacity", "server_error"]);
const passingLimit = 6;

/**
 * States of a call here: `held` (waits for a person), `waiting` (for this browser's own media), `asked` (the frame is out),
 * `returning` (it was up before a reload or a lost connection), and then the server's: `queued dialling ringing answered ended`.
 * Event `change`: any of `calls` changed. Event `notice` (detail: a sentence).
 * Event `correct` (detail: a number): a person wants to change it before it is called again.
 */
export class Dialling extends EventTarget {
  #send;
  #load;
  #mediaIsUp = false;
  #isJoined = false;
  #hangUpRefusals = 0;
  #serial = 0;
  /** Newest first. */
  calls = [];

  /** `send(frame)` answers whether it went out. */
  constructor(send, load) {
    super();
    this.#send = send;
    this.#load = load;
    setInterval(() => this.#ask(), askAgainEvery);
  }

  /** The link's own dial, once for this load. */
  begin({ dial, trunk, slug }) {
    if (!dial && !slug) return;
    const before = this.#load.autoDial;
    if (before?.dismissed) return;
    const call = this.#add({ target: dial, slug, trunk, label: readableDial(dial), key: this.#load.autoKey, origin: "url", starter: true });
    if (this.#load.isCopy && !before) {
      this.#hold(call, this.#load.isForgetful ? "forgetful" : "copy");
    } else if (before?.state === "held") {
      Object.assign(call, { state: "held", hold: before.hold, reason: before.reason });
    } else if (before) {
      this.#apply(call, before);
      // What was true before the reload is old news: how far the call is now, and for how long, is asked again.
      if (call.state !== "ended") Object.assign(call, { state: "returning", answeredAt: undefined });
    }
    this.#changed();
  }

  /** A person asks for a call. */
  dial(target, trunk = null, slug = undefined) {
    const call = this.#add({ target, slug, trunk, label: readableDial(target), key: freshKey(), origin: "user", starter: true });
    this.#ask();
    this.#changed();
    return call;
  }

  /** The same call once more, in the place of its old card. */
  again(call) {
    this.dismiss(call);
    return this.dial(call.target, call.trunk, call.slug);
  }

  /** The number once more into the field, to be put right. */
  correct(call) {
    this.dismiss(call);
    this.dispatchEvent(new CustomEvent("correct", { detail: call.number || readableDial(call.target) }));
  }

  hangUp(call) {
    if (call.hangingUp) return;
    if (call.call) {
      call.hangingUp = true;
      this.#hangUpRefusals = 0;
      this.#send({ type: "hangup", call: call.call });
    } else if (call.state === "waiting") {
      this.#hold(call, "stopped");
    } else {
      // Asked for and not yet named by the server: it is hung up as soon as it has a name.
      call.hangingUp = true;
    }
    this.#changed();
  }

  /** A key of the telephone is pressed for an answered call; answers whether it went out. */
  key(call, digits) {
    if (call.state !== "answered" || !call.call) return false;
    if (this.#send({ type: "dtmf", call: call.call, digits })) return true;
    this.dispatchEvent(new CustomEvent("notice", { detail: "The connection to the server is away, so this key was not sent. Press it again in a moment." }));
    return false;
  }

  dismiss(call) {
    this.calls = this.calls.filter((other) => other !== call);
    if (this.#isAutomatic(call)) this.#load.autoDial = { ...this.#load.autoDial, dismissed: true };
    this.#changed();
  }

  /** Media came up or went away. */
  setMediaIsUp(isUp) {
    this.#mediaIsUp = isUp;
    this.#ask();
  }

  /** The `welcome`: the room's live calls. One that is missing ended while nobody could tell this page. */
  joined(live) {
    this.#isJoined = true;
    for (const frame of live) this.status(frame);
    // Whoever hears the call already need not be asked whether to make it.
    this.calls = this.calls.filter((call) => call.state !== "held" || !live.some((frame) => isSame(frame.number, call)));
    for (const call of this.calls) {
      // A wish to hang up may have been spoken into a dead line.
      if (call.hangingUp && call.call && call.state !== "ended") this.#send({ type: "hangup", call: call.call });
      if (!call.call || call.state === "ended" || live.some((frame) => frame.call === call.call)) continue;
      if (call.key) call.state = "returning"; // Its key still finds out what became of it.
      else this.#end(call, { outcome: "completed", reason: null });
    }
    this.#ask();
    this.#changed();
  }

  /** The socket is gone. */
  parted() { this.#isJoined = false; }

  /** The person leaves: nothing that was not placed yet may be placed behind their back. */
  left() {
    this.#isJoined = false;
    this.#mediaIsUp = false;
    for (const call of this.calls) {
      if (this.#isAutomatic(call) && (call.state === "waiting" || call.state === "asked")) this.#hold(call, "stopped");
    }
    this.calls = this.calls.filter((call) => this.#isAutomatic(call));
    this.#changed();
  }

  /** A `dial-status` frame. */
  status(frame) {
    const asked = frame.key && this.calls.find((call) => call.key === frame.key);
    const known = frame.call && this.calls.find((call) => call.call === frame.call);
    if (frame.state === "not_fired") {
      // So often refused before that it was not even made a call: what the rules say is the same.
      if (asked && frame.refusal) this.#end(asked, { outcome: "blocked", reason: frame.reason ?? null, refusal: frame.refusal });
      else if (asked) this.#hold(asked, "not_fired", frame.reason);
      return this.#changed();
    }
    // A dial may turn out to be a call that is shown already: one card for one call.
    if (asked && known && asked !== known) this.calls = this.calls.filter((call) => call !== known);
    const call = asked || known || (frame.state !== "ended" && this.#add({ target: frame.number, trunk: null, key: null }));
    if (!call) return;
    this.#apply(call, frame);
    if (this.#isAutomatic(call)) this.#load.autoDial = frame;
    if (call.hangingUp && !known && call.state !== "ended") this.#send({ type: "hangup", call: call.call });
    this.#changed();
  }

  /** An `error` frame about `dial` or `hangup`. */
  refused({ about, code, detail, key }) {
    if (about === "hangup") {
      // Who hangs up means it: what passes (a database that comes back) is asked again, and the person only told if it stays.
      if (passing.has(code) && (this.#hangUpRefusals += 1) < passingLimit) {
        setTimeout(() => this.#hangUpAgain(), 1000);
        return;
      }
      this.#hangUpRefusals = 0;
      for (const call of this.calls) call.hangingUp = false;
      this.dispatchEvent(new CustomEvent("notice", { detail }));
      return this.#changed();
    }
    const call = this.calls.find((one) => (key ? one.key === key : one.state === "asked"));
    if (!call || call.state === "ended") return;
    call.refusals = (call.refusals ?? 0) + 1;
    // Left as it is, it is asked again by the timer.
    if (passing.has(code) && call.refusals < passingLimit) return;
    this.#end(call, { outcome: code === "invalid_number" ? "invalid_number" : "failed", reason: { code, text: detail } });
    this.#changed();
  }

  // MARK: inside

  #hangUpAgain() {
    for (const call of this.calls) if (call.hangingUp && call.call && call.state !== "ended") this.#send({ type: "hangup", call: call.call });
  }

  #isAutomatic(call) { return call.key === this.#load.autoKey; }

  #add(call) {
    const added = { id: ++this.#serial, state: "waiting", call: null, reason: null, ...call };
    this.calls = [added, ...this.calls];
    return added;
  }

  /** Asks for every dial that has no answer, as soon as there are ears for it. */
  #ask() {
    if (!this.#mediaIsUp || !this.#isJoined) return;
    let isNews = false;
    for (const call of this.calls) {
      if (call.state !== "waiting" && call.state !== "asked" && call.state !== "returning") continue;
      if (!call.key) continue;
      // The page of a link that hides its number knows no more of it than the link.
      const whom = call.slug ? { link: call.slug } : { number: call.target };
      const frame = { type: "dial", ...whom, origin: call.origin, key: call.key };
      if (call.trunk) frame.trunk = call.trunk;
      if (!this.#send(frame) || call.state !== "waiting") continue;
      call.state = "asked";
      isNews = true;
    }
    if (isNews) this.#changed();
  }

  #apply(call, frame) {
    call.call = frame.call ?? call.call;
    call.number = frame.number;
    call.label = frame.label || frame.number || call.label;
    call.state = frame.state;
    call.earlyMedia = frame.early_media === true;
    call.starter = frame.starter === true;
    if (frame.state === "answered") {
      call.answeredAt ??= performance.now() - (frame.answered_seconds ?? 0) * 1000;
    } else if (frame.state === "ended") {
      Object.assign(call, { outcome: frame.outcome, reason: frame.reason ?? null, refusal: frame.refusal ?? null, talkSeconds: frame.talk_seconds, hangingUp: false });
    }
  }

  #hold(call, hold, reason = null) {
    Object.assign(call, { state: "held", hold, reason });
    if (this.#isAutomatic(call)) this.#load.autoDial = { state: "held", hold, reason };
  }

  #end(call, { outcome, reason, refusal = null }) {
    Object.assign(call, { state: "ended", outcome, reason, refusal, hangingUp: false });
    if (this.#isAutomatic(call)) {
      this.#load.autoDial = { state: "ended", call: call.call, label: call.label, number: call.number, outcome, reason, refusal, starter: true };
    }
  }

  #changed() { this.dispatchEvent(new Event("change")); }
}

/** A number as the server writes it, without the separators of people. */
function plain(number) { return number.replace(/[\s()./-]/g, ""); }

/** Whether a number that may be masked can be the call's: `+4915•••••183` shows its beginning and its end, one that is hidden nothing. */
function isSame(shown, call) {
  if (shown === undefined || call.slug) return shown === undefined && call.slug !== undefined;
  const number = plain(call.label);
  const [head, tail] = shown.split("•".repeat(5));
  return tail === undefined ? shown === number : number.startsWith(head) && number.endsWith(tail);
}
