"""Attempts at signing in, as they are counted: before they are looked at, and taken back where they were right."""

from dataclasses import dataclass
from datetime import datetime

from domain.people.sign_in_attempts import WINDOW, AttemptLimits, Lock, locks_in, prefix_of
from domain.unit_of_work import UnitOfWork
from domain.values.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted: by what, and in the window of which moment."""

    limits: AttemptLimits
    at: datetime


async def refuse_locked(uow: UnitOfWork, limits: AttemptLimits, now: datetime) -> None:
    """Refuse what is locked without counting it (`TooManyRequests("sign_in")`): this writes nothing."""
    for key, most in limits.most.items():
        if await uow.lines.hits(key, now, WINDOW) >= most:
            raise TooManyRequests(detail="sign_in")


async def begin(uow: UnitOfWork, limits: AttemptLimits, now: datetime) -> Attempt:
    """Count an attempt; `TooManyRequests("sign_in")`, which undoes the unit, where there were too many before it.

    The keys are counted in one order everywhere, so that no two units wait for each other's.
    """
    for key in sorted(limits.most):
        if await uow.lines.hit(key, now, WINDOW) > limits.most[key]:
            raise TooManyRequests(detail="sign_in")
    return Attempt(limits, now)


async def take_back(uow: UnitOfWork, attempt: Attempt) -> None:
    """Count an attempt no more: it was right."""
    for key in sorted(attempt.limits.most):
        await uow.lines.take_back(key, attempt.at, WINDOW)


async def locks(uow: UnitOfWork, username: str, now: datetime) -> list[Lock]:
    """Return where an account is locked now."""
    return locks_in(await uow.lines.counts(prefix_of(username), now), username)


async def forget(uow: UnitOfWork, username: str) -> int:
    """Forget every attempt at an account, wherever it came from; return how many counts there were."""
    return await uow.lines.forget_all(prefix_of(username))
