// The screen that is always ready: whatever comes in becomes a verdict, and makes room again.

import { CounterProblem, ask, find, remembered, say, takesText, tell, told } from "./counter_common.js";
import { Camera } from "./counter_camera.js";
import { Result } from "./counter_result.js";
import { Sounds } from "./counter_sounds.js";
import { WalletRequest } from "./counter_wallet.js";
import { Wedge } from "./counter_wedge.js";

const problemPlace = find("[data-problem]");
const caseForm = find("[data-case]");
const caseNumber = find("#case-number");
const purpose = find("#purpose");
const pasted = find("#pasted");
const picture = find("#picture");
const wedgeTold = find("[data-wedge-told]");
const radios = [...document.querySelectorAll("input[name=item]")];
const tabs = [...document.querySelectorAll("[role=tab]")];
const ready = find("[data-ready]");
let turn = 0;
let waitingWallet = false;

const sounds = new Sounds();
const result = new Result({ cleared: () => makeRoom() });
const camera = new Camera({ took: (text) => check({ text }) });
const wallet = new WalletRequest({
  wanted: () => asked(),
  answered: (view) => show(view),
  problem: problemPlace,
});
new Wedge({
  took: (text) => {
    wedgeTold.textContent = say("wedge_took", { count: text.length });
    check({ text });
  },
  lone: (key) => chooseByKey(key),
});

function item() {
  const id = radios.find((radio) => radio.checked).value;
  return told.items.find((known) => known.id === id);
}

/** What goes with every check; `null`, and told, where something is missing. */
function asked() {
  const chosen = item();
  if (!chosen.may_ask) return refuse("permit_not_needed", null);
  if (!chosen.asks_case) return { item: chosen.id };
  const given = { case_number: caseNumber.value.trim(), purpose: purpose.value.trim() };
  if (!given.case_number) return refuse("bad_case", caseNumber);
  if (!given.purpose) return refuse("bad_case", purpose);
  return { item: chosen.id, ...given };
}

function refuse(code, field) {
  result.clear();
  tell(problemPlace, new CounterProblem(code));
  sounds.play("cannot_say");
  field?.focus();
  return null;
}

async function check({ text, file }) {
  const mine = ++turn;
  const wanted = asked();
  if (!wanted) {
    camera.checked("");
    return;
  }
  tell(problemPlace, null);
  busy(true);
  try {
    const view = file ? await sendFile(wanted, file) : await ask("checks", { json: { ...wanted, text } });
    if (mine === turn) show(view);
  } catch (problem) {
    if (mine !== turn) return;
    result.clear();
    camera.checked("");
    sounds.play("cannot_say");
    tell(problemPlace, problem);
  } finally {
    if (mine === turn) busy(false);
  }
}

function sendFile(wanted, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(wanted)) form.append(name, value);
  form.append("file", file);
  return ask("pictures", { body: form });
}

function busy(on) {
  ready.classList.toggle("ready--busy", on);
  ready.lastChild.textContent = say(on ? "checking" : "ready");
}

function show(view) {
  tell(problemPlace, null);
  camera.checked(view.kind);
  result.show(view);
  sounds.play(view.kind);
  pasted.value = picture.value = "";
}

/** For the next person: nothing of the last one stays, not even what was typed for them. */
function makeRoom() {
  caseNumber.value = purpose.value = pasted.value = picture.value = wedgeTold.textContent = "";
  if (waitingWallet && !item().asks_case) wallet.begin();
}

function chooseByKey(key) {
  const radio = /^[1-9]$/.test(key) ? radios[Number(key) - 1] : null;
  if (!radio) return;
  radio.checked = true;
  itemChosen();
}

function itemChosen() {
  const chosen = item();
  remembered.set("item", chosen.id);
  result.clear();
  wallet.end();
  tell(problemPlace, null);
  caseForm.hidden = !chosen.asks_case;
  find("[data-refrain]").hidden = chosen.may_ask;
  for (const basis of document.querySelectorAll("[data-basis]")) {
    basis.hidden = basis.dataset.basis !== chosen.id;
  }
  for (const panel of document.querySelectorAll("[data-panel]")) {
    panel.classList.toggle("panel--off", !chosen.may_ask);
  }
  if (waitingWallet && chosen.may_ask && !chosen.asks_case) wallet.begin();
}

function chooseTab(chosen, focus) {
  for (const tab of tabs) {
    const here = tab === chosen;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !here;
  }
  if (focus) chosen.focus();
  waitingWallet = chosen.id === "tab-wallet";
  if (!waitingWallet) wallet.end();
  else if (item().may_ask && !item().asks_case) wallet.begin();
}

tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => chooseTab(tab, false));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) chooseTab(tabs[(index + step + tabs.length) % tabs.length], true);
  });
});
for (const radio of radios) radio.addEventListener("change", itemChosen);
caseForm.addEventListener("submit", (event) => event.preventDefault());
find("[data-paste]").addEventListener("submit", (event) => {
  event.preventDefault();
  if (pasted.value.trim()) check({ text: pasted.value });
});
picture.addEventListener("change", () => picture.files[0] && check({ file: picture.files[0] }));

addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  const text = event.clipboardData.getData("text/plain");
  // A code belongs into no field; anything else goes where the cursor is.
  if (takesText(document.activeElement) && !/^\s*zjp?\d+:/i.test(text)) return;
  event.preventDefault();
  if (file) check({ file });
  else if (text.trim()) check({ text });
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) check({ file });
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  tell(problemPlace, null);
  if (result.shown) result.clear();
  else if (takesText(document.activeElement)) document.activeElement.blur();
});

const last = radios.find((radio) => radio.value === remembered.get("item"));
if (last) last.checked = true;
itemChosen();
camera.begin();
