"""XLSX as a stream: rows go out as they come, in constant memory, into anything that takes bytes.

openpyxl makes an empty workbook, and every part of it is its own but the rows, which are streamed into the place that
it left for them: it keeps them in a temporary file until all are there, so nobody could be sent anything before. A
sheet that is full is followed by another one under the same headings.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

ROWS_A_SHEET = 1_000_000
"""Under the format's limit of 1,048,576, headings included."""

BYTES_A_SHEET = 1 << 30
"""Unpacked: beyond twice as much the archive would need a form that some spreadsheets do not read."""

COMPRESSION_LEVEL = 1
"""Of compression: rows that resemble each other pack well even so, and more costs more time than all else."""

_SHEETS_FOLDER = "xl/worksheets/"
_EMPTY_ROW_TAGS = b"<sheetData />", b"<sheetData/>", b"<sheetData></sheetData>"
_UNWRITABLE_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP_SIGNS = re.compile("[&<>]")
_ESCAPED_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

Cells = Sequence[str | int | float | Decimal | None]


@contextmanager
def open_xlsx_writer(output: BinaryIO) -> Iterator[Callable[[Cells], None]]:
    """Write a workbook whose sheets read from right to left, the first row of each being the headings."""
    with ZipFile(output, "w", ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
        workbook = _StreamedWorkbook(archive)
        try:
            yield workbook.write_row
        except BaseException:
            workbook.abandon_sheet()
            raise
        workbook.finish()


class _StreamedWorkbook:
    """A workbook under way."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._bytes_before, self._bytes_behind = _markup_around_rows()
        self._sheet: IO[bytes] | None = None
        self._headings = b""
        self._sheet_count = self._row_count = self._byte_count = 0

    def write_row(self, cells: Cells) -> None:
        """Write a row."""
        row = _row_markup(cells)
        if self._sheet is None:
            self._headings = row
            self._sheet = self._begin_sheet()
        elif self._row_count > ROWS_A_SHEET or self._byte_count > BYTES_A_SHEET:
            self._end_sheet()
            self._sheet = self._begin_sheet()
            self._put_row(self._sheet, self._headings)
        self._put_row(self._sheet, row)

    def finish(self) -> None:
        """End the last sheet, and add what the workbook has besides."""
        if self._sheet is None:
            self._sheet = self._begin_sheet()
        self._end_sheet()
        for name, content in _workbook_parts(self._sheet_count).items():
            if not name.startswith(_SHEETS_FOLDER):
                self._archive.writestr(name, content)

    def abandon_sheet(self) -> None:
        """Let go of the sheet under way, which is not whole."""
        if self._sheet is not None:
            self._sheet.close()

    def _begin_sheet(self) -> IO[bytes]:
        self._sheet_count += 1
        self._row_count = self._byte_count = 0
        sheet = self._archive.open(f"{_SHEETS_FOLDER}sheet{self._sheet_count}.xml", "w")
        sheet.write(self._bytes_before)
        return sheet

    def _put_row(self, sheet: IO[bytes], row: bytes) -> None:
        sheet.write(row)
        self._row_count += 1
        self._byte_count += len(row)

    def _end_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.write(self._bytes_behind)
            self._sheet.close()


def _row_markup(cells: Cells) -> bytes:
    return f"<row>{''.join(map(_cell_markup, cells))}</row>".encode()


def _cell_markup(value: str | int | float | Decimal | None) -> str:
    if value is None or value == "":
        return "<c/>"
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    if _UNWRITABLE_SIGNS.search(value):
        value = _UNWRITABLE_SIGNS.sub("", value)
    if _MARKUP_SIGNS.search(value):
        value = _MARKUP_SIGNS.sub(lambda match: _ESCAPED_SIGNS[match[0]], value)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def _workbook_parts(sheet_count: int) -> dict[str, bytes]:
    """Return the parts of an empty workbook with so many sheets."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while, and most commands never need it

    workbook: Any = Workbook(write_only=True)
    for _ in range(sheet_count):
        sheet = workbook.create_sheet()
        sheet.sheet_view.rightToLeft = True
        sheet.freeze_panes = "A2"
        sheet.sheet_format.defaultColWidth = 16
    packed_file = BytesIO()
    workbook.save(packed_file)
    with ZipFile(packed_file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _markup_around_rows() -> tuple[bytes, bytes]:
    """Return what a sheet has before its rows, and behind them."""
    sheet = _workbook_parts(1)[f"{_SHEETS_FOLDER}sheet1.xml"]
    empty_rows = next(row_tag for row_tag in _EMPTY_ROW_TAGS if row_tag in sheet)
    markup_before, _, markup_behind = sheet.partition(empty_rows)
    return markup_before + b"<sheetData>", b"</sheetData>" + markup_behind
