// Making elements. Whatever comes from a person or the network goes in as text; nothing here takes markup.

/** `make("button", {class, text, …attributes, onclick}, ...children)`. A false or null attribute is left out. */
export function make(tag, { text, onclick, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  if (text != null) element.textContent = text;
  if (onclick) element.addEventListener("click", onclick);
  element.append(...children);
  return element;
}

const svg = "http://www.w3.org/2000/svg";

/** A symbol of `icons.svg`, beside words and therefore hidden from screen readers. */
export function icon(name) {
  const element = document.createElementNS(svg, "svg");
  element.setAttribute("class", "icon");
  element.setAttribute("aria-hidden", "true");
  element.append(document.createElementNS(svg, "use"));
  setIcon(element, name);
  return element;
}

export function setIcon(element, name) {
  element.firstElementChild.setAttribute("href", "/assets/icons.svg#" + name);
}

/** Sets text only where it differs, so that a live region is not read out again for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The letters in a person's circle: the first of the first and of the last word. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

/** One of the eight tints of circles, the same for the same name. */
export function tint(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 8;
  return "tint-" + sum;
}

/** Says something once to people who do not see the page. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
