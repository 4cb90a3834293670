"""Bills merged into one pair of ids: one receipt pays each part by the one way in, and nothing is counted twice."""

from dataclasses import replace

import pytest

from domain.actions.bills.refunds import record_refund
from domain.actions.bills.reversals import reverse_payment
from domain.actions.bills.suspense import hold_in_suspense, match_receipt
from domain.actions.context import ActorContext
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.bills.merged_bill import derive_merged_deadline
from domain.bills.pos_receipts import PosReceipt
from domain.ledger.accounts import MoneySource
from domain.requests.request import TimerKind
from domain.values.actors import SYSTEM, Role
from domain.values.bill_ids import HIGHEST_AMOUNT, amount_from_payment_id, verify_ids
from domain.values.errors import AmountMismatch, DuplicateRequest, InvalidField, NotAllowedNow
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality, actor
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town
from tests.support.scenarios.payment_rows import find_payment_row

IBAN = "IR910120000000100324200001"
CLERK = replace(actor(Role.CLERK), kind="clerk", identifier="1001", office_code="1001")
RECEIPT = PosReceipt(rrn="433812345678", terminal_id="70001234")


@pytest.fixture
async def merged(town: Municipality) -> MergedTown:
    """Three requests of one citizen that wait for money."""
    return await open_merged_town(town)


async def test_merging_makes_one_pair_and_posts_nothing(merged: MergedTown) -> None:
    bills, before = await merged.list_bills(), await merged.check_ledger()
    merged_bill = await merged.merge()
    verify_ids(merged_bill.bill_id, merged_bill.payment_id)
    assert amount_from_payment_id(merged_bill.payment_id) == merged_bill.amount == 3 * FOUR_HOURS
    assert merged_bill.part_row_ids == tuple(sorted(bill.id for bill in bills))
    assert merged_bill.bill_id not in {bill.bill_id for bill in bills}
    assert merged_bill.file_number not in {bill.file_number for bill in bills}
    assert await merged.check_ledger() == before
    assert await merged.list_bills() == bills
    assert await merged.find_state(merged_bill) is BillState.OPEN
    assert await merged.merge(*reversed(bills)) == merged_bill
    assert (await merged.merge(*bills[:2])).bill_id != merged_bill.bill_id


async def test_what_cannot_be_merged(merged: MergedTown) -> None:
    first, second, third = await merged.list_bills()
    with pytest.raises(NotAllowedNow, match="single_bill"):
        await merged.merge(first, first)
    foreign = await open_merged_town(merged.town, NEIGHBOUR)
    with pytest.raises(NotAllowedNow, match="several_payers"):
        await merged.merge(first, *await foreign.list_bills())
    await merged.town.set_bill(merged.codes[0], BillState.PAYING)
    with pytest.raises(NotAllowedNow, match="bill_being_paid"):
        await merged.merge()
    await merged.town.set_bill(merged.codes[1], BillState.VOID)
    with pytest.raises(NotAllowedNow, match="closed_bill"):
        await merged.merge(second, third)


async def test_a_sum_that_no_payment_id_can_say_is_refused(merged: MergedTown) -> None:
    first = (await merged.list_bills())[0]
    merged.town.sql("UPDATE bills SET amount = ? WHERE id = ?", HIGHEST_AMOUNT, first.id)
    with pytest.raises(InvalidField, match="too_high"):
        await merged.merge()


async def test_one_slip_pays_each_part_and_everybody_is_told_once(merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    sent_before = len(await merged.town.sent())
    recorded = await merged.pay(merged_bill)
    assert (recorded.outcome, recorded.amount, recorded.bill_state) == (
        PaymentOutcome.SETTLED, merged_bill.amount, BillState.PAID,
    )  # fmt: skip
    assert [(await merged.town.request(code)).state for code in merged.codes] == ["paid"] * 3
    payments = await merged.list_payments()
    assert [(one.amount, one.reference, one.merged_bill_id) for one in payments] == [
        (FOUR_HOURS, "778899", merged_bill.id)
    ] * 3
    notices = [message.text for message in (await merged.town.sent())[sent_before:]]
    assert [sum(display_code(code) in notice for notice in notices) for code in merged.codes] == [1, 1, 1]
    await merged.check_ledger()
    again = await merged.pay(merged_bill)
    assert [one.payment for one in again.payments] == [one.payment for one in recorded.payments]
    assert len(await merged.list_payments()) == 3
    assert len(await merged.town.sent()) == sent_before + len(notices)


@pytest.mark.parametrize("difference", [-1000, 1000, -2 * FOUR_HOURS])
async def test_a_wrong_amount_changes_nothing(merged: MergedTown, difference: int) -> None:
    merged_bill = await merged.merge()
    with pytest.raises(AmountMismatch):
        await merged.pay(merged_bill, amount=merged_bill.amount + difference)
    assert await merged.list_states() == ["open"] * 3
    assert await merged.list_payments() == []


async def test_a_number_pays_one_thing_alone(merged: MergedTown) -> None:
    bills, town = await merged.list_bills(), merged.town
    merged_bill, fewer = await merged.merge(), await merged.merge(*bills[:2])
    await town.pay(merged.codes[0], reference="1")
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await merged.pay(merged_bill, "1", surplus=True)
    assert await merged.list_states() == ["paid", "open", "open"]
    await merged.pay(merged_bill, "2", surplus=True)
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await merged.pay(fewer, "2", surplus=True)
    for code in merged.codes:
        with pytest.raises(DuplicateRequest, match="reference_used"):
            await town.pay(code, reference="2")
    other = await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await town.pay(other, reference="2")
    assert len(await merged.list_payments()) == 4
    await merged.check_ledger()


async def test_what_a_part_no_longer_takes_is_surplus(merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    await merged.town.pay(merged.codes[1], reference="1")
    assert await merged.find_state(merged_bill) is BillState.VOID
    with pytest.raises(NotAllowedNow, match="surplus_unsaid"):
        await merged.pay(merged_bill)
    assert await merged.list_states() == ["open", "paid", "open"]
    recorded = await merged.pay(merged_bill, surplus=True)
    assert [one.payment.outcome.value for one in recorded.payments] == ["settled", "surplus", "settled"]
    assert (recorded.outcome, recorded.amount) == (PaymentOutcome.SURPLUS, merged_bill.amount)
    assert await merged.list_states() == ["paid"] * 3
    assert [(one.amount, one.state) for one in await merged.list_refunds()] == [(FOUR_HOURS, RefundState.DUE)]
    await merged.check_ledger()


async def test_it_is_open_again_once_the_payment_of_a_part_is_reversed(merged: MergedTown) -> None:
    merged_bill, bill = await merged.merge(), (await merged.list_bills())[0]
    payment = (await merged.town.pay(merged.codes[0], reference="1")).payment
    async with merged.town.store.open_unit() as uow:
        done = await reverse_payment(
            ActorContext(merged.town.desk, uow, actor(Role.REVENUE)), bill.bill_id, payment.id, "اشتباه"
        )
    assert done.of_other_parts == ()
    assert await merged.find_state(merged_bill) is BillState.OPEN
    assert await merged.merge() == merged_bill
    assert (await merged.pay(merged_bill)).outcome is PaymentOutcome.SETTLED


@pytest.mark.parametrize("by_merged_ids", [True, False])
async def test_a_wrong_payment_is_reversed_on_all_parts(merged: MergedTown, by_merged_ids: bool) -> None:
    merged_bill, before = await merged.merge(), await merged.check_ledger()
    await merged.pay(merged_bill)
    named = merged_bill.bill_id if by_merged_ids else (await merged.list_bills())[1].bill_id
    async with merged.town.store.open_unit() as uow:
        payment_row_id = await find_payment_row(uow, named, "778899")
        done = await reverse_payment(
            ActorContext(merged.town.desk, uow, actor(Role.REVENUE)), named, payment_row_id, "اشتباه"
        )
    assert len(done.outcomes) == 3
    assert await merged.list_states() == ["open"] * 3
    assert [(await merged.town.request(code)).state for code in merged.codes] == ["awaiting_payment"] * 3
    assert not any(payment.is_recorded for payment in await merged.list_payments())
    balances = {row.account_key: row.closing_balance for row in (await merged.check_ledger()).rows}
    assert {key: balance for key, balance in balances.items() if balance} == {
        row.account_key: row.closing_balance for row in before.rows
    }
    assert (await merged.pay(merged_bill)).outcome is PaymentOutcome.SETTLED


async def test_a_reversal_that_one_part_refuses_reverses_none(merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    await merged.pay(merged_bill)
    await town.do(merged.codes[2], "cancel", Role.CIVIL)
    bills = await merged.list_bills()
    async with town.store.open_unit() as uow:
        await record_refund(
            ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bills[2].bill_id, IBAN, "TR-1"
        )
    payment = (await town.payments(merged.codes[0]))[0]
    with pytest.raises(NotAllowedNow, match="part_not_reversible") as refused:
        async with town.store.open_unit() as uow:
            await reverse_payment(
                ActorContext(town.desk, uow, actor(Role.REVENUE)), bills[0].bill_id, payment.id, "اشتباه"
            )
    assert persian_digits(bills[2].bill_id) in town.desk.wording.render_error(refused.value)
    assert await merged.list_states() == ["paid", "paid", "refunded"]
    assert all(payment.is_recorded for payment in await merged.list_payments())
    await merged.check_ledger()


async def test_a_refund_is_of_its_part_alone(merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    await merged.pay(merged_bill)
    await merged.town.do(merged.codes[0], "cancel", Role.CIVIL)
    assert await merged.list_states() == ["refund_due", "paid", "paid"]
    assert await merged.find_state(merged_bill) is BillState.PAID
    await merged.check_ledger()


async def test_a_counters_receipt_pays_once_and_a_second_one_is_surplus(merged: MergedTown) -> None:
    merged_bill, pos = await merged.merge(), PaymentMethod.POS
    for _ in range(2):
        first = await merged.pay(merged_bill, "000123", method=pos, by=CLERK, receipt=RECEIPT)
        assert first.outcome is PaymentOutcome.SETTLED
    assert [one.rrn for one in await merged.list_payments()] == [RECEIPT.rrn] * 3
    second = await merged.pay(merged_bill, "000123", method=pos, by=CLERK, receipt=replace(RECEIPT, rrn="433812345679"))
    assert [one.payment.outcome.value for one in second.payments] == ["surplus"] * 3
    assert len(await merged.list_payments()) == 6
    with pytest.raises(DuplicateRequest):
        await merged.town.pay(
            await merged.town.reach("awaiting_payment", mobile=NEIGHBOUR), reference=RECEIPT.rrn, method=pos, by=CLERK
        )
    tills = {row.account_key.subaccount: row for row in (await merged.check_ledger()).rows}
    assert tills["1001"].debit == 2 * merged_bill.amount


async def test_money_in_suspense_is_matched_to_it(merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    source = MoneySource(PaymentMethod.BANK_FILE)
    async with town.store.open_unit() as uow:
        held = await hold_in_suspense(
            ActorContext(town.desk, uow, SYSTEM), source, merged_bill.amount, "mellat/9", {"line": 1}
        )
    async with town.store.open_unit() as uow:
        ids = merged_bill.bill_id, merged_bill.payment_id
        found = await match_receipt(ActorContext(town.desk, uow, actor(Role.REVENUE)), held.id, ids, "فیش را دیدم")
    assert found.outcome is PaymentOutcome.SETTLED
    assert await merged.list_states() == ["paid"] * 3
    await merged.check_ledger()


async def test_it_expires_with_its_earliest_part(merged: MergedTown) -> None:
    first, second, third = await merged.list_bills()
    merged_bill, town = await merged.merge(), merged.town
    assert derive_merged_deadline([first, second, third]) == min(
        bill.deadline for bill in (first, second, third) if bill.deadline
    )
    town.advance(days=10)
    await town.run_timers(TimerKind.DEADLINE)
    assert await merged.find_state(merged_bill) is BillState.EXPIRED
    recorded = await merged.pay(merged_bill, surplus=True)
    assert {one.payment.outcome for one in recorded.payments} == {PaymentOutcome.SURPLUS}
    assert sum(one.amount for one in await merged.list_refunds()) == merged_bill.amount
    await merged.check_ledger()


async def test_the_citizen_is_asked_for_nothing_more(merged: MergedTown) -> None:
    await merged.pay(await merged.merge())
    assert (await merged.town.say(CITIZEN, "قبض")).key == "sms.none_to.pay"
