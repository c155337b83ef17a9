// What all pages of the wallet need: their words, the wallet's interface, problems, time.

const words = JSON.parse(document.getElementById("words").textContent);

/** A sentence in the language of the page, filled in. */
export function say(name, values = {}) {
  return words.say[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** What the wallet's service refused; `code` is stable. */
export class WalletProblem extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Ask the wallet's service. Throws `WalletProblem`. */
export async function ask(path, { method = "GET", json, body, type } = {}) {
  const headers = {};
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (type) headers["Content-Type"] = type;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json === undefined ? body : JSON.stringify(json),
      cache: "no-store",
    });
  } catch {
    throw new WalletProblem("wallet_silent");
  }
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    throw new WalletProblem("internal_error");
  }
  if (!response.ok) {
    throw new WalletProblem(response.status === 413 ? "too_large" : answer.error || "internal_error");
  }
  return answer;
}

/** The first element that matches, inside `root`. */
export function find(selector, root = document) {
  return root.querySelector(selector);
}

/** Tell a problem where it happened, or (`null`) that there is none. */
export function tell(place, problem) {
  place.hidden = !problem;
  place.replaceChildren();
  if (!problem) return;
  const known = words.errors[problem.code] || words.errors.internal_error;
  const what = document.createElement("strong");
  what.textContent = known.what;
  place.append(what, " ", known.remedy);
  if (!(problem instanceof WalletProblem)) throw problem;
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

let ahead = 0;

/** Take the wallet's clock for ours: a demonstration moves it. */
export function setClock(now) {
  ahead = Date.parse(now) - Date.now();
}

const clockFormat = new Intl.DateTimeFormat(words.language === "en" ? "en-GB" : words.language, {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** The time now, with seconds, as it stands on the card. */
export function clockText() {
  return clockFormat.format(new Date(Date.now() + ahead));
}

/** A row of a list of facts. */
export function fact(label, text) {
  const row = document.createElement("div");
  const dt = document.createElement("dt");
  const dd = document.createElement("dd");
  dt.textContent = label;
  dd.textContent = text;
  row.append(dt, dd);
  return row;
}
