"""Bands of a tariff: which row prices an amount, and how a band is spelled."""

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.registries.declarations import REGISTRIES
from domain.tariffs.tariff import (
    BAND_DIMENSION,
    PricedSubject,
    Quantity,
    Quote,
    TariffRow,
    compute_quote,
    find_next_band,
    find_price_row,
    list_price_bands,
    without_band,
)
from domain.values.errors import InvalidField, NotFound
from tests.domain.tariffs.test_tariffs import AUTUMN, DAY, LOADER, SPRING, row
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

HOUR = PricedSubject(LOADER, "hour", (1, 4, 8), max_amount=24)
HALVES = st.integers(1, 48).map(lambda half: half / 2)
STARTS = st.sets(st.integers(1, 24), max_size=6)


def band(start: int, **changes: Any) -> TariffRow:
    """Return the price of a loader's hour from so many hours on; each band has a rate of its own."""
    own: dict[str, Any] = {
        "dimensions": {**LOADER, BAND_DIMENSION: str(start)},
        "rate": 1_000_000 + start,
        "minimum": 0,
    }
    return row(**own | changes)


def priced(rows: list[TariffRow], hours: float, day: date = SPRING) -> Quote:
    """Price hours of a loader."""
    return compute_quote(rows, [Quantity(LOADER, hours)], day, step=1, mode="down")


@settings(max_examples=200, deadline=None)
@given(STARTS, HALVES, st.booleans(), st.randoms())
def test_the_greatest_band_that_is_not_above_prices_the_whole_amount(
    starts: set[int], hours: float, plain: bool, order: Random
) -> None:
    rows = [band(start) for start in starts] + [row(minimum=0)] * plain
    rows.append(band(1, dimensions={"machine": "grader", BAND_DIMENSION: "1"}))
    order.shuffle(rows)
    begun = [start for start in starts if start <= hours]
    if not begun and not plain:
        with pytest.raises(NotFound) as missing:
            priced(rows, hours)
        assert (missing.value.reason, missing.value.params) == ("tariff", LOADER)
        return
    made = priced(rows, hours)
    if begun:
        (line,) = made.lines
        assert (line.dimensions, line.rate) == (band(max(begun)).dimensions, 1_000_000 + max(begun))
        assert made.subtotal == int(2 * hours) * line.rate // 2, "a band is no graduated scale"
    else:
        assert made == priced([row(minimum=0)], hours)


@settings(max_examples=50, deadline=None)
@given(HALVES)
def test_where_there_is_no_band_the_plain_price_holds(hours: float) -> None:
    plain = [row(SPRING, AUTUMN), row(AUTUMN, rate=9_000_000)]
    others = [band(1, valid_from=AUTUMN), band(1, dimensions={"machine": "crane", BAND_DIMENSION: "1"})]
    assert priced([*plain, *others], hours) == priced(plain, hours)
    assert priced(plain, hours).lines[0].dimensions == LOADER


def test_a_band_prices_the_days_on_which_it_is_in_force() -> None:
    rows = [row(), band(8, valid_from=AUTUMN), band(8, valid_to=SPRING)]
    assert [priced(rows, 8, day).lines[0].rate for day in (AUTUMN - DAY, AUTUMN)] == [8_000_000, 1_000_008]
    assert [find_next_band(rows, LOADER, day) for day in (AUTUMN - DAY, AUTUMN)] == [None, 8]


def test_hours_are_those_of_one_machine() -> None:
    made = compute_quote([row(), band(8)], [Quantity(LOADER, 4, count=3)], SPRING, step=1, mode="down")
    assert (made.lines[0].dimensions, made.subtotal) == (LOADER, 96_000_000)


def test_the_minimum_does_not_lead_into_a_band() -> None:
    made = priced([row(minimum=10), band(8)], 4)
    assert made.lines[0].dimensions == LOADER
    assert made.lines[0].units == 10


def test_other_hours_keep_the_prices_of_what_is_priced() -> None:
    rows = [row(minimum=0), band(8)]
    assert priced(rows, 9).with_units([4]).lines[0].rate == 1_000_008
    assert priced(rows, 4).with_units([9]).lines[0].rate == 8_000_000


def test_bands_stand_in_the_order_of_their_amounts() -> None:
    rows = [band(12), band(8), row(), row(dimensions={"machine": "crane"})]
    assert [one.band_start for one in list_price_bands(rows, LOADER, SPRING)] == [0, 8, 12]
    assert find_price_row(rows, Quantity(LOADER, 11.5), SPRING).band_start == 8
    above = [
        find_next_band(rows, one, SPRING)
        for one in (LOADER, {**LOADER, BAND_DIMENSION: "8"}, {**LOADER, BAND_DIMENSION: "12"})
    ]
    assert above == [8, 12, None]


@pytest.mark.parametrize("said", ["8", "08", " ۸", "٨", "८", "۰۰۸"])
def test_a_band_has_one_spelling(said: str) -> None:
    assert HOUR.for_band(said).dimensions == {"machine": "loader", "from": "8"}


@each_row("said", ["", "0", "00", "-1", "1.5", "۲٫۵", "25", "هشت", "8 9", "1e1", "9" * 5000])
def test_what_can_be_no_band(said: str) -> None:
    with pytest.raises(InvalidField) as wrong:
        HOUR.for_band(said)
    assert (wrong.value.field, wrong.value.reason) == (BAND_DIMENSION, "range")
    assert wrong.value.params == {"least": "۱", "most": "۲۴"}


def test_samples_of_a_band_are_amounts_of_it() -> None:
    samples = {start: HOUR.for_band(str(start)).sample_amounts for start in (1, 3, 8, 24)}
    assert samples == {1: (1, 2, 4, 8), 3: (3, 4, 6, 8), 8: (8, 16), 24: (24,)}


def test_only_what_is_counted_in_hours_or_square_metres_has_bands() -> None:
    owed = [one.charge_terms.priced_subjects for one in REGISTRIES.values() if one.charge_terms]
    priced = [service.priced_items for service in SHIPPED_SERVICES.values()]
    every = [one for things in (*priced, *owed) for one in things]
    assert {one.unit: bool(one.max_amount) for one in every} == {
        "hour": True,
        "square_metre": True,
        "visit": False,
        "year": False,
    }
    for one in every:
        assert without_band(one.dimensions) == one.dimensions, "none is declared with a band"
        if not one.max_amount:
            with pytest.raises(InvalidField, match="from:no_bands"):
                one.for_band("2")
