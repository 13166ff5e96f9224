// One load of the page, the thing that a link may ring once for.
//
// sessionStorage survives a reload and dies with the tab, which is just the life of a load; but a duplicated tab gets a
// copy of it. So a load also holds a Web Lock on its own id: whoever cannot take the lock is the duplicate, becomes a
// load marked `copy-`, and never dials by itself.

import { randomHex } from "./link.js";

const storageKey = "ringlink.load";
// A reloaded page may start a moment before the browser has let go of the old one's lock.
const lockPatience = 1500;

/** The load of this tab, with what it has to remember over a reload: the automatic dial's key and fate, and its place in the room. */
export class Load {
  #entry;

  constructor(entry) {
    this.#entry = entry;
    this.#save();
  }

  get id() { return this.#entry.id; }
  get isCopy() { return this.id.startsWith("copy-"); }

  /** Whether it is only marked a copy because this browser remembers nothing. */
  get isForgetful() { return this.#entry.isForgetful === true; }

  /** The one key under which this load may ring its link's number. */
  get autoKey() { return this.#entry.autoKey; }

  /** What became of the automatic dial: null until it is settled, then the card's last words (a `dial-status`, or a hold of the page's own). */
  get autoDial() { return this.#entry.autoDial; }
  set autoDial(status) { this.#entry.autoDial = status; this.#save(); }

  /** The token that takes this load's place in its room back, or null. */
  get resume() { return this.#entry.resume; }
  set resume(token) { this.#entry.resume = token; this.#save(); }

  /** Whether the person had the microphone or camera off, or chose to listen only: a reload should not open it again. */
  get choices() { return this.#entry.choices; }
  choose(choices) { Object.assign(this.#entry.choices, choices); this.#save(); }

  #save() {
    try {
      sessionStorage.setItem(storageKey, JSON.stringify(this.#entry));
    } catch {
      // Storage is blocked: this load lasts as long as the document, and a reload is a new one that was told so by `Load.open`.
    }
  }

  /**
   * Finds or makes the load of this tab for one link.
   *
   * Another link opened in the same tab is another load: its number has not been rung yet. One that only says something
   * else of the person is the same load, which has rung already, but its word goes before what was chosen under the last one.
   */
  static async open(link) {
    const purpose = JSON.stringify([link.room, link.slug ?? link.dial, link.trunk]);
    const kept = readEntry();
    if (kept && kept.purpose === purpose) {
      if (await holdLock(kept.id)) return new Load(heed(kept, link));
      return Load.#fresh(link, purpose, "copy-");
    }
    // Without storage or locks «once per load» cannot be kept over a reload, so such a browser asks before it rings.
    if (!canKeepLoads()) return Load.#fresh(link, purpose, "copy-", true);
    return Load.#fresh(link, purpose, "");
  }

  static async #fresh(link, purpose, mark, isForgetful = false) {
    const id = mark + randomHex(16);
    await holdLock(id);
    return new Load({ id, isForgetful, purpose, person: ofPerson(link), autoKey: randomHex(16), autoDial: null, resume: null, choices: {} });
  }
}

/** A key for one dial that a person asked for. */
export function freshKey() { return randomHex(16); }

/** What a link says of the person who follows it, rather than of the call. */
function ofPerson({ name, camera, signed }) { return { name, camera, signed }; }

/** Drops the choices that another link contradicts. A reload is of the same link and keeps them all, and what a link leaves open stays, too. */
function heed(entry, link) {
  const { choices, person: before } = entry;
  const person = ofPerson(link);
  // A signed name stands or falls with its signature.
  const isNamedAnew = person.name !== null && (person.name !== before?.name || person.signed !== before?.signed);
  if (before && isNamedAnew) delete choices.name;
  if (before && person.camera !== before.camera) delete choices.camera;
  return { ...entry, person };
}

function readEntry() {
  try {
    const entry = JSON.parse(sessionStorage.getItem(storageKey));
    return /^(copy-)?[0-9a-f]{32}$/.test(entry?.id) && typeof entry.autoKey === "string" ? { choices: {}, ...entry } : null;
  } catch {
    return null;
  }
}

function canKeepLoads() {
  try {
    sessionStorage.setItem(storageKey + ".probe", "1");
    sessionStorage.removeItem(storageKey + ".probe");
    return "locks" in navigator;
  } catch {
    return false;
  }
}

/** Takes the lock and keeps it until the document is gone. Answers whether it could be had. */
function holdLock(id) {
  if (!("locks" in navigator)) return Promise.resolve(false);
  const untilTheDocumentIsGone = new Promise(() => {});
  return new Promise((settle) => {
    navigator.locks
      .request("ringlink-load-" + id, { signal: AbortSignal.timeout(lockPatience) }, () => {
        settle(true);
        return untilTheDocumentIsGone;
      })
      .catch(() => settle(false));
  });
}
