// The history of showings, newest first, under the day they were made on.

import { ask, find, tell } from "./wallet_common.js";
import { Gate } from "./wallet_gate.js";

const place = find("[data-showings]");
const nothing = find("[data-nothing]");
const problemPlace = find("[data-problem]");
let opening = 0;

const gate = new Gate({
  opened: () => {
    opening += 1;
    load(opening);
  },
  closed: () => {
    opening += 1;
    place.replaceChildren();
    nothing.hidden = true;
    tell(problemPlace, null);
  },
});

async function load(mine) {
  try {
    const { showings } = await ask("/api/showings");
    if (mine !== opening) return;
    nothing.hidden = showings.length > 0;
    place.replaceChildren(...days(showings));
  } catch (problem) {
    if (mine === opening) gate.failed(problem, problemPlace);
  }
}

function days(showings) {
  const byDay = new Map();
  for (const showing of showings) {
    byDay.set(showing.day, [...(byDay.get(showing.day) || []), showing]);
  }
  return [...byDay].map(([day, entries]) => {
    const section = element("section", "panel history");
    section.append(element("h2", "", day));
    const list = element("ol", "history__list");
    list.append(...entries.map(entry));
    section.append(list);
    return section;
  });
}

function entry(showing) {
  const item = element("li", `history__entry history__entry--${showing.outcome}`);
  const head = element("p", "history__head");
  head.append(element("time", "", showing.time), element("strong", "", showing.who));
  const what = [showing.item, showing.case_number].filter(Boolean).join(" · ");
  item.append(head, element("p", "history__outcome", showing.outcome_text));
  if (what) item.append(element("p", "", what));
  const claims = element("ul", "history__claims");
  claims.append(...showing.claims.map((claim) => element("li", "", claim)));
  item.append(claims);
  return item;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

gate.begin();
