"""The repositories of requests and their timers, on every engine."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.requests.request import Phase, RequestFilter, ServiceRequest, Timer, TimerKind
from domain.unit_of_work import Store
from domain.values.errors import Conflict, NotFound
from domain.values.tracking_codes import make_code, parse_code
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_request

LATER = NOW + timedelta(hours=1)


async def stored(store: Store, **changes: object) -> ServiceRequest:
    """A request that is in the store."""
    request = a_request(**changes)
    async with store.open_unit() as uow:
        assert await uow.requests.add(request)
    return request


async def found(store: Store, wanted: RequestFilter) -> list[int]:
    """The ids that a filter finds."""
    async with store.open_unit(write=False) as uow:
        return [request.id for request in await uow.requests.list_requests(wanted)]


async def test_a_request_comes_back_as_it_went_in(store: SqlStore) -> None:
    parent = await stored(store)
    request = await stored(store, parent_id=parent.id, office="101", assignee="civil", head_seq=3, head_hash="ab")
    async with store.open_unit() as uow:
        assert await uow.requests.get(request.id) == request
        assert await uow.requests.get_by_code(request.code, lock=True) == request


async def test_unknown_requests_are_not_found(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        with pytest.raises(NotFound, match="request"):
            await uow.requests.get(1, lock=True)
        with pytest.raises(NotFound, match="code"):
            await uow.requests.get_by_code(parse_code("123456786"))


async def test_the_forms_of_open_requests_are_listed_the_newest_first(store: SqlStore) -> None:
    one, other = await stored(store), await stored(store, fields={"place": "بلوار ساحلی"})
    await stored(store, phase=Phase.DONE)
    await stored(store, mobile="+989121110000")
    await stored(store, service="taxi")
    async with store.open_unit(write=False) as uow:
        forms = await uow.requests.list_open_forms("machinery", MOBILE, 5)
        assert await uow.requests.list_open_forms("machinery", MOBILE, 1) == forms[:1]
    assert forms == [(other.code, other.fields), (one.code, one.fields)]


async def test_a_taken_code_is_told_and_another_can_be_drawn_in_the_same_unit(store: SqlStore) -> None:
    first = await stored(store)
    async with store.open_unit() as uow:
        second = a_request(code=first.code)
        assert not await uow.requests.add(second)
        second.code = make_code(99_999_999)
        assert await uow.requests.add(second)
    async with store.open_unit(write=False) as uow:
        assert (await uow.requests.get_by_code(second.code)).id == second.id


async def test_saving_counts_the_revision_and_refuses_an_old_one(store: SqlStore) -> None:
    request = await stored(store)
    mine, theirs = replace(request), replace(request)
    async with store.open_unit() as uow:
        mine.state, mine.phase, mine.data = "accepted", Phase.IN_PROGRESS, {"hours": 3}
        await uow.requests.save(mine)
        await uow.requests.save(mine)
    assert mine.revision == 2
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.requests.save(theirs)
    async with store.open_unit(write=False) as uow:
        assert await uow.requests.get(request.id) == mine


async def test_of_two_changes_at_once_one_wins(store: SqlStore, other_store: SqlStore) -> None:
    request = await stored(store)

    async def change(through: Store, note: str) -> None:
        async with through.open_unit(write=False) as uow:
            read = await uow.requests.get(request.id)
        async with through.open_unit() as uow:
            read.data = {"note": note}
            await uow.requests.save(read)

    results = await asyncio.gather(change(store, "a"), change(other_store, "b"), return_exceptions=True)
    assert all(result is None or isinstance(result, Conflict) for result in results)
    async with store.open_unit(write=False) as uow:
        saved = await uow.requests.get(request.id)
    assert saved.revision == results.count(None)


async def test_a_locked_request_keeps_other_writers_off(store: SqlStore, other_store: SqlStore) -> None:
    request = await stored(store)

    async def add_hour(through: Store) -> None:
        async with through.open_unit() as uow:
            read = await uow.requests.get(request.id, lock=True)
            await asyncio.sleep(0)
            read.data = {"hours": read.data.get("hours", 0) + 1}
            await uow.requests.save(read)

    await asyncio.gather(*(add_hour(one) for one in [store, other_store] * 5))
    async with store.open_unit(write=False) as uow:
        assert (await uow.requests.get(request.id)).data == {"hours": 10}


async def test_lists_are_filtered_and_newest_first(store: SqlStore) -> None:
    first = await stored(store, assignee="ali", awaits="+989350000000", subject_key="12ت345-59")
    second = await stored(store, service="expert", state="assigned", phase=Phase.IN_PROGRESS)
    third = await stored(store, phase=Phase.DONE, mobile="+989120000000")
    assert await found(store, RequestFilter()) == [third.id, second.id, first.id]
    assert await found(store, RequestFilter(limit=1)) == [third.id]
    assert await found(store, RequestFilter(before_id=third.id)) == [second.id, first.id]
    assert await found(store, RequestFilter(open_only=True)) == [second.id, first.id]
    assert await found(store, RequestFilter(service="expert", state="assigned")) == [second.id]
    assert await found(store, RequestFilter(phase=Phase.DONE)) == [third.id]
    assert await found(store, RequestFilter(mobile=MOBILE, assignee="ali")) == [first.id]
    assert await found(store, RequestFilter(awaits="+989350000000")) == [first.id]
    assert await found(store, RequestFilter(service="machinery", subject_key="12ت345-59")) == [first.id]
    assert await found(store, RequestFilter(service="expert", subject_key="12ت345-59")) == []


async def test_live_states_are_those_of_requests_that_go_on(store: SqlStore) -> None:
    await stored(store)
    done = await stored(store, phase=Phase.DONE, version=7)
    async with store.open_unit() as uow:
        assert await uow.requests.list_live_states() == {("machinery", 1, "submitted")}
        await uow.timers.add(Timer(done.id, TimerKind.DEADLINE, "close_in_time", NOW))
        assert ("machinery", 7, "submitted") in await uow.requests.list_live_states()


async def test_a_turn_is_given_to_all_in_a_state(store: SqlStore) -> None:
    before = [await stored(store, turn="civil"), await stored(store, turn=None), await stored(store, turn="expert")]
    other = await stored(store, turn="civil", state="paid")
    async with store.open_unit() as uow:
        await uow.requests.assign_turn("machinery", "submitted", "expert")
        assert [(await uow.requests.get(one.id)).turn for one in before] == ["expert"] * 3
        assert (await uow.requests.get(other.id)).turn == "civil"


async def test_timers_come_due_oldest_first(store: SqlStore) -> None:
    request, other = await stored(store), await stored(store)
    early = Timer(request.id, TimerKind.DEADLINE, "expire", NOW)
    late = Timer(other.id, TimerKind.DEADLINE, "expire", LATER)
    reminder = Timer(request.id, TimerKind.REMINDER, "day_before", NOW)
    async with store.open_unit() as uow:
        await uow.timers.replace_all(request.id, [reminder, early, early])
        await uow.timers.replace_all(other.id, [late])
        assert await uow.timers.list_due(TimerKind.DEADLINE, NOW, 10) == [early]
        assert await uow.timers.list_of_request(other.id) == [late]
        assert await uow.timers.list_due(TimerKind.DEADLINE, LATER, 10) == [early, late]
        assert await uow.timers.list_due(TimerKind.DEADLINE, LATER, 1) == [early]
        assert await uow.timers.list_due(TimerKind.SLA, LATER, 10) == []


async def test_timers_are_replaced_added_and_removed_once(store: SqlStore) -> None:
    request = await stored(store)
    first, second = [Timer(request.id, TimerKind.SLA, name, NOW) for name in ("a", "b")]
    async with store.open_unit() as uow:
        await uow.timers.replace_all(request.id, [first])
        await uow.timers.replace_all(request.id, [second])
        await uow.timers.add(first)
        await uow.timers.add(first)
        assert await uow.timers.list_due(TimerKind.SLA, NOW, 10) == [first, second]
        await uow.timers.replace_all(request.id, [])
        await uow.timers.add(first)
    async with store.open_unit() as uow:
        assert await uow.timers.delete(first)
        assert not await uow.timers.delete(first)


async def test_a_timer_is_taken_by_one_process(store: SqlStore, other_store: SqlStore) -> None:
    request = await stored(store)
    timer = Timer(request.id, TimerKind.DEADLINE, "expire", NOW)
    async with store.open_unit() as uow:
        await uow.timers.add(timer)

    async def take(through: Store) -> bool:
        async with through.open_unit() as uow:
            return await uow.timers.delete(timer)

    assert sum(await asyncio.gather(*(take(one) for one in [store, other_store] * 3))) == 1


async def test_codes_and_requests_are_told_by_id(store: SqlStore) -> None:
    made = [a_request() for _ in range(3)]
    async with store.open_unit() as uow:
        for one in made:
            await uow.requests.add(one)
        assert await uow.requests.list_codes({made[0].id, made[2].id, 1}) == {
            made[0].id: made[0].code,
            made[2].id: made[2].code,
        }
        assert await uow.requests.list_codes(set()) == {}
        listed = await uow.requests.list_by_ids({made[0].id, made[2].id, 1})
        assert {one.id: one.fields for one in listed} == {one.id: one.fields for one in (made[0], made[2])}
        assert await uow.requests.list_by_ids(set()) == []
