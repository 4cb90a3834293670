"""Dated prices, and quotes that explain their total years later."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import add_tariff
from domain.tariffs.tariff import Quantity, Quote, QuoteLine, TariffRow, compute_quote, find_price_row, rows_of_subject
from domain.values.actors import Role
from domain.values.errors import Conflict, Forbidden, InvalidField, NotFound, UnknownService
from domain.values.money import MOST_UNITS, RoundingMode, round_quantity
from tests.support.municipality import RATE, Municipality, actor
from tests.support.scenarios.quoting import quote_machinery
from tests.support.tables import each_row

SPRING, AUTUMN, DAY = date(2026, 3, 21), date(2026, 9, 23), timedelta(days=1)
NOW = datetime(2026, 3, 21, tzinfo=UTC)
LOADER = {"machine": "loader"}


def row(start: date = SPRING, end: date | None = None, **changes: Any) -> TariffRow:
    """Return the price of a loader's hour: two hours at least, ten percent of VAT."""
    values: dict[str, Any] = {
        "id": start.toordinal(),
        "service": "machinery",
        "dimensions": LOADER,
        "unit": "hour",
        "rate": 8_000_000,
        "minimum": 2,
        "vat_percent": 10,
        "created_by": "staff:revenue",
        "created_at": NOW,
    }
    return TariffRow(**values | {"valid_from": start, "valid_to": end} | changes)


def priced(*wanted: Quantity, mode: RoundingMode = "down", step: int = 1000, rate: int = 8_000_000) -> Quote:
    """Price loaders, and graders at half the rate without minimum and VAT."""
    grader = row(rate=rate // 2, dimensions={"machine": "grader"}, vat_percent=0, minimum=0)
    return compute_quote([row(rate=rate), grader], wanted, SPRING, step=step, mode=mode)


# Rows


def test_a_row_is_in_force_from_its_first_day_until_before_its_last() -> None:
    old = row(SPRING, AUTUMN)
    assert [old.is_in_force(SPRING - DAY), old.is_in_force(SPRING), old.is_in_force(AUTUMN - DAY)] == [
        False,
        True,
        True,
    ]
    assert not old.is_in_force(AUTUMN)
    assert row(SPRING).is_in_force(date(2100, 1, 1))


def test_the_row_of_the_day_is_found() -> None:
    old, new = row(SPRING, AUTUMN), row(AUTUMN, rate=9_000_000)
    assert find_price_row([old, new], Quantity(LOADER, 1), AUTUMN - DAY) is old
    assert find_price_row([old, new], Quantity(LOADER, 1), AUTUMN) is new
    for dimensions, day in ((LOADER, SPRING - DAY), ({"machine": "crane"}, AUTUMN), ({}, AUTUMN)):
        with pytest.raises(NotFound) as missing:
            find_price_row([old, new], Quantity(dimensions, 1), day)
        assert (missing.value.reason, missing.value.params) == ("tariff", dimensions)


def test_one_thing_has_its_own_prices() -> None:
    old, other = row(SPRING), row(SPRING, dimensions={"machine": "grader"})
    assert rows_of_subject([old, other], "machinery", LOADER) == [old]
    assert rows_of_subject([old, other], "expert", LOADER) == []


def test_a_withdrawn_row_prices_no_day() -> None:
    wrong, right = row(SPRING, SPRING, rate=1), row(SPRING)
    assert not any(wrong.is_in_force(SPRING + DAY * days) for days in (-1, 0, 1))
    assert find_price_row([wrong, right], Quantity(LOADER, 1), SPRING) is right


# Quotes


def test_hours_machines_minimum_and_vat() -> None:
    made = priced(Quantity(LOADER, 4), Quantity(LOADER, 1, count=2), Quantity({"machine": "grader"}, 2.5))
    assert [line.units for line in made.lines] == [4, 2, 2.5]
    assert [line.amount for line in made.lines] == [32_000_000, 32_000_000, 10_000_000]
    assert [line.vat for line in made.lines] == [3_200_000, 3_200_000, 0]
    assert (made.subtotal, made.vat, made.total) == (74_000_000, 6_400_000, 80_400_000)


@pytest.mark.parametrize(("mode", "total"), [("down", 8_000), ("up", 9_000), ("nearest", 9_000)])
def test_rounding_is_done_once_at_the_end(mode: RoundingMode, total: int) -> None:
    assert priced(Quantity(LOADER, 2.5), mode=mode, rate=3_100).total == total  # 7,750 and 775 of VAT
    assert priced(Quantity(LOADER, 2.5), mode=mode, rate=3_100, step=1).total == 8_525


def test_half_hours_are_exact() -> None:
    line = QuoteLine(
        tariff_id=1,
        dimensions=LOADER,
        unit="hour",
        asked=Decimal("0.5"),
        minimum=0,
        count=3,
        rate=3_333_333,
        vat_percent=9,
    )
    assert (line.amount, line.vat) == (4_999_999, 449_999)


@pytest.mark.parametrize(
    ("units", "rials"),
    [
        (2.76, 22_080_000),
        (0.01, 80_000),
        (2.5, 20_000_000),
        (1.1, 8_800_000),
        (0.29, 2_320_000),
        (1234.56, 9_876_480_000),
    ],
)
def test_quantities_are_charged_to_two_places(units: float, rials: int) -> None:
    """Nothing is cut: 2.76 units were charged as 2.5 once."""
    line = QuoteLine(
        tariff_id=1,
        dimensions=LOADER,
        unit="hour",
        asked=Decimal(str(units)),
        minimum=0,
        count=1,
        rate=8_000_000,
        vat_percent=0,
    )
    assert (line.amount, line.units) == (rials, Decimal(str(units)))
    assert priced(Quantity(LOADER, units), step=1).lines[0].asked == line.asked
    assert json.dumps(line.as_json()["asked"]) == str(units)


@each_row(
    "units", [2.765, 1 / 3, 0.1 + 0.2, 1.1 * 1.1, -1, float("nan"), float("inf"), MOST_UNITS + 1, Decimal("1.005")]
)
def test_what_is_finer_is_refused_not_cut(units: float) -> None:
    with pytest.raises(InvalidField, match="units"):
        priced(Quantity(LOADER, units))
    with pytest.raises(InvalidField, match="units"):
        assert priced(Quantity(LOADER, 4)).with_units([units]).total


def overridden(made: Quote, amount: int) -> Quote:
    """Return the quote with another total."""
    return Quote(made.lines, made.step, made.mode, amount, "توافق")


def test_an_override_replaces_the_total_and_is_scaled_with_the_hours() -> None:
    made = overridden(priced(Quantity(LOADER, 4)), 20_000_000)
    assert (made.total, made.computed) == (20_000_000, 35_200_000)
    totals = {hours: made.with_units([hours]).total for hours in (4, 2, 6, 1)}
    assert totals == {4: 20_000_000, 2: 10_000_000, 6: 30_000_000, 1: 10_000_000}
    assert made.with_units([6]).reason == "توافق"
    assert priced(Quantity(LOADER, 4)).with_units([6]).total == 52_800_000


def test_an_override_stays_where_the_tariff_asks_the_same_or_nothing() -> None:
    coarse = overridden(priced(Quantity(LOADER, 4), step=10_000, mode="up"), 20_001_000)
    assert coarse.with_units([4]).total == 20_001_000
    free = overridden(priced(Quantity(LOADER, 4), rate=0), 5_000_000)
    assert [free.with_units([hours]).total for hours in (2, 4, 8)] == [5_000_000] * 3
    assert overridden(priced(Quantity(LOADER, 4)), 0).with_units([8]).total == 0


def test_units_are_given_for_every_line() -> None:
    with pytest.raises(ValueError, match="zip"):
        priced(Quantity(LOADER, 4)).with_units([4, 5])


@pytest.mark.parametrize(("mode", "area"), [("down", "2.93"), ("nearest", "2.94"), ("up", "2.94")])
def test_a_rule_says_how_finer_units_are_rounded(mode: RoundingMode, area: str) -> None:
    """Metres × metres come to four places: 2.35 × 1.25."""
    made = round_quantity(Decimal("2.35") * Decimal("1.25"), mode)
    assert made == Decimal(area)
    assert priced(Quantity(LOADER, made), step=1).lines[0].units == made


HUNDREDTHS = st.decimals(Decimal("0.01"), Decimal(4800), places=2)
LINES = st.builds(
    QuoteLine,
    tariff_id=st.integers(1, 2**62),
    dimensions=st.just(LOADER),
    unit=st.just("hour"),
    asked=HUNDREDTHS,
    minimum=st.integers(0, 5),
    count=st.integers(1, 10),
    rate=st.integers(0, 50_000_000),
    vat_percent=st.integers(0, 30),
)
QUOTES = st.builds(
    Quote,
    lines=st.lists(LINES, min_size=1, max_size=4).map(tuple),
    step=st.sampled_from([1, 1000, 10_000]),
    mode=st.sampled_from(get_args(RoundingMode)),
    override=st.none() | st.integers(0, 99_999_999).map(lambda thousands: thousands * 1000),
    reason=st.none() | st.text(max_size=20),
)


@settings(max_examples=60, deadline=None)
@given(QUOTES)
def test_a_stored_quote_explains_its_total(made: Quote) -> None:
    stored = json.loads(json.dumps(made.as_json()))
    assert Quote.from_json(stored) == made
    lines = stored["lines"]
    assert [Decimal(str(one["asked"])) for one in lines] == [line.asked for line in made.lines]
    amounts = [round(max(one["asked"], one["minimum"]) * 100) * one["rate"] * one["count"] // 100 for one in lines]
    vat = sum(amount * one["vat_percent"] // 100 for amount, one in zip(amounts, lines, strict=True))
    assert [one["amount"] for one in lines] == amounts
    assert (stored["subtotal"], stored["vat"]) == (sum(amounts), vat)
    assert stored["computed"] % stored["step"] == 0
    assert abs(stored["computed"] - sum(amounts) - vat) < stored["step"]
    assert stored["total"] == (stored["computed"] if stored["override"] is None else stored["override"])


@settings(max_examples=60, deadline=None)
@given(QUOTES, st.data())
def test_more_units_never_cost_less(made: Quote, data: st.DataObject) -> None:
    less = [data.draw(HUNDREDTHS) for _ in made.lines]
    more = [units + data.draw(HUNDREDTHS) for units in less]
    assert made.with_units([line.asked for line in made.lines]).total == made.total
    if made.override is None:
        assert made.with_units(less).total <= made.with_units(more).total


# Setting prices


async def test_only_revenue_sets_prices(town: Municipality) -> None:
    for role in (Role.CIVIL, Role.ADMIN, Role.MANAGER, Role.CITIZEN):
        async with town.store.open_unit() as uow:
            with pytest.raises(Forbidden, match="tariff"):
                await add_tariff(ActorContext(town.desk, uow, actor(role)), "machinery", LOADER, rate=1)


async def test_a_price_is_closed_and_never_edited(town: Municipality) -> None:
    today, december = date(2026, 11, 24), date(2026, 12, 1)
    await town.price("loader", RATE * 2, start=december)
    async with town.store.open_unit(write=False) as uow:
        rows = [one for one in await uow.tariffs.list_of_service("machinery") if one.dimensions == LOADER]
        days = (december - DAY, december, None)
        before, after, now = [await quote_machinery(town, uow, Quantity(LOADER, 2), day) for day in days]
    kept = [(one.rate, one.valid_from, one.valid_to) for one in rows]
    assert kept == [(RATE, today, december), (RATE * 2, december, None)]
    assert (before.total * 2, before) == (after.total, now)
    with pytest.raises(Conflict, match="valid_from:tariff_overlap"):
        await town.price("loader", RATE, start=today - DAY)


async def test_prices_begin_on_tehrans_today(town: Municipality) -> None:
    town.clock.at = datetime(2026, 11, 24, 20, 31, tzinfo=UTC)
    await town.price("crane", RATE)
    async with town.store.open_unit(write=False) as uow:
        rows = await uow.tariffs.list_of_service("machinery")
    assert [one.valid_from for one in rows if one.dimensions == {"machine": "crane"}] == [date(2026, 11, 25)]


@pytest.mark.parametrize("wrong", [{"rate": -1}, {"rate": 1, "minimum": -1}, {"rate": 1, "vat_percent": 101}])
async def test_prices_that_cannot_be(town: Municipality, wrong: dict[str, Any]) -> None:
    async with town.store.open_unit() as uow:
        with pytest.raises(InvalidField):
            await add_tariff(ActorContext(town.desk, uow, actor(Role.REVENUE)), "machinery", LOADER, **wrong)
        with pytest.raises(UnknownService):
            await add_tariff(ActorContext(town.desk, uow, actor(Role.REVENUE)), "weather", LOADER, rate=1)
