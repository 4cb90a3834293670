"""Attempts of unknown outcome that no settlement file names, although files cover the days in which they were payable:
they end as not paid, and their bills are open again. What comes later all the same opens them again.
"""

from datetime import date

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import gateway_actor, store_change
from domain.actions.settlement.sale_lines import FILE_CAPABILITIES
from domain.gateways.attempt import AttemptState
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.pauses import SESSION_GRACE
from domain.settlement.coverage import find_covering_file, list_needed_days
from domain.settlement.ports import UnnamedAttempt
from domain.unit_of_work import Store
from domain.values.calendar import to_tehran

MOST_ENDED = 1_000
"""Attempts of one gateway that a run looks at; the next run looks at the others."""


async def end_absent_attempts(dependencies: Dependencies, store: Store, gateway: str) -> int:
    """End those attempts at a gateway of which its booked files say by their silence that nothing was paid; return how
    many. Each is looked at again in a unit of its own, for a callback or a line may have come meanwhile.
    """
    ended_count = 0
    for attempt_id, file_id in await _find_absent(dependencies, store, gateway):
        async with store.open_unit() as uow:
            attempt = await uow.payment_attempts.get(attempt_id, lock=True)
            if attempt.state is AttemptState.UNKNOWN and not await uow.settlement.is_filed(attempt_id):
                change = AttemptMachine(FILE_CAPABILITIES).apply_absence(attempt, dependencies.clock.now())
                await store_change(ActorContext(dependencies, uow, gateway_actor(gateway)), change, {"file": file_id})
                ended_count += 1
    return ended_count


async def _find_absent(dependencies: Dependencies, store: Store, gateway: str) -> list[tuple[int, int]]:
    """Return attempts that no file names, each with the file that covers the last day on which it might be filed."""
    async with store.open_unit(write=False) as uow:
        attempts = await uow.settlement.list_unnamed(gateway, MOST_ENDED)
        if not attempts:
            return []
        since = to_tehran(min(attempt.created_at for attempt in attempts)).date()
        covered = await uow.settlement.list_covered_days(gateway, since)
    found = [(one.attempt_id, find_covering_file(_list_days(dependencies, one), covered)) for one in attempts]
    return [(attempt_id, file_id) for attempt_id, file_id in found if file_id is not None]


def _list_days(dependencies: Dependencies, attempt: UnnamedAttempt) -> list[date]:
    """Return the days that files have to cover; who came back later than the session's end may have paid until then."""
    payable_until = max(attempt.session_ends_at + SESSION_GRACE, attempt.returned_at or attempt.created_at)
    lag_days = dependencies.policy.settlement_banking_days
    return list_needed_days(dependencies.calendar, lag_days, attempt.created_at, payable_until)
