// Asks the browser for a passkey, or to make one, and sends what it said with the form. The
// options come with the page; nothing is fetched, and nothing is decided here.

const form = document.querySelector("form[data-passkey]");
const button = form.querySelector("[data-passkey-begin]");
const problem = form.querySelector("[data-passkey-problem]");
const PIECE = 3000;

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const named = (list) => list.map((key) => ({ ...key, id: bytes(key.id) }));

async function made(options) {
  const { id, rawId, type, response } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials ?? []),
    },
  });
  return {
    id,
    rawId: text(rawId),
    type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
    },
  };
}

async function shown(options) {
  const { id, rawId, type, response } = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: named(options.allowCredentials ?? []),
    },
  });
  return {
    id,
    rawId: text(rawId),
    type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
    },
  };
}

// In pieces: a field of a form has a limit, and some devices have long names for their keys.
function put(answer) {
  for (const piece of JSON.stringify(answer).match(new RegExp(`.{1,${PIECE}}`, "gs"))) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "answer";
    field.value = piece;
    form.append(field);
  }
}

async function ask() {
  problem.hidden = true;
  button.disabled = true;
  try {
    const options = JSON.parse(form.dataset.options);
    put(await (form.dataset.passkey === "make" ? made(options) : shown(options)));
    form.submit();
  } catch (error) {
    // Also where the officer chose to stop: the browser does not say which.
    problem.hidden = false;
    button.disabled = false;
    problem.querySelector("code").textContent = error.name;
  }
}

// Passkeys belong to one address; under another one of the same machine they are not found.
const elsewhere = form.querySelector("[data-passkey-elsewhere]");
if (window.PublicKeyCredential && location.origin === form.dataset.origin) {
  button.hidden = false;
  button.addEventListener("click", ask);
} else {
  elsewhere.hidden = false;
}
