// The side panel with people, calls and chat: beside the tiles where there is room, else a drawer over them.

import { setText } from "./dom.js";

export class Panel {
  #room = document.getElementById("room");
  #panel = document.getElementById("panel");
  #button = document.getElementById("panel-button");
  #news = document.getElementById("panel-news");
  #isWide = matchMedia("(min-width: 900px) and (min-height: 500px)");
  #load;
  #isDrawerOpen = false;
  #unread = 0;

  constructor(load) {
    this.#load = load;
    this.#button.onclick = () => this.toggle();
    document.getElementById("panel-close").onclick = () => this.toggle();
    document.getElementById("scrim").onclick = () => this.toggle();
    document.getElementById("idle-call").onclick = () => this.offerCall();
    document.addEventListener("keydown", (event) => event.key === "Escape" && !this.#isWide.matches && this.#isDrawerOpen && this.toggle());
    this.#isWide.onchange = () => this.#show();
    this.#show();
  }

  get isOpen() { return this.#isWide.matches ? this.#load.choices.panel !== false : this.#isDrawerOpen; }

  toggle() {
    const isOpen = !this.isOpen;
    if (this.#isWide.matches) this.#load.choose({ panel: isOpen });
    else this.#isDrawerOpen = isOpen;
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#show();
    if (isOpen && !this.#isWide.matches) document.getElementById("panel-close").focus();
    else if (hadFocus) this.#button.focus();
  }

  /** Brings the field for a number into sight. */
  offerCall() {
    if (!this.isOpen) this.toggle();
    document.getElementById("number").focus();
  }

  /** Somebody has written; whoever does not see it is shown a number. */
  tell() {
    if (this.isOpen) return;
    this.#unread += 1;
    this.#showNews();
  }

  #show() {
    const { isOpen } = this;
    this.#room.dataset.panel = isOpen ? "open" : "closed";
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#unread = 0;
    this.#showNews();
  }

  #showNews() {
    this.#news.hidden = this.#unread === 0;
    setText(this.#news, this.#unread > 9 ? "9+" : String(this.#unread));
    this.#button.setAttribute("aria-label", this.#unread ? `People and chat, ${this.#unread} new` : "People and chat");
  }
}
