// The person's choices about microphone and camera, and the words for what keeps them from being carried out.

import { Capture, whenMicrophoneIsAllowed } from "./capture.js";
import { DeviceChoice } from "./device-choice.js";
import { announce } from "./dom.js";
import { cameraFaults, microphoneFaults } from "./wording.js";

/** A permission that was granted before is answered at once, and needs no words. */
const wordsAfter = 800;

/**
 * States of the microphone: `asking`, `on`, `muted`, `listening` (chosen) and `fault`.
 * Events: `tracks` (microphone or camera are other tracks now, or the choice is made); `switches` (what others are to know);
 * `speaker` (another output is chosen).
 */
export class Devices extends EventTarget {
  #choice = new DeviceChoice();
  #capture = new Capture(this.#choice);
  #load;
  #notices;
  #wantsCamera;
  #isInUse = false;
  #state = "asking";
  #fault = "";
  #cameraWords = "";
  #isOpening = false;

  constructor({ load, notices, camera }) {
    super();
    this.#load = load;
    this.#notices = notices;
    // A switch that was turned before a reload stays as it was: nobody is heard or filmed again by pressing F5.
    this.#wantsCamera = load.choices.camera ?? camera;
    this.#capture.addEventListener("lost", ({ detail }) => this.#lost(detail));
    this.#capture.addEventListener("absent", ({ detail }) => this.#isInUse && this.#fallenBack(detail, "The one you chose is not connected."));
    whenMicrophoneIsAllowed(() => this.#isInUse && this.#state === "fault" && this.open());
  }

  get microphone() { return this.#capture.microphone; }
  get camera() { return this.#capture.camera; }
  get state() { return this.#state; }

  /** Why there is no microphone while the state is `fault`: a word of `microphoneFaults`. */
  get fault() { return this.#fault; }

  /** Why the camera that was wanted is off, as a sentence, or "". */
  get cameraFault() { return this.#cameraWords; }

  /** The id of the device that is used in a place (`microphone`, `camera`, `speaker`), or "" if the browser chooses. */
  inUse(place) {
    const id = this.#choice.of(place);
    if (place === "speaker" || !this[place]) return id;
    // A device that was chosen and is gone is not the one in use.
    return id && this[place].getSettings().deviceId === id ? id : "";
  }

  /** The person chooses another device, or "" for the browser's choice. */
  async use(place, id) {
    this.#choice.choose(place, id);
    if (place === "speaker") return this.#emit("speaker");
    if (!this.#isInUse || !(this[place] || this.#capture.isOpening(place))) return;
    try {
      if (place === "camera") {
        // Some phones open one camera at a time.
        this.#capture.closeCamera();
        await this.#startCamera();
      } else {
        await this.#reopenMicrophone();
      }
    } catch (error) {
      if (!this.#isInUse) return;
      // The one before has not been let go of, and is heard.
      if (this.microphone && place === "microphone") this.#notices.flash("other-microphone", { tone: "warning", text: "The microphone that you have chosen could not be opened. The one before goes on." });
      else if (place === "microphone") this.#microphoneFault(error.fault);
      else if (this.#wantsCamera) this.#cameraFault(error.fault);
    }
  }

  /** Whether it is decided how this person takes part. */
  get areChosen() { return this.#state !== "asking" && this.#state !== "fault"; }

  async open() {
    this.#isInUse = true;
    // From the check-in: nobody is asked twice.
    if (this.#isOpening || (this.microphone && this.areChosen)) return;
    if (this.#load.choices.listenOnly) return this.#listenOnly();
    this.#become("asking");
    const slow = setTimeout(() => {
      this.#notices.show("microphone", { tone: "wait", text: "Your browser asks whether this page may use your microphone. Please allow it." });
    }, wordsAfter);
    this.#isOpening = true;
    try {
      await this.#capture.open({ camera: this.#wantsCamera && !this.camera });
    } catch (error) {
      return this.#isInUse && this.#microphoneFault(error.fault);
    } finally {
      this.#isOpening = false;
      clearTimeout(slow);
    }
    if (!this.#isInUse) return this.#capture.close();
    if (!this.#wantsCamera) this.#capture.closeCamera();
    this.#notices.hide("microphone");
    // Without one, another was chosen meanwhile and is still opening.
    if (this.microphone) this.#takeMicrophone();
    if (this.#wantsCamera && !this.camera && !this.#capture.isOpening("camera")) this.#cameraFault("missing", "The camera could not be started. You can go on without it.");
  }

  close() {
    this.#isInUse = false;
    this.#capture.close();
    this.#state = "asking";
  }

  toggleMicrophone() {
    if (this.#state === "asking") return;
    if (!this.microphone && !this.#capture.isOpening("microphone")) return this.#askForMicrophone();
    // One that is just being replaced takes over what is chosen here.
    const isOn = this.#state !== "on";
    if (this.microphone) this.microphone.enabled = isOn;
    this.#load.choose({ microphone: isOn });
    this.#become(isOn ? "on" : "muted");
    announce(isOn ? "Microphone on." : "Microphone off.");
  }

  async toggleCamera() {
    this.#notices.hide("camera");
    this.#cameraWords = "";
    // One that is still starting is as good as on: the second press means «no, off».
    const isOn = this.#wantsCamera && (this.camera !== null || this.#capture.isOpening("camera"));
    this.#wantsCamera = !isOn;
    this.#load.choose({ camera: this.#wantsCamera });
    if (isOn) {
      this.#capture.closeCamera();
      this.#cameraChanged();
      return announce("Camera off.");
    }
    try {
      if (await this.#startCamera()) announce("Camera on.");
    } catch (error) {
      if (this.#isInUse && this.#wantsCamera) this.#cameraFault(error.fault);
    }
  }

  /** Answers whether the camera is on then: it may have been switched off, or the room left, while it was starting. */
  async #startCamera() {
    if (!(await this.#capture.openCamera())) return false;
    const isWanted = this.#wantsCamera && this.#isInUse;
    if (!isWanted) this.#capture.closeCamera();
    this.#cameraChanged();
    return isWanted;
  }

  /** A new track in the place of the old one. Answers whether it is in use. */
  async #reopenMicrophone() {
    if (!(await this.#capture.openMicrophone())) return false;
    if (!this.#isInUse) this.#capture.close();
    else this.#takeMicrophone();
    return this.#isInUse;
  }

  /** The switch counts as it stands now that the track is there: it may have been turned while the browser was opening it. */
  #takeMicrophone() {
    const isOn = this.#load.choices.microphone ?? true;
    this.microphone.enabled = isOn;
    this.#become(isOn ? "on" : "muted");
    this.#emit("tracks");
  }

  /** Another device goes on where one was pulled out, if there is another. */
  async #lost(kind) {
    const isMicrophone = kind === "audio";
    if (!this.#isInUse) return;
    try {
      if (!(await (isMicrophone ? this.#reopenMicrophone() : this.#startCamera()))) return;
    } catch {
      return this.#isInUse && (isMicrophone ? this.#microphoneFault("lost") : this.#wantsCamera && this.#cameraFault("lost"));
    }
    this.#fallenBack(kind, "The one that was used is gone.");
  }

  #fallenBack(kind, why) {
    const [place, track] = kind === "audio" ? ["microphone", this.microphone] : ["camera", this.camera];
    const text = `Another ${place} is used now${track?.label ? `: ${track.label}` : ""}. ${why}`;
    this.#notices.flash(`other-${place}`, { tone: "info", text, symbol: kind === "audio" ? "mic" : "camera" }, 10_000);
    announce(text);
  }

  #microphoneFault(fault) {
    this.#fault = fault;
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
    this.#cameraWords = text;
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
