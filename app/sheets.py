"""Reading sheets from files, row by row: CSV as offices export it, and XLSX. Nothing is read whole.

CSV: UTF-8 with or without a byte order mark, UTF-16 with one, else windows-1256; columns parted by comma, semicolon or
tab, whichever parts the headings best. XLSX: the first sheet, values rather than formulas. `InvalidField("file")` for
what is neither.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any
from warnings import catch_warnings
from zipfile import BadZipFile, ZipFile

from domain.errors import InvalidField, TooLarge
from domain.imports import Rows

DELIMITERS = (",", ";", "\t")
MOST_UNPACKED = 1 << 30
"""Bytes of an unpacked XLSX file that are read at most."""

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
        reader = csv.reader(chain([first], text), delimiter=_delimiter(first), strict=True)
        rows = _numbered(reader)
        _, headings = next(rows)
        yield OpenSheet(headings, rows, total)


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
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([line], delimiter=one), [])))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except (csv.Error, UnicodeDecodeError):
        raise InvalidField("file", detail="broken_row", row=number + 1) from None


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


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the libraries raise for a broken file into the one error that people are told."""
    try:
        yield
    except (BadZipFile, KeyError, ValueError, IndexError, SyntaxError, OSError) as error:
        raise InvalidField("file", detail="unreadable_file") from error
