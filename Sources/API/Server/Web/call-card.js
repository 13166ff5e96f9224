// A call as a card: who, how far, for how long, and what can be done about it.

import { announce, icon, make, setText } from "./dom.js";
import { callWords, clock } from "./wording.js";

/** How long somebody else's finished call stays in sight. */
const foreignLinger = 8000;

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
  #call;
  #dialling;
  #title = make("h2", { class: "call-title" });
  #number = make("p", { class: "call-number" });
  #words = make("span", { class: "call-words" });
  #timer = make("span", { class: "call-timer" });
  #detail = make("p", { class: "call-detail" });
  #actions = make("div", { class: "call-actions" });
  #offered = "";
  #announced = "";

  constructor(call, dialling) {
    this.#call = call;
    this.#dialling = dialling;
    const state = make("p", { class: "call-state" }, this.#words, this.#timer);
    const mark = make("div", { class: "call-mark", "aria-hidden": "true" }, icon("phone"));
    const text = make("div", { class: "call-text" }, this.#title, this.#number, state, this.#detail);
    this.element = make("article", { class: "call" }, mark, text, this.#actions);
  }

  update() {
    const call = this.#call;
    const [words, detail] = callWords(call);
    Object.assign(this.element.dataset, { call: call.call ?? "", state: call.state, outcome: call.outcome ?? "", key: call.key ?? "" });
    this.element.setAttribute("aria-label", `Call to ${call.label}`);
    setText(this.#title, call.label);
    setText(this.#number, call.number && call.number !== call.label ? call.number : "");
    setText(this.#words, words);
    setText(this.#detail, detail);
    this.#offer(call);
    this.tick();
    const news = `${call.label}: ${words}. ${detail}`;
    if (news !== this.#announced) announce(news);
    this.#announced = news;
  }

  tick() {
    const isUp = this.#call.state === "answered" && this.#call.answeredAt != null;
    setText(this.#timer, isUp ? clock(Math.max(0, (performance.now() - this.#call.answeredAt) / 1000)) : "");
  }

  /** The buttons that fit the state; they are only made anew when they differ, so that focus stays. */
  #offer(call) {
    const offered = call.state === "ended" ? (call.starter ? "again" : "dismiss") : call.state === "held" ? "call" : call.state === "waiting" ? "stop" : call.starter ? "hangup" : "foreign";
    if (offered !== this.#offered) {
      const hadFocus = this.#actions.contains(document.activeElement);
      this.#actions.replaceChildren(...this.#buttons(offered));
      if (hadFocus) this.#actions.querySelector("button")?.focus();
      this.#offered = offered;
    }
    const hangUp = this.#actions.querySelector("[data-action=hangup]");
    if (hangUp) hangUp.disabled = call.hangingUp === true;
  }

  #buttons(offered) {
    const [call, dialling] = [this.#call, this.#dialling];
    const button = (action, style, symbol, text, onclick) => make("button", { type: "button", class: `button ${style}`, "data-action": action, onclick }, icon(symbol), text);
    const dismiss = button("dismiss", "quiet", "close", "Dismiss", () => dialling.dismiss(call));
    switch (offered) {
      case "hangup": return [button("hangup", "danger", "hangup", "Hang up", () => dialling.hangUp(call))];
      case "stop": return [button("hangup", "plain", "close", "Do not call", () => dialling.hangUp(call))];
      case "again": return [button("again", "primary", "phone", "Call again", () => dialling.again(call)), dismiss];
      case "call": return [button("call", "primary", "phone", "Call", () => dialling.again(call)), dismiss];
      case "dismiss":
        setTimeout(() => dialling.calls.includes(call) && dialling.dismiss(call), foreignLinger);
        return [dismiss];
      default: return [make("p", { class: "call-foreign", text: "Started by somebody else in the room" })];
    }
  }
}
