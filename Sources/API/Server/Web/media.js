// The one RTCPeerConnection: its sections, its offers, and what to do when it dies.
//
// Only the browser offers, one offer is in flight, sections are reused and never removed (docs/protocol.md, «Media»).
// A connection that fails is replaced by a new one rather than mended: the server takes a new session for the old one's heir.

const spareAudioSections = 2;
/** An answer from a server one hop away comes in well under a second; after this the offer is taken for lost. */
const answerPatience = 10_000;
/** ICE on an open path needs a fraction of a second. After this a person deserves to be told, though the browser still tries. */
const pathPatience = 10_000;
/** A passing tunnel or a Wi-Fi change; longer than this and a new connection is quicker than waiting. */
const outagePatience = 4_000;
/** So soon after a change of networks nothing is waited for: the address that the old connection had does not come back. */
const moveMemory = 15_000;
/** A picture in one frame with faces next to it; the sound must never have to wait for it. In bits a second. */
const cameraBitrate = 1_500_000;
const screenBitrate = 2_500_000;
const mostPictures = 12;

/**
 * States: `idle`, `connecting`, `connected`, `interrupted`, `blocked` (no path for the packets), `refused` (no agreement on the SDP).
 * Events: `state`; `offer` (detail: description to send); `track` (detail: {track, mid, receiver}); `reset` (all tracks are gone).
 */
export class Media extends EventTarget {
  #state = "idle";
  #pc = null;
  #microphone = null;
  #camera = null;
  #screen = null;
  /** Once somebody has shared, the connection has a section for it. */
  #screenSection = null;
  /** Whether anybody shows what this page sends, and what is being done about it. */
  #isShown = { camera: true, screen: true };
  #turning = Promise.resolve();
  #wanted = { audio: spareAudioSections, video: 0 };
  /** The connection whose offer is unanswered, which may be an older one than `#pc`: its answer must not be given to the new one. */
  #asking = null;
  #offerIsDue = false;
  #answerTimer = 0;
  #pathTimer = 0;
  #outageTimer = 0;
  #retryTimer = 0;
  #failures = 0;
  #movedAt = -Infinity;

  constructor() {
    super();
    addEventListener("online", () => { this.#movedAt = performance.now(); });
  }

  get state() { return this.#state; }
  get connection() { return this.#pc; }

  /**
   * A first or a new connection. Tracks may be null: without a microphone the page listens only.
   * With sections for `pictures` at once, so that a newcomer sees those who are there without a second offer.
   */
  start({ microphone, camera, screen, pictures }) {
    this.#microphone = microphone;
    this.#camera = camera;
    this.#screen = screen;
    this.#wanted.video = Math.max(this.#wanted.video, Math.min(pictures, mostPictures));
    this.#replace();
  }

  stop() {
    this.#discard();
    this.#asking = null;
    this.#offerIsDue = false;
    this.#screen = null;
    this.#wanted = { audio: spareAudioSections, video: 0 };
    clearTimeout(this.#answerTimer);
    this.#become("idle");
  }

  /** Tries at once what would be tried later. */
  retry() {
    if (this.#state === "idle") return;
    this.#failures = 0;
    this.#replace();
  }

  /** Another microphone, or the first one of somebody who only listened until now. */
  async useMicrophone(track) {
    this.#microphone = track;
    const section = this.#pc?.getTransceivers()[0];
    if (!section) return;
    // A connection that is closed meanwhile refuses; its heir is made with the new track.
    await section.sender.replaceTrack(track).catch(() => {});
    if (section !== this.#pc?.getTransceivers()[0]) return;
    const direction = track ? "sendrecv" : "recvonly";
    if (section.direction === direction) return;
    section.direction = direction;
    this.#offerSoon();
  }

  async useCamera(track) {
    this.#camera = track;
    // The server may have closed the section; the preview does not depend on it.
    await this.#pc?.getTransceivers()[1]?.sender.replaceTrack(track).catch(() => {});
  }

  async useScreen(track) {
    this.#screen = track;
    if (!this.#pc || !(track || this.#screenSection)) return;
    if (this.#screenSection) return this.#screenSection.sender.replaceTrack(track).catch(() => {});
    this.#addScreenSection();
    this.#offerSoon();
  }

  /** The server's `upload` frame: a picture that nobody looks at is not sent. */
  upload({ camera, screen }) {
    this.#isShown = { camera: camera !== false, screen: screen !== false };
    this.#turnSenders();
  }

  /** The server's `media` frame: how many sections must be there to receive. */
  want({ audio, video }) {
    this.#wanted = { audio: Math.max(bounded(audio), spareAudioSections), video: bounded(video) };
    if (this.#pc && this.#addSections()) this.#offerSoon();
  }

  /** The socket is back and the server still knows this place: an offer that may have got lost is sent again. */
  resumed() {
    this.#forgetQuestion();
    if (!this.#pc) return;
    if (this.#pc.signalingState === "have-local-offer") this.#send(this.#pc);
    else if (this.#offerIsDue) this.#offerSoon();
  }

  /** The socket is gone, and with it every answer that was under way. */
  interrupted() {
    this.#forgetQuestion();
  }

  /** The server's answer to the offer in flight. */
  async answer(description) {
    const asked = this.#asking;
    this.#forgetQuestion();
    if (asked && asked === this.#pc && asked.signalingState === "have-local-offer") {
      try {
        await asked.setRemoteDescription(description);
      } catch {
        if (asked === this.#pc) this.#fail("refused");
        return;
      }
    }
    if (this.#offerIsDue) this.#offerSoon();
  }

  /** The server would not take the offer in flight; `again` says that it may take it a moment later. */
  refused(again) {
    const asked = this.#asking;
    if (!asked || asked !== this.#pc) return this.#nextQuestion();
    this.#forgetQuestion();
    if (!again) return this.#fail("refused");
    // The same offer once more: a connection that already carries a call must not be dropped for it.
    this.#answerTimer = setTimeout(() => asked === this.#pc && asked.signalingState === "have-local-offer" && this.#send(asked), 1000);
  }

  // MARK: one connection after another

  #replace() {
    this.#discard();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.#pc = pc;
    pc.addTransceiver(this.#microphone ?? "audio", { direction: this.#microphone ? "sendrecv" : "recvonly" });
    // Offered also while the camera is off, so that switching it on needs no negotiation.
    const camera = pc.addTransceiver(this.#camera ?? "video", { direction: "sendonly", sendEncodings: [{ maxBitrate: cameraBitrate, active: this.#isShown.camera }] });
    balance(camera.sender);
    this.#screenSection = null;
    if (this.#screen) this.#addScreenSection();
    this.#addSections();
    pc.ontrack = ({ track, transceiver }) => pc === this.#pc && this.#emit("track", { track, mid: transceiver.mid, receiver: transceiver.receiver });
    pc.onconnectionstatechange = () => pc === this.#pc && this.#follow(pc.connectionState);
    this.#become(this.#failures > 0 ? this.#state : "connecting");
    this.#offerSoon();
  }

  #discard() {
    clearTimeout(this.#pathTimer);
    clearTimeout(this.#outageTimer);
    clearTimeout(this.#retryTimer);
    this.#pc?.close();
    this.#pc = null;
    this.#screenSection = null;
    this.#emit("reset");
  }

  #addScreenSection() {
    const sendEncodings = [{ maxBitrate: screenBitrate, active: this.#isShown.screen }];
    this.#screenSection = this.#pc.addTransceiver(this.#screen, { direction: "sendonly", sendEncodings });
  }

  /** One after the other: a sender takes no new parameters while it is given some. */
  #turnSenders() {
    this.#turning = this.#turning.then(async () => {
      for (const [section, isActive] of [[this.#pc?.getTransceivers()[1], this.#isShown.camera], [this.#screenSection, this.#isShown.screen]]) {
        const parameters = section?.sender.getParameters();
        if (!parameters?.encodings?.length || parameters.encodings[0].active === isActive) continue;
        parameters.encodings[0].active = isActive;
        await section.sender.setParameters(parameters).catch(() => {});
      }
    });
  }

  /** Adds what is missing of the wanted sections. Answers whether something was. */
  #addSections() {
    let added = false;
    for (const kind of ["audio", "video"]) {
      // The sections of the own microphone, camera and screen do not count.
      const present = this.#pc.getTransceivers().slice(2).filter((section) => section !== this.#screenSection && section.receiver.track.kind === kind).length;
      for (let count = present; count < this.#wanted[kind]; count += 1) {
        this.#pc.addTransceiver(kind, { direction: "recvonly" });
        added = true;
      }
    }
    return added;
  }

  // MARK: offers

  async #offerSoon() {
    const pc = this.#pc;
    // Also while an answer is being taken in: the frame that asks for more sections comes right behind it.
    this.#offerIsDue = pc !== null && (this.#asking !== null || pc.signalingState !== "stable");
    if (!pc || this.#offerIsDue) return;
    this.#asking = pc;
    try {
      await pc.setLocalDescription();
    } catch {
      this.#forgetQuestion();
      if (pc === this.#pc) this.#fail("refused");
      return;
    }
    if (pc === this.#pc) this.#send(pc);
    // Replaced while the browser wrote the offer: it was never sent, so nothing has to be waited for.
    else if (this.#asking === pc) this.#nextQuestion();
  }

  #send(pc) {
    this.#asking = pc;
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => this.refused(true), answerPatience);
    clearTimeout(this.#pathTimer);
    this.#pathTimer = setTimeout(() => this.#checkPath(pc), pathPatience);
    const { type, sdp } = pc.localDescription;
    this.#emit("offer", { type, sdp });
  }

  #nextQuestion() {
    this.#forgetQuestion();
    if (this.#offerIsDue) this.#offerSoon();
  }

  #forgetQuestion() {
    clearTimeout(this.#answerTimer);
    this.#asking = null;
  }

  // MARK: the path of the packets

  #follow(state) {
    clearTimeout(this.#outageTimer);
    switch (state) {
      case "connected":
        clearTimeout(this.#pathTimer);
        this.#failures = 0;
        this.#become("connected");
        break;
      case "disconnected":
        this.#become("interrupted");
        this.#outageTimer = setTimeout(() => this.#replace(), performance.now() - this.#movedAt < moveMemory ? 0 : outagePatience);
        break;
      case "failed":
        this.#fail("blocked");
        break;
    }
  }

  #checkPath(pc) {
    if (pc !== this.#pc || pc.connectionState === "connected") return;
    // No answer yet is the server's silence, not the network's.
    if (pc.remoteDescription) this.#become("blocked");
  }

  #fail(state) {
    this.#become(state);
    this.#retryIn(Math.min(30_000, 2000 * 2 ** this.#failures));
    this.#failures += 1;
  }

  #retryIn(delay) {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#replace(), delay);
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#emit("state");
  }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

/** On a slow machine or path a camera gives up some of its sharpness and some of its pace. */
function balance(sender) {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  parameters.degradationPreference = "balanced";
  // Not every browser knows the preference, and none needs it.
  sender.setParameters(parameters).catch(() => {});
}

/** No server of ours asks for more; a number from outside must not make a page add sections without end. */
function bounded(count) {
  return Number.isInteger(count) ? Math.min(Math.max(count, 0), 32) : 0;
}
