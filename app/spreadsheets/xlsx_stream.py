"""XLSX as a stream: rows go out as they come, in constant memory, into anything that takes bytes.

openpyxl makes an empty workbook, and every part of it is its own but the rows, which are streamed into the place that
it left for them: it keeps them in a temporary file until all are there, so nobody could be sent anything before. A
sheet that is full is followed by another one under the same headings.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

ROWS_A_SHEET = 1_000_000
"""Under the format's limit of 1,048,576, headings included."""

BYTES_A_SHEET = 1 << 30
"""Unpacked: beyond twice as much the archive would need a form that some spreadsheets do not read."""

LEVEL = 1
"""Of compression: rows that resemble each other pack well even so, and more costs more time than all else."""

_SHEETS = "xl/worksheets/"
_ROWS = b"<sheetData />", b"<sheetData/>", b"<sheetData></sheetData>"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile("[&<>]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

Cells = Sequence[str | int | float | None]


@contextmanager
def xlsx_rows(out: BinaryIO) -> Iterator[Callable[[Cells], None]]:
    """Write a workbook whose sheets read from right to left, the first row of each being the headings."""
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        book = _Book(archive)
        try:
            yield book.write
        except BaseException:
            book.give_up()
            raise
        book.finish()


class _Book:
    """A workbook under way."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._before, self._behind = _around_rows()
        self._sheet: IO[bytes] | None = None
        self._headings = b""
        self._sheets = self._rows = self._bytes = 0

    def write(self, cells: Cells) -> None:
        """Write a row."""
        row = _row(cells)
        if self._sheet is None:
            self._headings = row
            self._sheet = self._begun()
        elif self._rows > ROWS_A_SHEET or self._bytes > BYTES_A_SHEET:
            self._end()
            self._sheet = self._begun()
            self._put(self._sheet, self._headings)
        self._put(self._sheet, row)

    def finish(self) -> None:
        """End the last sheet, and add what the workbook has besides."""
        if self._sheet is None:
            self._sheet = self._begun()
        self._end()
        for name, content in _parts(self._sheets).items():
            if not name.startswith(_SHEETS):
                self._archive.writestr(name, content)

    def give_up(self) -> None:
        """Let go of the sheet under way, which is not whole."""
        if self._sheet is not None:
            self._sheet.close()

    def _begun(self) -> IO[bytes]:
        self._sheets += 1
        self._rows = self._bytes = 0
        sheet = self._archive.open(f"{_SHEETS}sheet{self._sheets}.xml", "w")
        sheet.write(self._before)
        return sheet

    def _put(self, sheet: IO[bytes], row: bytes) -> None:
        sheet.write(row)
        self._rows += 1
        self._bytes += len(row)

    def _end(self) -> None:
        if self._sheet is not None:
            self._sheet.write(self._behind)
            self._sheet.close()


def _row(cells: Cells) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(value: str | int | float | None) -> str:
    if value is None or value == "":
        return "<c/>"
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    if _UNWRITABLE.search(value):
        value = _UNWRITABLE.sub("", value)
    if _MARKUP.search(value):
        value = _MARKUP.sub(lambda found: _ESCAPED[found[0]], value)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def _parts(sheets: int) -> dict[str, bytes]:
    """Return the parts of an empty workbook with so many sheets."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while, and most commands never need it

    book: Any = Workbook(write_only=True)
    for _ in range(sheets):
        sheet = book.create_sheet()
        sheet.sheet_view.rightToLeft = True
        sheet.freeze_panes = "A2"
        sheet.sheet_format.defaultColWidth = 16
    file = BytesIO()
    book.save(file)
    with ZipFile(file) as made:
        return {name: made.read(name) for name in made.namelist()}


def _around_rows() -> tuple[bytes, bytes]:
    """Return what a sheet has before its rows, and behind them."""
    sheet = _parts(1)[f"{_SHEETS}sheet1.xml"]
    empty = next(one for one in _ROWS if one in sheet)
    before, _, behind = sheet.partition(empty)
    return before + b"<sheetData>", b"</sheetData>" + behind
