// What script adds to pages that work without it: copying, closing menus, theme without a reload.
const root = document.documentElement;
const words = JSON.parse(document.body.dataset.words);

function copyButton(button, text) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.classList.add("done");
    button.setAttribute("aria-label", words.copied);
    setTimeout(() => { button.classList.remove("done"); button.removeAttribute("aria-label"); }, 1600);
  });
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    copyButton(button, () => button.dataset.copy);
  }
  for (const block of document.querySelectorAll("pre.code")) {
    const frame = document.createElement("div");
    frame.className = "copied";
    block.replaceWith(frame);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    frame.append(block, button);
    copyButton(button, () => block.textContent);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

const theme = document.querySelector("form.theme");
if (theme) {
  theme.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? theme.querySelector("button");
    const data = new URLSearchParams(new FormData(theme, button));
    root.dataset.theme = button.value;
    if (button.value === "auto") delete root.dataset.theme;
    await fetch(theme.action, { method: "POST", body: data, redirect: "manual" });
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    theme.replaceChildren(...page.querySelector("form.theme").children);
    theme.querySelector("button").focus();
  });
}

// Passkeys: a form with `data-passkey` carries the hub's question, and is sent with the authenticator's answer.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function askPasskey(kind, options) {
  options.challenge = bytes(options.challenge);
  if (kind === "create") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = named(options.allowCredentials);
  return navigator.credentials.get({ publicKey: options });
}

function answerOf(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[role=status]");
      said.textContent = "";
      try {
        const credential = await askPasskey(form.dataset.passkey, JSON.parse(form.dataset.question));
        form.elements.answer.value = answerOf(credential);
        form.submit();
      } catch {
        said.textContent = words.unsent;
      }
    });
  }
}
