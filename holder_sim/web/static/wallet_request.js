// A counter's request: read, shown to its holder, and answered only as they decide.

import { ask, fact, find, say, tell } from "./wallet_common.js";
import { Gate } from "./wallet_gate.js";
import { takeLinks } from "./wallet_link.js";

const form = find("[data-link-form]");
const linkProblem = find("[data-link-problem]");
const problemPlace = find("[data-problem]");
const consent = find("[data-consent]");
const working = find("[data-working]");
const rows = find("[data-rows]");
const buttons = [find("[data-allow]"), find("[data-refuse]")];
const done = find("[data-done]");
const link = takeLinks(linkProblem, () => start());
const personal = ["[data-who]", "[data-item]", "[data-case]", "[data-certificate]"].map((s) => find(s));
let opening = 0;
let asked = null;

const gate = new Gate({
  opened: () => {
    opening += 1;
    read(opening);
  },
  closed: () => {
    opening += 1;
    asked = null;
    consent.hidden = working.hidden = true;
    for (const element of [rows, ...personal]) element.replaceChildren();
    tell(problemPlace, null);
  },
});

function start() {
  tell(linkProblem, null);
  form.hidden = true;
  gate.begin();
}

function working_(sentence) {
  working.hidden = !sentence;
  working.textContent = sentence ? say(sentence) : "";
}

async function read(mine) {
  working_("asking");
  try {
    const answer = await ask("/api/requests", { method: "POST", json: { url: link.value.trim() } });
    if (mine !== opening) return;
    show(answer);
  } catch (problem) {
    if (mine === opening) giveBack(problem);
  } finally {
    if (mine === opening) working_(null);
  }
}

/** What went wrong is told beside the link, for it is the link that has to be another. */
function giveBack(problem) {
  if (problem.code === "locked") return gate.failed(problem, problemPlace);
  gate.conceal();
  gate.begun = false;
  form.hidden = false;
  tell(linkProblem, problem);
  link.focus();
}

function show(answer) {
  asked = answer;
  find("[data-who]").textContent = answer.who;
  find("[data-item]").textContent = answer.item || say("no_item");
  find("[data-case]").textContent = answer.case_number;
  find("[data-case-line]").hidden = !answer.case_number;
  find("[data-certificate]").textContent = answer.certificate;
  find("[data-will-send]").hidden = !answer.held;
  find("[data-cannot-send]").hidden = answer.held;
  rows.replaceChildren(...answer.rows.map((row) => fact(row.label, row.text)));
  if (answer.rows.length === 0) rows.replaceChildren(fact(say("no_claims"), ""));
  buttons[0].hidden = !answer.held;
  for (const button of buttons) button.disabled = false;
  consent.hidden = false;
  consent.focus();
}

async function decide(agreed) {
  const mine = opening;
  for (const button of buttons) button.disabled = true;
  working_("sending");
  try {
    const answer = await ask(`/api/requests/${asked.id}`, { method: "POST", json: { agreed } });
    finish(answer);
  } catch (problem) {
    if (mine === opening) giveBack(problem);
  } finally {
    working_(null);
  }
}

function finish(answer) {
  gate.conceal();
  gate.begun = false;
  find("[data-done-words]").textContent = say(answer.sent ? "sent" : "refused");
  const on = find("[data-go-on]");
  on.hidden = !answer.redirect_uri;
  if (answer.redirect_uri) on.href = answer.redirect_uri;
  done.hidden = false;
  done.focus();
}

buttons[0].addEventListener("click", () => decide(true));
buttons[1].addEventListener("click", () => decide(false));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
if (link.value) start();
