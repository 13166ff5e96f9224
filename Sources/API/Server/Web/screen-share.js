// This person's screen: chosen in the browser's own dialog, and given back by the browser's own button as well.

import { announce } from "./dom.js";

/** More would only take from the sound; what is shared is read, not watched. */
const wish = { video: { frameRate: { max: 15 } }, audio: false };

/** Events: `change` (`track` is another one now); `fault` (detail: a sentence). */
export class ScreenShare extends EventTarget {
  /** The live track, or null. */
  track = null;
  #isAsking = false;

  /** Phones' browsers cannot. */
  static get isPossible() { return typeof navigator.mediaDevices?.getDisplayMedia === "function"; }

  async toggle() {
    if (this.track) return this.stop();
    if (this.#isAsking || !ScreenShare.isPossible) return;
    this.#isAsking = true;
    try {
      const [track] = (await navigator.mediaDevices.getDisplayMedia(wish)).getVideoTracks();
      // Sharp rather than fluent: there are letters in it.
      track.contentHint = "detail";
      track.onended = () => this.stop();
      this.#become(track);
      announce("You are sharing your screen.");
    } catch (error) {
      // Closing the browser's dialog is an answer, not a fault.
      if (error.name !== "NotAllowedError") this.dispatchEvent(new CustomEvent("fault", { detail: "The screen could not be shared." }));
    } finally {
      this.#isAsking = false;
    }
  }

  stop() {
    if (!this.track) return;
    this.track.onended = null;
    this.track.stop();
    this.#become(null);
    announce("You have stopped sharing your screen.");
  }

  #become(track) {
    this.track = track;
    this.dispatchEvent(new Event("change"));
  }
}
