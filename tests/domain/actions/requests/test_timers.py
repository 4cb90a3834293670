"""Steps that time alone takes: reminders, deadlines, SLA alerts, quiet hours, and texts that became too old."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from domain.actions.context import ActionContext
from domain.actions.messages import notify
from domain.actions.requests.timers import RETRY_DELAY
from domain.bills.bill import BillState
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.requests.request import TimerKind
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.tracking_codes import display_code
from tests.support.municipality import (
    CITIZEN,
    CIVIL_OFFICER,
    DRIVER,
    NEIGHBOUR,
    ORDER,
    Municipality,
    StandingClock,
    build_desk,
    municipality,
)


def at(clock: str, day: int = 24) -> datetime:
    """Return a moment of November 2026 by Tehran's clock; the 24th is a Tuesday, the 27th a Friday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=3, minutes=30)


NEXT_WEEK = "ماشین لودر ۴ ساعت ۱۰ آذر ساعت ۸ خیابان امام جنب پارک"
END_OF_PAYMENT = at("00:00", 28)
NIGHT, MORNING = at("22:00"), at("08:00", 25)


async def test_the_timers_of_each_state(town: Municipality) -> None:
    code = await town.order(NEXT_WEEK)
    assert await town.timers(code) == {(TimerKind.SLA, "submitted"): at("10:00", 25)}
    await town.do(code, "ask", Role.CIVIL, question="؟")
    assert await town.timers(code) == {(TimerKind.DEADLINE, "no_answer"): town.clock.at + timedelta(days=7)}
    await town.do(code, "answer", Role.CIVIL, text="ج")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    assert await town.timers(code) == {
        (TimerKind.DEADLINE, "expire"): END_OF_PAYMENT + timedelta(days=2),
        (TimerKind.REMINDER, "pay_soon"): END_OF_PAYMENT - timedelta(hours=12),
    }
    await town.pay(code)
    assert set(await town.timers(code)) == {(TimerKind.SLA, "paid")}


# Reminders


async def test_the_reminder_of_the_work_goes_in_the_last_open_window_before_it(town: Municipality) -> None:
    code = await town.reach("scheduled")
    assert await town.timers(code) == {(TimerKind.REMINDER, "work_soon"): at("20:59")}
    town.clock.at = at("20:58")
    assert await town.run_timers() == 0
    town.clock.at = at("20:59")
    assert await town.run_timers() == 1
    reminder = (await town.sent())[-1]
    assert (reminder.key, reminder.cls) == ("services.machinery.notices.work_soon", MessageClass.REMINDER)
    assert (reminder.not_before, reminder.expires_at) == (town.clock.at, MORNING)
    assert await town.timers(code) == {}
    assert await town.run_timers() == 0


async def test_a_reminder_that_could_only_go_after_its_event_stays_unsaid(town: Municipality) -> None:
    await town.reach("scheduled")
    town.clock.at = at("21:00")  # the scheduler came late, and quiet hours last until the work begins
    assert await town.run_timers() == 1
    assert (await town.keys())[-1] == "schedule"


async def test_a_reminder_that_comes_late_but_before_its_event_still_goes(town: Municipality) -> None:
    await town.reach("scheduled", "ماشین لودر ۴ ساعت فردا ساعت ۱۰ کوچه بهار")
    town.clock.at = at("07:00", 25)
    await town.run_timers(TimerKind.REMINDER)
    reminder = (await town.sent())[-1]
    assert (reminder.key.rpartition(".")[2], reminder.not_before) == ("work_soon", MORNING)
    assert reminder.expires_at == at("10:00", 25)


async def test_no_reminder_is_planned_where_there_is_no_time_left(town: Municipality) -> None:
    code = await town.reach("scheduled", "ماشین لودر ۲ ساعت امروز ساعت ۱۲ کوچه بهار")
    assert await town.timers(code) == {}


async def test_a_rescheduled_work_is_reminded_at_its_new_time_only(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await town.do(code, "reschedule", Role.CIVIL, start="2026-11-28T15:00")
    assert await town.timers(code) == {(TimerKind.REMINDER, "work_soon"): at("20:59", 27)}
    await town.do(code, "cancel", Role.CIVIL)
    town.clock.at = at("20:59", 27)
    assert await town.run_timers() == 0


async def test_the_reminder_of_a_bill_names_what_is_to_be_paid(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", NEXT_WEEK)
    town.clock.at = at("12:00", 27)
    await town.run_timers()
    (bill,) = await town.bills(code)
    reminder = (await town.sent())[-1]
    assert reminder.key.endswith("pay_soon")
    assert all(part in reminder.text for part in (bill.bill_id, bill.payment_id, "جمعه ۶ آذر", "۳۵٬۲۰۰٬۰۰۰"))


async def test_nobody_is_told_to_pay_while_a_payment_is_under_way(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", NEXT_WEEK)
    await town.set_bill(code, BillState.PAYING)
    town.clock.at = at("12:00", 27)
    await town.run_timers(TimerKind.REMINDER)
    assert "pay_soon" not in await town.keys()
    await town.set_bill(code, BillState.OPEN)
    town.advance(minutes=30)
    await town.run_timers(TimerKind.REMINDER)
    assert (await town.keys())[-1] == "pay_soon"


@pytest.mark.parametrize(("minutes_left", "is_reminded"), [(180, True), (121, True), (120, False), (75, False)])
async def test_nobody_is_told_to_pay_when_too_little_time_is_left(
    town: Municipality, minutes_left: int, is_reminded: bool
) -> None:
    calendar = town.desk.calendar
    calendar.work_hours = replace(calendar.work_hours, quiet=(time(23), time(8)))
    await town.reach("awaiting_payment", NEXT_WEEK)
    town.clock.at = END_OF_PAYMENT - timedelta(minutes=minutes_left)
    await town.run_timers(TimerKind.REMINDER)
    reminders = [message for message in await town.sent() if message.key.endswith("pay_soon")]
    assert [message.expires_at for message in reminders] == [END_OF_PAYMENT - timedelta(hours=2)] * is_reminded


async def test_a_paid_bill_is_not_reminded(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.pay(code)
    town.advance(days=3)
    await town.run_timers(TimerKind.REMINDER)
    assert "pay_soon" not in await town.keys()


async def test_opt_out_stops_reminders_but_not_notices(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.say(CITIZEN, "لغو11")
    town.clock.at = at("12:00", 27)
    assert await town.run_timers(TimerKind.REMINDER) == 1
    assert "pay_soon" not in await town.keys()
    await town.pay(code)
    assert (await town.keys())[-1] == "pay"
    await town.do(code, "schedule", Role.CIVIL, start="2026-11-30T15:00")
    assert (await town.keys())[-1] == "schedule"
    await town.say(CITIZEN, "12")
    town.clock.at = at("20:59", 29)
    await town.run_timers(TimerKind.REMINDER)
    assert (await town.keys())[-1] == "work_soon"


# Deadlines


async def test_a_deadline_that_cannot_be_met_yet_is_looked_at_again(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    town.advance(days=6)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.timers(code))[TimerKind.DEADLINE, "expire"] == town.clock.at + RETRY_DELAY
    await town.pay(code)
    town.advance(hours=1)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "paid"


async def test_more_timers_than_one_batch(town: Municipality) -> None:
    for number in range(105):
        request = await town.submit(f"+98912{number:07}")
        await town.do(request.code, "ask", Role.CIVIL, question="؟")
    town.advance(days=8)
    assert await town.run_timers(TimerKind.DEADLINE) == 105


# SLA


async def test_a_broken_sla_alerts_the_unit_once(town: Municipality) -> None:
    code = await town.order()
    town.clock.at = at("10:00", 25) - timedelta(seconds=1)
    assert await town.run_timers(TimerKind.SLA) == 0
    town.advance(seconds=1)
    assert await town.run_timers(TimerKind.SLA) == 1
    (alert,) = await town.sent(CIVIL_OFFICER)
    assert (alert.key, alert.cls) == ("staff.sla_broken", MessageClass.NOTICE)
    assert display_code(code) in alert.text
    request = await town.request(code)
    assert (request.data["sla_broken"], request.state) == (["submitted"], "submitted")
    assert (await town.history(code))[-1].event == "sla_broken"
    assert await town.run_timers(TimerKind.SLA) == 0


async def test_each_state_has_its_own_sla(town: Municipality) -> None:
    code = await town.order()
    town.clock.at = at("10:00", 25)
    await town.run_timers(TimerKind.SLA)
    await town.do(code, "accept", Role.CIVIL, start="14")
    town.advance(days=7)
    await town.run_timers(TimerKind.SLA)
    assert (await town.request(code)).data["sla_broken"] == ["submitted", "accepted"]
    assert len(await town.sent(CIVIL_OFFICER)) == 1  # revenue has it now, and nobody there has a mobile


async def test_the_sla_counts_working_time(database: Path) -> None:
    clock = StandingClock()
    clock.at = at("13:30", 25)  # an hour is left before the week ends; Saturday is declared off
    async with municipality(database, build_desk(clock, days={date(2026, 11, 28): False}), clock) as town:
        await town.furnish()
        assert await town.timers(await town.order()) == {(TimerKind.SLA, "submitted"): at("13:30", 29)}


# Quiet hours and classes


async def test_at_night_notices_wait_while_replies_and_receipts_go(town: Municipality) -> None:
    code, other = await town.reach("awaiting_payment"), await town.order(mobile=NEIGHBOUR)
    town.clock.at = NIGHT
    await town.do(other, "accept", Role.CIVIL, start="14")
    await town.pay(code)
    reply = (await town.say(CITIZEN, "درخواست‌ها")).reply
    notice, receipt = (await town.sent(NEIGHBOUR))[-1], (await town.sent())[-2]
    (unit_notice,) = await town.sent(CIVIL_OFFICER)
    assert reply is not None
    assert [(one.cls, one.not_before) for one in (notice, unit_notice, receipt, reply)] == [
        (MessageClass.NOTICE, MORNING),
        (MessageClass.NOTICE, MORNING),
        (MessageClass.RECEIPT, NIGHT),
        (MessageClass.REPLY, NIGHT),
    ]
    assert {receipt.id, reply.id} == await claimed(town) & {notice.id, unit_notice.id, receipt.id, reply.id}
    town.clock.at = MORNING
    assert await claimed(town) == {notice.id, unit_notice.id}


async def claimed(town: Municipality) -> set[int]:
    """Take what the relay would send now."""
    async with town.store.open_unit() as uow:
        return {
            one.id
            for one in await uow.outbox.claim_due(notify.SMS_CHANNEL, town.clock.at, 100, timedelta(minutes=1), "t")
        }


async def test_when_each_class_may_leave(town: Municipality) -> None:
    town.clock.at = at("22:00", 26)  # Thursday; Friday is a holiday
    wanted = {
        MessageClass.REPLY: town.clock.at,
        MessageClass.SECURITY: town.clock.at,
        MessageClass.RECEIPT: town.clock.at,
        MessageClass.REMINDER: at("08:00", 27),
        MessageClass.NOTICE: at("08:00", 27),
        MessageClass.BULK: at("08:00", 28),
    }
    for cls, moment in wanted.items():
        queued = await queue(town, cls)
        assert queued is not None
        keeps = timedelta(minutes=5) if cls is MessageClass.SECURITY else Policy().notice_keeps
        assert (queued.not_before, queued.expires_at) == (moment, moment + keeps)


async def test_what_opt_out_stops(town: Municipality) -> None:
    await town.say(CITIZEN, "لغو11")
    stopped = [cls for cls in MessageClass if await queue(town, cls) is None]
    assert stopped == [MessageClass.REMINDER, MessageClass.BULK]


async def queue(town: Municipality, cls: MessageClass) -> OutboxMessage | None:
    """Queue some text of a class."""
    async with town.store.open_unit() as uow:
        return await notify.queue_message(
            ActionContext(town.desk, uow), CITIZEN, RenderedMessage("sms.waiting", cls, "متن")
        )


# Too old


async def test_texts_too_old_are_replaced_by_one_fresh_status(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", "ماشین لودر ۴ ساعت هفت روز دیگر ساعت ۸ کوچه بهار")
    town.sql("UPDATE outbox SET state = 'delivered' WHERE cls = 'reply'")
    town.advance(days=2, seconds=1)
    assert [one.key.rpartition(".")[2] for one in await town.expire_texts()] == ["accept", "bill"]
    *old, fresh = await town.sent()
    assert [one.state for one in old[1:]] == [MessageState.EXPIRED] * 2
    assert (fresh.key, fresh.cls) == ("services.machinery.status.awaiting_payment", MessageClass.NOTICE)
    assert (await town.bills(code))[0].payment_id in fresh.text
    town.advance(days=2, seconds=1)
    assert len(await town.expire_texts()) == 1
    assert len(await town.sent()) == 4  # nobody reads that line: no status after a status


async def test_replies_too_old_are_not_replaced(town: Municipality) -> None:
    await town.say(CITIZEN, ORDER)
    town.advance(days=3)
    assert len(await town.expire_texts()) == 1
    assert len(await town.sent()) == 1


async def test_what_unit_and_operators_missed_is_not_told_to_the_citizen(town: Municipality) -> None:
    code = await town.reach("scheduled", "ماشین لودر ۴ ساعت شنبه ساعت ۸ کوچه بهار")
    town.sql("UPDATE outbox SET state = 'delivered' WHERE recipient = ?", CITIZEN)
    before = len(await town.sent())
    town.advance(days=2, seconds=1)
    assert [one.recipient for one in await town.expire_texts()] == [CIVIL_OFFICER, DRIVER]
    assert len(await town.sent()) == before
    assert (await town.request(code)).state == "scheduled"


async def test_an_expired_reminder_is_replaced_by_the_status(town: Municipality) -> None:
    await town.reach("scheduled")
    town.clock.at = at("20:59")
    await town.run_timers()
    town.sql("UPDATE outbox SET state = 'delivered' WHERE key NOT LIKE '%work_soon'")
    town.clock.at = MORNING
    assert [one.key.rpartition(".")[2] for one in await town.expire_texts()] == ["work_soon"]
    assert (await town.sent())[-1].key == "services.machinery.status.scheduled"
