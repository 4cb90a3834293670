"""A place that is shared in a chat: where an order is worked on, or the answer to a question of the staff."""

import pytest

from domain.fields.places import Place
from domain.fields.types import ReadingContext
from domain.messages.keyboards import ReplyMarkup
from domain.values.actors import Role
from domain.values.errors import InvalidField
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, ORDER, Municipality, StandingClock

PARK = (37.07123, 54.07456)
PARK_LINK = "https://osm.org/?mlat=37.07123&mlon=54.07456"


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def until_place(anneh: Person) -> None:
    """Answer everything but the place of the work."""
    for label in ("ماشین‌آلات", "لودر", "۴", "۵"):
        await anneh.press(label)
    question = await anneh.press("۰۸:۰۰")
    assert labels(question)[0] == "📍 فرستادن جا روی نقشه"


async def test_the_place_of_an_order_is_sent_on_the_map(anneh: Person) -> None:
    await until_place(anneh)
    asked = await anneh.press("📍 فرستادن جا روی نقشه")
    assert ReplyMarkup.from_json(asked.content).location_label == "📍 جایی که هستم"
    receipt, summary = await anneh.shares_place(*PARK)
    assert ReplyMarkup.from_json(receipt.content).clears_keyboard
    assert f"روی نقشه: {PARK_LINK}" in summary.text
    submitted = await anneh.press("تأیید و ثبت", summary)
    assert PARK_LINK in submitted.text, "not cut off"
    [request] = await anneh.town.requests_of()
    assert request.fields["place"] == "geo:37.07123,54.07456"


async def test_a_place_with_a_name_comes_before_it_is_asked_for(anneh: Person) -> None:
    for label in ("ماشین‌آلات", "لودر"):
        await anneh.press(label)
    _, question = await anneh.shares_place(*PARK, "مسجد جامع، خیابان امام")
    assert "چند ساعت" in question.text
    for label in ("۴", "۵"):
        await anneh.press(label)
    summary = await anneh.press("۰۸:۰۰")
    assert f"{PARK_LINK} مسجد جامع، خیابان امام" in summary.text


async def test_a_place_out_of_the_blue_begins_an_order(anneh: Person) -> None:
    [question] = await anneh.shares_place(*PARK)
    assert (question.key, labels(question)) == ("chat.which_place", ["ماشین‌آلات", "منوی خدمات"])
    await anneh.press("ماشین‌آلات", question)
    for label in ("لودر", "۴", "۵"):
        await anneh.press(label)
    assert PARK_LINK in (await anneh.press("۰۸:۰۰")).text


@pytest.mark.parametrize("words", ["", " خیابان امام جنب پارک"])
async def test_a_place_out_of_the_blue_is_that_of_the_order_that_is_written_next(anneh: Person, words: str) -> None:
    await anneh.shares_place(*PARK)
    await anneh.says("تعرفه")
    summary = await anneh.says(f"ماشین لودر ۴ ساعت فردا ساعت ۸{words}")
    assert summary.key == "services.machinery.summary", "it is shown before it is filed"
    await anneh.press("تأیید و ثبت", summary)
    [request] = await anneh.town.requests_of()
    assert request.fields["place"] == f"{words} geo:37.07123,54.07456".strip()
    asked = await anneh.says("ماشین گریدر ۲ ساعت پس‌فردا ساعت ۹")
    assert "نشانی محل کار" in asked.text, "it was that of one order"


async def test_a_place_abroad_is_no_place_for_anything(anneh: Person) -> None:
    [refusal] = await anneh.shares_place(52.5, 13.4)
    assert refusal.text == "این نقطه در ایران نیست."


async def test_a_place_abroad_is_refused_and_asked_again(anneh: Person) -> None:
    await until_place(anneh)
    refusal, question = await anneh.shares_place(52.5, 13.4)
    assert refusal.text == "این نقطه در ایران نیست."
    assert "نشانی محل کار" in question.text


async def test_a_question_is_repeated_and_answered_by_a_place(anneh: Person) -> None:
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await anneh.town.do(request.code, "ask", Role.CIVIL, question="کدام پارک؟")
    asked = await anneh.press("پاسخ به پرسش")
    assert "«کدام پارک؟»" in asked.text
    assert request.code[:3] in asked.text
    _, answer = await anneh.shares_place(*PARK)
    assert answer.text.endswith(f"پاسخ شما: «روی نقشه: {PARK_LINK}»")
    answered = await anneh.town.request(request.code)
    assert answered.data["answers"] == [{"question": "کدام پارک؟", "answer": f"روی نقشه: {PARK_LINK}"}]


async def test_a_question_is_answered_by_a_photo_with_words(anneh: Person) -> None:
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await anneh.town.do(request.code, "ask", Role.CIVIL, question="کدام پارک؟")
    await anneh.press("پاسخ به پرسش")
    [answer] = await anneh.sends_photo(b"\xff\xd8\xff\xe0\x00\x10JFIF", "پارک ملت، این هم عکس")
    assert "پاسخ شما: «پارک ملت، این هم عکس»\nفایل شما هم پیوست شد." in answer.text
    async with anneh.town.store.open_unit(write=False) as uow:
        [document] = await uow.documents.list_of_request(request.id)
    assert (document.field, document.added_by) == ("answer", f"citizen:{CITIZEN}")
    assert (await anneh.town.request(request.code)).state != "needs_info"


def test_words_beside_a_point_leave_room_for_its_link() -> None:
    place = Place(200).parse(f"{'ن' * 170} geo:37.07123,54.07456", ReadingContext(StandingClock().now()))
    assert len(Place(200).render_value(place, str)) == 200
    assert Place(200).parse("خیابان امام", ReadingContext(StandingClock().now())) == "خیابان امام"
    with pytest.raises(InvalidField):
        Place(200).parse("geo:10.00000,54.07456", ReadingContext(StandingClock().now()))
