"""Peculiarities of Saman: receipts that verify any number of times, and whose they are."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.gateways.attempt import AttemptState
from domain.gateways.gateway import (
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
)
from domain.values.errors import MissingField
from payments.rest_gateway import NO_SALE_NUMBER, OTHER_ORDER
from payments.saman import STATE_REASONS, Saman, SamanSettings
from tests.contracts.gateways.attempt_at_bank import AttemptAtBank
from tests.contracts.gateways.banks import AMOUNT, build_order
from tests.fakes.saman_bank import TERMINAL, SamanBank
from tests.support.tables import each_row

SALE = Sale(order_number=7, reference="T1", sale_number="R1", amount=AMOUNT)


@pytest.fixture
async def bank() -> AsyncIterator[SamanBank]:
    """SEP on loopback."""
    async with SamanBank() as opened:
        yield opened


@pytest.fixture
async def gateway(bank: SamanBank) -> AsyncIterator[Saman]:
    """The gateway."""
    built = Saman(SamanSettings(base_url=bank.base_url, terminal_id=TERMINAL))
    yield built
    await built.close()


async def verify_with(gateway: Saman, bank: SamanBank, **answer: object) -> GatewayAnswer:
    """Verify and be answered so."""
    bank.answer_next("verify", json.dumps(answer).encode())
    return await gateway.verify(SALE)


def paid_callback(**changed: str) -> dict[str, str]:
    """Callback of a browser after paying."""
    return {"State": "OK", "Status": "2", "ResNum": "7", "RefNum": "R1", "SecurePan": "603799****1236"} | changed


@pytest.mark.parametrize("code", [-18, -104, -105, -106])
async def test_what_only_the_municipality_can_mend(gateway: Saman, bank: SamanBank, code: int) -> None:
    answer = await verify_with(gateway, bank, ResultCode=code, Success=False)
    assert answer == GatewayAnswer(sale_state=None, code=str(code), is_our_fault=True)


async def test_the_codes_say_what_they_say_and_no_more(gateway: Saman, bank: SamanBank) -> None:
    states = {code: (await verify_with(gateway, bank, ResultCode=code)).sale_state for code in (-2, 5, -6, -14, 99)}
    assert states == {-2: SaleState.UNPAID, 5: SaleState.REVERSED, -6: None, -14: None, 99: None}


async def test_a_repetition_is_as_good_in_both_versions(gateway: Saman, bank: SamanBank) -> None:
    bank.tells_repeats = True
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    answers = [await gateway.verify(payment.attempt.sale) for _ in range(3)]
    assert [answer.code for answer in answers] == ["0", "2", "2"]
    assert {(answer.sale_state, answer.amount) for answer in answers} == {(SaleState.VERIFIED, AMOUNT)}


@pytest.mark.parametrize("code", [0, 2])
@pytest.mark.parametrize("detail", [None, {}, {"OrginalAmount": None}, {"OrginalAmount": "1,250,000"}, []])
async def test_nothing_is_verified_without_an_amount(
    gateway: Saman, bank: SamanBank, code: int, detail: object
) -> None:
    """A receipt of a cheaper payment would pass for a dearer one."""
    answer = await verify_with(gateway, bank, ResultCode=code, TransactionDetail=detail)
    assert (answer.sale_state, answer.code) == (None, UNREADABLE)


@pytest.mark.parametrize("spelling", ["OrginalAmount", "OriginalAmount", "orginalAmount"])
async def test_the_amount_is_read_in_each_spelling(gateway: Saman, bank: SamanBank, spelling: str) -> None:
    detail = {spelling: AMOUNT, "AffectiveAmount": AMOUNT - 5000, "MaskedPan": "603799****1236", "ResNum": ""}
    answer = await verify_with(gateway, bank, resultCode=0, transactionDetail=detail)
    assert (answer.sale_state, answer.amount, answer.paid_amount) == (SaleState.VERIFIED, AMOUNT, AMOUNT - 5000)
    assert answer.card == "603799******1236"


@pytest.mark.parametrize("other", [{"ResNum": "8"}, {"RefNum": "R2"}, {"ResNum": ["7"]}])
async def test_a_receipt_of_another_order_says_nothing_about_ours(
    gateway: Saman, bank: SamanBank, other: dict[str, object]
) -> None:
    detail = {"OrginalAmount": AMOUNT, "ResNum": "7", "RefNum": "R1"} | other
    answer = await verify_with(gateway, bank, ResultCode=0, TransactionDetail=detail)
    assert (answer.sale_state, answer.code) == (None, OTHER_ORDER)


async def test_a_cheap_receipt_does_not_pay_a_dear_order(gateway: Saman, bank: SamanBank) -> None:
    """The published attack: pay little, keep the callback, and bring the receipt for another order."""
    cheap = await gateway.start(build_order(8, 10_000))
    assert isinstance(cheap, PaymentPage)
    receipt = bank.pay(cheap.reference)["RefNum"]
    dear = AttemptAtBank(gateway, bank)
    await dear.start()
    dear.come_back(paid_callback(RefNum=receipt))
    await dear.finish()
    assert dear.counted == 0


async def test_a_receipt_that_was_made_up_holds_nothing(gateway: Saman, bank: SamanBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.start()
    payment.come_back(paid_callback(RefNum="made-up"))
    await payment.step()
    assert payment.attempt.state is AttemptState.DECLINED
    await payment.pay()
    await payment.finish()
    assert payment.counted == 1


async def test_what_was_verified_too_late_is_not_counted(gateway: Saman, bank: SamanBank) -> None:
    payment = AttemptAtBank(gateway, bank)
    await payment.pay()
    bank.now += timedelta(minutes=31)
    assert await payment.finish() is AttemptState.REVERSED
    assert (payment.counted, payment.events[1:]) == (0, ["returned", "unanswered", "reversed"])


async def test_nothing_is_asked_without_a_receipt(gateway: Saman, bank: SamanBank) -> None:
    sale = replace(SALE, sale_number=None)
    for answer in (await gateway.verify(sale), await gateway.inquire(sale), await gateway.reverse(sale)):
        assert (answer.sale_state, answer.code) == (None, NO_SALE_NUMBER)
    assert bank.calls == []


@pytest.mark.parametrize("code", ["5", "8", "11", "12"])
async def test_a_refused_token_is_ours_to_mend(gateway: Saman, bank: SamanBank, code: str) -> None:
    bank.answer_next("start", json.dumps({"status": -1, "errorCode": code, "errorDesc": "…"}).encode())
    assert await gateway.start(build_order()) == StartRefusal(code, DeclineReason.BANK, is_our_fault=True)


async def test_the_browser_posts_the_token(gateway: Saman, bank: SamanBank) -> None:
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    assert page.address == f"{bank.base_url}/OnlinePG/OnlinePG"
    assert page.form_fields == {"Token": page.reference, "GetMethod": ""}
    assert bank.calls[-1].payload["CellNumber"] == "09121234567"


@each_row("state", sorted(STATE_REASONS))
def test_each_published_state_is_a_reason(state: str) -> None:
    callback = Saman(SamanSettings()).read_callback({"State": state.upper(), "Status": "3", "ResNum": "7"})
    assert (callback.is_paid, callback.code, callback.reason) == (False, "3", STATE_REASONS[state])


def test_the_status_is_the_reason_where_the_state_is_none_that_is_known() -> None:
    gateway = Saman(SamanSettings())
    reasons = {
        status: gateway.read_callback({"Status": status, "ResNum": "7"}).reason for status in ("1", "4", "9", "77")
    }
    assert reasons == {
        "1": DeclineReason.CANCELLED,
        "4": DeclineReason.SESSION,
        "9": DeclineReason.PIN,
        "77": DeclineReason.NOT_STATED,
    }


def test_a_callback_is_read_with_and_without_the_token() -> None:
    gateway = Saman(SamanSettings())
    assert gateway.read_callback(paid_callback()).reference is None
    assert gateway.read_callback(paid_callback(Token="T1")).reference == "T1"
    with pytest.raises(MissingField) as refused:
        gateway.read_callback(paid_callback(RefNum=""))
    assert refused.value.field == "RefNum"
