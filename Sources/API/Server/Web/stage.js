// The large place for a screen that somebody shares. One at a time: the latest, or the one that this person chooses.

import { announce, make, setText } from "./dom.js";
import { hang } from "./pictures.js";

/** Event `change`: another screen, or none, is on the stage. */
export class Stage extends EventTarget {
  #element = document.getElementById("stage");
  #frame = this.#element.querySelector(".stage-picture");
  #name = document.getElementById("stage-name");
  #choice = document.getElementById("stage-choice");
  #pictures;
  /** Ids of who shares, in the order in which they began. */
  #sharing = [];
  #names = new Map();
  #on = null;

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
    setText(this.#name, id === null ? "" : `${this.#names.get(id)}’s screen`);
    this.#offerChoice();
    this.#hang();
    if (isOther) this.dispatchEvent(new Event("change"));
  }

  #offerChoice() {
    const others = this.#sharing.filter((id) => id !== this.#on);
    this.#choice.replaceChildren(...others.map((id) => make("button", { type: "button", class: "chip", text: `See ${this.#names.get(id)}’s screen`, onclick: () => this.#put(id) })));
  }

  #hang() { hang(this.#on === null ? null : this.#pictures.of(this.#on, "screen"), this.#frame); }
}
