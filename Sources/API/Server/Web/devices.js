// The person's choices about microphone and camera, and the words for what keeps them from being carried out.

import { Capture, whenMicrophoneIsAllowed } from "./capture.js";
import { announce } from "./dom.js";
import { cameraFaults, microphoneFaults } from "./wording.js";

/** A permission that was granted before is answered at once, and needs no words. */
const wordsAfter = 800;

/**
 * States of the microphone: `asking`, `on`, `muted`, `listening` (chosen) and `fault`.
 * Events: `tracks` (microphone or camera are other tracks now, or the choice is made); `switches` (what others are to know).
 */
export class Devices extends EventTarget {
  #capture = new Capture();
  #load;
  #notices;
  #wantsCamera;
  #isInUse = false;
  #state = "asking";

  constructor({ load, notices, camera }) {
    super();
    this.#load = load;
    this.#notices = notices;
    // A switch that was turned before a reload stays as it was: nobody is heard or filmed again by pressing F5.
    this.#wantsCamera = load.choices.camera ?? camera;
    this.#capture.addEventListener("lost", ({ detail }) => (detail === "audio" ? this.#microphoneFault("lost") : this.#cameraFault("lost")));
    whenMicrophoneIsAllowed(() => this.#isInUse && this.#state === "fault" && this.open());
  }

  get microphone() { return this.#capture.microphone; }
  get camera() { return this.#capture.camera; }
  get state() { return this.#state; }

  /** Whether it is decided how this person takes part. */
  get areChosen() { return this.#state !== "asking" && this.#state !== "fault"; }

  async open() {
    this.#isInUse = true;
    if (this.#load.choices.listenOnly) return this.#listenOnly();
    this.#become("asking");
    const slow = setTimeout(() => {
      this.#notices.show("microphone", { tone: "wait", text: "Your browser asks whether this page may use your microphone. Please allow it." });
    }, wordsAfter);
    try {
      await this.#capture.open({ camera: this.#wantsCamera && !this.camera });
    } catch (error) {
      return this.#isInUse && this.#microphoneFault(error.fault);
    } finally {
      clearTimeout(slow);
    }
    if (!this.#isInUse) return this.#capture.close();
    this.#notices.hide("microphone");
    const isOn = this.#load.choices.microphone ?? true;
    this.microphone.enabled = isOn;
    this.#become(isOn ? "on" : "muted");
    this.#emit("tracks");
    if (this.#wantsCamera && !this.camera) this.#cameraFault("missing", "The camera could not be started. You can go on without it.");
  }

  close() {
    this.#isInUse = false;
    this.#capture.close();
    this.#state = "asking";
  }

  toggleMicrophone() {
    if (this.#state === "asking") return;
    if (!this.microphone) return this.#askForMicrophone();
    const isOn = !this.microphone.enabled;
    this.microphone.enabled = isOn;
    this.#load.choose({ microphone: isOn });
    this.#become(isOn ? "on" : "muted");
    announce(isOn ? "Microphone on." : "Microphone off.");
  }

  async toggleCamera() {
    this.#notices.hide("camera");
    this.#wantsCamera = !this.camera;
    this.#load.choose({ camera: this.#wantsCamera });
    if (this.#wantsCamera) {
      try {
        await this.#capture.openCamera();
      } catch (error) {
        return this.#isInUse && this.#cameraFault(error.fault);
      }
    }
    // Pressed again, or left, while the camera was starting.
    if (!this.#wantsCamera || !this.#isInUse) this.#capture.closeCamera();
    this.#cameraChanged();
    announce(this.camera ? "Camera on." : "Camera off.");
  }

  #microphoneFault(fault) {
    this.#become("fault");
    const [title, text] = microphoneFaults[fault];
    this.#notices.show("microphone", {
      tone: "obstacle", title, text, symbol: "mic-off",
      actions: [["Try again", () => this.open()], ["Listen only", () => this.#chooseToListen()]],
    });
    // Somebody who was heard until now goes on hearing; somebody new has not been let in yet and decides first.
    if (fault === "lost") this.#emit("tracks");
  }

  #chooseToListen() {
    this.#load.choose({ listenOnly: true });
    this.#listenOnly();
  }

  #listenOnly() {
    this.#become("listening");
    this.#notices.show("microphone", {
      tone: "info", text: "You are only listening. Nobody hears you.", symbol: "speaker",
      actions: [["Use the microphone", () => this.#askForMicrophone()]],
    });
    this.#emit("tracks");
  }

  #askForMicrophone() {
    this.#load.choose({ listenOnly: false, microphone: true });
    this.open();
  }

  #cameraFault(fault, text = cameraFaults[fault]) {
    this.#wantsCamera = false;
    this.#notices.flash("camera", { tone: "warning", text, symbol: "camera-off" });
    this.#cameraChanged();
  }

  #cameraChanged() {
    this.#emit("switches");
    this.#emit("tracks");
  }

  #become(state) {
    this.#state = state;
    this.#emit("switches");
  }

  #emit(type) { this.dispatchEvent(new Event(type)); }
}
