"""The number of a chat is changed, or left: what was begun is dropped, requests stay, and what waits goes by SMS."""

import pytest

from domain.messages.records import MessageState
from domain.values.actors import Role
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality

CONTACT = {"contact": "فرستادن شماره من"}


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def test_who_leaves_is_told_what_follows_and_is_nobody_then(anneh: Person) -> None:
    await anneh.says(ORDER)
    await anneh.press("ماشین‌آلات", (await anneh.starts())[-1])
    account = await anneh.press("شماره من", (await anneh.starts())[-1])
    assert labels(account) == ["تغییر شماره", "خروج از حساب", "منوی خدمات"]
    assert "۰۹۱۲۱۲۳۴۵۶۷" in account.text
    left = await anneh.press("خروج از حساب", account)
    assert (left.key, left.content) == ("chat.account_left", CONTACT)
    assert (await anneh.says("درخواست‌های من")).key == "chat.prove_first"
    assert anneh.town.rows("SELECT mobile, linked_at FROM chats") == [(None, None)]
    [request] = await anneh.town.requests_of()
    await anneh.town.do(request.code, "accept", Role.CIVIL)
    assert (await anneh.town.sent())[-1].channel == "sms"


async def test_what_waits_for_the_chat_goes_by_sms_when_it_is_left(anneh: Person) -> None:
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await anneh.town.do(request.code, "accept", Role.CIVIL)
    await anneh.press("خروج از حساب", await anneh.says("خروج از حساب"))
    accepted = [one for one in await anneh.town.sent() if one.key.endswith("notices.accept")]
    assert [(one.channel, one.state) for one in accepted] == [
        ("telegram", MessageState.EXPIRED),
        ("sms", MessageState.QUEUED),
    ]


async def test_a_new_number_is_proved_anew(anneh: Person) -> None:
    await anneh.says(ORDER)
    changing = await anneh.press("تغییر شماره", await anneh.says("تغییر شماره"))
    assert (changing.key, changing.content) == ("chat.account_changing", CONTACT)
    assert (await anneh.says("۰۹۳۵۱۱۱۲۲۲۲")).key == "chat.code_sent"
    proved, *_ = await anneh.shares(NEIGHBOUR.removeprefix("+"))
    assert proved.key == "chat.proved"
    assert (await anneh.says("درخواست‌های من")).key == "sms.no_requests", "those of the other number are not shown"
    assert len(await anneh.town.requests_of(CITIZEN)) == 1


async def test_the_chosen_channel_is_left_with_the_chat(anneh: Person) -> None:
    await anneh.press("تلگرام", await anneh.press("جای پیام‌ها", (await anneh.starts())[-1]))
    await anneh.press("خروج از حساب", await anneh.says("خروج از حساب"))
    assert anneh.town.rows("SELECT count(*) FROM notice_channels") == [(0,)]


async def test_leaving_a_form_leaves_no_account(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    assert (await anneh.says("خروج")).key == "sms.left"
    assert (await anneh.says("درخواست‌های من")).key == "sms.no_requests"
