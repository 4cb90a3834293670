"""Whole transfers back to a card at the fake bank, with every fault at every call: the money goes back once."""

from dataclasses import replace

import pytest

from domain.gateways.gateway import PaymentGateway, PaymentPage, Sale
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, RefundChange, RefundEffect
from domain.gateways.refund_machine import RefundMachine
from tests.fakes.behpardakht_bank import UNENDING, BehpardakhtBank, BehpardakhtFault
from tests.payments.behpardakht.test_gateway import ORDER
from tests.payments.behpardakht.test_whole_payments import FAULTS

PART = 50_000
REQUEST, CONFIRMATION, INQUIRY = "bpRefundRequest", "bpRefundVerifyRequest", "bpRefundInquiryRequest"


class WholeRefund:
    """One transfer, driven as the worker does, by the bank's clock."""

    def __init__(self, bank: BehpardakhtBank, gateway: PaymentGateway, sale: Sale, *, amount: int = PART) -> None:
        self.bank = bank
        self.gateway = gateway
        self.machine = RefundMachine()
        self.effects: list[RefundEffect] = []
        self.attempt = RefundAttempt(
            id=1, gateway=gateway.name, refund_number=101, attempt_id=2, sale=sale, bill_row_id=3, amount=amount,
            requested_by="staff:revenue", created_at=bank.now, next_step_at=bank.now,
        )  # fmt: skip

    def take(self, change: RefundChange) -> None:
        """Store a change."""
        self.attempt = change.attempt
        self.effects += change.effects

    async def step(self) -> None:
        """Wait until it is due and do the next step."""
        assert self.attempt.next_step_at
        self.bank.now = max(self.bank.now, self.attempt.next_step_at)
        if self.attempt.state is not RefundAttemptState.DUE:
            answer = await self.gateway.inquire_refund(self.attempt.card_refund)
            self.take(self.machine.apply_answer(self.attempt, answer, self.bank.now))
            return
        self.take(self.machine.begin_sending(self.attempt, self.bank.now))
        answer = await self.gateway.refund(self.attempt.card_refund)
        self.take(self.machine.apply_request_answer(self.attempt, answer, self.bank.now))

    async def finish(self, steps: int = 60) -> RefundAttemptState:
        """Go on until it ends."""
        while self.attempt.state.is_open and steps:
            await self.step()
            steps -= 1
        return self.attempt.state


@pytest.fixture
async def sale(bank: BehpardakhtBank, gateway: PaymentGateway) -> Sale:
    """A settled sale."""
    page = await gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    paid = bank.sales.pay(page.reference).sale
    assert paid
    settled = Sale(order_number=7, reference=page.reference, sale_number=str(paid.number), amount=ORDER.amount)
    await gateway.verify(settled)
    await gateway.settle(settled)
    return settled


@pytest.mark.parametrize(
    ("operation", "fault"),
    [*((REQUEST, fault) for fault in FAULTS), (CONFIRMATION, "cut_before"), (CONFIRMATION, "cut_after")],
)
async def test_any_fault_ends_with_one_transfer(
    bank: BehpardakhtBank,
    gateway: PaymentGateway,
    hasty_gateway: PaymentGateway,
    sale: Sale,
    operation: str,
    fault: BehpardakhtFault,
) -> None:
    bank.faults_of[operation].append(fault)
    refund = WholeRefund(bank, hasty_gateway if fault in UNENDING else gateway, sale)
    await refund.step()
    assert refund.attempt.state is RefundAttemptState.UNKNOWN
    refund.gateway = gateway
    assert await refund.finish() is RefundAttemptState.DONE
    assert refund.effects == [RefundEffect.COUNT_REFUND]
    assert bank.sales.deposited == ORDER.amount - PART


async def test_a_request_that_was_taken_after_all_is_not_taken_twice(
    bank: BehpardakhtBank, gateway: PaymentGateway, sale: Sale
) -> None:
    """The bank does not answer for hours, then knows the transfer: what is asked for again has the same number."""
    bank.faults_of[REQUEST].append("cut_after")
    bank.faults_of[INQUIRY].extend(["http_500"] * 12)
    refund = WholeRefund(bank, gateway, sale)
    assert await refund.finish() is RefundAttemptState.DONE
    repeated = replace(refund.attempt, state=RefundAttemptState.DUE, reference=None, next_step_at=bank.now)
    refund.attempt = repeated  # as if a wrong «never took it» had made it due
    assert await refund.finish() is RefundAttemptState.DONE
    assert len(bank.sales.transfers) == 1
    assert bank.sales.deposited == ORDER.amount - PART


async def test_a_whole_sale_goes_back_and_nothing_beyond_it(
    bank: BehpardakhtBank, gateway: PaymentGateway, sale: Sale
) -> None:
    assert await WholeRefund(bank, gateway, sale, amount=ORDER.amount).finish() is RefundAttemptState.DONE
    beyond = WholeRefund(bank, gateway, sale)
    beyond.attempt = replace(beyond.attempt, refund_number=102)
    assert await beyond.finish() is RefundAttemptState.REFUSED
    assert beyond.effects == [RefundEffect.RETURN_TO_STAFF]
    assert bank.sales.deposited == 0


async def test_what_the_bank_refuses_goes_another_way_once_that_is_proved(
    bank: BehpardakhtBank, gateway: PaymentGateway, sale: Sale
) -> None:
    bank.sales.credit = 0
    bank.faults_of[INQUIRY].extend(["http_500", "cut_after"])
    refund = WholeRefund(bank, gateway, sale)
    await refund.step()
    assert refund.attempt.state is RefundAttemptState.UNKNOWN, "a code alone proves nothing"
    assert await refund.finish() is RefundAttemptState.REFUSED
    assert (refund.attempt.code, bank.sales.transfers) == ("12", {})


async def test_a_bank_that_is_away_is_asked_again(bank: BehpardakhtBank, gateway: PaymentGateway, sale: Sale) -> None:
    refund = WholeRefund(bank, gateway, sale)
    bank.faults_of[REQUEST].extend(["cut_before"] * 3)
    assert await refund.finish() is RefundAttemptState.DONE
    assert bank.sales.deposited == ORDER.amount - PART
