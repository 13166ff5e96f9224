// What the address of the page asks for.
//
// The server reads such a query too (`RoomLink.read`), and `docs/link-cases.json` holds both readers to one law. Whatever is
// not plainly meant is refused in words, with nothing joined: no camera and no number may come out of a guess. Whether a number
// may be called, and whether a signature holds, is for the server alone to say.

import { nameFault, tidyName } from "./wording.js";

/** What only a link that was signed has. Its query goes to the server as it is. */
const ofSignature = ["lid", "role", "nbf", "exp", "kid", "sig"];
const known = ["room", "name", "dial", "trunk", "cam", "nocam", ...ofSignature];

/** What these parameters can be. Only a room may not be empty: people who follow one link must meet. */
const rules = {
  room: /^[A-Za-z0-9\-._~]{1,64}$/,
  trunk: /^(tr_[0-9a-f]{12})?$/,
  cam: /^(on|[Oo][Ff][Ff])?$/,
  nocam: /^[01]?$/,
};

/** What stands for a number that the link hides. */
const hiddenLabel = "Phone";

/** In characters of the encoded query, each of which is a byte. */
const queryLimit = 8 * 1024;
const valueLimit = 2 * 1024;

/**
 * Reads `room.html`'s parameters, which are form-url-encoded; others are ignored.
 *
 * A link that cannot be used is `{ refused: { fault, parameter } }`: `too_long` (`parameter` null: the whole link), `duplicated`, `damaged` or `malformed`.
 * Otherwise `room` is null if the page is to make one, and `name` if it is to ask, `nameFault` being the reason if the link has a name that will not do.
 * `dial` is kept exactly as it was decoded: a bare `+` has become a leading space, and what that means is the server's to say.
 * `signed` is the query if it claims a signature.
 */
export function readLink(search) {
  const refuse = (fault, parameter) => ({ refused: { fault, parameter } });
  const query = search.replace(/^\?/, "");
  if (query.length > queryLimit) return refuse("too_long", null);
  const values = new Map();
  for (const pair of query.split("&")) {
    const [, encodedName, value] = /^([^=]*)=?(.*)$/s.exec(pair);
    const name = decode(encodedName);
    if (!known.includes(name)) continue;
    if (values.has(name)) return refuse("duplicated", name);
    if (value.length > valueLimit) return refuse("too_long", name);
    const text = decode(value);
    if (text === null) return refuse("damaged", name);
    values.set(name, text);
  }
  for (const [name, rule] of Object.entries(rules)) {
    if (values.has(name) && !rule.test(values.get(name))) return refuse("malformed", name);
  }
  const name = tidyName(values.get("name") ?? "");
  const fault = name && nameFault(name);
  return {
    room: values.get("room") ?? null,
    name: fault ? null : name || null,
    nameFault: fault,
    dial: values.get("dial") || null,
    trunk: values.get("trunk") || null,
    camera: values.get("cam")?.toLowerCase() !== "off" && values.get("nocam") !== "1",
    signed: ofSignature.some((one) => values.has(one)) ? search : null,
  };
}

/**
 * What the server says of a link that hides its number (`/l/<slug>`), in the form of `readLink`; null on any other page.
 * `slug` stands for the number, which no page knows.
 */
export function hiddenLink(text) {
  if (text === undefined) return null;
  const { slug, room, name = null, camera } = JSON.parse(text);
  return { slug, room, name, nameFault: null, dial: null, trunk: null, camera, signed: null };
}

/** The text of one name or value, or null if an escape is broken or its bytes are not UTF-8. */
function decode(encoded) {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return null;
  }
}

/** A private room: 96 random bits, so that the address is the key to it. */
export function randomRoom() {
  return "r-" + randomHex(12);
}

/** Writes the room into the address bar without a navigation, so that a reload and a copied address meet in the same room. */
export function showRoomInAddress(room) {
  const address = new URL(location.href);
  address.searchParams.set("room", room);
  // URLSearchParams writes a leading plus as %2B and a space as +, which is what a link means by them.
  history.replaceState(history.state, "", address);
}

/** The address to hand to others: the meeting alone. It carries neither this person's name nor the number to ring. */
export function inviteAddress(room) {
  const address = new URL("/room.html", location.href);
  address.searchParams.set("room", room);
  return address.href;
}

/** A dial as a person reads it before the server has named the call: a bare plus is shown as the plus that it was. */
export function readableDial(dial) {
  if (!dial) return hiddenLabel;
  const digits = dial.replace(/[ ()./-]/g, "");
  return dial.startsWith(" ") && /^\d{7,15}$/.test(digits) ? "+" + digits : dial.trim();
}

/** `bytes` random bytes in lowercase hex. */
export function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
