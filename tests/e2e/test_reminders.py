"""Reminders: reminders before their event, notices that wait for the morning, alerts about late work."""

import pytest

from tests.e2e.support.database_choice import on_database
from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), on_database("sqlite")]


async def test_work_is_reminded_of_in_the_evening_before(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("scheduled")  # tomorrow at eight; ten hours before that, people sleep
    office.wake_at(20, 59)
    reminder = await story.hears("work_soon")
    assert reminder["booked_start"].endswith("ساعت ۸")
    [row] = [row for row in await reza.outbox() if row["key"].endswith("work_soon")]
    assert row["class"] == "reminder"
    assert office.now.hour == 20  # still before the quiet hours


async def test_payment_is_reminded_of_on_the_last_day(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment", day="یک هفته دیگر")
    office.wake_at(12, 0, days=3)
    reminder = await story.hears("pay_soon")
    names = ("bill_id", "payment_id", "amount", "deadline")
    assert [reminder[name] for name in names] == [story.bill[name] for name in names]
    await story.is_paid()


async def test_opting_out_stops_reminders_and_nothing_else(
    office: Office, reza: Phone, sara: Phone, desk: Desk
) -> None:
    story, other = Story(reza, desk), Story(sara, desk)
    await story.reaches("awaiting_payment", day="یک هفته دیگر")
    await story.says("لغو۱۱", "sms.opted_out")
    await other.reaches("awaiting_payment", day="یک هفته دیگر")
    office.wake_at(12, 0, days=3)
    await other.hears("pay_soon")
    await story.is_paid()
    await story.says("12", "sms.opted_in")
    await reza.has_read_everything()


async def test_notices_wait_for_the_morning_and_replies_do_not(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted", day="یک هفته دیگر")
    office.wake_at(22, 0)
    await story.does("accept")
    await story.says(story.code, "status.accepted")
    office.wake_at(7, 59)
    await story.says("لیست", "sms.list", "sms.list_line")
    notice, *_ = [row for row in await reza.outbox() if row["key"].endswith("notices.accept")]
    assert notice["state"] == "queued"
    office.wake_at(8, 0)
    await story.hears("accept")
    await reza.has_read_everything()


async def test_a_receipt_of_money_comes_at_night(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment", day="یک هفته دیگر")
    office.wake_at(23, 0)
    await story.is_paid()


async def test_a_late_request_alerts_its_unit(office: Office, reza: Phone, officer: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted", day="یک هفته دیگر")
    office.advance(days=7)
    await officer.hears_about(story.code, "staff.sla_broken")
    assert "sla_broken" in [event["event"] for event in (await story.shown())["history"]]


async def test_what_became_too_old_is_replaced_by_how_it_stands(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted", day="یک هفته دیگر")
    await office.close()
    await story.does("accept")  # nobody is told: the server is down, for three days
    office.advance(days=3)
    await story.does("price", by="revenue")
    await office.open()
    office.advance(minutes=1)
    heard = [await reza.hears("notices.bill"), await reza.hears("status.awaiting_payment")]
    assert heard[0]["bill_id"] == heard[1]["bill_id"]
    states = {row["key"].rpartition(".")[2]: row["state"] for row in await reza.outbox()}
    assert states["accept"] == "expired"
