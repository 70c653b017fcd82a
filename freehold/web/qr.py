"""QR codes as inline SVG, drawn by the hub itself: what they say is secret and nobody else's business."""

import segno
from markupsafe import Markup


def qr_code(text: str, label: str) -> Markup:
    """An SVG of `text`, dark on light in both themes as cameras want it; sized by the page's style."""
    # The library escapes `title`; all else that it writes is numbers.
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, light="#fff", border=3, title=label)
    return Markup(drawn)  # noqa: S704
