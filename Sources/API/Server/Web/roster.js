// Who is in the room: browsers and phones, this person first.

import { announce, icon, initials, make, setText, tint } from "./dom.js";

export class Roster {
  #list;
  #count;
  #self = null;
  #people = new Map();
  #rows = new Map();
  #speaking = new Set();
  #isHost = false;
  #moderate;

  /** `moderate(frame)` sends what a host wants of somebody. */
  constructor(list, count, moderate) {
    this.#list = list;
    this.#count = count;
    this.#moderate = moderate;
  }

  /** Everybody, in the order of their coming. */
  get people() { return [...this.#people.values()]; }

  /** Whether anybody but this person is there. */
  get hasCompany() { return [...this.#people.keys()].some((id) => id !== this.#self); }

  /** Whether a host has silenced this person. */
  get isMuted() { return this.#people.get(this.#self)?.muted === true; }

  /** The `welcome`: everybody, which of them is this person, and whether that is a host. */
  reset(self, people, isHost = false) {
    this.#self = self;
    this.#isHost = isHost;
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#update();
  }

  join(person) {
    if (!this.#people.has(person.id)) announce(`${person.name} joined.`);
    this.#people.set(person.id, person);
    this.#update();
  }

  change(person) {
    if (!this.#people.has(person.id)) return;
    this.#people.set(person.id, person);
    this.#update();
  }

  leave(id) {
    const person = this.#people.get(id);
    if (!person) return;
    announce(`${person.name} left.`);
    this.#people.delete(id);
    this.#update();
  }

  /** The `speaking` frame. */
  speak(ids) {
    this.#speaking = new Set(ids);
    for (const [id, row] of this.#rows) row.element.classList.toggle("speaking", this.#speaking.has(id));
  }

  #update() {
    for (const [id, row] of this.#rows) {
      if (this.#people.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    for (const person of this.#people.values()) {
      let row = this.#rows.get(person.id);
      if (!row) {
        row = new Row(person, this.#moderate);
        this.#rows.set(person.id, row);
        if (person.id === this.#self) this.#list.prepend(row.element);
        else this.#list.append(row.element);
      }
      row.update(person, person.id === this.#self, this.#isHost);
    }
    this.speak(this.#speaking);
    setText(this.#count, String(this.#people.size));
  }
}

class Row {
  element;
  #name = make("span", { class: "person-name", dir: "auto" });
  #role = make("span", { class: "person-role" });
  #muted = icon("mic-off");
  #mutedWords = make("span", { class: "unseen", text: "muted" });
  #mute;
  #remove;
  #tools;
  #circle = make("span", { "aria-hidden": "true" });
  #face = null;
  #isMuted = false;

  constructor(person, moderate) {
    this.#mute = make("button", { type: "button", class: "tool", onclick: () => moderate({ type: "mute", peer: person.id, on: !this.#isMuted }) });
    this.#remove = make("button", { type: "button", class: "tool", text: "Remove", onclick: () => moderate({ type: "kick", peer: person.id }) });
    this.#tools = make("span", { class: "person-tools", hidden: true }, this.#mute, this.#remove);
    const text = make("span", { class: "person-text" }, this.#name, this.#role);
    this.element = make("li", { class: "person", "data-participant": person.id, "data-kind": person.kind }, this.#circle, text, this.#muted, this.#mutedWords, this.#tools);
  }

  update(person, isSelf, isHost) {
    this.#isMuted = person.muted === true;
    this.#draw(person);
    setText(this.#name, person.name);
    setText(this.#role, isSelf ? "You" : person.kind === "phone" ? "On the phone" : "In the browser");
    // A phone's own mute is not known here.
    const isMuted = this.#isMuted || (person.kind !== "phone" && !person.microphone);
    this.#muted.classList.toggle("absent", !isMuted);
    this.#mutedWords.hidden = !isMuted;
    this.#tools.hidden = !isHost || isSelf;
    setText(this.#mute, this.#isMuted ? "Unmute" : "Mute");
    this.#mute.setAttribute("aria-label", `${this.#isMuted ? "Unmute" : "Mute"} ${person.name}`);
    this.#remove.setAttribute("aria-label", `Remove ${person.name}`);
  }

  /** Somebody may come back under another name. */
  #draw({ kind, name }) {
    const isPhone = kind === "phone";
    if (this.#face === name) return;
    this.#face = name;
    this.#circle.className = `circle ${isPhone ? "circle-phone" : tint(name)}`;
    this.#circle.replaceChildren(isPhone ? icon("phone") : initials(name));
  }
}
