"""What a visitor sees of a gate: what it asks, how they stand, and the form that asks to be let in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.networks import network_of
from freehold.base.clock import now
from freehold.core.accounts.gates.figures import Figures
from freehold.core.accounts.gates.gate import MAY_ASK, AccessRequest, Standing
from freehold.core.repos.gate_door import Asked, Door
from freehold.core.repos.gating import Gating
from freehold.core.repos.reader import RepoReader
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.links import repo_path
from freehold.web.markdown import Place, render
from freehold.web.site import root_of
from freehold.wire.gates.countries import COUNTRIES
from freehold.wire.gates.receipts import ReceiptFile
from freehold.wire.gates.terms import WHERE_ARE_YOU, Terms


@dataclass(frozen=True, slots=True)
class GateBox:
    """`standing` is the visitor's; `until` when their access ends, `reason` why it was refused or suspended."""

    terms: Terms
    prompt: Markup
    description: Markup
    standing: str
    signed_in: bool
    automatic: bool
    version: int
    """Of the terms that the visitor agreed to; 0: of none."""
    until: int | None = None
    reason: str = ""
    network: str = ""
    problem: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What the visitor has filled in already, by question."""
    countries: Mapping[str, str] = field(default_factory=lambda: COUNTRIES)
    orgs: Mapping[str, str] = field(default_factory=dict)
    """The organisations that the visitor may ask for, each with how it stands."""
    through: str = ""
    """The organisation whose access lets the visitor in."""
    level: int = -1
    """Which identity the gate demands; -1: none."""
    asked_for: str = ""
    """The organisation that the form is filled in for."""
    figures: Figures | None = None
    hides: bool = False
    """Whether not even the card may be read."""
    again_at: int | None = None
    """When somebody who was rejected may ask again."""
    receipt_key: str = ""
    """The public key that receipts are verified with."""

    @property
    def asks(self) -> bool:
        """Whether the form is shown."""
        return self.signed_in and bool(self.askers) and not self.terms.problem

    @property
    def askers(self) -> Sequence[str]:
        """For whom the form can be sent: empty for oneself, or the name of an organisation."""
        own = [""] if self.standing in MAY_ASK and not self.through else []
        return [*own, *(name for name, standing in self.orgs.items() if standing in MAY_ASK)]

    def asked(self, label: str) -> str:
        """A question as it is shown: the hub's own in the reader's language, the authors' in theirs."""
        return say(label) if label == WHERE_ARE_YOU else label


def gate_box(
    door: Door,
    request: Request,
    place: Place,
    *,
    problem: str = "",
    answers: Mapping[str, str] | None = None,
    asked_for: str = "",
    hides: bool = False,
) -> GateBox | None:
    """The gate as the door's actor sees it; None where there is nothing to say to them."""
    gated, signed_in = door.gate.shut, door.actor.signed_in
    own = door.own if gated and signed_in else None
    through = door.through if gated and (own is None or own.grant is None) else ""
    if not door.closed and not through and (own is None or own.grant is None):
        return None
    terms = door.terms
    grant = own.grant if own is not None else None
    return GateBox(
        terms,
        render(terms.prompt, place).html,
        render(terms.description, place).html,
        _standing(own, through),
        signed_in,
        door.gate.automatic,
        own.terms_version if own is not None else 0,
        grant.not_after if grant is not None else None,
        (grant.reason if grant is not None else "") or (own.reason if own is not None else ""),
        network_of(request),
        problem,
        answers or {},
        receipt_key=door.receipt_key,
        orgs=_of_orgs(door) if gated and signed_in else {},
        through=through,
        level=door.policy.level,
        asked_for=asked_for,
        figures=door.figures,
        hides=hides,
        again_at=own.again_at if own is not None else None,
    )


def repo_gate_box(gating: Gating, reader: RepoReader, request: Request, **filled: Any) -> GateBox | None:
    """The gate of a repository; None where there is nothing to say to the reader's actor."""
    root, repo = root_of(request), reader.repo.repo_id
    place = Place(root + repo_path(repo, "blob", "main") + "/", root + repo_path(repo, "resolve", "main") + "/", "")
    return gate_box(gating.door(reader), request, place, hides=reader.hidden, **filled)


def answers_in(door: Door, form: Form) -> Mapping[str, str]:
    """The answers by question: the form has them by number, and is refused if the questions are others by now."""
    return {one.label: form[f"q{number}"] for number, one in enumerate(door.terms.fields) if f"q{number}" in form}


def ask_by(door: Door, request: Request, form: Form) -> None:
    """Do what the form of a gate box asks for. Raises what `Door.ask` raises."""
    org = form.get("for", "")
    door.ask(Asked(answers_in(door, form), form.get("terms", ""), network_of(request), org))


def _of_orgs(door: Door) -> Mapping[str, str]:
    found = door.of_orgs.items()
    return {name: (Standing.NONE if one is None else one.standing(now())).value for name, one in found}


def _standing(own: AccessRequest | None, through: str) -> str:
    if through:
        return Standing.ACTIVE.value
    return (Standing.NONE if own is None else own.standing(now())).value


def receipt_file(file: ReceiptFile, name: str) -> Response:
    """A receipt as a file to keep."""
    headers = {"Content-Disposition": f"attachment; filename=receipt-{name}.json", "Cache-Control": "no-store"}
    return Response(msgspec.json.format(msgspec.json.encode(file)), headers=headers, media_type="application/json")
