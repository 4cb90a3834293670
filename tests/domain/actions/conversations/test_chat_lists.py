"""Long lists are pages of buttons; prices and duties are found by buttons; holidays are not offered."""

import pytest

from domain.chats.chat import SharedContact
from tests.support.chat_person import Person, labels
from tests.support.municipality import ORDER, Municipality
from tests.support.scenarios import taxi_registries
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import OWNER_MOBILE

PLACES = ("میدان شهدا", "خیابان امام", "پشت مدرسه", "بلوار ساحلی", "کوچه لاله", "روستای قلعه", "جنب پارک")


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def test_own_requests_are_pages_of_buttons(anneh: Person) -> None:
    codes = [await anneh.town.order(f"ماشین لودر ۴ ساعت فردا ساعت ۸ {place}") for place in PLACES]
    first = await anneh.says("درخواست‌های من")
    assert len(first.text.splitlines()) == 1 + 5 + 1
    assert first.text.endswith("صفحه ۱ از ۲")
    assert labels(first)[5:] == ["« صفحه بعد", "منوی خدمات"]
    second = await anneh.press("« صفحه بعد", first)
    assert labels(second)[2:] == ["صفحه پیش »", "منوی خدمات"]
    status = await anneh.press(labels(second)[1], second)
    assert (status.key, status.request_id) == (
        "services.machinery.status.submitted",
        (await anneh.town.request(codes[0])).id,
    )


async def test_every_request_that_may_be_meant_is_reached(anneh: Person) -> None:
    codes = [await anneh.town.order(f"ماشین لودر ۴ ساعت فردا ساعت ۸ {place}") for place in PLACES]
    which = await anneh.says("لغو")
    assert which.text.splitlines()[1].startswith("۱) ")
    rest = await anneh.press("« صفحه بعد", which)
    assert rest.text.splitlines()[1].startswith("۶) ")
    assert len(labels(rest)) == 2 + 1 + 1
    await anneh.press("بله", await anneh.press(labels(rest)[1], rest))
    assert (await anneh.town.request(codes[0])).state == "cancelled"
    assert [(await anneh.town.request(code)).state for code in codes[1:]] == ["submitted"] * 6


async def test_prices_by_buttons(anneh: Person) -> None:
    things = await anneh.press("تعرفه", (await anneh.starts())[-1])
    assert "لودر" in labels(things)
    price = await anneh.press("لودر", things)
    assert "ریال" in price.text
    assert (await anneh.says("گریدر ۴ ساعت")).key != "services.machinery.answers", "the question is over"
    assert "ریال" in (await anneh.says("تعرفه گریدر ۴ ساعت")).text


async def test_a_stranger_reads_prices_by_buttons(town: Municipality) -> None:
    stranger = Person(town)
    _, public = await stranger.starts()
    things = await stranger.press("تعرفه", public)
    assert "ریال" in (await stranger.press("لودر", things)).text
    await stranger.does(SharedContact("989121234567", is_own=True))


async def test_a_duty_has_the_button_of_its_bill(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    await taxi_registries.a_duty(taxis.town)
    duties = await owner.press("عوارض تاکسی")
    assert labels(duties) == ["پرداخت ۲٬۵۰۰٬۰۰۰ ریال", "منوی خدمات"]
    assert (await owner.press("پرداخت ۲٬۵۰۰٬۰۰۰ ریال", duties)).key == "sms.pay_bill"


async def test_holidays_are_not_offered_for_work_and_may_be_written(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    month = await anneh.press("۴")
    assert labels(month)[0] == "آذر ۱۴۰۵"
    assert "۵" in labels(month), "a Thursday"
    assert "۶" not in labels(month), "a Friday"
    assert (await anneh.says("۱۴۰۵/۰۹/۰۶")).key == "services.machinery.fields.start.prompt"


async def test_days_of_a_leave_may_be_holidays(taxis: TaxiOrganisation) -> None:
    driver = await Person(taxis.town, mobile=taxi_registries.DRIVER_MOBILE).linked()
    assert "۶" in labels(await driver.press("مرخصی تاکسی"))


async def test_an_order_still_goes_by_one_text(anneh: Person) -> None:
    assert (await anneh.says(ORDER)).key == "services.machinery.notices.submit"
