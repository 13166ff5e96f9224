// Full screen, of the page or of what is on the stage.

import { setIcon } from "./dom.js";

/** Wires a button to fill the screen with `element`; hidden where the browser cannot. Answers the toggle. */
export function fullScreenButton(button, element) {
  button.hidden = !document.fullscreenEnabled;
  const toggle = async () => {
    try {
      if (document.fullscreenElement === element) await document.exitFullscreen();
      else await element.requestFullscreen({ navigationUI: "hide" });
    } catch {
      // The browser allows it only right after a press.
    }
  };
  button.onclick = toggle;
  document.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement === element;
    button.setAttribute("aria-pressed", String(isFull));
    setIcon(button.querySelector(".icon"), isFull ? "shrink" : "expand");
  });
  return toggle;
}
