"""One form sent many times at once, from tabs and devices, makes one request; sections saved at once are all kept."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.drafts.draft import DraftHolder
from store.unit_of_work import SqlStore
from tests.support.drafted_forms import BROWSER, MACHINERY_ANSWERS, OTHER_BROWSER, DraftedForms
from tests.support.municipality import Municipality, StandingClock, build_desk

SENT_AT_ONCE = 50


@pytest.fixture
async def processes(store: SqlStore, other_store: SqlStore) -> Sequence[DraftedForms]:
    """Two processes of one municipality."""
    clock = StandingClock()
    desk = build_desk(clock)
    return [DraftedForms(Municipality(desk, opened, clock, Path())) for opened in (store, other_store)]


async def test_fifty_submits_at_once_make_one_request(processes: Sequence[DraftedForms]) -> None:
    forms = processes[0]
    draft = await forms.fill()
    async with forms.town.store.open_unit() as uow:
        await uow.drafts.add_holder(DraftHolder(draft.id, OTHER_BROWSER))
    sending = [
        processes[number % 2].submit(draft, session=(BROWSER, OTHER_BROWSER)[number % 3 == 0])
        for number in range(SENT_AT_ONCE)
    ]
    requests = await asyncio.gather(*sending)
    assert len({request.code for request in requests}) == 1
    assert len(await forms.town.requests_of()) == 1
    async with forms.town.store.open_unit(write=False) as uow:
        assert len(await uow.outbox.list_recent(request_id=requests[0].id, limit=9)) == 1


async def test_sections_saved_at_once_are_all_kept(processes: Sequence[DraftedForms]) -> None:
    draft = await processes[0].begin()
    sections = list(MACHINERY_ANSWERS)
    await asyncio.gather(*(processes[number % 2].save(draft, name) for number, name in enumerate(sections)))
    [held] = await processes[1].held()
    typed_values = {name: value for typed in MACHINERY_ANSWERS.values() for name, value in typed.items()}
    assert held.typed_values == typed_values | {"date": "۱۴۰۵/۰۹/۰۴"}, "tomorrow, as it was meant that day"
    assert set(held.saved_sections) == set(sections)
