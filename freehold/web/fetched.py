"""What was fetched under a grant, as a table to take away."""

import csv
import io
from collections.abc import Iterable
from urllib.parse import quote

from starlette.responses import Response

from freehold.base.clock import iso
from freehold.core.accounts.gates.fetches import Fetch


def fetched_table(fetches: Iterable[Fetch], name: str) -> Response:
    """Comma-separated values; a path that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["user", "at", "way", "what", "commit"])
    for fetch in fetches:
        what = f"'{fetch.what}" if fetch.what[:1] in {"=", "+", "-", "@", "\t", "\r"} else fetch.what
        writer.writerow([fetch.name, iso(fetch.at), fetch.way, what, fetch.commit])
    headers = {
        "Content-Disposition": f"attachment; filename=fetched-{quote(name, safe='')}.csv",
        "Cache-Control": "no-store",
    }
    return Response(out.getvalue().encode(), headers=headers, media_type="text/csv; charset=utf-8")
