// Single letters as switches, for whoever has a keyboard. The page lists them under «Devices», where they can be switched off:
// whoever speaks to his computer, or rests a hand on the keys, must not leave the microphone to chance.

const storageKey = "ringlink.keys";

/** `actions`: what each lowercase letter does. `isActive()` says whether keys mean the room just now. `box` is the checkbox of their switch. */
export function listenForKeys(actions, isActive, box) {
  const named = [...document.querySelectorAll("[aria-keyshortcuts]")].map((element) => ({ element, letter: element.getAttribute("aria-keyshortcuts"), title: element.title }));
  const show = () => {
    for (const { element, letter, title } of named) {
      element.title = box.checked ? title : title.replace(/ \(\w\)$/, "");
      if (box.checked) element.setAttribute("aria-keyshortcuts", letter);
      else element.removeAttribute("aria-keyshortcuts");
    }
  };
  box.checked = areOn();
  box.onchange = () => {
    remember(box.checked);
    show();
  };
  show();
  document.addEventListener("keydown", (event) => {
    // A letter typed into a field, or a browser's own shortcut, is not for us.
    if (!box.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !isActive()) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    actions[event.key.toLowerCase()]?.();
  });
}

function areOn() {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    return true;
  }
}

function remember(isOn) {
  try {
    localStorage.setItem(storageKey, isOn ? "on" : "off");
  } catch {
    // Storage is blocked: the choice holds as long as the page.
  }
}
