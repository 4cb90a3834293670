"""Owner and mode of the files: what the real program writes can be read by its owner alone."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from tests.e2e.conftest import new_phone
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.support.database_tampering import damage_a_page

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

USUAL = 0o022
"""The umask of most machines: what is made under it can be read by everybody."""


def open_to_others(*files: Path) -> list[str]:
    """The names of those that others may read or write."""
    return [f"{one.name} {stat.S_IMODE(one.stat().st_mode):o}" for one in files if one.stat().st_mode & 0o077]


async def test_everything_that_is_written_is_the_owners_alone() -> None:
    before = os.umask(USUAL)
    try:
        async with new_office("sqlite", furnish) as office:
            database = office.home / "pishkhan.db"
            database.chmod(0o644)  # as an earlier version made it
            with office.cold():
                await office.open()
            await new_phone(office).says("راهنما", "sms.help")
            beside = sorted(office.home.glob("pishkhan.db*"))
            assert {"pishkhan.db", "pishkhan.db-wal", "pishkhan.db-shm"} <= {one.name for one in beside}
            assert open_to_others(*beside) == []
            made = [office.home / "copy", office.home / "exported.csv"]
            await office.cli("backup", str(made[0]))
            await office.cli("export", "machines", str(made[1]), "--as", "manager")
            assert open_to_others(*made) == []
            assert await office.close() == 0
    finally:
        os.umask(before)


async def test_a_damaged_database_is_backed_up_all_the_same_and_says_so() -> None:
    async with new_office("sqlite", furnish) as office:
        await asyncio.to_thread(damage_a_page, office.home / "pishkhan.db")
        done = await office.run("backup", str(office.home / "copy"))
        assert (done.code, "Traceback" in done.err) == (3, False), done
        assert "is damaged" in done.err
        assert (office.home / "copy").stat().st_size == (office.home / "pishkhan.db").stat().st_size
        refused = await office.run("restore", str(office.home / "copy"), "--force", "--unchanged")
        assert (refused.code, "is damaged" in refused.err) == (3, True), refused
