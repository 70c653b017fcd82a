// On a file's page: y goes to the permalink, and a shift-click on a line's number names the lines in between.
const permalink = document.querySelector("a[data-permalink]");
const LINES = /^#L(\d+)(?:-L(\d+))?$/;

function mark() {
  for (const line of document.querySelectorAll(".line.marked")) line.classList.remove("marked");
  const found = LINES.exec(location.hash);
  if (!found || !found[2]) return;
  const [first, last] = [Number(found[1]), Number(found[2])].sort((a, b) => a - b);
  for (let number = first; number <= Math.min(last, first + 20000); number += 1) {
    document.getElementById(`L${number}`)?.classList.add("marked");
  }
  document.getElementById(`L${first}`)?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".line > a");
  const before = LINES.exec(location.hash);
  if (!link || !event.shiftKey || !before) return;
  event.preventDefault();
  const [first, last] = [Number(before[1]), Number(link.hash.slice(2))].sort((a, b) => a - b);
  history.replaceState(null, "", `#L${first}-L${last}`);
  mark();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "y" || typing || event.ctrlKey || event.metaKey || event.altKey || !permalink) return;
  history.replaceState(null, "", permalink.href + location.hash);
});

addEventListener("hashchange", mark);
mark();
