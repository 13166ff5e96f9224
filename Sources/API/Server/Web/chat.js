// What people write to each other: as it came, and only as text. Nothing of it is kept anywhere.

import { make } from "./dom.js";

/** Lines that stay on the page. */
const kept = 500;

export class Chat {
  #lines = document.getElementById("chat-lines");
  #form = document.getElementById("chat-form");
  #field = document.getElementById("chat-text");
  #sent = "";
  #empty = document.getElementById("chat-empty");

  /** `send(text)` answers whether it could be sent. */
  constructor(send) {
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (text !== "" && send(text)) {
        this.#sent = text;
        this.#field.value = "";
      }
      this.#field.focus();
    };
  }

  /** The last message was not taken: nobody has to write it again. */
  refused() {
    if (this.#field.value === "") this.#field.value = this.#sent;
  }

  /** A `chat` frame. */
  add({ name, text, at }, isOwn) {
    const follows = this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight < 40;
    const time = new Date(at);
    const clock = Number.isNaN(time.valueOf()) ? "" : time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.#lines.append(make("li", { class: isOwn ? "chat-line own" : "chat-line" },
      make("span", { class: "chat-name", dir: "auto", text: isOwn ? "You" : name }),
      make("time", { class: "chat-time", text: clock }),
      make("p", { class: "chat-text", dir: "auto", text })));
    while (this.#lines.childElementCount > kept) this.#lines.firstElementChild.remove();
    this.#empty.hidden = true;
    if (follows || isOwn) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  clear() {
    this.#lines.replaceChildren();
    this.#empty.hidden = false;
  }
}
