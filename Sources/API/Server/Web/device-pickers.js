// The lists to choose microphone, camera and speaker from, with the microphone's level. In the check-in and in the menu.

import { make } from "./dom.js";
import { LevelMeter } from "./level-meter.js";

const kinds = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" };
const titles = { microphone: "Microphone", camera: "Camera", speaker: "Speaker" };

export class DevicePickers {
  element = make("div", { class: "pickers" });
  #devices;
  #meter = new LevelMeter();
  #lists = {};
  #refresh = () => this.#fill();
  #follow = () => this.#meter.follow(this.#devices.microphone);

  constructor(devices) {
    this.#devices = devices;
    for (const place of Object.keys(kinds)) {
      const list = make("select", { "data-device": place });
      list.onchange = () => devices.use(place, list.value);
      this.#lists[place] = list;
      const label = make("label", { class: "picker", "data-device": place }, make("span", { text: titles[place] }), list);
      this.element.append(label);
      if (place === "microphone") this.element.append(this.#meter.element);
    }
  }

  /** From now on the lists follow what is plugged in, and the level what is said. */
  open() {
    navigator.mediaDevices.addEventListener?.("devicechange", this.#refresh);
    for (const type of ["tracks", "switches"]) this.#devices.addEventListener(type, this.#refresh);
    this.#devices.addEventListener("switches", this.#follow);
    this.#follow();
    return this.#fill();
  }

  close() {
    navigator.mediaDevices.removeEventListener?.("devicechange", this.#refresh);
    for (const type of ["tracks", "switches"]) this.#devices.removeEventListener(type, this.#refresh);
    this.#devices.removeEventListener("switches", this.#follow);
    this.#meter.follow(null);
  }

  async #fill() {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    for (const [place, kind] of Object.entries(kinds)) {
      // Without the permission a browser shows a device without its name or id: nothing to choose from.
      const found = all.filter((device) => device.kind === kind && device.deviceId);
      const isOffered = found.length > 0 && (place !== "speaker" || "setSinkId" in HTMLMediaElement.prototype);
      const list = this.#lists[place];
      list.parentElement.hidden = !isOffered;
      const options = found.map((device, index) => [device.deviceId, device.label || `${titles[place]} ${index + 1}`]);
      const choices = [["", "Chosen by the browser"], ...options.filter(([id]) => id !== "default")];
      const face = JSON.stringify(choices);
      if (list.dataset.face !== face) list.replaceChildren(...choices.map(([value, text]) => make("option", { value, text })));
      list.dataset.face = face;
      const inUse = this.#devices.inUse(place);
      list.value = choices.some(([id]) => id === inUse) ? inUse : "";
    }
  }
}
