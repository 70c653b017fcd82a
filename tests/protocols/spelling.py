"""Every route of a hub, spelled as the table of who may do what spells it."""

import re
from collections.abc import Collection

from tests.kit.hub import TestHub

_KIND = re.compile(r"^(?P<api>/api)?/(?:datasets|spaces|kernels)(?=/\{n|/feed.atom$|$)")


def routes_of(hub: TestHub) -> set[str]:
    """Every route as the table spells it; one that models share stands for all kinds."""
    templates = {route.path for route in hub.house.routes}
    found = set()
    for route in hub.house.routes:
        for method in route.methods or ():
            if method != "HEAD" or "GET" not in (route.methods or ()):
                found.add(f"{method} {spelled(route.path, templates)}")
    return found


def spelled(template: str, templates: Collection[str]) -> str:
    """One of a hub's `templates` as the table spells it."""
    as_model = _KIND.sub(lambda match: "/api/models" if match["api"] else "", template)
    if not as_model or as_model not in templates:
        as_list = f"/models{as_model}"
        as_model = as_list if as_list in templates and not template.startswith("/api") else template
    return _short(as_model)


def _short(template: str) -> str:
    template = re.sub(r"\{(ns|namespace):seg\}/\{name:seg\}", "{repo}", template)
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", template)
