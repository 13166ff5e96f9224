// What a person sees of himself before he goes in: picture, switches, devices and level.

import { DevicePickers } from "./device-pickers.js";
import { icon, make, setIcon, setText } from "./dom.js";
import { microphoneFaults } from "./wording.js";

export class CheckIn {
  element;
  #devices;
  #pickers;
  #video = make("video", { id: "check-in-picture", autoplay: true, playsinline: true, hidden: true, "aria-label": "Your camera" });
  #empty = make("p", { class: "check-in-empty" });
  #words = make("p", { class: "check-in-words", role: "status" });
  #microphone = make("button", { type: "button", id: "check-in-microphone", class: "round", "aria-label": "Microphone", onclick: () => this.#devices.toggleMicrophone() }, icon("mic"));
  #camera = make("button", { type: "button", id: "check-in-camera", class: "round", "aria-label": "Camera", onclick: () => this.#devices.toggleCamera() }, icon("camera"));
  #update = () => this.#show();
  #isOpen = false;

  constructor(devices) {
    this.#devices = devices;
    this.#pickers = new DevicePickers(devices);
    this.#video.muted = true;
    const picture = make("div", { class: "check-in-picture" }, this.#empty, this.#video, make("div", { class: "check-in-switches" }, this.#microphone, this.#camera));
    this.element = make("div", { id: "check-in", class: "check-in" }, picture, this.#words, this.#pickers.element);
  }

  async open() {
    this.#isOpen = true;
    for (const type of ["tracks", "switches"]) this.#devices.addEventListener(type, this.#update);
    this.#show();
    await this.#devices.open();
    // Whoever goes in before the browser has its answer leaves nothing behind here that listens.
    if (this.#isOpen) await this.#pickers.open();
  }

  close() {
    this.#isOpen = false;
    for (const type of ["tracks", "switches"]) this.#devices.removeEventListener(type, this.#update);
    this.#pickers.close();
    this.#video.srcObject = null;
  }

  #show() {
    const { state, camera } = this.#devices;
    if (this.#video.srcObject?.getTracks()[0] !== (camera ?? undefined)) this.#video.srcObject = camera ? new MediaStream([camera]) : null;
    this.#video.hidden = camera === null;
    this.#empty.hidden = camera !== null;
    setText(this.#empty, state === "asking" ? "Your browser asks for your devices" : "Your camera is off");
    this.#turn(this.#microphone, state === "on", "mic");
    this.#turn(this.#camera, camera !== null, "camera");
    const ofMicrophone = state === "fault" ? microphoneFaults[this.#devices.fault].join(". ") : state === "muted" ? "Your microphone is off." : "";
    setText(this.#words, [ofMicrophone, this.#devices.cameraFault].filter(Boolean).join(" "));
  }

  #turn(button, isOn, symbol) {
    button.setAttribute("aria-pressed", String(isOn));
    setIcon(button.querySelector(".icon"), isOn ? symbol : `${symbol}-off`);
  }
}
