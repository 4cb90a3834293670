"""Writing sheets row by row: CSV with a byte order mark, so that spreadsheets see its letters, and XLSX.

Everything goes straight into a stream that need not be seekable: a file, a pipe, an answer under way. No cell begins a
formula: what looks like one is guarded (`neutral`). A file appears when it is complete.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from app.spreadsheets.xlsx_stream import xlsx_rows
from domain.registries.sheet import neutral
from domain.values.errors import Conflict, InvalidField

Cells = Sequence[str | int | float | None]
WriteRow = Callable[[Cells], None]


@contextmanager
def csv_rows(out: BinaryIO) -> Iterator[WriteRow]:
    """Write CSV, commas between columns."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    try:
        yield lambda cells: writer.writerow(["" if cell is None else neutral(cell) for cell in cells])
    finally:
        text.detach()  # what it holds is written; the stream stays open


@contextmanager
def _neutral_xlsx_rows(out: BinaryIO) -> Iterator[WriteRow]:
    with xlsx_rows(out) as write:
        yield lambda cells: write([neutral(cell) for cell in cells])


FORMATS: Mapping[str, Callable[[BinaryIO], AbstractContextManager[WriteRow]]] = {
    "csv": csv_rows,
    "xlsx": _neutral_xlsx_rows,
}
"""How a sheet is written, by its kind: the end of its name."""


def rows_into(out: BinaryIO, kind: str) -> AbstractContextManager[WriteRow]:
    """Write a sheet of this kind (csv, xlsx) into a stream; `InvalidField("file")` for another kind."""
    if kind not in FORMATS:
        raise InvalidField("file", detail="file_kind", given=kind)
    return FORMATS[kind](out)


@contextmanager
def written(path: Path, *, force: bool = False) -> Iterator[WriteRow]:
    """Write a file by the end of its name; `InvalidField("file")` for another, `Conflict("file")` when it is there."""
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise InvalidField("file", detail="file_kind", given=path.suffix)
    if path.exists() and not force:
        raise Conflict("file", detail="file_exists")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out, rows_into(out, kind) as write:
            yield write
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
