// Which microphone, camera and speaker this person has chosen in this browser, for every room.

const storageKey = "ringlink.devices";

export class DeviceChoice {
  #chosen = read();

  /** A device's id, or "" for the browser's own choice. `place`: `microphone`, `camera` or `speaker`. */
  of(place) { return typeof this.#chosen[place] === "string" ? this.#chosen[place] : ""; }

  choose(place, id) {
    this.#chosen[place] = id;
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.#chosen));
    } catch {
      // Storage is blocked: the choice holds as long as the page.
    }
  }
}

function read() {
  try {
    return { ...JSON.parse(localStorage.getItem(storageKey)) };
  } catch {
    return {};
  }
}
