"""What machines read on a paper: QR codes and barcodes, as pictures that a document carries inside it (SVG).

Both libraries are imported when the first paper is made: a process that prints nothing does without them.
"""

import re
from urllib.parse import quote

QUIET_ZONE = 10
"""Modules of white on each side of a barcode, without which scanners find no beginning."""


def render_qr_code(encoded_text: str) -> str:
    """Return a QR code as a `data:` address; error correction M still reads with a crease or a stain."""
    from segno import make_qr  # noqa: PLC0415

    return str(make_qr(encoded_text, error="m").svg_data_uri(border=4, svgclass=None, lineclass=None, omitsize=True))


def render_barcode(even_digits: str) -> str:
    """Return an even number of digits as a Code 128 barcode, two digits a symbol, as a `data:` address."""
    from barcode.codex import Code128  # noqa: PLC0415

    bar_modules = Code128(even_digits).build()[0]
    dark_runs = [
        (QUIET_ZONE + dark_run.start(), dark_run.end() - dark_run.start())
        for dark_run in re.finditer("1+", bar_modules)
    ]
    bars_path = "".join(f"M{run_start} 0h{run_width}v1h-{run_width}z" for run_start, run_width in dark_runs)
    view_box = f"0 0 {len(bar_modules) + 2 * QUIET_ZONE} 1"
    svg_text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path d="{bars_path}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg_text)}"
