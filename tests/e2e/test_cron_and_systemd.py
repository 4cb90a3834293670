"""The nights of an installation, as cron and systemd run them: a fault that was found ends no backups, and is told."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import new_phone
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import PROGRAM
from tests.support.database_tampering import damage_a_page
from tests.support.deployment_units import cron_commands, unit_commands

FORM = (
    "full_name=آنه محمدی",
    "national_code=0499370899",
    "items=لودر ۴ ساعت",
    "date=فردا",
    "start=۸",
    "place=میدان امام",
)

KEPT = 35
DAMAGED = "the database cannot be used (damaged)"

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]


def tamper(database: Path) -> None:
    """Change what somebody did, without the history's leave."""
    with closing(sqlite3.connect(database)) as opened, opened:
        assert opened.execute("UPDATE history SET event = 'reject'").rowcount


async def night(office: Office, commands: Sequence[str]) -> list[tuple[int, str]]:
    """Run them one after the other, in this office instead of in the places that the project names."""
    (office.home / "config.toml").touch()
    backups = office.home / "backups"
    backups.mkdir(exist_ok=True)
    places = {
        "/opt/pishkhan/venv/bin/pishkhan": str(PROGRAM),
        "/etc/pishkhan/pishkhan.toml": str(office.home / "config.toml"),
        "/var/backups/pishkhan": str(backups),
    }
    environment = {**office.environment, "PATH": f"{PROGRAM.parent}:/usr/bin:/bin"}
    said = []
    for command in commands:
        for named, place in places.items():
            command = command.replace(named, place)  # noqa: PLW2901 - one place after the other
        run = await asyncio.create_subprocess_exec(
            "sh", "-c", command, env=environment, cwd=office.home, stdout=-1, stderr=asyncio.subprocess.STDOUT
        )
        out, _ = await run.communicate()
        said.append((run.returncode or 0, out.decode()))
    return said


def copies(office: Office) -> list[str]:
    """The names of the backups, oldest first."""
    return sorted(one.name for one in (office.home / "backups").iterdir())


def grown_old(office: Office) -> None:
    """Let there be the backups of forty days."""
    (office.home / "backups").mkdir(exist_ok=True)
    for day in range(40):
        (office.home / "backups" / f"pishkhan-2001-{day:03}.copy").touch()


@pytest.mark.day
async def test_cron_goes_on_after_a_fault_and_tells_it_by_mail() -> None:
    async with new_office("sqlite", furnish) as office:
        grown_old(office)
        assert [said for _, said in await night(office, cron_commands())] == ["", ""], "cron mails whatever is said"
        kept = copies(office)
        assert (len(kept), kept[0]) == (KEPT, "pishkhan-2001-006.copy")
        grown_old(office)
        await asyncio.to_thread(damage_a_page, office.home / "pishkhan.db")
        said = [said for _, said in await night(office, cron_commands())]
        assert said[0].startswith("BACKUP FAILED: ")
        assert "is damaged, and so is its copy" in said[0]
        assert len(copies(office)) == 41, "a damaged copy takes no older one away"


async def test_the_units_go_on_after_a_fault_and_fail_where_it_was_found() -> None:
    async with new_office("sqlite", furnish) as office:
        values = [part for one in FORM for part in ("--set", one)]
        await office.cli("request", "submit", "machinery", "--as", "civil", "--mobile", "09121234567", *values)
        await asyncio.to_thread(tamper, office.home / "pishkhan.db")
        grown_old(office)
        assert [code for code, _ in await night(office, unit_commands("pishkhan-verify.service"))] == [1]
        assert [code for code, _ in await night(office, unit_commands("pishkhan-backup.service"))] == [0, 0]
        assert len(copies(office)) == KEPT
        assert (office.home / "backups" / copies(office)[-1]).stat().st_size


async def test_a_damaged_page_is_found_by_night_while_the_server_serves() -> None:
    async with new_office("sqlite", furnish) as office:
        await asyncio.to_thread(damage_a_page, office.home / "pishkhan.db")
        await office.open()
        office.wake_at(1)
        for _ in range(150):
            if DAMAGED in office.complained:
                break
            await asyncio.sleep(0.2)
        assert [one for one in office.complained.splitlines() if DAMAGED in one]
        assert not await office.is_ready(), "monitoring hears of it"
        assert "Traceback" not in office.complained
        await new_phone(office).says("راهنما", "sms.help")
        assert await office.close() == 0
