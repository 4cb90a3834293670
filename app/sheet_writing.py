"""Writing sheets to files, row by row: CSV with a byte order mark, so that spreadsheets see its letters, and XLSX.

The file appears when it is complete. No cell begins a formula: what looks like one is guarded (`neutral`).
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.errors import Conflict, InvalidField
from domain.registry_sheet import neutral

Cells = Sequence[str | int | None]
WriteRow = Callable[[Cells], None]


@contextmanager
def csv_file(path: Path) -> Iterator[WriteRow]:
    """Write CSV, commas between columns."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)

        def write(cells: Cells) -> None:
            writer.writerow(["" if cell is None else neutral(cell) for cell in cells])

        yield write


@contextmanager
def xlsx_file(path: Path) -> Iterator[WriteRow]:
    """Write XLSX with one sheet, from right to left; openpyxl keeps rows in a temporary file, not in memory."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while, and most commands never need it

    book: Any = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.sheet_view.rightToLeft = True
    sheet.freeze_panes = "A2"

    def write(cells: Cells) -> None:
        sheet.append([neutral(cell) for cell in cells])

    try:
        yield write
    except BaseException:
        sheet.close()
        raise
    book.save(path)


FORMATS: Mapping[str, Callable[[Path], Any]] = {".csv": csv_file, ".xlsx": xlsx_file}
"""How a file is written, by the end of its name."""


@contextmanager
def written(path: Path, *, force: bool = False) -> Iterator[WriteRow]:
    """Write a file by the end of its name; `InvalidField("file")` for another, `Conflict("file")` when it is there."""
    if path.suffix.lower() not in FORMATS:
        raise InvalidField("file", detail="file_kind", given=path.suffix)
    if path.exists() and not force:
        raise Conflict("file", detail="file_exists")
    part = path.with_name(f"{path.name}.part")
    try:
        with FORMATS[path.suffix.lower()](part) as write:
            yield write
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
