"""Reading of a request's row by what a citizen's page asks for: once, locked, whatever is asked before the step."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.requests.citizen_commands import take_shown_command
from domain.actions.requests.command import take_command
from domain.actions.requests.visit_choice import move_visit
from domain.language.service import Command
from domain.values.tracking_codes import parse_code
from scripts.count_statements import StatementList
from scripts.trace_flows import IS_TRACED
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.expert_unit import Experts


async def count_row_reads(town: Municipality, act: Callable[[ActorContext], Awaitable[object]]) -> int:
    """Return how often an action of the citizen reads rows of requests."""
    trace = StatementList()
    async with town.store.open_unit() as uow:
        with trace.noting():
            token = IS_TRACED.set(True)
            await act(ActorContext(town.desk, uow, citizen_actor(CITIZEN)))
            IS_TRACED.reset(token)
    return sum(" FROM requests WHERE requests.code" in statement for statement in trace.statements)


async def test_a_visit_is_moved_by_one_reading_of_its_request(experts: Experts) -> None:
    code = (await experts.enter()).code
    await experts.assign(code, visit="1405/09/05 09:00")
    start = datetime(2026, 11, 28, 6, 30, tzinfo=UTC).isoformat()
    version = (await experts.town.request(code)).version_token
    assert await count_row_reads(experts.town, lambda me: move_visit(me, parse_code(code), start, version)) == 1


async def test_a_command_is_taken_by_one_reading_of_its_request(town: Municipality) -> None:
    by_page, by_text = parse_code(await town.order()), parse_code(await town.order())
    version = (await town.request(by_page)).version_token
    assert await count_row_reads(town, lambda me: take_shown_command(me, by_page, Command.CANCEL, {}, version)) == 1
    assert await count_row_reads(town, lambda me: take_command(me, by_text, Command.CANCEL, {})) == 1
