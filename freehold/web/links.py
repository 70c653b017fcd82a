"""Addresses inside the hub: every segment quoted once, in one place."""

from urllib.parse import quote, urlsplit

from freehold.base.ids import RepoId


def repo_path(repo_id: RepoId, view: str = "", rev: str = "", path: str = "") -> str:
    """`/datasets/alice/birds/tree/refs%2Fpr%2F1/data`: a revision is one segment, a path keeps its slashes."""
    parts = [quote(repo_id.path)]
    if view:
        parts.append(view)
    if rev:
        parts.append(quote(rev, safe=""))
    if path:
        parts.append(quote(path))
    return "/" + "/".join(parts)


def is_local(target: str) -> bool:
    """Whether `target` is a path on this hub: what a sign-in form may send its visitor back to."""
    # Browsers read a backslash as a slash and drop control characters, which makes `/\\evil.example` foreign.
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return False
    return not any(ord(letter) < 33 or ord(letter) == 127 for letter in target) and not urlsplit(target).netloc
