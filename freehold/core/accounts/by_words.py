"""Finds accounts by parts of their names, without looking at every account.

Those whose name begins with the first word come first, along an index of names. Of the others, candidates are those
that have the words' groups of three letters; where these are so many that a page is soon full, names are walked along.
"""

import re
from collections.abc import Mapping, Sequence

from freehold.stores.db.database import Row, Transaction

FEW = 3000
"""So many candidates are looked at one by one."""

_GRAM = 3
_MOST_GRAMS = 6
"""The rarest say nearly all; each more is another look."""


def by_words(tx: Transaction, kind: str, words: Sequence[str], shown: str, limit: int, *, few: int = FEW) -> list[Row]:
    """Accounts of one kind that are not shut and have every word: the exact first, then those that begin so."""
    params = {f"word{number}": f"%{_literal(word)}%" for number, word in enumerate(words)}
    every = " AND ".join(
        f"(a.name_key LIKE :{one} ESCAPE '!' OR lower(a.full_name) LIKE :{one} ESCAPE '!')" for one in params
    )
    # Letters in the order of their numbers, so that a beginning is a range.
    name = "a.name_key" if tx.is_sqlite else 'a.name_key COLLATE "C"'
    begins = f"({name} >= :low AND {name} < :high)"
    first = words[0].lower()
    params |= {"kind": kind, "low": first, "high": first + "\U0010ffff"}

    def rows(source: str, condition: str, most: int, more: Mapping[str, str]) -> list[Row]:
        return tx.all(
            f"SELECT {shown} FROM {source} WHERE a.kind = :kind AND a.disabled = 0 AND {condition}"
            f" AND {every} ORDER BY {name} LIMIT :most",
            most=most,
            **params,
            **more,
        )

    found = rows("accounts_account a", begins, limit, {})
    if len(found) < limit:
        ids, more = _candidates(tx, kind, words, few)
        # SQLite joins in this order, whatever it believes of the sizes of tables.
        source = f"({ids}) c CROSS JOIN accounts_account a" if ids else "accounts_account a"
        chosen = "a.id = c.account_id AND " if ids else ""
        found += rows(source, f"{chosen}NOT {begins}", limit - len(found), more)
    return found


def _candidates(tx: Transaction, kind: str, words: Sequence[str], few: int) -> tuple[str, dict[str, str]]:
    """SQL for the ids of few accounts, among them all that have the words; empty where those are many."""
    texts = [word.lower() for word in words]
    grams = {text[n : n + _GRAM] for text in texts for n in range(len(text) - _GRAM + 1)}
    if grams:
        rarest = sorted(grams, key=lambda gram: (_many(tx, kind, "x.gram = :gram", gram), gram))[:_MOST_GRAMS]
        fits = "x.gram = :gram0"
    else:
        rarest, fits = [texts[0]], "x.gram >= :gram0 AND x.gram < :gram0 || :last"
    others = "".join(
        " AND EXISTS (SELECT 1 FROM accounts_gram y WHERE y.kind = :kind"
        f" AND y.gram = :gram{number} AND y.account_id = x.account_id)"
        for number in range(1, len(rarest))
    )
    ids = f"SELECT DISTINCT x.account_id FROM accounts_gram x WHERE x.kind = :kind AND {fits}{others}"
    more = {f"gram{number}": gram for number, gram in enumerate(rarest)}
    more |= {} if grams else {"last": "\U0010ffff"}
    found = tx.scalar(f"SELECT count(*) FROM ({ids} LIMIT :most) z", kind=kind, most=few, **more)
    return (ids, more) if int(found) < few else ("", {})


def _many(tx: Transaction, kind: str, fits: str, gram: str) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM accounts_gram x WHERE x.kind = :kind AND {fits} LIMIT :most) z"
    return int(tx.scalar(sql, kind=kind, gram=gram, most=4 * FEW))


def _literal(word: str) -> str:
    """What LIKE takes for the word itself; `!` is the escape."""
    return re.sub(r"([!%_])", r"!\1", word.lower())
