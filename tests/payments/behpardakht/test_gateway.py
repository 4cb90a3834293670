"""Sessions, callbacks and transfers to cards, against the fake bank."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.gateways.gateway import (
    CardRefund,
    CardRefundState,
    DeclineReason,
    PaymentGateway,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
)
from domain.values.errors import DomainError, InvalidField, MissingField
from tests.fakes.behpardakht_bank import UNENDING, BehpardakhtBank, BehpardakhtFault
from tests.payments.behpardakht.whole_payment import build_gateway

ORDER = PaymentOrder(
    order_number=7,
    amount=200_000,
    callback_url="https://127.0.0.1/pay/behpardakht/callback",
    started_at=datetime(2026, 3, 20, 20, 31, 5, tzinfo=UTC),
    description="عوارض خودرو",
    payer_mobile="+989121234567",
)
PAID = {
    "RefId": "AF82041a2Bf6989c7fF9",
    "ResCode": "0",
    "SaleOrderId": "7",
    "SaleReferenceId": "127926981246",
    "CardHolderPan": "610433*****5689",
    "CardHolderInfo": "C3A7",
    "FinalAmount": "180000",
}


async def settle_sale(bank: BehpardakhtBank, gateway: PaymentGateway) -> Sale:
    """Return a settled sale."""
    page = await gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    paid = bank.sales.pay(page.reference).sale
    assert paid is not None
    sale = Sale(order_number=7, reference=page.reference, sale_number=str(paid.number), amount=ORDER.amount)
    assert (await gateway.verify(sale)).sale_state is SaleState.VERIFIED
    assert (await gateway.settle(sale)).sale_state is SaleState.SETTLED
    return sale


async def test_a_session_in_tehrans_time(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    page = await gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    session = bank.sales.sessions[page.reference]
    assert session.local_moment == "20260321 000105"
    assert (session.order_id, session.amount, session.callback_url) == (7, 200_000, ORDER.callback_url)
    assert page.address == bank.start_url
    assert page.form_fields == {"RefId": page.reference, "CartItem": "عوارض خودرو", "MobileNo": "989121234567"}
    assert gateway.form_origins == (bank.base_url,)


async def test_why_no_session_was_opened(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    await gateway.start(ORDER)
    assert await gateway.start(ORDER) == StartRefusal("41", DeclineReason.BANK)
    assert await gateway.start(replace(ORDER, order_number=8, amount=10)) == StartRefusal("25", DeclineReason.AMOUNT)
    elsewhere = replace(ORDER, order_number=9, callback_url="https://elsewhere.example/")
    assert await gateway.start(elsewhere) == StartRefusal("62", DeclineReason.BANK, is_our_fault=True)
    bank.sales.password = "changed"
    assert await gateway.start(replace(ORDER, order_number=10)) == StartRefusal(
        "24", DeclineReason.BANK, is_our_fault=True
    )


def test_a_callback_as_published(gateway: PaymentGateway) -> None:
    callback = gateway.read_callback(PAID)
    assert (callback.order_number, callback.reference) == (7, "AF82041a2Bf6989c7fF9")
    assert (callback.is_paid, callback.sale_number, callback.card) == (True, "127926981246", "610433******5689")
    cancelled = gateway.read_callback(PAID | {"ResCode": "17", "SaleReferenceId": ""})
    assert (cancelled.is_paid, cancelled.sale_number, cancelled.reason) == (False, None, DeclineReason.CANCELLED)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"RefId": ""}, MissingField("RefId")),
        ({"SaleOrderId": ""}, MissingField("SaleOrderId")),
        ({"ResCode": " "}, MissingField("ResCode")),
        ({"SaleReferenceId": ""}, MissingField("SaleReferenceId")),
        ({"RefId": "AF' or 1=1"}, InvalidField("RefId")),
        ({"SaleOrderId": "۷"}, InvalidField("SaleOrderId")),
        ({"SaleReferenceId": "0"}, InvalidField("SaleReferenceId")),
        ({"SaleOrderId": "-7"}, InvalidField("SaleOrderId")),
        ({"SaleReferenceId": "9" * 19}, InvalidField("SaleReferenceId")),
        ({"ResCode": "OK"}, InvalidField("ResCode")),
    ],
)
def test_what_is_no_callback(gateway: PaymentGateway, changed: dict[str, str], error: DomainError) -> None:
    with pytest.raises(type(error)) as caught:
        gateway.read_callback(PAID | changed)
    assert str(caught.value) == str(error)


async def test_a_sale_that_is_not_settled_is_given_back(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    page = await gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    paid = bank.sales.pay(page.reference).sale
    assert paid is not None
    sale = Sale(order_number=7, reference=page.reference, sale_number=str(paid.number), amount=ORDER.amount)
    assert (await gateway.inquire(sale)).sale_state is SaleState.AWAITING_VERIFICATION
    assert (await gateway.reverse(sale)).sale_state is None
    await gateway.verify(sale)
    assert (await gateway.reverse(sale)).sale_state is SaleState.REVERSED
    assert (await gateway.reverse(sale)).sale_state is SaleState.REVERSED
    assert (await gateway.settle(sale)).sale_state is SaleState.REVERSED
    assert bank.sales.taken_from_payers == 0


async def test_a_settled_sale_is_no_more_given_back(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    sale = await settle_sale(bank, gateway)
    assert (await gateway.reverse(sale)).sale_state is SaleState.SETTLED
    assert (await gateway.inquire(sale)).sale_state is SaleState.SETTLED
    assert bank.sales.deposited == ORDER.amount


async def test_parts_of_a_sale_go_back_to_its_card(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    sale = await settle_sale(bank, gateway)
    first = await gateway.refund(CardRefund(refund_number=101, sale=sale, amount=50_000))
    second = await gateway.refund(CardRefund(refund_number=102, sale=sale, amount=150_000))
    assert first.refund_state is second.refund_state is CardRefundState.DONE
    assert first.reference == str(bank.sales.transfers[101].number)
    assert bank.sales.deposited == 0
    beyond = await gateway.refund(CardRefund(refund_number=103, sale=sale, amount=1_000))
    assert (beyond.refund_state, beyond.code) == (CardRefundState.REFUSED, "19")


async def test_what_the_bank_refuses_to_send_back(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    sale = await settle_sale(bank, gateway)
    bank.sales.credit = 0
    answer = await gateway.refund(CardRefund(refund_number=101, sale=sale, amount=50_000))
    assert (answer.refund_state, answer.code) == (CardRefundState.REFUSED, "12")
    bank.faults += [None, "http_500"]  # a code by itself proves nothing: the inquiry was not answered
    answer = await gateway.refund(CardRefund(refund_number=102, sale=sale, amount=50_000))
    assert answer.refund_state is None


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "silent_after", "garbage", "http_500"])
async def test_a_transfer_without_an_answer_is_inquired_and_done_once(
    bank: BehpardakhtBank, gateway: PaymentGateway, hasty_gateway: PaymentGateway, fault: BehpardakhtFault
) -> None:
    sale = await settle_sale(bank, gateway)
    refund = CardRefund(refund_number=101, sale=sale, amount=50_000)
    bank.faults.append(fault)
    asked = hasty_gateway if fault in UNENDING else gateway
    assert (await asked.refund(refund)).refund_state is None
    known = await gateway.inquire_refund(refund)
    was_taken = bool(bank.sales.transfers)
    assert known.refund_state is (CardRefundState.DONE if was_taken else CardRefundState.ABSENT)
    again = await gateway.refund(refund)  # nobody does it once it is done; the bank would refuse the number
    assert again.refund_state is (None if was_taken else CardRefundState.DONE)
    assert bank.sales.deposited == ORDER.amount - 50_000


async def test_a_transfer_that_was_taken_and_not_confirmed_is_inquired_by_its_number(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    sale = await settle_sale(bank, gateway)
    refund = CardRefund(refund_number=101, sale=sale, amount=50_000)
    calls = len(bank.calls)
    bank.faults += [None, "http_500"]
    answer = await gateway.refund(refund)
    assert (answer.refund_state, answer.reference) == (None, str(bank.sales.transfers[101].number))
    known = await gateway.inquire_refund(replace(refund, reference=answer.reference))
    assert known.refund_state is CardRefundState.DONE
    gone = await gateway.inquire_refund(replace(refund, reference="1"))  # «not found» of one that was taken: no answer
    assert gone.refund_state is None
    assert [call.operation for call in bank.calls[calls:]] == [
        "bpRefundRequest",
        "bpRefundVerifyRequest",
        "bpRefundInquiryRequest",
        "bpRefundInquiryRequest",
    ]


async def test_a_transfer_that_never_left_may_be_asked_for_again(bank: BehpardakhtBank) -> None:
    gateway = build_gateway(bank)
    sale = await settle_sale(bank, gateway)
    await bank.stop()
    answer = await gateway.refund(CardRefund(refund_number=101, sale=sale, amount=50_000))
    assert (answer.refund_state, answer.code) == (CardRefundState.ABSENT, "not_connected")
    assert (await gateway.inquire_refund(CardRefund(refund_number=101, sale=sale, amount=1))).refund_state is None
    await gateway.close()


async def test_the_bank_gives_back_by_itself_after_twenty_minutes(
    bank: BehpardakhtBank, gateway: PaymentGateway
) -> None:
    page = await gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    paid = bank.sales.pay(page.reference).sale
    assert paid is not None
    bank.pass_time(timedelta(minutes=20))
    sale = Sale(order_number=7, reference=page.reference, sale_number=str(paid.number), amount=ORDER.amount)
    assert (await gateway.verify(sale)).sale_state is SaleState.REVERSED
    assert (await gateway.list_unverified()) == ()


async def test_calls_at_once_have_their_own_answers(bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
    pages = await asyncio.gather(*[gateway.start(replace(ORDER, order_number=number)) for number in range(100, 120)])
    sales = []
    for number, page in enumerate(pages, 100):
        assert isinstance(page, PaymentPage)
        paid = bank.sales.pay(page.reference).sale if number % 2 else None
        sale_number = str(paid.number) if paid else "1"
        sales.append(Sale(order_number=number, reference=page.reference, sale_number=sale_number, amount=ORDER.amount))
    answers = await asyncio.gather(*[gateway.verify(sale) for sale in sales])
    assert [answer.code for answer in answers] == ["42", "0"] * 10
