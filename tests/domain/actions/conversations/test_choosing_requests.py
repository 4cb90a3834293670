"""One of several own requests is chosen by whatever is said of it."""

import pytest

from tests.support.municipality import CITIZEN, ORDER, Municipality

GRADER = "ماشین گریدر ۲ ساعت شنبه ساعت ۱۰ کوچه ۳ پشت درمانگاه"


@pytest.mark.parametrize(
    ("text", "is_grader"),
    [
        ("همون که شنبه‌ست", True),
        ("گریدره", True),
        ("اونی که پشت درمانگاهه", True),
        ("گریدر نه لودر", True),
        ("لودر نه، گریدر", True),
        ("لودر", False),
        ("اونی که فرداست", False),
        ("دومی", False),
        ("آخری رو", False),
        ("اولی لطفا", True),
    ],
)
async def test_what_is_said_of_a_request_chooses_it(town: Municipality, text: str, *, is_grader: bool) -> None:
    codes = {False: await town.order(ORDER), True: await town.order(GRADER)}
    assert (await town.say(CITIZEN, "کارم چی شد؟")).key == "sms.which.track"
    heard = await town.say(CITIZEN, text)
    assert (heard.key, heard.code) == ("services.machinery.status.submitted", codes[is_grader])


async def test_a_request_that_is_named_at_once_is_not_asked_for(town: Municipality) -> None:
    await town.order(ORDER)
    code = await town.order(GRADER)
    heard = await town.say(CITIZEN, "گریدرم چی شد؟")
    assert (heard.key, heard.code) == ("services.machinery.status.submitted", code)


@pytest.mark.parametrize("text", ["لغو {} {}", "{} و {} رو لغو کنید"])
async def test_two_codes_to_cancel_are_asked_about_with_what_they_are(town: Municipality, text: str) -> None:
    codes = [await town.order(ORDER), await town.order(GRADER)]
    heard = await town.say(CITIZEN, text.format(*codes))
    assert (heard.key, "لودر ۴ ساعت" in heard.text, "گریدر ۲ ساعت" in heard.text) == ("sms.which.cancel", True, True)
    asked = await town.say(CITIZEN, "گریدر")
    assert (asked.key, "گریدر ۲ ساعت" in asked.text) == ("sms.offer.cancel", True)
    assert [(await town.request(code)).state for code in codes] == ["submitted", "submitted"]
