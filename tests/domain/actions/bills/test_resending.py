"""The text of an open bill, asked for once more: once for one wish, three times a day, and in the history."""

import asyncio

import pytest

from domain.actions.bills.resending import MOST_A_DAY, resend_bill
from domain.actions.context import ActorContext
from domain.values.actors import Role
from domain.values.errors import Forbidden, NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import parse_code
from tests.support.municipality import Municipality, actor


async def resend(town: Municipality, code: str, role: Role = Role.REVENUE) -> bool:
    """Ask for the text in a unit of its own."""
    async with town.store.open_unit() as uow:
        return await resend_bill(ActorContext(town.desk, uow, actor(role)), parse_code(code))


async def texts(town: Municipality, code: str) -> list[str]:
    """The texts about the bill that the citizen got or will get."""
    request = await town.request(code)
    async with town.store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent(request_id=request.id)
    return [message.text for message in messages if "شناسه پرداخت" in message.text]


async def test_two_who_ask_at_once_have_one_text_sent(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    before = await texts(town, code)
    assert sorted(await asyncio.gather(resend(town, code), resend(town, code, Role.CIVIL))) == [False, True]
    newest, *earlier = await texts(town, code)
    assert earlier == before
    assert newest.splitlines()[1:3] == before[0].splitlines()[1:3], "the same two ids"
    assert [event.event for event in await town.history(code)].count("resend_bill") == 1


async def test_a_day_has_three_and_no_more(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", "ماشین گریدر ۲ ساعت هفت روز دیگر ساعت ۹ خیابان بهار")
    for _ in range(MOST_A_DAY):
        assert await resend(town, code)
        town.advance(minutes=11)
    with pytest.raises(NotAllowedNow) as refused:
        await resend(town, code)
    assert refused.value.reason is NotAllowedReason.BILL_SENT_OFTEN
    town.advance(days=1)
    assert await resend(town, code)


async def test_there_is_nothing_to_send_without_an_open_bill(town: Municipality) -> None:
    accepted, paid = await town.reach("accepted"), await town.reach("paid")
    for code in (accepted, paid):
        with pytest.raises(NotAllowedNow) as refused:
            await resend(town, code)
        assert refused.value.reason is NotAllowedReason.NO_OPEN_BILL
    with pytest.raises(Forbidden):
        await resend(town, paid, Role.AUDITOR)
