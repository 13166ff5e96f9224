// What stands in the way right now, in words, each with what can be done about it. One notice per cause.

import { icon, make } from "./dom.js";

export class Notices {
  #container;
  #shown = new Map();

  constructor(container) { this.#container = container; }

  /**
   * Shows or rewrites the notice of a cause. `tone` is `info`, `wait`, `warning` or `obstacle` (a large one, with a title);
   * `actions` are `[words, onclick]`, the first one being the one to press.
   */
  show(cause, { tone, title, text, actions = [], symbol }) {
    const face = JSON.stringify([tone, title, text, actions.map(([words]) => words)]);
    if (this.#shown.get(cause)?.face === face) return;
    const buttons = actions.map(([words, onclick], index) =>
      make("button", { type: "button", class: `button ${index || tone !== "obstacle" ? "plain" : "primary"}`, text: words, onclick }),
    );
    const mark = tone === "wait" ? make("span", { class: "spinner", "aria-hidden": "true" }) : icon(symbol ?? (tone === "info" ? "info" : "alert"));
    const words = make("div", { class: "notice-words" });
    if (title) words.append(make("h2", { text: title }));
    words.append(make("p", { text }));
    const element = make("div", { class: `notice ${tone}`, role: tone === "info" || tone === "wait" ? "status" : "alert", "data-cause": cause }, mark, words);
    if (buttons.length) element.append(make("div", { class: "notice-actions" }, ...buttons));
    const before = this.#shown.get(cause)?.element;
    if (before) before.replaceWith(element);
    else this.#container.append(element);
    this.#shown.set(cause, { element, face });
  }

  hide(cause) {
    this.#shown.get(cause)?.element.remove();
    this.#shown.delete(cause);
  }

  clear() { for (const cause of [...this.#shown.keys()]) this.hide(cause); }

  /** A notice that goes away by itself. */
  flash(cause, notice, milliseconds = 6000) {
    this.show(cause, notice);
    const { face } = this.#shown.get(cause);
    setTimeout(() => this.#shown.get(cause)?.face === face && this.hide(cause), milliseconds);
  }
}
