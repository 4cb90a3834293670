"""Work that is ordered for a public holiday: who orders is told so, and asked once, before anything is filed."""

from datetime import date

import pytest

from domain.values.calendar import WorkingCalendar
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality

TOMORROW, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)
CLOSED = "چهارشنبه ۴ آذر تعطیل است."
FORM_ANSWERS = ("ماشین", "لودر", "۴", "فردا", "ساعت ۸", "خیابان امام")


def close(town: Municipality, day: date = TOMORROW) -> None:
    """Declare a day a holiday."""
    town.desk.apply_settings(1, town.desk.policy, WorkingCalendar(overrides={day: False}), {})


@pytest.mark.parametrize("answer", ["بله", "نه"])
async def test_an_order_in_one_text_is_asked_about_on_a_holiday_alone(town: Municipality, answer: str) -> None:
    close(town)
    asked = await town.say(CITIZEN, ORDER)
    assert (asked.key, CLOSED in asked.text, await town.requests_of()) == ("services.machinery.summary", True, [])
    await town.say(CITIZEN, answer)
    assert len(await town.requests_of()) == (answer == "بله")
    plain = await town.say(CITIZEN, ORDER.replace("فردا", "شنبه"))
    assert (plain.key, "تعطیل" in plain.text) == ("services.machinery.notices.submit", False)


async def test_a_friday_like_every_other_is_asked_no_more_than_before(town: Municipality) -> None:
    friday_order = ORDER.replace("فردا", "جمعه")
    assert (await town.say(CITIZEN, friday_order)).key == "services.machinery.notices.submit"
    close(town, FRIDAY)
    assert "جمعه ۶ آذر تعطیل است." in (await town.say(CITIZEN, friday_order.replace("لودر", "گریدر"))).text


async def test_a_form_and_a_chat_name_it_in_the_summary(town: Municipality) -> None:
    close(town)
    assert CLOSED in (await town.says(*FORM_ANSWERS)).text
    person = await Person(town, mobile=NEIGHBOUR).linked()
    assert CLOSED in (await person.says(ORDER.replace("امام", "بهار"))).text


async def test_a_day_that_the_unit_settles_is_not_asked_about(town: Municipality) -> None:
    close(town)
    summary = await town.says(*FORM_ANSWERS[:3], "فرقی ندارد", *FORM_ANSWERS[4:])
    assert (summary.key, CLOSED in summary.text) == ("services.machinery.summary", False)


async def test_a_change_to_a_holiday_is_asked_with_its_mark(town: Municipality) -> None:
    code = await town.order(ORDER.replace("فردا", "شنبه"))
    close(town)
    asked = await town.say(CITIZEN, f"تغییر {code} تاریخ فردا")
    assert (asked.key, "(تعطیل)" in asked.text) == ("sms.offer.change", True)
    assert (await town.request(code)).fields["date"] != TOMORROW.isoformat()
    assert (await town.say(CITIZEN, "بله")).key == "sms.request_changed"
