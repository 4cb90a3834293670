"""Side paths of a machinery request: refused, asked about, cancelled, waived, never paid, paid twice …"""

import asyncio

import pytest

from domain.values.calendar import to_tehran
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office import OPENING_YEAR, Office
from tests.e2e.support.people import Desk, Phone, rials
from tests.support.settlement_files import jalali_day, write_bills

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SIDE_PATH = on_database("postgresql")


@SIDE_PATH
async def test_rejected(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.does("reject", reason="ماشین در تعمیر است")
    assert (await story.hears("reject"))["reason"] == "ماشین در تعمیر است"
    await story.stands("rejected")
    assert "not_allowed_now" in await story.may_not("accept")
    await reza.has_read_everything()


@SIDE_PATH
async def test_a_question_is_answered_by_text(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.does("ask", question="پلاک ساختمان چند است؟")
    assert (await story.hears("ask"))["question"] == "پلاک ساختمان چند است؟"
    await story.says(f"پاسخ {story.code} پلاک ۱۲، روبروی مسجد", "notices.answer")
    await story.stands("submitted")
    await story.is_accepted()
    await reza.has_read_everything()


@SIDE_PATH
async def test_the_only_open_question_needs_no_code(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.does("ask", question="پلاک؟")
    await story.hears("ask")
    await story.says("پاسخ پلاک ۱۲", "notices.answer")
    await story.stands("submitted")


@SIDE_PATH
async def test_no_answer_by_the_deadline(office: Office, reza: Phone, sara: Phone, desk: Desk) -> None:
    first, later = Story(reza, desk), Story(sara, desk)
    for story in (first, later):
        await story.reaches("submitted", day="شنبه")
        await story.does("ask", question="پلاک؟")
        await story.hears("ask")
        office.advance(hours=2)
    office.advance(days=6, hours=20, minutes=1)
    await first.hears("no_answer")
    await first.stands("rejected")
    await later.stands("needs_info")  # its two hours are not over
    office.advance(hours=2)
    await later.hears("no_answer")
    await later.says(f"پاسخ {later.code} پلاک ۱۲", "errors.not_allowed_now")


@SIDE_PATH
@pytest.mark.parametrize("state", ["submitted", "needs_info", "accepted", "awaiting_payment"])
async def test_cancelled_by_text_before_payment(reza: Phone, desk: Desk, state: str) -> None:
    story = Story(reza, desk)
    await story.reaches("submitted" if state == "needs_info" else state)
    if state == "needs_info":
        await story.does("ask", question="پلاک؟")
        await story.hears("ask")
    await story.says(f"لغو {story.code}", "notices.cancel")
    await story.stands("cancelled", *(["void"] if state == "awaiting_payment" else []))
    await story.says(f"لغو {story.code}", "errors.already_done")
    await reza.has_read_everything()


@SIDE_PATH
@pytest.mark.parametrize("state", ["paid", "scheduled"])
async def test_cancelled_by_text_after_payment(reza: Phone, desk: Desk, state: str) -> None:
    story = await Story(reza, desk).reaches(state)
    await story.says(f"لغو {story.code}", "sms.offer.cancel")
    told = await story.says("۱", "notices.cancel_refund")
    assert told["refund"] == story.bill["amount"]
    await story.stands("cancelled", "refund_due")


@SIDE_PATH
async def test_not_cancelled_once_handed_over(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("handed_over")
    await story.says(f"لغو {story.code}", "errors.not_allowed_now")
    await story.stands("handed_over", "paid")


@SIDE_PATH
async def test_waived(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    assert "forbidden" in await story.may_not("waive", by="civil", reason="مسجد")
    assert "missing_field" in await story.may_not("waive", by="revenue")
    await story.does("waive", by="revenue", reason="کار برای مسجد")
    await story.hears("waive")
    await story.stands("paid", "waived")
    await story.is_scheduled()


@SIDE_PATH
async def test_a_price_is_overridden_with_a_reason(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("accepted")
    assert "override_needs_reason" in await story.may_not("price", by="revenue", amount="2500000")
    await story.does("price", by="revenue", amount="2500000", reason="توافق شورا")
    bill = await story.hears("bill")
    assert rials(bill["amount"]) == "2500000"
    assert await story.bills() == [(2_500_000, "open")]
    note = {event["event"]: event["note"] for event in (await story.shown())["history"]}
    assert note["price"] == "توافق شورا"


@SIDE_PATH
async def test_nobody_acts_beyond_the_role(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    assert "forbidden" in await story.may_not("accept", by="revenue")
    assert "not_allowed_now" in await story.may_not("price", by="revenue")
    assert "not_allowed_now" in await story.may_not("schedule")
    await story.stands("submitted")


@SIDE_PATH
async def test_civil_changes_hours_and_date_when_accepting(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.does("accept", hours="2", start="14:00")
    told = await story.hears("accept_changed")
    assert (told["items"], told["start"]) == ("لودر ۲ ساعت", "۱۴")
    await story.is_billed()
    assert story.bill["amount"] == "۲٬۲۰۰٬۰۰۰"


@SIDE_PATH
async def test_an_unpaid_bill_expires_after_the_settlement_lag(
    office: Office, reza: Phone, sara: Phone, desk: Desk
) -> None:
    office.wake_at(11, 0, days=1)
    marker = await Story(sara, desk).reaches("submitted")
    await marker.does("ask", question="پلاک؟")  # closed in seven days at eleven, hours before the bill gives up
    await marker.hears("ask")
    office.wake_at(10, 0, days=2)
    story = await Story(reza, desk).reaches("awaiting_payment", machine="غلتک", day="۱۵ روز دیگر")
    office.wake_at(12, 0, days=3)  # the reminder of the last day
    await reza.hears("notices.pay_soon")
    last_day = office.now.date()
    office.wake_at(11, 30, days=2)
    await marker.hears("no_answer")
    await story.stands("awaiting_payment", "open")  # past the deadline, within the lag
    office.wake_after_settlement(since=last_day)
    await story.hears("expire")
    await story.stands("expired", "expired")
    await late_money_goes_back(story)
    another = await Story(sara, desk).reaches("submitted", machine="غلتک", day="۸ روز دیگر")
    await another.is_accepted()  # the roller, of which there is one, is free again


async def late_money_goes_back(story: Story) -> None:
    """A slip over an expired bill is kept as surplus and due back; the request stays expired."""
    paid = await story.desk.takes_payment(story.bill)
    assert paid["outcome"] == "surplus"
    await story.stands("expired", "refund_due")


@SIDE_PATH
async def test_the_machine_of_an_unpaid_request_is_held(reza: Phone, sara: Phone, desk: Desk) -> None:
    await Story(reza, desk).reaches("accepted", machine="گریدر")
    story = await Story(sara, desk).reaches("submitted", machine="گریدر")
    assert "conflict" in await story.may_not("accept")
    await story.stands("submitted")
    await story.does("accept", start="15:00")
    assert (await story.hears("accept_changed"))["start"] == "۱۵"


async def test_paid_twice(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    first = await desk.takes_payment(story.bill, reference="RRN-1")
    again = await desk.takes_payment(story.bill, reference="RRN-1")
    assert (first["outcome"], again) == ("settled", first)
    second = await desk.takes_payment(story.bill, reference="RRN-2")
    assert second["outcome"] == "surplus"
    await story.hears("pay")
    await reza.hears("sms.paid_twice")
    await story.stands("paid", "paid")
    events = [event["event"] for event in (await story.shown())["history"]]
    assert events[-2:] == ["pay", "surplus_payment"]
    await reza.has_read_everything()


@pytest.mark.parametrize("wrong_by", [-1000, 5000])
async def test_a_banks_corrected_row_pays_and_the_wrong_one_is_no_money(
    office: Office, reza: Phone, desk: Desk, wrong_by: int
) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    [(amount, _)] = await story.bills()
    for outcome, rials_in_row in (("wrong_amount", amount + wrong_by), ("settles", amount)):
        file, now = office.home / f"{story.code}-{outcome}.csv", office.clock.now()
        ids, hour = f"{story.bill['bill_id']},{story.bill['payment_id']}", to_tehran(now).strftime("%H:%M:%S")
        row = f"{ids},{rials_in_row},{story.code},{jalali_day(now)},{hour},خودپرداز\n"
        file.write_bytes(write_bills(row))
        bring = ("payment", "reconcile", str(file), "--layout", "bills_csv", "--as", "revenue", "--apply", "--json")
        assert set((await office.run(*bring)).json["outcomes"]) == {outcome}
    await reza.hears("notices.pay")
    await story.stands("paid", "paid")
    assert (await office.run("ledger", "check")).code == 0


@SIDE_PATH
async def test_a_wrong_amount_changes_nothing(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    refused = await office.run(*desk.payment(story.bill, amount="4000000"))
    assert refused.code != 0
    assert "amount_mismatch" in refused.err
    mistyped = {
        **story.bill,
        "payment_id": story.bill["payment_id"][:-1] + str((int(story.bill["payment_id"][-1]) + 1) % 10),
    }
    refused = await office.run(*desk.payment(mistyped))
    assert "invalid_field" in refused.err
    await story.stands("awaiting_payment", "open")
    await story.is_paid()


@SIDE_PATH
async def test_fewer_hours_are_refunded(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("handed_over")
    await story.does("complete", hours="3")
    assert (await story.hears("complete_refund"))["refund"] == "۱٬۱۰۰٬۰۰۰"
    await story.stands("completed", "refund_due")


@SIDE_PATH
async def test_more_hours_are_billed_again(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("handed_over")
    await story.does("complete", hours="6")
    supplement = await story.hears("supplement")
    assert supplement["amount"] == "۲٬۲۰۰٬۰۰۰"
    await story.stands("awaiting_supplement", "paid", "open")
    await desk.takes_payment(supplement)
    await story.hears("complete+receipt")
    await story.stands("completed", "paid", "paid")
    await story.says("۵", "sms.rated")


@SIDE_PATH
async def test_a_supplement_is_waived(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("handed_over")
    await story.does("complete", hours="5")
    await story.hears("supplement")
    await story.does("waive_supplement", by="revenue", reason="خرابی ماشین")
    await story.hears("complete")
    await story.stands("completed", "paid", "waived")


@SIDE_PATH
async def test_rescheduled(reza: Phone, operator: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("paid")
    await story.does("schedule", operator="OP-07")
    first = await story.hears("schedule")
    await operator.hears_about(story.code, "notices.operator_booked")
    await story.does("reschedule", start=f"{OPENING_YEAR}/12/20 14:30", operator="OP-07")
    second = await story.hears("reschedule")
    assert second["operator"] == first["operator"]
    assert second["booked_start"].endswith("ساعت ۱۴:۳۰")
    assert "۲۰ اسفند" in second["booked_start"]
    booked = await operator.hears_about(story.code, "notices.operator_booked")
    assert booked["booked_start"] == second["booked_start"]
    await story.stands("scheduled", "paid")


async def test_the_last_machine_goes_to_one(office: Office, reza: Phone, sara: Phone, desk: Desk) -> None:
    """Two clerks book the only crane for the same hours at the same moment, from two processes."""
    stories = [Story(reza, desk), Story(sara, desk)]
    for story, hour in zip(stories, ("۸", "۱۴"), strict=True):
        await story.reaches("paid", machine="جرثقیل", hour=hour)
    same = {"start": f"{OPENING_YEAR}/12/22 09:00", "end": f"{OPENING_YEAR}/12/22 12:00"}
    commands = [desk.command("schedule", story.code, "civil", same) for story in stories]
    ends = await asyncio.gather(*(office.run(*command) for command in commands))
    assert sorted(end.code == 0 for end in ends) == [False, True]
    loser = next(end for end in ends if end.code != 0)
    assert "conflict" in loser.err
    assert sorted([await story.state() for story in stories]) == ["paid", "scheduled"]
