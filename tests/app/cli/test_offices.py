"""Counter offices from the command line: keys, networks, commission, statements."""

import pytest

from tests.support.terminal import Terminal

ADD = ("office", "add", "1001", "دفتر پیشخوان گمیشان")
SECRET = "a-secret-of-this-test"
YEAR = ("--year", "1405")


@pytest.fixture
def office(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A municipality with a counter office and its staff."""
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", SECRET)
    terminal.json(*ADD)
    for role in ("admin", "revenue", "manager", "civil"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def rows(terminal: Terminal) -> list[dict[str, object]]:
    """The offices as they are listed."""
    found: list[dict[str, object]] = terminal.json("office", "list")
    return found


def test_a_key_is_told_once(office: Terminal) -> None:
    made = office.json("office", "add", "A_2", "دفتر دوم", "--username", "second", "--as", "admin")
    assert {name: made[name] for name in made if name != "key"} == {"code": "A_2", "username": "second"}
    again = office.json("office", "rotate-key", "A_2", "--as", "manager")
    assert set(again) == {"code", "username", "key"}
    assert (len(made["key"]), made["key"] != again["key"]) == (32, True)
    assert rows(office)[1] == {
        "code": "A_2",
        "name": "دفتر دوم",
        "username": "second",
        "active": True,
        "networks": [],
        "keys": 2,
        "locked": [],
    }
    office.json("office", "rotate-key", "A_2", "--overlap-hours", "0")
    assert [one["keys"] for one in rows(office)] == [1, 1]
    assert "key" in office.run("office", "rotate-key", "1001").out
    assert made["key"] not in office.run("office", "list").out


def test_a_name_is_corrected(office: Terminal) -> None:
    shown = office.json("office", "rename", "1001", " دفتر خیابان امام ", "--as", "admin")
    assert (shown["code"], shown["name"]) == ("1001", "دفتر خیابان امام")
    assert office.run("office", "rename", "1001", "دفتر یک").out == "1001: دفتر یک\n"
    assert rows(office)[0]["name"] == "دفتر یک"
    for name in ("", " ", "د" * 101):
        assert office.refused("office", "rename", "1001", name)["field"] == "name"
    assert office.refused("office", "rename", "9", "نام")["field"] == "office"
    assert office.refused("office", "rename", "1001", "نام", "--as", "civil")["code"] == "forbidden"
    assert rows(office)[0]["name"] == "دفتر یک"


def test_refusals_are_told(office: Terminal) -> None:
    assert office.refused(*ADD)["code"] == "already_done"
    assert office.refused("office", "add", "1/2", "نام")["field"] == "code"
    assert office.refused("office", "add", "2", "نام", "--username", "office-1001")["code"] == "conflict"
    for command in (("rotate-key", "9"), ("allow", "9"), ("activate", "9"), ("statement", "9", *YEAR)):
        assert office.refused("office", *command)["field"] == "office"
    assert office.refused("office", "add", "2", "نام", "--as", "civil")["code"] == "forbidden"
    assert office.refused("office", "add", "2", "نام", "--as", "nobody")["code"] == "authentication_failed"
    assert office.run("office", "rotate-key", "1001", "--overlap-hours", "-1").code == 2


def test_without_a_secret_key_no_key_is_made(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_DEMO", "0")
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "")
    finished = terminal.run(*ADD)
    assert (finished.code, "PISHKHAN_SECRET_KEY" in finished.err) == (3, True)


def test_networks_and_activity(office: Terminal) -> None:
    shown = office.json("office", "allow", "1001", "203.0.113.9", "10.0.0.0/8")
    assert shown["networks"] == ["203.0.113.9/32", "10.0.0.0/8"]
    assert office.refused("office", "allow", "1001", "here")["field"] == "network"
    assert office.run("office", "allow", "1001").out == "1001: calls from anywhere\n"
    assert office.run("office", "deactivate", "1001").out == "1001: may not call\n"
    assert rows(office)[0]["active"] is False
    assert office.json("office", "activate", "1001", "--as", "admin")["active"] is True


def test_commission_is_set_by_dated_rules(office: Terminal) -> None:
    add = ("office", "commission", "add")
    made = office.json(*add, "--share", "۲٫۵", "--per-request", "50000", "--as", "revenue")
    assert (made["share"], made["per_request"], made["office"], made["service"]) == ("2.50", 50_000, None, None)
    assert made["made_by"] == "staff:revenue"
    office.json(*add, "--share", "3.07", "--office", "1001", "--service", "machinery", "--from", "1499/01/01")
    following = office.json(*add, "--share", "100", "--from", "1499/01/01")
    listed = office.json("office", "commission", "list")
    assert [(one["share"], one["valid_to"]) for one in listed] == [
        ("2.50", following["valid_from"]),
        ("100.00", None),
        ("3.07", None),
    ]
    assert "3.07" in office.run("office", "commission", "list").out
    for share in ("100.01", "2.505", "-1", "two", "1e9"):
        assert office.refused(*add, f"--share={share}", "--office", "1001")["field"] == "share"
    assert office.refused(*add, "--from", "1400/01/01", "--office", "1001")["field"] == "valid_from"
    assert office.refused(*add, "--service", "moon")["code"] == "unknown_service"
    assert office.json(*add, "--share", "1")["valid_to"] == following["valid_from"]
    assert office.json("office", "commission", "withdraw", str(following["id"]), "--as", "revenue")["withdrawn"]
    assert office.refused("office", "commission", "withdraw", str(following["id"]))["code"] == "already_done"
    listed = office.json("office", "commission", "list")
    assert [(one["share"], one["withdrawn"]) for one in listed] == [
        ("2.50", True),
        ("1.00", False),
        ("100.00", True),
        ("3.07", False),
    ]
    assert listed[1]["valid_to"] is None
    assert office.refused(*add, "--share", "1", "--as", "civil")["code"] == "forbidden"


def test_a_statement_of_a_period(office: Terminal) -> None:
    shown = office.json("office", "statement", "1001", *YEAR, "--month", "9")
    assert (shown["office"], shown["from"], shown["before"]) == ("1001", "2026-11-22", "2026-12-22")
    assert (shown["lines"], shown["payments"], shown["totals"]["commission"]) == ([], [], 0)
    assert office.json("office", "statement", "1001", *YEAR)["from"] == "2026-03-21"
    assert office.run("office", "statement", "1001", *YEAR).out.startswith("1001: from 2026-03-21 on")
    assert office.refused("office", "statement", "1001", *YEAR, "--month", "13")["field"] == "month"
    assert office.refused("office", "statement", "1001", "--year", "1200")["field"] == "year"
