"""Operations of a messenger besides sending: messages that change, buttons that go away, cards, barcodes, silence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from tests.channels.telegram.running_bot import Bot, running_bot
from tests.channels.telegram.test_polling import linked
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person
from tests.support.municipality import CITIZEN, ORDER, StandingClock, build_desk, municipality
from tests.support.scenarios.expert_unit import ASKING, PHOTO, Experts


async def test_a_month_is_leafed_in_place_and_answered_buttons_go_away(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.presses("ماشین‌آلات", on=await reza.hears("یکی از گزینه‌ها"))
        machines = await reza.hears("کدام ماشین")
        reza.presses("لودر", on=machines)
        reza.presses("۴", on=await reza.hears("چند ساعت"))
        month = await reza.hears("چه روزی")
        next_month = next(label for label in month.labels if label.startswith("«"))
        reza.presses(next_month, on=month)
        await bot.messenger.until(lambda: month.edits == 1, "the next month in the place of the first")
        assert month.labels[0] == f"{next_month[2:]} ۱۴۰۵"
        if not bot.messenger.bale:
            await bot.messenger.until(lambda: not machines.buttons, "buttons that went away")
        reza.says("۵ دی")
        await reza.hears("از چه ساعتی")
        if not bot.messenger.bale:
            await bot.messenger.until(lambda: not month.buttons, "buttons of what was answered in words")
        assert len(bot.messenger.called("editMessageReplyMarkup")) == (0 if bot.messenger.bale else 3)


async def test_a_page_whose_message_is_gone_comes_anew(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.says("ماشین لودر ۴ ساعت خیابان امام جنب پارک")
        month = await reza.hears("چه روزی")
        reza.deletes(month)
        later = next(label for label in month.labels if label.startswith("«"))
        reza.presses_data(month.buttons[later]["callback_data"], month)
        assert (await reza.hears("چه روزی")).message_id != month.message_id


async def test_a_card_is_pinned_and_changed_at_each_step(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.says(ORDER)
        await reza.hears("کد رهگیری")
        [request] = await bot.town.requests_of(CITIZEN)
        if bot.messenger.bale:
            await bot.town.do(request.code, "accept", Role.CIVIL)
            await reza.hears("پذیرفته")
            assert bot.messenger.pinned == {}
            return
        await bot.messenger.until(lambda: bool(bot.messenger.pinned.get(reza.id)), "a pinned card")
        [number] = bot.messenger.pinned[reza.id]
        [card] = [message for message in reza.messages if message.message_id == number]
        assert card.is_silent
        first_text = card.text
        await bot.town.do(request.code, "accept", Role.CIVIL)
        await bot.messenger.until(lambda: card.edits == 1, "the changed card")
        assert card.text != first_text
        reza.deletes(card)
        await bot.town.do(request.code, "price", Role.REVENUE)
        await bot.messenger.until(lambda: bool(bot.messenger.pinned[reza.id]), "a new card")
        [new_number] = bot.messenger.pinned[reza.id]
        reza.says(f"لغو {request.code}")
        reza.presses("بله", on=await reza.hears("لغو شود؟"))
        await bot.messenger.until(lambda: new_number not in bot.messenger.pinned[reza.id], "the card let go")


async def test_a_bill_is_copied_and_drawn(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.says(ORDER)
        await reza.hears("کد رهگیری")
        [request] = await bot.town.requests_of(CITIZEN)
        await bot.town.do(request.code, "accept", Role.CIVIL)
        await bot.town.do(request.code, "price", Role.REVENUE)
        [bill] = await bot.town.bills(request.code)
        shown = await reza.hears(bill.bill_id)
        copied = [button["copy_text"]["text"] for button in shown.buttons.values() if "copy_text" in button]
        assert copied == ([] if bot.messenger.bale else [bill.payment_id, bill.bill_id, request.code]), "from the right"
        reza.presses("بارکد قبض", on=shown)
        await bot.messenger.until(lambda: any(message.is_photo for message in reza.messages), "the barcode")
    [drawn] = [message for message in reza.messages if message.is_photo]
    assert drawn.document
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(drawn.document.content)))
    assert code.text == bill.bill_id.zfill(13) + bill.payment_id.zfill(13)
    assert bill.bill_id in drawn.text


async def test_a_notice_at_night_comes_without_a_sound_or_waits(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.says(ORDER)
        await reza.hears("کد رهگیری")
        [request] = await bot.town.requests_of(CITIZEN)
        bot.town.advance(hours=12)  # a little after ten in the evening
        await bot.town.do(request.code, "accept", Role.CIVIL)
        if not bot.messenger.bale:
            assert (await reza.hears("پذیرفته")).is_silent
    notice = next(one for one in await bot.outbox() if one.key.endswith("notices.accept"))
    waits = notice.not_before - notice.created_at
    assert (waits > timedelta(hours=8)) == bot.messenger.bale


async def test_a_bot_is_described_once(bot: Bot, reza: Person) -> None:
    with bot.messenger.failing(Fault("status", 500, method="setMyDescription")):
        async with bot.polling():
            await linked(reza)
    for _ in range(2):
        async with bot.polling():
            reza.says("/menu")
            await reza.hears("یکی را بزنید")
    profile, catalogue = bot.messenger.profile, bot.town.desk.catalogue
    if bot.messenger.bale:
        assert (profile.description, bot.messenger.called("setMyCommands")) == ("", [])
    else:
        assert profile.description == catalogue.text("chat.description")
        assert profile.short_description == catalogue.text("chat.short_description")
        assert len(bot.messenger.called("setMyCommands")) == 1


async def test_a_link_begins_a_service_and_counts_its_questions(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        reza.starts("machinery")
        await reza.hears("شماره همراهتان")
        reza.presses("فرستادن شماره من")
        question = await reza.hears("کدام ماشین")
        assert question.text.startswith("۱ از ۴")
        reza.says("لودر ۴ ساعت")
        assert (await reza.hears("چه روزی")).text.startswith("۲ از ۴")


@pytest.fixture
async def expert_bot(database: Path, messenger: FakeBotApi) -> AsyncIterator[Bot]:
    """The bot of a municipality that asks for papers."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, services=(MACHINERY_WORK, EXPERT_OPINION)), clock) as town:
        await Experts(town).furnish()
        async with running_bot(town, messenger) as made:
            yield made


async def test_files_come_first_and_are_named_afterwards(expert_bot: Bot, reza: Person) -> None:
    async with expert_bot.polling():
        await linked(reza)
        reza.says(ASKING)
        await reza.hears("کد رهگیری")
        reza.sends_album(PHOTO, PHOTO + b"2")
        question = await reza.hears("این عکس برای چیست؟")
        await expert_bot.messenger.until(lambda: expert_bot.messenger.updates.pending == [], "both photos taken")
        reza.presses("سند مالکیت", on=question)
        await reza.hears("«سند مالکیت» رسید")
    [request] = await expert_bot.town.requests_of(CITIZEN)
    async with expert_bot.town.store.open_unit(write=False) as uow:
        kept = await uow.documents.list_of_request(request.id)
    assert [one.field for one in kept] == ["deed", "deed"]
    assert [message.text for message in reza.messages].count(question.text) == 1


async def test_a_place_is_shared_by_its_key(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.says("ماشین لودر ۴ ساعت ۵ دی ساعت ۸")
        reza.presses("📍 فرستادن جا روی نقشه", on=await reza.hears("نشانی محل کار"))
        await reza.hears("موقعیت مکانی")
        reza.presses("📍 جایی که هستم")
        await reza.hears("ثبت شود؟")
        reza.shares_venue("مسجد جامع", "خیابان امام", 37.07, 54.07)
        summary = await reza.hears("مسجد جامع، خیابان امام")
        assert "ثبت شود؟" in summary.text
