"""Machinery work from the order to its end: every transition and side path of services.md's table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.bills.bill import BillKind, BillState, RefundState
from domain.fleet.resources import Resource, ResourceKind
from domain.messages.records import MessageClass
from domain.requests.request import Phase, TimerKind
from domain.values.actors import Role
from domain.values.errors import Conflict, InvalidField, MissingField, NotAllowedNow, NotFound, PaymentUnknown
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, OFFICE, RATE, Municipality, clerk

EIGHT_TOMORROW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
NEXT_WEEK = "ماشین لودر ۴ ساعت ۱۰ آذر ساعت ۸ خیابان امام جنب پارک"
END_OF_FRIDAY = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
"""Midnight in Tehran, three days after the bill."""
LAG = timedelta(days=2)
"""Saturday and Sunday: the banks settle on both."""


async def test_the_straight_path(town: Municipality) -> None:
    code = await town.reach("completed")
    request = await town.request(code)
    assert (request.phase, request.data["hours_done"]) == (Phase.DONE, [4])
    events = [(one.event, one.actor_kind, one.to_state) for one in await town.history(code)]
    assert events == [
        ("submit", "citizen", "submitted"),
        ("accept", "staff", "accepted"),
        ("price", "staff", "priced"),
        ("bill", "system", "awaiting_payment"),
        ("pay", "staff", "paid"),
        ("schedule", "staff", "scheduled"),
        ("hand_over", "staff", "handed_over"),
        ("complete", "staff", "completed"),
    ]
    assert await town.keys() == ["submit", "accept", "bill", "pay", "schedule", "hand_over", "complete"]
    assert await town.refunds(code) == []
    assert await town.bookings(code) == []


async def test_accepting_holds_a_machine_for_the_hours(town: Municipality) -> None:
    code = await town.reach("accepted", "ماشین ۲ لودر ۳ ساعت فردا ساعت ۸ کوچه بهار")
    held = await town.bookings(code)
    assert [machine.code for _, machine in held] == ["LD-1", "LD-2"]
    assert {(one.start, one.end, one.hold) for one, _ in held} == {
        (EIGHT_TOMORROW, EIGHT_TOMORROW + timedelta(hours=3), True)
    }


async def test_civil_may_change_hours_date_and_hour(town: Municipality) -> None:
    code = await town.order()
    request = await town.do(code, "accept", Role.CIVIL, hours="۲٫۵", date="۱۴۰۵/۹/۷", start="۱۰:۳۰")
    assert request.fields["items"] == [{"machine": "loader", "count": 1, "hours": 2.5}]
    assert (request.fields["date"], request.fields["start"]) == ("2026-11-28", "10:30")
    ((booking, _),) = await town.bookings(code)
    assert booking.start == datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
    assert booking.end - booking.start == timedelta(hours=2.5)
    event = (await town.history(code))[-1]
    assert event.payload is not None
    assert event.payload["date_before"] == "2026-11-25"
    assert event.payload["items_before"] == [{"machine": "loader", "count": 1, "hours": 4}]
    assert "۲٫۵" in (await town.sent())[-1].text
    await town.do(code, "price", Role.REVENUE)
    assert (await town.bills(code))[0].amount == RATE * 25 // 10 * 110 // 100


async def test_hours_are_one_for_all_items_or_one_each(town: Municipality) -> None:
    two = "ماشین لودر ۴ ساعت و گریدر ۳ ساعت فردا ساعت ۸ کوچه بهار"
    code, other = await town.order(two), await town.order(two, NEIGHBOUR)
    assert [item["hours"] for item in (await town.do(code, "accept", Role.CIVIL, hours="5")).fields["items"]] == [5, 5]
    await town.do(code, "cancel", Role.CIVIL)
    with pytest.raises(InvalidField, match="hours:one_an_item"):
        await town.do(other, "accept", Role.CIVIL, hours="1,2,3")
    accepted = await town.do(other, "accept", Role.CIVIL, hours="2، 1.5")
    assert [item["hours"] for item in accepted.fields["items"]] == [2, 1.5]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"hours": "25"}, "hours:range"),
        ({"hours": "4.2"}, "hours"),
        ({"date": "1405/9/2"}, "date:past"),
        ({"date": "1405/13/2"}, "date"),
        ({"start": "صبح"}, "start:part_of_day"),
        ({"start": "25"}, "start"),
        ({"place": "جای دیگر"}, "place:unknown_field"),
    ],
)
async def test_wrong_inputs_change_nothing(town: Municipality, inputs: dict[str, str], told: str) -> None:
    code = await town.order()
    with pytest.raises(InvalidField, match=f"invalid_field:{told}"):
        await town.do(code, "accept", Role.CIVIL, **inputs)
    assert (await town.request(code)).state == "submitted"
    assert len(await town.history(code)) == 1


async def test_no_free_machine_refuses_the_date(town: Municipality) -> None:
    await town.reach("accepted", "ماشین ۲ لودر ۳ ساعت فردا ساعت ۸ کوچه بهار", NEIGHBOUR)
    code = await town.order()
    with pytest.raises(Conflict, match="machine:no_free_machine"):
        await town.do(code, "accept", Role.CIVIL)
    assert (await town.request(code)).state == "submitted"
    await town.do(code, "accept", Role.CIVIL, start="11")
    with pytest.raises(Conflict):
        await town.do(await town.order("ماشین کمپرسی ۱ ساعت فردا ساعت ۸ کوچه"), "accept", Role.CIVIL)


async def test_rejected_with_a_reason(town: Municipality) -> None:
    code = await town.order()
    with pytest.raises(MissingField, match="missing_field:reason"):
        await town.do(code, "reject", Role.CIVIL)
    request = await town.do(code, "reject", Role.CIVIL, reason="خارج از محدوده شهر")
    assert (request.phase, request.data["reason"]) == (Phase.DECLINED, "خارج از محدوده شهر")
    assert (await town.history(code))[-1].note == "خارج از محدوده شهر"
    assert "خارج از محدوده شهر" in (await town.sent())[-1].text


async def test_a_question_is_asked_and_answered(town: Municipality) -> None:
    code = await town.order()
    request = await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    assert (request.state, request.phase) == ("needs_info", Phase.NEEDS_CITIZEN)
    assert "کدام پارک؟" in (await town.sent())[-1].text
    assert "کدام پارک؟" in (await town.say(CITIZEN, code)).text
    answered = await town.say(CITIZEN, "پاسخ پارک شهر")
    assert answered.key == "services.machinery.notices.answer"
    request = await town.request(code)
    assert request.state == "submitted"
    assert request.data["answers"] == [{"question": "کدام پارک؟", "answer": "پارک شهر"}]
    assert "question" not in request.data
    await town.do(code, "ask", Role.CIVIL, question="چند متر؟")
    await town.do(code, "answer", Role.CIVIL, text="ده متر")
    assert len((await town.request(code)).data["answers"]) == 2
    await town.do(code, "accept", Role.CIVIL)


async def test_an_unanswered_question_closes_the_request(town: Municipality) -> None:
    code = await town.reach("submitted")
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    town.advance(days=7, seconds=-1)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "needs_info"
    town.advance(seconds=1)
    assert await town.run_timers(TimerKind.DEADLINE) == 1
    assert (await town.request(code)).phase is Phase.DECLINED
    assert (await town.keys())[-1] == "no_answer"
    assert (await town.history(code))[-1].actor_kind == "system"


async def test_a_question_may_be_followed_by_a_rejection(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    assert (await town.do(code, "reject", Role.CIVIL, reason="تکراری")).state == "rejected"
    assert await town.timers(code) == {}


async def test_the_price_follows_the_tariff_of_the_day(town: Municipality) -> None:
    code = await town.reach("accepted", NEXT_WEEK)
    request = await town.do(code, "price", Role.REVENUE)
    quote = request.data["quote"]
    assert (quote["subtotal"], quote["vat"], quote["total"]) == (RATE * 4, RATE * 4 // 10, FOUR_HOURS)
    (bill,) = await town.bills(code)
    assert (bill.amount, bill.state, bill.kind) == (FOUR_HOURS, BillState.OPEN, BillKind.MAIN)
    assert (bill.deadline, bill.explanation) == (END_OF_FRIDAY, quote)
    told = (await town.sent())[-1]
    assert told.key.endswith("notices.bill")
    assert all(part in told.text for part in (bill.bill_id, bill.payment_id, "۳۵٬۲۰۰٬۰۰۰", "تا جمعه ۶ آذر با"))


async def test_a_later_tariff_touches_no_priced_request(town: Municipality) -> None:
    code = await town.reach("scheduled")
    town.advance(days=1)
    await town.price("loader", RATE * 2)
    assert (await town.request(code)).data["quote"]["total"] == FOUR_HOURS
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL, hours="5")
    assert (await town.bills(code))[-1].amount == FOUR_HOURS // 4


async def test_without_a_tariff_nothing_is_priced(town: Municipality) -> None:
    await town.put(Resource(town.new_id(), "CR-1", ResourceKind.MACHINE, "crane", "جرثقیل"))
    code = await town.reach("accepted", "ماشین جرثقیل ۲ ساعت فردا ساعت ۸ کوچه بهار")
    with pytest.raises(NotFound, match="tariff"):
        await town.do(code, "price", Role.REVENUE)
    assert (await town.request(code)).state == "accepted"


async def test_an_override_needs_a_reason(town: Municipality) -> None:
    code = await town.reach("accepted")
    with pytest.raises(MissingField, match="reason:override_needs_reason"):
        await town.do(code, "price", Role.REVENUE, amount="20,000,000")
    request = await town.do(code, "price", Role.REVENUE, amount="۲۰٬۰۰۰٬۰۰۰", reason="خانواده شهید")
    assert (request.data["quote"]["computed"], request.data["quote"]["total"]) == (FOUR_HOURS, 20_000_000)
    assert (await town.bills(code))[0].amount == 20_000_000


@pytest.mark.parametrize(
    ("amount", "told"),
    [("1234567", "not_thousands"), ("100000000000", "too_high"), ("-1000", "range"), ("زیاد", "amount")],
)
async def test_an_override_that_no_bill_can_carry(town: Municipality, amount: str, told: str) -> None:
    code = await town.reach("accepted")
    with pytest.raises(InvalidField, match=told):
        await town.do(code, "price", Role.REVENUE, amount=amount, reason="دستور")
    assert (await town.request(code)).state == "accepted"
    assert await town.bills(code) == []


async def test_a_zero_amount_makes_no_bill(town: Municipality) -> None:
    code = await town.reach("accepted")
    request = await town.do(code, "price", Role.REVENUE, amount="0", reason="کار عام‌المنفعه")
    assert (request.state, await town.bills(code)) == ("paid", [])
    assert (await town.keys())[-1] == "free"
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    assert (await town.do(code, "complete", Role.CIVIL, hours="9")).state == "completed"


async def test_a_waived_bill_is_paid_for(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    request = await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    (bill,) = await town.bills(code)
    assert (request.state, bill.state, bill.note) == ("paid", BillState.WAIVED, "کمک به مدرسه")
    assert (await town.keys())[-1] == "waive"
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    assert (await town.do(code, "complete", Role.CIVIL, hours="1")).state == "completed"
    assert await town.refunds(code) == []


async def test_a_bill_is_due_before_the_day_of_the_work(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    assert bill.deadline == END_OF_FRIDAY - timedelta(days=3), "the work is tomorrow"
    assert "تا سه‌شنبه ۳ آذر با" in (await town.sent())[-1].text
    today = await town.reach("awaiting_payment", "ماشین لودر ۴ ساعت امروز ساعت ۱۶ خیابان ساحل", NEIGHBOUR)
    assert (await town.bills(today))[-1].deadline == END_OF_FRIDAY, "what cannot be kept is not asked"


async def test_an_unpaid_request_expires_after_deadline_and_lag(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", NEXT_WEEK)
    town.clock.at = END_OF_FRIDAY + LAG - timedelta(seconds=1)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "awaiting_payment"
    town.advance(seconds=1)
    await town.run_timers(TimerKind.DEADLINE)
    request, (bill,) = await town.request(code), await town.bills(code)
    assert (request.state, request.phase, bill.state) == ("expired", Phase.CANCELLED, BillState.EXPIRED)
    assert await town.bookings(code) == []
    assert (await town.keys())[-1] == "expire"


async def test_nothing_expires_while_a_payment_is_unresolved(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    town.clock.at = END_OF_FRIDAY + LAG
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "awaiting_payment"
    for action, role in (("cancel", Role.CIVIL), ("waive", Role.REVENUE)):
        with pytest.raises(PaymentUnknown):
            await town.do(code, action, role, reason="دلیل")
    await town.set_bill(code, BillState.OPEN)
    town.advance(minutes=30)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "expired"


@pytest.mark.parametrize("state", ["submitted", "needs_info", "accepted", "awaiting_payment"])
@pytest.mark.parametrize("role", [Role.CITIZEN, Role.CIVIL])
async def test_cancelled_before_payment(town: Municipality, state: str, role: Role) -> None:
    code = await town.reach("submitted" if state == "needs_info" else state)
    if state == "needs_info":
        await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    request = await town.do(code, "cancel", role)
    assert (request.state, request.phase) == ("cancelled", Phase.CANCELLED)
    assert (await town.bookings(code), await town.timers(code), await town.refunds(code)) == ([], {}, [])
    assert {bill.state for bill in await town.bills(code)} <= {BillState.VOID}
    assert (await town.keys())[-1:] == (["cancel"] if role is Role.CIVIL else (await town.keys())[-1:])


@pytest.mark.parametrize("state", ["paid", "scheduled"])
async def test_cancelled_after_payment_the_money_is_due_back(town: Municipality, state: str) -> None:
    code = await town.reach(state)
    await town.do(code, "cancel", Role.CIVIL, reason="خرابی ماشین")
    (bill,), (refund,) = await town.bills(code), await town.refunds(code)
    assert (bill.state, refund.amount, refund.reason) == (BillState.REFUND_DUE, FOUR_HOURS, "cancelled")
    assert refund.state is RefundState.DUE
    assert await town.bookings(code) == []
    told = (await town.sent())[-1]
    assert told.key.endswith("cancel_refund")
    assert "۳۵٬۲۰۰٬۰۰۰" in told.text


@pytest.mark.parametrize("how", ["free", "waived"])
async def test_cancelled_when_nothing_was_paid_nothing_is_due(town: Municipality, how: str) -> None:
    code = await town.reach("accepted")
    if how == "free":
        await town.do(code, "price", Role.REVENUE, amount="0", reason="کار عام‌المنفعه")
    else:
        await town.do(code, "price", Role.REVENUE)
        await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    assert (await town.do(code, "cancel", Role.CIVIL)).state == "cancelled"
    assert await town.refunds(code) == []
    assert (await town.keys())[-1] == "cancel"


async def test_the_citizen_cancels_by_text_and_is_answered_once(town: Municipality) -> None:
    code = await town.reach("paid")
    assert (await town.say(CITIZEN, f"لغو {code}")).key == "sms.offer.cancel"
    heard = await town.say(CITIZEN, "۱")
    assert heard.key.endswith("notices.cancel_refund")
    assert (await town.keys()).count("cancel_refund") == 1
    assert heard.reply is not None
    assert heard.reply.cls is MessageClass.REPLY


@pytest.mark.parametrize("state", ["handed_over", "completed"])
async def test_too_late_to_cancel(town: Municipality, state: str) -> None:
    code = await town.reach(state)
    with pytest.raises(NotAllowedNow):
        await town.do(code, "cancel", Role.CIVIL)


async def test_a_walk_in_request_is_told_to_the_citizen(town: Municipality) -> None:
    request = await town.submit(NEIGHBOUR)
    assert await town.keys(NEIGHBOUR) == ["submit"]
    assert (await town.history(request.code))[0].actor == "staff:civil"
    nobody = await town.submit(None)
    await town.do(nobody.code, "accept", Role.CIVIL)
    assert len(await town.sent(NEIGHBOUR)) == 1


async def test_the_municipality_says_how_many_machines_and_how_long(town: Municipality) -> None:
    desk = town.desk
    limits = {"max_machines": 2, "max_hours_per_machine": 6}
    desk.apply_settings(1, replace(desk.policy, service_values=limits), desk.calendar, {})
    for items, detail in (([3, 4], "too_many_machines"), ([1, 6.5], "range")):
        count, hours = items
        with pytest.raises(InvalidField, match=f"items:{detail}"):
            await town.submit(items=[{"machine": "loader", "count": count, "hours": hours}])
    heard = await town.say(CITIZEN, "ماشین ۳ لودر ۴ ساعت فردا ساعت ۸ کوچه بهار")
    assert heard.reply is not None
    assert "حداکثر ۲ ماشین" in heard.reply.text
    assert (await town.submit(items=[{"machine": "loader", "count": 2, "hours": 6}])).state == "submitted"


async def test_work_is_wanted_in_the_future(town: Municipality) -> None:
    with pytest.raises(InvalidField, match="start:past"):
        await town.submit(date="2026-11-24", start="09:59")
    assert (await town.submit(date="2026-11-24", start="10:30")).state == "submitted"


async def test_work_is_booked_within_a_year(town: Municipality) -> None:
    code = await town.reach("paid")
    with pytest.raises(InvalidField, match="start:work_too_far"):
        await town.do(code, "schedule", Role.CIVIL, start="1495/09/10 08:00")
    assert (await town.request(code)).state == "paid"


async def test_work_is_wanted_within_a_year(town: Municipality) -> None:
    with pytest.raises(InvalidField, match="date:work_too_far"):
        await town.submit(date="1415/09/10")
    assert (await town.submit(date="1406/09/03")).state == "submitted"
    code = await town.order()
    with pytest.raises(InvalidField, match="date:work_too_far"):
        await town.do(code, "accept", Role.CIVIL, date="1415/09/10")


async def test_a_mistyped_year_is_asked_again(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "ماشین لودر ۴ ساعت ۱۴۱۵/۹/۱۰ ساعت ۸ کوچه بهار")
    assert heard.reply is not None
    assert heard.reply.text.startswith("برای بیش از یک سال دیگر ثبت نمی\u200cشود؛ سال را درست بنویسید.\nبرای چه روزی؟")
    assert (await town.say(CITIZEN, "شنبه")).key == "services.machinery.summary"


async def test_a_clerk_acts_for_the_citizen_who_is_told(town: Municipality) -> None:
    request = await town.submit(NEIGHBOUR, by=clerk())
    assert request.office == OFFICE
    await town.do(request.code, "cancel", clerk())
    assert await town.keys(NEIGHBOUR) == ["submit", "cancel"]
    assert {event.actor_kind for event in await town.history(request.code)} == {"clerk"}
