"""Reading sheets from files, row by row: CSV as offices export it, and XLSX. Nothing is read whole.

CSV: UTF-8 with or without a byte order mark, UTF-16 with one, else windows-1256; columns parted by comma, semicolon or
tab, whichever parts the headings best. XLSX: the first sheet, values rather than formulas. `InvalidField("file")` for
what is neither. A row of CSV that cannot be separated (a quote that nobody closed) is given as `UnreadRow`, and the
rows below it are read on.
"""

import codecs
import csv
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from itertools import chain, count
from pathlib import Path
from typing import Any
from warnings import catch_warnings
from zipfile import BadZipFile, ZipFile

from domain.registries.imports import SheetRows, UnreadRow
from domain.values.errors import InvalidField, TooLarge
from domain.values.reasons import InvalidReason

DELIMITERS = (",", ";", "\t")
MOST_UNPACKED_BYTES = 1 << 30
MOST_PARTS = 2000
"""Files that a packed one may hold: a workbook has some dozens."""
"""Bytes of an unpacked XLSX file that are read at most."""

MOST_LINES = 50
"""Lines that one row of CSV may have: a quote that is still open then is one that was forgotten."""

_BLOCK_BYTES = 1 << 20
_ZIP_MARK = b"PK\x03\x04"
_ENCODING_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A file under reading: its headings, the rows below, and how many rows there are, where the file says so."""

    headings: Sequence[str]
    rows: SheetRows
    total: int | None


@contextmanager
def open_sheet(path: Path) -> Iterator[OpenSheet]:
    """Open a file by its content, whatever it is called."""
    with path.open("rb") as file:
        first_bytes = file.read(len(_ZIP_MARK))
        file.seek(0)
        with (_open_xlsx if first_bytes == _ZIP_MARK else _open_csv)(file) as sheet:
            yield sheet


@contextmanager
def _open_csv(file: BufferedReader) -> Iterator[OpenSheet]:
    encoding = _detect_encoding(file)
    total = _count_lines(file)
    with TextIOWrapper(file, encoding, newline="") as text_stream:
        first_line = _read_first_line(text_stream)
        if not first_line.strip("\ufeff\r\n\t ,;"):
            raise InvalidField("file", InvalidReason.EMPTY_FILE)
        rows = _number_rows(_LineReader(chain([first_line], text_stream)), _detect_delimiter(first_line))
        row_number, headings = next(rows)
        if isinstance(headings, UnreadRow):
            raise InvalidField("file", InvalidReason.BROKEN_ROW, row=row_number)
        yield OpenSheet([str(heading) for heading in headings], rows, total)


def _read_first_line(text_stream: TextIOWrapper) -> str:
    try:
        return text_stream.readline()
    except UnicodeDecodeError:
        raise InvalidField("file", InvalidReason.UNREADABLE_FILE) from None


def _detect_encoding(file: BufferedReader) -> str:
    """Find the encoding by its mark, or by whether all of it is UTF-8; text has no NUL."""
    for byte_mark, name in _ENCODING_MARKS:
        if file.peek(len(byte_mark)).startswith(byte_mark):
            return name
    decoder, is_utf8 = codecs.getincrementaldecoder("utf-8")(), True
    while block := file.read(_BLOCK_BYTES):
        if b"\0" in block:
            raise InvalidField("file", InvalidReason.UNREADABLE_FILE)
        is_utf8 = is_utf8 and _can_decode(decoder, block)
    is_utf8 = is_utf8 and _can_decode(decoder, b"", final=True)
    file.seek(0)
    return "utf-8" if is_utf8 else "windows-1256"


def _can_decode(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _count_lines(file: BufferedReader) -> int:
    """Return how many lines lie below the headings: rows, but for cells of several lines."""
    line_count, last_block = 0, b"\n"
    while block := file.read(_BLOCK_BYTES):
        line_count, last_block = line_count + block.count(b"\n"), block
    file.seek(0)
    return line_count - last_block.endswith(b"\n")


def _detect_delimiter(line: str) -> str:
    try:
        return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([line], delimiter=delimiter), [])))
    except csv.Error:  # a heading of more than a hundred thousand characters
        raise InvalidField("file", InvalidReason.UNREADABLE_FILE) from None


class _LineReader(Iterator[str]):
    """The lines of a file; those of the row under reading can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned_lines: deque[str] = deque()
        self.row_lines: list[str] = []

    def __next__(self) -> str:
        """Return the next line; a row that is too long ends as the file does."""
        if len(self.row_lines) >= MOST_LINES:
            raise StopIteration
        line = self._returned_lines.popleft() if self._returned_lines else next(self._lines)
        self.row_lines.append(line)
        return line

    def return_lines(self) -> str:
        """Take back all lines of the row but its first, which is returned."""
        first_line, *other_lines = self.row_lines
        self._returned_lines.extendleft(reversed(other_lines))
        return first_line


def _number_rows(lines: _LineReader, delimiter: str) -> Iterator[tuple[int, Sequence[object]]]:
    csv_reader = csv.reader(lines, delimiter=delimiter, strict=True)
    for row_number in count(1):
        lines.row_lines = []
        cells: Sequence[object] | None
        try:
            cells = next(csv_reader, None)
        except csv.Error:
            cells = UnreadRow((lines.return_lines().rstrip("\r\n"),))
            csv_reader = csv.reader(lines, delimiter=delimiter, strict=True)
        except UnicodeDecodeError:
            raise InvalidField("file", InvalidReason.BROKEN_ROW, row=row_number) from None
        if cells is None:
            return
        yield row_number, cells


@contextmanager
def _open_xlsx(file: BufferedReader) -> Iterator[OpenSheet]:
    from openpyxl import load_workbook  # noqa: PLC0415 - it takes a while, and most commands never need it

    _refuse_huge_file(file)
    with _reporting_broken_file(), catch_warnings(action="ignore"):  # of styles that some programs leave out
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
    try:
        total = max((sheet.max_row or 1) - 1, 0)
        sheet.reset_dimensions()  # some programs write wrong ones, which would cut rows off
        rows = _iterate_cells(sheet)
        headings = next(rows, (1, ()))[1]
        if not any(headings):
            raise InvalidField("file", InvalidReason.EMPTY_FILE)
        yield OpenSheet(["" if heading is None else str(heading) for heading in headings], rows, total)
    finally:
        workbook.close()


def _iterate_cells(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    while True:
        with _reporting_broken_file():
            numbered_row = next(rows, None)
        if numbered_row is None:
            return
        yield numbered_row


def _refuse_huge_file(file: BufferedReader) -> None:
    """Refuse a packed file that would not end; `file` is at its beginning again."""
    with _reporting_broken_file(), ZipFile(file) as archive:
        parts = archive.infolist()
    file.seek(0)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise TooLarge("file")


_BROKEN_FILE_ERRORS = (
    BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    OSError,
    RuntimeError,  # locked by a password; `NotImplementedError`, packed in a way that Python does not know, is one too
)


@contextmanager
def _reporting_broken_file() -> Iterator[None]:
    """Turn what the libraries raise for a broken file into the one error that people see."""
    try:
        yield
    except _BROKEN_FILE_ERRORS as error:
        raise InvalidField("file", InvalidReason.UNREADABLE_FILE) from error
