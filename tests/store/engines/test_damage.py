"""A broken page is found by looking for it, before somebody's request lies on it."""

import asyncio
from pathlib import Path

import pytest

from store.engines.faults import DatabaseUnavailable, FaultKind
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.database_tampering import damage_a_page
from tests.support.patience import patient


async def test_a_whole_database_passes(database: Path) -> None:
    store = await SqlStore.connect(f"sqlite:///{database}")
    await store.check_integrity()
    await store.close()


@pytest.mark.postgresql
async def test_a_whole_postgresql_passes(postgres_url: str) -> None:
    store = await SqlStore.connect(postgres_url)
    await store.check_integrity()
    await store.close()


async def test_a_broken_page_is_found_and_named_beside_the_server(tmp_path: Path) -> None:
    file = tmp_path / "pishkhan.db"
    await migrate(f"sqlite:///{file}")
    await asyncio.to_thread(damage_a_page, file)
    store = await SqlStore.connect(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnavailable) as found:
        await store.check_integrity()
    assert found.value.kind is FaultKind.DAMAGED
    assert "page" in found.value.cause.lower()
    assert "\n" not in found.value.cause
    async with store.open_unit(write=False) as uow:
        assert await uow.setting_changes.get_version() == 0, "what lies elsewhere is still served"
    await store.close()


async def test_a_look_that_is_cut_off_ends_at_once(database: Path) -> None:
    store = await SqlStore.connect(f"sqlite:///{database}")
    look = asyncio.create_task(store.check_integrity())
    await asyncio.sleep(0)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    async with asyncio.timeout(patient(5)):
        await store.close()
