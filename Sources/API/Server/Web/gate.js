// The screens in front of the room: the question for a name, and every reason for which there is no room to show.

import { icon, make } from "./dom.js";
import { nameFault, tidyName } from "./wording.js";

const rememberedName = "ringlink.name";

export class Gate {
  #element;

  constructor(element) { this.#element = element; }

  hide() {
    this.#element.hidden = true;
    this.#element.replaceChildren();
  }

  /** A full stop. `actions` are `[words, onclick]`. */
  stop({ title, text, symbol = "alert", tone = "", actions = [] }) {
    const buttons = actions.map(([words, onclick], index) => make("button", { type: "button", class: `button ${index ? "plain" : "primary"}`, text: words, onclick }));
    this.#show(
      make("div", { class: `gate-mark ${tone}` }, icon(symbol)),
      make("h1", { text: title, tabindex: "-1" }),
      make("p", { class: "gate-text", text }),
      buttons.length ? make("div", { class: "gate-actions" }, ...buttons) : "",
    );
    this.#element.querySelector("h1").focus();
  }

  /** Asks for a name; `about` are the lines that say what joining does, `preview` an element above the field. Answers the name. */
  askName({ room, about, fault, suggestion, preview }) {
    return new Promise((answer) => {
      const input = make("input", { id: "name", name: "name", type: "text", autocomplete: "name", maxlength: "200", required: true, enterkeyhint: "go", dir: "auto", "aria-describedby": "name-fault" });
      input.value = suggestion ?? recalledName();
      const complaint = make("p", { id: "name-fault", class: "fault", role: "alert", text: fault ?? "" });
      const form = make("form", { class: "name-form", novalidate: true },
        make("label", { for: "name", text: "Your name" }), input, complaint,
        make("button", { type: "submit", class: "button primary large", text: "Join the room" }));
      const complain = (words) => {
        complaint.textContent = words;
        input.setAttribute("aria-invalid", String(words !== ""));
      };
      complain(fault ?? "");
      input.oninput = () => complain("");
      form.onsubmit = (event) => {
        event.preventDefault();
        const words = nameFault(input.value);
        complain(words);
        if (words) return input.focus();
        const name = tidyName(input.value);
        rememberName(name);
        this.hide();
        answer(name);
      };
      this.#show(
        make("p", { class: "gate-over", text: "You are about to join" }),
        make("h1", { class: "gate-room", text: room }),
        ...about.map(([symbol, text]) => make("p", { class: "gate-about" }, icon(symbol), make("span", { text }))),
        preview ?? "",
        form,
      );
      input.focus();
      input.select();
    });
  }

  #show(...children) {
    this.#element.replaceChildren(make("div", { class: "gate-card" }, ...children));
    this.#element.hidden = false;
  }
}

function recalledName() {
  try {
    return localStorage.getItem(rememberedName) ?? "";
  } catch {
    return "";
  }
}

function rememberName(name) {
  try {
    localStorage.setItem(rememberedName, name);
  } catch {
    // Storage is blocked: the next visit asks again.
  }
}
