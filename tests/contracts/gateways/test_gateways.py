"""Contract of every gateway, whatever its protocol: each of them with its own bank."""

import re
from urllib.parse import urlsplit

import pytest

from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RefundScope, Settlement
from domain.gateways.gateway import (
    CardRefund,
    CardRefundState,
    DeclineReason,
    GatewayAnswer,
    PaymentGateway,
    PaymentPage,
    SaleState,
    StartRefusal,
)
from domain.messages.catalogue import Catalogue
from payments import GATEWAYS
from tests.contracts.gateways.banks import (
    AMOUNT,
    FAKE_BANKS,
    PUBLIC_ADDRESS,
    ContractBank,
    FakeBank,
    build_order,
    build_sale,
    for_gateways_where,
    within_session,
)
from tests.fakes.bank_server import FIRST_CARD, SECOND_CARD, BankSaleState

OURS = {SaleState.VERIFIED, SaleState.SETTLED}
NOTHING_TOLD = {SaleState.UNPAID, None}


async def start(gateway: PaymentGateway, order_number: int = 7) -> PaymentPage:
    """Open a session that has to open."""
    page = await gateway.start(build_order(order_number))
    assert isinstance(page, PaymentPage), page
    return page


async def verify_paid(gateway: PaymentGateway, bank: ContractBank, page: PaymentPage, **paid: int) -> GatewayAnswer:
    """Pay, and verify with what the browser brought."""
    callback = gateway.read_callback(bank.pay(page.reference, **paid))  # type: ignore[arg-type]
    return await gateway.verify(build_sale(page, callback.sale_number))


def test_every_gateway_has_a_bank_to_be_tried_with() -> None:
    assert set(FAKE_BANKS) == set(GATEWAYS)


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_the_payer_is_told_each_reason_in_words(reason: DeclineReason) -> None:
    assert Catalogue.load().text(f"gateways.declines.{reason}").endswith(".")


def test_it_says_what_it_can_do(gateway: PaymentGateway, gateway_name: str) -> None:
    assert gateway.name == gateway_name
    assert isinstance(gateway.capabilities, GatewayCapabilities)
    assert gateway.capabilities.callback_methods <= {"GET", "POST"}
    assert gateway.form_origins
    for origin in gateway.form_origins:
        parts = urlsplit(origin)
        assert (parts.path, parts.query) == ("", "")
        assert parts.hostname


async def test_a_session_is_opened_over_the_whole_amount(
    gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank
) -> None:
    page = await start(gateway)
    sale = bank.sales[page.reference]
    assert (sale.order_number, sale.amount) == (7, AMOUNT)
    assert sale.callback_url.startswith(PUBLIC_ADDRESS) == fake_bank.takes_callback_address
    address = urlsplit(page.address)
    assert f"{address.scheme}://{address.netloc}" in gateway.form_origins


async def test_sessions_are_told_apart(gateway: PaymentGateway, bank: ContractBank) -> None:
    first, second = await start(gateway, 7), await start(gateway, 8)
    assert first.reference != second.reference
    assert bank.sales[second.reference].order_number == 8


async def test_who_paid_comes_back_with_what_was_stored(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    callback = gateway.read_callback(bank.pay(page.reference))
    assert callback.is_paid
    assert callback.reason is None
    assert callback.order_number is not None or callback.reference is not None
    assert callback.order_number in {7, None}
    assert callback.reference in {page.reference, None}
    assert FIRST_CARD not in repr(callback)


@pytest.mark.parametrize("way", ["decline", "cancel"])
async def test_who_did_not_pay_comes_back_with_a_reason(gateway: PaymentGateway, bank: ContractBank, way: str) -> None:
    page = await start(gateway)
    callback = gateway.read_callback(getattr(bank, way)(page.reference))
    assert not callback.is_paid
    assert isinstance(callback.reason, DeclineReason)
    assert callback.code


async def test_a_paid_sale_is_verified(gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank) -> None:
    page = await start(gateway)
    answer = await verify_paid(gateway, bank, page)
    assert answer.sale_state in OURS
    assert answer.amount == (AMOUNT if fake_bank.tells_amount else None)
    assert answer.code
    assert (answer.reason, answer.is_our_fault) == (None, False)
    assert bank.sales[page.reference].state is BankSaleState.VERIFIED
    assert answer.card is None or re.fullmatch(r"[0-9]{6}\*{6}[0-9]{4}", answer.card)


async def test_it_is_verified_again_as_well(gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank) -> None:
    page = await start(gateway)
    first = await verify_paid(gateway, bank, page)
    second = await gateway.verify(build_sale(page, bank.sales[page.reference].sale_number))
    assert {first.sale_state, second.sale_state} <= OURS
    assert second.amount == (AMOUNT if fake_bank.tells_amount else None)


async def test_a_second_card_pays_where_the_first_was_declined(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    assert not gateway.read_callback(bank.decline(page.reference)).is_paid
    bank.now += within_session(bank)
    callback = gateway.read_callback(bank.pay(page.reference, card=SECOND_CARD))
    answer = await gateway.verify(build_sale(page, callback.sale_number))
    assert answer.sale_state in OURS


async def test_what_nobody_paid_is_never_verified(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    answer = await gateway.verify(build_sale(page, "12345"))
    assert answer.sale_state in {SaleState.UNPAID, None}
    assert bank.sales[page.reference].state is BankSaleState.OPEN


@for_gateways_where(lambda fake_bank, _: fake_bank.tells_amount)
async def test_a_wrong_amount_is_told(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    assert (await verify_paid(gateway, bank, page, amount=AMOUNT - 1000)).amount == AMOUNT - 1000


@for_gateways_where(lambda fake_bank, _: fake_bank.compares_amount and not fake_bank.tells_amount)
async def test_a_wrong_amount_is_not_verified_by_a_bank_that_compares_it(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    page = await start(gateway)
    answer = await verify_paid(gateway, bank, page, amount=AMOUNT - 1000)
    assert (answer.sale_state, answer.is_our_fault) == (None, True)


@for_gateways_where(lambda fake_bank, _: fake_bank.gives_discounts)
async def test_a_discount_of_the_bank_is_no_wrong_amount(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    answer = await verify_paid(gateway, bank, page, discount=50_000)
    assert answer.sale_state in OURS
    assert answer.amount == AMOUNT
    assert answer.paid_amount in {AMOUNT - 50_000, None}


async def test_the_bank_can_be_asked_as_the_capabilities_say(
    gateway: PaymentGateway, bank: ContractBank, fake_bank: FakeBank
) -> None:
    key = gateway.capabilities.inquiry
    page = await start(gateway)
    if key is InquiryKey.ORDER:
        assert (await gateway.inquire(build_sale(page))).sale_state is SaleState.UNPAID
    bank.pay(page.reference)
    sale_number = bank.sales[page.reference].sale_number if key is InquiryKey.SALE_NUMBER else None
    answer = await gateway.inquire(build_sale(page, sale_number))
    if key is InquiryKey.NOTHING:
        assert answer.sale_state is None
        return
    assert answer.sale_state in {SaleState.AWAITING_VERIFICATION, *OURS}
    await gateway.verify(build_sale(page, bank.sales[page.reference].sale_number))
    verified = OURS if fake_bank.inquiry_tells_verified else {SaleState.AWAITING_VERIFICATION}
    assert (await gateway.inquire(build_sale(page, sale_number))).sale_state in verified


async def test_what_it_cannot_ask_tells_nothing(gateway: PaymentGateway, bank: ContractBank) -> None:
    """A question that the protocol lacks is harmless, whoever asks it."""
    page = await start(gateway)
    refund = CardRefund(refund_number=1, sale=build_sale(page, "1"), amount=1000)
    if gateway.capabilities.inquiry is InquiryKey.NOTHING:
        assert (await gateway.inquire(build_sale(page))).sale_state in NOTHING_TOLD
    if gateway.capabilities.settlement is Settlement.WITH_VERIFY:
        assert (await gateway.settle(build_sale(page))).sale_state in NOTHING_TOLD
    if gateway.capabilities.reverse_within is None:
        assert (await gateway.reverse(build_sale(page))).sale_state in NOTHING_TOLD
    if gateway.capabilities.refund is RefundScope.NONE:
        assert (await gateway.refund(refund)).refund_state in {None, CardRefundState.REFUSED, CardRefundState.ABSENT}
        assert (await gateway.inquire_refund(refund)).refund_state in {
            None,
            CardRefundState.REFUSED,
            CardRefundState.ABSENT,
        }
    if not gateway.capabilities.lists_unverified:
        assert list(await gateway.list_unverified()) == []
    assert bank.sales[page.reference].state is BankSaleState.OPEN


@for_gateways_where(lambda _, capabilities: capabilities.settlement is Settlement.BY_CALL)
async def test_a_verified_sale_is_settled_where_that_is_a_call(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    await verify_paid(gateway, bank, page)
    sale = build_sale(page, bank.sales[page.reference].sale_number)
    answers = [await gateway.settle(sale), await gateway.settle(sale)]
    assert [answer.sale_state for answer in answers] == [SaleState.SETTLED] * 2
    assert bank.sales[page.reference].state is BankSaleState.SETTLED


@for_gateways_where(lambda _, capabilities: capabilities.reverse_within is not None)
async def test_a_verified_sale_is_given_back(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    await verify_paid(gateway, bank, page)
    sale = build_sale(page, bank.sales[page.reference].sale_number)
    assert (await gateway.reverse(sale)).sale_state is SaleState.REVERSED
    assert bank.sales[page.reference].state is BankSaleState.REVERSED
    assert (await gateway.reverse(sale)).sale_state in {SaleState.REVERSED, None}
    assert (await gateway.verify(sale)).sale_state not in OURS


@for_gateways_where(lambda _, capabilities: capabilities.lists_unverified)
async def test_unverified_sales_are_listed_where_the_bank_lists_them(
    gateway: PaymentGateway, bank: ContractBank
) -> None:
    paid, verified, open_page = await start(gateway, 7), await start(gateway, 8), await start(gateway, 9)
    bank.pay(paid.reference)
    bank.pay(verified.reference)
    await gateway.verify(build_sale(verified, order_number=8))
    [listed] = await gateway.list_unverified()
    assert (listed.reference, listed.amount) == (paid.reference, AMOUNT)
    assert open_page.reference != listed.reference


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
async def test_refused_credentials_are_our_fault(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    bank.pay(page.reference)
    bank.refuses.credentials = True
    refusal = await gateway.start(build_order(8))
    assert isinstance(refusal, StartRefusal)
    assert (refusal.reason, refusal.is_our_fault) == (DeclineReason.BANK, True)
    answer = await gateway.verify(build_sale(page, bank.sales[page.reference].sale_number))
    assert answer.sale_state is None
    assert answer.is_our_fault
    assert list(await gateway.list_unverified()) == []
    assert bank.sales[page.reference].state is BankSaleState.PAID


@for_gateways_where(lambda _, capabilities: capabilities.needs_fixed_address)
async def test_a_refused_address_is_our_fault(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await start(gateway)
    bank.pay(page.reference)
    bank.refuses.address = True
    refusal = await gateway.start(build_order(8))
    assert isinstance(refusal, StartRefusal)
    assert refusal.is_our_fault
    answer = await gateway.verify(build_sale(page, bank.sales[page.reference].sale_number))
    assert (answer.sale_state, answer.is_our_fault) == (None, True)
    bank.refuses.address = False
    assert (await gateway.verify(build_sale(page, bank.sales[page.reference].sale_number))).sale_state in OURS


async def test_it_can_be_closed_twice_and_used_again(gateway: PaymentGateway) -> None:
    await gateway.close()
    await start(gateway)
    await gateway.close()
    await gateway.close()
