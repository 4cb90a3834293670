"""Bale's invoices: what each status says, what an update claims, and what may not be configured."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
from pydantic import SecretStr, ValidationError

from domain.gateways.checkout import REFUSAL_FIELD, UPDATE_KIND_FIELD, CheckoutRefusal
from domain.gateways.gateway import (
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    PaymentGateway,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
)
from domain.messages.catalogue import Catalogue
from domain.values.errors import InvalidField, MissingField
from payments.bale import ABOVE_LIMIT, MEANINGS, NO_CHAT, START_MEANINGS, STATES, BaleInvoiceSettings
from payments.gateway_settings import BotAddress
from payments.rest_gateway import NO_SALE_NUMBER, OTHER_ORDER
from tests.contracts.gateways.banks import AMOUNT, PUBLIC_ADDRESS, build_order
from tests.fakes.bale_bank import BaleBank
from tests.fakes.bot_invoices import WALLET_TOKEN
from tests.fakes.bot_messenger import TOKEN

SALE = Sale(order_number=7, reference="7", sale_number="3400", amount=AMOUNT)


@pytest.fixture
async def bank() -> AsyncIterator[BaleBank]:
    """The wallet, on loopback."""
    async with BaleBank() as opened:
        yield opened


@pytest.fixture
async def gateway(bank: BaleBank) -> AsyncIterator[PaymentGateway]:
    """The gateway as it is by default: bills are paid in chats."""
    built = build(bank)
    yield built
    await built.close()


def build(bank: BaleBank, **values: object) -> PaymentGateway:
    """A gateway of these settings."""
    settings = BaleInvoiceSettings.model_validate({"provider_token": SecretStr(WALLET_TOKEN), **values})
    bots = {"bale": BotAddress(f"{bank.base_url}/bot", SecretStr(TOKEN))}
    return settings.with_bots(bots).build_gateway(PUBLIC_ADDRESS)


async def ask(gateway: PaymentGateway, bank: BaleBank, **transaction: object) -> GatewayAnswer:
    """Gateway's reading of a transaction."""
    bank.answer_next("verify", json.dumps({"ok": True, "result": transaction}).encode())
    return await gateway.inquire(SALE)


async def test_an_invoice_goes_into_the_payers_chat(gateway: PaymentGateway, bank: BaleBank) -> None:
    order = replace(build_order(), payer_chat="5200000001", description="عوارض نوسازی خودرو " * 40)
    assert await gateway.start(order) == PaymentPage("7", "", {})
    payload: Mapping[str, object] = bank.calls[0].payload
    assert (payload["chat_id"], payload["payload"]) == (5_200_000_001, "7")
    assert len(str(payload["title"])) <= 32
    assert str(payload["title"]).endswith("…")
    assert len(str(payload["description"])) == 255
    assert payload["prices"] == [{"label": payload["title"], "amount": AMOUNT}]


async def test_without_a_chat_it_makes_links_only_where_they_are_known_to_open(
    gateway: PaymentGateway, bank: BaleBank
) -> None:
    assert not gateway.capabilities.opens_in_browser
    assert gateway.form_origins == ()
    assert await gateway.start(build_order()) == StartRefusal(NO_CHAT, DeclineReason.BANK)
    assert bank.calls == []
    foreign = build(bank, link_origin="https://ble.ir")
    assert foreign.capabilities.opens_in_browser
    assert await foreign.start(build_order()) == StartRefusal(UNREADABLE, DeclineReason.BANK), "a link elsewhere"
    await foreign.close()


async def test_more_than_a_wallet_pays_is_not_asked_for(bank: BaleBank) -> None:
    gateway = build(bank, highest_amount=AMOUNT - 1)
    order = replace(build_order(), payer_chat="5")
    assert await gateway.start(order) == StartRefusal(ABOVE_LIMIT, DeclineReason.LIMIT)
    assert bank.calls == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("paid", SaleState.VERIFIED),
        ("PAID", SaleState.VERIFIED),
        ("failed", SaleState.UNPAID),
        ("rejected", SaleState.UNPAID),
        ("pending", None),
        ("refunded", None),
        ("", None),
    ],
)
async def test_each_status_says_what_it_says(
    gateway: PaymentGateway, bank: BaleBank, status: str, state: SaleState | None
) -> None:
    answer = await ask(gateway, bank, id="3400", status=status, amount=AMOUNT, userID=5)
    assert answer.sale_state is state
    assert answer.code == (status.lower() or "none")
    assert (answer.reason is not None) == (state is SaleState.UNPAID)


@pytest.mark.parametrize("amount", [None, -1, "x", 1.5, True])
async def test_a_payment_over_nothing_is_no_answer(gateway: PaymentGateway, bank: BaleBank, amount: object) -> None:
    answer = await ask(gateway, bank, id="3400", status="paid", amount=amount)
    assert (answer.sale_state, answer.code) == (None, UNREADABLE)


async def test_another_transaction_is_no_answer(gateway: PaymentGateway, bank: BaleBank) -> None:
    answer = await ask(gateway, bank, id="3401", status="paid", amount=AMOUNT)
    assert (answer.sale_state, answer.code) == (None, OTHER_ORDER)
    assert (await gateway.inquire(replace(SALE, sale_number=None))).code == NO_SALE_NUMBER


def allowed(**values: str) -> dict[str, str]:
    """A query that was allowed, as it is handed on."""
    query = {UPDATE_KIND_FIELD: "pre_checkout_query", "id": "3400", "currency": "IRR", "total_amount": str(AMOUNT)}
    return {**query, "invoice_payload": "7", **values}


def test_what_was_allowed_claims_to_be_paid(gateway: PaymentGateway) -> None:
    callback = gateway.read_callback(allowed())
    assert (callback.order_number, callback.sale_number, callback.amount) == (7, "3400", AMOUNT)
    assert callback.is_paid
    assert gateway.read_callback(allowed(currency="USD")).amount is None
    assert gateway.read_callback(allowed(total_amount="12.5")).amount is None


@pytest.mark.parametrize("refusal", list(CheckoutRefusal))
def test_what_was_refused_claims_nothing(gateway: PaymentGateway, refusal: CheckoutRefusal) -> None:
    callback = gateway.read_callback(allowed(**{REFUSAL_FIELD: refusal}))
    assert (callback.is_paid, callback.sale_number, callback.code) == (False, None, refusal)
    assert isinstance(callback.reason, DeclineReason)


def test_a_payment_without_a_number_is_a_claim_all_the_same(gateway: PaymentGateway) -> None:
    paid = {UPDATE_KIND_FIELD: "successful_payment", "invoice_payload": "7"}
    assert gateway.read_callback(paid).sale_number is None
    assert gateway.read_callback(paid).is_paid


@pytest.mark.parametrize(
    "values", [{UPDATE_KIND_FIELD: "message"}, {"invoice_payload": "0"}, {REFUSAL_FIELD: "no"}, {"id": ""}]
)
def test_all_else_is_none(gateway: PaymentGateway, values: dict[str, str]) -> None:
    with pytest.raises((InvalidField, MissingField)):
        gateway.read_callback(allowed(**values))


def test_every_code_has_words_for_the_staff() -> None:
    texts = Catalogue.load()
    codes = {*MEANINGS, *START_MEANINGS, *STATES, *CheckoutRefusal, "pending", NO_CHAT, ABOVE_LIMIT}
    for code in (*codes, "pre_checkout_query", "successful_payment"):
        assert texts.text(f"gateways.codes.bale.{code}").endswith(".")
    for refusal in CheckoutRefusal:
        assert "پولی برداشته نشد" in texts.text(f"payments.checkout.{refusal}")


@pytest.mark.parametrize("token", ["WALLET-TEST-1111111111111111", "wallet-test-1", "6037997500001236"])
def test_a_token_that_brings_no_money_is_refused(token: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BaleInvoiceSettings(provider_token=SecretStr(token))
    assert token not in str(refused.value)


def test_it_is_built_with_a_bot_alone() -> None:
    with pytest.raises(ValueError, match="bot"):
        BaleInvoiceSettings().build_gateway(PUBLIC_ADDRESS)
