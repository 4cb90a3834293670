"""Guards that refuse a taxi's leave: each guard by the published defaults and as a municipality may set it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.registries.declarations import DRIVER, VEHICLE
from domain.services.taxi_leave.days import count_days
from domain.settings.policy import Policy
from domain.values.errors import Conflict, DomainError, InvalidField, MissingField, NotAllowedNow, NotFound
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_MOBILE,
    LEAVE,
    OFFICER,
    TaxiOrganisation,
    open_taxi_organisation,
)
from tests.support.scenarios.taxi_registries import (
    AUXILIARY_CODE,
    DRIVER_CODE,
    DRIVER_MOBILE,
    OWNER_CODE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
    a_duty,
    give,
)


@pytest.fixture
async def lenient(database: Path, request: pytest.FixtureRequest) -> AsyncIterator[TaxiOrganisation]:
    """A town whose rules of leave differ from the default by the test's parameter."""
    async with open_taxi_organisation(database, Policy(service_values=request.param)) as opened:
        yield opened


def policy(**changes: Any) -> pytest.MarkDecorator:
    """Run a test under these rules of leave."""
    return pytest.mark.parametrize("lenient", [changes], indirect=True)


async def refused(taxis: TaxiOrganisation, first: str, last: str, **values: str) -> DomainError:
    """Ask for a leave that is refused; return why."""
    with pytest.raises(DomainError) as error:
        await taxis.enters_leave(first, last, **values)
    return error.value


# The days


def test_fridays_do_not_count_and_each_year_has_its_own() -> None:
    first, last = date(2027, 3, 17), date(2027, 3, 24)  # Wednesday 1405/12/26 to Wednesday 1406/1/4
    assert count_days(first, last, fridays=False) == Counter({1405: 3, 1406: 4})
    assert count_days(first, last, fridays=True) == Counter({1405: 4, 1406: 4})


async def test_a_taxi_has_thirty_days_a_year(taxis: TaxiOrganisation) -> None:
    await taxis.enters_leave("1405/09/05", "1405/10/05")  # 31 days, of which 5 are Fridays: 26
    error = await refused(taxis, "1405/11/01", "1405/11/07")
    assert str(error) == "invalid_field:to:leave_days_left"
    assert error.params == {"year": 1405, "left": 4, "wanted": 6}
    await taxis.enters_leave("1405/11/01", "1405/11/05")  # Thursday to Monday
    error = await refused(taxis, "1405/12/01", "1405/12/01")
    assert str(error) == "not_allowed_now:to:leave_used_up"


async def test_the_days_are_the_taxis_whoever_drives_it(taxis: TaxiOrganisation) -> None:
    await taxis.enters_leave("1405/09/05", "1405/10/05", driver=DRIVER_CODE)
    assert isinstance(await refused(taxis, "1405/11/01", "1405/11/07", driver=AUXILIARY_CODE), InvalidField)
    await taxis.enters_leave("1405/11/01", "1405/11/07", plate=SECOND_PLATE)


async def test_a_leave_over_new_year_counts_in_both(taxis: TaxiOrganisation) -> None:
    await taxis.enters_leave("1405/09/05", "1405/10/05")
    await taxis.enters_leave("1405/12/26", "1406/01/04")  # 3 days of 1405, of which 4 were left
    error = await refused(taxis, "1405/11/01", "1405/11/03")
    assert (error.params["year"], error.params["left"]) == (1405, 1)
    error = await refused(taxis, "1406/01/05", "1406/02/10")
    assert (error.params["year"], error.params["left"]) == (1406, 26)


async def test_days_that_were_given_back_or_refused_do_not_count(taxis: TaxiOrganisation) -> None:
    long = await taxis.enters_leave("1405/09/05", "1405/10/05")
    await taxis.town.do(long, "withdraw", OFFICER)
    long = await taxis.enters_leave("1405/09/05", "1405/10/05")
    await taxis.does(long, "take")
    await taxis.town.do(long, "reject", OFFICER, reason="دلیل")
    long = await taxis.enters_leave("1405/09/05", "1405/10/05")
    await taxis.does(long, "take", "approve")
    await taxis.town.do(long, "revoke", OFFICER, reason="دلیل")
    long = await taxis.enters_leave("1405/09/05", "1405/10/05")
    await taxis.does(long, "take", "approve")
    taxis.town.advance(days=3)
    await taxis.town.run_timers()
    await taxis.does(long, "end_early")  # on the second of its days, a Friday: one day counts
    error = await refused(taxis, "1405/11/01", "1405/12/10")
    assert (error.params["year"], error.params["left"]) == (1405, 29)


@policy(leave_days_a_year=3, leave_counts_fridays=True)
async def test_another_municipality_counts_otherwise(lenient: TaxiOrganisation) -> None:
    error = await refused(lenient, "1405/09/05", "1405/09/08")
    assert error.params == {"year": 1405, "left": 3, "wanted": 4}
    code = await lenient.enters_leave("1405/09/05", "1405/09/07")
    assert (await lenient.town.request(code)).fields["counted"] == 3


# The period


async def test_it_may_be_asked_for_until_the_same_day(taxis: TaxiOrganisation) -> None:
    await taxis.enters_leave("1405/09/03", "1405/09/03")
    error = await refused(taxis, "1405/09/02", "1405/09/04", plate=SECOND_PLATE)
    assert str(error) == "invalid_field:from:past"


@policy(leave_notice_days=2)
async def test_it_may_have_to_be_asked_for_earlier(lenient: TaxiOrganisation) -> None:
    error = await refused(lenient, "1405/09/04", "1405/09/08")
    assert (str(error), error.params) == ("invalid_field:from:leave_notice", {"day": "پنج‌شنبه ۵ آذر"})
    await lenient.enters_leave("1405/09/05", "1405/09/08")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("1405/09/10", "1405/09/09", "to:leave_order"),
        ("1405/09/10", "1407/09/09", "to:leave_too_long"),
        ("1407/09/10", "1407/09/12", "from:leave_too_far"),
        ("2121-03-19", "2121-03-20", "from:leave_too_far"),
        ("1405/09/10", "2121-03-20", "to:leave_too_long"),
        ("1405/09/10", "9999-12-31", "to:unknown_days"),
    ],
)
async def test_a_period_makes_sense(taxis: TaxiOrganisation, first: str, last: str, told: str) -> None:
    assert str(await refused(taxis, first, last)) == f"invalid_field:{told}"


async def test_no_two_leaves_of_a_taxi_share_a_day(taxis: TaxiOrganisation) -> None:
    code = await taxis.enters_leave("1405/09/10", "1405/09/12")
    for first, last in (("1405/09/12", "1405/09/14"), ("1405/09/08", "1405/09/10"), ("1405/09/11", "1405/09/11")):
        error = await refused(taxis, first, last)
        assert isinstance(error, Conflict)
        assert error.params == {"first": "سه‌شنبه ۱۰ آذر", "last": "پنج‌شنبه ۱۲ آذر"}
    await taxis.enters_leave("1405/09/13", "1405/09/14")
    await taxis.enters_leave("1405/09/10", "1405/09/12", plate=SECOND_PLATE)
    await taxis.town.do(code, "withdraw", OFFICER)
    await taxis.enters_leave("1405/09/10", "1405/09/12")


@policy(leave_may_overlap=True)
async def test_a_municipality_may_let_them(lenient: TaxiOrganisation) -> None:
    await lenient.enters_leave("1405/09/10", "1405/09/12")
    await lenient.enters_leave("1405/09/12", "1405/09/14")


# The people


@pytest.mark.parametrize("status", ["suspended", "left"])
async def test_the_driver_is_active(taxis: TaxiOrganisation, status: str) -> None:
    await taxis.change_driver(AUXILIARY_CODE, vehicles=[SECOND_PLATE])
    await taxis.change_driver(DRIVER_CODE, status=status)
    error = await refused(taxis, "1405/09/10", "1405/09/12")
    assert type(error) is (NotAllowedNow if status == "suspended" else NotFound)
    if status == "suspended":
        heard = await taxis.town.say(DRIVER_MOBILE, LEAVE)
        assert heard.text == taxis.town.desk.catalogue.text("details.not_allowed_now.driver_inactive")


@pytest.mark.parametrize("status", ["inactive", "scrapped"])
async def test_a_taxi_out_of_service_has_no_leave(taxis: TaxiOrganisation, status: str) -> None:
    await give(taxis.town, VEHICLE.key, {"plate": PLATE, "status": status})
    error = await refused(taxis, "1405/09/10", "1405/09/12")
    assert (type(error), error.field, error.reason) == (NotAllowedNow, "plate", "taxi_inactive")
    heard = await taxis.town.say(DRIVER_MOBILE, LEAVE)
    assert heard.text == taxis.town.desk.catalogue.text("details.not_allowed_now.taxi_inactive")


async def test_a_leave_of_somebody_with_two_taxis_is_of_the_one_in_service(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(DRIVER_CODE, vehicles=[PLATE, SECOND_PLATE])
    await give(taxis.town, VEHICLE.key, {"plate": SECOND_PLATE, "status": "scrapped"})
    code = await taxis.asks()
    assert (await taxis.town.request(code)).fields["plate"] == PLATE


@policy(leave_of_active_drivers_only=False)
async def test_a_municipality_may_give_leave_to_others(lenient: TaxiOrganisation) -> None:
    await lenient.change_driver(AUXILIARY_CODE, vehicles=[SECOND_PLATE])
    await lenient.change_driver(DRIVER_CODE, status="suspended")
    await lenient.enters_leave("1405/09/10", "1405/09/12")


async def test_it_must_be_clear_whose_leave_it_is(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(AUXILIARY_CODE, kind="main")
    error = await refused(taxis, "1405/09/10", "1405/09/12")
    assert isinstance(error, MissingField)
    assert (error.field, error.reason) == ("driver", "which_driver")
    error = await refused(taxis, "1405/09/10", "1405/09/12", driver=OWNER_CODE)
    assert str(error) == "invalid_field:driver:other_driver"
    code = await taxis.enters_leave("1405/09/10", "1405/09/12", driver=AUXILIARY_CODE)
    assert (await taxis.town.request(code)).data["driver"] == AUXILIARY_CODE


async def test_a_taxi_is_named_by_plate_code_or_person(taxis: TaxiOrganisation) -> None:
    period = {"from": "1405/09/10", "to": "1405/09/10", "scope": "in_city", "reason": "سفر"}
    wrong: dict[str, str]
    for wrong, told in (
        ({}, "missing_field:plate"),
        ({"plate": "99ت999-99"}, "not_found:plate:taxi"),
        ({"taxi_code": "999"}, "not_found:taxi_code:taxi"),
        ({"plate": PLATE, "taxi_code": "115"}, "invalid_field:taxi_code:other_taxi"),
        ({"national_code": "0013542419"}, "not_found:national_code:taxi_person"),
        ({"national_code": OWNER_CODE}, "missing_field:plate:several_taxis"),
        ({"plate": SECOND_PLATE, "national_code": DRIVER_CODE}, "invalid_field:national_code:other_driver"),
        ({"plate": PLATE, "counted": "1"}, "invalid_field:counted:unknown_field"),
    ):
        with pytest.raises(DomainError) as error:
            await taxis.enters("taxi_leave", period | wrong)
        assert str(error.value) == told
    code = await taxis.enters("taxi_leave", period | {"national_code": DRIVER_CODE})
    request = await taxis.town.request(code)
    assert (request.subject_key, request.data["driver"]) == (PLATE, DRIVER_CODE)
    await taxis.enters("taxi_leave", period | {"plate": SECOND_PLATE, "national_code": OWNER_CODE})


async def test_a_stranger_is_told_no_names(taxis: TaxiOrganisation) -> None:
    code = await taxis.enters_leave("1405/09/10", "1405/09/12", mobile="+989121234567")
    request = await taxis.town.request(code)
    assert request.fields["taxi"] == {"plate": PLATE, "taxi_code": "114"}
    assert "driver" not in request.fields
    assert (request.data["driver"], request.data["asked_by"]) == (DRIVER_CODE, "desk")
    assert await taxis.town.keys(DRIVER_MOBILE) == ["driver_told"], "he hears of what was entered for somebody else"


async def test_a_taxi_without_drivers_or_owner(taxis: TaxiOrganisation) -> None:
    await give(taxis.town, VEHICLE.key, {"plate": "13ب111-59", "taxi_code": "7", "type": "line"})
    assert isinstance(await refused(taxis, "1405/09/10", "1405/09/12", plate="13ب111-59"), NotFound)
    newcomer = {"national_code": "0013542419", "name": "حاجی قره", "kind": "auxiliary", "vehicles": ["13ب111-59"]}
    await give(taxis.town, DRIVER.key, newcomer)
    code = await taxis.enters_leave("1405/09/10", "1405/09/12", plate="13ب111-59")
    request = await taxis.town.request(code)
    assert (request.state, request.awaits) == ("awaiting_owner", None)
    assert (await taxis.does(code, "consent")).state == "under_review"


@policy(leave_needs_consent=False)
async def test_a_municipality_may_do_without_consent(lenient: TaxiOrganisation) -> None:
    code = await lenient.asks("مرخصی تاکسی ۱۱۵ فردا و پس‌فردا", AUXILIARY_MOBILE)
    assert await lenient.state(code) == "submitted"


# Duties


async def test_open_duties_are_told_to_the_officer(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    await a_duty(taxis.town, 1_000_000, year=1404)
    code = await taxis.enters_leave("1405/09/10", "1405/09/12")
    assert (await taxis.town.request(code)).fields["open_duties"] == 3_500_000
    clear = await taxis.enters_leave("1405/09/10", "1405/09/12", plate=SECOND_PLATE)
    assert "open_duties" not in (await taxis.town.request(clear)).fields


@policy(leave_refused_with_duties=True)
async def test_open_duties_may_refuse_it(lenient: TaxiOrganisation) -> None:
    await a_duty(lenient.town)
    error = await refused(lenient, "1405/09/10", "1405/09/12")
    assert str(error) == "not_allowed_now:plate:duties_open"
    await lenient.enters_leave("1405/09/10", "1405/09/12", plate=SECOND_PLATE, mobile=OWNER_MOBILE)
