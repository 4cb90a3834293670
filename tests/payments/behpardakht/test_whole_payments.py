"""Whole payments at the fake bank, with every fault at every call: the money is counted once, or was given back."""

from datetime import timedelta

import pytest

from domain.gateways.attempt import AttemptAlert, AttemptEffect, AttemptState
from domain.gateways.gateway import PaymentGateway
from tests.fakes.behpardakht_bank import UNENDING, BehpardakhtBank, BehpardakhtFault
from tests.payments.behpardakht.whole_payment import AMOUNT, WholePayment

FAULTS: tuple[BehpardakhtFault, ...] = (
    "cut_before", "cut_after", "cut_within", "silent_before", "silent_after", "http_500", "soap_fault", "garbage",
    "redirect", "external_entity", "billion_laughs", "huge", "drip", "other_operation", "compressed",
)  # fmt: skip


async def test_a_payment_is_verified_settled_and_counted(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    payment = WholePayment(bank, gateway)
    await payment.pay()
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1
    assert bank.sales.deposited == AMOUNT
    assert [call.operation for call in bank.calls] == ["bpPayRequest", "bpVerifyRequest", "bpSettleRequest"]
    assert payment.attempt.card == "603799******1236"
    payment.come_back()
    assert payment.counted == 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("calls_before", [0, 1], ids=["at the verification", "at the settlement"])
async def test_any_fault_of_the_network_or_the_bank_ends_settled_and_counted_once(
    bank: BehpardakhtBank,
    gateway: PaymentGateway,
    hasty_gateway: PaymentGateway,
    fault: BehpardakhtFault,
    calls_before: int,
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.pay()
    for _ in range(calls_before):
        await payment.step()
    bank.faults.append(fault)
    payment.gateway = hasty_gateway if fault in UNENDING else gateway
    await payment.step()
    assert payment.events[-1] == "unanswered"
    payment.gateway = gateway
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1
    assert bank.sales.deposited == AMOUNT


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_session_that_may_have_been_opened_sends_nobody_away(
    bank: BehpardakhtBank, gateway: PaymentGateway, hasty_gateway: PaymentGateway, fault: BehpardakhtFault
) -> None:
    bank.faults.append(fault)
    payment = WholePayment(bank, hasty_gateway if fault in UNENDING else gateway)
    await payment.start()
    assert payment.attempt.state is AttemptState.FAILED
    again = WholePayment(bank, gateway, order_number=8)
    await again.pay()
    assert await again.finish() is AttemptState.SETTLED


async def test_a_bank_that_is_away_for_an_hour_after_the_verification(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.pay()
    await payment.step()
    bank.faults += ["http_500"] * 12
    assert await payment.finish() is AttemptState.SETTLED
    assert bank.sales.deposited == AMOUNT


async def test_a_bank_that_is_away_too_long_to_verify_gave_the_money_back(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.pay()
    bank.faults += ["http_500"] * 14
    assert await payment.finish() is AttemptState.REVERSED
    assert "unanswered" in payment.events
    assert payment.counted == 0
    assert bank.sales.taken_from_payers == 0


async def test_a_payer_who_never_comes_back_has_the_money_back(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    bank.sales.pay(payment.reference)
    assert await payment.finish() is AttemptState.FAILED
    assert bank.sales.taken_from_payers == 0
    payment.come_back()
    assert payment.attempt.state is AttemptState.RETURNED
    assert await payment.finish() is AttemptState.REVERSED
    assert payment.counted == 0


async def test_a_second_card_after_the_first_was_refused(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    bank.sales.decline(payment.reference, "12")
    payment.come_back()
    assert payment.attempt.state is AttemptState.DECLINED
    bank.pass_time(timedelta(minutes=3))
    bank.sales.pay(payment.reference, "6037991234567893")
    payment.come_back()
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1


async def test_a_discount_is_no_wrong_amount(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    bank.sales.pay(payment.reference, discount=20_000)
    payment.come_back()
    assert await payment.finish() is AttemptState.SETTLED
    assert (payment.alert, payment.counted) == (None, 1)


@pytest.mark.parametrize("forged", [{"RefId": "AF82041a2Bf6989c7fF9"}, {"SaleOrderId": "8"}])
async def test_a_callback_of_another_session_asks_the_bank_nothing(
    bank: BehpardakhtBank, gateway: PaymentGateway, forged: dict[str, str]
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    bank.sales.pay(payment.reference)
    payment.come_back(**forged)
    assert (payment.alert, payment.attempt.state) == (AttemptAlert.FOREIGN_CALLBACK, AttemptState.SENT)
    assert len(bank.calls) == 1


async def test_the_name_of_the_session_is_compared_letter_by_letter(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    bank.sales.pay(payment.reference)
    payment.come_back(RefId=payment.reference.swapcase())
    assert payment.alert is AttemptAlert.FOREIGN_CALLBACK


async def test_a_claim_that_the_bank_knows_nothing_of_is_never_called_unpaid(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.start()
    payment.come_back(ResCode="0", SaleReferenceId="127926981299")
    assert await payment.finish(within=timedelta(hours=2)) is AttemptState.UNKNOWN
    assert payment.attempt.code == "42"
    assert AttemptEffect.RELEASE_BILLS not in payment.effects


async def test_a_payer_who_forged_a_claim_and_then_pays_has_the_money_back(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    """The bank does not deny the first sale, so that no other one is taken up; it gives back what nobody verifies."""
    payment = WholePayment(bank, gateway)
    await payment.start()
    payment.come_back(ResCode="0", SaleReferenceId="127926981299")
    await payment.step()
    bank.sales.pay(payment.reference)
    payment.come_back()
    assert payment.alert is AttemptAlert.FOREIGN_CALLBACK
    assert await payment.finish(within=timedelta(hours=2)) is AttemptState.UNKNOWN
    assert (payment.counted, bank.sales.taken_from_payers) == (0, 0)


async def test_what_only_the_municipality_can_mend_is_told_and_goes_on_once_it_is(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    payment = WholePayment(bank, gateway)
    await payment.pay()
    bank.sales.refuses.address = True
    await payment.step()
    assert (payment.alert, payment.attempt.code) == (AttemptAlert.OUR_FAULT, "421")
    bank.sales.refuses.address = False
    assert await payment.finish() is AttemptState.SETTLED
