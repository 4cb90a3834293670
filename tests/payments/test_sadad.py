"""Peculiarities of Sadad: signatures, Tehran's clock, and how little its −1 and 101 say."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from domain.gateways.attempt import AttemptState
from domain.gateways.capabilities import InquiryKey
from domain.gateways.gateway import (
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
)
from payments.rest_gateway import NOT_OFFERED, OTHER_ORDER
from payments.sadad import SWITCH_REASONS, Sadad, SadadSettings, sign
from tests.contracts.gateways.attempt_at_bank import AttemptAtBank
from tests.contracts.gateways.banks import AMOUNT, build_order
from tests.fakes.sadad_bank import KEY, MERCHANT, TERMINAL, SadadBank
from tests.support.tables import each_row

SALE = Sale(order_number=7, reference="T1", sale_number=None, amount=AMOUNT)


def build(base_url: str, *, inquiry_by_token: bool = False) -> Sadad:
    """The gateway of a bank at this address."""
    return Sadad(
        SadadSettings(
            base_url=f"{base_url}/vpg",
            merchant_id=MERCHANT,
            terminal_id=TERMINAL,
            terminal_key=SecretStr(KEY),
            inquiry_by_token=inquiry_by_token,
        )
    )


@pytest.fixture
async def bank() -> AsyncIterator[SadadBank]:
    """Sadad on loopback."""
    async with SadadBank() as opened:
        yield opened


@pytest.fixture
async def gateway(bank: SadadBank) -> AsyncIterator[Sadad]:
    """The gateway."""
    built = build(bank.base_url)
    yield built
    await built.close()


@pytest.fixture
async def asking_gateway(bank: SadadBank) -> AsyncIterator[Sadad]:
    """The gateway where the bank said that it may be asked by token."""
    built = build(bank.base_url, inquiry_by_token=True)
    yield built
    await built.close()


async def verify_with(gateway: Sadad, bank: SadadBank, **answer: object) -> GatewayAnswer:
    """Verify and be answered so."""
    bank.answer_next("verify", json.dumps(answer).encode())
    return await gateway.verify(SALE)


def test_signatures_are_those_of_openssl() -> None:
    """`openssl enc -des-ede3 -base64` and `-des-ede` say the same."""
    text = "24089971;7;1250000"
    assert sign(text, bytes(range(1, 25))) == "3aJrcfCwrx9MYSj7vxe8xdMSFG+Jw6O9"
    assert sign(text, bytes(range(1, 17))) == "zoc6Y/FdgBgWVNWuCuAJ0tKhs8b2dKh/"


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"short").decode(), "YWJj"])
def test_a_key_that_is_none_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SadadSettings(terminal_key=SecretStr(key))
    assert key not in str(refused.value)


async def test_the_day_and_hour_are_tehrans(gateway: Sadad, bank: SadadBank) -> None:
    for started_at, written in (
        (datetime(2026, 11, 24, 6, 35, 9, tzinfo=UTC), "11/24/2026 10:05:09 am"),
        (datetime(2026, 11, 24, 20, 30, tzinfo=UTC), "11/25/2026 12:00:00 am"),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "11/24/2026 12:30:00 pm"),
    ):
        await gateway.start(replace(build_order(), started_at=started_at))
        assert bank.calls[-1].payload["LocalDateTime"] == written


async def test_the_browser_gets_the_page_of_the_token(gateway: Sadad, bank: SadadBank) -> None:
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    assert page.address == f"{bank.base_url}/vpg/Purchase?Token={page.reference}"


@pytest.mark.parametrize(
    ("code", "reason", "is_our_fault"),
    [
        (1025, DeclineReason.BANK, True),
        (1003, DeclineReason.BANK, True),
        (61, DeclineReason.LIMIT, False),
        ("1101", DeclineReason.AMOUNT, False),
        (1056, DeclineReason.BANK, False),
        (4711, DeclineReason.BANK, False),
    ],
)
async def test_a_refused_session_has_a_reason(
    gateway: Sadad, bank: SadadBank, code: object, reason: DeclineReason, is_our_fault: bool
) -> None:
    bank.answer_next("start", json.dumps({"ResCode": code, "Token": None}).encode())
    assert await gateway.start(build_order()) == StartRefusal(str(code), reason, is_our_fault)


async def test_no_transaction_and_too_late_release_nothing(gateway: Sadad, bank: SadadBank) -> None:
    for code in ("-1", 101, 4711):
        assert await verify_with(gateway, bank, ResCode=code) == GatewayAnswer(sale_state=None, code=str(code))


async def test_nothing_is_verified_without_our_order_and_an_amount(gateway: Sadad, bank: SadadBank) -> None:
    good = {"ResCode": 0, "Amount": str(AMOUNT), "OrderId": "7", "RetrivalRefNo": 112233445566}
    verified = await verify_with(gateway, bank, **good)
    assert (verified.sale_state, verified.amount, verified.sale_number) == (
        SaleState.VERIFIED,
        AMOUNT,
        "112233445566",
    )
    assert (await verify_with(gateway, bank, **good | {"Amount": None})).code == UNREADABLE
    other = await verify_with(gateway, bank, **good | {"OrderId": 8})
    assert (other.sale_state, other.code) == (None, OTHER_ORDER)


async def test_it_is_asked_by_token_only_where_the_bank_said_so(
    gateway: Sadad, asking_gateway: Sadad, bank: SadadBank
) -> None:
    assert (gateway.capabilities.inquiry, asking_gateway.capabilities.inquiry) == (
        InquiryKey.NOTHING,
        InquiryKey.ORDER,
    )
    assert (await gateway.inquire(SALE)).code == NOT_OFFERED
    assert bank.calls == []
    assert (await asking_gateway.inquire(SALE)).sale_state is SaleState.UNPAID


@pytest.mark.parametrize("is_paid", [True, False])
async def test_an_absent_payer_is_found_by_the_token(asking_gateway: Sadad, bank: SadadBank, is_paid: bool) -> None:
    payment = AttemptAtBank(asking_gateway, bank)
    await payment.start()
    if is_paid:
        bank.pay(payment.reference)
    assert await payment.finish() is (AttemptState.SETTLED if is_paid else AttemptState.FAILED)
    assert payment.counted == is_paid


async def test_what_could_not_be_verified_in_time_stays_unknown(gateway: Sadad, bank: SadadBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    bank.now += timedelta(minutes=16)
    for _ in range(10):
        await payment.step()
    assert (payment.attempt.state, payment.attempt.code, payment.counted) == (AttemptState.UNKNOWN, "101", 0)


@each_row("code", sorted(SWITCH_REASONS))
def test_each_code_of_the_network_is_a_reason(code: str) -> None:
    gateway = Sadad(SadadSettings())
    callback = gateway.read_callback({"Token": "T1", "OrderId": "7", "ResCode": "-1", "SwitchResCode": code})
    assert (callback.is_paid, callback.code, callback.reason) == (False, f"-1/{code}", SWITCH_REASONS[code])


def test_a_code_that_nobody_knows_is_kept() -> None:
    gateway = Sadad(SadadSettings())
    callback = gateway.read_callback({"token": "T1", "OrderId": "7", "ResCode": "-1", "SwitchResCode": "0999"})
    assert (callback.code, callback.reason) == ("-1/0999", DeclineReason.NOT_STATED)
    assert gateway.read_callback({"token": "T1", "OrderId": "7", "ResCode": "5"}).code == "5"
