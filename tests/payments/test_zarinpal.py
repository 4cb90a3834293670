"""Peculiarities of Zarinpal: each of its codes and states, and answers with `[]`."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from domain.gateways.gateway import DeclineReason, GatewayAnswer, PaymentPage, Sale, SaleState, StartRefusal
from payments.zarinpal import MEANINGS, STATES, Zarinpal, ZarinpalSettings
from tests.contracts.gateways.banks import AMOUNT, build_order
from tests.fakes.zarinpal_bank import MERCHANT, ZarinpalBank

SALE = Sale(order_number=7, reference="A" + "0" * 35, sale_number=None, amount=AMOUNT)
OUR_FAULTS = ("-9", "-10", "-11", "-13", "-14", "-15", "-16", "-17", "-18", "-19", "-30", "-31", "-53", "-54", "-62")


@pytest.fixture
async def bank() -> AsyncIterator[ZarinpalBank]:
    """Zarinpal on loopback."""
    async with ZarinpalBank() as opened:
        yield opened


@pytest.fixture
async def gateway(bank: ZarinpalBank) -> AsyncIterator[Zarinpal]:
    """The gateway."""
    built = Zarinpal(ZarinpalSettings(base_url=bank.base_url, merchant_id=SecretStr(MERCHANT)))
    yield built
    await built.close()


def refusal(code: int | str) -> bytes:
    """An answer of the bank with a code, as it writes it."""
    return json.dumps({"data": [], "errors": {"code": code, "message": "…", "validations": []}}).encode()


async def verify_with(gateway: Zarinpal, bank: ZarinpalBank, code: int | str) -> GatewayAnswer:
    """Verify and be answered with a code."""
    bank.answer_next("verify", refusal(code))
    return await gateway.verify(SALE)


@pytest.mark.parametrize("code", OUR_FAULTS)
async def test_what_only_the_municipality_can_mend(gateway: Zarinpal, bank: ZarinpalBank, code: str) -> None:
    answer = await verify_with(gateway, bank, int(code))
    assert answer == GatewayAnswer(sale_state=None, code=code, is_our_fault=True)


async def test_the_codes_say_what_they_say_and_no_more(gateway: Zarinpal, bank: ZarinpalBank) -> None:
    unpaid = await verify_with(gateway, bank, -51)
    assert unpaid == GatewayAnswer(sale_state=SaleState.UNPAID, code="-51", reason=DeclineReason.NOT_STATED)
    other_amount = await verify_with(gateway, bank, "-50")
    assert (other_amount.sale_state, other_amount.is_our_fault) == (None, True)
    for code in (-12, -52, -55, -60, -61, -63, -999, 7):
        assert await verify_with(gateway, bank, code) == GatewayAnswer(sale_state=None, code=str(code))
    assert {code for code, meaning in MEANINGS.items() if meaning.sale_state} == {"-51"}


@pytest.mark.parametrize(
    ("code", "reason"), [(-50, DeclineReason.AMOUNT), (-10, DeclineReason.BANK), (-12, DeclineReason.BANK)]
)
async def test_a_refused_session_has_a_reason(
    gateway: Zarinpal, bank: ZarinpalBank, code: int, reason: DeclineReason
) -> None:
    bank.answer_next("start", refusal(code))
    refused = await gateway.start(build_order())
    assert isinstance(refused, StartRefusal)
    assert (refused.code, refused.reason) == (str(code), reason)


@pytest.mark.parametrize("status", [*STATES, "SOMETHING_NEW", 3, None])
async def test_an_inquiry_tells_the_state_as_its_code(gateway: Zarinpal, bank: ZarinpalBank, status: object) -> None:
    bank.answer_next("inquire", json.dumps({"data": {"code": 100, "status": status}, "errors": []}).encode())
    answer = await gateway.inquire(SALE)
    assert answer.sale_state == STATES.get(str(status))
    assert answer.code == ("none" if status is None else str(status))
    assert (answer.reason is not None) == (answer.sale_state is SaleState.UNPAID)


async def test_amounts_go_out_in_rials_and_the_mobile_as_people_write_it(gateway: Zarinpal, bank: ZarinpalBank) -> None:
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    payload = bank.calls[-1].payload
    assert (payload["currency"], payload["amount"]) == ("IRR", AMOUNT)
    assert payload["metadata"] == {"order_id": "7", "mobile": "09121234567"}
    assert page.address == f"{bank.base_url}/pg/StartPay/{page.reference}"
    assert page.form_fields == {}


async def test_a_long_description_is_cut(gateway: Zarinpal, bank: ZarinpalBank) -> None:
    page = await gateway.start(replace(build_order(), description="ش" * 900))
    assert isinstance(page, PaymentPage)
    assert len(bank.calls[-1].payload["description"]) == 500


async def test_rows_of_the_list_that_cannot_be_read_are_left_out(gateway: Zarinpal, bank: ZarinpalBank) -> None:
    unreadable = [{"authority": "A2"}, {"amount": 1}, [], None, {"authority": 4, "amount": "x"}]
    rows = [{"authority": "A1", "amount": 5000}, *unreadable]
    bank.answer_next("list", json.dumps({"data": {"code": "100", "authorities": rows}}).encode())
    assert [(sale.reference, sale.amount) for sale in await gateway.list_unverified()] == [("A1", 5000)]


def test_nobody_is_told_why_a_payer_came_back_without_paying() -> None:
    gateway = Zarinpal(ZarinpalSettings())
    callback = gateway.read_callback({"authority": "A1", "STATUS": "nok"})
    assert (callback.is_paid, callback.code, callback.reason) == (False, "nok", DeclineReason.NOT_STATED)
    assert gateway.form_origins == ("https://payment.zarinpal.com",)
