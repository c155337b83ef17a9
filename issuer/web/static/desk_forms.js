// A form that acts is sent once: its buttons rest as soon as it is on its way. The service
// refuses a second one anyway; this only spares the officer the message.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    // Later, or the button's own value would not be sent with the form.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}

// Coming back with the browser's button shows the page as it was left.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button")) button.disabled = false;
});
