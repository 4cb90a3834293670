"""The yearly duty: generated once for every vehicle, by the tariff, all of it or nothing."""

from datetime import date
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.registries.charges import issue_row_bill
from domain.actions.registries.duties import GeneratedDuties, generate_duties, plan_duties
from domain.actions.tariffs.price_changes import add_tariff
from domain.blocks.billing import BillingContext
from domain.registries.declarations import DUTY, DUTY_TARIFF_SERVICE
from domain.tariffs.tariff import Quote
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField, UnknownService
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import OFFICER, PLATE, SECOND_PLATE, furnish, give, rows_of


@pytest.fixture(autouse=True)
async def _organisation(town: Municipality) -> None:
    """The taxis that owe."""
    await furnish(town)


async def price(town: Municipality, kind: str, rate: int, since: date = date(2026, 3, 21), **more: Any) -> None:
    """Let revenue set what a kind of taxi owes a year."""
    async with town.store.open_unit() as uow:
        await add_tariff(
            ActorContext(town.desk, uow, actor(Role.REVENUE)),
            DUTY_TARIFF_SERVICE,
            {"vehicle_type": kind},
            rate=rate,
            unit="year",
            valid_from=since,
            **more,
        )


async def made(town: Municipality, year: int = 1405, by: Actor = OFFICER) -> GeneratedDuties:
    """Generate a year's duties."""
    return await generate_duties(town.desk, town.store, year, by)


async def amounts(town: Municipality, year: int = 1405) -> dict[str, int]:
    """Plate → what it owes for the year."""
    return {row.values["vehicle"]: row.values["amount"] for row in await rows_of(town, "duty", year=year)}


async def test_every_vehicle_owes_by_its_kind(town: Municipality) -> None:
    await price(town, "line", 2_500_400, vat_percent=10)
    await price(town, "van", 3_000_000)
    assert await made(town) == GeneratedDuties(
        1405, 2, 0, 0, 5_750_000, {"line": 1, "van": 1}, {"line": 2_750_000, "van": 3_000_000}
    )
    assert await amounts(town) == {PLATE: 2_750_000, SECOND_PLATE: 3_000_000}
    [row] = await rows_of(town, "duty", vehicle=PLATE)
    assert (row.values["kind"], row.values["state"], row.data["quote"]["total"]) == ("yearly", "open", 2_750_000)
    assert row.data["quote"]["lines"][0]["dimensions"] == {"vehicle_type": "line"}


async def test_what_is_planned_is_made_and_nothing_else(town: Municipality) -> None:
    await price(town, "line", 2_500_000)
    await price(town, "van", 3_000_000)
    plan = await plan_duties(town.desk, town.store, 1405, OFFICER)
    assert (plan.made, plan.amount) == (2, 5_500_000)
    assert await amounts(town) == {}, "looking makes nothing"
    await give(town, "vehicle", {"plate": "12ت347-59", "type": "line"})
    with pytest.raises(Conflict, match="duties_changed"):
        await generate_duties(town.desk, town.store, 1405, OFFICER, shown_amount=plan.amount)
    assert await amounts(town) == {}, "all of it or nothing"


async def test_again_only_what_is_missing_is_made(town: Municipality) -> None:
    await price(town, "line", 2_500_000)
    await price(town, "van", 3_000_000)
    await made(town)
    assert await made(town) == GeneratedDuties(1405, made=0, present=2)
    await give(town, "vehicle", {"plate": "12ت347-59", "type": "line"})
    await price(town, "line", 2_600_000, since=date(2026, 11, 24))
    assert await made(town) == GeneratedDuties(1405, 1, 2, 0, 2_600_000, {"line": 1}, {"line": 2_600_000})
    assert (await amounts(town))[PLATE] == 2_500_000


async def test_without_a_tariff_nothing_is_made(town: Municipality) -> None:
    await price(town, "line", 2_500_000)
    await give(town, "vehicle", {"plate": "12ت347-59", "type": "van"})
    assert await made(town) == GeneratedDuties(1405, missing={"van": 2})
    assert await amounts(town) == {}


async def test_a_kind_that_owes_nothing_has_no_duty(town: Municipality) -> None:
    await price(town, "line", 0)
    await price(town, "van", 3_000_000)
    assert await made(town) == GeneratedDuties(1405, 1, 0, 1, 3_000_000, {"van": 1}, {"van": 3_000_000})


@pytest.mark.parametrize(
    ("year", "amount"), [(1403, 1_000_000), (1404, 2_000_000), (1405, 3_000_000), (1406, 4_000_000)]
)
async def test_the_tariff_nearest_to_today_holds(town: Municipality, year: int, amount: int) -> None:
    for kind in ("line", "van"):
        await price(town, kind, 1_000_000, since=date(2024, 3, 20))
        await price(town, kind, 2_000_000, since=date(2025, 4, 1))
        await price(town, kind, 3_000_000, since=date(2026, 11, 1))
        await price(town, kind, 4_000_000, since=date(2026, 12, 1))
    await made(town, year)
    assert await amounts(town, year) == {PLATE: amount, SECOND_PLATE: amount}


async def test_who_may_and_which_years_there_are(town: Municipality) -> None:
    with pytest.raises(Forbidden):
        await made(town, by=actor(Role.CIVIL))
    with pytest.raises(InvalidField, match="year"):
        await made(town, 2026)
    assert (await made(town, by=actor(Role.REVENUE))).missing == {"line": 1, "van": 1}


async def test_duties_are_priced_though_they_are_no_service_of_requests(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        with pytest.raises(UnknownService):
            await add_tariff(ActorContext(town.desk, uow, actor(Role.REVENUE)), "moon", {}, rate=1)


@pytest.mark.parametrize("status", ["inactive", "scrapped"])
async def test_vehicles_out_of_service_owe_nothing_more(town: Municipality, status: str) -> None:
    await price(town, "line", 2_500_000)
    await give(town, "vehicle", {"plate": SECOND_PLATE, "status": status})
    generated = await made(town)
    assert (generated.made, generated.amount) == (1, 2_500_000), "nor does its kind need a tariff"
    assert await amounts(town) == {PLATE: 2_500_000}


async def test_an_amount_set_by_hand_is_explained_by_an_override(town: Municipality) -> None:
    await price(town, "line", 2_500_000, vat_percent=10)
    await price(town, "van", 3_000_000)
    await made(town)
    for amount in (1_000_000, 2_000_000):
        await give(town, "duty", {"vehicle": PLATE, "year": 1405, "amount": amount}, by=actor(Role.REVENUE))
    [row] = await rows_of(town, "duty", vehicle=PLATE)
    async with town.store.open_unit() as uow:
        till = BillingContext(town.desk.ids, town.desk.policy, town.clock.at)
        bill = await issue_row_bill(uow, till, DUTY, row.id, "staff:revenue")
    quote = Quote.from_json(bill.explanation)
    assert (bill.amount, quote.total, bill.explanation["total"]) == (2_000_000, 2_000_000, 2_000_000)
    assert (quote.computed, quote.override, quote.reason) == (2_750_000, 2_000_000, "staff:revenue")


async def test_the_tariffs_own_amount_is_no_override(town: Municipality) -> None:
    await price(town, "line", 2_500_000)
    await price(town, "van", 3_000_000)
    await made(town)
    [before] = await rows_of(town, "duty", vehicle=PLATE)
    for amount in (1_000_000, 2_500_000):
        await give(town, "duty", {"vehicle": PLATE, "year": 1405, "amount": amount}, by=actor(Role.REVENUE))
    [after] = await rows_of(town, "duty", vehicle=PLATE)
    assert after.data == before.data


async def test_a_quote_of_another_amount_explains_nothing(town: Municipality) -> None:
    await price(town, "line", 2_500_000)
    await price(town, "van", 3_000_000)
    await made(town)
    town.sql("UPDATE duties SET amount = 1000000 WHERE vehicle = ?", PLATE)  # as it could be amended before
    [row] = await rows_of(town, "duty", vehicle=PLATE)
    async with town.store.open_unit() as uow:
        bill = await issue_row_bill(
            uow, BillingContext(town.desk.ids, town.desk.policy, town.clock.at), DUTY, row.id, "staff:revenue"
        )
    assert (bill.amount, bill.explanation) == (1_000_000, {"registry": "duty", **row.values})
