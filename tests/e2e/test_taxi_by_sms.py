"""Drivers, owners and passengers text the taxi organisation: leaves, reports and duties, by SMS and commands."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Desk, Phone, rials
from tests.e2e.support.taxi_story import DUTY_RIALS, OFFICER, Taxi, TaxiStory, furnish_taxis, new_taxis
from tests.e2e.support.text_matching import read_facts

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SIDE_PATH = on_database("postgresql")

PROMPT = "services.taxi_leave.fields.{}.prompt"
DUTY, NO_DUTY = "services.taxi_leave.answers.duty", "services.taxi_leave.answers.no_duty"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_office(engine: str) -> AsyncIterator[Office]:
    """An office of these tests alone: weeks pass in them."""
    async with new_office(engine, furnish, furnish_taxis) as office:
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.fixture
def taxi() -> Taxi:
    """A taxi of the test's own."""
    return new_taxis()[0]


@pytest.fixture
def driver(office: Office, taxi: Taxi) -> Phone:
    """Its main driver's phone."""
    return Phone(office, taxi.driver[1])


@pytest.fixture
def auxiliary(office: Office, taxi: Taxi) -> Phone:
    """Its auxiliary driver's phone."""
    return Phone(office, taxi.auxiliary[1])


@pytest.fixture
def owner(office: Office, taxi: Taxi) -> Phone:
    """Its owner's phone."""
    return Phone(office, taxi.owner[1])


@pytest.fixture
def leave(driver: Phone, desk: Desk) -> TaxiStory:
    """A leave of the main driver that has not been asked for."""
    return TaxiStory("taxi_leave", driver, desk)


@pytest.fixture
def shared_leave(auxiliary: Phone, desk: Desk) -> TaxiStory:
    """A leave of the auxiliary driver that has not been asked for."""
    return TaxiStory("taxi_leave", auxiliary, desk)


@pytest.fixture
def report(reza: Phone, desk: Desk) -> TaxiStory:
    """A passenger's report that has not been made."""
    return TaxiStory("taxi_report", reza, desk)


# Leave


@pytest.mark.day
async def test_from_the_first_text_to_the_end_of_the_leave(office: Office, leave: TaxiStory, taxi: Taxi) -> None:
    asked = await leave.begins("مرخصی ۳ روز از فردا بیماری")
    assert taxi.code in asked["taxi"].translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    assert "راننده" in asked["taxi"]
    shown = await leave.desk.shows(leave.code)
    first = office.now.date() + timedelta(days=1)
    assert (shown["fields"]["plate"], shown["fields"]["from"]) == (taxi.plate, first.isoformat())
    assert (shown["fields"]["to"], shown["fields"]["reason"]) == ((first + timedelta(days=2)).isoformat(), "بیماری")
    assert shown["fields"]["open_duties"] == DUTY_RIALS
    await leave.is_approved()
    office.wake_at(8, 1, days=1)
    await leave.hears("begin")
    assert await leave.state() == "in_effect"
    office.wake_at(16, 1, days=1)
    await leave.citizen.hears(leave.key("end_soon"))
    office.wake_at(8, 1, days=2)
    await leave.hears("end")
    assert await leave.state() == "ended"
    await leave.citizen.says("۵", "sms.rated")
    events = [event["event"] for event in (await leave.desk.shows(leave.code))["history"]]
    assert events == ["submit", "take", "approve", "begin", "end", "rate"]
    await leave.citizen.has_read_everything()
    assert (await office.run("history", "verify")).code == 0


async def test_an_auxiliary_driver_with_the_owners_consent(
    office: Office, shared_leave: TaxiStory, owner: Phone, taxi: Taxi
) -> None:
    await shared_leave.begins("مرخصی ۲ روز از فردا سفر", "ask_owner")
    asked = await owner.hears(shared_leave.key("owner_asked"))
    assert asked["driver_name"] == f"کمکی {taxi.number}"
    assert asked["code"].replace(" ", "") == shared_leave.code
    assert "not_allowed_now" in await shared_leave.may_not("take")
    await owner.says("۱", shared_leave.key("owner_consented"))
    await shared_leave.hears("consent")
    await shared_leave.does("approve", scope="out_of_city")
    assert (await shared_leave.hears("approve"))["scope"] == "خارج از شهر"
    office.wake_at(8, 1, days=1)
    await shared_leave.hears("begin")
    office.wake_at(8, 1, days=2)
    await shared_leave.citizen.hears(shared_leave.key("end"))
    assert await shared_leave.state() == "ended"
    await owner.has_read_everything()


async def test_of_two_that_ask_at_once_one_has_the_days(driver: Phone, owner: Phone, taxi: Taxi, desk: Desk) -> None:
    text = f"مرخصی {taxi.plate} ۳ روز از فردا"
    await asyncio.gather(driver.texts(text), owner.texts(text))
    heard = {phone: await phone.reads() for phone in (driver, owner)}
    [late] = [phone for phone, said in heard.items() if "کد رهگیری" not in said]
    refused = heard[late]
    while "خواسته شد" in refused:  # that the other one asked: sent before it, after it, or in the morning
        refused = await late.reads()
    read_facts(refused, "details.conflict.leave_overlap")


@SIDE_PATH
async def test_an_owner_chooses_the_taxi_by_number(office: Office, desk: Desk) -> None:
    first, second = new_taxis()
    leave = TaxiStory("taxi_leave", Phone(office, first.owner[1]), desk)
    await leave.citizen.says("مرخصی", "services.taxi_leave.fields.plate.choose")
    await leave.citizen.says("۲", PROMPT.format("from"))
    await leave.citizen.says("فردا", PROMPT.format("to"))
    await leave.citizen.says("۳ روز", "services.taxi_leave.summary")
    await leave.begins("بله")
    assert (await desk.shows(leave.code))["fields"]["plate"] == second.plate


@SIDE_PATH
async def test_an_unknown_phone_is_asked_for_the_taxi_and_its_driver(
    reza: Phone, driver: Phone, taxi: Taxi, desk: Desk
) -> None:
    leave = TaxiStory("taxi_leave", reza, desk)
    await reza.says("مرخصی ۲ روز از فردا", PROMPT.format("plate"))
    await reza.says("999999", "details.not_found.taxi", PROMPT.format("plate"))
    shown = await reza.says(taxi.code, "services.taxi_leave.summary")
    assert "راننده" not in shown["taxi"]
    await reza.says("۱", "details.missing_field.leave_of_stranger", PROMPT.format("driver"))
    await reza.says(taxi.driver[0], "services.taxi_leave.summary")
    await leave.begins("۱")
    shown = await desk.shows(leave.code)
    assert (shown["fields"]["plate"], shown["data"]["asked_by"]) == (taxi.plate, "national_code")
    await driver.hears(leave.key("driver_told"))
    await driver.says(f"لغو {leave.code}", "sms.offer.cancel")
    await driver.says("۱", "services.taxi_leave.status.withdrawn")
    await leave.hears("withdraw")


@SIDE_PATH
async def test_a_walk_in_is_entered_by_command(office: Office, driver: Phone, taxi: Taxi, desk: Desk) -> None:
    day = (office.now.date() + timedelta(days=10)).isoformat()
    form = ("--set", f"from={day}", "--set", "days=2", "--set", "scope=out_of_city", "--set", "reason=سفر")
    submit = ("request", "submit", "taxi_leave", "--as", OFFICER, *form)
    refused = await office.run(*submit)
    assert refused.code == 1
    assert "missing_field" in refused.err
    shown = await office.cli(*submit, "--set", f"taxi_code={taxi.code}", "--mobile", driver.mobile)
    assert (shown["state"], shown["fields"]["plate"], shown["fields"]["counted"]) in {
        ("submitted", taxi.plate, 1),
        ("submitted", taxi.plate, 2),
    }
    assert {action["name"] for action in shown["actions"]} == {"take", "withdraw"}
    await driver.hears("services.taxi_leave.notices.submit")
    for by in (("--mobile", driver.mobile), ("--subject", taxi.plate)):
        listed = await office.cli("request", "list", "--service", "taxi_leave", *by)
        assert [row["code"] for row in listed] == [shown["code"]]
    assert "forbidden" in await desk.may_not("take", shown["code"], by="civil")


# Reports


@pytest.mark.day
async def test_praise_reaches_the_drivers_record(report: TaxiStory, driver: Phone, taxi: Taxi) -> None:
    await report.begins(f"تشویق تاکسی {taxi.code} کیف مرا پس داد")
    await report.does("take")
    await report.hears("take")
    assert "name_driver" in await report.may_not("record", kind="honesty")
    await report.does("record", driver=taxi.driver[0], kind="honesty", points="10")
    await report.hears("record")
    told = await driver.reads()
    assert read_facts(told, report.key("driver_praised"))["reward_kind"] == "امانت‌داری"
    assert not [secret for secret in (report.code, report.citizen.mobile[1:], "کیف") if secret in told.replace(" ", "")]
    await report.citizen.says("۵", "sms.rated")
    await report.citizen.has_read_everything()
    await driver.has_read_everything()


@pytest.mark.day
async def test_a_complaint_with_a_question_and_a_fine(
    office: Office, report: TaxiStory, driver: Phone, taxi: Taxi
) -> None:
    await report.begins(f"تخلف {taxi.plate} راننده کرایه اضافه گرفت")
    await report.does("take")
    await report.does("ask", question="چه ساعتی؟")
    await report.hears("take")
    await report.hears("ask")
    await report.says("پاسخ هشت صبح", "answer")
    await report.does("record", driver=taxi.driver[0], kind="overcharge", points="5", fine="500000")
    await report.hears("record")
    told = await driver.hears(report.key("driver_fined"))
    assert (told["amount"], told["points"]) == ("۵۰۰٬۰۰۰", "۵")
    assert (await driver.says(f"قبض {told['bill_id']}", "sms.pay_bill"))["payment_id"] == told["payment_id"]
    await report.desk.takes_payment(told)
    await driver.hears("registries.violation.notices.paid")
    export = office.home / f"violations-{taxi.number}.csv"
    assert (await office.run("export", "violation", str(export))).code == 0
    exported = export.read_text("utf-8-sig")
    assert report.code in exported
    assert report.citizen.mobile[1:] not in exported


@SIDE_PATH
async def test_a_complaint_without_a_fine_is_told_to_the_driver(report: TaxiStory, driver: Phone, taxi: Taxi) -> None:
    await report.begins(f"شکایت {taxi.plate} تند رفت")
    await report.does("take")
    await report.hears("take")
    await report.does("record", driver=taxi.driver[0], kind="overcharge", points="2")
    await report.hears("record")
    assert (await driver.hears(report.key("driver_recorded")))["points"] == "۲"
    await driver.has_read_everything()


# Duties


@pytest.mark.day
async def test_duties_are_told_billed_once_and_paid(
    reza: Phone, driver: Phone, owner: Phone, taxi: Taxi, desk: Desk
) -> None:
    told = await reza.says(f"عوارض {taxi.plate}", DUTY)
    assert int(rials(told["amount"])) == DUTY_RIALS
    assert await driver.says("عوارض", DUTY) == told
    await desk.takes_payment(told)
    await owner.hears("registries.duty.notices.paid")
    await driver.says("عوارض", NO_DUTY)
    await reza.says(f"عوارض تاکسی {taxi.code}", NO_DUTY)
    await reza.has_read_everything()


@SIDE_PATH
async def test_an_owner_hears_of_all_taxis_and_a_stranger_is_asked(office: Office, reza: Phone) -> None:
    first, second = new_taxis()
    owner = Phone(office, first.owner[1])
    await owner.texts("عوارض")
    told = [read_facts(line, DUTY) for line in (await owner.reads()).splitlines()]
    assert [int(rials(line["amount"])) for line in told] == [DUTY_RIALS] * 2
    assert await reza.says(f"عوارض {second.plate}", DUTY) in told
    await reza.says("عوارض", "details.missing_field.no_own_taxi", PROMPT.format("plate"))
    await reza.says(first.plate, DUTY)
