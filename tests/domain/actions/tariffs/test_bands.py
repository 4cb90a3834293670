"""Bands of prices: each dated by itself, told to citizens with its limit, and a request priced by one."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.tariffs.price_changes import add_tariff, sample_prices, set_price, withdraw_price
from domain.actions.tariffs.priced_subjects import find_declared
from domain.tariffs.tariff import BAND_DIMENSION, PriceTerms, Quantity, TariffRow
from domain.values.actors import Role
from domain.values.errors import Forbidden, InvalidField
from domain.values.message_parts import count_parts
from tests.domain.actions.tariffs.test_approval import ANNE, BEHROUZ, NEW, TODAY, approved, loader, proposed
from tests.support.municipality import CITIZEN, RATE, VAT, Municipality, actor
from tests.support.scenarios.expert_unit import METRE_FEE, Experts
from tests.support.scenarios.quoting import quote_machinery

CHEAPER = RATE * 3 // 4
BAND = {"machine": "loader", BAND_DIMENSION: "8"}
FROM_EIGHT = replace(NEW, dimensions=BAND, rate=CHEAPER, minimum=0, valid_from=TODAY)
METRES = {"kind": "subdivision", "per": "square_metre"}


async def put(town: Municipality, terms: PriceTerms = FROM_EIGHT, **changes: Any) -> TariffRow:
    """Set the price of a band at once."""
    async with town.store.open_unit() as uow:
        made = await set_price(ActorContext(town.desk, uow, ANNE), replace(terms, **changes), far_meant=True)
    assert isinstance(made, TariffRow)
    return made


async def bands(town: Municipality, service: str = "machinery") -> list[tuple[str, int, date, date | None]]:
    """The rows of bands: (from, rate, first day, last)."""
    async with town.store.open_unit(write=False) as uow:
        rows = await uow.tariffs.list_of_service(service)
    return [
        (one.dimensions[BAND_DIMENSION], one.rate, one.valid_from, one.valid_to)
        for one in rows
        if BAND_DIMENSION in one.dimensions
    ]


async def rates(town: Municipality, *hours: float, day: date | None = None) -> list[int]:
    """Price of an hour for somebody who wants so many of a loader."""
    async with town.store.open_unit(write=False) as uow:
        found = [await quote_machinery(town, uow, Quantity(NEW.dimensions, one), day) for one in hours]
    return [one.lines[0].rate for one in found]


async def test_the_plain_price_and_a_band_do_not_touch_each_other(town: Municipality) -> None:
    soon, later = TODAY + timedelta(days=6), TODAY + timedelta(days=40)
    row = await put(town)
    assert (row.dimensions, row.valid_to) == (BAND, None)
    await put(town, dimensions={**BAND, BAND_DIMENSION: "12"}, rate=1)
    assert await loader(town) == [(RATE, TODAY, None)]
    await put(town, NEW, valid_from=soon)
    assert await bands(town) == [("8", CHEAPER, TODAY, None), ("12", 1, TODAY, None)]
    ahead = await put(town, rate=5, valid_from=later)
    assert await bands(town) == [("8", CHEAPER, TODAY, later), ("12", 1, TODAY, None), ("8", 5, later, None)]
    async with town.store.open_unit() as uow:
        assert await withdraw_price(ActorContext(town.desk, uow, ANNE), ahead.id) == ahead
    assert await bands(town) == [("8", CHEAPER, TODAY, None), ("12", 1, TODAY, None), ("8", 5, later, later)]
    assert await loader(town) == [(RATE, TODAY, soon), (RATE * 2, soon, None)]
    assert await rates(town, 0.5, 7.5, 8, 11.5, 12, 24) == [RATE, RATE, CHEAPER, CHEAPER, 1, 1]
    assert await rates(town, 7.5, 8, day=later) == [RATE * 2, CHEAPER]


async def test_two_spellings_are_one_band(town: Municipality) -> None:
    first = await put(town)
    second = await put(town, dimensions={BAND_DIMENSION: " ۰۸", "machine": "loader"}, rate=7)
    assert second.dimensions == first.dimensions
    assert await bands(town) == [("8", CHEAPER, TODAY, TODAY), ("8", 7, TODAY, None)]


@pytest.mark.parametrize(
    ("service", "dimensions", "unit", "changes", "error"),
    [
        ("machinery", BAND | {BAND_DIMENSION: "0"}, "hour", {}, "from:range"),
        ("machinery", BAND | {BAND_DIMENSION: "2.5"}, "hour", {}, "from:range"),
        ("machinery", BAND | {BAND_DIMENSION: "25"}, "hour", {}, "from:range"),
        ("machinery", {"machine": "ship", BAND_DIMENSION: "8"}, "hour", {}, "from:no_bands"),
        ("machinery", BAND, "visit", {}, "from:no_bands"),
        ("machinery", BAND, "hour", {"minimum": 9}, "minimum:range"),
        ("expert", {"kind": "subdivision", BAND_DIMENSION: "2"}, "visit", {}, "from:no_bands"),
        ("expert", METRES | {BAND_DIMENSION: "10000001"}, "square_metre", {}, "from:range"),
        ("taxi_duty", {"vehicle_type": "line", BAND_DIMENSION: "2"}, "year", {}, "from:no_bands"),
    ],
)
async def test_bands_that_cannot_be(
    experts: Experts, service: str, dimensions: dict[str, str], unit: str, changes: dict[str, Any], error: str
) -> None:
    town = experts.town
    async with town.store.open_unit() as uow:
        with pytest.raises(InvalidField, match=error) as wrong:
            await add_tariff(ActorContext(town.desk, uow, ANNE), service, dimensions, rate=1, unit=unit, **changes)
        assert "{" not in town.desk.wording.render_error(wrong.value)
        with pytest.raises(Forbidden):
            await add_tariff(ActorContext(town.desk, uow, actor(Role.CIVIL)), service, dimensions, rate=1, unit=unit)
    assert await bands(town, service) == []


async def test_a_band_waits_for_a_second_person_by_itself(careful: Municipality) -> None:
    plain, band = await proposed(careful), await proposed(careful, FROM_EIGHT)
    assert await bands(careful) == []
    await approved(careful, band, BEHROUZ)
    assert await loader(careful) == [(RATE, TODAY, None)]
    assert await bands(careful) == [("8", CHEAPER, TODAY, None)]
    await approved(careful, plain, BEHROUZ)
    [(detail,), _] = careful.rows("SELECT detail FROM audit WHERE what = 'tariff_approved' ORDER BY id")
    told = json.loads(detail)
    assert (told["machine"], told["band"], told["rate"], "from" in told) == ("loader", 8, CHEAPER, False)


async def test_the_audit_tells_band_and_first_day(town: Municipality) -> None:
    ahead = await put(town, valid_from=TODAY + timedelta(days=1))
    async with town.store.open_unit() as uow:
        await withdraw_price(ActorContext(town.desk, uow, ANNE), ahead.id)
    [(detail,)] = town.rows("SELECT detail FROM audit WHERE what = 'tariff_withdrawn'")
    told = json.loads(detail)
    assert (told["band"], told["from"]) == (8, "2026-11-25")


async def sampled(town: Municipality, terms: PriceTerms) -> list[tuple[int, int | None, int]]:
    """Samples in a preview of the price: (hours, without it, with it)."""
    async with town.store.open_unit(write=False) as uow:
        thing = find_declared(town.desk, terms.service, terms.dimensions)
        assert thing
        found = await sample_prices(ActionContext(town.desk, uow), terms, thing.sample_amounts)
    return [(one.units, one.before, one.after) for one in found]


async def test_samples_are_amounts_that_the_price_is_for(town: Municipality) -> None:
    plain, band = RATE * (100 + VAT) // 100, CHEAPER * (100 + VAT) // 100
    first = await sampled(town, FROM_EIGHT)
    assert first == [(8, plain * 8, band * 8), (16, plain * 16, band * 16)]
    await put(town, dimensions=BAND | {BAND_DIMENSION: "12"}, rate=1000)
    assert await sampled(town, FROM_EIGHT) == first[:1], "sixteen hours are of the next band"
    await put(town)
    assert [units for units, *_ in await sampled(town, replace(NEW, valid_from=TODAY))] == [1, 4]
    assert [
        units for units, *_ in await sampled(town, replace(FROM_EIGHT, dimensions=BAND | {BAND_DIMENSION: "12"}))
    ] == [12, 24]
    with pytest.raises(InvalidField, match="from:range"):  # the plain price's minimum is two hours
        await put(town, dimensions=BAND | {BAND_DIMENSION: "1"})
    with pytest.raises(InvalidField, match="minimum:range"):
        await sampled(town, replace(NEW, minimum=9))
    with pytest.raises(InvalidField, match="minimum"):
        await sampled(town, replace(FROM_EIGHT, minimum=9))


async def test_a_machine_tells_its_bands(town: Municipality) -> None:
    await put(town)
    told = (await town.say(CITIZEN, "تعرفه لودر")).text.splitlines()
    assert told[0].startswith("لودر: هر ساعت ۸٬۸۰۰٬۰۰۰ ریال، دست‌کم ۲ ساعت")
    assert told[1:] == ["لودر از ۸ ساعت به بالا: ساعتی ۶٬۶۰۰٬۰۰۰ ریال با مالیات"]
    assert "۶۶٬۰۰۰٬۰۰۰ ریال" in (await town.say(CITIZEN, "تعرفه لودر ۱۰ ساعت")).text
    below = (await town.say(CITIZEN, "تعرفه لودر ۴ ساعت")).text
    assert "۳۵٬۲۰۰٬۰۰۰" in below
    assert "به بالا" not in below


async def test_a_machine_with_bands_alone_tells_them(town: Municipality) -> None:
    await put(town, dimensions={"machine": "crane", BAND_DIMENSION: "4"})
    told = (await town.say(CITIZEN, "تعرفه جرثقیل")).text
    assert told == "جرثقیل از ۴ ساعت به بالا: ساعتی ۶٬۶۰۰٬۰۰۰ ریال با مالیات"
    assert (await town.say(CITIZEN, "تعرفه جرثقیل ۲ ساعت")).key == "errors.not_found"


async def test_many_bands_fit_one_text(town: Municipality) -> None:
    for hours in (3, 6, 9, 12, 15):
        await put(town, dimensions=BAND | {BAND_DIMENSION: str(hours)}, rate=RATE - hours)
    told = (await town.say(CITIZEN, "تعرفه لودر")).text
    assert [line.partition(" ساعت به")[0] for line in told.splitlines()[1:4]] == [f"لودر از {one}" for one in "۳۶۹"]
    assert told.splitlines()[4:] == ["و ۲ نرخ دیگر برای ساعت‌های بیشتر"]
    assert count_parts(told) <= 5


async def test_a_machine_request_is_priced_by_its_band(town: Municipality) -> None:
    await put(town)
    code = await town.order("ماشین لودر ۱۰ ساعت فردا ساعت ۸ خیابان امام جنب پارک")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    [bill] = await town.bills(code)
    (line,) = bill.explanation["lines"]
    assert (line["dimensions"], line["rate"], line["asked"]) == (BAND, CHEAPER, 10)
    assert bill.amount == 10 * CHEAPER * (100 + VAT) // 100
    await town.pay(code)
    await put(town, rate=1)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL, hours="4")
    (refund,) = await town.refunds(code)
    assert bill.amount - refund.amount == 4 * CHEAPER * (100 + VAT) // 100, "what is priced keeps its prices"


async def test_square_metres_have_bands(experts: Experts) -> None:
    town = experts.town
    async with town.store.open_unit() as uow:
        await add_tariff(
            ActorContext(town.desk, uow, ANNE),
            "expert",
            METRES | {BAND_DIMENSION: "200"},
            rate=METRE_FEE // 2,
            unit="square_metre",
        )
    told = (await town.say(CITIZEN, "تعرفه تفکیک")).text.splitlines()
    assert told[1:3] == [
        "به‌علاوه هر متر مربع ۲۲٬۰۰۰ ریال",
        "از ۲۰۰ متر مربع به بالا، هر متر مربع ۱۰٬۰۰۰ ریال",
    ]
    code = await experts.reach("awaiting_payment")
    [bill] = await town.bills(code)
    assert bill.explanation["lines"][1]["dimensions"] == METRES | {BAND_DIMENSION: "200"}
    async with town.store.open_unit() as uow:
        await add_tariff(
            ActorContext(town.desk, uow, ANNE),
            "expert",
            METRES | {BAND_DIMENSION: "1"},
            rate=METRE_FEE,
            unit="square_metre",
        )
    told = (await town.say(CITIZEN, "تعرفه تفکیک")).text.splitlines()
    assert told[1].startswith("از ۱ متر مربع به بالا"), "the plain price is nobody's any more"
