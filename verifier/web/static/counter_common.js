// What all parts of the counter's page need: its words, the verifier's interface, problems.

const words = JSON.parse(document.getElementById("words").textContent);

/** What the page was told: services, and after how long a result clears. */
export const told = JSON.parse(document.getElementById("told").textContent);

/** A sentence in the language of the page, filled in. */
export function say(name, values = {}) {
  return words.say[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** What the verifier refused; `code` is stable. */
export class CounterProblem extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Ask the verifier; `open` gives the answer itself instead of its JSON. Throws `CounterProblem`. */
export async function ask(path, { json, body, headers = {}, method = "POST", open, signal } = {}) {
  const sent = { ...headers };
  if (json !== undefined) sent["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`/counter/api/${path}`, {
      method,
      headers: sent,
      body: json === undefined ? body : JSON.stringify(json),
      cache: "no-store",
      signal,
    });
    if (open && response.ok) return response;
    const answer = await response.json();
    if (response.ok) return answer;
    throw new CounterProblem(response.status === 413 ? "too_large" : answer.error);
  } catch (problem) {
    if (problem instanceof CounterProblem || problem.name === "AbortError") throw problem;
    throw new CounterProblem(response && !response.ok ? "internal_error" : "verifier_silent");
  }
}

/** The first element that matches, inside `root`. */
export function find(selector, root = document) {
  return root.querySelector(selector);
}

/** Tell a problem at a place, or (`null`) that there is none. */
export function tell(place, problem) {
  place.hidden = !problem;
  place.replaceChildren();
  if (!problem) return;
  const known = words.errors[problem.code] || words.errors.internal_error;
  const what = document.createElement("strong");
  what.textContent = known.what;
  place.append(what, " ", known.remedy);
  if (!(problem instanceof CounterProblem)) throw problem;
}

/** Call `tick` about four times a second until it says `false`. Gives what stops it. */
export function every(tick) {
  const timer = setInterval(() => {
    if (tick() === false) clearInterval(timer);
  }, 250);
  tick();
  return () => clearInterval(timer);
}

/** Seconds from now until an instant of `performance.now()`, never below 0. */
export function secondsUntil(instant) {
  return Math.max(0, Math.ceil((instant - performance.now()) / 1000));
}

/** After so many milliseconds. */
export function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/** Whether keystrokes belong to this element. */
export function takesText(element) {
  return Boolean(element?.matches?.("input:not([type=radio],[type=checkbox],[type=file]), textarea"));
}

/** What this browser remembers of its own: choices, never anything of a person. */
export const remembered = {
  get: (name) => {
    try {
      return localStorage.getItem(`counter-${name}`);
    } catch {
      return null; // storage is switched off; the choice lasts as long as the page
    }
  },
  set: (name, value) => {
    try {
      localStorage.setItem(`counter-${name}`, value);
    } catch {
      // as above
    }
  },
};
