"""Mistakes of an administrator on the first day: each is one clear line, by every command, and never a trace."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import URL, make_url

from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.program_runs import Finished
from tests.support.postgres_server import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SURROUNDINGS, FAULTY = 3, 1
PASSWORD = "the-right-one-1405"
COMMANDS = (("serve",), ("migrate",), ("staff", "list"), ("backup", "copy", "--force"))
"""Each opens the database in its own way."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[Office]:
    """An office whose PostgreSQL lets a role in that may do nothing."""
    async with new_office("postgresql") as made:
        url = made.settings["PISHKHAN_DATABASE_URL"]
        connection = await asyncpg.connect(url)
        await connection.execute(f"CREATE ROLE powerless LOGIN PASSWORD '{PASSWORD}'")
        await connection.close()
        yield made


def wrong(url: URL) -> dict[str, tuple[str, str]]:
    """Wrong setting, and a part of the message about it."""
    plain = url.render_as_string(hide_password=False)
    return {
        "password": (url.set(password="wrong-1405").render_as_string(False), "password"),
        "role": (url.set(username="stranger").render_as_string(False), 'failed for user "stranger"'),
        "database": (url.set(database="nothing").render_as_string(False), 'database "nothing" does not exist'),
        "port": (url.set(port=free_port()).render_as_string(False), "Errno 111"),
        "host": (url.set(host="no-such-host.invalid").render_as_string(False), "does not answer"),
        "tls": (f"{plain}?sslmode=require", "rejected SSL upgrade"),
        "parameter": (f"{plain}?nonsense=1", "nonsense"),
    }


def unreadable(url: URL) -> dict[str, tuple[str, str]]:
    """Addresses that nobody need be asked about."""
    return {
        "scheme": (url.set(drivername="mysql").render_as_string(False), "unknown database 'mysql'"),
        "short scheme": (url.set(drivername="postgres").render_as_string(False), "unknown database 'postgres'"),
        "a path alone": ("pishkhan.db", "cannot be read"),
        "no path": ("sqlite://pishkhan.db", "SQLite needs a file"),
        "example": ("postgresql://USER:PASSWORD@HOST:PORT/NAME", "no number"),
        "at in the password": ("postgresql://locked:p@ss@127.0.0.1/x", "%40"),
    }


def told(done: Finished) -> list[str]:
    """The lines that a command says, but for what `serve` remarks of any configuration before it opens anything."""
    return [one for one in done.err.splitlines() if one.strip() and " WARNING app.http.server: PISHKHAN_" not in one]


CASES = (*wrong(make_url("postgresql://x/y")), *unreadable(make_url("postgresql://x/y")))


@pytest.mark.parametrize("case", CASES)
async def test_a_database_that_cannot_be_opened_is_one_line(office: Office, case: str) -> None:
    address = make_url(office.settings["PISHKHAN_DATABASE_URL"])
    url, said = (wrong(address) | unreadable(address))[case]
    for command in COMMANDS:
        done = await office.run_with({"PISHKHAN_DATABASE_URL": url}, *command)
        lines = told(done)
        assert (done.code, len(lines)) == (SURROUNDINGS, 1), (command, done)
        assert said in lines[0] or command[0] == "backup", done  # which says what pg_dump said
        assert "wrong-1405" not in done.err


@pytest.mark.parametrize("case", unreadable(make_url("postgresql://x/y")))
async def test_check_tells_an_address_that_cannot_be(office: Office, case: str) -> None:
    url, said = unreadable(make_url(office.settings["PISHKHAN_DATABASE_URL"]))[case]
    done = await office.run_with({"PISHKHAN_DATABASE_URL": url}, "check")
    (line,) = [one for one in done.err.splitlines() if one.startswith("PISHKHAN_DATABASE_URL")]
    assert (done.code, said in line) == (FAULTY, True), done


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PISHKHAN_SMS__KAVENEGAR__API_KEY", "…"),
        ("PISHKHAN_SMS__KAVENEGAR__API_KEY", "<api key>"),
        ("PISHKHAN_SMS__KAVENEGAR__API_KEY", "your_api_key"),
        ("PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET", "…"),
        ("PISHKHAN_SECRET_KEY", "…"),
        ("PISHKHAN_DATABASE_URL", "postgresql://pishkhan:password@127.0.0.1/pishkhan"),
    ],
)
async def test_what_stands_in_examples_is_told_by_check_and_serve(office: Office, name: str, value: str) -> None:
    for command, code in (("check", FAULTY), ("serve", SURROUNDINGS)):
        done = await office.run_with({name: value}, command)
        (line,) = told(done)
        assert (done.code, line.startswith(name), "placeholder" in line) == (code, True, True), done


async def test_a_role_without_rights_is_told_by_migrate(office: Office) -> None:
    url = make_url(office.settings["PISHKHAN_DATABASE_URL"]).set(username="powerless", password=PASSWORD)
    done = await office.run_with({"PISHKHAN_DATABASE_URL": url.render_as_string(False)}, "migrate")
    (line,) = told(done)
    assert (done.code, "permission denied" in line) == (SURROUNDINGS, True), done


@pytest.mark.parametrize("kind", ["a folder", "nowhere", "no database"])
async def test_a_file_that_cannot_be_opened_is_one_line(office: Office, kind: str) -> None:
    path = office.home / "files" / kind
    path.parent.mkdir(exist_ok=True)
    if kind == "a folder":
        path.mkdir()
    elif kind == "no database":
        path.write_bytes(b"x" * 8192)
    else:
        path /= "pishkhan.db"
    for command in COMMANDS:
        done = await office.run_with({"PISHKHAN_DATABASE_URL": f"sqlite:///{path}"}, *command)
        assert (done.code, len(told(done))) == (SURROUNDINGS, 1), (command, done)
