"""Verifications of the whole history that somebody asks for, or the night: asked here, run apart, and kept.

A million events take minutes of reckoning: whoever asks does not wait, and the result is there for everybody.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.history.sealing import Verification
from domain.audit.entries import VerificationRecord
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import AlreadyDone, Forbidden

VERIFIERS = frozenset({Role.AUDITOR, Role.ADMIN})
"""Roles that ask for a verification."""

FAULTS_KEPT = 100
"""Of more faults only the number is kept; `pishkhan history verify` names them all."""

NIGHTLY = timedelta(hours=20)
"""A night asks for nothing while the last verification is younger than this."""

_LOCK = "verification"

log = logging.getLogger(__name__)


async def ask(desk: Desk, uow: UnitOfWork, actor: Actor) -> None:
    """Ask for a verification; `Forbidden("history")`, `AlreadyDone("history")` while one is waiting or running."""
    if not VERIFIERS & actor.role_names:
        raise Forbidden("history")
    await uow.serialise(_LOCK)
    if await uow.verifications.asked():
        raise AlreadyDone("history", detail="verifying")
    label, now = actor.acting_by(VERIFIERS).label, desk.clock.now()
    await uow.verifications.ask(label, now)
    await uow.audit.record(now, label, "verification_asked", {})


async def ask_nightly(desk: Desk, store: Store) -> bool:
    """Ask for the night's verification, unless one is waiting or was made lately; True when it was asked for."""
    now = desk.clock.now()
    async with store.unit() as uow:
        await uow.serialise(_LOCK)
        last = await uow.verifications.last()
        lately = last is not None and last.ended_at is not None and now - last.ended_at < NIGHTLY
        if lately or await uow.verifications.asked():
            return False
        await uow.verifications.ask(SYSTEM.label, now)
    return True


async def run_asked(desk: Desk, store: Store, verify: Callable[[], Awaitable[Verification]]) -> bool:
    """Run the verification that is waiting, if one is, and keep what it found; True when one was run.

    `verify` does the reckoning. If the process dies meanwhile, the verification waits for the next one.
    """
    async with store.unit(write=False) as uow:
        asked = await uow.verifications.asked()
    if asked is None:
        return False
    found = await verify()
    async with store.unit() as uow:
        await uow.verifications.end(_ended(desk, asked, found))
        if found.faults:
            log.error("the history does not verify: %s faults", len(found.faults))
            await uow.audit.record(desk.clock.now(), asked.asked_by, "history_faults", {"count": len(found.faults)})
    return True


def _ended(desk: Desk, asked: VerificationRecord, found: Verification) -> VerificationRecord:
    return VerificationRecord(
        asked.id, asked.asked_by, asked.asked_at, desk.clock.now(), found.requests, found.events, found.seals,
        found.unsealed, len(found.faults), [asdict(one) for one in found.faults[:FAULTS_KEPT]],
    )  # fmt: skip
