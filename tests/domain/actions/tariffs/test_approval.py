"""Prices that wait for a second person, where the house wants it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.tariffs.price_changes import approve_proposal, reject_proposal, sample_prices, set_price
from domain.tariffs.tariff import PriceTerms, ProposalState, ProposedTariff, TariffRow
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Conflict, Forbidden, NotFound
from tests.support.municipality import RATE, Municipality, actor

TODAY = date(2026, 11, 24)
NEW = PriceTerms("machinery", {"machine": "loader"}, "hour", RATE * 2, 2, 10, date(2026, 12, 1))
ANNE, BEHROUZ = actor(Role.REVENUE, "anne"), actor(Role.REVENUE, "behrouz")


async def proposed(town: Municipality, terms: PriceTerms = NEW, by: Actor = ANNE) -> ProposedTariff:
    """Propose a price."""
    async with town.store.open_unit() as uow:
        made = await set_price(ActorContext(town.desk, uow, by), terms, far_meant=True)
    assert isinstance(made, ProposedTariff)
    return made


async def approved(town: Municipality, proposal: ProposedTariff, by: Actor) -> TariffRow:
    """Approve it."""
    async with town.store.open_unit() as uow:
        return await approve_proposal(ActorContext(town.desk, uow, by), proposal.id)


async def loader(town: Municipality) -> list[tuple[int, date, date | None]]:
    """The prices of a loader: (rate, from, to)."""
    async with town.store.open_unit(write=False) as uow:
        rows = await uow.tariffs.list_of_service("machinery")
    return [(one.rate, one.valid_from, one.valid_to) for one in rows if one.dimensions == NEW.dimensions]


async def test_a_price_is_set_at_once_where_nobody_else_is_asked(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        made = await set_price(ActorContext(town.desk, uow, actor(Role.REVENUE)), NEW, far_meant=True)
    assert isinstance(made, TariffRow)
    assert await loader(town) == [(RATE, TODAY, NEW.valid_from), (RATE * 2, NEW.valid_from, None)]


@pytest.mark.parametrize("by", [BEHROUZ, actor(Role.MANAGER)])
async def test_a_proposed_price_is_in_force_when_another_person_approves(careful: Municipality, by: Actor) -> None:
    proposal = await proposed(careful)
    assert await loader(careful) == [(RATE, TODAY, None)]
    row = await approved(careful, proposal, by)
    assert row.created_by == "staff:anne"
    assert await loader(careful) == [(RATE, TODAY, NEW.valid_from), (RATE * 2, NEW.valid_from, None)]
    assert [actor for (actor,) in careful.rows("SELECT actor FROM audit WHERE what = 'tariff_approved'")] == [by.label]


async def test_nobody_approves_the_own_price(careful: Municipality) -> None:
    proposal = await proposed(careful)
    with pytest.raises(Forbidden, match="own_proposal"):
        await approved(careful, proposal, ANNE)
    deputy = replace(ANNE, role_names=frozenset({Role.REVENUE, Role.MANAGER}), substitutes_for=frozenset({"manager"}))
    with pytest.raises(Forbidden, match="own_proposal"):
        await approved(careful, proposal, deputy)
    with pytest.raises(Forbidden):
        await approved(careful, proposal, actor(Role.CIVIL))
    assert await loader(careful) == [(RATE, TODAY, None)]


async def test_who_approves_late_prices_nothing_backwards(careful: Municipality) -> None:
    proposal = await proposed(careful, replace(NEW, valid_from=TODAY + timedelta(days=1)))
    careful.advance(days=5)
    assert (await approved(careful, proposal, BEHROUZ)).valid_from == TODAY + timedelta(days=5)


async def test_one_proposal_of_a_price_waits(careful: Municipality) -> None:
    first = await proposed(careful)
    with pytest.raises(Conflict, match="price_pending"):
        await proposed(careful, replace(NEW, rate=1), BEHROUZ)
    async with careful.store.open_unit() as uow:
        assert (await reject_proposal(ActorContext(careful.desk, uow, ANNE), first.id)).state is ProposalState.REJECTED
    with pytest.raises(AlreadyDone):
        await approved(careful, first, BEHROUZ)
    second = await proposed(careful, replace(NEW, rate=RATE * 3))
    await approved(careful, second, BEHROUZ)
    with pytest.raises(AlreadyDone):
        await approved(careful, second, BEHROUZ)
    async with careful.store.open_unit() as uow:
        with pytest.raises(NotFound, match="proposal"):
            await approve_proposal(ActorContext(careful.desk, uow, BEHROUZ), 1)


async def test_samples_say_what_a_price_means(town: Municipality) -> None:
    async with town.store.open_unit(write=False) as uow:
        context = ActionContext(town.desk, uow)
        found = await sample_prices(context, NEW, (1, 4))
        crane = await sample_prices(context, replace(NEW, dimensions={"machine": "crane"}), (4,))
    hour = RATE * 11 // 10
    assert [(one.units, one.before, one.after) for one in found] == [
        (1, hour * 2, hour * 4),
        (4, hour * 4, hour * 8),
    ]
    assert [(one.before, one.after) for one in crane] == [(None, hour * 8)]
