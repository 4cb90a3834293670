"""Course of an import of many vehicles: its time beside a bare one, its memory, and whether every bad row is reported.

    python -m bench.imports [ROWS]

A CSV file of ROWS vehicles (50,000) is made, one row in a hundred bad in one of ten ways. Each measurement is a process
of its own on a migrated SQLite database that knows the owners and agencies:

- bare: `csv.reader` and one `INSERT` of many rows into the same table, nothing checked, bad rows and all that break the
  table's own keys left out by hand;
- examine: `pishkhan import --report` as it refuses the file and writes nothing but the report;
- import: the same with `--skip-bad-rows`;
- again: the same file once more, which changes nothing.

The report is compared with what was planted, fault by fault. Memory is the peak of resident memory above that of the
process before it opened the file, and the peak of Python's own (`tracemalloc`, in a further run: it costs time).
"""

import asyncio
import csv
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.configuration.settings import Settings
from app.ids import RandomIds
from app.processes.importing import ImportOptions, import_file
from app.wiring import load_dependencies
from bench.citizens import national_code_of
from domain.actions.context import ActorContext
from domain.actions.registries.rows import put_rows
from domain.registries.declarations import AGENCY, OWNER, VEHICLE
from domain.registries.imports import ProgressCallback
from domain.values.actors import SYSTEM
from store.migrate import migrate
from store.unit_of_work import SqlStore

OWNERS = 5_000
AGENCIES = 40
LETTERS = "ابپتجدسصطعقلمنوهی"
HEADINGS = (
    "پلاک",
    "کد تاکسی",
    "VIN",
    "نوع خودرو",
    "سال ساخت",
    "سوخت",
    "ظرفیت",
    "نوع تاکسی",
    "شماره پروانه شرکت",
    "کد ملی مالک",
    "اعتبار بیمه",
    "اعتبار معاینه فنی",
)
FUELS, TYPES = ("بنزین", "دوگانه سوز", "گاز طبيعي"), ("خطی", "گردشی", "تلفنی", "ون")

Row = list[str]
Planted = tuple[int, str, str]
"""A fault: row number, heading, code."""


def person(number: int) -> str:
    """Return a national code that is valid."""
    return national_code_of(123_456_000 + number * 7)


def plate(number: int) -> str:
    """Return a plate of its own for every number up to 13 million."""
    rest, three = divmod(number, 900)
    rest, letter = divmod(rest, len(LETTERS))
    region, two = divmod(rest, 90)
    return f"{two + 10}{LETTERS[letter]}{three + 100}-{region + 10}"


def vehicle(number: int) -> Row:
    """Return a good row, as an office would write it."""
    year, month, day = 1405 + number % 2, number % 12 + 1, number % 29 + 1
    return [
        plate(number),
        f"{number + 1}",
        f"NAAN01CA{number:09}",
        "پژو ۴۰۵",
        f"{1390 + number % 15}",
        FUELS[number % 3],
        "4",
        TYPES[number % 4],
        f"P-{number % AGENCIES}",
        person(number % OWNERS),
        f"{year}/{month:02}/{day:02}",
        f"{day:02}/{month:02}/{year}",
    ]


FLAWS: Sequence[tuple[str, Callable[[Row, Row], str], str]] = (
    ("پلاک", lambda row, _: "12ت34-5", "invalid_field"),
    ("پلاک", lambda row, good: good[0], "conflict"),
    ("کد تاکسی", lambda row, good: good[1], "conflict"),
    ("VIN", lambda row, _: "123", "invalid_field"),
    ("سوخت", lambda row, _: "هیزم", "unknown_kind"),
    ("نوع تاکسی", lambda row, _: "", "missing_field"),
    ("شماره پروانه شرکت", lambda row, _: "P-999", "not_found"),
    ("کد ملی مالک", lambda row, _: "1234567890", "invalid_field"),
    ("کد ملی مالک", lambda row, _: "0499370899", "not_found"),
    ("اعتبار بیمه", lambda row, _: "1405/13/01", "invalid_field"),
)
"""Flaws of rows: the column, the bad cell made from the row and the good row before it, and the code."""


def make_file(path: Path, rows: int) -> list[Planted]:
    """Write the file; return what is wrong with it, in order."""
    planted = []
    good = vehicle(0)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            row = vehicle(number)
            if number % 100 == 99:
                heading, spoil, code = FLAWS[number // 100 % len(FLAWS)]
                row[HEADINGS.index(heading)] = spoil(row, good)
                planted.append((number + 2, heading, code))
            else:
                good = row
            writer.writerow(row)
    return planted


def reported(path: Path) -> list[Planted]:
    """Read the report's faults."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(int(row[0]), row[1], row[2]) for row in list(csv.reader(file))[1:]]


@dataclass(slots=True)
class Measured:
    """Seconds by the clock and of the processor, peak of resident memory above the start, peak of Python's own (MiB
    both), and numbers of rows.
    """

    seconds: float
    cpu: float
    resident: float
    python: float
    counts: dict[str, int]


@contextmanager
def no_bar(_what: str, _total: int | None) -> Iterator[ProgressCallback]:
    """Show no progress."""
    yield lambda _done: None


async def ours(database: Path, file: Path, *, skip: bool, report: Path | None) -> dict[str, int]:
    """Import the file as `pishkhan import` does."""
    store = await SqlStore.connect(f"sqlite:///{database}")
    try:
        desk = await load_dependencies(Settings(demo=True), store)
        wish = ImportOptions(skip_bad_rows=skip, report_path=report)
        done = await import_file(desk, store, VEHICLE, file, wish, SYSTEM, no_bar)
        return done.examined.tally.as_json() | {"written": done.kept_tally.rows if done.kept_tally else 0}
    finally:
        await store.close()


async def bare(database: Path, file: Path, *, skip: bool, report: Path | None) -> dict[str, int]:
    """Read the file and insert its rows as they are; those that are known to break the table are passed over."""
    ids, seen = RandomIds(), set()
    statement = (
        "INSERT OR IGNORE INTO vehicles (id, plate, taxi_code, vin, model, year, fuel, capacity, type, agency, owner,"
        " insurance_expiry, inspection_expiry, revision, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '2026-11-24 00:00:00', '2026-11-24 00:00:00')"
    )
    with sqlite3.connect(database) as connection, file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        next(reader)
        seen = {row[0] for row in connection.execute("SELECT plate FROM vehicles")}
        connection.executemany(statement, ((ids.new_id(), *row) for row in reader))
        count = connection.execute("SELECT count(*) FROM vehicles").fetchone()[0] - len(seen)
    return {"written": count}


WAYS = {"bare": bare, "examine": ours, "import": ours, "again": ours}


def child(way: str, database: str, file: str, report: str, traced: str) -> None:
    """Measure one way in this process, and print it as JSON."""
    arguments: dict[str, Any] = {"skip": way != "examine", "report": Path(report) if report else None}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if traced:
        tracemalloc.start()
    began, worked = time.perf_counter(), time.process_time()
    counts = asyncio.run(WAYS[way](Path(database), Path(file), **arguments))
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    python = tracemalloc.get_traced_memory()[1] / 2**20 if traced else 0.0
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = {"resident": (after - before) / 1024, "python": python}
    print(json.dumps({"seconds": seconds, "cpu": cpu, **memory, "counts": counts}))


def measure(way: str, database: Path, file: Path, report: Path | None = None, *, traced: bool = False) -> Measured:
    """Measure one way in a process of its own."""
    command = [sys.executable, "-m", "bench.imports", "--child", way, str(database), str(file), str(report or "")]
    command.append("traced" if traced else "")
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return Measured(**json.loads(done.stdout))


async def furnish(database: Path) -> None:
    """Make the database, with its owners and agencies."""
    await migrate(f"sqlite:///{database}")
    store = await SqlStore.connect(f"sqlite:///{database}")
    desk = await load_dependencies(Settings(demo=True), store)
    owners = [{"national_id": person(number), "name": f"مالک {number}"} for number in range(OWNERS)]
    agencies = [{"licence_number": f"P-{number}", "name": f"شرکت {number}"} for number in range(AGENCIES)]
    async with store.open_unit() as uow:
        context = ActorContext(desk, uow, SYSTEM)
        for begin in range(0, OWNERS, 500):
            await put_rows(context, OWNER, owners[begin : begin + 500])
        await put_rows(context, AGENCY, agencies)
    await store.close()


def copy(template: Path, name: str) -> Path:
    """Return a fresh database."""
    return Path(shutil.copy(template, template.with_name(name)))


def line(name: str, rows: int, one: Measured, traced: Measured, counts: str) -> str:
    """Return a row of the table."""
    times = f"{one.seconds:.2f} | {one.cpu:.2f} | {rows / one.seconds:,.0f}"
    return f"| {name} | {times} | {one.resident:.1f} | {traced.python:.1f} | {counts} |"


def table(folder: Path, rows: int) -> Iterator[str]:
    """Measure everything for one size, and yield the table's rows; the report must be what was planted."""
    file, report = folder / f"{rows}.csv", folder / "report.csv"
    planted = make_file(file, rows)
    template = folder / "template.db"
    plain = copy(template, "bare.db"), copy(template, "bare-traced.db")
    yield line("bare", rows, measure("bare", plain[0], file), measure("bare", plain[1], file, traced=True), "")
    ours_, traced = copy(template, "ours.db"), copy(template, "traced.db")
    for way in ("examine", "import", "again"):
        found, slow = measure(way, ours_, file, report), measure(way, traced, file, report, traced=True)
        if reported(report) != planted:
            raise SystemExit(f"{way}: the report is not what was planted")
        counts = ", ".join(f"{name} {number:,}" for name, number in found.counts.items())
        yield line(way, rows, found, slow, counts)
    yield f"\n{len(planted):,} bad rows were planted; each report named exactly these, in order."


def main(sizes: Sequence[int]) -> None:
    """Print a table for each size."""
    with TemporaryDirectory(prefix="pishkhan-bench-") as home:
        asyncio.run(furnish(Path(home) / "template.db"))
        for rows in sizes:
            print(f"{rows:,} rows\n")
            print("| way | s | CPU s | rows/s | resident, MiB above start | Python's own, MiB | rows |")
            print("|---|---|---|---|---|---|---|")
            for one in table(Path(home), rows):
                print(one, flush=True)
            print()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main([int(one) for one in sys.argv[1:]] or [50_000])
