// The WebSocket to `/signal`: it comes back by itself after a loss, and it knows which losses are final.
// It carries frames and knows nothing of their meaning, except that a socket that answers no ping is dead.

const pingEvery = 25_000;
const pongPatience = 10_000;
/** The same when there is a reason to doubt: a connection from an address that we no longer have says nothing for minutes. */
const doubtPatience = 3_000;
const openPatience = 10_000;

/** Close codes after which coming back by itself would be wrong, or would only do the same again. */
const finalCloses = { 1009: "too-large", 4403: "kicked", 4409: "replaced", 4410: "ended", 4429: "flood" };

/**
 * Events: `open`; `frame` (detail: the object); `lost` (detail: {code, retryIn in ms, attempts, everOpened});
 * `final` (detail: one of `finalCloses`' words).
 */
export class SignalSocket extends EventTarget {
  #address;
  #socket = null;
  #attempts = 0;
  #everOpened = false;
  #leaving = false;
  #retryTimer = 0;
  #pingTimer = 0;
  #deadTimer = 0;

  constructor(address) {
    super();
    this.#address = address;
    addEventListener("online", () => (this.#retryTimer ? this.retryNow() : this.check()));
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  connect() {
    this.#leaving = false;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#deadTimer = setTimeout(() => this.#drop(socket), openPatience);
    socket.onopen = () => {
      clearTimeout(this.#deadTimer);
      this.#everOpened = true;
      this.#pingTimer = setInterval(() => this.#ping(socket), pingEvery);
      this.#emit("open");
    };
    socket.onmessage = (message) => this.#receive(socket, message.data);
    socket.onclose = (close) => this.#closed(socket, close.code);
  }

  /** A welcome has come: the next loss begins with a short wait again. */
  settled() { this.#attempts = 0; }

  /** Sends a frame. Answers false, and sends nothing, while there is no connection. */
  send(frame) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Says good-bye for good. */
  leave() {
    this.#leaving = true;
    clearTimeout(this.#retryTimer);
    this.send({ type: "leave" });
    // The server closes; a browser that never hears of it closes by itself.
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#deadTimer);
    clearInterval(this.#pingTimer);
    setTimeout(() => socket?.close(1000), 500);
  }

  /** Closes and stays away until `connect`: a person has to be asked something first. */
  pause() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#deadTimer);
    clearInterval(this.#pingTimer);
    this.#retryTimer = 0;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** Drops the connection and comes back, when the server no longer knows what this one is about. */
  restart() { if (this.#socket) this.#drop(this.#socket); }

  /** Finds out whether the connection still carries anything, when the network has changed or the sound is interrupted. */
  check() { if (this.isOpen) this.#ping(this.#socket, doubtPatience); }

  retryNow() {
    if (this.#leaving || !this.#retryTimer) return;
    this.connect();
  }

  #receive(socket, data) {
    if (socket !== this.#socket || typeof data !== "string") return;
    clearTimeout(this.#deadTimer);
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return; // Not a frame of this protocol; a later version's is ignored in the same way by its type.
    }
    if (frame && typeof frame.type === "string") this.#emit("frame", frame);
  }

  #ping(socket, patience = pongPatience) {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send('{"type":"ping"}');
    clearTimeout(this.#deadTimer);
    this.#deadTimer = setTimeout(() => this.#drop(socket), patience);
  }

  /** Gives a silent connection up at once: its own close could take minutes to be noticed. */
  #drop(socket) {
    if (socket !== this.#socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#closed(socket, 1006);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#deadTimer);
    clearInterval(this.#pingTimer);
    if (finalCloses[code]) return this.#emit("final", finalCloses[code]);
    this.#attempts += 1;
    // Doubling from half a second to 15 s. The jitter spreads the browsers of a restarted server over the whole span,
    // except for the first try, which must be quick: a place is kept for 30 s only.
    const span = Math.min(15_000, 500 * 2 ** (this.#attempts - 1));
    const retryIn = Math.round(span * (0.5 + Math.random() / 2));
    this.#retryTimer = setTimeout(() => this.connect(), retryIn);
    this.#emit("lost", { code, retryIn, attempts: this.#attempts, everOpened: this.#everOpened });
  }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
