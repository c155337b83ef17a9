// Card pack, add licence: type 居住证, or how it is spelt, or what it is in English.

import { find, say } from "./wallet_common.js";

const query = find("#query");
const results = [...find("[data-results]").children];
const nothing = find("[data-nothing]");

function search() {
  const wanted = query.value.trim().toLowerCase();
  let found = 0;
  for (const result of results) {
    const fits = result.dataset.words.toLowerCase().includes(wanted);
    result.hidden = !fits;
    found += fits;
  }
  nothing.textContent = found ? "" : say("nothing_found");
}

query.addEventListener("input", search);
find("[data-search]").addEventListener("submit", (event) => {
  event.preventDefault();
  const [first, second] = results.filter((result) => !result.hidden);
  if (first && !second && query.value.trim()) find("a", first).click();
});
search();
