"""The jobs of settlement files: what was brought on the site is examined and booked, also after a death in between."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from app.jobs.scheduler import JOBS, Scheduler
from app.jobs.settlement_jobs import forget_old_files, run_settlement_files
from app.parts import ServerParts
from domain.actions.settlement.examining import BroughtFile, bring_file, find_layout
from domain.people.person import StaffMember
from domain.settlement.settlement_file import ExaminedFile, FileState
from domain.values.actors import Role
from tests.support.municipality import Municipality
from tests.support.settlement_files import RevenueUnit, bill_line, write_bills

BY_NAME = {job.name: job for job in JOBS}


async def bring(town: Municipality, content: bytes, layout: str = "bills_csv") -> ExaminedFile:
    """Bring a file on the site."""
    brought = BroughtFile("bank.csv", BytesIO(content), find_layout(town.desk, layout))
    return await bring_file(town.desk, town.store, brought, RevenueUnit(town).actor)


async def state(town: Municipality, examined: ExaminedFile) -> FileState:
    """Return how far a file is."""
    async with town.store.open_unit(write=False) as uow:
        return (await uow.settlement.get_file(examined.file.id)).state


async def test_a_file_is_examined_then_booked_once_somebody_said_so(parts: ServerParts, town: Municipality) -> None:
    revenue, code = RevenueUnit(town), await town.reach("awaiting_payment")
    member = StaffMember(revenue.actor.identifier, frozenset({Role.REVENUE}), "آی‌گل", None, "", True, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    content = write_bills(bill_line((await town.bills(code))[0], 5, town.clock.now()))
    brought = await bring(town, content)
    assert (brought.file.state, (await bring(town, content)).is_same_file) == (FileState.WAITING, True)
    scheduler = Scheduler(replace(parts, store=town.store, dependencies=town.desk))
    assert await scheduler.run_job(BY_NAME["settlement_files"])
    assert await state(town, brought) is FileState.EXAMINED
    assert await run_settlement_files(town.desk, town.store) == 0, "it waits for somebody's word"
    await revenue.confirm(brought.file.id)
    assert await scheduler.run_job(BY_NAME["settlement_files"])
    assert await state(town, brought) is FileState.BOOKED
    (payment,) = await town.payments(code)
    assert payment.recorded_by == revenue.actor.label
    assert await scheduler.run_job(BY_NAME["reconciliation"])


async def test_a_file_that_cannot_be_read_is_refused_with_its_reason(town: Municipality) -> None:
    brought = await bring(town, b"nonsense")
    assert await run_settlement_files(town.desk, town.store) == 1
    async with town.store.open_unit(write=False) as uow:
        refused = await uow.settlement.get_file(brought.file.id)
    assert refused.state is FileState.REFUSED
    assert refused.problem


async def test_what_nobody_books_is_forgotten_after_a_month(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    brought = await bring(town, write_bills(bill_line((await town.bills(code))[0], 5, town.clock.now())))
    await run_settlement_files(town.desk, town.store)
    town.clock.at += timedelta(days=29)
    assert await forget_old_files(town.desk, town.store) == 0
    town.clock.at += timedelta(days=2)
    assert await forget_old_files(town.desk, town.store) == 1
    assert await state(town, brought) is FileState.DROPPED
