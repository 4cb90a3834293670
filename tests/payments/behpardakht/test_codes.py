"""Every published code, for every call: what it says of the sale, and that money is never called unpaid."""

import re
from collections.abc import Awaitable, Callable, Mapping

import pytest

from domain.gateways.gateway import DeclineReason, GatewayAnswer, PaymentGateway, Sale, SaleState
from domain.messages.catalogue import Catalogue
from payments.behpardakht.codes import DECLINE_REASONS, OUR_FAULTS, REFUND_REFUSALS, SALE_STATES, SaleCall, read_reason
from payments.behpardakht.settings import BehpardakhtSettings
from payments.behpardakht.soap_client import SoapClient

_RANGES = ((11, 22), (23, 40), (41, 50), (54, 58), (61, 63), (111, 118), (412, 420))
_SINGLE = (0, 51, 98, 211, 421, 995, 997)
PUBLISHED = [str(code) for code in (*_SINGLE, *(code for first, last in _RANGES for code in range(first, last)))]
"""Table 11 of the manual, 1.29 and 1.39."""
SALE = Sale(order_number=7, reference="AF82041a2Bf6989c7fF9", sale_number="127926981246", amount=200_000)
TELLING = {
    SaleCall.VERIFY: {"0": "verified", "43": "verified", "45": "settled", "48": "reversed"},
    SaleCall.SETTLE: {"0": "settled", "45": "settled", "48": "reversed"},
    SaleCall.REVERSE: {"0": "reversed", "45": "settled", "48": "reversed"},
    SaleCall.INQUIRE: {
        "43": "verified",
        "45": "settled",
        "48": "reversed",
        **dict.fromkeys(("0", "44", "46", "47"), "awaiting_verification"),
    },
}


@pytest.fixture(scope="module")
def gateway() -> PaymentGateway:
    """One that calls nobody here."""
    return BehpardakhtSettings().build_gateway("https://127.0.0.1")


async def ask(gateway: PaymentGateway, call: SaleCall, result: str) -> GatewayAnswer:
    """Return what a call makes of a result."""

    async def return_result(_client: SoapClient, _operation: str, _fields: Mapping[str, int | str]) -> str:
        return result

    calls: dict[SaleCall, Callable[[Sale], Awaitable[GatewayAnswer]]] = {
        SaleCall.VERIFY: gateway.verify,
        SaleCall.SETTLE: gateway.settle,
        SaleCall.INQUIRE: gateway.inquire,
        SaleCall.REVERSE: gateway.reverse,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SoapClient, "call", return_result)
        return await calls[call](SALE)


@pytest.mark.parametrize("call", SaleCall)
async def test_each_published_code(gateway: PaymentGateway, call: SaleCall) -> None:
    answers = {code: await ask(gateway, call, code) for code in PUBLISHED}
    told = {code: answer.sale_state.value for code, answer in answers.items() if answer.sale_state}
    assert told == TELLING[call]
    assert {code for code, answer in answers.items() if answer.is_our_fault} == OUR_FAULTS
    assert {answer.code for answer in answers.values()} == set(PUBLISHED)


def test_no_code_says_unpaid() -> None:
    assert SaleState.UNPAID not in {state for states in SALE_STATES.values() for state in states.values()}


@pytest.mark.parametrize("result", ["", "0,", "zero", "-1", "0,AF82041a", "0 0", "۰", "1234567"])
@pytest.mark.parametrize("call", SaleCall)
async def test_what_is_no_code_says_nothing(gateway: PaymentGateway, call: SaleCall, result: str) -> None:
    answer = await ask(gateway, call, result)
    assert (answer.sale_state, answer.code) == (None, "unreadable")


def test_a_code_that_nobody_published_says_nothing() -> None:
    assert read_reason("777") is DeclineReason.BANK
    assert all("777" not in states for states in SALE_STATES.values())


def test_every_published_code_has_words_for_the_staff() -> None:
    keys = {key for key in Catalogue.load().list_keys() if key.startswith("gateways.codes.behpardakht.")}
    assert keys == {f"gateways.codes.behpardakht.{code}" for code in PUBLISHED}
    used = {*DECLINE_REASONS, *OUR_FAULTS, *REFUND_REFUSALS, *(code for one in SALE_STATES.values() for code in one)}
    assert used <= set(PUBLISHED)


def test_words_are_sentences_in_persian() -> None:
    catalogue = Catalogue.load()
    texts = [catalogue.text(f"gateways.codes.behpardakht.{code}") for code in PUBLISHED]
    assert [text for text in texts if not re.search("[آ-ی]", text) or len(text) > 120] == []
