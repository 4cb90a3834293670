"""Sequences, on every engine: each number is given once, and none is lost by a unit that fails."""

import asyncio
from itertools import chain

import pytest

from domain.unit_of_work import Store
from store.unit_of_work import SqlStore


async def draw(store: Store, name: str, *, times: int = 1) -> list[int]:
    """Draw numbers in a unit of their own."""
    async with store.open_unit() as uow:
        return [await uow.sequences.next_number(name) for _ in range(times)]


async def test_each_name_counts_by_itself_from_one(store: SqlStore) -> None:
    assert await draw(store, "letter:e:1405", times=3) == [1, 2, 3]
    assert await draw(store, "letter:e:1406") == [1]
    assert await draw(store, "letter:e:1405") == [4]
    async with store.open_unit() as uow:
        assert await uow.bills.next_file_number() == 1


async def test_a_unit_that_fails_gives_its_number_back(store: SqlStore) -> None:
    async def fail() -> None:
        async with store.open_unit() as uow:
            assert await uow.sequences.next_number("letter:e:1405") == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.open_unit() as uow:
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what fails
            async with uow.savepoint():
                assert await uow.sequences.next_number("letter:e:1405") == 1
                raise ZeroDivisionError
        assert await uow.sequences.next_number("letter:e:1405") == 1


async def test_many_at_once_get_every_number_once(store: SqlStore, other_store: SqlStore) -> None:
    drawn = await asyncio.gather(*(draw(one, "letter:e:1405", times=2) for one in [store, other_store] * 10))
    assert all(second == first + 1 for first, second in drawn)
    assert sorted(chain.from_iterable(drawn)) == list(range(1, 41))
