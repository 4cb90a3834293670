"""No minimum reaches into a band, on any day: less would cost more."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.tariffs.price_changes import sample_prices, set_price, withdraw_price
from domain.tariffs.tariff import BAND_DIMENSION, PriceTerms, Quantity, TariffRow, list_price_bands
from domain.values.dated_rows import effective_rows
from domain.values.errors import Conflict, InvalidField
from tests.domain.actions.tariffs.test_approval import ANNE, TODAY
from tests.support.municipality import Municipality
from tests.support.scenarios.quoting import quote_machinery

GRADER = {"machine": "grader"}
LATER, LAST = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


def terms(minimum: int = 0, start: date = TODAY, band: int = 0) -> PriceTerms:
    """The price of a grader, or of a band of it."""
    dimensions = {**GRADER, BAND_DIMENSION: str(band)} if band else GRADER
    return PriceTerms("machinery", dimensions, "hour", 500_000 if band else 1_000_000, minimum, 0, start)


async def put(town: Municipality, minimum: int = 0, start: date = TODAY, band: int = 0) -> TariffRow:
    """Set it at once."""
    async with town.store.open_unit() as uow:
        made = await set_price(ActorContext(town.desk, uow, ANNE), terms(minimum, start, band), far_meant=True)
    assert isinstance(made, TariffRow)
    return made


async def refused(town: Municipality, minimum: int = 0, start: date = TODAY, band: int = 0) -> str:
    """Reason why it is neither shown nor set: the field, and the words."""
    async with town.store.open_unit(write=False) as uow:
        with pytest.raises(InvalidField) as shown:
            await sample_prices(ActionContext(town.desk, uow), terms(minimum, start, band), [1])
    with pytest.raises(InvalidField) as wrong:
        await put(town, minimum, start, band)
    assert wrong.value.args == shown.value.args
    return f"{wrong.value.field}: {town.desk.wording.render_error(wrong.value)}"


async def taken_back(town: Municipality, row: TariffRow) -> None:
    """Withdraw it."""
    async with town.store.open_unit() as uow:
        await withdraw_price(ActorContext(town.desk, uow, ANNE), row.id)


async def stored(town: Municipality) -> list[TariffRow]:
    """All prices of graders."""
    async with town.store.open_unit(write=False) as uow:
        return [one for one in await uow.tariffs.list_of_service("machinery") if one.dimensions["machine"] == "grader"]


async def costs(town: Municipality, day: date, *hours: int) -> list[int]:
    """Price of so many hours on a day."""
    async with town.store.open_unit(write=False) as uow:
        return [(await quote_machinery(town, uow, Quantity(GRADER, one), day)).total for one in hours]


async def test_a_minimum_ends_below_a_band_that_is_set_ahead(town: Municipality) -> None:
    await put(town)
    await put(town, start=LATER, band=3)
    assert await refused(town, minimum=5) == "minimum: عددی از ۰ تا ۳ بفرستید."
    await put(town, minimum=3)
    await put(town, minimum=2, start=LATER)
    assert (await put(town, minimum=5)).valid_to == LATER, "it ends where the band begins"
    assert await costs(town, LATER, 1, 3) == [2_000_000, 1_500_000]


async def test_a_band_begins_above_a_minimum_that_is_set_ahead(town: Municipality) -> None:
    await put(town)
    await put(town, minimum=5, start=LATER)
    assert await refused(town, band=3) == "from: عددی از ۵ تا … بفرستید."
    await put(town, band=5)


async def test_the_limit_is_that_of_all_days(town: Municipality) -> None:
    await put(town, band=9)
    ahead = await put(town, start=LATER, band=6)
    await put(town, start=LAST, band=4)
    assert await refused(town, minimum=10) == "minimum: عددی از ۰ تا ۴ بفرستید."
    await put(town, minimum=4, start=LAST)
    assert await refused(town, minimum=10) == "minimum: عددی از ۰ تا ۶ بفرستید."
    await taken_back(town, ahead)
    assert await refused(town, minimum=10) == "minimum: عددی از ۰ تا ۹ بفرستید.", "what was withdrawn prices nothing"
    await put(town, minimum=9)


async def test_a_price_is_not_withdrawn_while_the_one_before_it_would_reach_into_a_band(town: Municipality) -> None:
    before = await put(town, minimum=5)
    low, band = await put(town, minimum=2, start=LATER), await put(town, start=LAST, band=3)
    kept, audit = await stored(town), town.rows("SELECT count(*) FROM audit")
    with pytest.raises(Conflict, match="tariff:reaches_band") as wrong:
        await taken_back(town, low)
    told = town.desk.wording.render_error(wrong.value)
    assert "کمینهٔ آن، ۵،" in told
    assert "«از ۳ به بالا»" in told
    assert await stored(town) == kept
    assert town.rows("SELECT count(*) FROM audit") == audit
    await taken_back(town, band)
    await taken_back(town, low)
    assert [(one.id, one.valid_to) for one in effective_rows(await stored(town))] == [(before.id, None)]


async def test_a_price_is_withdrawn_where_another_one_begins_before_the_band(town: Municipality) -> None:
    await put(town, minimum=5)
    await put(town, minimum=3, start=LAST)
    between = await put(town, minimum=2, start=LATER)
    await put(town, start=LAST, band=3)
    await taken_back(town, between)
    assert await costs(town, LATER, 1, 5) == [5_000_000, 5_000_000]


def reaching(rows: list[TariffRow], day: date) -> list[tuple[int, int]]:
    """The minimums that lie above a band of that day, with that band."""
    table = list_price_bands(rows, GRADER, day)
    return [
        (low.minimum, high.band_start)
        for low in table
        for high in table
        if low.band_start < high.band_start < low.minimum
    ]


async def stepped(town: Municipality, chance: random.Random) -> str:
    """Set a price, or withdraw one; what became of it."""
    ahead = [one for one in effective_rows(await stored(town)) if one.valid_from > TODAY]
    band = chance.choice([0, 0, 0, 4, 8])
    day = chance.randrange(1 if band else 0, 6)  # a band from today on would forbid nearly all that matters
    try:
        if ahead and chance.random() < 0.4:
            await taken_back(town, chance.choice(ahead))
            return "withdrawn"
        await put(town, chance.randint(0, band or 10), TODAY + timedelta(days=day), band)
    except InvalidField:
        return "refused"
    except Conflict:
        return "kept"
    return "set"


async def test_whatever_is_set_and_withdrawn_less_is_charged_as_less(town: Municipality) -> None:
    chance, ended, days = random.Random(7), Counter[str](), [TODAY + timedelta(days=day) for day in range(7)]
    for _ in range(300):
        ended[await stepped(town, chance)] += 1
        rows = await stored(town)
        assert [found for day in days for found in reaching(rows, day)] == []
    assert min(ended[what] for what in ("set", "refused", "withdrawn", "kept")) > 2, ended
