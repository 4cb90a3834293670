"""The smaller commands: staff, imports, days, simulated texts, checks, help, and exit codes."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

from app.cli.main import COMMANDS, CommandGroup
from app.cli.session import READING_COMMANDS
from app.security import passwords
from domain.actions.staff import attempts
from domain.messages.catalogue import load_shipped_texts
from domain.people.sign_in_attempts import MOST_PER_PAIR, ClientOrigin, sign_in_limits
from store.unit_of_work import SqlStore
from tests.support.terminal import Terminal


def every_command() -> list[tuple[str, ...]]:
    """Every command and group of the table."""
    groups = [(name,) for name in COMMANDS]
    return groups + [
        (name, one) for name, entry in COMMANDS.items() if isinstance(entry, CommandGroup) for one in entry.commands
    ]


@pytest.mark.parametrize("command", [(), *every_command()])
def test_every_command_explains_itself(terminal: Terminal, command: tuple[str, ...]) -> None:
    finished = terminal.run(*command, "--help")
    assert finished.code == 0
    assert "Usage:" in finished.out


@pytest.mark.parametrize("arguments", [("fly",), ("request", "fly"), ("request", "show"), ("request", "list", "--fly")])
def test_wrong_usage_is_two(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert terminal.run(*arguments).code == 2


def test_a_misspelt_command_is_guessed(terminal: Terminal) -> None:
    assert "'request'" in terminal.run("reqest").err


def test_the_version_is_told(terminal: Terminal) -> None:
    assert terminal.run("--version").out[0].isdigit()


def test_staff_get_passwords_that_are_told_once(terminal: Terminal) -> None:
    made = terminal.json("staff", "add", "maryam", "--role", "civil", "--role", "manager", "--name", "مریم احمدی")
    assert set(made) == {"username", "password"}
    assert (made["username"], len(made["password"])) == ("maryam", passwords.PASSWORD_LENGTH)
    again = terminal.json("staff", "reset-password", "maryam", "--password", "by-hand-2026")
    assert again == {"username": "maryam", "password": "by-hand-2026"}
    [row] = terminal.json("staff", "list")
    assert row == {
        "username": "maryam",
        "roles": ["civil", "manager"],
        "full_name": "مریم احمدی",
        "mobile": None,
        "active": True,
    }


def test_an_account_is_unlocked_at_the_terminal(terminal: Terminal, database: Path, audit: Any) -> None:
    terminal.json("staff", "add", "maryam", "--role", "civil")

    async def guess() -> None:
        store = await SqlStore.connect(f"sqlite:///{database}")
        limits = sign_in_limits("maryam", ClientOrigin("203.0.113.9", "", inside=False), None)
        for _ in range(MOST_PER_PAIR):
            async with store.open_unit() as uow:
                await attempts.count_attempt(uow.lines, limits, datetime.now(UTC))
        await store.close()

    asyncio.run(guess())
    assert terminal.json("staff", "unlock", "maryam") == {
        "username": "maryam",
        "locks": [{"place": "outside", "source": "203.0.113.9"}],
    }
    assert terminal.json("staff", "unlock", "maryam")["locks"] == []
    assert "forgotten" in terminal.run("staff", "unlock", "maryam").out
    assert [actor for actor, _ in audit("unlocked")] == ["system:cli"] * 3
    assert terminal.refused("staff", "unlock", "bob")["code"] == "not_found"


def test_an_authenticator_is_given_at_the_terminal(terminal: Terminal) -> None:
    terminal.json("staff", "add", "maryam", "--role", "civil")
    first, second = (terminal.json("staff", "totp", "maryam") for _ in range(2))
    assert set(second) == {"username", "secret", "uri", "recovery_codes"}
    assert second["secret"] != first["secret"]
    assert pyotp.parse_uri(second["uri"]).secret == second["secret"]
    assert len(set(second["recovery_codes"])) == 10
    told = terminal.run("staff", "totp", "maryam")
    assert "█" in told.out
    assert "scan this" in told.out
    assert terminal.refused("staff", "totp", "bob")["code"] == "not_found"


def test_without_a_secret_key_nothing_is_sealed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_DEMO", "0")
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "")
    finished = terminal.run("staff", "totp", "maryam")
    assert (finished.code, "PISHKHAN_SECRET_KEY" in finished.err) == (3, True)


def test_staff_that_cannot_be_are_refused(terminal: Terminal) -> None:
    add = ("staff", "add")
    terminal.json(*add, "ali", "--role", "civil")
    assert terminal.refused(*add, "ali", "--role", "civil")["code"] == "already_done"
    assert terminal.refused(*add, "a b", "--role", "civil")["field"] == "username"
    assert terminal.refused(*add, "bob", "--role", "citizen")["code"] == "unknown_kind"
    assert terminal.refused(*add, "bob", "--role", "civil", "--mobile", "12")["field"] == "mobile"
    for weak in ("short", "a river of bob 7", "Letmein2024!", "x" * 201):
        assert terminal.refused(*add, "bob", "--role", "civil", "--password", weak)["field"] == "password"
    assert terminal.refused("staff", "reset-password", "bob")["code"] == "not_found"


def test_a_table_is_imported_and_changed_by_its_codes(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "machines.csv"
    file.write_bytes("\ufefftitle,code,type,status\nلودر ۱,LD-1,loader,active\nلودر ۲,LD-2,loader,\n".encode())
    assert terminal.run("import", "machines", str(file)).code == 0
    file.write_text("title,code,type,status\nلودر ۱,LD-1,loader,maintenance\n")
    assert terminal.run("import", "machines", str(file)).code == 0


def test_nothing_is_imported_when_a_row_is_wrong(terminal: Terminal, tmp_path: Path, database: Path) -> None:
    file = tmp_path / "operators.csv"
    file.write_text("code,title,mobile,skills\nOP-1,راننده,09111111111,loader\nOP-2,راننده,1,\n")
    assert terminal.run("import", "operators", str(file)).code == 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM resources").fetchone() == (0,)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b'"code,title,type\nx,y,loader\n'])
def test_a_file_that_is_no_table_is_refused(terminal: Terminal, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "machines.csv"
    file.write_bytes(content)
    assert terminal.refused("import", "machines", str(file))["code"] in {"missing_field", "invalid_field"}
    assert terminal.refused("import", "moons", str(file))["code"] == "unknown_kind"


def test_a_simulated_text_is_answered(terminal: Terminal) -> None:
    shown = terminal.json("sms", "simulate", "--from", "09121234567", "راهنما")
    assert (shown["state"], shown["intent"]) == ("answered", "help")
    [reply] = shown["replies"]
    assert reply["text"] in terminal.run("sms", "simulate", "--from", "09121234567", "راهنما").out
    assert terminal.json("outbox", "list", "--recipient", "09121234567")[-1]["id"] == reply["id"]
    assert terminal.json("sms", "simulate", "--from", "3000", "راهنما")["state"] == "not_a_mobile"


def test_the_cost_of_a_text_follows_the_price_of_its_encoding(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PISHKHAN_DEMO", "0")
    monkeypatch.setenv("PISHKHAN_SMS__PROVIDERS", "kavenegar,simulator")
    monkeypatch.setenv("PISHKHAN_SMS__KAVENEGAR__PERSIAN_PART_RIALS", "1500")
    persian = terminal.json("sms", "cost", "س" * 71)
    assert persian == {"encoding": "ucs2", "units": 71, "parts": 2, "cost": {"kavenegar": 3000, "simulator": 0}}
    assert terminal.json("sms", "cost", "hello")["cost"]["kavenegar"] is None


def test_check_finds_nothing_wrong_with_what_we_ship(terminal: Terminal) -> None:
    assert terminal.json("check") == {"faults": [], "remarks": []}


def test_check_names_every_fault(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = tmp_path / "own.toml"
    texts.write_text('[sms]\nunknwon = "x"\nhelp = "{moon}"\n')
    monkeypatch.setenv("PISHKHAN_TEXTS", str(texts))
    monkeypatch.setenv("PISHKHAN_DEMO", "0")
    monkeypatch.setenv("PISHKHAN_SMS__PROVIDERS", "pigeon")
    monkeypatch.setenv("PISHKHAN_CALENDAR__OFFICE_HOURS", "14:00-08:00")
    finished = terminal.run("check")
    assert finished.code == 1
    said = finished.err.splitlines()
    for part in ("PISHKHAN_SECRET_KEY", "'pigeon'", "PISHKHAN_CALENDAR", "sms.unknwon", "moon"):
        assert [line for line in said if part in line], (part, said)
    assert "PISHKHAN_BILLS__COMPANY_CODE" in finished.out


def test_check_names_a_shipped_file_of_texts_that_cannot_be_read(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fa").mkdir()
    (tmp_path / "fa" / "common.toml").write_text("[sms\n")
    monkeypatch.setattr("domain.messages.catalogue.SHARED_TEXTS", tmp_path)
    load_shipped_texts.cache_clear()
    try:
        finished = terminal.run("check")
    finally:
        load_shipped_texts.cache_clear()
    assert finished.code == 1
    assert "common.toml" in finished.err
    assert "PISHKHAN_TEXTS" not in finished.err


def test_own_texts_are_used(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = tmp_path / "own.toml"
    texts.write_text('[sms]\nopted_out = "پیام تبلیغاتی نمی‌فرستیم."\n')
    monkeypatch.setenv("PISHKHAN_TEXTS", str(texts))
    shown = terminal.json("sms", "simulate", "--from", "09121234567", "لغو11")
    assert shown["replies"][0]["text"] == "پیام تبلیغاتی نمی‌فرستیم."


def test_the_configuration_file_may_stand_before_or_after_the_command(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Path
) -> None:
    monkeypatch.delenv("PISHKHAN_DATABASE_URL")
    file = tmp_path / "pishkhan.toml"
    file.write_text(f'database_url = "sqlite:///{database}"\n')
    assert terminal.json("staff", "list", "--config", str(file)) == []
    assert terminal.json("--config", str(file), "staff", "list") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PISHKHAN_DATABASE_URL", "sqlite:////nowhere/at/all.db"),
        ("PISHKHAN_DATABASE_URL", "mysql://localhost/x"),
        ("PISHKHAN_PORT", "eighty"),
    ],
)
def test_what_is_wrong_around_us_is_three(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    for command in (("request", "list"), ("migrate",)):
        assert name in terminal.refused(*command, code=3)["message"]


def test_an_unmigrated_database_is_three(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PISHKHAN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert "pishkhan migrate" in terminal.refused("request", "list", code=3)["message"]
    assert terminal.json("migrate")["moved"] == 0
    assert terminal.json("request", "list") == []


def test_commands_that_show_personal_data_are_read_events(terminal: Terminal, database: Path) -> None:
    terminal.json("staff", "add", "sara", "--role", "civil")
    terminal.json("staff", "list")
    terminal.json("request", "list", "--queue", "open", "--as", "sara")
    terminal.json("request", "list", "--mobile", "09121234567")
    terminal.refused("request", "show", "123456786")
    terminal.json("report", "list")
    with closing(sqlite3.connect(database)) as file:
        read = file.execute("SELECT viewer, kind, subject FROM read_events ORDER BY id").fetchall()
    assert read == [
        ("system:cli", "command", "staff list"),
        ("staff:sara", "command", "request list"),
        ("system:cli", "command", "request list"),
    ]


def test_commands_that_show_personal_data_exist() -> None:
    assert {*READING_COMMANDS} <= {" ".join(command) for command in every_command()}
