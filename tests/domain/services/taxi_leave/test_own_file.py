"""Own file of drivers and owners: what it tells, and to whom it tells nothing."""

import pytest

from tests.support.scenarios.taxi_organisation import AUXILIARY_MOBILE, STRANGER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, OWNER_MOBILE, a_duty, a_violation, give

ANSWERS = "services.taxi_leave.answers"


async def test_a_driver_reads_papers_leave_and_records(taxis: TaxiOrganisation) -> None:
    town = taxis.town
    await give(
        town,
        "driver",
        {"national_code": DRIVER_CODE, "licence_expiry": "2026-11-30", "health_card_expiry": "2026-11-20"},
    )
    await give(town, "vehicle", {"plate": "12ت345-59", "insurance_expiry": "2027-01-01"})
    await give(town, "reward", {"driver": DRIVER_CODE, "date": "2026-11-21", "kind": "honesty", "points": 5})
    await a_violation(town)
    await a_duty(town)
    heard = await town.say(DRIVER_MOBILE, "پرونده من")
    assert heard.key == ANSWERS
    for line in (
        "گواهینامه: تا دوشنبه ۹ آذر، ۶ روز مانده",
        "کارت سلامت: ۴ روز پیش تمام شده (جمعه ۲۹ آبان)",
        "رانندگان: عبدالله ایری، صفر ایری",
        "۳۸ روز مانده",
        "۰ روز از ۳۰ روز",
        "۱ عوارض پرداخت‌نشده",
        "تشویق: ۱ مورد، ۵ امتیاز",
        "تخلف: ۱ مورد",
        "جریمه پرداخت‌نشده: ۱ مورد",
    ):
        assert line in heard.text, line


async def test_an_owner_reads_of_the_taxis_and_of_no_drivers_record(taxis: TaxiOrganisation) -> None:
    await a_violation(taxis.town)
    heard = await taxis.town.say(OWNER_MOBILE, "پرونده تاکسیم")
    assert heard.text.count("مرخصی تاکسی") == 2
    assert "تخلف" not in heard.text


@pytest.mark.parametrize("text", ["پرونده من", "پرونده تاکسی 12ت345-59", "پرونده راننده 0790419904"])
async def test_nobody_reads_the_file_of_somebody_else(taxis: TaxiOrganisation, text: str) -> None:
    await a_violation(taxis.town)
    heard = await taxis.town.say(STRANGER, text)
    assert "ایری" not in heard.text
    assert "تخلف" not in heard.text
    other = await taxis.town.say(AUXILIARY_MOBILE, text)
    assert "تخلف" not in other.text, "the other driver of the taxi has a file of his own"


async def test_counter_offices_do_not_have_it(taxis: TaxiOrganisation) -> None:
    [service] = [one for one in taxis.town.desk.services.values() if one.key == "taxi_leave"]
    [lookup] = [one for one in service.lookups if one.intent.name == "taxi_file"]
    assert lookup.soap_operation is None
    assert (await taxis.town.say(STRANGER, "پرونده من")).key == ANSWERS
    assert await taxis.town.requests_of(STRANGER) == []
