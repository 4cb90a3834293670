"""Files that were brought for the registries, on every engine."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.registries.imports import Import, ImportState, Tally
from domain.values.actors import Role
from domain.values.errors import NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_member, new_id

CONTENT = bytes(range(256)) * 8


def an_import(**changes: Any) -> Import:
    """A file that waits to be examined."""
    return replace(Import(new_id(), "owner", "مالکان.csv", len(CONTENT), "officer", NOW), **changes)


async def bring(store: SqlStore, *brought: Import) -> None:
    """Store them, each with a file."""
    async with store.open_unit() as uow:
        await uow.people.save_staff(a_member("officer", Role.TAXI_OFFICER))
        for one in brought:
            await uow.registry_imports.add(one, CONTENT)


async def test_one_comes_back_as_it_was_brought_and_saved(store: SqlStore) -> None:
    brought = an_import()
    await bring(store, brought)
    async with store.open_unit() as uow:
        assert await uow.registry_imports.get(brought.id, lock=True) == brought
        assert await uow.registry_imports.get_content(brought.id) == CONTENT
        brought.state, brought.tally = ImportState.EXAMINED, Tally(4, 1, 1, 1, 1, 2).as_json()
        brought.outcome = {"faults": [{"row": 3, "given": "دوچرخه"}], "first": [], "ignored": ["x"]}
        brought.problem, brought.settled_at = "چیزی", NOW + timedelta(hours=1)
        brought.skip_bad_rows, brought.tries, brought.decided_by = True, 2, "colleague"
        await uow.registry_imports.save(brought)
        assert await uow.registry_imports.get(brought.id) == brought
        with pytest.raises(NotFound, match="import"):
            await uow.registry_imports.get(1)


async def test_progress_is_noted_alone(store: SqlStore) -> None:
    brought = an_import()
    await bring(store, brought)
    async with store.open_unit() as uow:
        await uow.registry_imports.save_progress(brought.id, 500, 2_000)
        assert await uow.registry_imports.get(brought.id) == replace(brought, done=500, total=2_000)


async def test_the_oldest_that_waits_is_next(store: SqlStore) -> None:
    first, second, third = made = [an_import() for _ in range(3)]
    first.state, third.state = ImportState.EXAMINED, ImportState.CONFIRMED
    await bring(store, *made)
    async with store.open_unit() as uow:
        assert await uow.registry_imports.claim_next_running() == second
        second.state = ImportState.REFUSED
        await uow.registry_imports.save(second)
        assert await uow.registry_imports.claim_next_running() == third
        third.state = ImportState.KEPT
        await uow.registry_imports.save(third)
        assert await uow.registry_imports.claim_next_running() is None


async def test_the_next_one_is_waited_for_while_somebody_drops_it(store: SqlStore, other_store: SqlStore) -> None:
    first, second = made = [an_import() for _ in range(2)]
    await bring(store, *made)

    async def next_one() -> Import | None:
        async with store.open_unit() as uow:
            return await uow.registry_imports.claim_next_running()

    async with other_store.open_unit() as uow:
        dropped = await uow.registry_imports.get(first.id, lock=True)
        dropped.state = ImportState.DROPPED
        await uow.registry_imports.save(dropped)
        asked = asyncio.create_task(next_one())
        await asyncio.sleep(0.2)
    assert await asked == second


async def test_recent_ones_are_those_of_a_registry(store: SqlStore) -> None:
    made = [an_import(), an_import(registry="vehicle"), an_import()]
    await bring(store, *made)
    async with store.open_unit(write=False) as uow:
        assert await uow.registry_imports.list_recent("owner", 5) == [made[2], made[0]]
        assert await uow.registry_imports.list_recent("owner", 1) == [made[2]]


async def test_a_file_is_forgotten_with_its_report(store: SqlStore) -> None:
    brought = an_import()
    await bring(store, brought)
    async with store.open_unit() as uow:
        with pytest.raises(NotFound):
            await uow.registry_imports.get_report(brought.id)
        await uow.registry_imports.save_report(brought.id, b"report")
        assert await uow.registry_imports.get_report(brought.id) == b"report"
        await uow.registry_imports.delete_file(brought.id)
        for ask in (uow.registry_imports.get_content, uow.registry_imports.get_report):
            with pytest.raises(NotFound):
                await ask(brought.id)
        assert await uow.registry_imports.get(brought.id) == brought


async def test_old_ones_are_forgotten_whole(store: SqlStore) -> None:
    old, new = an_import(made_at=NOW - timedelta(days=8)), an_import()
    await bring(store, old, new)
    async with store.open_unit() as uow:
        assert await uow.registry_imports.delete_before(NOW - timedelta(days=7)) == 1
        assert await uow.registry_imports.list_recent("owner", 5) == [new]
        with pytest.raises(NotFound):
            await uow.registry_imports.get_content(old.id)
        assert await uow.registry_imports.get_content(new.id) == CONTENT
