// Single letters as switches, for whoever has a keyboard. The page lists them under «Devices».

/** `actions`: what each lowercase letter does. `isActive()` says whether keys mean the room just now. */
export function listenForKeys(actions, isActive) {
  document.addEventListener("keydown", (event) => {
    // A letter typed into a field, or a browser's own shortcut, is not for us.
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !isActive()) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    actions[event.key.toLowerCase()]?.();
  });
}
