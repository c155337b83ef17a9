// Adding a permit: the identity check, the offer, its transaction code, and how far it is.

import { ask, find, say, tell } from "./wallet_common.js";
import { Gate } from "./wallet_gate.js";
import { takeLinks } from "./wallet_link.js";

const form = find("[data-offer]");
const working = find("[data-working]");
const progress = find("[data-progress]");
const problemPlace = find("[data-problem]");
const done = find("[data-done]");
const code = find("#tx-code");
const link = takeLinks(problemPlace, () => code.focus());

function show(step) {
  form.hidden = step !== "form";
  working.hidden = step !== "working";
}

const gate = new Gate({
  opened: () => show(working.hidden ? "form" : "working"),
  closed: () => {},
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell(problemPlace, null);
  show("working");
  progress.textContent = say("offer_reading");
  const later = setTimeout(() => (progress.textContent = say("offer_fetching")), 900);
  try {
    await ask("/offers", {
      method: "POST",
      json: { uri: link.value.trim(), tx_code: code.value.trim() || null },
    });
    form.reset();
    gate.conceal();
    gate.begun = false;
    find("[data-done-words]").textContent = say("offer_kept");
    done.hidden = false;
    done.focus();
  } catch (problem) {
    show("form");
    gate.failed(problem, problemPlace);
  } finally {
    clearTimeout(later);
  }
});

show("form");
gate.begin();
