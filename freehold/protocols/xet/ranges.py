"""The byte range that a CAS request asks for."""

import re

from starlette.requests import Request

from freehold.base.errors import Invalid, RangeUnsatisfiable

_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)


def asked_range(request: Request, size: int) -> tuple[int, int]:
    """The range as (start, stop), cut at `size`; the whole where none is asked for.

    Raises RangeUnsatisfiable beyond the end (clients read that as "done"), Invalid for any other form.
    """
    header = request.headers.get("range")
    if header is None:
        return 0, size
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        raise Invalid("One range of the form bytes=first-last can be asked for.")
    first, last = int(match[1]), int(match[2] or size - 1)
    if first >= size:
        raise RangeUnsatisfiable(size)
    if last < first:
        raise Invalid("The range ends before it begins.")
    return first, min(last + 1, size)
