// What only a host has: the lock, and the end for everybody.

import { announce, setText } from "./dom.js";

/** How long the second press may take that really ends a meeting, in milliseconds. */
const sureFor = 4000;

export class HostTools {
  #tools = document.getElementById("host-tools");
  #lock = document.getElementById("lock");
  #end = document.getElementById("end");
  #locked = document.getElementById("locked");
  #isLocked = false;
  #sureTimer = 0;

  /** `send(frame)` to the server. */
  constructor(send) {
    this.#lock.onclick = () => send({ type: "lock", on: !this.#isLocked });
    this.#end.onclick = () => {
      if (!this.#sureTimer) return this.#ask();
      this.#calm();
      send({ type: "end" });
    };
  }

  /** From the `welcome`. */
  reset({ role, locked }) {
    this.#tools.hidden = role !== "host";
    this.#show(locked === true);
  }

  /** The `locked` frame. */
  setLocked(isLocked) {
    if (isLocked === this.#isLocked) return;
    this.#show(isLocked);
    announce(isLocked ? "The room is locked." : "The room is open again.");
  }

  #show(isLocked) {
    this.#isLocked = isLocked;
    this.#locked.hidden = !isLocked;
    setText(this.#lock, isLocked ? "Unlock the room" : "Lock the room");
  }

  /** A slip of the finger must not end a meeting. */
  #ask() {
    setText(this.#end, "Press again to end it");
    this.#sureTimer = setTimeout(() => this.#calm(), sureFor);
  }

  #calm() {
    clearTimeout(this.#sureTimer);
    this.#sureTimer = 0;
    setText(this.#end, "End for everybody");
  }
}
