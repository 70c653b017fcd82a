// Follows the links of a listing without leaving the page: only what was found and the facets are exchanged.
const place = () => document.querySelector("[data-listing]");
let asked = 0;

async function show(address, keep) {
  const mine = ++asked;
  place().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-listing]");
    if (mine !== asked) return;
    if (!answer.ok || !found) throw new Error("no listing");
    const open = new Set([...place().querySelectorAll("details[open]")].map(title));
    for (const one of found.querySelectorAll("details")) one.open = open.has(title(one));
    document.querySelector("form.filters").replaceWith(page.querySelector("form.filters"));
    place().replaceWith(found);
    if (keep) history.pushState(null, "", address);
  } catch {
    if (mine === asked) location.assign(address);
  }
}

const title = (details) => details.parentElement.querySelector("h2").textContent;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-listing] .facet a, [data-listing] .listing-told a, [data-listing] .pager a");
  const plain = !event.defaultPrevented && !event.button && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  const words = link.querySelector("span")?.textContent;
  const pages = Boolean(link.closest(".pager"));
  show(link.href, true).then(() => {
    if (pages) return place().scrollIntoView();
    // The keyboard goes on where it was.
    const same = [...place().querySelectorAll(".facet a")].find((one) => one.querySelector("span").textContent === words);
    same?.focus({ preventScroll: true });
  });
});

document.addEventListener("change", (event) => {
  if (event.target.id === "sort") event.target.form.requestSubmit();
});

addEventListener("popstate", () => show(location.href, false));
