"""Compares each answer with the reference policy: a cell is one probe × one way of asking × one thing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.protocols.matrix.asking import Answer, Rewind, ask
from tests.protocols.matrix.policy import OF_THINGS, Caller, Thing, expected, right
from tests.protocols.matrix.probes import Probe
from tests.protocols.matrix.stage import ABROAD, NEVER, THINGS, Stage, Way

_VARY = re.compile(r'"requestId":"[^"]*"|\b[0-9a-f]{32}\b|(?<=/login\?next=)(?:/|%2F)collections(?:/|%2F)[^\'"&]*')
"""What differs by the moment, or only repeats the address that was asked: a collection's has an id at its end."""
_BY_PROGRAMS = re.compile(r"/(api|v2|oauth|scim)/|.*/(info/|git-|resolve/|raw/)")
_PASSING = ("x-request-id", "date", "set-cookie")
FEW = ("nobody", "carol, write token", "zoe, write token", "bob, write token", "alice, read token", "alice, own page")
"""Who asks for datasets, spaces and kernels, which share their endpoints with models."""
OWN_RECORDS = {
    "GET /settings/tokens",  # what a token was made for, by the name that it had then
    "GET /settings/gated-repos",  # receipts of what somebody was let in to, which are theirs for good
    "GET /settings/audit",
    "GET /organizations/{org}/settings/audit",  # what was deleted is named to those whose it was
}
"""Where people read of what they may not see, or of what is no more, since it is about themselves."""
FEW_THINGS = ("acme/opens", "acme/close", "acme/gated")


@dataclass
class Result:
    """What came of it."""

    cells: int = 0
    probes: int = 0
    by_class: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """Names of things in answers to those who may not know of them."""
    done: dict[tuple[str, str, str], dict[str, bool]] = field(default_factory=dict)
    """Probe, template and thing → way → whether it was done (2xx)."""


def seen_as(probe: Probe, way: Way) -> Caller:
    """The caller as a credential shows them: a cookie makes a change only when the hub's own page sent it."""
    if way.by in {"foreign", "bare"} and probe.method not in {"GET", "HEAD"}:
        return Caller("")
    if way.by != "header" and "/oauth/userinfo" in probe.key:
        return Caller("")  # a resource of OAuth takes tokens only
    return way.caller


def wanted(probe: Probe, way: Way, thing: Thing) -> set[str]:
    """The classes of which the answer must be one."""
    if probe.form and way.by != "own":
        return {"forbidden"}
    if "SESSION" in probe.needs and way.by == "header":
        return {"forbidden", "sign in"}
    caller = seen_as(probe, way)
    found = [expected(need, caller, thing) for need in probe.needs]
    refusals = [one for one in found if one != {"ok"}]
    return set().union(*refusals) if refusals else {"ok"}


def classes(answer: Answer, thing: Thing, never: str | None) -> set[str]:
    """Every class that the answer is of; `never` is the print of what never was, where that can be asked."""
    found = {"gone"} if never is not None and fingerprint(answer, thing) == never else set()
    location = answer.headers.get("location", "")
    if answer.status >= 500 and answer.status != 501:
        return {f"broken ({answer.status})"}
    if answer.status >= 300:
        found.add("moved")
    if answer.status >= 400:
        found.add("refused")
    if answer.status == 401 or (answer.status == 303 and location.startswith("/login")):
        return found | {"sign in"}
    return found | {"forbidden"} if answer.status == 403 else found | ({"ok"} if "gone" not in found else set())


def told_by(probe: Probe, answer: Answer) -> set[str]:
    """What forms say in words: a refusal stands in the page, and a wrong password is one of them."""
    if probe.form and answer.status == 400:
        return {"forbidden"}
    if probe.key.endswith(" /signup"):
        return {"ok"}  # closed here, and said to all
    asks_a_secret = probe.form and ("/login" in probe.key or "/confirm" in probe.key)
    return {"ok"} if asks_a_secret and answer.status == 401 else set()


def fingerprint(answer: Answer, thing: Thing) -> str:
    """An answer but for what names the thing or the moment."""
    kept = {name: value for name, value in sorted(answer.headers.items()) if name not in _PASSING}
    text = f"{answer.status} {kept} {answer.body.decode('latin-1')}"
    return _VARY.sub("-", text.replace(thing.name, "{thing}").replace(thing.name.replace("/", "%2F"), "{thing}"))


def things_of(probe: Probe) -> tuple[Thing, ...]:
    """The things that a probe is about; for what is about none, two owners."""
    if not probe.of_things:
        return (THINGS[0], THINGS[-1]) if "CREATE" in probe.needs else THINGS[:1]
    if probe.only_gates:
        return tuple(one for one in THINGS if one.gated)
    if probe.key.endswith("/duplicate"):
        return tuple(one for one in THINGS if not one.hold)  # what is held is copied by nobody
    if "{slug" in probe.template or "STEWARD" in probe.needs:
        plain = [one for one in THINGS if not (one.gated or one.moved or one.hold or one.grouped)]
        return tuple(one for one in plain if one.owner == "acme" or "STEWARD" not in probe.needs)
    if "/buckets/" in probe.template:
        return tuple(one for one in THINGS if not one.gated and one.owner == "acme")
    return THINGS


def is_few(probe: Probe) -> bool:
    """Whether a probe asks what models are asked, of another kind."""
    return re.match(r"(/api)?/(datasets|spaces|kernels)/\{n", probe.template) is not None


def cells(probe: Probe, stage: Stage) -> Iterator[tuple[Way, Thing]]:
    """Who asks it of what."""
    ways = [way for way in stage.ways if (not is_few(probe) or way.name in FEW) and _says(probe, way)]
    things = [one for one in things_of(probe) if not is_few(probe) or one.name in FEW_THINGS]
    for way in ways:
        for thing in things:
            yield way, thing


def _says(probe: Probe, way: Way) -> bool:
    """Whether the policy speaks of it: narrow tokens are for models, and everything else is a matter of its own."""
    of_models = probe.of_things and set(probe.needs) <= set(OF_THINGS) and "{name:seg}" in probe.template
    if way.by == "narrow":
        return of_models and "/buckets/" not in probe.template
    if way.by in {"foreign", "bare"}:
        return probe.method not in {"GET", "HEAD"}  # for reading, a cookie is a cookie
    if way.name.endswith("as password") and not _BY_PROGRAMS.match(probe.template):
        return False
    return not probe.form or way.by == "own" or "write token" in way.name  # a form heeds no token at all


def _told_too_much(probe: Probe, way: Way, asked: Thing, answer: Answer) -> Iterator[str]:
    if answer.status >= 300 or probe.key in OWN_RECORDS:
        return
    for thing in THINGS:
        name = thing.name.replace("acme/moved", "acme/where").encode()
        if (
            thing is not asked
            and right(seen_as(probe, way), thing) == "nothing"
            and re.search(name + rb"(?![-\w])", answer.body)
        ):
            yield f"{probe.name} · {way.name}: {thing.name}"


async def judge(probe: Probe, stage: Stage, rewind: Rewind, result: Result) -> None:
    """Every cell of one probe."""
    app, result.probes = stage.hub.house.app, result.probes + 1
    prints: dict[str, str] = {}
    for way, thing in cells(probe, stage):
        never = ABROAD if way.caller.shut_out and thing.owner != NEVER.owner else NEVER
        like = f"{never.name} {way.name}"
        if probe.of_things and like not in prints:
            prints[like] = fingerprint(await ask(app, probe.asked(stage, way, never)), never)
            rewind.back()
        answer = await ask(app, probe.asked(stage, way, thing))
        rewind.back()
        due = wanted(probe, way, thing)
        found = classes(answer, thing, prints.get(like)) | told_by(probe, answer)
        result.cells += 1
        done = answer.status < 400 and not answer.headers.get("location", "").startswith("/login")
        result.done.setdefault((probe.name, probe.template, thing.name), {})[way.name] = done
        result.shown += _told_too_much(probe, way, thing, answer)
        name = min(due)
        result.by_class[name] = result.by_class.get(name, 0) + 1
        if not due & found:
            told = " or ".join(sorted(due))
            result.wrong.append(
                f"{probe.name} · {way.name} · {thing.name}: {told}, not {answer.status} {sorted(found)}"
            )
