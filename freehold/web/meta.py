"""What a page says of itself to whoever shares or indexes it: Open Graph, and schema.org as JSON-LD."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from markupsafe import Markup

from freehold.base.clock import iso
from freehold.base.words import later
from freehold.core.accounts.relations import Known
from freehold.core.repos.repo import Repo
from freehold.web.frame import Frame
from freehold.web.languages import say
from freehold.web.links import repo_path
from freehold.web.wording import kind, number

_TYPES = {"dataset": "Dataset", "space": "SoftwareApplication"}
_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})

_NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Meta:
    """`path` and `image` are addresses of this hub, already quoted; `data` is JSON-LD, empty for what is not public."""

    title: str
    description: str
    path: str
    image: str
    data: Markup = _NOTHING
    kind: str = "website"


def repo(frame: Frame, one: Repo, known: Any) -> Meta:
    """Of a repository's page; `known` is what stands beside its card."""
    description = _sentence(frame, one, known)
    image = f"/-/preview/{one.kind.plural}/{quote(one.namespace)}/{quote(one.name)}.png"
    path = repo_path(one.repo_id)
    data = _NOTHING if one.private else _json_ld(_repo(frame, one, known, description))
    return Meta(one.repo_id.full, description, path, "/-/preview.png" if one.private else image, data)


def account(frame: Frame, one: Known) -> Meta:
    """Of a profile."""
    url = f"{frame.base}/{one.name}"
    about = {"@type": "Organization" if one.kind == "org" else "Person", "@id": url, "url": url}
    about |= {"name": one.full_name or one.name, "alternateName": one.name}
    data = {"@context": "https://schema.org", "@type": "ProfilePage", "dateCreated": iso(one.at), "mainEntity": about}
    title = one.full_name or one.name
    if one.kind == "org":
        said = later("What the organisation %(name)s keeps on %(hub)s: models, datasets and apps.")
    else:
        said = later("What the person %(name)s keeps on %(hub)s: models, datasets and apps.")
    description = say(said, name=one.name, hub=frame.hub_name)
    return Meta(title, description, f"/{one.name}", f"/-/preview/{one.name}.png", _json_ld(data), "profile")


def hub(frame: Frame) -> Meta:
    """Of the front door, with the address by which the hub is searched."""
    search = {"@type": "SearchAction", "query-input": "required name=words"}
    search["target"] = f"{frame.base}/search?q={{words}}"
    data = {"@context": "https://schema.org", "@type": "WebSite", "url": f"{frame.base}/", "name": frame.hub_name}
    description = say(
        "%(hub)s keeps models, datasets and apps, and serves them to the tools that people already use.",
        hub=frame.hub_name,
    )
    return Meta(frame.hub_name, description, "/", "/-/preview.png", _json_ld(data | {"potentialAction": search}))


def _sentence(frame: Frame, repo: Repo, known: Any) -> str:
    task = f"{known.task.replace('-', ' ')} " if known.task else ""
    facts = [say("%(num)s parameters", num=number(known.parameters)) if known.parameters else "", known.library]
    facts += [say("licence %(name)s", name=known.license_name or known.license) if known.license else ""]
    values = {"what": task + kind(repo.kind), "owner": repo.namespace, "hub": frame.hub_name}
    said = ", ".join(fact for fact in facts if fact)
    if said:
        whole = say("%(what)s by %(owner)s on %(hub)s: %(facts)s.", facts=said, **values)
    else:
        whole = say("%(what)s by %(owner)s on %(hub)s.", **values)
    return whole[0].upper() + whole[1:]


def _repo(frame: Frame, repo: Repo, known: Any, description: str) -> dict[str, Any]:
    url = frame.base + repo_path(repo.repo_id)
    data: dict[str, Any] = {
        "@context": "https://schema.org", "@type": _TYPES.get(repo.kind.value, "SoftwareSourceCode"), "@id": url,
        "url": url, "name": repo.name, "alternateName": repo.repo_id.full, "description": description,
        "creator": {"@id": f"{frame.base}/{repo.namespace}", "name": repo.namespace},
        "dateCreated": iso(repo.created_at), "dateModified": iso(repo.updated_at),
        "keywords": list(known.tags)[:20], "isAccessibleForFree": not repo.gated,
        "image": f"{frame.base}/-/preview/{repo.kind.plural}/{quote(repo.namespace)}/{quote(repo.name)}.png",
    }  # fmt: skip
    if known.license:
        data["license"] = known.license_name or known.license
    if known.languages:
        data["inLanguage"] = list(known.languages)
    if repo.kind.value == "dataset":
        encoding = 'application/ld+json; profile="http://mlcommons.org/croissant/1.0"'
        croissant = f"{frame.base}/api/datasets/{quote(repo.repo_id.full)}/croissant"
        data["subjectOf"] = {"@type": "DataDownload", "contentUrl": croissant, "encodingFormat": encoding}
    elif repo.kind.value != "space":
        data["codeRepository"] = url
    return data


def _json_ld(data: Mapping[str, Any]) -> Markup:
    """As text that a script element can hold: nothing in it ends the element, whatever people wrote."""
    text = msgspec.json.encode(data).decode().translate(_SCRIPT)
    return Markup(text)  # noqa: S704 - every sign that means something to HTML is written as an escape of JSON
