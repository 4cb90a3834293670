"""Money that arrives: once, twice, late, wrong, with a reference that is known. Nothing that came in is ignored."""

from contextlib import suppress

import pytest

from domain.actions.bills import pay
from domain.actions.context import ActorContext
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome
from domain.messages.records import MessageClass
from domain.values.actors import Role
from domain.values.errors import AmountMismatch, BillNotFound, DuplicateRequest, Forbidden, InvalidField, MissingField
from domain.values.text import group_digits
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, Municipality, actor


async def test_a_payment_settles_its_bill_and_moves_the_request(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    settled = await town.pay(code, reference="778899")
    assert settled.payment.outcome is PaymentOutcome.SETTLED
    assert (settled.bill.state, settled.bill.settled_at) == (BillState.PAID, town.clock.at)
    assert (await town.request(code)).state == "paid"
    (payment,) = await town.payments(code)
    assert (payment.amount, payment.reference, payment.recorded_by) == (FOUR_HOURS, "778899", "staff:revenue")
    receipt = (await town.sent())[-1]
    assert (receipt.key, receipt.cls) == ("services.machinery.notices.pay", MessageClass.RECEIPT)


async def test_the_ids_are_read_as_people_write_them(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    ids = (f"000{bill.bill_id[:3]} {bill.bill_id[3:]}", "۰" + bill.payment_id.translate(str.maketrans("123", "۱۲۳")))
    async with town.store.open_unit() as uow:
        found = await pay.find_bill_by_ids(uow.bills, *ids)
    assert found.id == bill.id


async def test_a_bill_is_found_by_both_ids_only(town: Municipality) -> None:
    code, other = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    (bill,), (another,) = await town.bills(code), await town.bills(other)
    async with town.store.open_unit() as uow:
        with pytest.raises(InvalidField, match="payment_id"):
            await pay.find_bill_by_ids(uow.bills, bill.bill_id, another.payment_id)
        with pytest.raises(InvalidField, match="bill_id"):
            await pay.find_bill_by_ids(uow.bills, bill.bill_id[:-1] + "9", bill.payment_id)
        with pytest.raises(BillNotFound):
            await pay.find_bill_by_ids(uow.bills, "1117753200140", "12070160")


@pytest.mark.parametrize("difference", [-1000, 1000, -FOUR_HOURS])
async def test_a_wrong_amount_changes_nothing(town: Municipality, difference: int) -> None:
    code = await town.reach("awaiting_payment")
    with pytest.raises(AmountMismatch):
        await town.pay(code, amount=FOUR_HOURS + difference)
    assert (await town.request(code)).state == "awaiting_payment"
    assert await town.payments(code) == []


async def test_a_reference_is_kept_as_it_is_shown(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    settled = await town.pay(code, reference=" 77\u202e88\x0099\u2069 ")
    assert settled.payment.reference == "778899"
    with pytest.raises(MissingField):
        await town.pay(code, reference="\u2067\x00")


async def test_the_same_reference_again_answers_the_same(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    first = await town.pay(code, reference="778899")
    again = await town.pay(code, reference="778899")
    assert again.payment == first.payment
    assert (again.outcome, await town.refunds(code)) == (None, [])
    assert (await town.keys()).count("pay") == 1
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await town.pay(code, reference="778899", amount=FOUR_HOURS - 1000)


async def test_a_reference_belongs_to_one_bill_of_one_method(town: Municipality) -> None:
    code, other = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await town.pay(code, reference="778899")
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await town.pay(other, reference="778899")
    assert (await town.request(other)).state == "awaiting_payment"
    await town.pay(other, reference="778899", method=PaymentMethod.POS, by=Role.CLERK)
    assert (await town.request(other)).state == "paid"


async def test_one_receipt_is_not_recorded_as_two_sorts_of_payment(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.pay(code, reference="778899", method=PaymentMethod.POS, by=Role.CLERK)
    for sort in (PaymentMethod.SLIP, PaymentMethod.POS):
        with pytest.raises(DuplicateRequest, match="reference_used"):
            await town.pay(code, reference="778899", method=sort)
        for written in ("۷۷۸۸۹۹", "\u200e778899", "778 899\u200f", " 7788۹۹"):
            with pytest.raises(DuplicateRequest, match="reference_used"):
                await town.pay(code, reference=written, method=sort)
    assert await town.refunds(code) == []
    await town.pay(code, reference="778900")
    assert (await town.pay(code, reference="۷۷۸۹۰۰")).payment.reference == "778900", "once more, in other digits"
    assert len(await town.refunds(code)) == 1, "another receipt is another payment"


async def test_a_second_payment_is_surplus_and_due_back(town: Municipality) -> None:
    code = await town.reach("paid")
    settled = await town.pay(code)
    assert (settled.payment.outcome, settled.outcome) == (PaymentOutcome.SURPLUS, None)
    (refund,), (bill,) = await town.refunds(code), await town.bills(code)
    assert (refund.amount, refund.reason, bill.state) == (FOUR_HOURS, "surplus_payment", BillState.PAID)
    event = (await town.history(code))[-1]
    assert (event.event, event.from_state, event.to_state) == ("surplus_payment", "paid", "paid")
    await town.do(code, "cancel", Role.CIVIL)
    assert [one.reason for one in await town.refunds(code)] == ["surplus_payment", "cancelled"]
    told = (await town.sent())[-1]
    assert (told.key, group_digits(2 * FOUR_HOURS) in told.text) == ("services.machinery.notices.cancel_refund", True)


async def test_a_payment_after_the_end_is_due_back(town: Municipality) -> None:
    expired, cancelled = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await town.do(cancelled, "cancel", Role.CIVIL)
    town.advance(days=6)
    await town.run_timers()
    for code in (expired, cancelled):
        before = (await town.request(code)).state
        settled = await town.pay(code)
        (refund,), (bill,) = await town.refunds(code), await town.bills(code)
        assert settled.payment.outcome is PaymentOutcome.SURPLUS
        assert (refund.amount, bill.state) == (FOUR_HOURS, BillState.REFUND_DUE)
        assert (await town.request(code)).state == before


async def test_a_payment_of_a_waived_bill_is_due_back(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    await town.pay(code)
    assert [bill.state for bill in await town.bills(code)] == [BillState.WAIVED]
    assert [one.amount for one in await town.refunds(code)] == [FOUR_HOURS]
    await town.do(code, "schedule", Role.CIVIL)


async def test_a_payment_under_way_that_comes_settles(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    assert (await town.pay(code)).payment.outcome is PaymentOutcome.SETTLED


async def test_a_slip_is_recorded_by_the_revenue_unit_alone(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    for role in (Role.CIVIL, Role.AUDITOR, Role.CITIZEN, Role.CLERK):
        with pytest.raises(Forbidden, match="payment"):
            await town.pay(code, by=role)
    assert await town.payments(code) == []


async def test_the_bill_of_another_request_settles_nothing_here(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.do(code, "complete", Role.CIVIL, hours="6")
    main, _ = await town.bills(code)
    await town.pay(code, bill=main)
    assert (await town.request(code)).state == "awaiting_supplement"


async def test_what_the_caller_gives_up_never_came_in(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    ids = (bill.bill_id, bill.payment_id)
    async with town.store.open_unit() as uow:
        with suppress(ZeroDivisionError):
            async with uow.savepoint():
                await pay.record_payment(
                    ActorContext(town.desk, uow, actor(Role.REVENUE)), ids, FOUR_HOURS, PaymentMethod.SLIP, "1"
                )
                _ = 1 / 0
    assert (await town.request(code)).state == "awaiting_payment"
    assert await town.payments(code) == []
