"""Tills of counter offices from the command line: a day is closed, closed again, and a month is listed."""

import pytest

from tests.support.terminal import Terminal

TILL = ("office", "till", "1001")


@pytest.fixture
def office(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A municipality with a counter office and its staff."""
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "a-secret-of-this-test")
    terminal.json("office", "add", "1001", "دفتر پیشخوان گمیشان")
    for role in ("revenue", "manager"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def test_a_day_is_closed_and_a_month_listed(office: Terminal) -> None:
    close = (*TILL, "--day", "1405/01/05")
    assert office.json(*TILL, "--list") == []
    made = office.json(*close, "--amount", "700", "--note", "بی‌گزارش", "--as", "revenue")
    assert {name: made[name] for name in made if name != "closed_at"} == {
        "office": "1001",
        "number": 1,
        "day": "2026-03-25",
        "declared": 700,
        "payments": 0,
        "amount": 0,
        "difference": 700,
        "note": "بی‌گزارش",
        "closed_by": "staff:revenue",
    }
    assert office.run(*close, "--amount", "0").out == "1001: 2026-03-25 closed, 0 rials declared and 0 reported\n"
    (day,) = office.json(*TILL, "--list", "--day", "1405/01/31")
    assert (day["day"], day["payments"], day["amount"], day["changed"]) == ("2026-03-25", 0, 0, False)
    assert (day["closing"]["number"], day["closing"]["closed_by"], day["former"]) == (2, "system:cli", [made])
    assert office.json(*TILL, "--list", "--day", "1405/02/01") == []
    assert "2026-03-25" in office.run(*TILL, "--list", "--day", "1405/01/01").out


def test_refusals_are_told(office: Terminal) -> None:
    close = (*TILL, "--day", "1405/01/05", "--amount")
    for command, code, field in (
        ((*close, "7"), "missing_field", "note"),
        ((*close, "-7"), "invalid_field", "amount"),
        ((*close, "0", "--as", "manager"), "forbidden", "till"),
        ((*TILL, "--day", "1499/01/01", "--amount", "0"), "invalid_field", "day"),
        ((*TILL, "--day", "x", "--amount", "0"), "invalid_field", "day"),
        (("office", "till", "9", "--day", "1405/01/05", "--amount", "0"), "not_found", "office"),
        (("office", "till", "9", "--list"), "not_found", "office"),
    ):
        refused = office.refused(*command)
        assert (refused["code"], refused["field"]) == (code, field), command
    assert [office.run(*TILL, *half).code for half in ((), ("--day", "1405/01/05"), ("--amount", "0"))] == [2, 2, 2]
    assert office.json(*TILL, "--list", "--day", "1405/01/05") == []
