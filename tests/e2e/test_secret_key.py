"""A wrong secret key is noticed before anything is done with it; one that was changed on purpose is accepted."""

import sqlite3
from contextlib import closing

import pytest

from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import Finished

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

REFUSED, SURROUNDINGS = 1, 3
ANOTHER = {"PISHKHAN_SECRET_KEY": "another-key-of-another-day-1405"}
FORM = (
    "full_name=آنه محمدی",
    "national_code=0499370899",
    "items=لودر ۴ ساعت",
    "date=فردا",
    "start=۸",
    "place=میدان امام",
)


def told(done: Finished) -> list[str]:
    """The lines that tell of the key."""
    assert "Traceback" not in done.err
    return [one for one in done.err.splitlines() if one.startswith("PISHKHAN_SECRET_KEY is not the key")]


async def refused_everywhere(office: Office) -> bool:
    """Whether every way to use the database refuses another key, and says so in one line."""
    commands = (("serve",), ("check", "--connect"), ("staff", "list"), ("office", "add", "1002", "x", "--as", "admin"))
    done = [await office.run_with(ANOTHER, *one) for one in commands]
    return [(len(told(one)), one.code) for one in done] == [
        (1, SURROUNDINGS),
        (1, REFUSED),
        (1, SURROUNDINGS),
        (1, SURROUNDINGS),
    ]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_another_key_is_refused_until_it_is_accepted(engine: str) -> None:
    async with new_office(engine, furnish) as office:
        assert await refused_everywhere(office)
        assert (await office.run("check", "--connect")).code == 0
        accepted = await office.run_with(ANOTHER, "secret-key", "accept", "--reason", "it leaked", "--json")
        assert accepted.json == {"accepted": True}
        assert told(await office.run("staff", "list")), "the former key is the wrong one now"
        office.settings |= ANOTHER
        await office.open()
        assert (await office.run("secret-key", "accept", "--reason", "again", "--json")).json == {"accepted": False}
        assert await office.close() == 0


async def test_the_seals_tell_the_key_of_a_database_that_is_older_than_its_check() -> None:
    async with new_office("sqlite", furnish) as office:
        values = [part for one in FORM for part in ("--set", one)]
        await office.cli("request", "submit", "machinery", "--as", "civil", "--mobile", "09121234567", *values)
        await office.cli("history", "seal")
        forget_the_check(office)
        assert told(await office.run_with(ANOTHER, "serve"))
        assert (await office.run("migrate")).code == 0, "the right key leaves its check again"
        assert await refused_everywhere(office)


def forget_the_check(office: Office) -> None:
    """Make the database one of a version before the check."""
    with closing(sqlite3.connect(office.home / "pishkhan.db")) as opened, opened:
        assert opened.execute("DELETE FROM key_checks").rowcount == 1


async def test_history_verify_says_itself_what_another_key_signed() -> None:
    async with new_office("sqlite", furnish) as office:
        assert (await office.run_with(ANOTHER, "history", "verify")).code == 0


async def test_check_connect_asks_database_schema_and_panel() -> None:
    async with new_office("sqlite") as office:
        unmigrated = await office.run("check", "--connect")
        assert (unmigrated.code, "pishkhan migrate" in unmigrated.err) == (REFUSED, True)
        assert (await office.run("migrate")).code == 0
        assert (await office.run("check", "--connect")).code == 0
        assert [one.method for one in office.panel.calls] == ["account/info"] * 2, "it sends nothing"
        for name, value, said in (
            ("PISHKHAN_SMS__KAVENEGAR__API_KEY", "a-wrong-key-1405", "key"),
            ("PISHKHAN_SMS__KAVENEGAR__BASE_URL", "http://127.0.0.1:1", "unreachable"),
            ("PISHKHAN_DATABASE_URL", f"sqlite:///{office.home}/no/where.db", "does not let this process in"),
        ):
            done = await office.run_with({name: value}, "check", "--connect")
            (line,) = done.err.splitlines()
            assert (done.code, said in line, value in line) == (REFUSED, True, False), done
            assert (await office.run_with({name: value}, "check")).code == 0, "only what is configured is proved"
