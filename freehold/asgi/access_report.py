"""Everybody who asked at a gate, as a file to take away: JSON, or a table."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.base.clock import iso
from freehold.core.accounts.gates.gate import AccessRequest
from freehold.wire.hub.models import AccessReportLine

_COLUMNS = ("user", "fullname", "email", "status", "time", "reviewedAt", "grantedBy", "expiresAt", "termsVersion")


def access_report(request: Request, found: Iterable[AccessRequest], name: str) -> Response:
    """The report, with `format=csv` as a table."""
    lines = [_line(one) for one in found]
    name = f"user-access-report-{quote(name, safe='')}"
    if request.query_params.get("format") == "csv":
        return _attached(_table(lines), f"{name}.csv", "text/csv; charset=utf-8")
    return _attached(msgspec.json.encode(lines), f"{name}.json", "application/json")


def _attached(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=kind)


def _line(one: AccessRequest) -> AccessReportLine:
    person = one.person
    return AccessReportLine(
        person.full_name or person.name,
        person.name,
        iso(one.asked_at),
        one.status,
        person.email or UNSET,
        _moment(one.reviewed_at),
        one.reviewed_by if one.reviewed_by and one.grant else UNSET,
        _moment(one.grant.not_after) if one.grant else UNSET,
        one.terms_version,
        dict(one.answers) or UNSET,
    )


def _moment(micros: int | None) -> Any:
    return UNSET if micros is None else iso(micros)


def _table(lines: list[AccessReportLine]) -> bytes:
    """Comma-separated values; each question is a column of its own."""
    values = [_columns(line) for line in lines]
    questions = list(dict.fromkeys(name for one in values for name in one if name not in _COLUMNS))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_COLUMNS, *map(_cell, questions)])
    writer.writerows([_cell(str(one.get(name, ""))) for name in (*_COLUMNS, *questions)] for one in values)
    return out.getvalue().encode()


def _columns(line: AccessReportLine) -> dict[str, object]:
    def pairs() -> Iterator[tuple[str, object]]:
        for name, key in zip(line.__struct_fields__, line.__struct_encode_fields__, strict=True):
            value = getattr(line, name)
            if value is not UNSET and name != "fields":
                yield key, value

    answers = {} if line.fields is UNSET else {f"answer: {name}": text for name, text in line.fields.items()}
    return {**dict(pairs()), **answers}


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
