// Keeps the numbers of a campaign or mass act up to date while it runs. The page's own link
// shows the same without this.

const BETWEEN_MS = 2000;
const PAUSE_AFTER_FAULT_MS = 10000;
const NUMBERS = new Intl.NumberFormat(document.documentElement.lang);
const box = document.querySelector("[data-progress]");

function show(numbers) {
  for (const place of box.querySelectorAll("[data-number]")) {
    place.textContent = NUMBERS.format(numbers[place.dataset.number]);
  }
  const bar = box.querySelector("[data-had-turn-bar]");
  bar.value = numbers.had_turn;
  bar.max = Math.max(numbers.total, 1);
}

async function look() {
  const answer = await fetch(box.dataset.progress, { headers: { accept: "application/json" } });
  // Signed out, or not there any more: the page itself says which.
  if (answer.redirected || answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function follow() {
  let pause = BETWEEN_MS;
  try {
    const numbers = await look();
    if (numbers === null || !numbers.runs) {
      location.reload();
      return;
    }
    show(numbers);
  } catch {
    pause = PAUSE_AFTER_FAULT_MS;
  }
  setTimeout(follow, pause);
}

if (box) setTimeout(follow, BETWEEN_MS);
