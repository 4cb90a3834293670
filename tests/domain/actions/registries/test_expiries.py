"""Expiring rows are reminded at thirty days, seven days and a day, once each, and listed for the officer."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.registries.expiries import list_expiring, queue_expiry_reminders
from domain.values.calendar import to_tehran
from tests.support.municipality import Municipality
from tests.support.scenarios.taxi_registries import (
    AUXILIARY_CODE,
    DRIVER_CODE,
    DRIVER_MOBILE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
    furnish,
    give,
)


@pytest.fixture(autouse=True)
async def _organisation(town: Municipality) -> None:
    """The taxis whose papers run out."""
    await furnish(town)


def in_days(town: Municipality, days: int) -> str:
    """The day in so many days."""
    return (to_tehran(town.clock.at).date() + timedelta(days=days)).isoformat()


async def licence(town: Municipality, days: int, code: str = DRIVER_CODE) -> None:
    """Let a driver's licence end in so many days."""
    await give(town, "driver", {"national_code": code, "licence_expiry": in_days(town, days)})


async def morning(town: Municipality, days: int = 1) -> int:
    """Go to nine o'clock of a later day, and do what the job does."""
    day = to_tehran(town.clock.at) + timedelta(days=days)
    town.clock.at = day.replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)
    return await queue_expiry_reminders(town.desk, town.store)


async def test_reminded_at_thirty_days_seven_days_and_a_day(town: Municipality) -> None:
    await licence(town, 40)
    sent = {}
    for _ in range(41):
        before = len(await town.sent(DRIVER_MOBILE))
        await morning(town)
        for message in (await town.sent(DRIVER_MOBILE))[before:]:
            sent[(to_tehran(town.clock.at).date()).isoformat()] = message
    days = [(datetime.fromisoformat(day).date() - datetime(2026, 11, 24, tzinfo=UTC).date()).days for day in sent]
    assert days == [10, 33, 39]
    first, second, last = sent.values()
    assert (first.cls, first.key) == ("reminder", "registries.driver.reminders.licence_expiry")
    assert first.text.startswith("شهرداری گمیشان\nیادآوری: گواهینامه شما تا یک‌شنبه ۱۳ دی اعتبار دارد (۳۰ روز دیگر).")
    assert "(۷ روز دیگر)" in second.text
    assert "(۱ روز دیگر)" in last.text
    assert to_tehran(first.not_before).hour == 9


async def test_a_missed_run_is_made_up_once(town: Municipality) -> None:
    await licence(town, 40)
    assert await morning(town, 15) == 1
    assert await morning(town, 0) == 0
    assert await morning(town, 1) == 0
    assert await morning(town, 20) == 1  # four days are left
    assert await morning(town, 1) == 0
    [_, last] = await town.sent(DRIVER_MOBILE)
    assert "(۴ روز دیگر)" in last.text


async def test_late_entries_get_the_nearer_reminder_alone(town: Municipality) -> None:
    await licence(town, 5)
    assert await morning(town) == 1
    assert [await morning(town) for _ in range(4)] == [0, 0, 1, 0]


async def test_a_renewed_licence_is_reminded_anew(town: Municipality) -> None:
    await licence(town, 6)
    assert await morning(town, 0) == 1
    await licence(town, 30)
    assert await morning(town, 0) == 1


async def test_nothing_is_reminded_before_nine(town: Municipality) -> None:
    await licence(town, 6)
    town.clock.at = datetime(2026, 11, 25, 5, 29, tzinfo=UTC)  # 8:59 in Tehran
    assert await queue_expiry_reminders(town.desk, town.store) == 0
    town.advance(minutes=1)
    assert await queue_expiry_reminders(town.desk, town.store) == 1


async def test_a_late_run_waits_for_the_end_of_quiet_hours(town: Municipality) -> None:
    await licence(town, 6)
    town.clock.at = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 21:30 in Tehran
    await queue_expiry_reminders(town.desk, town.store)
    [message] = await town.sent(DRIVER_MOBILE)
    assert to_tehran(message.not_before).strftime("%d %H:%M") == "25 08:00"


async def test_lines_that_stopped_reminders_and_unknown_mobiles_are_passed_over(town: Municipality) -> None:
    await licence(town, 6)
    await licence(town, 6, AUXILIARY_CODE)  # whose mobile is not known
    await town.says("لغو11", mobile=DRIVER_MOBILE)
    assert await morning(town, 0) == 0
    await town.says("12", mobile=DRIVER_MOBILE)
    await give(town, "driver", {"national_code": AUXILIARY_CODE, "mobile": "+989121000009"})
    assert await morning(town) == 2


async def test_owners_are_reminded_of_vehicles_and_the_left_of_nothing(town: Municipality) -> None:
    vehicle = {"plate": PLATE, "insurance_expiry": in_days(town, 6), "inspection_expiry": in_days(town, 29)}
    await give(town, "vehicle", vehicle, {"plate": SECOND_PLATE, "insurance_expiry": in_days(town, 31)})
    await give(town, "driver", {"national_code": DRIVER_CODE, "status": "left", "licence_expiry": in_days(town, 6)})
    assert await morning(town, 0) == 2
    texts = [message.text for message in await town.sent(OWNER_MOBILE)]
    assert any("بیمه تاکسی ۱۲ت۳۴۵-۵۹" in text for text in texts)
    assert any("معاینه فنی تاکسی ۱۲ت۳۴۵-۵۹" in text for text in texts)
    assert await town.sent(DRIVER_MOBILE) == []


@pytest.mark.parametrize("status", ["inactive", "scrapped"])
async def test_vehicles_out_of_service_are_neither_reminded_nor_listed(town: Municipality, status: str) -> None:
    await give(town, "vehicle", {"plate": PLATE, "insurance_expiry": in_days(town, 6), "status": status})
    assert await morning(town, 0) == 0
    async with town.store.open_unit(write=False) as uow:
        assert await list_expiring(ActionContext(town.desk, uow), 30) == []
    await give(town, "vehicle", {"plate": PLATE, "status": "active"})
    assert await morning(town, 0) == 1


async def test_the_officers_list(town: Municipality) -> None:
    await licence(town, 6)
    await licence(town, -3, AUXILIARY_CODE)
    await give(town, "vehicle", {"plate": PLATE, "insurance_expiry": in_days(town, 31)})
    await morning(town, 0)
    async with town.store.open_unit(write=False) as uow:
        context = ActionContext(town.desk, uow)
        soon, later = (
            await list_expiring(context, 30),
            await list_expiring(context, 31),
        )
    assert [(one.days_left, one.mobile, one.reminders_sent) for one in soon] == [
        (-3, None, ()),
        (6, DRIVER_MOBILE, (7,)),
    ]
    assert [one.expiring.date_field for one in later] == ["licence_expiry", "licence_expiry", "insurance_expiry"]
