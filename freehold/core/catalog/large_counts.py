"""Counts of much: the same for everybody, kept for five minutes, and taken from the whole where most of it fits."""

from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from freehold.base.ids import RepoKind
from freehold.core.catalog.counts import EXACT_TO, Counts, Reach
from freehold.core.catalog.query import Query, Sort

if TYPE_CHECKING:
    from freehold.core.catalog.index.view import View

_KEPT_S, _KEPT = 300.0, 256


@dataclass(frozen=True, slots=True)
class _Whole:
    """Everything as it was `at` a moment, and the view that it was counted in."""

    at: float
    view: "View"
    counts: Counts


class LargeCounts:
    """Counts what anybody may see, or all there is; what is `exact_to` or less is counted each time."""

    def __init__(self, exact_to: int = EXACT_TO) -> None:
        self._exact_to = exact_to
        self._lock = Lock()
        self._known: dict[tuple[Reach, RepoKind, Query], tuple[float, Counts]] = {}
        self._whole: dict[tuple[Reach, RepoKind], _Whole] = {}

    def of(self, view: "View", reach: Reach, kind: RepoKind, query: Query) -> Counts:
        """What fits."""
        sort = query.sort if query.words else Sort.BEST  # typos are forgiven in one order only
        key = (reach, kind, replace(query, after="", limit=0, sort=sort))
        with self._lock:
            at, known = self._known.get(key, (0.0, None))
        if known is not None and monotonic() - at < _KEPT_S:
            return known
        by_rest = self._by_rest(view, reach, kind, query)
        at, found = by_rest or (monotonic(), view.count(reach, kind, query))
        if found.total > self._exact_to:
            with self._lock:
                self._known[key] = (at, found)
                while len(self._known) > _KEPT:
                    self._known.pop(next(iter(self._known)))
        return found

    def _by_rest(self, view: "View", reach: Reach, kind: RepoKind, query: Query) -> tuple[float, Counts] | None:
        """The whole without what does not fit, both at the moment that is said; None where that saves nothing."""
        if view.searcher.num_docs <= self._exact_to or not view.mostly_fits(query):
            return None
        whole = self._of_whole(view, reach, kind)
        found = whole.counts.less(whole.view.count_rest(reach, kind, query))
        return (whole.at, found) if found.total > self._exact_to else None

    def _of_whole(self, view: "View", reach: Reach, kind: RepoKind) -> _Whole:
        with self._lock:
            known = self._whole.get((reach, kind))
        if known is not None and monotonic() - known.at < _KEPT_S:
            return known
        whole = _Whole(monotonic(), view, view.count(reach, kind, Query()))
        with self._lock:
            self._whole[reach, kind] = whole
        return whole
