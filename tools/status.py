"""Sums docs/hub-api.md up as the table of the README; with `--check` it only compares."""

import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "hub-api.md"
README = ROOT / "README.md"
PLACE = re.compile(r"(<!-- status -->\n).*?(<!-- /status -->)", re.DOTALL)
ROUTE = re.compile(r"^\| `([A-Z\\|]+) (\S+)` \|")

AREAS = {
    "downloading files": r"/(resolve|raw)/",
    "committing, and large files": r"/(preupload|commit|lfs-files)\b|validate-yaml",
    "trees, history, branches, tags": r"/(tree|paths-info|refs|commits|compare|branch|tag|super-squash)\b",
    "creating, moving, copying, settings": r"/api/repos/|/duplicate$|/settings(/repositories)?$|/auth-check",
    "information and lists": r"^/api/\{type\}s(/\{\w+\}(/revision/\{rev\})?)?$|safetensors-metadata|tags-by-type",
    "who am I": r"whoami|agent-harnesses|telemetry",
    "discussions and pull requests": r"/discussions|^/uploads",
    "likes, collections, profiles, access": r"/like|/collections|/(users|organizations)/|access-request|/leader",
    "running spaces": r"^/api/spaces/",
    "signing clients in by OAuth": r"/oauth/|openid-configuration",
    "the rest: webhooks, jobs, buckets, papers": r"",
}
"""What people call the parts of the API, and the routes of each; the first that fits has the route."""


def table(page: str) -> str:
    """The rows of the README, from the text of docs/hub-api.md."""
    built: Counter[str] = Counter()
    known: Counter[str] = Counter()
    works = True
    for line in page.splitlines():
        if line.startswith("## "):
            works = line.startswith("## Built")
        elif found := ROUTE.match(line):
            area = next(name for name, pattern in AREAS.items() if re.search(pattern, found[2]))
            known[area] += 1
            built[area] += works
    rows = [f"| {area} | {built[area]} of {known[area]} |" for area in AREAS if known[area]]
    return "\n".join(["| the Hub's API | routes built |", "|--|--|", *rows, ""])


def main() -> int:
    """Renew the table, or say that it is stale."""
    text = README.read_text("utf-8")
    renewed = PLACE.sub(lambda found: found[1] + table(PAGE.read_text("utf-8")) + found[2], text)
    if "--check" not in sys.argv[1:]:
        README.write_text(renewed, "utf-8")
    elif renewed != text:
        print("The README's table is out of date: run ./dev docs write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
