"""Saman (SEP) on loopback: tokens, and receipts that verify any number of times and can be given back."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web

from tests.fakes.bank_server import BankSale, BankSaleState, BankServer

TERMINAL = "11223344"
REVERSE_WITHIN = timedelta(minutes=50)

_FAILURES = {"declined": ("NoSufficientFunds", "3"), "cancelled": ("CanceledByUser", "1")}


class SamanBank(BankServer):
    """SEP. `tells_repeats` answers a repeated verification with 2, as later versions do; `names_order` says in its
    answers which order a receipt is of.
    """

    operations: ClassVar[Mapping[str, str]] = {
        "/onlinepg/onlinepg": "start",
        "/verifyTxnRandomSessionkey/ipg/VerifyTransaction": "verify",
        "/verifyTxnRandomSessionkey/ipg/ReverseTransaction": "reverse",
    }
    verify_within: ClassVar[timedelta | None] = timedelta(minutes=30)
    session_lasts: ClassVar[timedelta] = timedelta(minutes=20)
    tells_repeats = False
    names_order = False

    def read_payload(self, body: bytes) -> Mapping[str, Any]:
        """Return the JSON object."""
        payload: dict[str, Any] = json.loads(body)
        return payload

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer."""
        payload = self.calls[-1].payload
        if operation == "start":
            return web.json_response(self._start(payload))
        code, sale = self._find(payload), self.find_sale(payload["RefNum"])
        if code == 0 and sale:
            code = self._verify(sale) if operation == "verify" else self._reverse(sale)
        return web.json_response(self._describe(code, sale))

    def make_sale_number(self) -> str:
        """Return a digital receipt: fifty signs at most, of Base64."""
        return f"jJnB/{super().make_sale_number()}+Qw=="

    def build_callback(self, sale: BankSale, failure: str | None) -> dict[str, str]:
        """Return the fields of the manual; a payment that failed has no receipt."""
        state, status = _FAILURES[failure] if failure else ("OK", "2")
        is_paid = failure is None and sale.card is not None
        return {
            "MID": TERMINAL,
            "State": state,
            "Status": status,
            "RRN": "114226761800" if is_paid else "",
            "RefNum": sale.sale_number or "" if is_paid else "",
            "ResNum": str(sale.order_number),
            "TraceNo": "100400" if is_paid else "",
            "Amount": str(sale.amount),
            "SecurePan": f"{sale.card[:6]}****{sale.card[-4:]}" if is_paid and sale.card else "",
            "HashedCardNumber": "0" * 64 if is_paid else "",
        }

    def _start(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        refusals = {
            "12": payload["TerminalId"] != TERMINAL or self.refuses.credentials,
            "8": self.refuses.address,
            "5": payload["action"] != "token" or not isinstance(payload["Amount"], int) or not payload["ResNum"],
        }
        if code := next((code for code, is_refused in refusals.items() if is_refused), None):
            return {"status": -1, "errorCode": code, "errorDesc": "refused"}
        token = f"c19a7fb1a2e04b7e9f6d{len(self.sales):010d}"
        self.open_sale(token, int(payload["ResNum"]), payload["Amount"], payload["RedirectUrl"])
        return {"status": 1, "token": token}

    def _find(self, payload: Mapping[str, Any]) -> int:
        if payload["TerminalNumber"] != int(TERMINAL) or self.refuses.credentials:
            return -105
        if self.refuses.address:
            return -106
        return 0 if self.find_sale(payload["RefNum"]) else -2

    def _verify(self, sale: BankSale) -> int:
        if self.is_too_late(sale):
            return -6
        if sale.state is BankSaleState.REVERSED:
            return 5
        is_repeated = sale.state is BankSaleState.VERIFIED
        sale.state = BankSaleState.VERIFIED
        return 2 if is_repeated and self.tells_repeats else 0

    def _reverse(self, sale: BankSale) -> int:
        if sale.state is BankSaleState.REVERSED:
            return 2
        if sale.paid_at is None or self.now >= sale.paid_at + REVERSE_WITHIN:
            return -6
        sale.state = BankSaleState.REVERSED
        return 0

    def _describe(self, code: int, sale: BankSale | None) -> dict[str, Any]:
        answer: dict[str, Any] = {"ResultCode": code, "ResultDescription": "…", "Success": code == 0}
        if code not in {0, 2} or sale is None:
            return answer | {"TransactionDetail": None}
        assert sale.card
        detail = {
            "RRN": "114226761800",
            "RefNum": sale.sale_number,
            "MaskedPan": f"{sale.card[:6]}****{sale.card[-4:]}",
            "HashedPan": "0" * 64,
            "TerminalNumber": int(TERMINAL),
            "OrginalAmount": sale.amount,
            "AffectiveAmount": sale.amount - sale.discount,
            "StraceDate": "2026-11-24 10:00:00",
            "StraceNo": "100400",
        }
        named = {"ResNum": str(sale.order_number)} if self.names_order else {}
        return answer | {"TransactionDetail": detail | named}
