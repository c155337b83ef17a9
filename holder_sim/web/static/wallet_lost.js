// Clearing the device: after a confirmation, and for good.

import { ask, find, say, tell } from "./wallet_common.js";

const form = find("[data-removal]");
const problemPlace = find("[data-problem]");
const removed = find("[data-removed]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell(problemPlace, null);
  try {
    await ask("/api/removals", { method: "POST", json: { confirmed: form.confirmed.checked } });
    form.hidden = true;
    removed.hidden = false;
    removed.textContent = say("removed");
  } catch (problem) {
    tell(problemPlace, problem);
  }
});
