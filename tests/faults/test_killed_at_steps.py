"""Killed at each named step, whatever is going on: started again, everything said and done is there once."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.e2e.support.program_runs import Death
from tests.fakes.kavenegar import Fault
from tests.faults.conftest import POSTGRESQL, Site
from tests.faults.support.round_plan import Plan, Receipts
from tests.programs import kill_points
from tests.support.effort import EFFORT

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

TIMES = (
    (("cancels",), 1),
    (("orders", "asks"), 2),
    (("gives_up", "orders"), 3),
    (("fills_in",), 1),
    (("is_refused", "cancels"), 2),
)
"""Lives of which people, and times of the step at which the server dies."""

STEPS = ("inbound", "claim", "accepted", "mark")
"""After the commit of a text that came in, after the claim, after the provider accepted, before the mark."""

INSIDE = ("inbound_open", "mark_open", "receipt_open")
"""Inside the units of work that take a text in, mark one sent, settle a receipt."""

ALL, SOME = range(len(TIMES)), (1, 2, 4)
PLACES = [("sqlite", time) for time in ALL] + [("postgresql", time) for time in SOME]
"""Every time on SQLite, some of them on PostgreSQL too."""


def marks_of(site: str, time: int) -> Sequence[pytest.MarkDecorator]:
    """Each step is met once by day: at one of the first two times."""
    return [POSTGRESQL] if site == "postgresql" else [pytest.mark.day] if time < 2 else []


def in_places(*steps: str) -> pytest.MarkDecorator:
    """Each step in every other place, so that each is met on both databases, and each time at two of four steps; with
    `EFFORT` (`make chaos`) in all of them.
    """
    cases = [
        pytest.param(
            step, site, time, marks=POSTGRESQL if site == "postgresql" else pytest.mark.day if time < 2 else ()
        )
        for nth_step, step in enumerate(steps)
        for nth_place, (site, time) in enumerate(PLACES)
        if EFFORT > 1 or nth_step % 2 == nth_place % 2
    ]
    return pytest.mark.parametrize(("step", "site", "time"), cases, indirect=["site"])


ON_SQLITE = pytest.mark.parametrize(
    ("site", "time"),
    [pytest.param("sqlite", time, marks=marks_of("sqlite", time)) for time in SOME],
    indirect=["site"],
)


def plan(step: str, time: int, **otherwise: Any) -> Plan:
    """The `time`-th round in which the server dies at a step."""
    stories, at = TIMES[time]
    usual = {"ends": (Death(step, at),), "receipts": (Receipts((10,), copies=2), Receipts((11, 10)))}
    return Plan(time, stories, **{**usual, **otherwise})


@pytest.mark.day
async def test_steps_are_public_functions_that_are_there() -> None:
    functions = [function for step in kill_points.STEPS.values() for function in step.functions]
    assert [name for owner, name in functions if name.startswith("_") or not callable(getattr(owner, name, None))] == []


@in_places(*STEPS)
async def test_killed_at_a_step(site: Site, time: int, step: str) -> None:
    await site.plays(plan(step, time))


@in_places("seal")
async def test_killed_inside_a_seal(site: Site, time: int, step: str) -> None:
    await site.plays(plan(step, time, ends=(Death(step),), seals=True))
    verified = await site.office.cli("history", "verify")
    assert (verified["faults"], verified["unsealed"]) == ([], 0)


@pytest.mark.parametrize("step", INSIDE)
@ON_SQLITE
async def test_killed_inside_a_unit(site: Site, time: int, step: str) -> None:
    await site.plays(plan(step, time))


@ON_SQLITE
async def test_killed_after_asking_what_became_of_a_text(site: Site, time: int) -> None:
    await site.plays(plan("asked", time, ends=(Death("asked"),), faults=(Fault("cut_after_accept"),)))
