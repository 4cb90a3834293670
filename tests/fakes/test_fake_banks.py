"""The fake banks by their raw protocol: what they answer, and that a fault comes before or after they act."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.bank_server import BankSaleState, BankServer
from tests.fakes.sadad_bank import SadadBank
from tests.fakes.saman_bank import TERMINAL, SamanBank
from tests.fakes.server_faults import ServerFault
from tests.fakes.zarinpal_bank import MERCHANT, ZarinpalBank


async def post(bank: BankServer, path: str, payload: Mapping[str, object]) -> tuple[int, Any]:
    """Post JSON; return the status and what was answered, as JSON where it is."""
    async with (
        ClientSession(timeout=ClientTimeout(total=0.3)) as session,
        session.post(f"{bank.base_url}{path}", json=payload, allow_redirects=False) as response,
    ):
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


async def verify_at_zarinpal(bank: ZarinpalBank, reference: str, amount: int = 5000) -> tuple[int, Any]:
    """Verify by hand."""
    payload = {"merchant_id": MERCHANT, "authority": reference, "amount": amount}
    return await post(bank, "/pg/v4/payment/verify.json", payload)


@pytest.mark.parametrize("fault", list(ServerFault))
async def test_a_fault_comes_before_or_after_the_bank_acts(fault: ServerFault) -> None:
    async with ZarinpalBank() as bank:
        sale = bank.open_sale("A1", 7, 5000, "https://desk.example.ir/")
        bank.pay("A1")
        bank.fail_next("verify", fault)
        try:
            status, answered = await verify_at_zarinpal(bank, "A1")
        except (ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            status, answered = 0, ""
        assert (sale.state is BankSaleState.PAID) == fault.keeps_from_acting
        assert not isinstance(answered, dict)
        assert status in {0, 200, 307, 502}
        assert (await verify_at_zarinpal(bank, "A1"))[1]["data"]["code"] == (100 if fault.keeps_from_acting else 101)


async def test_zarinpal_answers_errors_with_an_empty_list() -> None:
    async with ZarinpalBank() as bank:
        bank.open_sale("A1", 7, 5000, "https://desk.example.ir/")
        for amount, code in ((5000, -51), (4000, -51)):
            assert (await verify_at_zarinpal(bank, "A1", amount))[1] == {
                "data": [],
                "errors": {"code": code, "message": "refused", "validations": []},
            }
        bank.pay("A1")
        assert (await verify_at_zarinpal(bank, "A1", 4000))[1]["errors"]["code"] == -50
        assert (await verify_at_zarinpal(bank, "A9"))[1]["errors"]["code"] == -54


async def test_saman_gives_back_what_nobody_verifies() -> None:
    async with SamanBank() as bank:
        bank.open_sale("T1", 7, 5000, "https://desk.example.ir/")
        receipt = bank.pay("T1")["RefNum"]
        payload = {"RefNum": receipt, "TerminalNumber": int(TERMINAL)}
        bank.now += timedelta(minutes=30)
        codes = [(await post(bank, "/verifyTxnRandomSessionkey/ipg/VerifyTransaction", payload))[1] for _ in range(2)]
        assert [answer["ResultCode"] for answer in codes] == [-6, 5]
        assert bank.sales["T1"].state is BankSaleState.REVERSED


async def test_sadad_refuses_what_is_not_signed_by_the_merchant() -> None:
    async with SadadBank() as bank:
        bank.open_sale("T1", 7, 5000, "https://desk.example.ir/")
        bank.pay("T1")
        forged = {"Token": "T1", "SignData": "QUJDREVGR0hJSktMTU5PUA=="}
        _, answered = await post(bank, "/vpg/api/v0/Advice/Verify", forged)
        assert (answered["ResCode"], bank.sales["T1"].state) == ("1025", BankSaleState.PAID)
