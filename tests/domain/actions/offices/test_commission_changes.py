"""Commissions set around one that is set ahead, withdrawn before they begin, and corrected on their first day."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.offices.office import CommissionRule
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import AlreadyDone, Conflict, Forbidden, NotFound
from domain.values.version_token import VersionToken
from tests.support.municipality import Municipality, actor

TODAY, SOON, FARVARDIN = date(2026, 11, 24), date(2026, 12, 1), date(2027, 3, 21)
REVENUE = actor(Role.REVENUE)


async def put(town: Municipality, share: int, start: date, *, version: VersionToken | None = None) -> CommissionRule:
    """Set what every office earns by every service."""
    async with town.store.open_unit() as uow:
        return await accounts.add_commission_rule(
            ActorContext(town.desk, uow, REVENUE), share_bp=share, valid_from=start, version=version
        )


async def taken_back(town: Municipality, rule: CommissionRule, by: Actor = REVENUE) -> CommissionRule:
    """Withdraw it."""
    async with town.store.open_unit() as uow:
        return await accounts.withdraw_commission_rule(ActorContext(town.desk, uow, by), rule.id)


async def shares(town: Municipality) -> list[tuple[int, date, date | None]]:
    """Share, first day and end of every rule about everything."""
    async with town.store.open_unit(write=False) as uow:
        rules = await uow.offices.list_rules()
    return [(one.share_bp, one.valid_from, one.valid_to) for one in rules if one.service is None]


async def audited(town: Municipality) -> list[str]:
    """Audited withdrawals."""
    return [by for (by,) in town.rows("SELECT actor FROM audit WHERE what = 'commission_withdrawn'")]


async def test_a_rule_set_ahead_blocks_none_before_it(town: Municipality) -> None:
    await put(town, 500, FARVARDIN)
    assert (await put(town, 100, TODAY)).valid_to == FARVARDIN
    assert (await put(town, 300, SOON)).valid_to == FARVARDIN
    assert await shares(town) == [(100, TODAY, SOON), (300, SOON, FARVARDIN), (500, FARVARDIN, None)]


async def test_a_rule_that_has_not_begun_is_withdrawn(town: Municipality) -> None:
    await put(town, 100, TODAY)
    async with town.store.open_unit() as uow:
        await accounts.add_commission_rule(
            ActorContext(town.desk, uow, SYSTEM), share_bp=900, service="machinery", valid_from=SOON
        )
    ahead = await put(town, 300, SOON)
    for role in (Role.CIVIL, Role.AUDITOR):
        with pytest.raises(Forbidden):
            await taken_back(town, ahead, actor(role))
    assert await taken_back(town, ahead) == ahead
    assert await shares(town) == [(100, TODAY, None), (300, SOON, SOON)]
    assert await audited(town) == [REVENUE.label]
    with pytest.raises(AlreadyDone, match="rule"):
        await taken_back(town, ahead)
    with pytest.raises(NotFound, match="rule"):
        await taken_back(town, replace(ahead, id=1))


async def test_a_wrong_rule_of_today_is_corrected_today(town: Municipality) -> None:
    wrong = await put(town, 9_000, TODAY)
    with pytest.raises(Conflict, match="rule:already_begun"):
        await taken_back(town, wrong)
    await put(town, 900, TODAY)
    assert await shares(town) == [(9_000, TODAY, TODAY), (900, TODAY, None)]
    assert await audited(town) == [REVENUE.label]


async def test_nothing_is_set_over_what_was_not_seen(town: Municipality) -> None:
    await put(town, 100, TODAY, version=VersionToken.from_number(0))
    with pytest.raises(Conflict, match="rule:row_changed"):
        await put(town, 200, TODAY, version=VersionToken.from_number(0))
    assert await shares(town) == [(100, TODAY, None)]


async def test_of_two_officers_at_once_one_withdraws_and_the_days_have_no_hole(town: Municipality) -> None:
    await put(town, 100, TODAY)
    ahead = await put(town, 300, FARVARDIN)
    ended = await asyncio.gather(
        taken_back(town, ahead), put(town, 200, SOON), taken_back(town, ahead), return_exceptions=True
    )
    assert sum(isinstance(one, AlreadyDone) for one in ended) == 1
    assert await shares(town) == [(100, TODAY, SOON), (200, SOON, None), (300, FARVARDIN, FARVARDIN)]
