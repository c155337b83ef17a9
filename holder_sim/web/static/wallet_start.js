// The card pack and the list of licences: whether anything is here, and nothing of what.

import { ask } from "./wallet_common.js";

let holds = true;
try {
  ({ holds } = await ask("/api/gate"));
} catch {
  // The service does not answer; each page says so when it is opened.
}
for (const element of document.querySelectorAll("[data-if-held]")) element.hidden = !holds;
for (const element of document.querySelectorAll("[data-if-empty]")) element.hidden = holds;
