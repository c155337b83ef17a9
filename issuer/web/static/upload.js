// Uploads with a bar, dropping of files, and sizes told before anything is sent. The server says
// what it takes; without scripts the plain form does the same.

function enhance(root) {
  for (const zone of root.querySelectorAll("[data-upload]")) {
    prepareZone(zone);
  }
  for (const form of root.querySelectorAll("form[data-upload-form]")) {
    form.addEventListener("submit", (event) => send(event, form));
  }
}

function line(zone, className, text) {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  zone.append(made);
  return made;
}

function prepareZone(zone) {
  const input = zone.querySelector("input[type=file]");
  line(zone, "field__hint no-print", zone.dataset.drop);
  const warning = line(zone, "field__error", "");
  warning.setAttribute("role", "alert");
  warning.hidden = true;

  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("upload--over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("upload--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("upload--over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    const limit = Number(zone.dataset.maxBytes);
    const large = [...input.files].filter((file) => file.size > limit);
    warning.hidden = large.length === 0;
    warning.textContent = large.map((file) => `${file.name}: ${zone.dataset.tooLarge}`).join(" ");
    if (input.files.length > 0 && large.length === 0) {
      sendAtOnce(input.form, zone);
    }
  });
}

// Where files are kept one by one, choosing one is enough; what else the form asks for comes first.
function sendAtOnce(form, zone) {
  const upload = zone.parentElement.querySelector("button[name=stay]");
  const fields = [...zone.parentElement.querySelectorAll("input")];
  if (upload && "uploadAtOnce" in form.dataset && fields.every((one) => one.checkValidity())) {
    form.requestSubmit(upload);
  }
}

// Without a file the upload button opens the choice; every other button goes its plain way.
function chooseFirst(event) {
  if (event.submitter && event.submitter.name === "stay") {
    event.preventDefault();
    event.submitter.closest("section").querySelector("input[type=file]").click();
  }
}

function send(event, form) {
  const files = [...form.querySelectorAll("input[type=file]")].some((i) => i.files.length > 0);
  if (!files && !("sending" in form.dataset)) {
    chooseFirst(event);
    return;
  }
  event.preventDefault();
  const refused = form.querySelector("[data-upload] .field__error:not([hidden])");
  if ("sending" in form.dataset || refused) {
    if (refused) {
      refused.scrollIntoView({ block: "center" });
    }
    return;
  }
  form.dataset.sending = "";
  const bar = document.createElement("progress");
  bar.className = "meter";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", form.querySelector("[data-upload]").dataset.sending);
  const button = event.submitter || form.querySelector("button[type=submit]");
  button.parentElement.before(bar);

  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (moved) => {
    if (moved.lengthComputable) {
      bar.value = moved.loaded / moved.total;
    }
  });
  request.addEventListener("load", () => showAnswer(request));
  request.addEventListener("error", () => {
    // The network failed: the plain way shows the browser's own message and keeps the files.
    bar.remove();
    delete form.dataset.sending;
    form.submit();
  });
  request.send(new FormData(form, event.submitter));
}

function showAnswer(request) {
  const answered = new URL(request.responseURL);
  if (!request.response || answered.pathname !== location.pathname) {
    location.assign(request.responseURL);
    return;
  }
  const fresh = request.response.querySelector("main");
  document.querySelector("main").replaceWith(fresh);
  enhance(fresh);
  const told = fresh.querySelector("[role=alert]:not([hidden]), [role=status]");
  if (told) {
    told.scrollIntoView({ block: "start" });
  }
  fresh.focus({ preventScroll: true });
}

enhance(document);
