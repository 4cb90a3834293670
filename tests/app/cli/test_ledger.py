"""`pishkhan ledger`: the balance, what was posted about a bill, the check, commission."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

IBAN = "IR910120000000100324200001"
AMOUNT = 2_500_000
PLATE = "12ت345-59"
OWNERS = "کد ملی,نام و نام خانوادگی,تلفن همراه\n0499370899,آنه محمدی,09121000001\n"
VEHICLES = "پلاک,کد تاکسی,نوع تاکسی,کد ملی مالک\n12ت345-59,114,خطی,0499370899\n"


@pytest.fixture
def office(terminal: Terminal, tmp_path: Path) -> Terminal:
    """A terminal with staff and a vehicle that owes."""
    for role in ("revenue", "manager", "taxi_officer"):
        terminal.json("staff", "add", role, "--role", role)
    for registry, text in (("owner", OWNERS), ("vehicle", VEHICLES)):
        path = tmp_path / f"{registry}.csv"
        path.write_text(text, "utf-8-sig")
        terminal.run("import", registry, str(path))
    since = ("--unit", "year", "--from", "1390/01/01", "--as", "revenue")
    terminal.json("tariff", "add", "taxi_duty", "--for", "vehicle_type=line", "--rate", str(AMOUNT), *since)
    terminal.json("duty", "generate", "1405", "--as", "taxi_officer")
    return terminal


def a_bill(office: Terminal) -> tuple[str, str]:
    """The ids of the bill of a duty."""
    bill = office.json("duty", "bill", PLATE, "1405", "--as", "revenue")
    return bill["bill_id"], bill["payment_id"]


def rows(office: Terminal) -> dict[tuple[str, str], int]:
    """The balances."""
    found = office.json("ledger", "balance")["accounts"]
    return {(one["account"], one["subaccount"]): one["balance"] for one in found}


def test_what_moves_is_posted_and_shown(office: Terminal) -> None:
    ids = a_bill(office)
    office.json("payment", "record", *ids, str(AMOUNT), "--reference", "1", "--as", "revenue")
    assert rows(office) == {("receivable", ""): 0, ("bank", "slip"): AMOUNT, ("revenue", "duty"): -AMOUNT}
    whole = office.json("ledger", "balance")
    assert (whole["debit"], whole["credit"], whole["balanced"]) == (2 * AMOUNT, 2 * AMOUNT, True)
    assert whole["accounts"][0]["name"] == "قبض‌های پرداخت‌نشده"
    assert [one["kind"] for one in office.json("ledger", "show", ids[0])] == ["bill_issued", "payment"]
    assert "عوارض" in office.run("ledger", "balance").out
    assert "bill_issued" in office.run("ledger", "show", ids[0]).out
    early = office.json("ledger", "balance", "--to", "1400/01/01")
    assert (early["accounts"], early["debit"]) == ([], 0)
    assert office.json("ledger", "balance", "--from", "1400/01/01")["debit"] == 2 * AMOUNT
    assert office.refused("ledger", "balance", "--from", "x")["field"] == "from"
    assert office.refused("ledger", "show", "112360")["code"] == "invalid_field"


def test_the_check_names_each_difference(office: Terminal, database: Path) -> None:
    bill_id, _ = a_bill(office)
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
    assert rows(office) == {("bank", "bank_file"): 2000, ("bank", "slip"): -2000}
    assert office.refused("ledger", "correct", "bank", *correct[3:], "revenue")["field"] == "account"
