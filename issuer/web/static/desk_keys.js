// Keys for whoever works through lists all day. Everything is there without them.

const HELP = document.querySelector("[data-key-help]");
const ROWS = [...document.querySelectorAll("[data-row]")];
let at = -1;

const typing = (target) =>
  target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

function go(step) {
  if (ROWS.length === 0) return;
  at = Math.min(Math.max(at + step, 0), ROWS.length - 1);
  ROWS[at].querySelector("a")?.focus();
}

const KEYS = {
  "/": () => document.querySelector("[role=search] input:not([type=hidden])")?.focus(),
  j: () => go(1),
  k: () => go(-1),
  "?": () => HELP?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = KEYS[event.key];
  if (!act || HELP?.open) return;
  event.preventDefault();
  act();
});

// Where the pointer or the tabulator went, the keys go on from.
for (const [index, row] of ROWS.entries()) row.addEventListener("focusin", () => { at = index; });
