"""Verifications of the whole history that somebody asks for, or the night: asked here, run apart, and kept.

A million events take minutes of reckoning: whoever asks does not wait, and the result is there for everybody.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.history.sealing import Verification
from domain.audit.entries import VerificationRecord
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.repositories import AuditRepositories
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM
from domain.values.errors import AlreadyDone
from domain.values.reasons import AlreadyDoneReason

MOST_STORED_FAULTS = 100
"""Of more faults only the number is kept; `pishkhan history verify` names them all."""

NIGHTLY_PAUSE = timedelta(hours=20)
"""A night asks for nothing while the last verification is younger than this."""

_LOCK_NAME = "verification"

log = logging.getLogger(__name__)


async def request_verification(context: ActorContext[AuditRepositories]) -> None:
    """Ask for a verification; `Forbidden("history")`, `AlreadyDone("history")` while one is waiting or running."""
    verifier = require_right(Right.HISTORY_VERIFY, context.actor, "history")
    await context.uow.serialise(_LOCK_NAME)
    if await context.uow.verifications.find_requested():
        raise AlreadyDone("history", AlreadyDoneReason.VERIFYING)
    label, now = verifier.label, context.dependencies.clock.now()
    await context.uow.verifications.add_request(label, now)
    await context.uow.audit.add_entry(now, label, "verification_asked", {})


async def request_nightly_verification(dependencies: Dependencies, store: Store) -> bool:
    """Ask for the night's verification, unless one is waiting or was made lately; True when it was asked for."""
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        await uow.serialise(_LOCK_NAME)
        last = await uow.verifications.find_last_ended()
        was_recent = last is not None and last.ended_at is not None and now - last.ended_at < NIGHTLY_PAUSE
        if was_recent or await uow.verifications.find_requested():
            return False
        await uow.verifications.add_request(SYSTEM.label, now)
    return True


async def run_requested_verification(
    dependencies: Dependencies, store: Store, run_verification: Callable[[], Awaitable[Verification]]
) -> bool:
    """Run the verification that is waiting, if one is, and keep what it found; True when one was run.

    `run_verification` does the reckoning. If the process dies meanwhile, the verification waits for the next one.
    """
    async with store.open_unit(write=False) as uow:
        requested_record = await uow.verifications.find_requested()
    if requested_record is None:
        return False
    verification = await run_verification()
    async with store.open_unit() as uow:
        await uow.verifications.save_result(_complete_record(dependencies, requested_record, verification))
        if verification.faults:
            log.error("the history does not verify: %s faults", len(verification.faults))
            await uow.audit.add_entry(
                dependencies.clock.now(),
                requested_record.asked_by,
                "history_faults",
                {"count": len(verification.faults)},
            )
    return True


def _complete_record(
    dependencies: Dependencies, requested_record: VerificationRecord, verification: Verification
) -> VerificationRecord:
    return VerificationRecord(
        id=requested_record.id,
        asked_by=requested_record.asked_by,
        asked_at=requested_record.asked_at,
        ended_at=dependencies.clock.now(),
        requests=verification.requests,
        events=verification.events,
        seals=verification.seals,
        unsealed=verification.unsealed,
        fault_count=len(verification.faults),
        faults=[asdict(fault) for fault in verification.faults[:MOST_STORED_FAULTS]],
    )
