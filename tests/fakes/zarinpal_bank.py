"""Zarinpal on loopback: request, verify, unVerified, inquiry and reverse of version 4, with its codes and its `[]`."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web

from tests.fakes.bank_server import BankSale, BankSaleState, BankServer

MERCHANT = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c"
REVERSE_WITHIN = timedelta(minutes=30)

_STATUS_BY_STATE = {
    BankSaleState.OPEN: "IN_BANK",
    BankSaleState.PAID: "PAID",
    BankSaleState.VERIFIED: "VERIFIED",
    BankSaleState.REVERSED: "REVERSED",
}


class ZarinpalRefusal(Exception):
    """A code below zero."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ZarinpalBank(BankServer):
    """Zarinpal. A session over another amount than it is verified with is −50; the session stays as it was."""

    operations: ClassVar[Mapping[str, str]] = {
        "/pg/v4/payment/request.json": "start",
        "/pg/v4/payment/verify.json": "verify",
        "/pg/v4/payment/inquiry.json": "inquire",
        "/pg/v4/payment/reverse.json": "reverse",
        "/pg/v4/payment/unVerified.json": "list",
    }
    session_lasts: ClassVar[timedelta] = timedelta(minutes=30)

    def read_payload(self, body: bytes) -> Mapping[str, Any]:
        """Return the JSON object."""
        payload: dict[str, Any] = json.loads(body)
        return payload

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer with `data` or `errors`; the HTTP status of errors is theirs."""
        try:
            data = self._act(operation, self.calls[-1].payload)
        except ZarinpalRefusal as refusal:
            errors = {"code": refusal.code, "message": "refused", "validations": []}
            return web.json_response({"data": [], "errors": errors}, status=422)
        return web.json_response({"data": data, "errors": []})

    def build_callback(self, sale: BankSale, failure: str | None) -> dict[str, str]:
        """Return `Authority` and `Status`; no reason is ever given."""
        return {"Authority": sale.reference, "Status": "NOK" if failure else "OK"}

    def _act(self, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if payload.get("merchant_id") != MERCHANT or self.refuses.credentials:
            raise ZarinpalRefusal(-10)
        if operation == "list":
            return {"code": "100", "message": "Success", "authorities": self._list_unverified()}
        if operation == "start":
            return self._start(payload)
        sale = self.sales.get(payload.get("authority", ""))
        if sale is None:
            raise ZarinpalRefusal(-54)
        if operation == "inquire":
            return self._inquire(sale)
        return self._verify(sale, payload["amount"]) if operation == "verify" else self._reverse(sale)

    def _start(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        is_whole = isinstance(payload["amount"], int) and payload["amount"] >= 1000
        if not is_whole or payload["currency"] != "IRR" or not 0 < len(payload["description"]) <= 500:
            raise ZarinpalRefusal(-9)
        if not payload["callback_url"].startswith("http"):
            raise ZarinpalRefusal(-9)
        authority = f"A{len(self.sales) + 1:035d}"
        self.open_sale(authority, int(payload["metadata"]["order_id"]), payload["amount"], payload["callback_url"])
        return {"code": 100, "message": "Success", "authority": authority, "fee_type": "Merchant", "fee": 100}

    def _verify(self, sale: BankSale, amount: int) -> dict[str, Any]:
        if sale.state in {BankSaleState.OPEN, BankSaleState.REVERSED}:
            raise ZarinpalRefusal(-51)
        if amount != sale.amount:
            raise ZarinpalRefusal(-50)
        code = 101 if sale.state is BankSaleState.VERIFIED else 100
        sale.state = BankSaleState.VERIFIED
        assert sale.card
        assert sale.sale_number
        masked = f"{sale.card[:6]}******{sale.card[-4:]}"
        numbers = {"ref_id": int(sale.sale_number), "card_pan": masked, "card_hash": "1EBE3EBEBE35C7EC"}
        return {"code": code, "message": "Verified", "fee_type": "Merchant", "fee": 0, **numbers}

    def _inquire(self, sale: BankSale) -> dict[str, Any]:
        status = _STATUS_BY_STATE[sale.state]
        if status == "IN_BANK" and self.now >= sale.opened_at + self.session_lasts:
            status = "FAILED"
        return {"code": 100, "message": "Success", "status": status}

    def _reverse(self, sale: BankSale) -> dict[str, Any]:
        if self.refuses.address:
            raise ZarinpalRefusal(-62)
        if sale.state not in {BankSaleState.PAID, BankSaleState.VERIFIED}:
            raise ZarinpalRefusal(-61)
        if sale.paid_at is None or self.now >= sale.paid_at + REVERSE_WITHIN:
            raise ZarinpalRefusal(-63)
        sale.state = BankSaleState.REVERSED
        return {"code": 100, "message": "Reversed"}

    def _list_unverified(self) -> list[dict[str, Any]]:
        paid = [sale for sale in self.sales.values() if sale.state is BankSaleState.PAID]
        return [
            {
                "authority": sale.reference,
                "amount": sale.amount,
                "callback_url": sale.callback_url,
                "referer": "/",
                "date": "2026-11-24 10:00:00",
            }
            for sale in paid[-100:]
        ]
