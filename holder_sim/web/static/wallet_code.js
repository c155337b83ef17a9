// The code for a counter: a new one every half minute, gone when the lock closes.

import { ask, clockText, every, find, say, secondsUntil, tell } from "./wallet_common.js";
import { Gate } from "./wallet_gate.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET_ZONE = 4;
const RETRY_MS = 3000;
const figure = find("[data-code]");
const paper = find("[data-paper]");
const renews = find("[data-renews]");
const bar = find("[data-renew-bar]");
const clock = find("[data-clock]");
const chosen = find("[data-chosen]");
const problemPlace = find("[data-problem]");
const boxes = [...document.querySelectorAll("input[name=claim]")];
let stop = () => {};
let opening = 0;
let claims = [];
let screenLock = null;

const gate = new Gate({
  opened: () => {
    opening += 1;
    keepAwake();
    show(opening, false);
  },
  closed: () => {
    opening += 1;
    clear();
    tell(problemPlace, null);
    screenLock?.release().catch(() => {});
    screenLock = null;
  },
});

function clear() {
  stop();
  paper.replaceChildren();
  renews.textContent = clock.textContent = "";
  figure.hidden = true;
}

function nameChosen() {
  const checked = boxes.filter((box) => box.checked);
  claims = checked.map((box) => box.value);
  const names = checked.map((box) => box.parentElement.textContent.trim());
  chosen.textContent = names.join(document.documentElement.lang === "en" ? ", " : "、");
}

async function show(mine, again) {
  const wanted = claims;
  if (wanted.length === 0) {
    clear();
    problemPlace.hidden = false;
    problemPlace.textContent = say("choose_one");
    return;
  }
  try {
    const code = await ask("/api/codes", { method: "POST", json: { claims: wanted, renews: again } });
    if (mine !== opening) return;
    tell(problemPlace, null);
    draw(code);
    run(mine, code);
  } catch (problem) {
    if (mine !== opening) return;
    clear();
    gate.failed(problem, problemPlace);
    if (problem.code === "wallet_silent") {
      setTimeout(() => mine === opening && show(mine, true), RETRY_MS);
    }
  }
}

function run(mine, code) {
  stop();
  const ends = performance.now() + code.renew_after_s * 1000;
  bar.max = code.renew_after_s;
  stop = every(() => {
    const left = secondsUntil(ends);
    renews.textContent = say("renews_in", { seconds: left });
    bar.value = left;
    clock.textContent = clockText();
    if (left > 0) return true;
    show(mine, true);
    return false;
  });
}

/** Drawn as one path of squares: sharp at any size, dark on white in any theme. */
function draw(code) {
  const edge = code.rows.length + 2 * QUIET_ZONE;
  const squares = [];
  code.rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) {
      const wide = run[0].length;
      squares.push(`M${run.index + QUIET_ZONE} ${y + QUIET_ZONE}h${wide}v1h-${wide}z`);
    }
  });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${edge} ${edge}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("code_alt"));
  svg.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", edge);
  ground.setAttribute("height", edge);
  ground.setAttribute("fill", "#fff");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  path.setAttribute("fill", "#000");
  svg.append(ground, path);
  paper.replaceChildren(svg);
  figure.hidden = false;
}

async function keepAwake() {
  try {
    screenLock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    // Refused, for example to save the battery; the code is shown all the same.
  }
}

// Only when the choice is made: each code with other claims is a showing of its own.
find("[data-choose]").addEventListener("click", () => {
  nameChosen();
  find("details.choose").open = false;
  show(opening, false);
  find("[data-inside]").scrollIntoView({ block: "start" });
});
nameChosen();
clear();
gate.begin();
