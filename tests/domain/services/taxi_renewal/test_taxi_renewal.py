"""Renewed papers of drivers and taxis: from the warning to the registry's row, and whose rows are never reached."""

import asyncio

import pytest

from app.demo.playing import SCAN_BYTES
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.registries.expiries import queue_expiry_reminders
from domain.registries.declarations import DRIVER, VEHICLE
from domain.requests.history import find_chain_faults
from domain.requests.request import Phase
from domain.services.taxi_renewal.rules import PAPER_DATES, TAXI_PAPERS
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, DomainError, Forbidden, InvalidField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import actor, clerk
from tests.support.scenarios.sample_files import unchanged_file
from tests.support.scenarios.taxi_organisation import AUXILIARY_MOBILE, OFFICER, STRANGER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import (
    DRIVER_CODE,
    DRIVER_MOBILE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
    give,
    rows_of,
)

SERVICE = "taxi_renewal"
INSURANCE = "تمدید بیمه تا ۱۴۰۶/۰۹/۱۵"
NEW_DAY = "2027-12-06"
OF_OWNER = "تمدید بیمه 12ت346-59 تا ۱۴۰۶/۰۹/۱۵"
PHOTO = unchanged_file("insurance.jpg", SCAN_BYTES)


async def expiry_of(taxis: TaxiOrganisation, plate: str = PLATE, field: str = "insurance_expiry") -> str | None:
    """The date that the registry holds of a taxi."""
    [row] = await rows_of(taxis.town, VEHICLE.key, plate=plate)
    expiry: str | None = row.values[field]
    return expiry


async def reviewed(taxis: TaxiOrganisation, text: str = INSURANCE, mobile: str = DRIVER_MOBILE) -> str:
    """A renewal with its photo that the officer has taken."""
    code = await taxis.asks(text, mobile)
    async with taxis.town.store.open_unit() as uow:
        await attach_document(
            ActorContext(taxis.town.desk, uow, actor(Role.CITIZEN, mobile)), parse_code(code), "renewed_paper", PHOTO
        )
    await taxis.does(code, "take")
    return code


async def test_an_insurance_is_renewed_from_the_warning_to_the_row(taxis: TaxiOrganisation) -> None:
    town = taxis.town
    await give(town, "vehicle", {"plate": PLATE, "insurance_expiry": "2026-12-01"})
    assert await queue_expiry_reminders(town.desk, town.store) == 1
    [warning] = await town.sent(OWNER_MOBILE)
    assert "تمدید شد؟ بفرستید: تمدید بیمه" in warning.text
    assert (await town.say(OWNER_MOBILE, "تمدید بیمه")).key == f"services.{SERVICE}.fields.expiry.prompt"
    assert "تمدید بیمه تاکسی" in (await town.say(OWNER_MOBILE, "۱۴۰۶/۰۹/۱۵")).text
    which = await town.say(OWNER_MOBILE, "بله")
    assert "پلاک" in which.text, "the owner has two taxis"
    heard = await town.say(OWNER_MOBILE, "۱۱۴")
    code = heard.code if heard.codes else (await town.say(OWNER_MOBILE, "بله")).code
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, actor(Role.CITIZEN, OWNER_MOBILE))
        await attach_document(context, parse_code(code), "renewed_paper", PHOTO)
    await taxis.does(code, "take")
    request = await town.do(code, "record", OFFICER)
    assert (request.state, request.phase) == ("recorded", Phase.DONE)
    assert await expiry_of(taxis) == NEW_DAY
    assert request.data["former_expiry"] == "2026-12-01"
    history = await town.history(code)
    assert [one.event for one in history] == ["submit", "attach", "take", "record"]
    assert find_chain_faults(code, history, request.head_seq, request.head_hash) == []
    assert (await town.keys(OWNER_MOBILE))[-1] == "record"


@pytest.mark.parametrize(("paper", "text"), [
    ("insurance", "تمدید بیمه تا ۱۴۰۶/۰۹/۱۵"), ("inspection", "تمدید معاینه فنی تا ۱۴۰۶/۰۹/۱۵"),
    ("licence", "تمدید گواهینامه تا ۱۴۰۶/۰۹/۱۵"), ("health_card", "تمدید کارت سلامت تا ۱۴۰۶/۰۹/۱۵"),
])  # fmt: skip
async def test_each_paper_sets_its_own_date_alone(taxis: TaxiOrganisation, paper: str, text: str) -> None:
    before = {registry.key: await rows_of(taxis.town, registry.key) for registry in (VEHICLE, DRIVER)}
    await taxis.town.do(await reviewed(taxis, text), "record", OFFICER)
    registry, date_field = PAPER_DATES[paper]
    changed = [
        (row.registry, sorted(name for name, value in row.values.items() if value != old.values[name]))
        for key, old_rows in before.items()
        for old, row in zip(old_rows, await rows_of(taxis.town, key), strict=True)
        if row.values != old.values
    ]
    assert changed == [(registry.key, [date_field])]


@pytest.mark.parametrize("paper", PAPER_DATES)
@pytest.mark.parametrize(("mobile", "own_plates", "is_driver"), [
    (DRIVER_MOBILE, {PLATE}, True), (AUXILIARY_MOBILE, {PLATE, SECOND_PLATE}, True),
    (OWNER_MOBILE, {PLATE, SECOND_PLATE}, False), (STRANGER, set(), False),
])  # fmt: skip
async def test_no_form_reaches_a_row_of_somebody_else(
    taxis: TaxiOrganisation, paper: str, mobile: str, own_plates: set[str], is_driver: bool
) -> None:
    citizen = actor(Role.CITIZEN, mobile)
    for entering in (citizen, clerk(), OFFICER):
        for plate in (PLATE, SECOND_PLATE):
            may = plate in own_plates if paper in TAXI_PAPERS else is_driver
            values = {"paper": paper, "plate": plate, "expiry": NEW_DAY}
            if may:
                code = await taxis.enters(SERVICE, values, mobile, entering)
                await taxis.town.do(code, "withdraw", OFFICER)
                continue
            with pytest.raises(Forbidden):
                await taxis.enters(SERVICE, values, mobile, entering)


async def test_a_taxi_sold_meanwhile_is_not_touched(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis, OF_OWNER, OWNER_MOBILE)
    await give(taxis.town, "owner", {"national_id": "0084575948", "name": "خریدار", "mobile": STRANGER})
    await give(taxis.town, "vehicle", {"plate": SECOND_PLATE, "owner": "0084575948"})
    with pytest.raises(Forbidden):
        await taxis.town.do(code, "record", OFFICER)
    assert await expiry_of(taxis, SECOND_PLATE) is None
    assert await taxis.state(code) == "under_review"


@pytest.mark.parametrize(("day", "fault"), [("2026-12-31", "not_later"), ("2045-01-01", "paper_too_far")])
async def test_a_date_that_is_not_of_a_renewed_paper_is_refused(taxis: TaxiOrganisation, day: str, fault: str) -> None:
    await give(taxis.town, "vehicle", {"plate": PLATE, "insurance_expiry": "2026-12-31"})
    with pytest.raises(InvalidField) as refused:
        await taxis.enters(SERVICE, {"paper": "insurance", "expiry": day}, DRIVER_MOBILE)
    assert (refused.value.field, str(refused.value.reason)) == ("expiry", fault)


async def test_the_same_paper_waits_once(taxis: TaxiOrganisation) -> None:
    code = await taxis.asks(INSURANCE)
    heard = await taxis.town.say(DRIVER_MOBILE, "تمدید بیمه تا ۱۴۰۶/۰۹/۱۶")
    assert "در نوبت است" in heard.text
    assert [one.code for one in await taxis.town.requests_of(DRIVER_MOBILE)] == [code]
    assert await taxis.asks("تمدید معاینه تا ۱۴۰۶/۰۹/۱۶") != code


async def test_nothing_is_recorded_without_the_photo(taxis: TaxiOrganisation) -> None:
    code = await taxis.asks(INSURANCE)
    await taxis.does(code, "take")
    with pytest.raises(NotAllowedNow):
        await taxis.town.do(code, "record", OFFICER)
    assert await expiry_of(taxis) is None


async def test_the_officer_records_the_day_that_the_photo_shows(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    request = await taxis.town.do(code, "record", OFFICER, expiry="۱۴۰۶/۰۹/۱۴")
    assert (request.fields["expiry"], await expiry_of(taxis)) == ("2027-12-05", "2027-12-05")


async def test_a_rejected_or_withdrawn_renewal_changes_nothing(taxis: TaxiOrganisation) -> None:
    await taxis.town.do(await reviewed(taxis), "reject", OFFICER, reason="ناخوانا")
    code = await reviewed(taxis)
    assert (await taxis.town.say(DRIVER_MOBILE, f"لغو {code}")).key.endswith("withdraw")
    assert await expiry_of(taxis) is None
    [row] = await rows_of(taxis.town, DRIVER.key, national_code=DRIVER_CODE)
    assert row.values["licence_expiry"] is None


async def test_of_two_officers_one_records(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    second = actor(Role.TAXI_OFFICER, "second_officer")
    outcomes = await asyncio.gather(
        taxis.town.do(code, "record", OFFICER, expiry="1406/09/15"),
        taxis.town.do(code, "record", second, expiry="1406/09/20"),
        return_exceptions=True,
    )
    [failure] = [one for one in outcomes if isinstance(one, BaseException)]
    assert isinstance(failure, AlreadyDone | NotAllowedNow), failure
    assert [one.event for one in await taxis.town.history(code)].count("record") == 1
    assert await expiry_of(taxis) in {"2027-12-06", "2027-12-11"}


async def test_of_the_drivers_and_the_owners_form_the_earlier_day_is_not_recorded(taxis: TaxiOrganisation) -> None:
    own, of_owner = await reviewed(taxis), await reviewed(taxis, "تمدید بیمه ۱۱۴ تا ۱۴۰۶/۰۹/۱۴", OWNER_MOBILE)
    await taxis.town.do(own, "record", OFFICER)
    with pytest.raises(DomainError) as refused:
        await taxis.town.do(of_owner, "record", OFFICER)
    assert str(refused.value.reason) == "recorded_later"
    assert await expiry_of(taxis) == NEW_DAY
