"""Reading sheets from files, row by row: CSV as offices export it, and XLSX. Nothing is read whole.

CSV: UTF-8 with or without a byte order mark, UTF-16 with one, else windows-1256; columns parted by comma, semicolon or
tab, whichever parts the headings best. XLSX: the first sheet, values rather than formulas. `InvalidField("file")` for
what is neither. A row of CSV that cannot be told apart (a quote that nobody closed) is given as `Unread`, and the rows
below it are read on.
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

from domain.registries.imports import Rows, Unread
from domain.values.errors import InvalidField, TooLarge

DELIMITERS = (",", ";", "\t")
MOST_UNPACKED = 1 << 30
"""Bytes of an unpacked XLSX file that are read at most."""

MOST_LINES = 50
"""Lines that one row of CSV may have: a quote that is still open then is one that was forgotten."""

_BLOCK = 1 << 20
_ZIP = b"PK\x03\x04"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A file under reading: its headings, the rows below, and how many rows there are, where the file tells."""

    headings: Sequence[str]
    rows: Rows
    total: int | None


@contextmanager
def opened(path: Path) -> Iterator[OpenSheet]:
    """Open a file by its content, whatever it is called."""
    with path.open("rb") as file:
        begin = file.read(len(_ZIP))
        file.seek(0)
        with (_xlsx if begin == _ZIP else _csv)(file) as sheet:
            yield sheet


@contextmanager
def _csv(file: BufferedReader) -> Iterator[OpenSheet]:
    encoding = _encoding(file)
    total = _lines(file)
    with TextIOWrapper(file, encoding, newline="") as text:
        first = _first_line(text)
        if not first.strip("\ufeff\r\n\t ,;"):
            raise InvalidField("file", detail="empty_file")
        rows = _numbered(_Lines(chain([first], text)), _delimiter(first))
        number, headings = next(rows)
        if isinstance(headings, Unread):
            raise InvalidField("file", detail="broken_row", row=number)
        yield OpenSheet([str(one) for one in headings], rows, total)


def _first_line(text: TextIOWrapper) -> str:
    try:
        return text.readline()
    except UnicodeDecodeError:
        raise InvalidField("file", detail="unreadable_file") from None


def _encoding(file: BufferedReader) -> str:
    """Find the encoding by its mark, or by whether all of it is UTF-8; text has no NUL."""
    for mark, name in _MARKS:
        if file.peek(len(mark)).startswith(mark):
            return name
    decoder, valid = codecs.getincrementaldecoder("utf-8")(), True
    while block := file.read(_BLOCK):
        if b"\0" in block:
            raise InvalidField("file", detail="unreadable_file")
        valid = valid and _decodes(decoder, block)
    valid = valid and _decodes(decoder, b"", final=True)
    file.seek(0)
    return "utf-8" if valid else "windows-1256"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _lines(file: BufferedReader) -> int:
    """Return how many lines lie below the headings: rows, but for cells of several lines."""
    count, last = 0, b"\n"
    while block := file.read(_BLOCK):
        count, last = count + block.count(b"\n"), block
    file.seek(0)
    return count - last.endswith(b"\n")


def _delimiter(line: str) -> str:
    try:
        return max(DELIMITERS, key=lambda one: len(next(csv.reader([line], delimiter=one), [])))
    except csv.Error:  # a heading of more than a hundred thousand characters
        raise InvalidField("file", detail="unreadable_file") from None


class _Lines(Iterator[str]):
    """The lines of a file; those of the row under reading can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given_back: deque[str] = deque()
        self.row: list[str] = []

    def __next__(self) -> str:
        """Return the next line; a row that is too long ends as the file does."""
        if len(self.row) >= MOST_LINES:
            raise StopIteration
        line = self._given_back.popleft() if self._given_back else next(self._lines)
        self.row.append(line)
        return line

    def give_back(self) -> str:
        """Take back all lines of the row but its first, which is returned."""
        first, *rest = self.row
        self._given_back.extendleft(reversed(rest))
        return first


def _numbered(lines: _Lines, delimiter: str) -> Iterator[tuple[int, Sequence[object]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    for number in count(1):
        lines.row = []
        cells: Sequence[object] | None
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = Unread((lines.give_back().rstrip("\r\n"),))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        except UnicodeDecodeError:
            raise InvalidField("file", detail="broken_row", row=number) from None
        if cells is None:
            return
        yield number, cells


@contextmanager
def _xlsx(file: BufferedReader) -> Iterator[OpenSheet]:
    from openpyxl import load_workbook  # noqa: PLC0415 - it takes a while, and most commands never need it

    _refuse_huge(file)
    with _told(), catch_warnings(action="ignore"):  # of styles that some programs leave out
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
    try:
        total = max((sheet.max_row or 1) - 1, 0)
        sheet.reset_dimensions()  # some programs write wrong ones, which would cut rows off
        rows = _cells(sheet)
        headings = next(rows, (1, ()))[1]
        if not any(headings):
            raise InvalidField("file", detail="empty_file")
        yield OpenSheet(["" if one is None else str(one) for one in headings], rows, total)
    finally:
        book.close()


def _cells(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    while True:
        with _told():
            found = next(rows, None)
        if found is None:
            return
        yield found


def _refuse_huge(file: BufferedReader) -> None:
    """Refuse a packed file that would not end; `file` is at its beginning again."""
    with _told(), ZipFile(file) as packed:
        size = sum(one.file_size for one in packed.infolist())
    file.seek(0)
    if size > MOST_UNPACKED:
        raise TooLarge("file")


_BROKEN = (
    BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, SyntaxError, OSError,
    RuntimeError,  # locked by a password; `NotImplementedError`, packed in a way that Python does not know, is one too
)  # fmt: skip


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the libraries raise for a broken file into the one error that people are told."""
    try:
        yield
    except _BROKEN as error:
        raise InvalidField("file", detail="unreadable_file") from error
