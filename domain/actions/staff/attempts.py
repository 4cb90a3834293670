"""Attempts at signing in, as they are counted: before they are looked at, and taken back where they were right."""

from dataclasses import dataclass
from datetime import datetime

from domain.messages.ports import LineRepository
from domain.people.sign_in_attempts import ATTEMPT_WINDOW, AccountLock, AttemptLimits, attempt_key_prefix, find_locks
from domain.values.errors import TooManyRequests
from domain.values.reasons import TooManyRequestsReason


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """An attempt that was counted: by what, and in the window of which moment."""

    limits: AttemptLimits
    counted_at: datetime


async def refuse_locked_sign_in(lines: LineRepository, limits: AttemptLimits, now: datetime) -> None:
    """Refuse what is locked without counting it (`TooManyRequests("sign_in")`): this writes nothing."""
    for counter_key, most_attempts in limits.limit_by_key.items():
        if await lines.count_hits(counter_key, now, ATTEMPT_WINDOW) >= most_attempts:
            raise TooManyRequests(reason=TooManyRequestsReason.SIGN_IN)


async def count_attempt(lines: LineRepository, limits: AttemptLimits, now: datetime) -> CountedAttempt:
    """Count an attempt; `TooManyRequests("sign_in")`, which undoes the unit, where there were too many before it.

    The keys are counted in one order everywhere, so that no two units wait for each other's.
    """
    for counter_key in sorted(limits.limit_by_key):
        if await lines.add_hit(counter_key, now, ATTEMPT_WINDOW) > limits.limit_by_key[counter_key]:
            raise TooManyRequests(reason=TooManyRequestsReason.SIGN_IN)
    return CountedAttempt(limits, now)


async def take_back_attempt(lines: LineRepository, counted_attempt: CountedAttempt) -> None:
    """Count an attempt no more: it was right."""
    for counter_key in sorted(counted_attempt.limits.limit_by_key):
        await lines.take_back_hit(counter_key, counted_attempt.counted_at, ATTEMPT_WINDOW)


async def list_locks(lines: LineRepository, username: str, now: datetime) -> list[AccountLock]:
    """Return where an account is locked now."""
    return find_locks(await lines.list_counts(attempt_key_prefix(username), now), username)


async def forget_attempts(lines: LineRepository, username: str) -> int:
    """Forget every attempt at an account, wherever it came from; return how many counts there were."""
    return await lines.delete_counts(attempt_key_prefix(username))
