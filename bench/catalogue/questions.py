"""What is asked: by the catalogue, and beside it the plain SQL that says the same on the same database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from bench.catalogue.synthetic import Synthetic
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.matching import tokens
from freehold.core.catalog.query import Query, Sort
from freehold.stores.db.database import Database, Transaction

Ask = Callable[[], object]
_MODELS = "r.kind = 'model' AND r.visibility = 'public' AND r.hold = ''"
_BY_USE = "LEFT JOIN catalog_use u ON u.repo_id = r.id"


@dataclass(frozen=True, slots=True)
class Question:
    """`raw` says the same in SQL; None: there is no SQL for it."""

    name: str
    aim: float
    ask: Ask
    raw: Ask | None = None


class Questions:
    """Each call of a question asks with other values, skewed as people ask."""

    def __init__(self, db: Database, catalog: Catalog, actor: Actor, made: Synthetic) -> None:
        self._db, self._catalog, self._actor, self._made = db, catalog, actor, made
        self._random = Random(11)
        with db.read() as tx:
            self._deep = self._places(tx)

    def all(self) -> list[Question]:
        """In the order of the table."""
        tags, part = self._tags, self._part
        lists = [
            Question(f"whole list by {sort.value}", 25, partial(self._list, Query(sort=sort)), self._raw_whole(sort))
            for sort in (Sort.LAST_MODIFIED, Sort.CREATED_AT, Sort.LIKES, Sort.DOWNLOADS, Sort.TRENDING)
        ]  # fmt: skip
        return [
            *lists,
            Question("home page: the newest of each kind", 25, self._home),
            Question("whole list, deep", 25, lambda: self._list(Query(after=self._random.choice(self._deep)))),
            Question("an owner's by downloads", 25, lambda: self._list(self._by_owner())),
            Question("one tag by downloads", 25, lambda: self._list(Query(tags=tags(1), sort=Sort.DOWNLOADS)),
                     lambda: self._raw_tags(tags(1))),
            Question("three arbitrary tags by likes", 25, lambda: self._list(Query(tags=tags(3), sort=Sort.LIKES)),
                     lambda: self._raw_tags(tags(3))),
            Question("three facets by last change", 25, lambda: self._list(Query(facets=self._facets()))),
            Question("three facets, deep", 25,
                     lambda: self._list(Query(facets=self._facets(1), after=self._random.choice(self._deep)))),
            Question("part of a name by downloads", 25,
                     lambda: self._list(Query(search=(part(),), sort=Sort.DOWNLOADS)), lambda: self._raw_part(part())),
            Question("words in names, tags and cards, best first", 25,
                     lambda: self._list(Query(words=self._words(), sort=Sort.BEST)),
                     lambda: self._raw_words(self._words())),
            Question("words with a typo", 25, lambda: self._list(Query(words=(self._typo(),), sort=Sort.BEST))),
            Question("all facets counted, one condition", 100, lambda: self._count(Query(tags=tags(1)))),
            Question("all facets counted, three conditions", 100, lambda: self._count(Query(facets=self._facets()))),
            Question("all facets counted, words", 100, lambda: self._count(Query(words=self._words())),
                     lambda: self._raw_count(tags(1))),
        ]  # fmt: skip

    def three_tags(self) -> object:
        """The question that is asked while somebody writes."""
        return self._list(Query(tags=self._tags(3), sort=Sort.LIKES))

    def _list(self, query: Query) -> object:
        return self._catalog.list(self._actor, RepoKind.MODEL, query)

    def _count(self, query: Query) -> object:
        return self._catalog.count(self._actor, RepoKind.MODEL, query)

    def _home(self) -> object:
        return [self._catalog.list(self._actor, kind, Query(limit=6)) for kind in GIT_KINDS]

    def _places(self, tx: Transaction) -> list[str]:
        rows = tx.all("SELECT id, updated_at FROM repos_repo WHERE kind = 'model' ORDER BY id LIMIT 4000")
        return [f"{row.updated_at}.{row.id}" for row in rows[::40]]

    def _skewed(self, most: int) -> int:
        return min(int(self._random.paretovariate(0.6)) - 1, most - 1)

    def _tags(self, many: int) -> tuple[str, ...]:
        found: dict[str, None] = {}
        while len(found) < many:
            found[self._made.tags[self._skewed(2000)]] = None
        return tuple(found)

    def _facets(self, many: int = 3) -> tuple[tuple[str, str], ...]:
        every: Mapping[str, tuple[str, ...]] = {
            "license": ("apache-2.0", "mit", "other", "llama3.1", "gpl-3.0"),
            "language": ("en", "zh", "fr", "fi", "sw"),
            "task": ("any-to-any", "audio-to-audio", "fill-mask", "image-to-video", "text-generation"),
        }
        return tuple((name, self._random.choice(values)) for name, values in list(every.items())[:many])

    def _part(self) -> str:
        word = self._made.words[self._skewed(5000)]
        return word[: self._random.randint(2, len(word))]

    def _words(self) -> tuple[str, ...]:
        return tuple(self._made.words[self._skewed(5000)] for _ in range(self._random.randint(1, 3)))

    def _typo(self) -> str:
        word = self._made.words[44 + self._skewed(2000)]
        return word[0] + word[2] + word[1] + word[3:]

    def _by_owner(self) -> Query:
        return Query(author=f"owner{self._skewed(1000)}", sort=Sort.DOWNLOADS)

    def _sql(self, sql: str, **params: object) -> object:
        with self._db.read() as tx:
            if not self._db.is_sqlite:
                tx.run("SET LOCAL statement_timeout = 30000")
            return tx.all(sql, **params)

    def _raw_whole(self, sort: Sort) -> Ask:
        column = {Sort.LAST_MODIFIED: "r.updated_at", Sort.CREATED_AT: "r.created_at"}.get(sort)
        if column is None:
            name = {Sort.LIKES: "likes", Sort.DOWNLOADS: "recent"}.get(sort, "trend")
            return lambda: self._sql(
                "SELECT r.id FROM catalog_use u JOIN repos_repo r ON r.id = u.repo_id WHERE u.kind = 'model'"
                f" AND u.{name} > 0 AND {_MODELS} ORDER BY u.{name} DESC, u.repo_id LIMIT 30"
            )
        return lambda: self._sql(f"SELECT r.id FROM repos_repo r WHERE {_MODELS} ORDER BY {column} DESC, r.id LIMIT 30")

    def _raw_tags(self, tags: tuple[str, ...]) -> object:
        joins = " ".join(f"JOIN catalog_tag t{n} ON t{n}.repo_id = r.id AND t{n}.tag = :t{n}" for n in range(len(tags)))
        return self._sql(
            f"SELECT r.id FROM repos_repo r {joins} {_BY_USE} WHERE {_MODELS}"
            " ORDER BY COALESCE(u.recent, 0) DESC, r.id LIMIT 30",
            **{f"t{n}": tag for n, tag in enumerate(tags)},
        )

    def _raw_part(self, part: str) -> object:
        return self._sql(
            f"SELECT r.id FROM repos_repo r {_BY_USE} WHERE {_MODELS}"
            " AND lower(r.namespace || '/' || r.name) LIKE :part ORDER BY COALESCE(u.recent, 0) DESC, r.id LIMIT 30",
            part=f"%{part}%",
        )

    def _raw_words(self, words: tuple[str, ...]) -> object:
        asked = {f"w{n}": f"%{token}%" for n, token in enumerate(one for word in words for one in tokens(word))}
        likes = " AND ".join(f"c.body LIKE :{name}" for name in asked)
        return self._sql(
            f"SELECT r.id FROM repos_repo r JOIN catalog_text c ON c.repo_id = r.id {_BY_USE} WHERE {_MODELS}"
            f" AND {likes} ORDER BY COALESCE(u.recent, 0) DESC, r.id LIMIT 30",
            **asked,
        )

    def _raw_count(self, tags: tuple[str, ...]) -> object:
        return self._sql(
            "SELECT x.tag, count(*) AS many FROM catalog_tag t JOIN catalog_tag x ON x.repo_id = t.repo_id"
            f" JOIN repos_repo r ON r.id = t.repo_id WHERE t.tag = :tag AND {_MODELS} GROUP BY x.tag"
            " ORDER BY many DESC LIMIT 50",
            tag=tags[0],
        )
