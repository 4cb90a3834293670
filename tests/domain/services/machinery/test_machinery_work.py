"""Machinery work once it is paid: machines, operators and hours, hand-over, and what more or fewer hours cost."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.bills.bill import BillKind, BillState
from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.requests.request import Phase, TimerKind
from domain.values.actors import Role
from domain.values.errors import Conflict, DomainError, InvalidField, NotAllowedNow
from tests.support.municipality import CITIZEN, DRIVER, FOUR_HOURS, NEIGHBOUR, RATE, Municipality

EIGHT_TOMORROW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


async def test_scheduled_with_what_is_held_and_a_free_operator(town: Municipality) -> None:
    code = await town.reach("scheduled")
    booked = await town.bookings(code)
    assert [(one.code, booking.hold) for booking, one in booked] == [("LD-1", False), ("OP-1", False)]
    assert {booking.start for booking, _ in booked} == {EIGHT_TOMORROW}
    assert "راننده 1" in (await town.sent())[-1].text
    assert await town.keys(DRIVER) == ["operator_booked"]


async def test_scheduled_as_civil_chooses(town: Municipality) -> None:
    code = await town.reach("paid")
    inputs = {"machine": "ld-2", "operator": "OP-3", "start": "1405/09/05 09:00", "end": "2026-11-26T14:00"}
    request = await town.do(code, "schedule", Role.CIVIL, **inputs)
    start = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
    booked = await town.bookings(code)
    assert {one.code for _, one in booked} == {"LD-2", "OP-3"}
    assert {(one.start, one.end) for one, _ in booked} == {(start, start + timedelta(hours=5))}
    assert request.data["booked_start"] == start.isoformat()
    assert "پنج‌شنبه ۵ آذر ساعت ۹" in (await town.sent())[-1].text
    assert await town.keys(DRIVER) == []


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"start": "2026-11-25T09:00", "end": "2026-11-25T09:00"}, "end:before_start"),
        ({"start": "2026-11-25T09:00", "end": "2026-11-26T09:30"}, "end:too_long_work"),
        ({"start": "2026-11-24T09:59"}, "start:past"),
        ({"start": "چه وقت"}, "start"),
        ({"machine": "GR-1"}, "machine:choice"),
        ({"operator": "LD-1"}, "operator:choice"),
    ],
)
async def test_bookings_that_cannot_be(town: Municipality, inputs: dict[str, str], error: str) -> None:
    code = await town.reach("paid")
    with pytest.raises(DomainError, match=error):
        await town.do(code, "schedule", Role.CIVIL, **inputs)
    assert [booking.hold for booking, _ in await town.bookings(code)] == [True]


async def test_a_machine_in_maintenance_is_not_booked(town: Municipality) -> None:
    code = await town.reach("paid")
    held = (await town.bookings(code))[0][1]
    held.status = ResourceStatus.MAINTENANCE
    await town.put(held)
    await town.do(code, "schedule", Role.CIVIL)
    assert [one.code for _, one in await town.bookings(code)] == ["LD-2", "OP-1"]


async def test_rescheduled_the_old_slots_are_free_again(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await town.do(code, "reschedule", Role.CIVIL, start="2026-11-28T08:00")
    assert {one.start for one, _ in await town.bookings(code)} == {datetime(2026, 11, 28, 4, 30, tzinfo=UTC)}
    assert (await town.keys())[-1] == "reschedule"
    assert await town.keys(DRIVER) == ["operator_booked", "operator_booked"]
    await town.reach("scheduled", "ماشین ۲ لودر ۴ ساعت فردا ساعت ۸ کوچه بهار", NEIGHBOUR)


async def test_another_operator_leaves_the_hours_as_they_were_booked(town: Municipality) -> None:
    code = await town.reach("paid")
    await town.do(code, "schedule", Role.CIVIL, start="2026-11-26T08:00", end="2026-11-26T18:00")
    await town.do(code, "reschedule", Role.CIVIL, operator="OP-2")
    start = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
    assert {(one.start, one.end) for one, _ in await town.bookings(code)} == {(start, start + timedelta(hours=10))}


async def test_operators_drive_what_they_can(town: Municipality) -> None:
    for code, skills in (("OP-1", ("grader", "loader")), ("OP-2", ("loader",)), ("OP-3", ("crane",))):
        await town.put(Resource(town.new_id(), code, ResourceKind.OPERATOR, "", code, skills=skills))
    code = await town.reach("scheduled", "ماشین لودر ۲ ساعت و گریدر ۲ ساعت فردا ساعت ۸ کوچه بهار")
    assert {one.code for _, one in await town.bookings(code)} == {"LD-1", "GR-1", "OP-1", "OP-2"}
    other = await town.reach("paid", "ماشین لودر ۲ ساعت فردا ساعت ۸ کوچه بهار", NEIGHBOUR)
    with pytest.raises(Conflict, match="operator:no_free_operator"):
        await town.do(other, "schedule", Role.CIVIL)
    with pytest.raises(Conflict, match="operator:no_free_operator"):
        await town.do(other, "schedule", Role.CIVIL, start="2026-11-28T08:00", operator="OP-3")


async def test_no_machine_without_a_settled_bill(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await town.set_bill(code, BillState.OPEN)
    with pytest.raises(NotAllowedNow, match="bill_open"):
        await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.set_bill(code, BillState.PAID)
    request = await town.do(code, "hand_over", Role.CIVIL, early="yes")
    assert len(request.data["delivery_token"]) == 32
    assert request.data["delivery_token"] != code


@pytest.mark.parametrize(
    ("minutes_before", "begins_before", "ends_before"),
    [(50, 60, 30), (10, 30, 0), (19 * 60, 19 * 60, 19 * 60)],
    ids=["an hour before", "a little before", "the day before"],
)
async def test_what_is_handed_over_before_its_hour_is_booked_from_then_until_its_hours_are_over(
    town: Municipality, minutes_before: int, begins_before: int, ends_before: int
) -> None:
    code = await town.reach("scheduled")
    town.clock.at = EIGHT_TOMORROW - timedelta(minutes=minutes_before)
    request = await town.do(code, "hand_over", Role.CIVIL, early="yes")
    start, end = EIGHT_TOMORROW, EIGHT_TOMORROW + timedelta(hours=4)
    span = (start - timedelta(minutes=begins_before), end - timedelta(minutes=ends_before))
    assert {(booking.start, booking.end) for booking, _ in await town.bookings(code)} == {span}
    assert (request.data["booked_start"], request.data["booked_end"]) == tuple(one.isoformat() for one in span)


async def test_a_booking_that_begins_within_a_half_hour_moves_too(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await town.do(code, "reschedule", Role.CIVIL, start=(EIGHT_TOMORROW + timedelta(minutes=10)).isoformat())
    town.clock.at = EIGHT_TOMORROW - timedelta(minutes=20)
    request = await town.do(code, "hand_over", Role.CIVIL)
    assert request.data["booked_start"] == (EIGHT_TOMORROW - timedelta(minutes=30)).isoformat()


async def test_a_machine_that_leaves_an_hour_early_keeps_its_booking_where_that_hour_is_anothers(
    town: Municipality,
) -> None:
    code = await town.reach("scheduled")
    booked = await town.bookings(code)
    other = Booking(town.new_id(), None, booked[0][1].id, EIGHT_TOMORROW - timedelta(hours=1), EIGHT_TOMORROW, False)
    async with town.store.open_unit() as uow:
        await uow.fleet.take_out(other)
    town.clock.at = EIGHT_TOMORROW - timedelta(minutes=50)
    assert (await town.do(code, "hand_over", Role.CIVIL)).state == "handed_over"
    assert await town.bookings(code) == booked


async def test_fewer_hours_are_refunded(town: Municipality) -> None:
    code = await town.reach("handed_over")
    assert (await town.do(code, "complete", Role.CIVIL, hours="3")).state == "completed"
    (refund,) = await town.refunds(code)
    assert (refund.amount, refund.reason) == (FOUR_HOURS // 4, "fewer_hours")
    assert (await town.keys())[-1] == "complete_refund"
    assert await town.bookings(code) == []


async def test_hours_below_the_minimum_cost_the_minimum(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.do(code, "complete", Role.CIVIL, hours="0.5")
    assert [one.amount for one in await town.refunds(code)] == [FOUR_HOURS // 2]


async def test_more_hours_are_billed_again(town: Municipality) -> None:
    code = await town.reach("handed_over")
    request = await town.do(code, "complete", Role.CIVIL, hours="۵٫۵")
    bill = (await town.bills(code))[-1]
    assert (request.state, request.phase) == ("awaiting_supplement", Phase.NEEDS_PAYMENT)
    assert (bill.kind, bill.amount) == (BillKind.SUPPLEMENT, FOUR_HOURS * 15 // 40)
    assert (await town.keys())[-1] == "supplement"
    assert (await town.say(CITIZEN, code)).key.endswith("status.awaiting_supplement")
    asked = await town.say(CITIZEN, "چرا دوباره پول میخواین؟")
    assert asked.text.startswith("کارکرد ماشین‌آلات، ساعت‌های بیش از قبض نخست"), "why there is another bill"
    settled = await town.pay(code)
    assert settled.outcome is not None
    assert settled.outcome.request.state == "completed"
    assert (await town.keys())[-1] == "complete"


async def test_a_supplement_may_be_waived_and_never_expires(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.do(code, "complete", Role.CIVIL, hours="6")
    town.advance(days=60)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "awaiting_supplement"
    request = await town.do(code, "waive_supplement", Role.REVENUE, reason="کندی راننده")
    assert (request.state, [bill.state for bill in await town.bills(code)]) == (
        "completed",
        [BillState.PAID, BillState.WAIVED],
    )


@pytest.mark.parametrize(("hours", "due"), [("4", 0), ("2", -10_000_000), ("6", 10_000_000)])
async def test_an_overridden_price_is_scaled(town: Municipality, hours: str, due: int) -> None:
    code = await town.reach("accepted")
    await town.do(code, "price", Role.REVENUE, amount="20000000", reason="تخفیف")
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL, hours=hours)
    refunds, bills = await town.refunds(code), await town.bills(code)
    assert sum(bill.amount for bill in bills[1:]) - sum(refund.amount for refund in refunds) == due


async def test_a_price_set_where_the_tariff_asks_nothing_stays(town: Municipality) -> None:
    town.advance(days=1)
    await town.price("loader", 0)
    code = await town.reach("accepted", "ماشین لودر ۴ ساعت شنبه ساعت ۸ کوچه بهار")
    await town.do(code, "price", Role.REVENUE, amount="5000000", reason="سوخت")
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL)
    assert await town.refunds(code) == []


async def test_items_of_several_machines_end_with_hours_each(town: Municipality) -> None:
    code = await town.reach("handed_over", "ماشین لودر ۴ ساعت و گریدر ۴ ساعت فردا ساعت ۸ کوچه بهار")
    with pytest.raises(InvalidField, match="one_an_item"):
        await town.do(code, "complete", Role.CIVIL, hours="1,2,3")
    await town.do(code, "complete", Role.CIVIL, hours="4,3")
    assert [one.amount for one in await town.refunds(code)] == [RATE // 2 * 110 // 100]
