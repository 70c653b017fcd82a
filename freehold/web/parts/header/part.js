// Suggestions under the search box: `/` goes there, arrows choose, Enter opens, Escape closes.
const form = document.querySelector(".site-search");
const box = form.querySelector("input");
const list = form.querySelector(".suggestions");
const said = form.querySelector("[role=status]");
const told = JSON.parse(form.dataset.words);
const GROUPS = [
  ["models", told.models, (one) => [one.url, one.id]],
  ["datasets", told.datasets, (one) => [one.url, one.id]],
  ["spaces", told.spaces, (one) => [one.url, one.id]],
  ["kernels", told.kernels, (one) => [one.url, one.id]],
  ["orgs", told.orgs, (one) => [one.url, one.name, one.fullname, one.avatarUrl]],
  ["users", told.users, (one) => [one.url, one.user, one.fullname, one.avatarUrl]],
  ["collections", told.collections, (one) => [one.url, one.title, one.owner]],
];
let asked = null;
let waiting = 0;
let chosen = -1;

form.querySelector("kbd").hidden = false;
list.id = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", told.list);
for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
  box.setAttribute(name, value);
}

const options = () => [...list.querySelectorAll("[role=option]")];

function made(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function choose(place) {
  const all = options();
  chosen = all.length ? (place + all.length + 1) % (all.length + 1) : -1;
  if (chosen === all.length) chosen = -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  if (chosen < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", all[chosen].id);
  all[chosen].scrollIntoView({ block: "nearest" });
}

function close() {
  clearTimeout(waiting);
  asked?.abort();
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  choose(-1);
}

function option([href, name, more, picture], at) {
  // A link's address is taken from the answer, its host from here: a proxy may know the hub by another name.
  const there = new URL(href);
  const link = made("a", { href: there.pathname, role: "option", id: `suggestion-${at}`, tabindex: "-1", "aria-selected": "false" });
  if (picture) link.append(made("img", { src: new URL(picture).pathname, alt: "", width: "20", height: "20" }));
  link.append(made("span", { class: "suggestion-name" }, name));
  if (more && more !== name) link.append(made("span", { class: "quiet" }, more));
  return link;
}

function show(found, words) {
  const groups = [];
  let count = 0;
  for (const [key, title, parts] of GROUPS) {
    const lines = found[key] ?? [];
    if (!lines.length) continue;
    const label = `suggestions-${key}`;
    const links = lines.map((one) => option(parts(one), count++));
    groups.push(made("div", { role: "group", "aria-labelledby": label }, made("p", { id: label }, title), ...links));
  }
  const everything = `${new URL(form.action).pathname}?${new URLSearchParams({ q: words })}`;
  const all = made("a", { href: everything, role: "option", id: `suggestion-${count}`, tabindex: "-1", "aria-selected": "false", class: "suggestion-all" });
  all.append((count ? told.all : told.search).replace("%s", () => words));
  list.replaceChildren(...groups, all);
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  said.textContent = count === 1 ? told.one : told.many.replace("%s", count);
  choose(-1);
}

async function ask() {
  const words = box.value.trim();
  asked?.abort();
  if (!words) return close();
  asked = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: words, limit: 4 })}`, { signal: asked.signal });
    if (answer.ok && box.value.trim() === words && document.activeElement === box) show(await answer.json(), words);
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 120);
});
box.addEventListener("focus", () => { if (box.value.trim() && list.hidden && box.value !== box.defaultValue) ask(); });
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) ask();
    else choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    options()[chosen].click();
  }
});
list.addEventListener("mousedown", (event) => event.preventDefault());
form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
