"""A gateway's settlement: it is the bank's last word on attempts, and each line counts once."""

from dataclasses import replace

import pytest

from domain.bills.bill import BillState, PaymentOutcome
from domain.gateways.attempt import AttemptAlert, AttemptState, PaymentAttempt
from domain.gateways.gateway import SaleState
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.suspense import SuspenseState
from domain.settlement.settlement_file import ExaminedFile
from tests.support.scripted_bank import Payer, answer
from tests.support.settlement_files import SCRIPTED_LAYOUT, RevenueUnit, sale_line, write_sales

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)


async def leave(payer: Payer) -> tuple[str, PaymentAttempt]:
    """Leave for the bank with a fresh bill."""
    code = await payer.town.reach("awaiting_payment")
    return code, await payer.leave(code)


async def put_state(payer: Payer, attempt: PaymentAttempt, state: AttemptState) -> None:
    """Bring an attempt into a state."""
    async with payer.town.store.open_unit() as uow:
        stored = await uow.payment_attempts.get(attempt.id, lock=True)
        await uow.payment_attempts.save(replace(stored, state=state, next_step_at=None))


async def agrees(payer: Payer, deposited: int) -> None:
    """The ledger says what the books do: so much money of gateways lies in the bank, and none is on its way."""
    async with payer.town.store.open_unit(write=False) as uow:
        assert await uow.ledger.list_differences(10) == []
        rows = {one.account_key: one.closing_balance for one in await uow.ledger.sum_accounts(None, None)}
    assert rows[AccountKey(Account.BANK, "gateway")] == deposited
    assert rows[AccountKey(Account.GATEWAY_CLEARING, "bank")] == 0


async def book(revenue: RevenueUnit, *lines: str) -> ExaminedFile:
    """Book a file of the bank where the payer pays."""
    return await revenue.book(write_sales(*lines), SCRIPTED_LAYOUT)


@pytest.mark.parametrize(
    "state", [one for one in AttemptState if one not in {AttemptState.SETTLED, AttemptState.REVERSED}]
)
async def test_an_attempt_in_whatever_state_becomes_settled_once(
    revenue: RevenueUnit, payer: Payer, state: AttemptState
) -> None:
    code, attempt = await leave(payer)
    await put_state(payer, attempt, state)
    line = sale_line(attempt, "5142", payer.town.clock.now())
    assert await revenue.outcomes(await book(revenue, line)) == ["settles"]
    assert await revenue.outcomes(await book(revenue, line, line)) == ["known", "known"]
    settled = await payer.attempt(attempt)
    assert (settled.state, settled.sale_number, settled.code) == (AttemptState.SETTLED, "5142", "settlement_file")
    (payment,) = await payer.town.payments(code)
    assert (payment.reference, payment.attempt_id) == ("bank/5142", attempt.id)
    assert (await payer.town.request(code)).state == "paid"
    assert await revenue.differences() == []
    await agrees(payer, attempt.amount)


async def test_a_settled_attempt_is_confirmed(revenue: RevenueUnit, payer: Payer) -> None:
    code, attempt = await leave(payer)
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert await revenue.outcomes(await book(revenue, sale_line(attempt, "5142", payer.town.clock.now()))) == [
        "confirms"
    ]
    assert len(await payer.town.payments(code)) == 1
    async with payer.town.store.open_unit(write=False) as uow:
        assert await uow.settlement.is_filed(attempt.id)
    await agrees(payer, attempt.amount)
    order_alone = sale_line(attempt, "", payer.town.clock.now())
    assert await revenue.outcomes(await book(revenue, order_alone)) == ["known"], "another file has it by its sale"
    await agrees(payer, attempt.amount)


async def test_a_file_that_comes_while_the_bank_is_asked_counts_once(revenue: RevenueUnit, payer: Payer) -> None:
    code, attempt = await leave(payer)
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)

    async def bring_file() -> None:
        await book(revenue, sale_line(attempt, "5142", payer.town.clock.now()))

    payer.bank.meanwhile = bring_file
    await payer.advance()
    assert [payment.outcome for payment in await payer.town.payments(code)] == [PaymentOutcome.SETTLED]
    assert await payer.state(attempt) is AttemptState.SETTLED


async def test_a_sale_of_a_bill_that_was_paid_otherwise_is_surplus(revenue: RevenueUnit, payer: Payer) -> None:
    code, attempt = await leave(payer)
    await payer.town.pay(code)
    assert await revenue.outcomes(await book(revenue, sale_line(attempt, "5142", payer.town.clock.now()))) == [
        "settles"
    ]
    assert [payment.outcome for payment in await payer.town.payments(code)][-1] is PaymentOutcome.SURPLUS


async def test_an_amount_that_differs_pays_no_bill(revenue: RevenueUnit, payer: Payer) -> None:
    code, attempt = await leave(payer)
    line = sale_line(attempt, "5142", payer.town.clock.now(), amount=attempt.amount - 1000)
    assert await revenue.outcomes(await book(revenue, line)) == ["wrong_amount"]
    settled = await payer.attempt(attempt)
    assert (settled.state, settled.alert) == (AttemptState.SETTLED, AttemptAlert.WRONG_AMOUNT)
    assert (await payer.town.bills(code))[0].state is BillState.OPEN
    (difference,) = await revenue.differences()
    assert (difference.kind, difference.party, difference.facts["asked"]) == ("sale_amount", "bank", attempt.amount)
    async with payer.town.store.open_unit(write=False) as uow:
        (receipt,) = await uow.suspense.list_in_state(SuspenseState.OPEN, 10)
    assert (receipt.amount, receipt.gateway) == (attempt.amount - 1000, "bank")


async def test_a_settled_attempt_over_another_amount_is_the_banks_to_explain(
    revenue: RevenueUnit, payer: Payer
) -> None:
    code, attempt = await leave(payer)
    await book(revenue, sale_line(attempt, "5142", payer.town.clock.now()))
    other = sale_line(attempt, "5142", payer.town.clock.now(), amount=5000)
    assert await revenue.outcomes(await book(revenue, other)) == ["other_number"]
    assert len(await payer.town.payments(code)) == 1
    assert await revenue.difference_kinds() == ["other_number"]


async def test_a_sale_without_an_attempt_waits_in_suspense(revenue: RevenueUnit, payer: Payer) -> None:
    _, attempt = await leave(payer)
    stranger = replace(attempt, order_number=attempt.order_number + 1)
    assert await revenue.outcomes(await book(revenue, sale_line(stranger, "77", payer.town.clock.now()))) == [
        "no_attempt"
    ]
    assert await revenue.difference_kinds() == ["no_attempt"]


async def test_numbers_of_two_sales_in_one_line_move_neither(revenue: RevenueUnit, payer: Payer) -> None:
    (_, first), (_, second) = await leave(payer), await leave(payer)
    await payer.come_back(first, "5142")
    line = sale_line(second, "5142", payer.town.clock.now())
    assert await revenue.outcomes(await revenue.examine(write_sales(line), SCRIPTED_LAYOUT)) == ["other_number"]
    assert await revenue.outcomes(await book(revenue, line)) == ["other_number"]
    assert [await payer.state(one) for one in (first, second)] == [AttemptState.RETURNED, AttemptState.SENT]


async def test_a_sale_that_the_bank_gave_back_and_files_all_the_same(revenue: RevenueUnit, payer: Payer) -> None:
    code, attempt = await leave(payer)
    await put_state(payer, attempt, AttemptState.REVERSED)
    assert await revenue.outcomes(await book(revenue, sale_line(attempt, "5142", payer.town.clock.now()))) == [
        "settles"
    ]
    (payment,) = await payer.town.payments(code)
    assert payment.attempt_id == attempt.id, "what its settlement says is the bank's last word"
    (difference,) = await revenue.differences()
    assert (difference.kind, difference.party) == ("contradicts", "bank")
