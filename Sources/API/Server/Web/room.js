// The beginning of the room page: is the link good, can this browser call, whose load is it, who is it?

import { CheckIn } from "./check-in.js";
import { Devices } from "./devices.js";
import { Gate } from "./gate.js";
import { hiddenLink, randomRoom, readableDial, readLink, showRoomInAddress } from "./link.js";
import { Load } from "./load.js";
import { Notices } from "./notices.js";
import { Visit } from "./visit.js";
import { linkFault, stops } from "./wording.js";

const page = document.documentElement;
const gate = new Gate(document.getElementById("gate"));
let visit = null;

// For tests and for a look from the console; nothing in the page reads it.
Object.defineProperty(window, "ringlink", {
  value: Object.freeze({ get pc() { return visit?.connection ?? null; }, get state() { return page.dataset.state; } }),
});

// A page out of the back-forward cache has lost its socket, its lock and its media: it begins again, as a reload.
addEventListener("pageshow", (event) => event.persisted && location.reload());

begin();

async function begin() {
  if (!window.isSecureContext) return stop("insecure");
  if (!window.RTCPeerConnection || !navigator.mediaDevices?.getUserMedia) return stop("unsupported");
  const link = hiddenLink(page.dataset.link) ?? readLink(location.search);
  if (link.refused) return refuse(link.refused);
  if (link.room === null) {
    link.room = randomRoom();
    showRoomInAddress(link.room);
  }
  const load = await Load.open(link);
  const notices = new Notices(document.getElementById("notices"));
  const devices = new Devices({ load, notices, camera: link.camera });
  const name = await ownName(link, load, devices);
  visit = new Visit({ gate, link, load, name, notices, devices });
  visit.enter();
}

function refuse(reason) {
  if (reason.parameter === "room" && reason.fault === "malformed") return stop("room");
  stop("link", linkFault(reason));
}

function stop(word, reason) {
  page.dataset.state = word;
  const [title, text] = stops[word];
  // The same link by https is only a guess that can hold on the default port.
  const actions = word === "insecure" && location.port === "" ? [["Open with https", () => location.replace("https:" + location.href.slice(5))]] : [];
  gate.stop({ title, text: reason ?? text, symbol: word === "room" || word === "link" ? "link" : "alert", tone: "warning", actions });
}

/** The name that this load was given before a reload, or the link's, or the person's answer. */
async function ownName(link, load, devices) {
  const given = load.choices.name ?? link.name;
  if (given) return given;
  page.dataset.state = "name";
  const about = [];
  const calls = link.dial !== null || link.slug !== undefined;
  const [subject, object] = link.dial ? Array(2).fill(readableDial(link.dial)) : ["The phone", "a phone"];
  if (calls) about.push(["phone", load.isCopy ? `${subject} is not called before you say so` : `Joining will call ${object}`]);
  // Whoever clicks to call wants the call: only a meeting begins with a look into the mirror.
  const checkIn = calls ? null : new CheckIn(devices);
  checkIn?.open();
  const name = await gate.askName({ room: link.room, about, fault: link.nameFault, suggestion: link.nameFault ? "" : undefined, preview: checkIn?.element });
  checkIn?.close();
  load.choose({ name });
  return name;
}
