"""The work behind settlement files that were brought on the site: examined, and booked once somebody said so.

A file that was cut off in the middle is taken up again by the next run, here or in another process.
"""

from dataclasses import replace
from io import BytesIO

from domain.actions.dependencies import Dependencies
from domain.actions.settlement.booking import book_file
from domain.actions.settlement.examining import drop_file, examine_waiting_file
from domain.actions.staffing import load_staff_actor, today_in_tehran
from domain.settlement.settlement_file import UNBOOKED_RETENTION, FileState, SettlementFile
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM, Actor
from domain.values.errors import AuthenticationFailed

ACTING_CHANNEL = "staff"


async def run_settlement_files(dependencies: Dependencies, store: Store) -> int:
    """Do what is to be done with files, one after the other; return how many."""
    file_count = 0
    while (settlement_file := await _find_next_file(store)) is not None:
        if settlement_file.state is FileState.WAITING:
            async with store.open_unit(write=False) as uow:
                content = await uow.settlement.get_content(settlement_file.id)
            await examine_waiting_file(dependencies, store, settlement_file, BytesIO(content))
        else:
            actor = await _load_actor(dependencies, store, settlement_file.decided_by or settlement_file.brought_by)
            await book_file(dependencies, store, settlement_file.id, actor)
        file_count += 1
    return file_count


async def forget_old_files(dependencies: Dependencies, store: Store) -> int:
    """Drop the files that nobody had booked for a month; return how many."""
    async with store.open_unit(write=False) as uow:
        old_files = await uow.settlement.list_unbooked(dependencies.clock.now() - UNBOOKED_RETENTION)
    for settlement_file in old_files:
        await drop_file(dependencies, store, settlement_file.id, SYSTEM)
    return len(old_files)


async def _find_next_file(store: Store) -> SettlementFile | None:
    async with store.open_unit(write=False) as uow:
        return await uow.settlement.find_next_running()


async def _load_actor(dependencies: Dependencies, store: Store, username: str) -> Actor:
    """Return who had a file booked: money is recorded in that name, as by the own hand. A file that was begun is booked
    to its end, also where that member left meanwhile.
    """
    try:
        async with store.open_unit(write=False) as uow:
            return await load_staff_actor(uow.people, username, ACTING_CHANNEL, today_in_tehran(dependencies))
    except AuthenticationFailed:
        return replace(SYSTEM, identifier="settlement_files")
