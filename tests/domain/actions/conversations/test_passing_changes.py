"""A text in the minutes after a receipt changes that request, and begins no other."""

import pytest

from domain.conversation.reading.multiple_intents import split_intents
from domain.requests.request import RequestFilter
from tests.support.conversation_line import GRAMMAR, TUESDAY
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.taxi_organisation import TaxiOrganisation

ORDER = "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام کوچه ۳ پلاک ۷"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("آخ کوچه ۵ بود نه ۳", "place", "خیابان امام کوچه ۵ پلاک ۷"),
        ("ببخشید خیابان بهار بود", "place", "خیابان بهار"),
        ("ساعتش ۹ باشه", "start", "09:00"),
        ("ببخشید ساعت ۱۰ نه ۸", "start", "10:00"),
        ("نه پس فردا بهتره", "date", "2026-11-26"),
        ("بکنیدش سه ساعت", "items", [{"machine": "loader", "count": 1, "hours": 3}]),
        ("به‌جای لودر گریدر", "items", [{"machine": "grader", "count": 1, "hours": 4}]),
        ("گریدر باشه نه لودر", "items", [{"machine": "grader", "count": 1, "hours": 4}]),
    ],
)
async def test_it_is_shown_and_changed_with_a_yes(town: Municipality, text: str, name: str, value: object) -> None:
    code = await town.order(ORDER)
    before = (await town.request(code)).fields
    assert (await town.say(CITIZEN, text)).key == "sms.offer.change"
    assert (await town.request(code)).fields == before
    assert (await town.say(CITIZEN, "بله")).key == "sms.request_changed"
    assert (await town.request(code)).fields == {**before, name: value}


LOADER = {"machine": "loader", "count": 1, "hours": 4}


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("لودر فردا نه شنبه", {"date": "2026-11-28"}),
        ("لودر فردا نه شنبه ساعت ۱۰", {"date": "2026-11-28", "start": "10:00"}),
        ("loader farda nayad shanbe biad", {"date": "2026-11-28"}),
        ("سلام ۴ ساعت خواسته بودم ولی خاکش کم شد دیگه ۲ ساعت بسه", {"items": [{**LOADER, "hours": 2}]}),
        ("4 saat ziade 2 saat", {"items": [{**LOADER, "hours": 2}]}),
        ("دو ساعت بیشتر بشه", {"items": [{**LOADER, "hours": 6}]}),
        ("میشه لودر ساعت ۱۰ بیاد به جای صبح زود؟", {"start": "10:00"}),
        ("به جای فردا ساعت ۸ شنبه ساعت ۱۰ بیاد", {"date": "2026-11-28", "start": "10:00"}),
        ("روزش بشه شنبه آدرس هم خیابان بسیج کنار مخابرات", {"date": "2026-11-28", "place": "خیابان بسیج کنار مخابرات"}),
        ("کدم {code} ساعت شروعش ۱۱ باشه", {"start": "11:00"}),
    ],
)
async def test_long_after_the_receipt_what_is_restated_is_changed(
    town: Municipality, text: str, changes: dict[str, object]
) -> None:
    code = await town.order(ORDER)
    town.advance(hours=1)
    before = (await town.request(code)).fields
    assert (await town.say(CITIZEN, text.format(code=code))).key == "sms.offer.change"
    assert (await town.say(CITIZEN, "بله")).key == "sms.request_changed"
    assert (await town.request(code)).fields == {**before, **changes}


@pytest.mark.parametrize(
    "text",
    [
        "لودر ۲ ساعت شنبه ساعت ۹ خیابان بهار",
        "یه لودر دوباره برای شنبه میخوام",
        "لودر فردا میاد یا شنبه؟",
        "۲ ساعت لودر میخوام",
        "عرض کوچه ۴ متره",
        "لودر فردا رو لغو کنید نه شنبه",
    ],
)
async def test_a_new_order_a_question_or_an_ending_changes_nothing(town: Municipality, text: str) -> None:
    await town.order(ORDER)
    town.advance(hours=1)
    assert (await town.say(CITIZEN, text)).key != "sms.offer.change"


async def test_of_two_orders_the_one_that_is_said_as_it_is_is_changed(town: Municipality) -> None:
    await town.order(ORDER)
    later = await town.order(ORDER.replace("فردا", "پس‌فردا"))
    town.advance(hours=1)
    assert (await town.say(CITIZEN, "لودر پس فردا نه شنبه")).key == "sms.offer.change"
    await town.say(CITIZEN, "بله")
    assert (await town.request(later)).fields["date"] == "2026-11-28"


async def test_of_two_orders_that_are_said_alike_the_newest_is_meant_at_first_and_then_it_is_asked(
    town: Municipality,
) -> None:
    first, second = await town.order(ORDER), await town.order(ORDER.replace("لودر", "گریدر"))
    assert (await town.say(CITIZEN, "فردا نه شنبه بیاد")).code == second
    await town.say(CITIZEN, "نه")
    town.advance(hours=1)
    which = await town.say(CITIZEN, "فردا نه شنبه بیاد")
    assert which.key == "sms.which.change"
    asked = await town.say(CITIZEN, "لودر")
    assert (asked.key, asked.code) == ("sms.offer.change", first)
    await town.say(CITIZEN, "بله")
    dates = [(await town.request(code)).fields["date"] for code in (first, second)]
    assert dates == ["2026-11-28", "2026-11-25"]


REPORT = "شکایت تاکسی ۱۲ت۳۴۵-۵۹ راننده بدرفتاری کرد و کرایه زیاد گرفت"


@pytest.mark.parametrize("text", ["پس می‌گیرم", "اشتباه زدم", "ببخشید اشتباهی فرستادم", "منصرف شدم"])
async def test_a_report_that_was_a_mistake_is_taken_back_with_a_yes(taxis: TaxiOrganisation, text: str) -> None:
    code = (await taxis.town.say(CITIZEN, REPORT)).code
    assert (await taxis.town.say(CITIZEN, text)).key == "sms.offer.cancel"
    assert await taxis.state(code) == "submitted"
    await taxis.town.say(CITIZEN, "بله")
    assert await taxis.state(code) == "withdrawn"


async def test_a_report_is_corrected_in_passing(taxis: TaxiOrganisation) -> None:
    code = (await taxis.town.say(CITIZEN, REPORT)).code
    assert (await taxis.town.say(CITIZEN, "ببخشید پلاکش ۱۲ت۳۴۶-۵۹ بود")).key == "sms.offer.change"
    await taxis.town.say(CITIZEN, "بله")
    assert "346" in (await taxis.town.request(code)).fields["plate"]


async def test_a_fire_beside_another_wish_is_heard(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(CITIZEN, "قیمت لودر ساعتی چنده؟ خونمون آتیش گرفته زنگ بزنید")
    assert "۱۲۵" in heard.text


async def test_what_is_done_twice_is_answered_as_the_first_time(town: Municipality) -> None:
    first, second = [(await town.say(CITIZEN, f"نظر پارک {name} چراغ بگذارید")).text for name in ("لاله", "ساحل")]
    assert first == second


async def test_a_score_in_words_is_asked_for_its_number_and_corrected_by_another(town: Municipality) -> None:
    await town.reach("completed")
    assert (await town.say(CITIZEN, "راضی نبودم")).key == "ask.score"
    assert (await town.say(CITIZEN, "۳")).key == "sms.rated"
    assert "۵ از ۵" in (await town.say(CITIZEN, "نه همون ۵")).text


@pytest.mark.parametrize("text", ["هوا خیلی گرمه", "نه", "خیابان بهار را آسفالت کنید", "آشغال کوچه", "تلفن بیمارستان"])
async def test_other_texts_change_nothing(town: Municipality, text: str) -> None:
    await town.order(ORDER)
    assert (await town.say(CITIZEN, text)).key not in {"sms.request_changed", "sms.offer.change"}


async def test_long_after_the_receipt_the_only_request_is_changed_with_a_yes(town: Municipality) -> None:
    code = await town.order(ORDER)
    town.advance(hours=2)
    for text in ("میخوام ساعت لودر بشه ۱۰", "بیاد روبروی شیلات خونه دامادم"):
        asked = await town.say(CITIZEN, text)
        assert (asked.key, asked.code) == ("sms.offer.change", code)
        await town.say(CITIZEN, "نه")
    for text in ("شنبه ساعت ۱۰ بازید؟", "لودر میخوام حیاط صاف بشه"):
        assert (await town.say(CITIZEN, text)).key != "sms.offer.change"
        await town.say(CITIZEN, "انصراف")
    assert "«گریدر ۴ ساعت»" in (await town.say(CITIZEN, "به جای لودر گریدر")).text
    assert (await town.request(code)).fields["start"] == "08:00"


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        (
            "لودر میخوام فردا و یه شکایت هم از راننده تاکسی دارم",
            ("لودر میخوام فردا", "شکایت هم از راننده تاکسی دارم"),
        ),
        ("قبضم چقدره و لودر ساعتی چنده", ("قبضم چقدره", "لودر ساعتی چنده")),
        ("مرخصی میخوام شنبه تا دوشنبه، بعدشم قیمت لودر چنده", ("مرخصی میخوام شنبه تا دوشنبه،", "قیمت لودر چنده")),
        ("لودر ۴ ساعت و گریدر ۲ ساعت فردا ساعت ۸ کوچه ۵", ()),
        ("راننده تاکسی بدرفتاری کرد و قیمت کرایه را زیاد گرفت", ()),
        ("دیگه لازم نیست. لودر فردا رو لغو کنید و شنبه بمونه", ()),
    ],
)
def test_wishes_are_parted_where_both_are_sure(text: str, wishes: tuple[str, ...]) -> None:
    assert split_intents(GRAMMAR, text, TUESDAY) == (wishes or (text,))


async def test_every_wish_is_done_in_its_turn(taxis: TaxiOrganisation) -> None:
    town = taxis.town
    asked = await town.say(CITIZEN, "لودر میخوام فردا و یه شکایت هم از راننده تاکسی دارم")
    assert (asked.key, "شکایت هم" in asked.text) == ("services.machinery.fields.items_hours.prompt", True)
    receipt = await town.says("۴ ساعت", "ساعت ۸", "خیابان امام", "بله")
    assert (receipt.key, "شکایت هم" in receipt.text) == ("services.machinery.notices.submit", True)
    assert (await town.say(CITIZEN, "بله")).key == "services.taxi_report.fields.plate.prompt"
    async with town.store.open_unit(write=False) as uow:
        assert [one.service for one in await uow.requests.list_requests(RequestFilter(mobile=CITIZEN))] == ["machinery"]
