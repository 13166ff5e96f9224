// The large place for a screen that somebody shares. One at a time: the latest, or the one that this person chooses.

import { announce, make, setText } from "./dom.js";
import { hang } from "./pictures.js";

/** After this long without a picture, in milliseconds, it is said that none comes. */
const patience = 8000;

/** Event `change`: another screen, or none, is on the stage. */
export class Stage extends EventTarget {
  #element = document.getElementById("stage");
  #frame = this.#element.querySelector(".stage-picture");
  #name = document.getElementById("stage-name");
  #choice = document.getElementById("stage-choice");
  #words = document.getElementById("stage-words");
  #pictures;
  /** Ids of who shares, in the order in which they began. */
  #sharing = [];
  #names = new Map();
  #on = null;
  /** Whose picture in which element is waited for. */
  #awaited = [null, null];
  #timer = 0;

  constructor(pictures) {
    super();
    this.#pictures = pictures;
    pictures.addEventListener("change", () => this.#hang());
  }

  /** Whose screen is shown, or null. */
  get on() { return this.#on; }

  update(people, self) {
    const sharing = people.filter((person) => person.screen === true && person.id !== self);
    const ids = sharing.map((person) => person.id);
    const begun = ids.filter((id) => !this.#sharing.includes(id));
    this.#sharing = [...this.#sharing.filter((id) => ids.includes(id)), ...begun];
    this.#names = new Map(sharing.map((person) => [person.id, person.name]));
    for (const id of begun) announce(`${this.#names.get(id)} shares a screen.`);
    this.#put(begun.at(-1) ?? (this.#sharing.includes(this.#on) ? this.#on : this.#sharing.at(-1) ?? null));
  }

  #put(id) {
    const isOther = id !== this.#on;
    this.#on = id;
    this.#element.hidden = id === null;
    // Nobody is left alone with a full screen of nothing.
    if (id === null && document.fullscreenElement === this.#element) document.exitFullscreen().catch(() => {});
    setText(this.#name, id === null ? "" : `${this.#names.get(id)}’s screen`);
    this.#offerChoice();
    this.#hang();
    if (isOther) this.dispatchEvent(new Event("change"));
  }

  #offerChoice() {
    const others = this.#sharing.filter((id) => id !== this.#on);
    this.#choice.replaceChildren(...others.map((id) => make("button", { type: "button", class: "chip", text: `See ${this.#names.get(id)}’s screen`, onclick: () => this.#put(id) })));
  }

  #hang() {
    const element = this.#on === null ? null : this.#pictures.of(this.#on, "screen");
    hang(element, this.#frame);
    if (this.#awaited[0] === this.#on && this.#awaited[1] === element) return;
    this.#awaited = [this.#on, element];
    this.#await();
  }

  /** The sheet shows a spinner until the picture comes, and after a while these words. */
  #await() {
    clearTimeout(this.#timer);
    setText(this.#words, "");
    if (this.#on === null) return;
    this.#timer = setTimeout(() => {
      if (this.#frame.querySelector(".live")) return;
      setText(this.#words, `${this.#names.get(this.#on)}’s screen does not come through. The network may be too slow for it just now, and sound goes first. The page keeps trying.`);
    }, patience);
  }
}
