"""`pishkhan payment reconcile`: a file previewed, booked and brought again; what differs, and who must act."""

import asyncio
import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.bills.bill import Bill
from domain.people.person import StaffMember
from domain.values.actors import Role
from domain.values.calendar import to_tehran
from tests.support.municipality import FOUR_HOURS, StandingClock, build_desk, municipality
from tests.support.settlement_files import bill_line, jalali_day, write_bills
from tests.support.terminal import Terminal

PAID_AT = datetime.now(UTC) - timedelta(hours=1)
"""Commands have the real clock: what was paid long ago would be missed by now."""
DAY = to_tehran(PAID_AT).date()
STRANGE_LINE = f"1234567,x,5000,70,{jalali_day(PAID_AT)},,\n"


@pytest.fixture
def bills(database: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[Bill]:
    """Two bills that wait for their money."""
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "a-secret-of-this-test")
    return asyncio.run(_bill_twice(database))


async def _bill_twice(database: Path) -> Sequence[Bill]:
    clock = StandingClock()
    async with municipality(database, build_desk(clock), clock) as town:
        await town.furnish()
        async with town.store.open_unit() as uow:
            for role in (Role.REVENUE, Role.AUDITOR):
                await uow.people.save_staff(StaffMember(role, frozenset({role}), "آی‌گل", None, "", True, clock.now()))
        codes = [await town.reach("awaiting_payment") for _ in range(2)]
        return [(await town.bills(code))[0] for code in codes]


@pytest.fixture
def file(bills: Sequence[Bill], tmp_path: Path) -> Path:
    """A file that pays both, and has a line of somebody else's and one that cannot be read."""
    path = tmp_path / "bank.csv"
    lines = [bill_line(bill, number, PAID_AT) for number, bill in enumerate(bills, 1)]
    path.write_bytes(write_bills(*lines, STRANGE_LINE, "x\n"))
    return path


def reconcile(terminal: Terminal, *arguments: str, code: int = 1) -> Any:
    """Run the command, which ends with this exit code."""
    finished = terminal.run("payment", "reconcile", *arguments, "--json")
    assert finished.code == code, finished
    return json.loads(finished.out)


def take(terminal: Terminal, file: Path, *options: str) -> Any:
    """Bring a file in which something is to be looked at."""
    return reconcile(terminal, str(file), "--layout", "bills_csv", "--as", "revenue", *options)


def test_a_file_is_previewed_then_booked_and_changes_nothing_again(
    terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    seen = take(terminal, file)
    assert (seen["state"], seen["booked"], seen["lines"], seen["to_act_on"]) == ("examined", 0, 4, 2)
    assert seen["faults"] == [{"line": 5, "reason": "too_few_columns"}]
    report = tmp_path / "results.csv"
    booked = take(terminal, file, "--apply", "--report", str(report))
    assert (booked["state"], booked["booked"], booked["same_file"]) == ("booked", 3, True)
    assert booked["outcomes"] == {
        "faulty": {"lines": 1, "amount": 0},
        "no_bill": {"lines": 1, "amount": 5000},
        "settles": {"lines": 2, "amount": 2 * FOUR_HOURS},
    }
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [row[1] for row in rows] == ["نتیجه", *["پرداخت می‌شود"] * 2, "قبض ما نیست", "خواندنی نیست"]
    again = take(terminal, file, "--apply")
    assert (again["state"], again["booked"], again["same_file"]) == ("booked", 0, True)


def test_what_differs_is_named_with_who_must_act(terminal: Terminal, file: Path) -> None:
    assert reconcile(terminal, code=0)["differences"] == []
    take(terminal, file, "--apply")
    assert sorted((one["kind"], one["who"]) for one in reconcile(terminal)["differences"]) == [
        ("faulty_lines", "bank"),
        ("no_bill", "revenue"),
    ]
    of_day = reconcile(terminal, "--day", DAY.isoformat())
    assert [(one["source"], one["counted"], one["filed"], one["even"]) for one in of_day["totals"]] == [
        ("bank", 2, 3, False)
    ]
    assert "2 open differences (bank: 1, revenue: 1)" in terminal.run("payment", "reconcile").out
    assert reconcile(terminal, "--day", "1404/01/05", code=0)["differences"] == []


def test_a_cut_file_is_refused_and_so_are_strangers(terminal: Terminal, file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv"
    cut.write_bytes(file.read_bytes()[:-4])
    bring = ("payment", "reconcile", str(file), "--layout")
    refused = terminal.refused("payment", "reconcile", str(cut), "--layout", "bills_csv", "--as", "revenue")
    assert "ناقص" in refused["message"]
    assert terminal.refused(*bring, "bills_csv", "--as", "auditor")["code"] == "forbidden"
    assert terminal.refused(*bring, "none", "--as", "revenue")["field"] == "layout"
    assert terminal.run("payment", "reconcile", str(file)).code == 2


def test_own_layouts_lie_over_the_shipped_ones(
    terminal: Terminal, bills: Sequence[Bill], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts, file = tmp_path / "layouts.toml", tmp_path / "own.txt"
    monkeypatch.setenv("PISHKHAN_PAYMENTS__SETTLEMENT_LAYOUTS", str(layouts))
    layouts.write_text(
        'own = {kind="bills", source="tejarat", form="csv", delimiter=";", encoding="cp1256", '
        "fields={bill_id=1, payment_id=2, amount=3, reference=4, day=5}}"
    )
    file.write_text(f"{bills[0].bill_id};{bills[0].payment_id};{bills[0].amount};7;1405/09/03\n", "cp1256")
    booked = reconcile(terminal, str(file), "--layout", "own", "--as", "revenue", "--apply", code=0)
    assert (booked["state"], booked["booked"]) == ("booked", 1)
    layouts.write_text("own = 1")
    finished = terminal.run("payment", "reconcile")
    assert (finished.code, "own: not a table" in finished.err) == (3, True)
