"""A unit's day in lists: what waits where and until when, page by page, and found by what is typed."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.queues import work
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden
from domain.values.paging import Page
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor
from tests.support.scenarios.expert_unit import ASKING, Experts

CIVIL, REVENUE = actor(Role.CIVIL), actor(Role.REVENUE)


async def counts(town: Municipality, by: Actor = CIVIL) -> dict[tuple[str, str | None], int]:
    """Queue and unit → how many."""
    async with town.store.open_unit(write=False) as uow:
        return {(one.queue, one.unit): one.count for one in await work.count_queues(ActorContext(town.desk, uow, by))}


async def page(
    town: Municipality, wanted: QueueFilter, by: Actor = CIVIL, at: str | None = None, limit: int = 50
) -> Page[work.WorkItem]:
    """A page of a queue."""
    async with town.store.open_unit(write=False) as uow:
        return await work.load_queue_page(ActorContext(town.desk, uow, by), wanted, at, limit)


async def codes(town: Municipality, wanted: QueueFilter, by: Actor = CIVIL) -> list[str]:
    """The tracking codes on the first page."""
    return [item.request.code for item in (await page(town, wanted, by)).rows]


async def test_a_request_moves_from_queue_to_queue(town: Municipality) -> None:
    code = await town.order()
    steps = (
        (CIVIL, Queue.UNIT, Role.CIVIL, "accept", Role.CIVIL),
        (REVENUE, Queue.UNIT, Role.REVENUE, "price", Role.REVENUE),
        (CIVIL, Queue.NEEDS_PAYMENT, None, None, None),
        (CIVIL, Queue.UNIT, Role.CIVIL, "cancel", Role.CIVIL),
        (CIVIL, Queue.FINISHED, None, None, None),
    )
    for viewer, queue, unit, action, role in steps:
        assert await codes(town, QueueFilter(queue, unit), viewer) == [code]
        assert (await counts(town, viewer))[queue, unit] == 1
        others = {where for where, found in (await counts(town, viewer)).items() if found} - {(queue, unit)}
        assert others <= {(Queue.OPEN, None), (Queue.UNASSIGNED, None)}
        if queue is Queue.NEEDS_PAYMENT:
            await town.pay(code)
        elif action and role:
            await town.do(code, action, role)
    assert (await town.request(code)).turn is None


async def test_colours_and_counts_follow_the_clock(town: Municipality) -> None:
    first = await town.order()
    town.advance(hours=1)
    second = await town.order(mobile=NEIGHBOUR)
    unit = QueueFilter(Queue.UNIT, Role.CIVIL)
    assert [(item.request.code, item.sla) for item in (await page(town, unit)).rows] == [
        (first, Sla.OK),
        (second, Sla.OK),
    ]
    due = (await town.request(first)).due_at
    assert due is not None
    town.clock.at = due
    await town.run_timers()
    assert [item.sla for item in (await page(town, unit)).rows] == [Sla.LATE, Sla.SOON]
    assert await codes(town, QueueFilter(Queue.LATE)) == [first]
    assert await codes(town, QueueFilter(Queue.SOON)) == [second]
    async with town.store.open_unit(write=False) as uow:
        [civil, *_] = await work.count_queues(ActorContext(town.desk, uow, CIVIL))
    assert (civil.unit, civil.count, civil.late, civil.more) == (Role.CIVIL, 2, 1, False)
    await town.do(first, "reject", Role.CIVIL, reason="خارج از شهر")
    assert await codes(town, QueueFilter(Queue.LATE)) == []


async def test_booked_work_is_sorted_by_its_own_hours(town: Municipality) -> None:
    """The state of booked work allows no working time: the request itself says until when it is due."""
    later, sooner = [await town.reach("paid", mobile=mobile) for mobile in (CITIZEN, NEIGHBOUR)]
    await town.do(later, "schedule", Role.CIVIL, start="2026-12-01 08:00")
    await town.do(sooner, "schedule", Role.CIVIL, start="2026-11-30 08:00")
    scheduled = QueueFilter(Queue.UNIT, Role.CIVIL)
    assert await codes(town, scheduled) == [sooner, later]
    await town.do(sooner, "reschedule", Role.CIVIL, start="2026-12-02 08:00")
    assert await codes(town, scheduled) == [later, sooner]
    town.clock.at = (await town.request(later)).due_at or town.clock.at
    assert await codes(town, QueueFilter(Queue.LATE)) == [later]


async def test_counts_say_when_there_are_more(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_COUNTED", 1)
    for mobile in (CITIZEN, NEIGHBOUR):
        await town.order(mobile=mobile)
    async with town.store.open_unit(write=False) as uow:
        [civil, *_] = await work.count_queues(ActorContext(town.desk, uow, CIVIL))
    assert (civil.count, civil.more) == (1, True)


async def test_pages_are_read_on_and_back(town: Municipality) -> None:
    made = [await town.order(mobile=f"+98912123000{number}") for number in range(5)]
    unit = QueueFilter(Queue.UNIT, Role.CIVIL)
    first = await page(town, unit, limit=2)
    second = await page(town, unit, at=str(first.next_cursor), limit=2)
    third = await page(town, unit, at=str(second.next_cursor), limit=2)
    seen = [item.request.code for one in (first, second, third) for item in one.rows]
    assert seen == made
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    assert (await page(town, unit, at=str(third.previous_cursor), limit=2)).rows == second.rows


async def test_people_are_found_by_name_and_number(town: Municipality) -> None:
    request = await town.submit(full_name="سید محمد حسین حسینی")
    other = await town.submit(NEIGHBOUR, full_name="گل‌جمال توماج", national_code="0084575948")
    for typed in ("حسینی", "محمد حسینی", "حسيني سید", "0499370899", "09121234567", request.code):
        assert await codes(town, QueueFilter(Queue.ALL, search=typed)) == [request.code], typed
    assert await codes(town, QueueFilter(Queue.ALL, search="گلجمال")) == [other.code]
    assert await codes(town, QueueFilter(Queue.FINISHED, search="گلجمال")) == []


async def test_only_what_one_may_see_is_found(experts: Experts) -> None:
    opinion, work_order = await experts.enter(), await experts.town.submit()
    for typed in ("آنه محمدی", "0499370899", "09121234567", "محم ان"):
        wanted = QueueFilter(Queue.ALL, search=typed)
        assert await codes(experts.town, wanted, actor(Role.EXPERT)) == [opinion.code]
        assert await codes(experts.town, wanted, actor(Role.CIVIL)) == [work_order.code]
        assert set(await codes(experts.town, wanted, actor(Role.AUDITOR))) == {opinion.code, work_order.code}


async def test_loose_pages_stay_loose(town: Municipality) -> None:
    made = [await town.submit(f"+98912123000{number}", full_name=f"سید محمد {number} حسینی") for number in range(3)]
    wanted = QueueFilter(Queue.ALL, search="مح حسینی")
    first = await page(town, wanted, limit=2)
    second = await page(town, wanted, at=str(first.next_cursor), limit=2)
    assert {item.request.code for one in (first, second) for item in one.rows} == {one.code for one in made}


async def test_what_is_not_ones_own_to_see_is_refused(town: Municipality) -> None:
    code = await town.order()
    civil, admin, citizen = actor(Role.CIVIL), actor(Role.ADMIN), actor(Role.CITIZEN)
    for viewer, wanted, field in (
        (civil, QueueFilter(Queue.UNIT, Role.REVENUE), "unit"),
        (admin, QueueFilter(), "queue"),
        (citizen, QueueFilter(), "queue"),
        (actor(Role.REVENUE), QueueFilter(service="taxi_leave"), "service"),
    ):
        with pytest.raises(Forbidden, match=field):
            await page(town, wanted, viewer)
    async with town.store.open_unit(write=False) as uow:
        assert await work.count_queues(ActorContext(town.desk, uow, admin)) == []
        assert (
            await work.find_readable_request(ActorContext(town.desk, uow, actor(Role.AUDITOR)), parse_code(code))
        ).code == code
        for stranger in (admin, citizen, actor(Role.TAXI_OFFICER)):
            with pytest.raises(Forbidden, match="code"):
                await work.find_readable_request(ActorContext(town.desk, uow, stranger), parse_code(code))


async def test_papers_that_are_missing_can_be_asked_for(experts: Experts) -> None:
    code = await experts.reach("submitted", ASKING)
    pending, complete = QueueFilter(papers=True, kind="subdivision"), QueueFilter(papers=False)
    expert = actor(Role.EXPERT)
    assert await codes(experts.town, pending, expert) == [code]
    assert await codes(experts.town, complete, expert) == []
    for number, paper in enumerate(("deed", "national_card", "plan")):
        assert await codes(experts.town, complete, expert) == [], number
        await experts.add(code, paper)
    assert await codes(experts.town, pending, expert) == []
    assert await codes(experts.town, complete, expert) == [code]
