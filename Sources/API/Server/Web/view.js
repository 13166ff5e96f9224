// Tells the server which pictures this page shows, so that no other is sent to it.

const most = 12;
/** At most one frame in this time, in milliseconds: people come, speak and go in bursts. */
const pause = 200;

export class View {
  #send;
  #shown = [];
  #sent = null;
  #timer = 0;
  #sentAt = -Infinity;

  /** `send(frame)` answers whether it went out. */
  constructor(send) {
    this.#send = send;
    document.addEventListener("visibilitychange", () => this.#soon());
  }

  /** The pictures in sight ({participant, kind}), the most important first. */
  show(pictures) {
    this.#shown = pictures.slice(0, most);
    this.#soon();
  }

  /** A welcome: the server may know nothing of this page any more. */
  begin() {
    this.#sent = null;
    this.#soon();
  }

  #soon() {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#tell();
    }, Math.max(0, this.#sentAt + pause - performance.now()));
  }

  #tell() {
    // A tab behind another one shows nothing.
    const show = document.hidden ? [] : this.#shown;
    const face = JSON.stringify(show);
    if (face === this.#sent || !this.#send({ type: "view", show })) return;
    this.#sent = face;
    this.#sentAt = performance.now();
  }
}
