// This person's screen: chosen in the browser's own dialog, and given back by the browser's own button as well.

import { announce } from "./dom.js";

/** More would only take from the sound; what is shared is read, not watched. */
const wish = { video: { frameRate: { max: 15 } }, audio: false };

/** Events: `change` (`track` is another one now); `fault` (detail: a sentence). */
export class ScreenShare extends EventTarget {
  /** The live track, or null. */
  track = null;
  /** The dialog whose answer counts, or null: one that outlives the visit says nothing about the next. */
  #dialog = null;

  /** Phones' browsers cannot. */
  static get isPossible() { return typeof navigator.mediaDevices?.getDisplayMedia === "function"; }

  async toggle() {
    if (this.track) return this.stop();
    if (this.#dialog || !ScreenShare.isPossible) return;
    const dialog = this.#dialog = {};
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(wish);
      const [track] = stream.getVideoTracks();
      // Chosen after leaving: nobody's screen is captured outside of a room, nor shared by coming back.
      if (this.#dialog !== dialog) return track.stop();
      // Sharp rather than fluent: there are letters in it.
      track.contentHint = "detail";
      track.onended = () => this.stop();
      this.#become(track);
      announce("You are sharing your screen.");
    } catch (error) {
      // Closing the browser's dialog is an answer, not a fault.
      if (this.#dialog !== dialog || error.name === "NotAllowedError") return;
      this.dispatchEvent(new CustomEvent("fault", { detail: "The screen could not be shared." }));
    } finally {
      if (this.#dialog === dialog) this.#dialog = null;
    }
  }

  /** Shares nothing any more, nor what is still being chosen. */
  stop() {
    this.#dialog = null;
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
