// Uploads files piece by piece, a few pieces at once, each tried again when it fails; then one commit names them all.
const form = document.querySelector("form.upload");
const picker = form.elements.files;
const list = form.querySelector(".upload-list");
const drop = form.querySelector(".drop");
const problem = form.querySelector("[data-problem]");
const status = form.querySelector("[data-status]");
const button = form.querySelector(".commit-form button");
const { incoming, rev } = form.dataset;
const AT_ONCE = 3;
const TRIES = 5;
const items = new Map();
const words = JSON.parse(form.dataset.words);

for (const one of form.querySelectorAll("[data-script]")) one.hidden = false;
for (const one of form.querySelectorAll("[data-plain]")) one.hidden = true;

const units = ["B", "kB", "MB", "GB", "TB"];
function size(bytes) {
  let at = 0;
  while (bytes >= 999.5 && at < units.length - 1) { bytes /= 1000; at += 1; }
  const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
  return `${at ? bytes.toLocaleString(document.documentElement.lang, digits) : bytes} ${units[at]}`;
}

async function ask(path, fields) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, rev, ...fields });
  const answer = await fetch(incoming + path, { method: "POST", body, headers: { Accept: "application/json" } });
  return read(answer);
}

async function read(answer) {
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const error = new Error(said.error ?? answer.headers.get("X-Error-Message") ?? words.answered.replace("%s", answer.status));
  error.final = answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
  throw error;
}

function add(file, path) {
  path = path.replace(/^\/+/, "");
  if (items.has(path)) items.get(path).remove();
  items.set(path, new Item(file, path));
  list.hidden = false;
}

class Item {
  constructor(file, path) {
    this.file = file;
    this.path = path;
    this.sent = new Map();
    this.requests = new Set();
    this.row = document.createElement("li");
    this.row.innerHTML = '<span class="name"></span><span class="state"></span><button type="button" class="bare"></button><progress max="1" value="0"></progress>';
    [this.name, this.state, this.button, this.bar] = this.row.children;
    this.name.textContent = path;
    this.bar.setAttribute("aria-label", path);
    this.button.addEventListener("click", () => this.press());
    list.append(this.row);
    this.say("waiting", size(file.size), words.remove);
  }

  say(phase, text, action) {
    this.phase = phase;
    this.row.className = phase;
    this.state.textContent = text;
    this.button.textContent = action;
    this.button.hidden = !action;
    this.button.setAttribute("aria-label", `${action}: ${this.path}`);
  }

  press() {
    if (this.phase === "sending") return this.stop();
    if (this.phase === "failed" || this.phase === "stopped") return start();
    return this.remove();
  }

  stop() {
    this.cancelled = true;
    for (const request of this.requests) request.abort();
    this.say("stopped", words.stopped, words.resume);
  }

  remove() {
    this.row.remove();
    items.delete(this.path);
    list.hidden = items.size === 0;
  }

  get key() { return `upload ${incoming} ${rev} ${this.folder}/${this.path} ${this.file.size} ${this.file.lastModified}`; }

  async send() {
    this.cancelled = false;
    this.folder = form.elements.folder.value.replace(/^\/+|\/+$/g, "");
    this.say("sending", "…", words.cancel);
    try {
      await this.begin();
      await this.pieces();
      if (this.cancelled) return;
      this.say("sending", words.checking, "");
      const { sha256 } = await again(() => ask(`/${encodeURIComponent(this.ticket)}/finish`, {}), () => this.cancelled);
      this.sha256 = sha256;
      this.bar.value = 1;
      this.say("done", size(this.file.size), words.remove);
      if (sha256) localStorage.removeItem(this.key);
    } catch (error) {
      if (this.cancelled) return;
      if (error.final) localStorage.removeItem(this.key);
      this.say("failed", error.message, words.again);
      throw error;
    }
  }

  async begin() {
    const kept = localStorage.getItem(this.key);
    this.sent.clear();
    if (kept) {
      try {
        const answer = await read(await fetch(`${incoming}/${encodeURIComponent(kept)}`, { headers: { Accept: "application/json" } }));
        this.ticket = kept;
        this.here = new Set(answer.here);
        this.parts = answer.parts;
        this.part = Number(form.dataset.part);
        for (const number of this.here) this.sent.set(number, this.piece(number).size);
        return;
      } catch (error) {
        if (!error.final) throw error;
      }
    }
    const path = this.folder ? `${this.folder}/${this.path}` : this.path;
    const answer = await ask("", { path, size: this.file.size });
    [this.ticket, this.parts, this.part, this.here] = [answer.ticket, answer.parts, answer.part, new Set()];
    localStorage.setItem(this.key, this.ticket);
  }

  piece(number) { return this.file.slice((number - 1) * this.part, number * this.part); }

  async pieces() {
    const left = Array.from({ length: this.parts }, (_, at) => at + 1).filter((number) => !this.here.has(number));
    const work = async () => {
      while (left.length && !this.cancelled) {
        const number = left.shift();
        await again(() => this.put(number), () => this.cancelled);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (this.cancelled) throw new Error(words.stopped);
  }

  put(number) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      request.open("PUT", `${incoming}/${encodeURIComponent(this.ticket)}/${number}`);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => { this.sent.set(number, event.loaded); this.show(); });
      request.addEventListener("loadend", () => {
        this.requests.delete(request);
        if (request.status >= 200 && request.status < 300) { this.sent.set(number, this.piece(number).size); this.show(); return done(); }
        this.sent.delete(number);
        const error = new Error(request.getResponseHeader("X-Error-Message") ?? (request.status ? words.answered.replace("%s", request.status) : words.broke));
        error.final = request.status >= 400 && request.status < 500 && request.status !== 429;
        return fail(error);
      });
      request.send(this.piece(number));
    });
  }

  show() {
    const sent = [...this.sent.values()].reduce((sum, one) => sum + one, 0);
    this.bar.value = this.file.size ? sent / this.file.size : 1;
    if (this.phase === "sending") this.state.textContent = words.progress.replace("%(sent)s", size(sent)).replace("%(whole)s", size(this.file.size));
  }
}

async function again(work, stopped) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (error.final || stopped() || tried === TRIES) throw error;
      await new Promise((wake) => { setTimeout(wake, 500 * 2 ** tried); });
    }
  }
}

let busy = false;
async function start() {
  if (busy) return;
  busy = true;
  problem.hidden = true;
  try {
    for (const item of [...items.values()]) {
      if (item.phase !== "done" && items.has(item.path)) await item.send();
    }
    if ([...items.values()].every((item) => item.phase === "done") && items.size) await commit();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    busy = false;
    button.disabled = false;
  }
}

async function commit() {
  status.textContent = words.committing;
  const files = JSON.stringify([...items.values()].map(({ ticket, sha256 }) => ({ ticket, sha256 })));
  const { summary, description, base } = form.elements;
  const way = form.elements.way?.value ?? "pull";
  const answer = await ask("/commit", { files, summary: summary.value, description: description.value, base: base.value, way });
  for (const item of items.values()) localStorage.removeItem(item.key);
  items.clear();
  location.assign(answer.location);
}

async function* inside(entry, path = "") {
  if (entry.isFile) yield [await new Promise((done, fail) => { entry.file(done, fail); }), path + entry.name];
  if (!entry.isDirectory) return;
  const reader = entry.createReader();
  for (;;) {
    const found = await new Promise((done, fail) => { reader.readEntries(done, fail); });
    if (!found.length) return;
    for (const one of found) yield* inside(one, `${path}${entry.name}/`);
  }
}

picker.addEventListener("change", () => {
  for (const file of picker.files) add(file, file.webkitRelativePath || file.name);
  picker.value = "";
  picker.webkitdirectory = false;
});
form.querySelector("[data-folder]").addEventListener("click", () => { picker.webkitdirectory = true; picker.click(); });
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  for (const entry of entries) {
    if (entry instanceof File) add(entry, entry.name);
    else for await (const [file, path] of inside(entry)) add(file, path);
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!items.size) {
    problem.textContent = words.none;
    problem.hidden = false;
    return;
  }
  button.disabled = true;
  start();
});
addEventListener("beforeunload", (event) => { if (busy && items.size) event.preventDefault(); });
