// This person's microphone and camera: opened, switched, lost, and every way in which a browser refuses them.

/** Why a device could not be opened; `wording.js` has the sentences. */
const faults = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** Thrown by `Capture.openMicrophone` and `openCamera`; `fault` is `denied`, `denied-by-system`, `missing` or `busy`. */
export class CaptureError extends Error {
  constructor(cause) {
    super(cause.message, { cause });
    const bySystem = cause.name === "NotAllowedError" && /system/i.test(cause.message);
    this.fault = bySystem ? "denied-by-system" : faults[cause.name] ?? "busy";
  }
}

const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: "user" };
const wishes = { audio, video };
const places = { audio: "microphone", video: "camera" };

/**
 * Events: `lost` (detail: "audio" or "video"): a device was unplugged or its permission was taken back;
 * `absent` (detail: the same): the device that was chosen is not there, and the browser's own choice is used.
 */
export class Capture extends EventTarget {
  #choice;
  /** How often each kind was asked for, and how many of these questions the browser has not answered yet. */
  #asked = { audio: 0, video: 0 };
  #unanswered = { audio: 0, video: 0 };

  /** `choice.of("microphone")` and `choice.of("camera")` are the ids of the devices to use, or "". */
  constructor(choice) {
    super();
    this.#choice = choice;
  }

  /** The live tracks, or null. A muted microphone is a track that is not enabled: the telephone side goes on hearing silence. */
  microphone = null;
  camera = null;

  /** Whether the browser has not answered yet: `place` is `microphone` or `camera`. */
  isOpening(place) { return this.#unanswered[place === "camera" ? "video" : "audio"] > 0; }

  /**
   * Opens the microphone, and the camera with it when it is wanted, so that the browser asks one question and not two.
   * The microphone decides: a camera that cannot be had is left out.
   */
  async open({ camera }) {
    let isOneGone = false;
    if (camera) {
      try {
        await this.#ask({ audio: this.#chosen("audio"), video: this.#chosen("video") });
        return;
      } catch (error) {
        // Which of the two it was is not told. The microphone alone tells.
        isOneGone = error.fault === "missing" && (this.#choice.of("microphone") !== "" || this.#choice.of("camera") !== "");
      }
    }
    await this.openMicrophone();
    // A device that was chosen once and is gone costs neither the other one nor its own replacement.
    if (isOneGone) await this.openCamera().catch(() => {});
  }

  /** Answers false if it was asked for again meanwhile: then the later answer counts, and this one is given back. */
  async openMicrophone() { return this.#openOne("audio"); }

  /** Answers as `openMicrophone` does. */
  async openCamera() { return this.#openOne("video"); }

  closeCamera() {
    // Stopped, not disabled: the lamp beside the lens must go out.
    this.camera?.stop();
    this.camera = null;
  }

  close() {
    this.microphone?.stop();
    this.microphone = null;
    this.closeCamera();
  }

  async #openOne(kind) {
    const wish = this.#chosen(kind);
    try {
      return await this.#ask({ [kind]: wish });
    } catch (error) {
      if (error.fault !== "missing" || !wish.deviceId) throw error;
      const isTaken = await this.#ask({ [kind]: wishes[kind] });
      if (isTaken) this.dispatchEvent(new CustomEvent("absent", { detail: kind }));
      return isTaken;
    }
  }

  /** Asks the browser, and takes what nothing later was asked for. Answers whether that is anything. */
  async #ask(wish) {
    const turns = Object.keys(wish).map((kind) => [kind, (this.#asked[kind] += 1)]);
    const isLatest = ([kind, turn]) => this.#asked[kind] === turn;
    for (const [kind] of turns) this.#unanswered[kind] += 1;
    try {
      const stream = await request(wish);
      const latest = turns.filter(isLatest).map(([kind]) => kind);
      for (const track of stream.getTracks()) latest.includes(track.kind) ? this.#take(track) : track.stop();
      return latest.length > 0;
    } catch (error) {
      // Nobody waits for this answer any more.
      if (!turns.some(isLatest)) return false;
      throw error;
    } finally {
      for (const [kind] of turns) this.#unanswered[kind] -= 1;
    }
  }

  #chosen(kind) {
    const id = this.#choice.of(places[kind]);
    return id ? { ...wishes[kind], deviceId: { exact: id } } : wishes[kind];
  }

  #take(track) {
    const place = places[track.kind];
    this[place]?.stop();
    this[place] = track;
    // `stop()` fires no `ended`; this is the device or the permission going away.
    track.onended = () => {
      if (this[place] !== track) return;
      this[place] = null;
      this.dispatchEvent(new CustomEvent("lost", { detail: track.kind }));
    };
  }
}

/** Calls back when the person has allowed the microphone in the browser's own settings. Browsers that cannot tell never call. */
export async function whenMicrophoneIsAllowed(callback) {
  try {
    const permission = await navigator.permissions.query({ name: "microphone" });
    permission.onchange = () => permission.state === "granted" && callback();
  } catch {
    // Not every browser knows this permission's name; its person presses the button instead.
  }
}

async function request(constraints) {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    throw new CaptureError(error);
  }
}
