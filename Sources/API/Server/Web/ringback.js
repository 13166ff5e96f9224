// The tone that says «it rings at the other end», made here while the telephone network sends none of its own.

// ETSI's ringing tone: 425 Hz, one second on, four seconds off. Quiet: it plays beside a person's ear.
const frequency = 425;
const loudness = 0.045;
const period = 5;
const toneSeconds = 1;

export class Ringback {
  #context = null;
  #oscillator = null;
  #timer = 0;

  get isPlaying() { return this.#oscillator !== null; }

  /** Starts or stops; the same wish twice changes nothing. */
  set(ringing) {
    if (ringing && !this.isPlaying) this.#start();
    if (!ringing && this.isPlaying) this.#stop();
  }

  /** From a tap, for browsers that keep silent until one. */
  unblock() { this.#context?.resume().catch(() => {}); }

  #start() {
    this.#context ??= new AudioContext();
    this.unblock();
    const gain = this.#context.createGain();
    gain.gain.value = 0;
    gain.connect(this.#context.destination);
    const oscillator = this.#context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start();
    this.#oscillator = oscillator;
    const ring = () => {
      const now = this.#context.currentTime;
      // The short ramps keep the tone from clicking.
      gain.gain.setValueAtTime(0, now);
      gain.gain.linearRampToValueAtTime(loudness, now + 0.03);
      gain.gain.setValueAtTime(loudness, now + toneSeconds);
      gain.gain.linearRampToValueAtTime(0, now + toneSeconds + 0.03);
    };
    ring();
    this.#timer = setInterval(ring, period * 1000);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#oscillator.stop();
    this.#oscillator.disconnect();
    this.#oscillator = null;
  }
}
