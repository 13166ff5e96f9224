// This person's own picture and switches, by pointer and by key.

import { initials, setIcon, setText, tint } from "./dom.js";

const microphoneIcons = { on: "mic", muted: "mic-off", listening: "mic-off", asking: "mic", fault: "mic-off" };
const microphoneWords = { on: "on", muted: "off", listening: "listening", asking: "asking", fault: "blocked" };

export class SelfView {
  #preview = document.getElementById("preview");
  #circle = document.getElementById("self-circle");
  #name = document.getElementById("self-name");
  #microphone = document.getElementById("microphone");
  #camera = document.getElementById("camera");

  /** `toggles` has `microphone()`, `camera()` and `leave()`. `isActive()` says whether keys mean the room just now. */
  constructor(toggles, isActive) {
    this.#microphone.onclick = toggles.microphone;
    this.#camera.onclick = toggles.camera;
    document.getElementById("leave").onclick = toggles.leave;
    document.addEventListener("keydown", (event) => {
      // A letter typed into a field, or a browser's own shortcut, is not for us.
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !isActive()) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
      const key = event.key.toLowerCase();
      if (key === "m") toggles.microphone();
      else if (key === "v") toggles.camera();
    });
  }

  /** `microphone`: one of the words above; `camera`: the live track or null. */
  update({ name, microphone, camera }) {
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
