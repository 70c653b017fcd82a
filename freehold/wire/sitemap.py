"""Sitemaps (sitemaps.org, 0.9) as XML, a piece at a time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

MEDIA_TYPE = "application/xml; charset=utf-8"
MOST = 50_000
"""Addresses that one sitemap may hold."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def pages(found: Iterable[tuple[str, int]]) -> Iterator[str]:
    """A sitemap of addresses, already quoted, and when each changed last (microseconds; 0: unknown)."""
    yield f'{_HEAD}<urlset xmlns="{_SPACE}">\n'
    for address, changed in found:
        when = f"<lastmod>{_time(changed)}</lastmod>" if changed else ""
        yield f"<url><loc>{escape(address)}</loc>{when}</url>\n"
    yield "</urlset>\n"


def index(addresses: Iterable[str]) -> str:
    """The list of sitemaps."""
    lines = "".join(f"<sitemap><loc>{escape(address)}</loc></sitemap>\n" for address in addresses)
    return f'{_HEAD}<sitemapindex xmlns="{_SPACE}">\n{lines}</sitemapindex>\n'


def _time(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
