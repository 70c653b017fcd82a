"""What changes rows of accounts, repositories or features leaves a line of the audit, but for what is listed here."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "freehold"
ROOMS = ("core/accounts", "core/repos", "core/catalog", "core/facts", "features")

UNRECORDED = {
    ("core/accounts/sessions.py", "identify"): "notes when a session was last seen",
    ("core/accounts/sessions.py", "strengthen"): "the step up is recorded by whoever asked for it",
    ("core/accounts/sessions.py", "take_link"): "a link is good once; the session it opens is recorded",
    ("core/accounts/signing_in/attempts.py", "begin"): "counts attempts",
    ("core/accounts/signing_in/attempts.py", "forget"): "counts attempts",
    ("core/accounts/signing_in/changing.py", "ask_address"): "sends a letter; what its link does is recorded",
    ("core/accounts/signing_in/changing.py", "ask_reset"): "sends a letter; what its link does is recorded",
    ("core/accounts/signing_in/joining.py", "apply"): "sends a letter; the account that its link makes is recorded",
    ("core/accounts/signing_in/letters.py", "ready"): "work of the hub's own",
    ("core/accounts/signing_in/letters.py", "trim"): "work of the hub's own",
    ("core/accounts/signing_in/challenges.py", "spend"): "a challenge is good once; the session it opens is recorded",
    ("core/accounts/signing_in/codes.py", "begin_app"): "a second factor that is not confirmed yet",
    ("core/accounts/signing_in/codes.py", "check"): "a code is good once; the session it opens is recorded",
    ("core/accounts/signing_in/codes.py", "use_recovery"): "spends a code; the session it opens says by what",
    (
        "core/accounts/signing_in/passkeys.py",
        "answered",
    ): "counts the uses of a passkey; the session it opens is recorded",
    ("core/accounts/directory/credentials.py", "identify"): "notes when a directory last came",
    ("core/accounts/gates/answers.py", "_purge"): "answers whose time is over, as the gate's rule says",
    ("core/accounts/gates/desk.py", "_turn"): "only waits; what happens in its turn is recorded there",
    ("core/accounts/deploy_keys.py", "note_use"): "notes when a key was last used",
    ("core/accounts/oauth/devices.py", "begin"): "a code that nobody has allowed anything yet",
    ("core/accounts/oauth/devices.py", "claim"): "hands out what `decide` has recorded",
    ("core/accounts/oauth/devices.py", "find"): "counts wrong guesses",
    ("core/accounts/oauth/codes.py", "redeem"): "opens a sign-in by `Grants.open`, which records",
    ("core/accounts/oauth/signing.py", "_renew"): "the hub's own keys, renewed by themselves",
    ("core/accounts/orgs/proofs.py", "_miss"): "notes when a record was missed, which is told; the loss is recorded",
    ("core/accounts/orgs/proofs.py", "_note"): "notes when a record was seen",
    ("core/accounts/people.py", "bump_xet_epoch"): "empties a client's cache",
    ("core/accounts/secrets.py", "hub_secret"): "the hub's own keys, made once",
    ("core/accounts/sessions.py", "close"): "ends a session that its owner opened",
    ("core/accounts/signing_in/signing_in.py", "_count_failure"): "counts attempts",
    ("core/accounts/signing_in/signing_in.py", "_finish"): "forgets the count; the session it opens is recorded",
    ("core/accounts/signing_in/signing_in.py", "proven"): "forgets the count; the step up is recorded",
    ("core/accounts/tokens.py", "_actor"): "notes when a token was last used",
    ("core/accounts/trail/chain.py", "checkpoint"): "is what signs the audit",
    ("core/catalog/calendar.py", "heard"): "counts",
    ("core/catalog/calendar.py", "_keep"): "counts",
    ("core/catalog/calendar.py", "trim"): "counts",
    ("core/catalog/catalog.py", "_make"): "derived from what was recorded",
    ("core/catalog/catalog.py", "forget"): "derived from what was recorded",
    ("core/catalog/downloads.py", "write"): "counts",
    ("core/catalog/trending.py", "tally"): "counts",
    ("core/facts/facts.py", "_keep"): "derived from what was recorded",
    ("core/facts/facts.py", "forget"): "derived from what was recorded",
    ("core/repos/backing.py", "adopt"): "another form of the same content",
    ("core/repos/buckets.py", "sweep"): "sweeps what a deletion left, which was recorded",
    ("core/repos/buckets.py", "_let_go"): "sweeps what a deletion left, which was recorded",
    ("core/repos/collecting.py", "mark"): "notes what may go; `release` records what goes",
    ("core/repos/large.py", "link_plain"): "content that no commit names yet",
    ("core/repos/large.py", "promised"): "content that no commit names yet",
    ("core/repos/large.py", "sweep_content"): "deletes what nothing names any more",
    ("core/repos/trim.py", "_release"): "deletes a copy of what stays",
    ("features/discussions/attachments.py", "_delete_unused"): "uploads that no comment came to name",
    ("features/discussions/discussions.py", "_acting"): "only opens the transaction; what happens in it is recorded",
    ("features/notices/deliveries.py", "_close"): "work of the hub's own",
    ("features/notices/deliveries.py", "add"): "work of the hub's own",
    ("features/notices/deliveries.py", "forget"): "work of the hub's own",
    ("features/notices/deliveries.py", "postpone_if_crowded"): "work of the hub's own",
    ("features/notices/deliveries.py", "record"): "work of the hub's own",
    ("features/notices/deliveries.py", "trim"): "work of the hub's own",
    ("features/notices/inbox.py", "mailed"): "work of the hub's own",
    ("features/notices/inbox.py", "mark"): "what somebody has read is nobody's business",
    ("features/notices/inbox.py", "trim"): "work of the hub's own",
    ("features/notices/telling.py", "_tell_of_access"): "work of the hub's own",
    ("features/notices/telling.py", "tell"): "work of the hub's own",
    ("features/notices/told.py", "tell"): "tells of what was recorded",
    ("features/notices/threads.py", "subscribe"): "what somebody wants to hear of is nobody's business",
}

RECORDING = {"record", "shut", "reopen", "set_quotas", "set_member"}
"""`record` itself, what `core/accounts/moderation/standing` does in the caller's transaction, and `People`."""


def writers() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function that opens a transaction which writes."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE).as_posix()
        if module.startswith(ROOMS) and module != "core/accounts/audit.py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(_begins(one) for one in ast.walk(node)):
                    yield module, node


def _begins(node: ast.AST) -> bool:
    if not isinstance(node, ast.With):
        return False
    return any(ast.unparse(item.context_expr).endswith("db.write()") for item in node.items)


def called(function: ast.FunctionDef) -> set[str]:
    """The names of what it calls."""
    calls = (one.func for one in ast.walk(function) if isinstance(one, ast.Call))
    return {str(getattr(name, "attr", getattr(name, "id", ""))) for name in calls}


def recording(module: str) -> set[str]:
    """The functions of a module that record what they do, by themselves or by another one of it."""
    tree = ast.parse((SOURCE / module).read_text("utf-8"))
    functions = {one.name: called(one) for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    found = set(RECORDING)
    while more := {name for name, calls in functions.items() if calls & found} - found:
        found |= more
    return found


def test_what_changes_something_is_recorded_but_for_these():
    silent = {(module, function.name) for module, function in writers() if not called(function) & recording(module)}
    assert silent == set(UNRECORDED), "record it, or say here why not"
