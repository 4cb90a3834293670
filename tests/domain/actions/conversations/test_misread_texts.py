"""Texts that were not understood as they were meant: which are kept, and that nobody's data is kept with them."""

import pytest

from domain.actions.requests.erase import erase_expired_requests
from domain.messages.misread_texts import MisreadFilter, MisreadReason, MisreadText
from domain.people.person import Person
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

UNKNOWN = "چراغ سر کوچه خاموش است"


async def list_misread(town: Municipality) -> list[MisreadText]:
    """Return what is kept, what came often first."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.misread_texts.list_texts(MisreadFilter())


async def test_what_nothing_is_found_in_is_kept_once_with_its_count(town: Municipality) -> None:
    for mobile, text in ((CITIZEN, UNKNOWN), (NEIGHBOUR, f"{UNKNOWN}  "), (CITIZEN, UNKNOWN.replace("ک", "ك"))):
        assert (await town.say(mobile, text)).inbound.intent == "unknown"
    [misread] = await list_misread(town)
    assert (misread.text, misread.count, misread.reason) == (UNKNOWN, 3, MisreadReason.NOT_UNDERSTOOD)


async def test_a_delivery_that_comes_again_counts_once(town: Municipality) -> None:
    for _ in range(3):
        await town.say(CITIZEN, UNKNOWN, provider_id="same")
    assert [misread.count for misread in await list_misread(town)] == [1]


async def test_an_offer_counts_until_it_is_taken(town: Municipality) -> None:
    wish = "لودر ۴ ساعت فردا"
    for answer, kept in (("1", []), ("نه", [wish])):
        assert (await town.say(CITIZEN, wish)).key == "sms.did_you_mean_one"
        assert [misread.text for misread in await list_misread(town)] == [wish]
        await town.say(CITIZEN, answer)
        assert [(misread.text, misread.reason) for misread in await list_misread(town)] == [
            (text, MisreadReason.OFFERED) for text in kept
        ]
        await town.say(CITIZEN, "انصراف")


@pytest.mark.parametrize("correction", ["نه انصراف", "نه منظورم تعرفه لودر بود", "اشتباه شد، درخواست‌های من"])
async def test_what_the_next_text_leaves_is_kept_as_what_it_was_taken_for(town: Municipality, correction: str) -> None:
    await town.says("برای زمینم ماشین لازم دارم", correction)
    [misread] = await list_misread(town)
    assert (misread.reason, misread.read_as) == (MisreadReason.CORRECTED, "machinery")


async def test_nothing_is_kept_of_texts_that_are_understood(town: Municipality) -> None:
    code = await town.order()
    for text in (f"پیگیری {code}", "تعرفه", "سلام", "ممنون", "درخواست‌های من"):
        await town.say(CITIZEN, text)
    assert await list_misread(town) == []


async def test_who_wrote_it_cannot_be_seen(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await uow.people.save_person(Person(CITIZEN, "رضا محمدی", None, town.clock.now()))
    await town.say(CITIZEN, "چراغ سر کوچه خاموش است، محمدی ۰۹۱۲ ۱۲۳ ۴۵ ۶۷")
    assert [misread.text for misread in await list_misread(town)] == ["چراغ سر کوچه خاموش است، {name} {mobile}"]


async def test_old_texts_leave_with_the_other_personal_data(town: Municipality) -> None:
    await town.say(CITIZEN, UNKNOWN)
    for days, kept in ((1, 1), (town.desk.policy.retention.days, 0)):
        town.advance(days=days)
        await erase_expired_requests(town.desk, town.store)
        assert len(await list_misread(town)) == kept
