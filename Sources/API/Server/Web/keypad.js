// The keys of a telephone, for whoever is asked to press one. Each press is sent at once.

import { icon, make, setText } from "./dom.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const letters = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", 0: "+" };
const spoken = { "*": "star", "#": "hash" };
/** What is shown of the digits that were pressed. */
const shownDigits = 24;
/** How long a key stays lit that was pressed on the keyboard, in milliseconds. */
const glow = 130;

/** The keypad that is open: the keyboard is for one at a time. */
let open = null;
let serial = 0;

export class Keypad {
  button;
  element;
  #send;
  #digits = "";
  #typed = make("output", { class: "keypad-typed", "aria-label": "Pressed so far" });
  #keys = new Map();

  /** `send(digit)` answers whether it went out. */
  constructor(send) {
    this.#send = send;
    for (const key of keys) {
      const label = spoken[key] ? `${key} (${spoken[key]})` : key;
      const small = make("small", { text: letters[key] ?? "", "aria-hidden": "true" });
      this.#keys.set(key, make("button", { type: "button", class: "keypad-key", "data-key": key, "aria-label": label, onclick: () => this.#press(key) }, make("b", { text: key }), small));
    }
    const id = `keypad-${++serial}`;
    this.element = make("div", { class: "keypad", id, role: "group", "aria-label": "Keypad", hidden: true }, this.#typed, ...this.#keys.values());
    this.button = make("button", { type: "button", class: "button plain keypad-button", "data-action": "keypad", "aria-expanded": "false", "aria-controls": id, title: "Keypad", onclick: () => this.toggle() },
      icon("keypad"), make("span", { class: "keypad-word", text: "Keypad" }));
  }

  get isOpen() { return open === this; }

  toggle() {
    if (this.isOpen) return this.close();
    open?.close();
    open = this;
    this.#show();
    this.#keys.get("1").focus();
  }

  close() {
    if (!this.isOpen) return;
    open = null;
    const hadFocus = this.element.contains(document.activeElement);
    this.#digits = "";
    this.#show();
    if (hadFocus) this.button.focus();
  }

  /** A key of the keyboard; answers whether it is one of these. */
  type(character) {
    const key = this.#keys.get(character);
    if (!key) return false;
    this.#press(character);
    key.classList.add("pressed");
    setTimeout(() => key.classList.remove("pressed"), glow);
    return true;
  }

  #press(key) {
    if (!this.#send(key)) return;
    this.#digits = (this.#digits + key).slice(-shownDigits);
    setText(this.#typed, this.#digits);
  }

  #show() {
    this.element.hidden = !this.isOpen;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    setText(this.#typed, this.#digits);
  }
}

document.addEventListener("keydown", (event) => {
  if (!open || event.ctrlKey || event.metaKey || event.altKey) return;
  // What is written into a field is no key of the telephone.
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  if (event.key === "Escape") open.close();
  else if (!event.repeat && open.type(event.key)) event.preventDefault();
});
