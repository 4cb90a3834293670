"""Forms of day sheets that were written without a line, sent by two processes at once: each does its work once, and
what a colleague did meanwhile stays.
"""

import asyncio

from domain.actions.context import ActorContext
from domain.actions.fleet.operator_sheet import WorkEntry, compute_report_version, enter_report
from domain.actions.requests.act import act_on_request
from domain.actions.requests.form_keys import KeyedForm, do_once
from domain.blocks.operator_reports import OperatorReport, WorkStage, find_report
from domain.requests.history import find_chain_faults
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict
from domain.values.tracking_codes import parse_code
from domain.values.version_token import VersionToken
from tests.support.municipality import NEIGHBOUR, Municipality, actor

Towns = tuple[Municipality, Municipality]

OPERATOR, COLLEAGUES = "OP-1", (actor(Role.CIVIL, "ali"), actor(Role.CIVIL, "sara"))
UNREPORTED = compute_report_version(OperatorReport())


async def enter(town: Municipality, code: str, by: Actor, key: str, entry: WorkEntry) -> None:
    """Send a form of the operators' sheet, as it was written when nothing was reported yet."""

    async def carry_out(uow: UnitOfWork) -> str:
        return str(await enter_report(ActorContext(town.desk, uow, by), parse_code(code), OPERATOR, entry, UNREPORTED))

    async with town.store.open_unit() as uow:
        await do_once(ActorContext(town.desk, uow, by), KeyedForm(key, "sheet", [code, str(entry)]), carry_out)


async def accept(town: Municipality, code: str, by: Actor, key: str, version: VersionToken) -> None:
    """Send the form of a step."""

    async def carry_out(uow: UnitOfWork) -> str:
        return (
            await act_on_request(ActorContext(town.desk, uow, by), parse_code(code), "accept", {}, version)
        ).request.state

    async with town.store.open_unit() as uow:
        await do_once(ActorContext(town.desk, uow, by), KeyedForm(key, "sheet", [code]), carry_out)


async def list_sound_events(town: Municipality, code: str) -> list[str]:
    """Return what happened to a request, whose chain has no fault."""
    request, events = await town.request(code), await town.history(code)
    assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
    return [event.event for event in events]


async def test_a_report_that_two_processes_get_is_entered_once(towns: Towns) -> None:
    town, code = towns[0], await towns[0].reach("scheduled")
    town.advance(days=1)
    entry = WorkEntry([WorkStage.BEGAN], hours=3.5, note="لاستیک کم‌باد است", written_at=town.clock.now())
    await asyncio.gather(*(enter(one, code, COLLEAGUES[0], "a", entry) for one in towns))
    await enter(town, code, COLLEAGUES[0], "a", entry)
    events = await list_sound_events(town, code)
    assert [events.count(name) for name in ("operator_began", "operator_hours", "note")] == [1, 1, 1]


async def test_of_two_who_give_other_hours_unseen_one_is_told(towns: Towns) -> None:
    town, code = towns[0], await towns[0].reach("scheduled")
    town.advance(days=1)
    entries = [WorkEntry(hours=5, note="پنج ساعت"), WorkEntry(hours=6, note="شش ساعت")]
    sent = zip(towns, COLLEAGUES, "ab", entries, strict=True)
    ends = await asyncio.gather(
        *(enter(one, code, by, key, entry) for one, by, key, entry in sent), return_exceptions=True
    )
    assert [type(end) for end in ends if end] == [Conflict]
    winner = ends.index(None)
    assert find_report(await town.request(code), OPERATOR).hours == entries[winner].hours
    assert (await list_sound_events(town, code)).count("note") == 1, "what is refused is refused as a whole"
    await enter(town, code, COLLEAGUES[winner], "ab"[winner], entries[winner])  # its answer was lost
    assert (await list_sound_events(town, code)).count("operator_hours") == 1


async def test_a_step_beside_itself_and_beside_a_colleagues(towns: Towns) -> None:
    town, code = towns[0], await towns[0].order()
    version = (await town.request(code)).version_token
    await asyncio.gather(*(accept(one, code, COLLEAGUES[0], "a", version) for one in towns))
    assert (await list_sound_events(town, code)).count("accept") == 1
    other = await town.order(mobile=NEIGHBOUR)
    version = (await town.request(other)).version_token
    sent = zip(towns, COLLEAGUES, "bc", strict=True)
    ends = await asyncio.gather(
        *(accept(one, other, by, key, version) for one, by, key in sent), return_exceptions=True
    )
    assert [type(end) for end in ends if end] == [Conflict]
