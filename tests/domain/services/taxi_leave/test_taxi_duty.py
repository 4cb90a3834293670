"""The look-up of duties: whose are told, how they are billed once, and how long the text may be."""

from domain.check.texts.bounds import bound_texts
from domain.registries.declarations import DUTY, VEHICLE
from domain.services import SERVICES
from domain.services.taxi_leave.duties import MOST_LISTED_DUTIES
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from tests.support.scenarios.taxi_organisation import AUXILIARY_MOBILE, STRANGER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import (
    DRIVER_MOBILE,
    OWNER_CODE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
    a_duty,
    give,
    rows_of,
)

ANSWERS = "services.taxi_leave.answers"
NAMES = ("آنه", "محمدی", "عبدالله", "صفر", "ایری")


async def test_a_duty_is_told_with_its_bill(taxis: TaxiOrganisation) -> None:
    row = await a_duty(taxis.town)
    heard = await taxis.town.say(STRANGER, "عوارض 12ت345 ایران 59")
    async with taxis.town.store.open_unit(write=False) as uow:
        [bill] = await uow.bills.list_of_subject(DUTY.key, row.id)
    assert heard.key == ANSWERS
    ids = f"شناسه قبض {bill.bill_id}، شناسه پرداخت {bill.payment_id}"
    assert heard.text == f"عوارض سالانه ۱۴۰۵ تاکسی ۱۲ت۳۴۵-۵۹: ۲٬۵۰۰٬۰۰۰ ریال، {ids}"
    assert (await rows_of(taxis.town, DUTY.key))[0].values["state"] == "billed"
    assert await taxis.town.requests_of(STRANGER) == []


async def test_it_is_billed_once(taxis: TaxiOrganisation) -> None:
    row = await a_duty(taxis.town)
    said = {(await taxis.town.say(mobile, "عوارض تاکسی ۱۱۴")).text for mobile in (STRANGER, OWNER_MOBILE, STRANGER)}
    assert len(said) == 1
    async with taxis.town.store.open_unit(write=False) as uow:
        assert len(await uow.bills.list_of_subject(DUTY.key, row.id)) == 1


async def test_the_senders_own_taxis_are_meant_without_a_plate(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    await a_duty(taxis.town, vehicle=SECOND_PLATE, year=1404)
    for mobile, plates in (
        (DRIVER_MOBILE, ["۱۲ت۳۴۵-۵۹"]),
        (OWNER_MOBILE, ["۱۲ت۳۴۵-۵۹", "۱۲ت۳۴۶-۵۹"]),
        (AUXILIARY_MOBILE, ["۱۲ت۳۴۵-۵۹", "۱۲ت۳۴۶-۵۹"]),
    ):
        heard = await taxis.town.say(mobile, "عوارض")
        assert [line.split()[4].rstrip(":") for line in heard.text.splitlines()] == plates


async def test_an_unknown_sender_is_asked_for_the_plate(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    heard = await taxis.town.say(STRANGER, "عوارض")
    assert heard.key == "services.taxi_leave.fields.plate.prompt"
    assert (await taxis.town.say(STRANGER, "شاید")).key == "services.taxi_leave.fields.plate.prompt"
    assert "۱۲ت۳۴۵-۵۹" in (await taxis.town.say(STRANGER, "۱۱۴")).text


async def test_nobody_is_told_names(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    for mobile in (STRANGER, OWNER_MOBILE):
        text = (await taxis.town.say(mobile, "عوارض 12ت345-59")).text
        assert not [name for name in NAMES if name in text]


async def test_what_owes_nothing(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(STRANGER, "عوارض ۱۲ت۳۴۵-۵۹")
    assert (heard.key, "۱۲ت۳۴۵-۵۹" in heard.text) == (ANSWERS, True)
    assert (await taxis.town.say(OWNER_MOBILE, "عوارض")).text == taxis.town.desk.catalogue.text(f"{ANSWERS}.no_duties")
    for state in ("paid", "waived"):
        await a_duty(taxis.town, year=1400 if state == "paid" else 1401, state=state)
    assert (await taxis.town.say(STRANGER, "عوارض ۱۲ت۳۴۵-۵۹")).text == heard.text


async def test_an_unknown_taxi_is_not_found(taxis: TaxiOrganisation) -> None:
    for text in ("عوارض 99ت999-99", "عوارض تاکسی ۹۹۹"):
        heard = await taxis.town.say(STRANGER, text)
        assert heard.text == taxis.town.desk.catalogue.text("details.not_found.taxi")


async def test_a_paid_duty_is_no_longer_told(taxis: TaxiOrganisation) -> None:
    row = await a_duty(taxis.town)
    await taxis.town.say(STRANGER, "عوارض 12ت345-59")
    async with taxis.town.store.open_unit(write=False) as uow:
        [bill] = await uow.bills.list_of_subject(DUTY.key, row.id)
    await taxis.town.pay("", bill=bill, by=Role.REVENUE)
    assert (await taxis.town.sent(OWNER_MOBILE))[-1].key == "registries.duty.notices.paid"
    assert bill.bill_id not in (await taxis.town.say(STRANGER, "عوارض 12ت345-59")).text


async def test_the_bill_is_told_by_its_id(taxis: TaxiOrganisation) -> None:
    row = await a_duty(taxis.town)
    await taxis.town.say(STRANGER, "عوارض 12ت345-59")
    async with taxis.town.store.open_unit(write=False) as uow:
        [bill] = await uow.bills.list_of_subject(DUTY.key, row.id)
    own = await taxis.town.say(OWNER_MOBILE, f"قبض {bill.bill_id}")
    assert (own.key, bill.payment_id in own.text, "عوارض تاکسی" in own.text) == ("sms.pay_bill", True, True)
    other = await taxis.town.say(STRANGER, f"قبض {bill.bill_id}")
    assert (other.key, "عوارض تاکسی" in other.text) == ("sms.bill_of_other", True)


async def test_many_duties_are_told_in_few_parts(taxis: TaxiOrganisation) -> None:
    for number in range(5):
        plate = f"2{number}ب11{number}-59"
        await give(taxis.town, VEHICLE.key, {"plate": plate, "type": "line", "owner": OWNER_CODE})
        for year in (1403, 1404):
            await a_duty(taxis.town, 99_999_999_000, vehicle=plate, year=year, kind="replacement")
    heard = await taxis.town.say(OWNER_MOBILE, "عوارض")
    lines = heard.text.splitlines()
    assert len(lines) == MOST_LISTED_DUTIES + 1
    assert "۶ مورد دیگر" in lines[-1]
    assert count_parts(heard.text) <= 2 * MOST_LISTED_DUTIES
    assert (
        len([row for row in await rows_of(taxis.town, DUTY.key) if row.values["state"] == "billed"])
        == MOST_LISTED_DUTIES
    )


async def test_the_longest_answer_fits(taxis: TaxiOrganisation) -> None:
    texts = bound_texts(SERVICES, taxis.town.desk.catalogue)
    line, more = texts.render_longest(f"{ANSWERS}.duty"), texts.render_longest(f"{ANSWERS}.more_duties")
    assert count_parts("\n".join([*[line] * MOST_LISTED_DUTIES, more])) <= 2 * MOST_LISTED_DUTIES


async def test_it_interrupts_a_dialogue_and_lets_it_go_on(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    await taxis.town.say(OWNER_MOBILE, "مرخصی")
    heard = await taxis.town.say(OWNER_MOBILE, "عوارض 12ت345-59")
    assert "قبض" in heard.text
    assert taxis.town.desk.catalogue.text("sms.waiting") in heard.text
    assert (await taxis.town.say(OWNER_MOBILE, PLATE)).key == "services.taxi_leave.fields.from.prompt"
