"""Whole payments: the machine over every gateway and its bank, with each fault once at each call that is made.

Whatever goes wrong, the attempt ends where the bank is: settled and counted once, or given back and not counted.
"""

import pytest

from domain.gateways.attempt import AttemptAlert, AttemptEffect, AttemptState
from domain.gateways.capabilities import InquiryKey, Settlement
from domain.gateways.gateway import PaymentGateway
from tests.contracts.gateways.attempt_at_bank import AttemptAtBank
from tests.contracts.gateways.banks import AMOUNT, ContractBank, for_gateways_where, within_session
from tests.fakes.bank_server import SECOND_CARD, BankSaleState
from tests.fakes.server_faults import ServerFault

OURS = {BankSaleState.VERIFIED, BankSaleState.SETTLED}
HOURS_AWAY = 20
"""Calls that a bank leaves unanswered before anything else happens."""


@pytest.fixture
def payment(gateway: PaymentGateway, bank: ContractBank) -> AttemptAtBank:
    """An attempt that nobody has begun."""
    return AttemptAtBank(gateway, bank)


def is_ours(bank: ContractBank, payment: AttemptAtBank) -> bool:
    """Whether the bank means the municipality to have the money."""
    state = bank.sales[payment.reference].state
    settles_by_call = payment.gateway.capabilities.settlement is Settlement.BY_CALL
    return state is BankSaleState.SETTLED if settles_by_call else state in OURS


async def finish_settled(bank: ContractBank, payment: AttemptAtBank) -> None:
    """Go on to the end, which is that the money is ours, and counted once."""
    assert await payment.finish() is AttemptState.SETTLED
    assert payment.counted == 1
    assert is_ours(bank, payment)


async def test_a_payment_is_counted_once(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.pay()
    await finish_settled(bank, payment)
    assert payment.attempt.alert is None


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
@pytest.mark.parametrize("fault", list(ServerFault))
async def test_each_fault_once_at_each_call_ends_settled(
    gateway: PaymentGateway, impatient_gateway: PaymentGateway, bank: ContractBank, fault: ServerFault
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
        await finish_settled(bank, payment)


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
@pytest.mark.parametrize("fault", [ServerFault.CUT_BEFORE, ServerFault.CUT_AFTER, ServerFault.NONSENSE])
async def test_a_session_that_may_have_opened_is_failed_and_another_one_pays(
    gateway: PaymentGateway, bank: ContractBank, fault: ServerFault
) -> None:
    bank.fail_next("start", fault)
    lost, second = AttemptAtBank(gateway, bank), AttemptAtBank(gateway, bank, 8)
    await lost.start()
    assert (lost.attempt.state, lost.attempt.next_step_at) == (AttemptState.FAILED, None)
    await second.pay()
    await finish_settled(bank, second)


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
async def test_a_bank_that_is_away_for_hours_is_asked_until_it_answers(
    payment: AttemptAtBank, bank: ContractBank
) -> None:
    """Sales verified before it went away stay ours; what it could not verify in time it gave back, and nothing of that
    is counted."""
    await payment.pay()
    bank.fail_next("verify", ServerFault.CUT_AFTER)
    bank.fail_next("verify", ServerFault.SERVER_ERROR, times=HOURS_AWAY)
    for _ in range(HOURS_AWAY * 2):
        if payment.attempt.next_step_at:
            await payment.step()
    assert payment.events.count("unanswered") > 5
    assert payment.counted == (payment.attempt.state is AttemptState.SETTLED)
    if payment.attempt.state is AttemptState.SETTLED:
        assert is_ours(bank, payment)
    else:
        assert payment.attempt.state in {AttemptState.UNKNOWN, AttemptState.REVERSED}


async def test_a_callback_that_comes_twice_is_counted_once(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.start()
    values = bank.pay(payment.reference)
    payment.come_back(values)
    payment.come_back(values)
    await finish_settled(bank, payment)
    payment.come_back(values)
    await finish_settled(bank, payment)


@for_gateways_where(lambda _, capabilities: capabilities.inquiry is InquiryKey.ORDER)
async def test_a_payer_who_never_comes_back_is_found_by_asking(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.start()
    bank.pay(payment.reference)
    await finish_settled(bank, payment)


@for_gateways_where(lambda _, capabilities: capabilities.inquiry is not InquiryKey.ORDER)
async def test_a_payer_who_cannot_be_asked_about_has_the_money_back(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.start()
    bank.pay(payment.reference)
    assert (await payment.finish(), payment.counted) == (AttemptState.FAILED, 0)
    capabilities = payment.gateway.capabilities
    assert capabilities.verify_within is not None or capabilities.asks_before_payment


@for_gateways_where(lambda _, capabilities: capabilities.lists_unverified)
async def test_what_the_bank_lists_is_taken_up_after_its_session_has_failed(
    payment: AttemptAtBank, bank: ContractBank
) -> None:
    await payment.start()
    bank.now += within_session(bank)
    bank.pay(payment.reference)
    [listed] = await payment.gateway.list_unverified()
    assert listed.reference == payment.reference
    payment.apply(payment.machine.apply_listed(payment.attempt, bank.now))
    await finish_settled(bank, payment)


async def test_a_second_card_pays_after_the_first_was_declined(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.start()
    payment.come_back(bank.decline(payment.reference))
    assert payment.attempt.state is AttemptState.DECLINED
    bank.now += within_session(bank)
    await payment.pay(card=SECOND_CARD)
    await finish_settled(bank, payment)


async def test_a_late_callback_of_a_decline_does_not_undo_a_payment(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.start()
    declined = bank.decline(payment.reference)
    await payment.pay(card=SECOND_CARD)
    payment.come_back(declined)
    await finish_settled(bank, payment)


async def test_who_gives_up_holds_the_bills_no_longer_than_the_session(
    payment: AttemptAtBank, bank: ContractBank
) -> None:
    await payment.start()
    payment.come_back(bank.cancel(payment.reference))
    assert await payment.finish() is AttemptState.FAILED
    assert payment.effects == {AttemptEffect.RELEASE_BILLS: 1}


@for_gateways_where(lambda fake_bank, _: fake_bank.tells_amount)
async def test_a_wrong_amount_is_never_counted(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.pay(amount=AMOUNT - 1000)
    state = await payment.finish()
    assert payment.counted == 0
    assert payment.attempt.alert is AttemptAlert.WRONG_AMOUNT
    if payment.gateway.capabilities.reverse_within:
        assert state is AttemptState.REVERSED
        assert bank.sales[payment.reference].state is BankSaleState.REVERSED
    else:
        assert (state, payment.effects[AttemptEffect.HOLD_IN_SUSPENSE]) == (AttemptState.SETTLED, 1)


@for_gateways_where(lambda fake_bank, _: fake_bank.gives_discounts)
async def test_a_discount_of_the_bank_is_counted_in_full(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.pay(discount=50_000)
    await finish_settled(bank, payment)
    assert payment.attempt.alert is None
    assert payment.attempt.paid_amount in {AMOUNT - 50_000, None}


async def test_who_claims_to_have_paid_is_not_believed(payment: AttemptAtBank, bank: ContractBank) -> None:
    """A browser brings another payment's good callback, made over to this order; the bank knows better."""
    other = AttemptAtBank(payment.gateway, bank, 8)
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


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
async def test_credentials_that_are_refused_lose_nothing(payment: AttemptAtBank, bank: ContractBank) -> None:
    await payment.pay()
    bank.refuses.credentials = True
    await payment.step()
    await payment.step()
    assert payment.attempt.alert is AttemptAlert.OUR_FAULT
    assert payment.effects[AttemptEffect.ALERT_STAFF] == 1
    bank.refuses.credentials = False
    await finish_settled(bank, payment)
