"""Reconciliation of a gateway's settlement of many sales: rows/s beside a bare CSV read, and the memory that it takes.

    python -m bench.settlement [ROWS]

A SQLite database has ROWS settled attempts (1,000,000), and a CSV file has a line for each but every thousandth, which
is of no attempt of ours.

- bare: `csv.reader` over the file, its amounts added up, in a process of its own;
- read: the file read by its layout, every line checked, the same;
- preview: `pishkhan payment reconcile FILE`: every line stored with what it comes to;
- apply: the same with `--apply`, which books every line;
- page: a file as large as the staff's site takes (10 MB), brought to its page, examined and booked there: all of it is
  the server's work.

`pishkhan serve` runs over the same database beside the last three, and its memory counts. The bench fails when server
and command have more than 300 MB together (PSS; what that is: `bench.footprints`), or the differences are not those
that were planted.
"""

import csv
import json
import resource
import sqlite3
import subprocess
import sys
import time
from asyncio import run, sleep
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.footprints import Footprint
from bench.processes import PROGRAM, Server, free_port, spawned, usual
from bench.settlement_page import MOST_LINES, SettlementPage
from domain.people.person import StaffMember
from domain.settlement.layouts import load_shipped_layouts
from domain.settlement.lines import LineFault
from domain.settlement.reading import SettlementFileReader
from domain.values.actors import Role
from domain.values.calendar import to_tehran
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.factories import a_bill, an_attempt
from tests.support.settlement_files import jalali_day

MOST_BYTES = 300_000_000
JOBS_AT_START_SECONDS = 10.0
"""Until what a server does once when it starts is over."""
STRANGE_EVERY = 1000
AMOUNT = 1_500_000
LAYOUT = "behpardakht_csv"
FIRST_SALE = 50_000_000_000

ATTEMPTS = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
INSERT INTO payment_attempts (id, gateway, order_number, state, channel, created_at, session_ends_at, sale_number,
  verified_at, finished_at, unanswered_calls, revision)
SELECT n, 'behpardakht', n, 'settled', 'portal', '{moment}', '{moment}', {sale} + n, '{moment}', '{moment}', 0, 1
FROM numbers"""
SHARES = """
INSERT INTO payment_attempt_shares (attempt_id, bill_row_id, position, amount)
SELECT id, {bill}, 0, {amount} FROM payment_attempts"""


BOOKED_LINES = "SELECT outcome, count(*) FROM settlement_lines WHERE NOT is_pending GROUP BY outcome"


async def furnish(url: str) -> int:
    """Migrate a database with a member of the revenue unit and a bill; the bill's row."""
    await migrate(url)
    store, bill = await SqlStore.connect(url), a_bill(amount=AMOUNT)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.payment_attempts.add(an_attempt(bill, gateway="sadad"))
        roles = frozenset({Role.REVENUE})
        await uow.people.save_staff(StaffMember("revenue", roles, "آی‌گل", None, "", True, datetime.now(UTC)))
    await store.close()
    return bill.id


async def fill(database: Path, rows: int, moment: datetime) -> None:
    """Put so many settled attempts into a new database."""
    bill = await furnish(f"sqlite:///{database}")
    stored = moment.replace(tzinfo=None).isoformat(" ", "microseconds")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM payment_attempt_shares")
        connection.execute(ATTEMPTS.format(rows=rows, moment=stored, sale=FIRST_SALE))
        connection.execute(SHARES.format(bill=bill, amount=AMOUNT))


def write_file(file: Path, rows: int, moment: datetime) -> None:
    """Write the gateway's file."""
    paid_at = f"{jalali_day(moment)} {to_tehran(moment):%H:%M:%S}"
    with file.open("w", encoding="utf-8-sig") as output:
        output.write("شماره سفارش,شماره مرجع تراکنش,مبلغ,زمان تراکنش\n")
        for number in range(1, rows + 1):
            order = number if number % STRANGE_EVERY else rows + number
            sale = FIRST_SALE + order
            output.write(f"{order},{sale},{AMOUNT},{paid_at}\n")


def read_bare(file: Path) -> None:
    """Add up the amounts of a file, and do nothing else."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        if not sum(int(row[2]) for row in reader):
            raise ValueError("the file has no amounts")


def read_by_layout(file: Path) -> None:
    """Read every line by its layout."""
    with file.open("rb") as stream:
        reader = SettlementFileReader(load_shipped_layouts()[LAYOUT], stream)
        if any(isinstance(line, LineFault) for line in reader.read_lines()):
            raise ValueError("a line cannot be read")


BARE_WAYS: dict[str, Callable[[Path], None]] = {"bare": read_bare, "read": read_by_layout}


@dataclass(frozen=True, slots=True)
class Measured:
    """Course of one way."""

    way: str
    rows: int
    seconds: float
    resident: int
    """Bytes of the process at most; those of all of them where a server runs beside it."""
    together: int | None = None
    """PSS of server and command at most, in bytes; None where there is no server."""
    printed: str = ""
    """Output of the command."""

    def __str__(self) -> str:
        together = f"{self.together / 1e6:.0f}" if self.together else "–"
        rate = f"{self.rows / self.seconds:,.0f}"
        return f"| {self.way} | {self.rows:,} | {self.seconds:.2f} | {rate} | {together} | {self.resident / 1e6:.0f} |"


def measure_bare(way: str, file: Path, rows: int) -> Measured:
    """Run one way in a process of its own."""
    command = [sys.executable, "-m", "bench.settlement", "--one", way, str(file)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this module itself
    seconds, resident = json.loads(finished.stdout)
    return Measured(way, rows, seconds, resident)


async def measure_command(way: str, file: Path, rows: int, server: Server) -> Measured:
    """Run the command beside a server."""
    arguments = ["payment", "reconcile", str(file), "--layout", LAYOUT, "--as", "revenue", "--json"]
    began = time.perf_counter()
    options = ["--apply"] if way == "apply" else []
    process = await spawned((PROGRAM, *arguments, *options), server.environment, stdin=DEVNULL, stdout=PIPE)
    footprint = Footprint((server.pid, process.pid))
    await footprint.watch(process)
    printed, _ = await process.communicate()
    if process.returncode not in {0, 1}:  # 1: somebody has to look at something
        raise SystemExit(f"the command ended with {process.returncode}")
    seconds, result = time.perf_counter() - began, json.loads(printed)
    if way == "apply":  # the server's job books the same file beside the command, each line once: both together count
        database = Path(server.environment["PISHKHAN_DATABASE_URL"].removeprefix("sqlite:///"))
        result["booked"] = sum(count_booked_lines(database).values())
    return Measured(way, rows, seconds, footprint.resident, footprint.proportional, json.dumps(result))


def count_booked_lines(database: Path) -> dict[str, int]:
    """Return how many lines of the file in a database were booked, by their outcome."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute(BOOKED_LINES).fetchall())


async def measure_page(file: Path, database: Path, rows: int, server: Server, made_password: str) -> Measured:
    """Bring a file to the staff's site and have it booked there."""
    footprint = Footprint((server.pid,))
    async with SettlementPage(server.port, footprint) as page:
        await page.sign_in(made_password)
        began = time.perf_counter()
        await page.book_file(file, LAYOUT)
        seconds = time.perf_counter() - began
    lines_by_outcome = count_booked_lines(database)
    result = {
        "booked": sum(lines_by_outcome.values()),
        "outcomes": {outcome: {"lines": lines} for outcome, lines in lines_by_outcome.items()},
    }
    return Measured("page", rows, seconds, footprint.resident, footprint.proportional, json.dumps(result))


def run_one(way: str, file: Path) -> None:
    """Measure one way in this process, and print the figures."""
    began = time.perf_counter()
    BARE_WAYS[way](file)
    seconds = time.perf_counter() - began
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


async def furnished(folder: Path, rows: int) -> tuple[Path, Path, Server]:
    """Make a database of so many attempts with the file of their settlement, and a server over it."""
    moment = datetime.now(UTC) - timedelta(hours=1)
    database, file = folder / "bench.db", folder / "settlement.csv"
    await fill(database, rows, moment)
    write_file(file, rows, moment)
    return file, database, Server(folder, usual(f"sqlite:///{database}", free_port(), "http://127.0.0.1:9"))


async def measure_beside_server(folder: Path, rows: int) -> list[Measured]:
    """Run the commands beside a server, then the page of another."""
    file, _, server = await furnished(folder / "command", rows)
    async with server:
        measured = [await measure_command(way, file, rows, server) for way in ("preview", "apply")]
    for one in measured:
        print(one, flush=True)
    page_rows = min(rows, MOST_LINES)
    file, database, server = await furnished(folder / "page", page_rows)
    made_password = json.loads(await server.run("staff", "reset-password", "revenue", "--json"))["password"]
    async with server:
        await sleep(JOBS_AT_START_SECONDS)
        measured.append(await measure_page(file, database, page_rows, server, made_password))
    print(measured[-1], flush=True)
    return measured


def find_faults(one: Measured) -> list[str]:
    """Return what is wrong with a way beside a server."""
    result = json.loads(one.printed)
    strangers = result["outcomes"].get("no_attempt", {}).get("lines", 0)
    booked = 0 if one.way == "preview" else one.rows
    faults = [] if (one.together or 0) <= MOST_BYTES else [f"{one.way}: more than {MOST_BYTES / 1e6:.0f} MB"]
    is_right = (result["booked"], strangers) == (booked, one.rows // STRANGE_EVERY)
    return [*faults, *([] if is_right else [f"{one.way}: booked {result['booked']}, of no attempt {strangers}"])]


def main() -> None:
    """Measure all ways."""
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2], Path(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory(prefix="pishkhan-bench-") as folder:
        file = Path(folder) / "bare.csv"
        write_file(file, rows, datetime.now(UTC) - timedelta(hours=1))
        print(f"{rows:,} lines, {file.stat().st_size / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB of memory\n")
        print("| way | lines | s | rows/s | PSS with the server, MB | RSS, MB |\n|---|---|---|---|---|---|")
        for way in BARE_WAYS:
            print(measure_bare(way, file, rows), flush=True)
        for name in ("command", "page"):
            (Path(folder) / name).mkdir()
        measured = run(measure_beside_server(Path(folder), rows))
    faults = [fault for one in measured for fault in find_faults(one)]
    print("\n" + ("; ".join(faults) or "every line was booked, and those of no attempt were held in suspense"))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
