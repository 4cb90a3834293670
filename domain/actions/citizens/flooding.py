"""A form that is flooded: who sends it again and again without a proved mobile has to work for it, or to wait.

No picture has to be read and no third party is asked. While a form comes at its usual pace nobody notices anything.
Beyond that, the first one from each address still passes; another one within some seconds needs a proof of work (a
number that makes a digest begin with zeros, which a phone finds in about a second), or the seconds: so it works without
scripts.
"""

import hashlib
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.repositories import LineRepositories
from domain.values.addresses import network_for_address
from domain.values.rate_windows import EPOCH

FLOOD_LIMIT, FLOOD_WINDOW = 1_000, timedelta(minutes=10)
"""So many of one form, from everywhere, within this time are a flood."""

FLOOD_WAIT = timedelta(seconds=10)
"""Interval at which forms of one address come without proof of work."""

WORK_BITS = 16
"""Leading zero bits of the digest: 65,536 tries on the average."""

_LONGEST_NONCE = 40

WORK_NEEDED = "source_address"
"""The field of `TooManyRequests` where an address did something so often that it needs work from now on."""


async def admit_submission(
    context: ActionContext[LineRepositories], form_name: str, source_address: str, work_nonce: str
) -> bool:
    """Count a form, and return whether it is taken now: no flood, work done, or long enough after the last one."""
    if (
        await context.uow.lines.add_hit(f"flood:{form_name}", context.dependencies.clock.now(), FLOOD_WINDOW)
        <= FLOOD_LIMIT
    ):
        return True
    return await admit_worker(context, form_name, source_address, work_nonce)


async def admit_worker(
    context: ActionContext[LineRepositories], form_name: str, source_address: str, work_nonce: str
) -> bool:
    """Return whether a form that needs work is taken now: it was done, or the last one without is long enough ago."""
    now, network = context.dependencies.clock.now(), network_for_address(source_address)
    if work_nonce and await _is_work_done(context, form_name, source_address, work_nonce):
        return True
    wait_key = f"flood:{form_name}:{network}"
    await context.uow.serialise(wait_key)  # else many at once would each find nobody before them
    if await context.uow.lines.is_blocked(wait_key, now):
        return False
    await context.uow.lines.block_until(wait_key, now + FLOOD_WAIT)
    return True


def describe_work(dependencies: Dependencies, form_name: str, source_address: str, windows_ago: int = 0) -> str:
    """Return what the work is about: it is an address's own, and out of date after two windows at most."""
    window_number = (dependencies.clock.now() - EPOCH) // FLOOD_WINDOW - windows_ago
    return f"{form_name}:{network_for_address(source_address)}:{window_number}"


def is_worked(work: str, nonce: str) -> bool:
    """Return whether a number is the one that was to be found."""
    digest = hashlib.sha256(f"{work}:{nonce}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - WORK_BITS) == 0


async def _is_work_done(
    context: ActionContext[LineRepositories], form_name: str, source_address: str, nonce: str
) -> bool:
    """Return whether the work was done lately, and was not brought before."""
    if len(nonce) > _LONGEST_NONCE or not nonce.isascii():
        return False
    works = [describe_work(context.dependencies, form_name, source_address, windows_ago) for windows_ago in (0, 1)]
    done = next((work for work in works if is_worked(work, nonce)), None)
    if done is None:
        return False
    return (
        await context.uow.lines.add_hit(f"work:{done}:{nonce}", context.dependencies.clock.now(), 2 * FLOOD_WINDOW) == 1
    )
