"""Lists of work on every engine: which requests they hold, in which order, page by page, and how many are counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from domain.queues.selection import RequestRange, Selection
from domain.requests.request import Phase, ServiceRequest
from domain.values.paging import Cursor, ListOrder, Page, cut_page
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_request

HOUR = timedelta(hours=1)
CIVIL, REVENUE = RequestRange("machinery", "civil"), RequestRange("machinery", "revenue")
EXPERT, WAITING = RequestRange("expert", "expert"), RequestRange("machinery", "needs_citizen")
ENDED = (RequestRange("machinery", has_ended=True), RequestRange("expert", has_ended=True))


def standing(turn: str | None, **changes: object) -> ServiceRequest:
    """A request whose turn it is somebody's, or that has ended."""
    values: dict[str, object] = {"turn": turn, "phase": Phase.IN_PROGRESS if turn else Phase.DONE}
    return a_request(**values | changes)


async def stored(store: SqlStore, *requests: ServiceRequest) -> None:
    """Put requests into the store."""
    async with store.open_unit() as uow:
        for request in requests:
            assert await uow.requests.add(request)


async def page(store: SqlStore, wanted: Selection, at: Cursor | None = None, limit: int = 50) -> Page[ServiceRequest]:
    """A page of a list."""
    async with store.open_unit(write=False) as uow:
        return cut_page(await uow.work_lists.list_page(wanted, limit, at), limit, at)


async def ids(store: SqlStore, wanted: Selection) -> list[int]:
    """The ids of a list's first page."""
    return [request.id for request in (await page(store, wanted)).rows]


async def counted(store: SqlStore, *wanted: Selection, most: int = 100) -> list[int]:
    """Number of requests in selections."""
    async with store.open_unit(write=False) as uow:
        return await uow.work_lists.count_each(wanted, most)


def mixed(number: int) -> Iterator[ServiceRequest]:
    """Requests in three ranges, of which some share their moments."""
    for each in range(number):
        turn, service = (("civil", "machinery"), ("revenue", "machinery"), ("expert", "expert"))[each % 3]
        due = None if each % 4 == 3 else NOW + each // 2 * HOUR
        yield standing(turn, service=service, due_at=due, created_at=NOW - each // 3 * HOUR)


async def test_a_list_holds_its_ranges_alone(store: SqlStore) -> None:
    civil, revenue, waiting, ended = (standing(turn) for turn in ("civil", "revenue", "needs_citizen", None))
    expert = standing("expert", service="expert", state="assigned")
    await stored(store, civil, revenue, waiting, ended, expert)
    assert await ids(store, Selection((CIVIL,), ListOrder.URGENT)) == [civil.id]
    assert await ids(store, Selection((CIVIL, EXPERT), ListOrder.OLDEST)) == [civil.id, expert.id]
    assert await ids(store, Selection((replace(EXPERT, states=("submitted", "visited")),), ListOrder.URGENT)) == []
    assert await ids(store, Selection((replace(EXPERT, states=("assigned",)),), ListOrder.URGENT)) == [expert.id]
    assert await ids(store, Selection(ENDED, ListOrder.NEWEST)) == [ended.id]
    assert len(await ids(store, Selection((CIVIL, REVENUE, WAITING, EXPERT, *ENDED), ListOrder.NEWEST))) == 5
    assert await ids(store, Selection((CIVIL, REVENUE, WAITING), ListOrder.NEWEST)) == [
        waiting.id,
        revenue.id,
        civil.id,
    ]
    assert await ids(store, Selection((), ListOrder.NEWEST)) == []


def differing() -> ServiceRequest:
    """A request of the civil unit that is unlike a plain one in everything by which a list is narrowed."""
    return standing(
        "civil",
        channel="walk_in",
        created_at=NOW + HOUR,
        due_at=NOW + HOUR,
        office="101",
        kind="boundary",
        lacks_papers=True,
        assignee="ali",
    )


async def test_conditions_narrow_a_list(store: SqlStore) -> None:
    plain = standing("civil", channel="sms", created_at=NOW, due_at=NOW)
    other = differing()
    mine = standing("revenue", assignee="sara")
    ended = standing(None, assignee="ali")
    await stored(store, plain, other, mine, ended)
    all_civil = Selection((CIVIL,), ListOrder.URGENT)
    for found, narrowed in (
        (plain, {"channel": "sms"}),
        (other, {"office": "101"}),
        (other, {"kind": "boundary"}),
        (other, {"lacks_papers": True}),
        (plain, {"lacks_papers": False}),
        (plain, {"unassigned": True}),
        (other, {"assignees": ("ali", "sara")}),
        (plain, {"created_before": NOW + HOUR}),
        (other, {"created_from": NOW + HOUR}),
        (plain, {"due_until": NOW}),
        (other, {"due_after": NOW}),
    ):
        assert await ids(store, replace(all_civil, **narrowed)) == [found.id], narrowed
        assert await counted(store, replace(all_civil, **narrowed)) == [1], narrowed
    both = replace(all_civil, ranges=(CIVIL, REVENUE), assignees=("ali", "sara"))
    assert await ids(store, both) == [other.id, mine.id]
    assert await ids(store, replace(both, order=ListOrder.NEWEST)) == [other.id, mine.id]
    kept = Selection(ENDED, ListOrder.NEWEST, assignees=("ali",))
    assert await ids(store, kept) == [ended.id]
    assert await ids(store, replace(kept, ranges=(RequestRange("machinery"),))) == [other.id, ended.id]


@pytest.mark.parametrize("order", [ListOrder.URGENT, ListOrder.OLDEST, ListOrder.NEWEST])
async def test_pages_go_through_a_list_and_back(store: SqlStore, order: ListOrder) -> None:
    await stored(store, *mixed(31))
    wanted = Selection((CIVIL, REVENUE, EXPERT), order)
    whole = list((await page(store, wanted, limit=100)).rows)
    assert len(whole) == 31
    assert whole == in_order(whole, order)
    current, pages = await page(store, wanted, limit=7), []
    seen: list[ServiceRequest] = []
    while True:
        seen += current.rows
        pages.append(current.rows)
        if current.next_cursor is None:
            break
        current = await page(store, wanted, Cursor.parse_cursor(str(current.next_cursor), order), limit=7)
    assert seen == whole
    for expected in pages[-2::-1]:
        assert current.previous_cursor is not None
        current = await page(store, wanted, Cursor.parse_cursor(str(current.previous_cursor), order), limit=7)
        assert current.rows == expected
    assert current.previous_cursor is None


def in_order(requests: list[ServiceRequest], order: ListOrder) -> list[ServiceRequest]:
    """The requests as that order has them, reckoned here."""
    if order is ListOrder.URGENT:
        return sorted(requests, key=lambda one: (one.due_at is None, one.due_at or NOW, one.id))
    return sorted(requests, key=lambda one: (one.created_at, one.id), reverse=order is ListOrder.NEWEST)


async def test_what_comes_and_goes_meanwhile_moves_no_page(store: SqlStore) -> None:
    first = [standing("civil", created_at=NOW + number * HOUR) for number in range(20)]
    await stored(store, *first)
    wanted = Selection((CIVIL,), ListOrder.NEWEST)
    one = await page(store, wanted, limit=5)
    await stored(store, *(standing("civil", created_at=NOW + 100 * HOUR) for _ in range(3)))
    async with (
        store.open_unit() as uow
    ):  # somebody takes a step of the last one on the page, and of one of the next page
        for request in (first[15], first[12]):
            request.turn = "revenue"
            await uow.requests.save(request)
    two = await page(store, wanted, one.next_cursor, limit=5)
    assert [request.id for request in two.rows] == [first[number].id for number in (14, 13, 11, 10, 9)]
    assert two.previous_cursor is not None
    back = await page(store, wanted, two.previous_cursor, limit=5)
    assert [request.id for request in back.rows[-4:]] == [first[number].id for number in (19, 18, 17, 16)]


async def test_counts_stop_where_they_are_told(store: SqlStore) -> None:
    await stored(store, *mixed(30), *(standing(None) for _ in range(5)))
    civil, everybody = Selection((CIVIL,), ListOrder.URGENT), Selection((CIVIL, REVENUE, EXPERT), ListOrder.URGENT)
    finished = Selection(ENDED, ListOrder.NEWEST)
    nothing = Selection((), ListOrder.NEWEST)
    assert await counted(store, civil, nothing, everybody, finished) == [10, 0, 30, 5]
    assert await counted(store, civil, everybody, finished, most=7) == [7, 7, 5]
    assert await counted(store, nothing) == [0]
    late = replace(everybody, due_until=NOW + 3 * HOUR)
    assert await counted(store, late) == [
        len([one for one in mixed(30) if one.due_at and one.due_at <= NOW + 3 * HOUR])
    ]


async def test_a_saved_request_is_found_where_it_stands_now(store: SqlStore) -> None:
    request = standing("civil", mobile=MOBILE)
    await stored(store, request)
    for turn, wanted in permutations(("revenue", "civil"), 2):
        async with store.open_unit() as uow:
            request.turn = turn
            await uow.requests.save(request)
        assert await ids(store, Selection((RequestRange("machinery", turn),), ListOrder.URGENT)) == [request.id]
        assert await ids(store, Selection((RequestRange("machinery", wanted),), ListOrder.URGENT)) == []
