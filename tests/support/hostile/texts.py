"""Texts that try to be more than texts: markup, the beginnings of formulas, and marks that turn what stands behind."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

PREFIXES = ("=", "+", "-", "@", "\t", "\r")
"""First characters that spreadsheets take for a formula."""
MARKUP = "\"'><img src=x onerror=hit()><x-hit>"
"""Ends whatever attribute it may stand in, and begins elements; the longest that a name has room for."""
ELEMENT = "<x-hit>"
"""All that there is room for in few characters."""
TURNS = "\u202e"
"""Turns the direction of what follows, which no text of ours does."""
TURNING = f"\u2069{TURNS}\u2029"
"""Ends whatever isolate it may stand in, turns the direction of what follows, and begins a paragraph."""


def hostile_text(name: str, prefix: str, most: int = 500) -> str:
    """A text that says what it is, and tries to be more than a text."""
    whole = f"{prefix}{name}{MARKUP}"
    return f"{whole if len(whole) <= most else f'{prefix}{name}{ELEMENT}'}{TURNING}"[:most]


def find_names(names: Iterable[str], words: str) -> set[str]:
    """Those of the names whose texts stand whole in these words."""
    return {name for name in names if f"{name}{MARKUP}" in words or f"{name}{ELEMENT}" in words}


def read_cells(content: bytes, kind: str) -> list[list[Any]]:
    """The rows of a sheet."""
    if kind == "csv":
        return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    sheets = load_workbook(BytesIO(content)).worksheets
    return [list(row) for sheet in sheets for row in sheet.iter_rows(values_only=True)]


_AMOUNT = re.compile(r"-[0-9]+")


def find_formulas(rows: Sequence[Sequence[object]]) -> list[object]:
    """The cells of a sheet that a spreadsheet would run; a negative amount in CSV is none."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str) and not _AMOUNT.fullmatch(cell)]
    return [text for text in texts if text.startswith((*PREFIXES, "\n"))]
