// The card in its display view: alive while it may be looked at, and gone when the lock closes.

import { ask, clockText, every, fact, find, say, tell } from "./wallet_common.js";
import { Gate } from "./wallet_gate.js";

const place = find("[data-card-place]");
const problemPlace = find("[data-problem]");
const facts = find("[data-facts]");
const withCard = find("[data-with-card]");
const noCard = find("[data-no-card]");
const renewSaid = find("[data-renew-said]");
const renew = find("[data-renew]");
const endorse = find("[data-endorse]");
const personal = [
  place,
  facts,
  find("[data-copies]"),
  find("[data-known]"),
  find("[data-endorse-words]"),
];
let stopClock = () => {};
let tended = false;
// Counts openings, so that an answer that comes after the lock has closed shows nothing.
let opening = 0;

const gate = new Gate({
  opened: () => {
    opening += 1;
    load(opening);
  },
  closed: () => {
    opening += 1;
    stopClock();
    for (const element of personal) element.replaceChildren();
    withCard.hidden = noCard.hidden = endorse.hidden = true;
    renewSaid.textContent = "";
    tell(problemPlace, null);
  },
});

async function load(mine) {
  try {
    const { card } = await ask("/api/permit");
    if (mine !== opening) return;
    draw(card);
    if (card && !tended) {
      tended = true;
      await tend("/api/upkeep", mine);
    }
  } catch (problem) {
    if (mine === opening) gate.failed(problem, problemPlace);
  }
}

async function tend(path, mine) {
  const { renewed, trouble } = await ask(path, { method: "POST" });
  if (mine !== opening) return;
  const { card } = await ask("/api/permit");
  if (mine !== opening) return;
  draw(card);
  if (renewed) renewSaid.textContent = say("renewed");
  else if (trouble) renewSaid.textContent = say("not_renewed");
}

renew.addEventListener("click", async () => {
  const mine = opening;
  renew.disabled = true;
  renewSaid.textContent = say("renewing");
  try {
    await tend("/api/renewals", mine);
  } catch (problem) {
    renewSaid.textContent = "";
    if (mine === opening) gate.failed(problem, problemPlace);
  } finally {
    renew.disabled = false;
  }
});

function draw(card) {
  stopClock();
  noCard.hidden = Boolean(card);
  withCard.hidden = !card;
  place.replaceChildren();
  if (!card) return;
  const made = find("#card").content.cloneNode(true);
  find("[data-name]", made).textContent = card.name;
  find("[data-place]", made).textContent = card.place;
  find("[data-front]", made).replaceChildren(...card.front.map((row) => fact(row.label, row.text)));
  number(made, card);
  portrait(made, card);
  const band = find("[data-band]", made);
  band.textContent = card.band;
  band.classList.add(`band--${card.tone}`);
  find(".card", made).classList.toggle("card--dead", card.tone === "bad");
  const clock = find("[data-clock]", made);
  place.append(made);
  stopClock = every(() => {
    clock.textContent = clockText();
  });
  facts.replaceChildren(...card.rows.map((row) => fact(row.label, row.text)));
  find("[data-copies]").textContent = card.copies;
  find("[data-known]").textContent = card.known;
  endorse.hidden = !card.advice;
  find("[data-endorse-words]").textContent = card.advice;
  const portal = find("[data-portal]");
  portal.hidden = !card.portal;
  if (card.portal) portal.href = card.portal;
}

function number(made, card) {
  const digits = find("[data-number]", made);
  const eye = find("[data-unmask]", made);
  const show = (whole) => {
    digits.textContent = whole ? card.number : card.number_masked;
    eye.textContent = say(whole ? "mask" : "unmask");
    eye.setAttribute("aria-label", say(whole ? "mask_number" : "unmask_number"));
    eye.setAttribute("aria-pressed", String(whole));
  };
  eye.addEventListener("click", () => show(eye.getAttribute("aria-pressed") === "false"));
  eye.hidden = !card.number;
  show(false);
}

function portrait(made, card) {
  if (!card.has_portrait) return;
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = "/api/portrait";
  find("[data-portrait]", made).append(picture);
}

gate.begin();
