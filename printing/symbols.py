"""What machines read on a paper: QR codes and barcodes, as pictures that a document carries inside it (SVG).

Both libraries are imported when the first paper is made: a process that prints nothing does without them.
"""

import re
from urllib.parse import quote

QUIET = 10
"""Modules of white on each side of a barcode, without which scanners find no beginning."""


def qr_code(text: str) -> str:
    """Return a QR code as a `data:` address; error correction M still reads with a crease or a stain."""
    from segno import make_qr  # noqa: PLC0415

    return str(make_qr(text, error="m").svg_data_uri(border=4, svgclass=None, lineclass=None, omitsize=True))


def barcode(digits: str) -> str:
    """Return an even number of digits as a Code 128 barcode, two digits a symbol, as a `data:` address."""
    from barcode.codex import Code128  # noqa: PLC0415

    modules = Code128(digits).build()[0]
    runs = [(QUIET + run.start(), run.end() - run.start()) for run in re.finditer("1+", modules)]
    bars = "".join(f"M{start} 0h{width}v1h-{width}z" for start, width in runs)
    box = f"0 0 {len(modules) + 2 * QUIET} 1"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path d="{bars}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
