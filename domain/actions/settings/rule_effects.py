"""Number of cases that a change of a rule concerns: counted before it is made."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.settings.setting_changes import RuleChange
from domain.language.service import Service, State
from domain.queues.selection import RequestRange, Selection
from domain.requests.request import Phase
from domain.settings.rule_effects import RuleEffect, find_effect
from domain.values.paging import ListOrder

MOST_COUNTED = 10_000
"""Limit up to which cases of each kind are counted."""

_PHASES_BY_EFFECT: Mapping[RuleEffect, Phase] = {
    RuleEffect.KEEPS_BILLS: Phase.NEEDS_PAYMENT,
    RuleEffect.KEEPS_EXPIRIES: Phase.NEEDS_PAYMENT,
    RuleEffect.KEEPS_QUESTIONS: Phase.NEEDS_CITIZEN,
}
"""Effects on what was reckoned when a phase was entered: requests in it are counted."""
_FAR_AHEAD = timedelta(days=10 * 366)
"""No deadline is further away: what has none lies beyond."""


async def count_concerned(context: ActionContext, change: RuleChange) -> tuple[RuleEffect, int | None]:
    """Return what a change of a rule does, and to how many; None where nothing is counted."""
    effect, services = find_effect(change.rule), context.dependencies.services.values()
    if effect is RuleEffect.REFUNDS:
        due_back = await context.uow.bills.list_due_back(MOST_COUNTED)
        return effect, sum(entry.due_amount > change.after for entry in due_back)
    ranges: list[RequestRange] = []
    conditions: dict[str, Any] = {}
    if effect is RuleEffect.KEEPS_DEADLINES:
        ranges = [RequestRange(service.key) for service in services]
        now = context.dependencies.clock.now()
        conditions = {"due_after": now, "due_until": now + _FAR_AHEAD}
    elif phase := _PHASES_BY_EFFECT.get(effect):
        ranges = _list_ranges(services, lambda state: state.phase is phase)
    elif change.rule.service_key:
        ranges = [RequestRange(change.rule.service_key)]
    if not ranges:
        return effect, None
    selection = Selection(tuple(ranges), ListOrder.OLDEST, **conditions)
    [count] = await context.uow.work_lists.count_each([selection], MOST_COUNTED)
    return effect, count


def _list_ranges(services: Iterable[Service], is_meant: Callable[[State], bool]) -> list[RequestRange]:
    """Return the requests of each service in the states that are meant."""
    states_by_service = {
        service.key: tuple(state.name for state in service.states if is_meant(state)) for service in services
    }
    return [RequestRange(key, states=states) for key, states in states_by_service.items() if states]
