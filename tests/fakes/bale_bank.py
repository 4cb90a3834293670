"""Bale's wallet as a bank, for the contract suite: invoices by link, transactions by their number.

The bot and its updates are in `bot_invoices.py`: here a payer who pays was allowed to.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web

from domain.gateways.checkout import REFUSAL_FIELD, UPDATE_KIND_FIELD
from tests.fakes.bank_server import BankSale, BankSaleState, BankServer
from tests.fakes.bot_invoices import Status, describe_transaction, read_invoice
from tests.fakes.bot_messenger import TOKEN
from tests.fakes.bot_text import Refused

_PAYER = 5_200_000_001
_STATUSES: Mapping[BankSaleState, Status] = {BankSaleState.PAID: "paid", BankSaleState.VERIFIED: "paid"}


class BaleBank(BankServer):
    """The wallet."""

    operations: ClassVar[Mapping[str, str]] = {
        f"/bot{TOKEN}/createInvoiceLink": "start",
        f"/bot{TOKEN}/sendInvoice": "start",
        f"/bot{TOKEN}/inquireTransaction": "verify",
    }
    session_lasts: ClassVar[timedelta] = timedelta(minutes=30)

    def read_payload(self, body: bytes) -> Mapping[str, Any]:
        """Return the JSON object."""
        payload: dict[str, Any] = json.loads(body)
        return payload

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer."""
        payload = self.calls[-1].payload
        if self.refuses.credentials:
            return _refuse(Refused(401, "Unauthorized"))
        if operation == "verify":
            return self._tell_transaction(payload["transaction_id"])
        try:
            invoice = read_invoice(payload)
        except Refused as refused:
            return _refuse(refused)
        self.open_sale(invoice.payload, int(invoice.payload), invoice.amount, "")
        is_in_chat = request.path.endswith("/sendInvoice")
        link = f"{self.base_url}/invoice/{len(self.sales)}"
        return _accept({"message_id": 1, "chat": {"id": invoice.chat_id}} if is_in_chat else link)

    def build_callback(self, sale: BankSale, failure: str | None) -> dict[str, str]:
        """Return what the bot is told, as it is handed on: of who does not pay, only a query that we refused."""
        brought = {"currency": "IRR", "total_amount": str(sale.amount), "invoice_payload": sale.reference}
        if failure:
            query = {UPDATE_KIND_FIELD: "pre_checkout_query", "id": self.make_sale_number(), REFUSAL_FIELD: "over"}
            return brought | query
        paid = {UPDATE_KIND_FIELD: "successful_payment", "telegram_payment_charge_id": sale.sale_number or ""}
        return brought | paid | {"provider_payment_charge_id": f"9{sale.sale_number}"}

    def _tell_transaction(self, transaction_id: str) -> web.Response:
        sale = self.find_sale(transaction_id)
        if sale is None or sale.state not in _STATUSES:
            return _refuse(Refused(404, "Not Found: transaction not found"))
        status, sale.state = _STATUSES[sale.state], BankSaleState.VERIFIED
        return _accept(describe_transaction(transaction_id, status, _PAYER, sale.amount))


def _accept(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refuse(refused: Refused) -> web.Response:
    body = {"ok": False, "error_code": refused.status, "description": refused.description}
    return web.json_response(body, status=refused.status)
