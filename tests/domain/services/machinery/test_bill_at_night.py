"""A bill that is made in quiet hours is told of at their end: it never arrives after its own deadline."""

from pathlib import Path

import pytest

from domain.settings.policy import Policy
from domain.values.actors import Role
from tests.support.municipality import CITIZEN, ORDER, Municipality, StandingClock, build_desk, municipality

NIGHT = (11, 11.9, 12, 13, 13.9)
"""Hours after ten in the morning, around nine in the evening and midnight."""


async def bill_at(town: Municipality, code: str) -> None:
    """Let both units take the order as far as its bill, now."""
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)


@pytest.mark.parametrize("payment_days", [0, 1, 3])
@pytest.mark.parametrize("hours", [0, 10, *NIGHT, 20, 21.9])
@pytest.mark.parametrize("day", ["فردا", "پس‌فردا", "شنبه"])
async def test_a_bill_arrives_before_its_deadline(database: Path, payment_days: int, hours: float, day: str) -> None:
    clock = StandingClock()
    policy = Policy(payment_days=payment_days)
    async with municipality(database, build_desk(clock, policy=policy), clock) as town:
        await town.furnish()
        code = await town.order(ORDER.replace("فردا", day))
        town.advance(hours=hours)
        await bill_at(town, code)
        [bill] = await town.bills(code)
        told = next(one for one in await town.sent(CITIZEN) if one.key.endswith("notices.bill"))
        assert bill.deadline is not None
        assert told.not_before < bill.deadline
        assert told.expires_at is not None
        assert told.expires_at <= bill.deadline


async def test_a_bill_of_the_evening_before_leaves_the_day_to_the_unit(town: Municipality) -> None:
    """At ten in the evening for the next morning: the deadline was midnight, and the text came at eight."""
    code = await town.order()
    town.advance(hours=12)
    await bill_at(town, code)
    [bill] = await town.bills(code)
    told = (await town.sent(CITIZEN))[-1]
    assert bill.deadline is not None
    assert (bill.deadline - told.not_before).days >= town.desk.policy.payment_days
