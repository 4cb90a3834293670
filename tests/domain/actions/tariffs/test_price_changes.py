"""Prices set around one that is set ahead, withdrawn before they begin, and corrected on their first day."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import approve_proposal, set_price, withdraw_price
from domain.tariffs.tariff import ProposedTariff, TariffRow
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Conflict, Forbidden, MissingField, NotFound
from domain.values.text import group_digits
from domain.values.version_token import VersionToken
from tests.domain.actions.tariffs.test_approval import ANNE, BEHROUZ, NEW, TODAY, approved, loader, proposed
from tests.support.municipality import RATE, VAT, Municipality, actor

FARVARDIN, SOON = date(2027, 3, 21), date(2026, 11, 30)
REVENUE = actor(Role.REVENUE, "anne")


async def put(town: Municipality, rate: int, start: date, *, version: VersionToken | None = None) -> TariffRow:
    """Set the price of a loader's hour at once."""
    async with town.store.open_unit() as uow:
        made = await set_price(
            ActorContext(town.desk, uow, REVENUE), replace(NEW, rate=rate, valid_from=start), version, far_meant=True
        )
    assert isinstance(made, TariffRow)
    return made


async def taken_back(town: Municipality, row: TariffRow, by: Actor = REVENUE) -> TariffRow:
    """Withdraw it."""
    async with town.store.open_unit() as uow:
        return await withdraw_price(ActorContext(town.desk, uow, by), row.id)


async def audit(town: Municipality) -> list[str]:
    """Audited withdrawals."""
    return [by for (by,) in town.rows("SELECT actor FROM audit WHERE what = 'tariff_withdrawn' ORDER BY id")]


async def test_a_price_set_ahead_blocks_none_before_it(town: Municipality) -> None:
    await put(town, 5, FARVARDIN)
    assert (await put(town, 3, SOON)).valid_to == FARVARDIN
    assert (await put(town, 2, SOON - timedelta(days=1))).valid_to == SOON
    assert await loader(town) == [
        (RATE, TODAY, SOON - timedelta(days=1)),
        (2, SOON - timedelta(days=1), SOON),
        (3, SOON, FARVARDIN),
        (5, FARVARDIN, None),
    ]


@pytest.mark.parametrize(
    ("changes", "percent"),
    [
        ({"rate": RATE * 13 // 10 - 1}, None),
        ({"rate": RATE * 13 // 10}, 30),
        ({"rate": RATE * 7 // 10 + 1}, None),
        ({"rate": RATE * 7 // 10}, 30),
        ({"rate": RATE * 10}, 900),
        ({"rate": 0}, 100),
        ({"minimum": 3}, 50),
        ({"vat_percent": 50}, 36),
        ({"vat_percent": 0}, None),
    ],
)
async def test_what_differs_much_is_asked_about(
    town: Municipality, changes: dict[str, Any], percent: int | None
) -> None:
    """By thirty percent or more in either way: the price of a unit, or the least that is charged."""
    terms = replace(NEW, rate=RATE, minimum=2, vat_percent=VAT, valid_from=TODAY)
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, REVENUE)
        if percent is None:
            await set_price(context, replace(terms, **changes))
            return
        with pytest.raises(MissingField, match="far_price") as asked:
            await set_price(context, replace(terms, **changes))
        assert asked.value.params["percent"] == group_digits(percent)
        await set_price(context, replace(terms, **changes), far_meant=True)


async def test_a_band_is_compared_with_what_prices_its_units_now(town: Municipality) -> None:
    band = replace(NEW, dimensions={"machine": "loader", "from": "8"}, rate=RATE * 6 // 10, valid_from=TODAY)
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, REVENUE)
        with pytest.raises(MissingField, match="far_price"):
            await set_price(context, band)
        await set_price(context, replace(NEW, dimensions={"machine": "crane"}))  # nothing to compare


async def test_a_price_that_has_not_begun_is_withdrawn(town: Municipality) -> None:
    ahead = await put(town, 5, FARVARDIN)
    between = await put(town, 3, SOON)
    assert await taken_back(town, between) == between
    assert await loader(town) == [(RATE, TODAY, FARVARDIN), (3, SOON, SOON), (5, FARVARDIN, None)]
    await taken_back(town, ahead)
    assert await loader(town) == [(RATE, TODAY, None), (3, SOON, SOON), (5, FARVARDIN, FARVARDIN)]
    assert await audit(town) == [REVENUE.label] * 2
    for again in (ahead, between):
        with pytest.raises(AlreadyDone):
            await taken_back(town, again)
    assert (await put(town, 4, FARVARDIN)).valid_to is None, "its day is free again"


async def test_the_first_price_of_all_is_withdrawn(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        row = await set_price(
            ActorContext(town.desk, uow, REVENUE), replace(NEW, dimensions={"machine": "crane"}), far_meant=True
        )
    assert isinstance(row, TariffRow)
    await taken_back(town, row)
    async with town.store.open_unit(write=False) as uow:
        assert await uow.tariffs.get(row.id) == replace(row, valid_to=row.valid_from)


async def test_a_wrong_price_of_today_is_corrected_today(town: Municipality) -> None:
    wrong = await put(town, 1, TODAY)
    right = await put(town, 2, TODAY)
    assert await loader(town) == [(RATE, TODAY, TODAY), (1, TODAY, TODAY), (2, TODAY, None)]
    await put(town, 9, SOON)
    await put(town, 3, TODAY)
    assert (await loader(town))[2:] == [(2, TODAY, TODAY), (3, TODAY, SOON), (9, SOON, None)]
    assert len(await audit(town)) == 3
    async with town.store.open_unit(write=False) as uow:
        kept = [await uow.tariffs.get(one.id) for one in (wrong, right)]
    assert kept == [replace(one, valid_to=TODAY) for one in (wrong, right)], "quotes that name them are explained"


async def test_what_has_begun_is_not_withdrawn(town: Municipality) -> None:
    row = await put(town, 5, SOON)
    for role in (Role.MANAGER, Role.ADMIN, Role.CIVIL):
        with pytest.raises(Forbidden):
            await taken_back(town, row, actor(role))
    town.advance(days=6)
    with pytest.raises(Conflict, match="tariff:already_begun"):
        await taken_back(town, row)
    async with town.store.open_unit() as uow:
        with pytest.raises(NotFound, match="tariff"):
            await withdraw_price(ActorContext(town.desk, uow, REVENUE), 1)
    assert await loader(town) == [(RATE, TODAY, SOON), (5, SOON, None)]


async def test_nothing_is_set_over_what_was_not_seen(town: Municipality) -> None:
    await put(town, 2, SOON, version=VersionToken.from_number(1))
    with pytest.raises(Conflict, match="tariff:row_changed"):
        await put(town, 3, SOON, version=VersionToken.from_number(1))
    row = await put(town, 3, FARVARDIN, version=VersionToken.from_number(2))
    await taken_back(town, row)
    with pytest.raises(Conflict, match="tariff:row_changed"):
        await put(town, 3, SOON, version=VersionToken.from_number(3))
    await put(town, 3, SOON, version=VersionToken.from_number(4))


async def test_of_two_officers_at_once_one_withdraws_and_none_is_lost(town: Municipality) -> None:
    row = await put(town, 5, FARVARDIN)
    ended = await asyncio.gather(
        taken_back(town, row),
        taken_back(town, row),
        put(town, 3, SOON),
        put(town, 4, SOON, version=VersionToken.from_number(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, AlreadyDone) for one in ended) == 1
    rows = [one for one in await loader(town) if one[1] != one[2]]
    assert [one[2] for one in rows] == [*(one[1] for one in rows[1:]), None], "the days have no hole"
    assert {one[0] for one in rows} <= {RATE, 3, 4}


async def test_one_person_withdraws_where_prices_need_two(careful: Municipality) -> None:
    row = await approved(careful, await proposed(careful), BEHROUZ)
    await taken_back(careful, row, ANNE)
    assert await loader(careful) == [(RATE, TODAY, None), (RATE * 2, NEW.valid_from, NEW.valid_from)]


async def test_two_persons_set_prices_around_another(careful: Municipality) -> None:
    await approved(careful, await proposed(careful, replace(NEW, valid_from=FARVARDIN)), BEHROUZ)
    assert (await approved(careful, await proposed(careful), BEHROUZ)).valid_to == FARVARDIN
    row = await approved(careful, await proposed(careful, replace(NEW, rate=7, valid_from=TODAY)), BEHROUZ)
    assert (row.valid_from, row.valid_to) == (TODAY, NEW.valid_from)
    assert (await loader(careful))[:2] == [(RATE, TODAY, TODAY), (7, TODAY, NEW.valid_from)]
    assert await audit(careful) == [BEHROUZ.label], "who approved it put it in force"


async def test_nothing_is_approved_over_what_came_since(careful: Municipality) -> None:
    waits = await proposed(careful)
    careful.advance(minutes=1)
    careful.desk.apply_settings(1, replace(careful.desk.policy, tariffs_need_approval=False), careful.desk.calendar, {})
    await put(careful, 3, NEW.valid_from)
    with pytest.raises(Conflict, match="valid_from:tariff_overlap"):
        await approved(careful, waits, BEHROUZ)
    assert (await loader(careful))[-1] == (3, NEW.valid_from, None)


async def test_a_price_whose_days_went_by_is_not_approved(careful: Municipality) -> None:
    await approved(careful, await proposed(careful), BEHROUZ)
    waits: ProposedTariff = await proposed(careful, replace(NEW, rate=7, valid_from=SOON))
    careful.advance(days=8)
    async with careful.store.open_unit() as uow:
        with pytest.raises(Conflict, match="valid_from:tariff_overlap"):
            await approve_proposal(ActorContext(careful.desk, uow, BEHROUZ), waits.id)
