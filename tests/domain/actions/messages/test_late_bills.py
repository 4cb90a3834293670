"""A bill that would arrive behind its own deadline is not sent: its payer is told, and the revenue unit, once."""

from datetime import datetime, timedelta

import pytest

from domain.actions.bills.resending import resend_bill
from domain.actions.context import ActorContext
from domain.blocks.charging import LEAST_TIME_TO_PAY
from domain.messages.records import MessageState, OutboxMessage
from domain.values.actors import Role
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import parse_code
from tests.domain.actions.messages.test_unit_notices import REVENUE_OFFICER, engage
from tests.support.municipality import CITIZEN, Municipality, actor


async def find_deadline(town: Municipality, code: str) -> datetime:
    """The deadline of the bill of a request."""
    (bill,) = await town.bills(code)
    assert bill.deadline is not None
    return bill.deadline


async def texts_of(town: Municipality, key: str) -> list[OutboxMessage]:
    """The texts of one key, waiting or sent."""
    async with town.store.open_unit(write=False) as uow:
        return [message for message in await uow.outbox.list_recent(limit=200) if message.key == key]


@pytest.mark.parametrize("before", [timedelta(), LEAST_TIME_TO_PAY - timedelta(minutes=1)])
async def test_a_bill_that_waited_until_its_deadline_is_replaced_by_what_is_true(
    town: Municipality, before: timedelta
) -> None:
    await engage(town, "rahimi", Role.REVENUE, REVENUE_OFFICER)
    code = await town.reach("awaiting_payment")
    town.clock.at = await find_deadline(town, code) - before
    expired = [message.key for message in await town.expire_texts()]
    assert "services.machinery.notices.bill" in expired
    (told,) = await texts_of(town, "sms.late_bill")
    assert (told.recipient, "شناسه" in told.text, "/pay/" in told.text) == (CITIZEN, False, False)
    assert (await texts_of(town, "staff.late_bill"))[0].text.startswith("قبض ")
    assert [event.event for event in await town.history(code)].count("late_bill") == 1
    async with town.store.open_unit(write=False) as uow:
        waiting = await uow.outbox.list_recent(recipient=CITIZEN, limit=50)
    assert [
        message.key for message in waiting if message.state is MessageState.QUEUED and "شناسه" in message.text
    ] == []


async def test_what_stands_in_the_place_of_a_late_bill_is_not_replaced_again(town: Municipality) -> None:
    await engage(town, "rahimi", Role.REVENUE, REVENUE_OFFICER)
    code = await town.reach("awaiting_payment")
    town.clock.at = await find_deadline(town, code)
    await town.expire_texts()
    town.advance(days=3)
    await town.expire_texts()
    assert len(await texts_of(town, "sms.late_bill")) == 1
    assert len(await texts_of(town, "staff.late_bill")) == 1


async def test_the_staff_are_told_that_a_late_bill_is_not_sent_again(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    town.clock.at = await find_deadline(town, code) - LEAST_TIME_TO_PAY
    async with town.store.open_unit() as uow:
        with pytest.raises(NotAllowedNow) as refused:
            await resend_bill(ActorContext(town.desk, uow, actor(Role.REVENUE)), parse_code(code))
    assert refused.value.reason is NotAllowedReason.LATE_BILL


async def test_a_bill_in_time_is_sent_as_it_is(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (notice,) = await texts_of(town, "services.machinery.notices.bill")
    assert notice.expires_at is not None
    assert notice.expires_at <= await find_deadline(town, code) - LEAST_TIME_TO_PAY
    assert await texts_of(town, "sms.late_bill") == []


@pytest.mark.parametrize("text", ["قبض", "{code}", "قبض {code}"])
async def test_who_asks_for_a_bill_whose_deadline_is_over_is_told_so(town: Municipality, text: str) -> None:
    code = await town.reach("awaiting_payment")
    town.clock.at = await find_deadline(town, code)
    heard = await town.say(CITIZEN, text.format(code=code))
    assert (heard.key, "شناسه" in heard.text, "/pay/" in heard.text) == ("sms.bill_over", False, False)
