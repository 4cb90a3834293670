"""Drafts, on every engine: a session finds those that it holds, and no others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.drafts.draft import Draft, DraftHolder, Relation
from domain.requests.request import Phase
from domain.values.tracking_codes import parse_code
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, MOBILE, NOW, a_request, new_id

MINE, OTHERS = BIG - 10, BIG - 11
DAY = timedelta(days=1)


def a_draft(**changes: Any) -> Draft:
    """A draft with something typed in it, readable or not."""
    values: dict[str, Any] = {
        "id": new_id(),
        "service": "machinery",
        "version": 1,
        "typed_values": {
            "items": [{"machine": "loader", "hours": "چهار"}],
            "place": "خط ۱\nخط ۲",
            "date": "سی‌ام اسفند",
        },
        "saved_sections": ("machines", "place"),
        "resume_code": "012345",
        "created_at": NOW,
        "updated_at": NOW,
        "expires_at": NOW + 14 * DAY,
    }
    return Draft(**values | changes)


async def test_a_draft_comes_back_as_it_was(store: SqlStore) -> None:
    draft = a_draft(mobile=MOBILE, relation=Relation.COMPANY, represented_name="شرکت آب")
    async with store.open_unit() as uow:
        await uow.drafts.add(draft, MINE)
    async with store.open_unit() as uow:
        assert await uow.drafts.find_held(draft.id, MINE, lock=True) == draft
        draft.save_section("time", ("date", "start"), {"date": "فردا"})
        draft.request_code = parse_code("123456786")
        await uow.drafts.save(draft)
    async with store.open_unit(write=False) as uow:
        assert await uow.drafts.find_held(draft.id, MINE) == draft
        assert draft.typed_values["date"] == "فردا"


async def test_a_draft_is_there_for_the_sessions_that_hold_it_alone(store: SqlStore) -> None:
    mine, others = a_draft(), a_draft(updated_at=NOW + DAY)
    async with store.open_unit() as uow:
        await uow.drafts.add(mine, MINE)
        await uow.drafts.add(others, OTHERS)
    async with store.open_unit() as uow:
        assert await uow.drafts.find_held(others.id, MINE) is None
        assert await uow.drafts.list_held(MINE) == [mine]
        for _ in range(2):  # twice is as once
            await uow.drafts.add_holder(DraftHolder(others.id, MINE))
        assert await uow.drafts.list_held(MINE) == [others, mine]
        assert await uow.drafts.list_held(OTHERS) == [others]
        await uow.drafts.delete(others.id)
        assert await uow.drafts.list_held(MINE) == [mine]
        assert await uow.drafts.list_held(OTHERS) == []


async def test_the_newest_of_a_mobile_and_code_is_taken_up(store: SqlStore) -> None:
    older, newer, unknown = a_draft(mobile=MOBILE), a_draft(mobile=MOBILE), a_draft()
    async with store.open_unit() as uow:
        for draft in (older, newer, unknown):
            await uow.drafts.add(draft, OTHERS)
        assert await uow.drafts.find_resumable(MOBILE, "012345") == newer
        assert await uow.drafts.find_resumable(MOBILE, "543210") is None
        assert await uow.drafts.find_resumable("+989350000000", "012345") is None


async def test_those_whose_time_is_over_are_forgotten_some_at_a_time(store: SqlStore) -> None:
    kept = a_draft(expires_at=NOW + DAY)
    async with store.open_unit() as uow:
        for draft in (kept, *(a_draft(expires_at=NOW) for _ in range(3))):
            await uow.drafts.add(draft, MINE)
    async with store.open_unit() as uow:
        assert [await uow.drafts.delete_expired(NOW, 2) for _ in range(3)] == [2, 1, 0]
        assert await uow.drafts.list_held(MINE) == [kept]


async def test_erasing_a_line_or_a_request_erases_its_drafts(store: SqlStore) -> None:
    request = a_request(phase=Phase.DONE, mobile=None)
    of_line, of_request, of_others = a_draft(mobile=MOBILE), a_draft(request_code=request.code), a_draft()
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for draft in (of_line, of_request, of_others):
            await uow.drafts.add(replace(draft), MINE)
        await uow.personal_data.erase_request(request.id, NOW)
        assert await uow.personal_data.erase_line(MOBILE, NOW)
        assert await uow.drafts.list_held(MINE) == [of_others]
