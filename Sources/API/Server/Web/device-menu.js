// The menu over the switches: devices, their level, and the keys.

import { DevicePickers } from "./device-pickers.js";

export class DeviceMenu {
  #menu = document.getElementById("device-menu");
  #button = document.getElementById("device-button");
  #pickers;

  constructor(devices) {
    this.#pickers = new DevicePickers(devices);
    document.getElementById("device-pickers").append(this.#pickers.element);
    this.#button.onclick = () => (this.#menu.hidden ? this.#open() : this.close());
    document.getElementById("device-close").onclick = () => this.close();
    // One Escape closes one thing, and this one is on top: nobody behind it hears of that key.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#menu.hidden) return;
      event.stopPropagation();
      this.close();
    }, { capture: true });
    document.addEventListener("pointerdown", (event) => {
      if (!this.#menu.contains(event.target) && !this.#button.contains(event.target)) this.close();
    });
  }

  #open() {
    this.#menu.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#pickers.open();
    this.#menu.focus();
  }

  close() {
    if (this.#menu.hidden) return;
    const hadFocus = this.#menu.contains(document.activeElement);
    this.#menu.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    this.#pickers.close();
    if (hadFocus) this.#button.focus();
  }
}
