"""Attempts of unknown outcome that no settlement file names: ended once files cover all days on which they could be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions.settlement.reconciling import find_differences, reconcile_daily
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState, PaymentAttempt
from tests.domain.actions.settlement.conftest import WHOLE_LAYOUT
from tests.support.scripted_bank import Payer
from tests.support.settlement_files import SCRIPTED_LAYOUT, RevenueUnit, sale_line, write_sales

DAY = timedelta(days=1)


class UnknownPayment:
    """An attempt whose outcome nobody knows, in a town whose bank files daily."""

    def __init__(self, revenue: RevenueUnit, payer: Payer, code: str, attempt: PaymentAttempt) -> None:
        self.revenue = revenue
        self.payer = payer
        self.code = code
        self.attempt = attempt
        self.began_at = attempt.created_at
        self._sales = 7000

    async def state(self) -> AttemptState:
        """State."""
        return await self.payer.state(self.attempt)

    async def bill_state(self) -> BillState:
        """State of its bill."""
        return (await self.payer.town.bills(self.code))[-1].state

    async def write_line(self, day: int, amount: int | None = None) -> str:
        """Write the line of somebody else's sale, paid so many days after the attempt began."""
        self._sales += 1
        filed = await self.payer.leave(await self.payer.town.reach("awaiting_payment"))
        return sale_line(filed, str(self._sales), self.began_at + day * DAY, amount)

    async def book_days(self, first: int, last: int, layout: str = WHOLE_LAYOUT) -> list[str]:
        """Book a file from one day to another, counted from the attempt's own, which does not name the attempt."""
        lines = [await self.write_line(day) for day in sorted({first, last})]
        return await self.revenue.outcomes(await self.revenue.book(write_sales(*lines), layout))

    async def wait(self, days: int) -> None:
        """Let days pass."""
        self.payer.town.advance(days=days)


@pytest.fixture
async def unknown(revenue: RevenueUnit, payer: Payer) -> UnknownPayment:
    """Of a Tuesday."""
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    async with payer.town.store.open_unit() as uow:
        stored = await uow.payment_attempts.get(attempt.id, lock=True)
        await uow.payment_attempts.save(replace(stored, state=AttemptState.UNKNOWN, next_step_at=None))
    return UnknownPayment(revenue, payer, code, attempt)


async def test_it_ends_when_files_cover_its_day_and_the_settlement_lag(unknown: UnknownPayment) -> None:
    await unknown.wait(5)
    assert await unknown.book_days(0, 4) == ["settles", "settles"]
    assert await unknown.state() is AttemptState.FAILED
    assert await unknown.bill_state() is BillState.OPEN
    [*_, ended] = await unknown.payer.history(unknown.attempt)
    assert ended.event == "not_in_settlement_file"
    assert ended.details["file"]


async def test_daily_files_end_it_with_the_last_one_that_it_needs(unknown: UnknownPayment) -> None:
    for day in (0, 1):
        await unknown.wait(1)
        await unknown.book_days(day, day)
        assert await unknown.state() is AttemptState.UNKNOWN, "its sale may be filed later"
    await unknown.wait(3)
    await unknown.book_days(4, 4)
    assert await unknown.state() is AttemptState.FAILED, "Thursday and Friday are no banking days"


async def test_a_file_that_comes_late_ends_it_then(unknown: UnknownPayment) -> None:
    await unknown.wait(5)
    await unknown.book_days(1, 4)
    assert await unknown.state() is AttemptState.UNKNOWN
    await unknown.wait(20)
    await unknown.book_days(0, 0)
    assert await unknown.state() is AttemptState.FAILED


async def test_part_of_a_day_says_nothing(unknown: UnknownPayment) -> None:
    await unknown.book_days(0, 0)
    await unknown.wait(4)
    await unknown.book_days(1, 4)
    assert await unknown.state() is AttemptState.UNKNOWN, "each was brought on its own last day"
    await unknown.wait(9)
    await unknown.book_days(5, 8)
    assert await unknown.state() is AttemptState.UNKNOWN


async def test_a_layout_that_does_not_claim_whole_days_says_nothing(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    await unknown.book_days(0, 8, SCRIPTED_LAYOUT)
    assert await unknown.state() is AttemptState.UNKNOWN
    assert await unknown.bill_state() is BillState.PAYING


async def test_a_file_with_a_line_that_cannot_be_read_says_nothing(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    lines = [await unknown.write_line(0), "nonsense\n", await unknown.write_line(8)]
    await unknown.revenue.book(write_sales(*lines), WHOLE_LAYOUT)
    assert await unknown.state() is AttemptState.UNKNOWN


async def test_the_file_of_another_terminal_says_nothing(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    strangers = [replace(unknown.attempt, order_number=unknown.attempt.order_number + number) for number in (1, 2)]
    moments = (unknown.began_at, unknown.began_at + 8 * DAY)
    lines = [
        sale_line(stranger, f"900{number}", moment, amount=5000)
        for number, (stranger, moment) in enumerate(zip(strangers, moments, strict=True))
    ]
    booked = await unknown.revenue.book(write_sales(*lines), WHOLE_LAYOUT)
    assert await unknown.revenue.outcomes(booked) == ["no_attempt"] * 2
    assert await unknown.state() is AttemptState.UNKNOWN


async def test_a_line_in_suspense_over_the_same_amount_may_be_it(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    stranger = replace(unknown.attempt, order_number=unknown.attempt.order_number + 1)
    lines = [
        await unknown.write_line(0),
        sale_line(stranger, "9001", unknown.began_at + DAY),
        await unknown.write_line(8),
    ]
    await unknown.revenue.book(write_sales(*lines), WHOLE_LAYOUT)
    assert await unknown.state() is AttemptState.UNKNOWN


async def test_the_same_days_once_more_change_nothing_and_its_line_opens_it_again(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    first, last = await unknown.write_line(0), await unknown.write_line(8)
    await unknown.revenue.book(write_sales(first, last), WHOLE_LAYOUT)
    events = await unknown.payer.events(unknown.attempt)
    await unknown.revenue.book(write_sales(first, last, await unknown.write_line(8)), WHOLE_LAYOUT)
    assert await unknown.payer.events(unknown.attempt) == events
    line = sale_line(unknown.attempt, "5142", unknown.began_at)
    booked = await unknown.revenue.book(write_sales(line), WHOLE_LAYOUT)
    assert await unknown.revenue.outcomes(booked) == ["settles"]
    assert await unknown.state() is AttemptState.SETTLED
    assert await unknown.bill_state() is BillState.PAID


async def test_a_callback_that_comes_later_has_the_bank_asked(unknown: UnknownPayment) -> None:
    await unknown.wait(9)
    await unknown.book_days(0, 8)
    came = await unknown.payer.come_back(unknown.attempt)
    assert came is not None
    assert came.state is AttemptState.RETURNED
    assert await unknown.bill_state() is BillState.PAYING


async def test_a_booking_that_was_cut_off_is_made_up_for_daily(
    unknown: UnknownPayment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_cut_off(*_arguments: object) -> int:
        return 0

    await unknown.wait(9)
    with monkeypatch.context() as patched:
        patched.setattr("domain.actions.settlement.booking.end_absent_attempts", be_cut_off)
        await unknown.book_days(0, 8)
    town = unknown.payer.town
    await find_differences(town.desk, town.store)
    assert "unknown_attempt" in await unknown.revenue.difference_kinds()
    await reconcile_daily(town.desk, town.store)
    assert await unknown.state() is AttemptState.FAILED
    assert "unknown_attempt" not in await unknown.revenue.difference_kinds()


async def test_what_nothing_is_found_out_about_for_hours_is_in_the_daily_reconciliation(
    unknown: UnknownPayment,
) -> None:
    town = unknown.payer.town
    async with town.store.open_unit() as uow:
        stored = await uow.payment_attempts.get(unknown.attempt.id, lock=True)
        verified = replace(stored, state=AttemptState.VERIFIED, unresolved_at=town.clock.now())
        await uow.payment_attempts.save(verified)
    await find_differences(town.desk, town.store)
    [difference] = await unknown.revenue.differences()
    assert (difference.kind, difference.party) == ("unknown_attempt", "bank")
    await unknown.revenue.book(write_sales(sale_line(unknown.attempt, "5142", unknown.began_at)), SCRIPTED_LAYOUT)
    await find_differences(town.desk, town.store)
    assert await unknown.revenue.differences() == []
