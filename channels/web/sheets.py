"""A small table as a file for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

from domain.registries.sheet import neutral


def csv_file(name: str, rows: Iterable[Sequence[str | int]]) -> web.Response:
    """Return rows as `name`.csv, with a byte order mark, so that spreadsheets see its letters, and without formulas."""
    text = io.StringIO()
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return web.Response(
        body=text.getvalue().encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
    )
