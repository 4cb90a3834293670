"""A line's language: chosen by text or button, kept from there on, and that of every text to it and to nobody else."""

import pytest

from domain.messages.keyboards import ReplyMarkup
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality
from tests.support.scenarios.pseudo_language import PSEUDO, find_unwrapped, offer_both_languages, offer_languages


@pytest.fixture
async def bilingual(town: Municipality) -> Municipality:
    """A municipality that offers two languages."""
    offer_both_languages(town.desk)
    return town


async def test_a_text_offers_the_languages_and_takes_one(bilingual: Municipality) -> None:
    offered = await bilingual.says("زبان")
    assert (offered.key, PSEUDO.title in offered.text) == ("sms.languages", True)
    assert "۲ ⟦Pseudo⟧" in offered.text
    chosen = await bilingual.says("lang qps")
    assert (chosen.key, find_unwrapped(chosen.text), "⟦" in chosen.text) == ("sms.language_set", [], True)
    assert "⟦" not in (await bilingual.says("راهنما", mobile=NEIGHBOUR)).text
    for text in ("راهنما", "چیزی که کسی نمی‌فهمد", "تعرفه", "لودر", "۴", "انصراف", "لغو 11"):
        assert find_unwrapped((await bilingual.says(text)).text) == []
    assert "⟦" not in (await bilingual.says("زبان ۱")).text
    assert "⟦" not in (await bilingual.says("راهنما")).text


async def test_a_request_of_a_line_is_told_of_in_its_language_and_to_the_staff_in_persian(
    bilingual: Municipality,
) -> None:
    await bilingual.says("زبان 2")
    assert find_unwrapped((await bilingual.says(ORDER)).text) == []
    submitted = await bilingual.says("بله")
    assert find_unwrapped(submitted.text) == []
    async with bilingual.store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent()
    assert {message.recipient for message in messages if "⟦" in message.text} == {CITIZEN}
    assert [message for message in messages if message.recipient != CITIZEN and "⟦" in message.text] == []


async def test_with_one_language_the_word_for_it_calls_nothing(town: Municipality) -> None:
    assert (await town.says("زبان")).key == "sms.unknown"


async def test_a_chat_chooses_before_it_has_proved_anything_and_keeps_it_as_the_mobiles(
    bilingual: Municipality,
) -> None:
    person = Person(bilingual)
    await person.starts()
    menu = (await person.messages())[-1]
    assert labels(menu)[-1] == "زبان"
    choices = await person.press("زبان", menu)
    assert labels(choices)[:2] == ["✔ فارسی", PSEUDO.title]
    assert find_unwrapped((await person.press(PSEUDO.title, choices)).text) == []
    await person.linked()
    async with bilingual.store.open_unit(write=False) as uow:
        kept = [await uow.lines.find_language(line) for line in (CITIZEN, f"{person.channel}:{person.chat_id}")]
    assert kept == [PSEUDO.tag, None]
    for label in ("⟦ماشین‌آلات⟧", "⟦لودر⟧", "4", "5", "08:00"):
        await person.press(label)
    summary = await person.says("خیابان امام، روبه‌روی پارک")
    assert (find_unwrapped(summary.text), "⟦" in summary.text) == ([], True)
    assert [label for label in labels(summary) if find_unwrapped(label)] == [
        "⟦نشانی محل کار⟧: خیابان امام، روبه‌روی پارک ✎"
    ]


async def test_the_days_of_a_month_begin_where_its_readers_do(bilingual: Municipality) -> None:
    person = await Person(bilingual).linked()
    await bilingual.says("زبان 2")
    await person.press("⟦ماشین‌آلات⟧", await person.says("راهنما"))
    await person.says("لودر")
    month = await person.says("4")
    _, _, first_week, *_ = ReplyMarkup.from_json(month.content).rows
    days = [button.label for button in first_week]
    assert days == ["·", "·", "·", "3", "4", "5", "·"], "from left to right, and the 6th is a Friday"


@pytest.fixture
async def turkmen_too(town: Municipality) -> Municipality:
    """A municipality that offers Turkmen in both scripts beside Persian."""
    offer_languages(town.desk, "fa", "tk", "tk-Arab")
    return town


async def test_who_writes_turkmen_first_is_answered_in_it_and_told_so_once(turkmen_too: Municipality) -> None:
    first = await turkmen_too.says("Salam, kömek gerek")
    assert ("şäherdary" in first.text, "Jogaplar türkmençe" in first.text) == (True, True)
    second = await turkmen_too.says("arzalarym")
    assert ("arza ýok" in second.text, "Jogaplar türkmençe" in second.text) == (True, False)
    in_arabic = await turkmen_too.says("سالاو مالیکم کؤمک گرک", mobile=NEIGHBOUR)
    assert "گمیشان شهرداری؛ سانینی" in in_arabic.text


async def test_a_language_is_chosen_by_its_name_and_stays_whatever_is_written(turkmen_too: Municipality) -> None:
    assert "türkmençe iberilýär" in (await turkmen_too.says("türkmençe")).text
    assert "از این پس" in (await turkmen_too.says("فارسی")).text
    assert "شهرداری گمیشان" in (await turkmen_too.says("Salam, kömek gerek")).text
    assert "تورکمنچه" in (await turkmen_too.says("تورکمنچه")).text
    assert "loder" not in (await turkmen_too.says("فارسی چیست")).text


async def test_a_line_that_writes_persian_is_answered_in_it(turkmen_too: Municipality) -> None:
    assert "شهرداری گمیشان" in (await turkmen_too.says("سلام کمک")).text
    async with turkmen_too.store.open_unit(write=False) as uow:
        assert await uow.lines.find_language(CITIZEN) is None


async def test_a_whole_order_in_turkmen_is_shown_and_submitted(turkmen_too: Municipality) -> None:
    summary = await turkmen_too.says("loder gerek ertir sagat 8-de 4 sagat Gümişan köçesi")
    assert "Dogrumy?" in summary.text
    submitted = await turkmen_too.says("hawa")
    assert ("Maşyn arzaňyz ýazyldy" in submitted.text, "loder" in submitted.text) == (True, True)


async def test_a_chat_that_begins_in_turkmen_has_turkmen_buttons(turkmen_too: Municipality) -> None:
    person = await Person(turkmen_too).linked()
    menu = await person.says("kömek")
    assert "Maşyn" in labels(menu)
    assert "Jogaplar türkmençe" in menu.text
