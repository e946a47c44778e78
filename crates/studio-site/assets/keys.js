// The player by keys, wherever nothing else wants them.

const TEXT = "input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]";

export function keys(player) {
  const acts = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowLeft: () => player.skip(-5),
    ArrowRight: () => player.skip(5),
    ArrowUp: () => player.louder(5),
    ArrowDown: () => player.louder(-5),
    j: () => player.skip(-10),
    l: () => player.skip(10),
    m: () => player.mute(),
    n: () => player.act("next"),
    p: () => player.act("previous"),
    "?": () => player.act("help"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target;
    if (target.closest?.(TEXT) || document.querySelector("dialog[open]")) return;
    const isArrow = event.key.startsWith("Arrow");
    // Space presses a button; arrows move a control that has values of its own.
    if (event.key === " " && target.closest?.("button, a, input, summary")) return;
    if (isArrow && target.closest?.("input")) return;
    const isSeek = target.closest?.("#seek");
    if (isSeek && (event.key === "Home" || event.key === "End")) {
      player.seek(event.key === "Home" ? 0 : player.length);
      event.preventDefault();
      return;
    }
    const act = acts[event.key];
    // Up and down scroll the page as long as nothing is there to be louder.
    if (!act || (isArrow && !player.isUsed)) return;
    event.preventDefault();
    if (isSeek && event.key === "ArrowUp") player.skip(5);
    else if (isSeek && event.key === "ArrowDown") player.skip(-5);
    else act();
  });
}
