// A call as a card: who, how far, for how long, and what can be done about it.

import { announce, icon, make, setIcon, setText } from "./dom.js";
import { Keypad } from "./keypad.js";
import { callTitle, callWords, clock, endKind, resetTime } from "./wording.js";

/** How long somebody else's finished call stays in sight. */
const foreignLinger = 8000;
/** «Call again» comes up where «Hang up» was: the second half of a double click must not ring somebody. */
const doubleClick = 600;

const symbols = { "far-end": "hangup", request: "number", rule: "shield", line: "alert" };

/** Keeps one card for each of `dialling.calls` in `container`. */
export class CallCards {
  #container;
  #dialling;
  #cards = new Map();

  constructor(container, dialling) {
    this.#container = container;
    this.#dialling = dialling;
    dialling.addEventListener("change", () => this.#update());
    setInterval(() => this.#cards.forEach((card) => card.tick()), 500);
    this.#update();
  }

  #update() {
    const calls = this.#dialling.calls;
    for (const [call, card] of this.#cards) {
      if (calls.includes(call)) continue;
      card.keypad.close();
      card.element.remove();
      this.#cards.delete(call);
    }
    for (const call of calls) {
      if (!this.#cards.has(call)) this.#cards.set(call, new CallCard(call, this.#dialling));
      this.#cards.get(call).update();
    }
    // Only what moved is moved: a focused button must not be taken out of the page and put back.
    calls.forEach((call, index) => {
      const { element } = this.#cards.get(call);
      if (this.#container.children[index] !== element) this.#container.insertBefore(element, this.#container.children[index] ?? null);
    });
    this.#container.hidden = calls.length === 0;
  }
}

class CallCard {
  element;
  keypad;
  #call;
  #dialling;
  #title = make("h2", { class: "call-title" });
  #number = make("p", { class: "call-number" });
  #words = make("span", { class: "call-words" });
  #timer = make("span", { class: "call-timer" });
  #detail = make("p", { class: "call-detail" });
  #mark = icon("phone");
  #actions = make("div", { class: "call-actions" });
  #offered = "";
  #announced = "";

  constructor(call, dialling) {
    this.#call = call;
    this.#dialling = dialling;
    this.keypad = new Keypad((digit) => dialling.key(call, digit));
    const state = make("p", { class: "call-state" }, this.#words, this.#timer);
    const mark = make("div", { class: "call-mark", "aria-hidden": "true" }, this.#mark);
    const text = make("div", { class: "call-text" }, this.#title, this.#number, state, this.#detail);
    // It can be given the focus, but is no stop on the way of the Tab key.
    this.element = make("article", { class: "call", tabindex: "-1" }, mark, text, this.#actions, this.keypad.element);
  }

  update() {
    const call = this.#call;
    const [words, detail] = callWords(call);
    const title = callTitle(call);
    const kind = call.state === "ended" ? endKind(call.outcome) : "";
    Object.assign(this.element.dataset, { call: call.call ?? "", state: call.state, outcome: call.outcome ?? "", key: call.key ?? "", kind });
    this.element.setAttribute("aria-label", `Call to ${title}`);
    setIcon(this.#mark, symbols[kind] ?? "phone");
    setText(this.#title, title);
    setText(this.#number, call.number && call.number !== title ? call.number : "");
    setText(this.#words, words);
    setText(this.#detail, detail);
    this.#offer();
    this.tick();
    const news = `${title}: ${words}. ${detail}`;
    if (news !== this.#announced) announce(news);
    this.#announced = news;
  }

  tick() {
    const { state, answeredAt } = this.#call;
    setText(this.#timer, state === "answered" && answeredAt != null ? clock(Math.max(0, (performance.now() - answeredAt) / 1000)) : "");
    // A limit may have passed while the card was looked at.
    if (this.#offered !== this.#fitting) this.update();
  }

  /** Which buttons fit the state. */
  get #fitting() {
    const call = this.#call;
    switch (call.state) {
      case "held": return "call";
      case "waiting": return "stop";
      case "ended": {
        if (!call.starter) return "dismiss";
        // What is hidden can be neither seen nor changed.
        if (call.outcome === "invalid_number") return call.slug ? "refused" : "correct";
        const resets = resetTime(call);
        return call.outcome === "blocked" && !(resets && resets <= new Date()) ? "refused" : "again";
      }
      default: return call.starter ? "hangup" : "foreign";
    }
  }

  /** The buttons are only made anew when others fit, so that focus stays. */
  #offer() {
    const offered = this.#fitting;
    if (offered !== this.#offered) {
      const hadFocus = this.#actions.contains(document.activeElement);
      this.#actions.replaceChildren(...this.#buttons(offered));
      if (hadFocus) this.element.focus();
      this.#offered = offered;
    }
    const hangUp = this.#actions.querySelector("[data-action=hangup]");
    // Not `disabled`: a browser takes the focus away from a button that is.
    hangUp?.setAttribute("aria-disabled", String(this.#call.hangingUp === true));
    this.#offerKeypad();
  }

  /** Beside «Hang up», once there is somebody to press keys for. */
  #offerKeypad() {
    const { state, starter } = this.#call;
    const { button, element } = this.keypad;
    const hasKeys = state === "answered" && starter === true;
    if (hasKeys) return this.#actions.contains(button) || this.#actions.prepend(button);
    const hadFocus = element.contains(document.activeElement) || document.activeElement === button;
    this.keypad.close();
    button.remove();
    if (hadFocus) this.element.focus();
  }

  #buttons(offered) {
    const [call, dialling] = [this.#call, this.#dialling];
    const button = (action, style, symbol, text, onclick) => make("button", { type: "button", class: `button ${style}`, "data-action": action, onclick }, icon(symbol), text);
    const dismiss = button("dismiss", "quiet", "close", "Dismiss", () => dialling.dismiss(call));
    switch (offered) {
      case "hangup": return [button("hangup", "danger", "hangup", "Hang up", () => dialling.hangUp(call))];
      case "stop": return [button("hangup", "plain", "close", "Do not call", () => dialling.hangUp(call))];
      case "again": {
        const again = button("again", "primary", "phone", "Call again", () => dialling.again(call));
        again.disabled = true;
        setTimeout(() => (again.disabled = false), doubleClick);
        return [again, dismiss];
      }
      case "correct": return [button("correct", "primary", "number", "Change number", () => dialling.correct(call)), dismiss];
      case "refused": return [dismiss];
      case "call": return [button("call", "primary", "phone", "Call", () => dialling.again(call)), dismiss];
      case "dismiss":
        setTimeout(() => dialling.calls.includes(call) && dialling.dismiss(call), foreignLinger);
        return [dismiss];
      default: return [make("p", { class: "call-foreign", text: "Started by somebody else in the room" })];
    }
  }
}
