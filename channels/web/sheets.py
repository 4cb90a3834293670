"""A small table as a file for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

from domain.registries.sheet import neutralise_formula


def render_csv(file_name: str, rows: Iterable[Sequence[str | int]]) -> web.Response:
    """Return rows as `file_name`.csv, with a byte order mark, so that spreadsheets see its letters, and without
    formulas.
    """
    csv_buffer = io.StringIO()
    csv.writer(csv_buffer).writerows([neutralise_formula(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}.csv"'}
    return web.Response(
        body=csv_buffer.getvalue().encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
    )
