// Who is in the room: browsers and phones, this person first.

import { announce, icon, initials, make, setText, tint } from "./dom.js";

export class Roster {
  #list;
  #count;
  #self = null;
  #people = new Map();
  #rows = new Map();
  #speaking = new Set();

  constructor(list, count) {
    this.#list = list;
    this.#count = count;
  }

  get size() { return this.#people.size; }

  /** Whether anybody but this person is there. */
  get hasCompany() { return [...this.#people.keys()].some((id) => id !== this.#self); }

  /** The `welcome`: everybody, and which of them is this person. */
  reset(self, people) {
    this.#self = self;
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
        row = new Row(person);
        this.#rows.set(person.id, row);
        if (person.id === this.#self) this.#list.prepend(row.element);
        else this.#list.append(row.element);
      }
      row.update(person, person.id === this.#self);
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

  constructor(person) {
    const isPhone = person.kind === "phone";
    const circle = make("span", { class: `circle ${isPhone ? "circle-phone" : tint(person.name)}`, "aria-hidden": "true" });
    circle.append(isPhone ? icon("phone") : initials(person.name));
    const text = make("span", { class: "person-text" }, this.#name, this.#role);
    this.element = make("li", { class: "person", "data-participant": person.id, "data-kind": person.kind }, circle, text, this.#muted, this.#mutedWords);
  }

  update(person, isSelf) {
    setText(this.#name, person.name);
    setText(this.#role, isSelf ? "You" : person.kind === "phone" ? "On the phone" : "In the browser");
    // A phone's own mute is not known here.
    const isMuted = person.kind !== "phone" && !person.microphone;
    this.#muted.classList.toggle("absent", !isMuted);
    this.#mutedWords.hidden = !isMuted;
  }
}
