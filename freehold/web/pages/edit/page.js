// The editor: numbers beside the lines, Tab indents, and nobody leaves unsaved text by mistake.
const frame = document.querySelector("[data-editor]");
const area = frame?.querySelector("textarea");

if (area) {
  const lines = frame.querySelector(".editor-lines");
  let count = 0;
  const number = () => {
    const now = area.value.split("\n").length;
    if (now === count) return;
    count = now;
    lines.textContent = Array.from({ length: now }, (_, at) => at + 1).join("\n");
  };
  const follow = () => { lines.scrollTop = area.scrollTop; };
  let changed = false;
  let leaves = false;
  area.addEventListener("input", () => { changed = true; number(); follow(); });
  area.addEventListener("scroll", follow);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaves = true; return; }
    if (event.key === "Tab" && !leaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      indent(event.shiftKey);
    }
    leaves = false;
  });
  area.addEventListener("blur", () => { leaves = false; });
  area.form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  number();
  follow();
}

function indent(back) {
  const unit = /^\t/m.test(area.value) ? "\t" : /^ {2}\S/m.test(area.value) ? "  " : "    ";
  const { selectionStart: from, selectionEnd: to, value } = area;
  if (from === to && !back) return put(unit);
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const end = to > from && value[to - 1] === "\n" ? to - 1 : to;
  const block = value.slice(start, end);
  const moved = back ? block.replace(/^(\t| {1,4})/gm, (found) => (found === "\t" ? "" : found.slice(Math.min(found.length, unit.length === 1 ? 4 : unit.length)))) : block.replace(/^(?=.)/gm, unit);
  area.setSelectionRange(start, end);
  put(moved);
  area.setSelectionRange(start, start + moved.length);
}

function put(text) {
  // The old command is the one way that keeps the browser's own undo.
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
}
