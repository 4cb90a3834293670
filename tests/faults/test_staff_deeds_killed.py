"""Steps of the staff in a process that dies: it has not happened at all, or as a whole and once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.ids import RandomIds
from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.fleet.operator_sheet import WorkEntry, enter_report
from domain.actions.requests.form_keys import KeyedForm, do_once
from domain.actions.requests.notes import write_note
from domain.actions.requests.step_back import take_step_back
from domain.bills.bill import BillState
from domain.ledger.entries import EntryKind
from domain.requests.history import find_chain_faults
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.errors import AlreadyDone
from domain.values.tracking_codes import parse_code
from store.unit_of_work import SqlStore
from tests.faults.conftest import ENGINES
from tests.support.municipality import Municipality, StandingClock, actor, build_desk

pytestmark = [pytest.mark.e2e, pytest.mark.day]

Deed = Callable[[Dependencies, UnitOfWork], Awaitable[bool]]
NoteDeed = Callable[[str, Dependencies, UnitOfWork], Awaitable[bool]]
NOTE = "@civil ببینید"
COLLEAGUE = actor(Role.CIVIL, "sara")
"""Member named in the note."""


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database')}"
    return str(request.getfixturevalue("postgres_url"))


async def do_and_die(url: str, deed: Deed, place: str) -> None:
    """Do something in this process, and die inside its unit of work, or once that is committed."""
    desk = build_desk(StandingClock())
    desk = replace(desk, engine=replace(desk.engine, ids=RandomIds()))
    store = await SqlStore.connect(url)
    async with store.open_unit() as uow:
        assert await deed(desk, uow)
        if place == "inside":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def run_deed(url: str, deed: Deed, place: str) -> None:
    """Do it, in a process that was started for that."""
    asyncio.run(do_and_die(url, deed, place))


async def dies(url: str, deed: Deed, place: str) -> None:
    """Have a process of its own do something that dies there. It is no fork of the one that runs the tests, which would
    take along what that one keeps for all of them.
    """
    process = get_context("spawn").Process(target=run_deed, args=(url, deed, place))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Municipality]:
    """A furnished municipality over that database."""
    clock, store = StandingClock(), await SqlStore.connect(url)
    town = Municipality(build_desk(clock, services=(MACHINERY_WORK,)), store, clock, Path())
    try:
        await town.furnish()
        yield town
    finally:
        await store.close()


async def take_back(code: str, seq: int, desk: Dependencies, uow: UnitOfWork) -> bool:
    """Take a step back."""
    return await take_step_back(ActorContext(desk, uow, actor(Role.REVENUE)), parse_code(code), seq)


async def reverse(bill_id: str, payment_row_id: int, desk: Dependencies, uow: UnitOfWork) -> bool:
    """Reverse a payment."""
    await reverse_payment(ActorContext(desk, uow, actor(Role.REVENUE)), bill_id, payment_row_id, "فیش دیگری بود")
    return True


async def write(code: str, desk: Dependencies, uow: UnitOfWork) -> bool:
    """Write a note."""
    return await write_note(ActorContext(desk, uow, actor(Role.REVENUE)), parse_code(code), NOTE)


async def enter(code: str, desk: Dependencies, uow: UnitOfWork) -> bool:
    """Enter what an operator reported by a form of the day sheet; whether that was done now."""
    entered = []

    async def carry_out(unit: UnitOfWork) -> str:
        entry = WorkEntry(hours=3.5, note=NOTE)
        entered.append(entry)
        return str(await enter_report(ActorContext(desk, unit, COLLEAGUE), parse_code(code), "OP-1", entry))

    await do_once(ActorContext(desk, uow, COLLEAGUE), KeyedForm("a" * 32, "sheet", [code]), carry_out)
    return bool(entered)


async def test_killed_while_a_step_is_taken_back(database_url: str) -> None:
    async with opened(database_url) as town:
        code = await town.reach("awaiting_payment")
        (seq,) = [event.seq for event in await town.history(code) if event.event == "price"]

        deed = partial(take_back, code, seq)
        before = await town.request(code), await town.bills(code), await town.sent()
        await dies(database_url, deed, "inside")
        assert (await town.request(code), await town.bills(code), await town.sent()) == before
        await dies(database_url, deed, "after")
        async with town.store.open_unit() as uow:
            assert not await deed(town.desk, uow)
        request, events = await town.request(code), await town.history(code)
        assert (request.state, [bill.state for bill in await town.bills(code)]) == ("accepted", [BillState.VOID])
        assert [event.event for event in events].count("step_back") == 1
        assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
        assert [text.state.value for text in await town.sent() if text.key.endswith(".bill")] == ["expired"]


async def test_killed_while_a_payment_is_reversed(database_url: str) -> None:
    async with opened(database_url) as town:
        code = await town.reach("paid")
        [bill], [payment] = await town.bills(code), await town.payments(code)
        deed = partial(reverse, bill.bill_id, payment.id)
        before = await town.request(code), await town.bills(code), await town.payments(code), await town.sent()
        await dies(database_url, deed, "inside")
        now = await town.request(code), await town.bills(code), await town.payments(code), await town.sent()
        assert now == before
        await dies(database_url, deed, "after")
        async with town.store.open_unit() as uow:
            with pytest.raises(AlreadyDone):
                await deed(town.desk, uow)
        async with town.store.open_unit(write=False) as uow:
            entries = [entry.kind for entry in await uow.ledger.list_of_bill(bill.id)]
            assert await uow.ledger.list_differences(10) == []
        assert entries == [EntryKind.BILL_ISSUED, EntryKind.PAYMENT, EntryKind.REVERSAL]
        request, events = await town.request(code), await town.history(code)
        assert (request.state, [one.state for one in await town.bills(code)]) == ("awaiting_payment", [BillState.OPEN])
        assert [one.is_recorded for one in await town.payments(code)] == [False]
        assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []


@pytest.mark.parametrize(
    ("state", "enter_note", "event_names"),
    [("accepted", write, ("note",)), ("scheduled", enter, ("operator_hours", "note"))],
    ids=["note", "sheets_form"],
)
async def test_killed_before_what_was_written_is_answered(
    database: Path, state: str, enter_note: NoteDeed, event_names: tuple[str, ...]
) -> None:
    url = f"sqlite:///{database}"
    async with opened(url) as town:
        code = await town.reach(state)
        deed = partial(enter_note, code)
        for place, count in (("inside", 0), ("after", 1)):
            await dies(url, deed, place)
            events = [event.event for event in await town.history(code)]
            assert [events.count(name) for name in event_names] == [count] * len(event_names)
            async with town.store.open_unit(write=False) as uow:
                assert await uow.mentions.count_unread("civil", town.desk.services) == count
        async with town.store.open_unit() as uow:
            assert not await deed(town.desk, uow), "nobody heard an answer, and it is sent again"
        request, history = await town.request(code), await town.history(code)
        again = [event.event for event in history]
        assert [again.count(name) for name in event_names] == [1] * len(event_names)
        assert find_chain_faults(code, history, request.head_seq, request.head_hash) == []
