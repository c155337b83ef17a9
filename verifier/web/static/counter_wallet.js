// The second way: a request that a wallet scans, and how far it has come.

import { CounterProblem, ask, every, find, pause, say, secondsUntil, tell } from "./counter_common.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET_ZONE = 4;
const RETRY_MS = 1000;
const ORDER = ["requested", "opened", "answered", "verdict"];
const figure = find("[data-request]");
const paper = find("[data-request-paper]");
const ends = find("[data-request-ends]");
const said = find("[data-request-said]");
const link = find("[data-request-link]");

/** Drawn as one path of squares: sharp at any size, dark on white in any theme. */
function draw(rows) {
  const edge = rows.length + 2 * QUIET_ZONE;
  const squares = [];
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) {
      const wide = run[0].length;
      squares.push(`M${run.index + QUIET_ZONE} ${y + QUIET_ZONE}h${wide}v1h-${wide}z`);
    }
  });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${edge} ${edge}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("request_alt"));
  svg.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", edge);
  ground.setAttribute("height", edge);
  ground.setAttribute("fill", "#fff");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  path.setAttribute("fill", "#000");
  svg.append(ground, path);
  return svg;
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The states in a stream of server-sent events, one after another. */
async function* states(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value.replaceAll("\r", "");
    const events = buffer.split("\n\n");
    buffer = events.pop();
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(5)).join("\n"));
    }
  }
}

export class WalletRequest {
  /** `wanted` gives what is asked for, or `null`; `answered` gets the verdict. */
  constructor({ wanted, answered, problem }) {
    this.wanted = wanted;
    this.answered = answered;
    this.problem = problem;
    this.run = 0;
    this.stop = () => {};
    find("[data-request-new]").addEventListener("click", () => this.begin());
    addEventListener("pagehide", () => this.end());
  }

  end() {
    this.run += 1;
    this.aborting?.abort();
    this.stop();
    paper.replaceChildren();
    figure.hidden = true;
    link.hidden = true;
    link.removeAttribute("href");
    said.textContent = "";
    this.step("");
  }

  async begin() {
    this.end();
    const mine = this.run;
    const wanted = this.wanted();
    if (!wanted) return;
    this.aborting = new AbortController();
    said.textContent = say("request_making");
    try {
      const made = await ask("requests/", { json: wanted });
      if (mine !== this.run) return;
      this.show(made);
      await this.follow(mine, made);
    } catch (problem) {
      if (mine !== this.run || problem.name === "AbortError") return;
      this.end();
      tell(this.problem, problem);
    }
  }

  show(made) {
    tell(this.problem, null);
    paper.replaceChildren(draw(made.rows));
    figure.hidden = false;
    link.href = made.link;
    link.hidden = false;
    said.textContent = "";
    this.step("requested");
    this.over = performance.now() + made.left_s * 1000;
    this.stop = every(() => {
      const left = secondsUntil(this.over);
      ends.textContent = say("request_ends_in", { time: clock(left) });
      return left > 0;
    });
  }

  async follow(mine, made) {
    const headers = { Authorization: `Bearer ${made.transaction_id}` };
    while (mine === this.run) {
      try {
        const stream = await ask(`requests/${made.id}/progress`, {
          method: "GET", headers, open: true, signal: this.aborting.signal,
        });
        for await (const state of states(stream)) {
          if (mine !== this.run || this.reached(state)) return;
        }
      } catch (problem) {
        if (problem.name === "AbortError") return;
        if (problem instanceof CounterProblem && problem.code !== "verifier_silent") throw problem;
      }
      if (secondsUntil(this.over) === 0) {
        this.close("request_over");
        return;
      }
      await pause(RETRY_MS);
    }
  }

  /** Whether this was the last state. */
  reached({ state, verdict }) {
    if (state === "requested" || state === "opened") {
      this.step(state);
      return false;
    }
    if (state === "answered") {
      this.close("");
      this.step("verdict");
      this.answered(verdict);
    } else {
      this.close(state === "declined" ? "request_declined" : "request_over");
    }
    return true;
  }

  close(words) {
    this.end();
    said.textContent = words ? say(words) : "";
  }

  step(reached) {
    const at = ORDER.indexOf(reached);
    for (const line of document.querySelectorAll("[data-step]")) {
      const place = ORDER.indexOf(line.dataset.step);
      line.classList.toggle("steps__done", place <= at);
      if (place === at) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
  }
}
