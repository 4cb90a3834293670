"""How a gateway's settlement of many sales is reconciled: rows/s beside a bare CSV read, and the memory of the process.

    python -m bench.settlement [ROWS]

A SQLite database has ROWS settled attempts (1,000,000), and a CSV file has a line for each but every thousandth, which
is of no attempt of ours. Each measurement is a process of its own:

- bare: `csv.reader` over the file, its amounts added up;
- read: the file read by its layout, every line checked;
- preview: `pishkhan payment reconcile FILE`: every line stored with what it comes to;
- apply: the same with `--apply`, which books every line.

The bench fails when a process has more than 300 MB of resident memory, or the differences are not those that were
planted.
"""

import csv
import json
import resource
import sqlite3
import subprocess
import sys
import time
from asyncio import run
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.cli.main import build_program
from bench.processes import usual
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


def fill(database: Path, rows: int, moment: datetime) -> None:
    """Put so many settled attempts into a new database."""
    bill = run(furnish(f"sqlite:///{database}"))
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


def reconcile(file: Path, *options: str) -> None:
    """Run the command."""
    arguments = ["payment", "reconcile", str(file), "--layout", LAYOUT, "--as", "revenue", "--json", *options]
    build_program().main(arguments, prog_name="pishkhan")


WAYS: dict[str, Callable[[Path], None]] = {
    "bare": read_bare,
    "read": read_by_layout,
    "preview": reconcile,
    "apply": lambda file: reconcile(file, "--apply"),
}


def measure(way: str, file: Path, database: Path) -> tuple[float, int, str]:
    """Run one way in a process of its own; seconds, resident bytes at most, and what it printed."""
    settings = usual(f"sqlite:///{database}", 0, "http://127.0.0.1:9")
    command = [sys.executable, "-m", "bench.settlement", "--one", way, str(file)]
    finished = subprocess.run(  # noqa: S603 - this module itself
        command, env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    *printed, figures = finished.stdout.splitlines()
    seconds, resident = json.loads(figures)
    return seconds, resident, "".join(printed)


def run_one(way: str, file: Path) -> None:
    """Measure one way in this process, and print the figures."""
    began = time.perf_counter()
    try:
        WAYS[way](file)
    except SystemExit as ended:
        if ended.code not in {0, 1}:  # 1: somebody has to look at something
            raise
    seconds = time.perf_counter() - began
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


def main() -> None:
    """Measure all ways."""
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2], Path(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    moment, missed, printed = datetime.now(UTC) - timedelta(hours=1), False, ""
    with TemporaryDirectory(prefix="pishkhan-bench-") as folder:
        database, file = Path(folder) / "bench.db", Path(folder) / "settlement.csv"
        fill(database, rows, moment)
        write_file(file, rows, moment)
        print(f"{rows:,} lines, {file.stat().st_size / 1e6:.0f} MB\n")
        print("| way | s | rows/s | resident, MB |\n|---|---|---|---|")
        for way in WAYS:
            seconds, resident, printed = measure(way, file, database)
            print(f"| {way} | {seconds:.2f} | {rows / seconds:,.0f} | {resident / 1e6:.0f} |", flush=True)
            missed |= resident > MOST_BYTES
        result = json.loads(printed)
        strangers = result["outcomes"].get("no_attempt", {}).get("lines", 0)
        missed |= (result["booked"], strangers) != (rows, rows // STRANGE_EVERY)
        print(f"\nbooked {result['booked']:,}, of no attempt {strangers:,}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
