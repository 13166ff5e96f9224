// What this person hears: one audio element for each section that brings sound, and the browser's leave to play it.

/** A sound's packets come every 20 ms; a gap this long in milliseconds is silence. */
const recent = 400;

/** Event `blocked`: whether the browser waits for a tap before it plays anything (detail: true or false). */
export class Playback extends EventTarget {
  #container;
  #elements = new Map();
  #receivers = new Map();
  #tracks = {};
  #output = "";
  #blocked = false;

  /** Elements live in `container`, out of sight. */
  constructor(container) {
    super();
    this.#container = container;
  }

  get isBlocked() { return this.#blocked; }

  /** Whether packets of this participant's sound have come in within the last moment. */
  isArriving(participant) {
    const mid = Object.keys(this.#tracks).find((mid) => this.#tracks[mid]?.participant === participant && this.#receivers.has(mid));
    const [latest] = this.#receivers.get(mid)?.getSynchronizationSources() ?? [];
    return latest !== undefined && performance.timeOrigin + performance.now() - latest.timestamp < recent;
  }

  add(mid, track, receiver) {
    if (track.kind !== "audio") return;
    this.#receivers.set(mid, receiver);
    let element = this.#elements.get(mid);
    if (!element) {
      element = document.createElement("audio");
      element.autoplay = true;
      element.dataset.mid = mid;
      this.#container.append(element);
      this.#elements.set(mid, element);
      this.#label(mid, element);
      if (this.#output) this.#lead(element);
    }
    element.srcObject = new MediaStream([track]);
    this.#play(element);
  }

  /** The server's `tracks` frame: who is heard in which section. */
  assign(tracks) {
    this.#tracks = tracks;
    for (const [mid, element] of this.#elements) this.#label(mid, element);
  }

  /** The speaker to play through, by its device id; "" is the system's own. */
  useOutput(id) {
    this.#output = id;
    for (const element of this.#elements.values()) this.#lead(element);
  }

  /** A speaker that is gone leaves the sound where it was. */
  #lead(element) { element.setSinkId?.(this.#output).catch(() => {}); }

  /** Every section is gone, until the next connection has them again. Who is heard in which the server says again only if it changes. */
  clear() {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#receivers.clear();
  }

  /** From a tap: now the browser plays. */
  async unblock() {
    await Promise.all([...this.#elements.values()].map((element) => element.play().catch(() => {})));
    this.#setBlocked([...this.#elements.values()].some((element) => element.paused));
  }

  async #play(element) {
    try {
      await element.play();
    } catch (error) {
      // An AbortError only says that a newer track has come in between.
      if (error.name === "NotAllowedError") this.#setBlocked(true);
    }
  }

  #label(mid, element) { element.dataset.participant = this.#tracks[mid]?.participant ?? ""; }

  #setBlocked(blocked) {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.dispatchEvent(new CustomEvent("blocked", { detail: blocked }));
  }
}
