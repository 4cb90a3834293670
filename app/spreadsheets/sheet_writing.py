"""Writing sheets row by row: CSV with a byte order mark, so that spreadsheets see its letters, and XLSX.

Everything goes straight into a stream that need not be seekable: a file, a pipe, an answer under way. No cell begins a
formula: what looks like one is guarded (`neutralise_formula`). A file appears when it is complete.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from app.spreadsheets.xlsx_stream import open_xlsx_writer
from domain.registries.sheet import neutralise_formula
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason

Cells = Sequence[str | int | float | Decimal | None]
WriteRow = Callable[[Cells], None]


@contextmanager
def open_csv_writer(output: BinaryIO) -> Iterator[WriteRow]:
    """Write CSV, commas between columns."""
    text_stream = TextIOWrapper(output, encoding="utf-8-sig", newline="")
    csv_writer = csv.writer(text_stream)
    try:
        yield lambda cells: csv_writer.writerow(["" if cell is None else neutralise_formula(cell) for cell in cells])
    finally:
        text_stream.detach()  # what it holds is written; the stream stays open


@contextmanager
def _open_neutral_xlsx_writer(output: BinaryIO) -> Iterator[WriteRow]:
    with open_xlsx_writer(output) as write_row:
        yield lambda cells: write_row([neutralise_formula(cell) for cell in cells])


FORMAT_WRITERS: Mapping[str, Callable[[BinaryIO], AbstractContextManager[WriteRow]]] = {
    "csv": open_csv_writer,
    "xlsx": _open_neutral_xlsx_writer,
}
"""Writers of a sheet, by its kind: the end of its name."""


def open_sheet_writer(output: BinaryIO, kind: str) -> AbstractContextManager[WriteRow]:
    """Write a sheet of this kind (csv, xlsx) into a stream; `InvalidField("file")` for another kind."""
    if kind not in FORMAT_WRITERS:
        raise InvalidField("file", InvalidReason.FILE_KIND, given=kind)
    return FORMAT_WRITERS[kind](output)


@contextmanager
def open_file_writer(path: Path, *, force: bool = False) -> Iterator[WriteRow]:
    """Write a file by the end of its name; `InvalidField("file")` for another, `Conflict("file")` when it is there."""
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMAT_WRITERS:
        raise InvalidField("file", InvalidReason.FILE_KIND, given=path.suffix)
    if path.exists() and not force:
        raise Conflict("file", ConflictReason.FILE_EXISTS)
    part_file = path.with_name(f"{path.name}.part")
    try:
        with part_file.open("wb") as output, open_sheet_writer(output, kind) as write_row:
            yield write_row
        part_file.replace(path)
    finally:
        part_file.unlink(missing_ok=True)
