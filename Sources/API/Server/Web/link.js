// What the address of the page asks for. The server judges numbers and trunks; the page only judges the room,
// because without a room there is nothing to join.

/** What only a link that was signed has. The server alone judges it, so its query goes there as it is. */
const ofSignature = ["lid", "role", "nbf", "exp", "kid", "sig"];

const slug = /^[A-Za-z0-9\-._~]{1,64}$/;

/**
 * Reads `room.html`'s parameters (form-url-encoded, the first of a repeated one counts, unknown ones are ignored).
 *
 * `dial` is kept exactly as it was decoded: a bare `+` has become a leading space, and what that means is the server's to say.
 * `room` is null when it is missing and undefined when it is malformed.
 */
export function readLink(search) {
  const parameters = new URLSearchParams(search);
  const room = parameters.get("room");
  return {
    room: room === null ? null : slug.test(room) ? room : undefined,
    writtenRoom: room,
    name: parameters.get("name"),
    dial: parameters.get("dial") || null,
    trunk: parameters.get("trunk") || null,
    signed: ofSignature.some((name) => parameters.has(name)) ? search : null,
    cameraOff: parameters.get("cam")?.toLowerCase() === "off" || parameters.get("nocam") === "1",
  };
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
  const digits = dial.replace(/[\s()./-]/g, "");
  return /^\s/.test(dial) && /^\d{7,15}$/.test(digits) ? "+" + digits : dial.trim();
}

/** `bytes` random bytes in lowercase hex. */
export function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
