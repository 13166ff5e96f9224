// One person's tile: the picture or the initials, the name, and whether others hear him.

import { icon, initials, make, setText, tint } from "./dom.js";
import { hang } from "./pictures.js";

export class Tile {
  element;
  #name = make("span", { class: "tile-name", dir: "auto" });
  #muted = new MuteMark();
  #frame = make("div", { class: "tile-picture" });
  #circle = make("span", { class: "circle large", "aria-hidden": "true" });
  #face = "";

  constructor(person) {
    this.element = make("div", { class: "tile", role: "listitem", "data-participant": person.id, "data-kind": person.kind },
      make("div", { class: "tile-face" }, this.#circle), this.#frame,
      make("div", { class: "tile-caption" }, this.#muted.element, this.#name));
  }

  update(person) {
    setText(this.#name, person.name);
    this.#muted.update(person);
    this.element.dataset.muted = muteOf(person);
    const face = person.kind + person.name;
    if (face === this.#face) return;
    this.#face = face;
    const isPhone = person.kind === "phone";
    this.#circle.className = `circle large ${isPhone ? "circle-phone" : tint(person.name)}`;
    this.#circle.replaceChildren(isPhone ? icon("phone") : initials(person.name));
  }

  /** The video element that comes in for this person, or null. */
  show(picture) { hang(picture, this.#frame); }

  speak(isSpeaking) { this.element.classList.toggle("speaking", isSpeaking); }
}

/** This person's own tile: name and picture are the self-view's. */
export class OwnTile {
  element = document.getElementById("own");
  #muted = new MuteMark();

  constructor() { this.element.querySelector(".tile-caption").prepend(this.#muted.element); }

  update(person) {
    this.element.dataset.participant = person.id;
    this.element.dataset.muted = muteOf(person);
    this.#muted.update(person);
  }

  show() {}

  speak(isSpeaking) { this.element.classList.toggle("speaking", isSpeaking); }
}

const muteWords = { own: "microphone off", host: "muted by a host" };

class MuteMark {
  #words = make("span", { class: "unseen" });
  element = make("span", { class: "tile-muted", hidden: true }, icon("mic-off"), this.#words);

  update(person) {
    const mute = muteOf(person);
    this.element.hidden = mute === "";
    this.element.title = muteWords[mute] ?? "";
    setText(this.#words, muteWords[mute] ?? "");
  }
}

/** `host` if one has silenced this person, `own` if the switch is off, else "". A phone's own mute is not known here. */
function muteOf(person) {
  return person.muted === true ? "host" : person.kind !== "phone" && !person.microphone ? "own" : "";
}
