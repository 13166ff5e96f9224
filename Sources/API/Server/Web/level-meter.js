// How loud the microphone is, so that a person sees that it works before he asks «do you hear me?».

const every = 80;
/** Speech lies between these, in dB of full scale. */
const quietest = -60;
const loudest = -6;

export class LevelMeter {
  element = document.createElement("div");
  #bar = document.createElement("span");
  #context = null;
  #source = null;
  #track = null;
  #timer = 0;

  constructor() {
    this.element.className = "level";
    for (const [name, value] of [["role", "meter"], ["aria-label", "Microphone level"], ["aria-valuemin", "0"], ["aria-valuemax", "100"], ["aria-valuenow", "0"]]) {
      this.element.setAttribute(name, value);
    }
    this.element.append(this.#bar);
  }

  /** Shows another track's level from now on; null: none, and nothing is held. */
  follow(track) {
    if (track === this.#track) return;
    this.#track = track;
    clearInterval(this.#timer);
    this.#source?.disconnect();
    this.#source = null;
    if (!track) {
      this.#context?.close().catch(() => {});
      this.#context = null;
      return this.#show(0);
    }
    this.#context ??= new AudioContext();
    this.#context.resume().catch(() => {});
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(this.#context, { fftSize: 2048 });
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      let energy = 0;
      for (const sample of samples) energy += sample * sample;
      const decibels = 10 * Math.log10(energy / samples.length + 1e-10);
      this.#show(Math.min(1, Math.max(0, (decibels - quietest) / (loudest - quietest))));
    }, every);
  }

  #show(level) {
    this.element.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    this.#bar.style.transform = `scaleX(${level.toFixed(2)})`;
  }
}
