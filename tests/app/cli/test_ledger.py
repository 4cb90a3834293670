"""`pishkhan ledger`: the check, commission, corrections."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

FORM = ("full_name=آنه محمدی", "national_code=0499370899", "items=لودر ۴ ساعت", "date=فردا", "start=۸", "place=بازار")

MACHINES = "code,type,title\nLD-1,loader,لودر ۱\n"
OPERATORS = "code,title,mobile,skills\nOP-1,راننده ۱,09111111111,loader\n"


@pytest.fixture
def office(terminal: Terminal, tmp_path: Path) -> Terminal:
    """A terminal with staff, a price, a machine and its operator."""
    for role in ("civil", "revenue", "manager"):
        terminal.json("staff", "add", role, "--role", role)
    price = {"dimensions": {"machine": "loader"}, "rate": 1_000_000}
    terminal.deed("add_tariff", by="revenue", service="machinery", **price)
    for table, text in (("machines", MACHINES), ("operators", OPERATORS)):
        path = tmp_path / f"{table}.csv"
        path.write_text(text)
        terminal.json("import", table, str(path))
    return terminal


def a_bill(office: Terminal) -> str:
    """The id of the bill of a request."""
    sets = [part for one in FORM for part in ("--set", one)]
    code = office.json("request", "submit", "machinery", "--as", "civil", "--mobile", "09121234567", *sets)["code"]
    office.json("request", "act", code, "accept", "--as", "civil")
    [bill] = office.json("request", "act", code, "price", "--as", "revenue")["bills"]
    return str(bill["bill_id"])


def test_the_check_names_each_difference(office: Terminal, database: Path) -> None:
    bill_id = a_bill(office)
    assert office.json("ledger", "check") == []
    assert "says what" in office.run("ledger", "check").out
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE ledger_entries SET amount = amount - 1000")
    found = office.run("ledger", "check", "--json")
    assert found.code == 1
    assert found.out.count(bill_id) == 2
    assert bill_id in office.run("ledger", "check").out


def test_a_month_without_earnings_posts_nothing(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "a-secret-of-this-test")
    office.json("office", "add", "1001", "دفتر پیشخوان گمیشان")
    month = ("ledger", "commission", "1001", "--year", "1404", "--month")
    assert office.json(*month, "2") == []
    assert office.refused(*month, "13")["field"] == "month"
    assert office.refused("ledger", "commission", "1001", "--year", "1498", "--month", "1")["field"] == "month"
    assert office.refused(*month, "2", "--as", "manager")["code"] == "forbidden"


def test_a_correction_is_posted(office: Terminal) -> None:
    correct = ("ledger", "correct", "bank:bank_file", "bank:slip", "1000", "--note", "در فایل آمد", "--as")
    assert office.refused(*correct, "manager")["code"] == "forbidden"
    assert office.json(*correct, "revenue")["kind"] == "correction"
    assert office.run(*correct, "revenue").code == 0
    assert office.json("ledger", "check") == []
    assert office.refused("ledger", "correct", "bank", *correct[3:], "revenue")["field"] == "account"
