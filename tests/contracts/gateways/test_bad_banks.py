"""A bank that is silent, cuts, or talks without end: every call ends with an answer, and can be made again."""

import socket
from pathlib import Path

import pytest

from domain.gateways.gateway import (
    NOT_CONNECTED,
    TIMED_OUT,
    UNANSWERED_CODES,
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    PaymentGateway,
    PaymentPage,
    SaleState,
    StartRefusal,
)
from tests.contracts.gateways.banks import (
    FAKE_BANKS,
    NONSENSE,
    ContractBank,
    FakeBank,
    build_order,
    build_sale,
    build_server_tls,
)
from tests.fakes.server_faults import ServerFault

CODES_BY_FAULT = {
    ServerFault.SILENT_BEFORE: TIMED_OUT,
    ServerFault.SILENT_AFTER: TIMED_OUT,
    ServerFault.CUT_BEFORE: TIMED_OUT,
    ServerFault.CUT_AFTER: TIMED_OUT,
    ServerFault.CUT_WITHIN: TIMED_OUT,
    ServerFault.HUGE: UNREADABLE,
    ServerFault.NONSENSE: UNREADABLE,
    ServerFault.SERVER_ERROR: UNREADABLE,
    ServerFault.REDIRECT: UNREADABLE,
    ServerFault.COMPRESSED: UNREADABLE,
}
MOST_SENT = 20 * 1024 * 1024
"""Bytes of an answer without end that a bank gets rid of before it is cut: what sockets hold, and no more."""


@pytest.fixture(params=sorted(name for name, fake_bank in FAKE_BANKS.items() if fake_bank.has_network))
def gateway_name(request: pytest.FixtureRequest) -> str:
    """The gateways that have a way to their bank."""
    return str(request.param)


async def ask(gateway: PaymentGateway, operation: str, page: PaymentPage, bank: ContractBank) -> GatewayAnswer:
    """Make a call about a sale."""
    known = bank.sales.get(page.reference)
    sale = build_sale(page, known.sale_number if known else "1", known.order_number if known else 7)
    calls = {
        "verify": gateway.verify,
        "settle": gateway.settle,
        "inquire": gateway.inquire,
        "reverse": gateway.reverse,
    }
    return await calls[operation](sale)


def list_questions(bank: ContractBank) -> list[str]:
    """The operations about a sale that this bank has."""
    return sorted(set(bank.operations.values()) & {"verify", "settle", "inquire", "reverse"})


async def pay_one(gateway: PaymentGateway, bank: ContractBank, order_number: int) -> PaymentPage:
    """A session that was paid."""
    page = await gateway.start(build_order(order_number))
    assert isinstance(page, PaymentPage)
    bank.pay(page.reference)
    return page


@pytest.mark.parametrize("fault", list(ServerFault))
async def test_a_session_that_may_have_opened_sends_nobody_away(
    gateway: PaymentGateway, impatient_gateway: PaymentGateway, bank: ContractBank, fault: ServerFault
) -> None:
    bank.fail_next("start", fault)
    refusal = await (impatient_gateway if fault.is_silent else gateway).start(build_order())
    assert refusal == StartRefusal(CODES_BY_FAULT[fault], DeclineReason.BANK)
    assert bank.bytes_sent < MOST_SENT
    assert isinstance(await gateway.start(build_order(8)), PaymentPage)


@pytest.mark.parametrize("fault", list(ServerFault))
async def test_no_answer_tells_nothing_and_the_call_is_made_again(
    gateway: PaymentGateway, impatient_gateway: PaymentGateway, bank: ContractBank, fault: ServerFault
) -> None:
    """Whether the bank acted or not, the same call afterwards does as well as if nothing had gone wrong."""
    for order_number, operation in enumerate(list_questions(bank), 100):
        page = await pay_one(gateway, bank, order_number)
        if operation in {"settle", "reverse"}:
            await ask(gateway, "verify", page, bank)
        bank.fail_next(operation, fault)
        answer = await ask(impatient_gateway if fault.is_silent else gateway, operation, page, bank)
        assert (answer.sale_state, answer.code) == (None, CODES_BY_FAULT[fault]), operation
        assert not answer.is_our_fault
        again = await ask(gateway, operation, page, bank)
        assert again.code not in UNANSWERED_CODES, operation
        is_settled_question = operation != "reverse" or fault.keeps_from_acting
        assert again.sale_state is not None or not is_settled_question, operation
        assert again.sale_state is not SaleState.UNPAID, operation
    assert bank.bytes_sent < MOST_SENT * 4


@pytest.mark.parametrize("fault", [ServerFault.CUT_AFTER, ServerFault.NONSENSE, ServerFault.HUGE])
async def test_a_list_that_does_not_come_is_empty(
    gateway: PaymentGateway, bank: ContractBank, fault: ServerFault
) -> None:
    bank.fail_next("list", fault)
    assert list(await gateway.list_unverified()) == []


async def test_nonsense_is_no_answer(gateway: PaymentGateway, bank: ContractBank) -> None:
    page = await pay_one(gateway, bank, 7)
    for body in NONSENSE:
        if "start" in bank.operations.values():
            bank.answer_next("start", body)
            refusal = await gateway.start(build_order(8))
            assert isinstance(refusal, StartRefusal), body[:80]
        for operation in list_questions(bank):
            bank.answer_next(operation, body)
            answer = await ask(gateway, operation, page, bank)
            is_bare_success = b'"code": 100' in body or (operation == "reverse" and b'"ResultCode": 0,' in body)
            assert answer.sale_state is None or is_bare_success, (operation, body[:80], answer)
        if "list" in bank.operations.values():
            bank.answer_next("list", body)
            assert list(await gateway.list_unverified()) == []


async def test_a_bank_whose_certificate_is_wrong_is_not_spoken_to(fake_bank: FakeBank, own_certificate: Path) -> None:
    async with fake_bank.open_bank(tls=build_server_tls(str(own_certificate))) as bank:
        gateway = fake_bank.build_gateway(bank, 10.0)
        assert await gateway.start(build_order()) == StartRefusal(NOT_CONNECTED, DeclineReason.BANK)
        page = PaymentPage("A1", bank.base_url, {})
        for operation in list_questions(bank):
            answer = await ask(gateway, operation, page, bank)
            assert (answer.sale_state, answer.code) == (None, NOT_CONNECTED)
        await gateway.close()
        assert bank.calls == []


async def test_a_bank_that_is_not_there_did_not_act(fake_bank: FakeBank) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        bank = fake_bank.open_bank()
        bank.base_url = address
        gateway = fake_bank.build_gateway(bank, 10.0)
        assert await gateway.start(build_order()) == StartRefusal(NOT_CONNECTED, DeclineReason.BANK)
        answer = await gateway.verify(build_sale(PaymentPage("A1", address, {}), "1"))
        assert (answer.sale_state, answer.code) == (None, NOT_CONNECTED)
        await gateway.close()
