"""Machine-readable symbols on a paper: QR codes and barcodes, as pictures that a document carries inside it (SVG); and
the barcode of a bill as a picture of its own, for chats (PNG).

The libraries are imported when the first symbol is made: a process that prints nothing does without them.
"""

import re
from io import BytesIO
from urllib.parse import quote

QUIET_ZONE = 10
"""Modules of white on each side of a barcode, without which scanners find no beginning."""


PICTURE_MODULE, PICTURE_HEIGHT = 4, 240
"""Pixels of a module's width, and of the bars' height, of a barcode as a picture: a messenger that makes the picture
smaller leaves enough.
"""


def render_qr_code(encoded_text: str) -> str:
    """Return a QR code as a `data:` address; error correction M still reads with a crease or a stain."""
    from segno import make_qr  # noqa: PLC0415

    return str(make_qr(encoded_text, error="m").svg_data_uri(border=4, svgclass=None, lineclass=None, omitsize=True))


def render_barcode(even_digits: str) -> str:
    """Return an even number of digits as a Code 128 barcode, two digits a symbol, as a `data:` address."""
    bar_modules = _build_modules(even_digits)
    dark_runs = [(dark_run.start(), dark_run.end() - dark_run.start()) for dark_run in re.finditer("1+", bar_modules)]
    bars_path = "".join(f"M{run_start} 0h{run_width}v1h-{run_width}z" for run_start, run_width in dark_runs)
    svg_text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(bar_modules)} 1" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path d="{bars_path}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg_text)}"


def draw_barcode(even_digits: str) -> bytes:
    """Return the same barcode as a picture (PNG), with white around it."""
    from PIL import Image  # noqa: PLC0415

    bar_modules = _build_modules(even_digits)
    bars = Image.frombytes("L", (len(bar_modules), 1), bytes(0 if module == "1" else 255 for module in bar_modules))
    margin = QUIET_ZONE * PICTURE_MODULE
    picture = Image.new("L", (len(bar_modules) * PICTURE_MODULE, PICTURE_HEIGHT + 2 * margin), 255)
    picture.paste(bars.resize((picture.width, PICTURE_HEIGHT), Image.Resampling.NEAREST), (0, margin))
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _build_modules(even_digits: str) -> str:
    """Return the bars (1) and spaces (0) of a barcode, with the quiet zones beside them."""
    from barcode.codex import Code128  # noqa: PLC0415

    quiet_zone = "0" * QUIET_ZONE
    return f"{quiet_zone}{Code128(even_digits).build()[0]}{quiet_zone}"
