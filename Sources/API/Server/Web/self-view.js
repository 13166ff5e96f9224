// This person's own picture and switches.

import { initials, setIcon, setText, tint } from "./dom.js";
import { ScreenShare } from "./screen-share.js";

const microphoneIcons = { on: "mic", muted: "mic-off", listening: "mic-off", asking: "mic", fault: "mic-off" };
const microphoneWords = { on: "on", muted: "off", listening: "listening", asking: "asking", fault: "blocked" };

export class SelfView {
  #preview = document.getElementById("preview");
  #circle = document.getElementById("self-circle");
  #name = document.getElementById("self-name");
  #microphone = document.getElementById("microphone");
  #camera = document.getElementById("camera");
  #screen = document.getElementById("screen");

  /** `toggles` has `microphone()`, `camera()`, `screen()` and `leave()`. */
  constructor(toggles) {
    this.#microphone.onclick = toggles.microphone;
    this.#camera.onclick = toggles.camera;
    this.#screen.onclick = toggles.screen;
    this.#screen.hidden = !ScreenShare.isPossible;
    document.getElementById("leave").onclick = toggles.leave;
  }

  /** `microphone`: one of the words above; `camera`: the live track or null; `screen`: whether it is shared. */
  update({ name, microphone, camera, screen }) {
    document.documentElement.dataset.screen = screen ? "on" : "off";
    this.#switch(this.#screen, screen, "screen", screen ? "on" : "off");
    document.documentElement.dataset.microphone = microphone;
    document.documentElement.dataset.camera = camera ? "on" : "off";
    this.#switch(this.#microphone, microphone === "on", microphoneIcons[microphone], microphoneWords[microphone]);
    this.#switch(this.#camera, camera !== null, camera ? "camera" : "camera-off", camera ? "on" : "off");
    setText(this.#name, name);
    setText(this.#circle, initials(name));
    this.#circle.className = `circle large ${tint(name)}`;
    if (this.#preview.srcObject?.getTracks()[0] !== (camera ?? undefined)) {
      this.#preview.srcObject = camera ? new MediaStream([camera]) : null;
    }
    this.#preview.hidden = camera === null;
  }

  #switch(button, isOn, symbol, words) {
    button.setAttribute("aria-pressed", String(isOn));
    setIcon(button.querySelector(".icon"), symbol);
    setText(button.querySelector(".switch-state"), words);
  }
}
