"""Whole payments: the machine over every gateway and its bank, with each fault once at each call that is made.

Whatever goes wrong, the attempt ends where the bank is: settled and counted once, or given back and not counted.
"""

import pytest

from domain.gateways.attempt import AttemptAlert, AttemptEffect, AttemptState
from domain.gateways.capabilities import InquiryKey, Settlement
from domain.gateways.gateway import PaymentGateway
from tests.contracts.gateways.attempt_at_bank import AttemptAtBank
from tests.contracts.gateways.banks import AMOUNT, FAKE_BANKS, ContractBank, FakeBank, within_session
from tests.fakes.bank_server import SECOND_CARD, BankFault, BankSaleState

OURS = {BankSaleState.VERIFIED, BankSaleState.SETTLED}
HOURS_AWAY = 20
"""Calls that a bank leaves unanswered before anything else happens."""


def find_networked() -> list[str]:
    """The gateways that have a way to their bank."""
    return sorted(name for name, fake_bank in FAKE_BANKS.items() if fake_bank.has_network)


def is_ours(bank: ContractBank, payment: AttemptAtBank) -> bool:
    """Whether the bank means the municipality to have the money."""
    state = bank.sales[payment.reference].state
    settles_by_call = payment.gateway.capabilities.settlement is Settlement.BY_CALL
    return state is BankSaleState.SETTLED if settles_by_call else state in OURS


def can_find_absent_payers(gateway: PaymentGateway) -> bool:
    """Whether a payer who never came back is found."""
    return gateway.capabilities.inquiry is InquiryKey.ORDER


async def test_a_payment_is_counted_once(gateway: PaymentGateway, bank: ContractBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1
    assert payment.attempt.alert is None
    assert is_ours(bank, payment)


@pytest.mark.parametrize("gateway_name", find_networked(), indirect=True)
@pytest.mark.parametrize("fault", list(BankFault))
async def test_each_fault_once_at_each_call_ends_settled(
    gateway: PaymentGateway, impatient_gateway: PaymentGateway, bank: ContractBank, fault: BankFault
) -> None:
    """The first call that is made goes wrong, then that of the next payment's second step, and so on."""
    asked = impatient_gateway if fault.is_silent else gateway
    operations = ["verify", "settle"] if gateway.capabilities.settlement is Settlement.BY_CALL else ["verify"]
    for order_number, operation in enumerate(operations, 7):
        payment = AttemptAtBank(gateway, bank, order_number)
        await payment.pay()
        bank.fail_next(operation, fault)
        while "unanswered" not in payment.events:
            await payment.step(asked)
        assert await payment.finish() is AttemptState.SETTLED, operation
        assert payment.counted == 1
        assert is_ours(bank, payment)


@pytest.mark.parametrize("gateway_name", find_networked(), indirect=True)
@pytest.mark.parametrize("fault", [BankFault.CUT_BEFORE, BankFault.CUT_AFTER, BankFault.NONSENSE])
async def test_a_session_that_may_have_opened_is_failed_and_another_one_pays(
    gateway: PaymentGateway, bank: ContractBank, fault: BankFault
) -> None:
    bank.fail_next("start", fault)
    lost, second = AttemptAtBank(gateway, bank), AttemptAtBank(gateway, bank, 8)
    await lost.start()
    assert (lost.attempt.state, lost.attempt.next_step_at) == (AttemptState.FAILED, None)
    await second.pay()
    assert await second.finish() is AttemptState.SETTLED


@pytest.mark.parametrize("gateway_name", find_networked(), indirect=True)
async def test_a_bank_that_is_away_for_hours_is_asked_until_it_answers(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    """What it verified before it went away stays ours; what it could not verify in time it gave back, and nothing of
    that is counted.
    """
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    bank.fail_next("verify", BankFault.CUT_AFTER)
    bank.fail_next("verify", BankFault.SERVER_ERROR, times=HOURS_AWAY)
    for _ in range(HOURS_AWAY * 2):
        if payment.attempt.next_step_at:
            await payment.step()
    assert payment.events.count("unanswered") > 5
    assert payment.counted == (payment.attempt.state is AttemptState.SETTLED)
    if payment.attempt.state is AttemptState.SETTLED:
        assert is_ours(bank, payment)
    else:
        assert payment.attempt.state in {AttemptState.UNKNOWN, AttemptState.REVERSED}


async def test_a_callback_that_comes_twice_is_counted_once(gateway: PaymentGateway, bank: ContractBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    values = bank.pay(payment.reference)
    payment.come_back(values)
    payment.come_back(values)
    assert await payment.finish() is AttemptState.SETTLED
    payment.come_back(values)
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1


async def test_a_payer_who_never_comes_back_is_found_or_has_the_money_back(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    bank.pay(payment.reference)
    state = await payment.finish()
    if can_find_absent_payers(gateway):
        assert (state, payment.counted) == (AttemptState.SETTLED, 1)
        assert is_ours(bank, payment)
    else:
        assert (state, payment.counted) == (AttemptState.FAILED, 0)
        capabilities = gateway.capabilities
        assert capabilities.verify_within is not None or capabilities.asks_before_payment


async def test_what_the_bank_lists_is_taken_up_after_its_session_has_failed(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    if not gateway.capabilities.lists_unverified:
        pytest.skip("this bank has no list")
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    bank.now += within_session(bank)
    bank.pay(payment.reference)
    [listed] = await gateway.list_unverified()
    assert listed.reference == payment.reference
    payment.apply(payment.machine.apply_listed(payment.attempt, bank.now))
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1


async def test_a_second_card_pays_after_the_first_was_declined(gateway: PaymentGateway, bank: ContractBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    payment.come_back(bank.decline(payment.reference))
    assert payment.attempt.state is AttemptState.DECLINED
    bank.now += within_session(bank)
    await payment.pay(card=SECOND_CARD)
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1


async def test_a_late_callback_of_a_decline_does_not_undo_a_payment(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    declined = bank.decline(payment.reference)
    await payment.pay(card=SECOND_CARD)
    payment.come_back(declined)
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1


async def test_who_gives_up_holds_the_bills_no_longer_than_the_session(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    payment.come_back(bank.cancel(payment.reference))
    assert await payment.finish() is AttemptState.FAILED
    assert payment.effects == {AttemptEffect.RELEASE_BILLS: 1}


async def test_a_wrong_amount_is_never_counted(
    gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank
) -> None:
    if not fake_bank.tells_amount:
        pytest.skip("it does not tell the amount: it compares it, or the session alone holds it")
    payment = AttemptAtBank(gateway, bank)
    await payment.pay(amount=AMOUNT - 1000)
    state = await payment.finish()
    assert payment.counted == 0
    assert payment.attempt.alert is AttemptAlert.WRONG_AMOUNT
    if gateway.capabilities.reverse_within:
        assert state is AttemptState.REVERSED
        assert bank.sales[payment.reference].state is BankSaleState.REVERSED
    else:
        assert (state, payment.effects[AttemptEffect.HOLD_IN_SUSPENSE]) == (AttemptState.SETTLED, 1)


async def test_a_discount_of_the_bank_is_counted_in_full(
    gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank
) -> None:
    if not fake_bank.gives_discounts:
        pytest.skip("this bank gives none")
    payment = AttemptAtBank(gateway, bank)
    await payment.pay(discount=50_000)
    assert await payment.finish() is AttemptState.SETTLED
    assert (payment.counted, payment.attempt.alert) == (1, None)
    assert payment.attempt.paid_amount in {AMOUNT - 50_000, None}


async def test_who_claims_to_have_paid_is_not_believed(gateway: PaymentGateway, bank: ContractBank) -> None:
    """A browser brings another payment's good callback, made over to this order; the bank knows better."""
    other, payment = AttemptAtBank(gateway, bank, 8), AttemptAtBank(gateway, bank)
    await other.start()
    await payment.start()
    values = bank.pay(other.reference)
    payment.come_back(values)
    assert payment.attempt.state is AttemptState.SENT
    forged = {name: {"8": "7", other.reference: payment.reference}.get(value, value) for name, value in values.items()}
    payment.come_back(forged)
    for _ in range(5):
        if payment.attempt.next_step_at:
            await payment.step()
    is_same_receipt = payment.attempt.sale_number == bank.sales[other.reference].sale_number
    assert payment.counted == 0 or is_same_receipt, "a receipt that is another's is refused by the store"


async def test_credentials_that_are_refused_lose_nothing(
    gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank
) -> None:
    if not fake_bank.has_network:
        pytest.skip("it has no credentials")
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    bank.refuses.credentials = True
    await payment.step()
    await payment.step()
    assert payment.attempt.alert is AttemptAlert.OUR_FAULT
    assert payment.effects[AttemptEffect.ALERT_STAFF] == 1
    bank.refuses.credentials = False
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1
