"""Which jobs of which CI may publish: what their tokens must say, by what cannot be taken over with a name."""

from collections.abc import Mapping
from dataclasses import dataclass

from freehold.base.errors import Invalid
from freehold.base.words import later
from freehold.wire.oauth.jose import Claims

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Ci:
    """A kind of CI. `id_claim` names its repository by a number that is never given to another."""

    title: str
    issuer: str
    id_claim: str
    owner_claim: str
    workflow_claim: str


KINDS = {
    "github": Ci("GitHub Actions", "https://token.actions.githubusercontent.com", "repository_id",
                 "repository_owner_id", "workflow_ref"),
    "gitlab": Ci("GitLab", "https://gitlab.com", "project_id", "namespace_id", "ci_config_ref_uri"),
    "other": Ci(later("Another issuer"), "", "sub", "", ""),
}  # fmt: skip
FIELDS = ("id", "owner", "workflow", "branch", "environment")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a token must say. `wanted` has texts by FIELDS; `id` is always there."""

    kind: str
    issuer: str
    wanted: Mapping[str, str]


def parse_rule(form: Mapping[str, str]) -> Rule:
    """The rule that a form describes: `kind`, `issuer` (empty: the usual one), and FIELDS. Raises Invalid."""
    ci = KINDS.get(form.get("kind", ""))
    if ci is None:
        raise Invalid(f"The kind is one of: {', '.join(KINDS)}.")
    wanted = {name: text for name in FIELDS if (text := form.get(name, "").strip())}
    if any(len(text) > LONGEST or not text.isprintable() for text in wanted.values()):
        raise Invalid(f"Each field may have {LONGEST} characters.")
    number = ci.id_claim != "sub"
    if "id" not in wanted or (number and not (wanted["id"].isascii() and wanted["id"].isdigit())):
        if not number:
            raise Invalid("Say the whole subject (sub) of its tokens: a name could be taken by somebody else.")
        raise Invalid(f"Say the number of the repository ({ci.id_claim}): a name could be taken by somebody else.")
    if unknown := [name for name in wanted if name in {"owner", "workflow"} and not getattr(ci, f"{name}_claim")]:
        raise Invalid(f"The field {unknown[0]!r} is not known of another issuer. Leave it empty.")
    if "owner" in wanted and not (wanted["owner"].isascii() and wanted["owner"].isdigit()):
        raise Invalid(f"The owner is a number ({ci.owner_claim}): a name could be taken by somebody else.")
    issuer = form.get("issuer", "").strip() or ci.issuer
    if not issuer:
        raise Invalid("Name the issuer: the address in the field `iss` of its tokens.")
    if form.get("kind") == "github" and issuer != ci.issuer:
        raise Invalid("GitHub Actions has one issuer; leave the field empty. For another one choose another kind.")
    return Rule(form["kind"], issuer, wanted)


def fits(rule: Rule, claims: Claims) -> bool:
    """Whether a verified token says all that the rule wants."""
    ci = KINDS[rule.kind]
    return claims.get("iss") == rule.issuer and all(
        _field_fits(ci, name, wanted, claims) for name, wanted in rule.wanted.items()
    )


def _field_fits(ci: Ci, name: str, wanted: str, claims: Claims) -> bool:
    match name:
        case "id":
            return _text(claims.get(ci.id_claim)) == wanted
        case "owner":
            return _text(claims.get(ci.owner_claim)) == wanted
        case "branch":
            return _is_branch(wanted, claims)
        case "workflow":
            return _is_workflow(wanted, _text(claims.get(ci.workflow_claim)))
        case _:
            return _text(claims.get(name)) == wanted


def _is_branch(wanted: str, claims: Claims) -> bool:
    """GitHub says `ref: refs/heads/main`; GitLab `ref: main` with `ref_type: branch`, and a tag can have that name."""
    ref = _text(claims.get("ref"))
    return ref == f"refs/heads/{wanted}" or (ref == wanted and claims.get("ref_type") == "branch")


def _is_workflow(wanted: str, said: str) -> bool:
    """`owner/name/.github/workflows/publish.yml@refs/heads/main`, `host/group/name//.gitlab-ci.yml@refs/heads/main`."""
    path = said.partition("@")[0]
    if "//" in path:
        return path.partition("//")[2] == wanted
    parts = path.split("/", 2)
    return len(parts) == 3 and parts[2] in {wanted, f".github/workflows/{wanted}"}


def _text(value: object) -> str:
    """A claim as text; numbers count, whatever else there may be does not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
