// Warns before a page is left on which something was typed and not saved. The server keeps what
// was saved; without scripts only the warning is missing.

const changed = new WeakSet();
let sending = false;

function snapshot(form) {
  return new URLSearchParams(
    [...new FormData(form)].filter(([, value]) => typeof value === "string"),
  ).toString();
}

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const before = snapshot(form);
  form.addEventListener("input", () => {
    if (snapshot(form) === before) {
      changed.delete(form);
    } else {
      changed.add(form);
    }
  });
}

// Any form that is sent takes the person on; signing out and changing the language ask first.
document.addEventListener("submit", (event) => {
  sending = event.target.matches("[data-unsaved]");
});

window.addEventListener("pageshow", () => {
  sending = false;
});

window.addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-unsaved]")];
  if (!sending && forms.some((form) => changed.has(form))) {
    event.preventDefault();
  }
});
