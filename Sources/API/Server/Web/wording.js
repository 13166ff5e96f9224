// Every sentence that the page says about a state or an obstacle. A reason that the server gives always goes first.

/** How a call ended, as a title and as the sentence for when the server gave none. */
const outcomes = {
  completed: ["Call ended", ""],
  busy: ["Busy", "They are on another call. Try again in a few minutes."],
  no_answer: ["No answer", "Nobody picked up."],
  declined: ["Declined", "The call was declined at the other end."],
  unreachable: ["Not reachable", "The phone is switched off or cannot be reached right now."],
  invalid_number: ["Number not valid", "This number does not exist or is not complete."],
  cancelled: ["Cancelled", "The call was hung up before anybody answered."],
  blocked: ["Not allowed", "The rules of this installation do not allow this call."],
  trunk_unavailable: ["No line available", "No telephone line could carry this call. Try again in a moment."],
  failed: ["Call failed", "The telephone network did not put the call through."],
  internal_error: ["Call lost", "Something went wrong on our side. The call was not continued."],
};

/** Whom an end concerns, for its colour and its symbol: nobody, the one who was called, what was asked for, or the line. */
const kinds = {
  completed: "plain", cancelled: "plain",
  busy: "far-end", no_answer: "far-end", declined: "far-end", unreachable: "far-end",
  invalid_number: "request", blocked: "rule",
};

export function endKind(outcome) { return kinds[outcome] ?? "line"; }

const holds = {
  copy: "This tab is a copy, so the number was not called again.",
  forgetful: "This browser keeps nothing over a reload, so the page asks before it calls.",
  stopped: "The call was stopped before it was placed.",
  not_fired: "Somebody else in this room has already called this number.",
};

/** The state of a call in two parts: a few words, and a sentence that may be empty. */
export function callWords(call) {
  switch (call.state) {
    case "held": return ["Not called", call.reason?.text || holds[call.hold] || ""];
    case "waiting": return ["Getting ready", "The call starts as soon as your sound is connected."];
    case "returning": return ["Getting back to the call", ""];
    case "asked":
    case "queued":
    case "dialling": return [call.hangingUp ? "Hanging up" : "Calling", ""];
    case "ringing": return call.hangingUp ? ["Hanging up", ""] : ["Ringing", call.earlyMedia ? "Nobody has answered yet. What you hear comes from the other end." : ""];
    case "answered": return [call.hangingUp ? "Hanging up" : "In call", ""];
    default: {
      const [title, sentence] = outcomes[call.outcome] ?? outcomes.failed;
      const talked = call.outcome === "completed" && call.talkSeconds > 0 ? `You talked for ${spokenDuration(call.talkSeconds)}.` : "";
      return [title, [call.reason?.text || (talked ? "" : sentence), talked, resetWords(call)].filter(Boolean).join(" ")];
    }
  }
}

/** What the card is headed with: the number itself where this person knows it, else the label, in which it may be masked. */
export function callTitle({ label, number }) {
  const isMasked = label?.includes("•") && number && !number.includes("•");
  return isMasked ? number : label;
}

/** When a limit lets the next call through, in the words of this person's own day. */
function resetWords(call) {
  const at = resetTime(call);
  if (at === null) return "";
  const now = new Date();
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (at <= now) return "It may work again now.";
  if (at.toDateString() === now.toDateString()) return `Possible again at ${time}.`;
  return `Possible again on ${at.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })} at ${time}.`;
}

/** The time with which a refusal for a limit ends, or null. */
export function resetTime({ outcome, refusal }) {
  const at = outcome === "blocked" && refusal?.resets_at ? new Date(refusal.resets_at) : null;
  return at && !isNaN(at) ? at : null;
}

/** `3:05`, `1:02:09`. */
export function clock(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return (parts[0] ? [parts[0], pad(parts[1])] : [parts[1]]).concat(pad(parts[2])).join(":");
}

const pad = (number) => String(number).padStart(2, "0");

function spokenDuration(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds) % 60];
  const part = (count, unit) => (count ? [`${count} ${unit}${count === 1 ? "" : "s"}`] : []);
  return part(minutes, "minute").concat(part(rest, "second")).join(" ");
}

const allowHint = /iPhone|iPad/.test(navigator.userAgent)
  ? "Tap the symbol beside the address, open the website settings and set the microphone to «Allow». Then try again."
  : "Click the symbol beside the address (a lock, sliders or a crossed-out microphone), allow the microphone, and try again.";

/** Why there is no microphone: a title and what to do. */
export const microphoneFaults = {
  denied: ["The microphone is blocked", `Your browser does not let this page use it. ${allowHint}`],
  "denied-by-system": ["The microphone is blocked", "The system does not let this browser use it. Allow the microphone for the browser in the privacy settings of your device, and try again."],
  missing: ["No microphone found", "Connect a headset or a microphone and try again."],
  busy: ["The microphone is in use", "Another program seems to hold it. Close other calls and programs that use the microphone, and try again."],
  lost: ["The microphone is gone", "It was unplugged, or its permission was taken back. Others do not hear you any more."],
};

export const cameraFaults = {
  denied: "The camera is blocked in this browser. Allow it beside the address, and switch it on again.",
  "denied-by-system": "The system does not let this browser use the camera.",
  missing: "No camera found.",
  busy: "The camera is in use by another program.",
  lost: "The camera is gone.",
};

/** What stops the whole page: title, text. */
export const stops = {
  insecure: ["This page needs https", "Browsers only allow a microphone on a secure connection. Open the same link with https:// at its beginning, or ask whoever sent it for one."],
  unsupported: ["This browser cannot make calls", "It has no WebRTC, or it is switched off. Open the link in a current Chrome, Edge, Firefox or Safari."],
  room: ["This link does not work", "The name of the room may only have letters, digits and the signs - . _ ~, and at most 64 of them. Nothing was joined and nobody was called. Ask whoever sent the link for a new one."],
  link: ["This link does not work", ""],
  left: ["You have left the room", "Your microphone and camera are off."],
  kicked: ["You were removed from the room", "Somebody who runs this room has ended your visit."],
  ended: ["The meeting is over", "Somebody who runs this room has ended it for everybody."],
  room_locked: ["The room is locked", "Nobody new can come in just now. Ask somebody inside to let you in."],
  replaced: ["The room is open elsewhere", "You have joined again from another tab or window, so this one has stepped back."],
  flood: ["Disconnected", "This page sent too many messages in a short time, and the server has cut it off. Wait a moment before you join again."],
  "too-large": ["Disconnected", "The server refused a message of this page as too large. Join again, and tell the operator if it happens twice."],
  link_tampered: ["This link does not work", "It was changed after it was issued."],
  link_expired: ["This link has expired", "Ask whoever sent it for a new one."],
  link_not_yet_valid: ["This link is not valid yet", "Try again at the time that you were given."],
  link_revoked: ["This link was withdrawn", "Ask whoever sent it for a new one."],
  link_key_unknown: ["This link does not work", "It was issued with a key that is not valid here."],
  link_used_up: ["This link is used up", "Ask whoever sent it for a new one."],
  unknown_link: ["This link does not work", "It is not known here, or it is gone."],
  room_full: ["The room is full", "No more people fit in right now. Try again when somebody has left."],
};

/** Why the page does not follow a link, in words (`readLink`). */
export function linkFault({ fault, parameter }) {
  const value = `What the link says for ${parameter}=`;
  const why = {
    too_long: parameter ? `${value} is too long.` : "It is too long.",
    duplicated: `It has ${parameter}= twice, so it is not clear which is meant.`,
    damaged: `${value} is damaged. It may have been cut when it was copied.`,
    malformed: parameter === "trunk" ? "The telephone line that it asks for (trunk=) cannot be one."
      : `Whether the camera is to be on is not clear from ${parameter}=. A link turns it off by cam=off or nocam=1.`,
  };
  return `${why[fault]} Nothing was joined and nobody was called. Ask whoever sent the link for a new one.`;
}

/** A name without the white space around it, as the server keeps it. */
export function tidyName(name) { return name.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, ""); }

/** Why the name in a link or in the field will not do, or "" if it will. The server's rule, told before it is broken. */
export function nameFault(name) {
  const text = tidyName(name);
  const characters = globalThis.Intl?.Segmenter ? [...new Intl.Segmenter().segment(text)].length : [...text].length;
  if (!characters) return "Please enter a name.";
  // One sign may be made of many marks, but not of any number.
  if (characters > 80 || [...text].length > 640) return "Please choose a name of at most 80 characters.";
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cn}\u202a-\u202e\u2066-\u2069]/u.test(text)) return "This name has characters that cannot be shown. Please choose another.";
  return "";
}
