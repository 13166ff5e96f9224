// The pictures that come in: one video element for each section that brings one. Where it hangs is for the tiles and the stage to say.

/** Event `change`: another element shows somebody now. */
export class Pictures extends EventTarget {
  #elements = new Map();
  #tracks = {};

  add(mid, track) {
    if (track.kind !== "video") return;
    let element = this.#elements.get(mid);
    if (!element) {
      element = document.createElement("video");
      Object.assign(element, { autoplay: true, muted: true, playsInline: true, disablePictureInPicture: true });
      element.dataset.mid = mid;
      this.#elements.set(mid, element);
    }
    element.srcObject = new MediaStream([track]);
    this.#awaitFrame(element);
    this.#label(mid, element);
    this.#changed();
  }

  /** The server's `tracks` frame: whose picture comes in which section. */
  assign(tracks) {
    this.#tracks = tracks;
    for (const [mid, element] of this.#elements) this.#label(mid, element);
    this.#changed();
  }

  /** Every section is gone, until the next connection has them again. Who is seen in which the server says again only if it changes. */
  clear() {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#changed();
  }

  /** The element with this participant's picture (`kind`: `video` or `screen`), or null while none comes. */
  of(participant, kind) {
    const mid = Object.keys(this.#tracks).find((mid) => this.#tracks[mid]?.participant === participant && this.#tracks[mid].kind === kind);
    return this.#elements.get(mid) ?? null;
  }

  #label(mid, element) {
    const { participant = "", kind = "" } = this.#tracks[mid] ?? {};
    if (element.dataset.participant === participant && element.dataset.kind === kind) return;
    Object.assign(element.dataset, { participant, kind });
    // What it still shows is somebody else.
    this.#awaitFrame(element);
    if (!participant) element.remove();
  }

  /** Out of sight until a picture comes: an element without one is black. */
  #awaitFrame(element) {
    element.classList.remove("live");
    if (element.requestVideoFrameCallback) element.requestVideoFrameCallback(() => element.classList.add("live"));
    else element.addEventListener("timeupdate", () => element.classList.add("live"), { once: true });
  }

  #changed() { this.dispatchEvent(new Event("change")); }
}

/** Hangs a picture into a frame, in the place of what hung there. */
export function hang(element, frame) {
  if (frame.firstElementChild === element) return;
  frame.replaceChildren(...(element ? [element] : []));
  // A browser stops a video that is moved.
  element?.play().catch(() => {});
}
