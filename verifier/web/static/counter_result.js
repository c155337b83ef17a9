// The result: one word for the clerk, all that was found under it, and gone after half a minute.

import { every, find, say, secondsUntil, told } from "./counter_common.js";

const result = find("[data-result]");
const under = find("[data-under]");
const shape = find("[data-shape]", result);
const symbols = shape.getAttribute("href").split("#")[0];

function text(selector, value) {
  const element = find(selector, result);
  element.textContent = value;
  return element;
}

function fact({ label, text: value }) {
  const row = document.createElement("div");
  const dt = document.createElement("dt");
  const dd = document.createElement("dd");
  dt.textContent = label;
  dd.textContent = value;
  row.append(dt, dd);
  return row;
}

function finding({ outcome, text: value }) {
  const line = document.createElement("li");
  line.className = `checks__line checks__line--${outcome}`;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${symbols}#${outcome}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say(outcome));
  svg.append(use);
  const words = document.createElement("span");
  words.textContent = value;
  line.append(svg, words);
  return line;
}

export class Result {
  /** `cleared` is called when the screen is empty again. */
  constructor({ cleared }) {
    this.cleared = cleared;
    this.stop = () => {};
    this.before = null;
    find("[data-clear]", result).addEventListener("click", () => this.clear());
    find("[data-print]", result).addEventListener("click", () => print());
    // Nothing of a person comes back with the button of the browser.
    addEventListener("pagehide", () => this.clear());
  }

  get shown() {
    return !result.hidden;
  }

  show(view) {
    this.stop();
    result.className = `result result--${view.kind}`;
    shape.setAttribute("href", `${symbols}#${view.kind}`);
    text("[data-word]", say(view.kind));
    text("[data-item-name]", view.item);
    text("[data-tell]", view.tell);
    text("[data-status]", view.status);
    text("[data-permit]", view.permit);
    text("[data-checked-at]", say("checked_at", { time: view.checked_at }));
    text("[data-not-recorded]", view.not_recorded).hidden = !view.not_recorded;
    find("[data-paper]", result).hidden = !view.on_paper;
    find("[data-claims]", result).replaceChildren(...view.claims.map(fact));
    find("[data-checks]", result).replaceChildren(...view.checks.map(finding));
    find("[data-claims-box]", result).hidden = !(view.claims.length || view.portrait || view.permit);
    this.portrait(view.portrait);
    for (const place of result.querySelectorAll("[data-place]")) {
      place.classList.toggle("places__here", place.dataset.place === view.kind);
    }
    this.before ??= document.activeElement;
    result.hidden = false;
    under.inert = true;
    result.focus({ preventScroll: true });
    result.scrollIntoView({ block: "nearest" });
    this.countDown();
  }

  portrait(address) {
    const picture = find("[data-portrait]", result);
    picture.hidden = !address;
    picture.alt = address ? say("portrait") : "";
    if (address) picture.src = address;
    else picture.removeAttribute("src");
  }

  countDown() {
    const ends = performance.now() + told.clear_after_s * 1000;
    const bar = find("[data-clear-bar]", result);
    bar.max = told.clear_after_s;
    this.stop = every(() => {
      const left = secondsUntil(ends);
      bar.value = left;
      text("[data-clears]", say("clears_in", { seconds: left }));
      if (left > 0) return true;
      this.clear();
      return false;
    });
  }

  clear() {
    this.stop();
    if (!this.shown) return;
    result.hidden = true;
    under.inert = false;
    for (const place of ["[data-word]", "[data-item-name]", "[data-tell]", "[data-status]",
      "[data-permit]", "[data-checked-at]", "[data-clears]", "[data-not-recorded]"]) {
      text(place, "");
    }
    find("[data-claims]", result).replaceChildren();
    find("[data-checks]", result).replaceChildren();
    this.portrait(null);
    this.before?.focus?.({ preventScroll: true });
    this.before = null;
    this.cleared();
  }
}
