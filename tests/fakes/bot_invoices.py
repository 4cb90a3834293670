"""Invoices in Bale: what its Bot API takes, asks the bot and tells of a payment, without the network around.

    reza.confirms()                 # the payer confirms the newest invoice: the bot is asked, and has ten seconds
    invoices.outcome = "failed"     # what comes of the payments that the bot allows from now on

A payment that the bot does not allow, or allows too late, is rejected.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any, Literal

from tests.fakes.bot_text import Refused

WALLET_TOKEN = "WALLET-0nlyF0rTests"
QUERY_SECONDS = 10.0

Status = Literal["pending", "paid", "failed", "rejected"]


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice, in a chat or (0) under a link."""

    payload: str
    amount: int
    title: str
    chat_id: int = 0


@dataclass(slots=True)
class Transaction:
    """One payment of an invoice, from the payer's confirmation on."""

    transaction_id: str
    invoice: Invoice
    payer_id: int
    amount: int
    status: Status = "pending"
    answer: str | None = None
    """Answer of the bot: «» allowed it, anything else is the reason that the payer reads; None: nothing yet."""
    asked_at: float = field(default_factory=monotonic)

    def describe(self) -> dict[str, Any]:
        """As `inquireTransaction` tells it."""
        return describe_transaction(self.transaction_id, self.status, self.payer_id, self.amount)


def describe_transaction(transaction_id: str, status: Status, payer_id: int, amount: int) -> dict[str, Any]:
    """A transaction as Bale tells it."""
    created_at = 1_795_000_000
    return {"id": transaction_id, "status": status, "userID": payer_id, "amount": amount, "createdAt": created_at}


def read_invoice(fields: Mapping[str, Any]) -> Invoice:
    """The invoice that a call asks for; refused as Bale refuses it."""
    title, payload, prices = str(fields.get("title", "")), str(fields.get("payload", "")), fields.get("prices") or []
    checks = {
        "title": 1 <= len(title) <= 32,
        "description": 1 <= len(str(fields.get("description", ""))) <= 255,
        "payload": 1 <= len(payload.encode()) <= 128,
        "provider_token": fields.get("provider_token") == WALLET_TOKEN,
        "prices": bool(prices) and all(price["label"] and price["amount"] > 0 for price in prices),
    }
    for name, is_good in checks.items():
        if not is_good:
            raise Refused(400, f"Bad Request: {name} is invalid")
    return Invoice(payload, sum(price["amount"] for price in prices), title, int(fields.get("chat_id", 0)))


def describe_payment(transaction: Transaction) -> dict[str, Any]:
    """A `SuccessfulPayment`."""
    return {
        "currency": "IRR",
        "total_amount": transaction.amount,
        "invoice_payload": transaction.invoice.payload,
        "telegram_payment_charge_id": transaction.transaction_id,
        "provider_payment_charge_id": f"9{transaction.transaction_id[-9:]}",
    }


class Invoices:
    """The invoices of one bot, and their payments by the transaction's id.

    `outcome` is what becomes of payments that are allowed; `tells_bot` is whether the bot hears of those that are paid.
    """

    def __init__(self, tell_bot: Callable[[Transaction], None]) -> None:
        self.issued: list[Invoice] = []
        self.transactions: dict[str, Transaction] = {}
        self.outcome: Status = "paid"
        self.tells_bot = True
        self._tell_bot = tell_bot
        self._ids = count(3_400_000_000_000_001)

    def issue(self, fields: Mapping[str, Any]) -> Invoice:
        """Keep a new invoice."""
        invoice = read_invoice(fields)
        self.issued.append(invoice)
        return invoice

    def begin(self, invoice: Invoice, payer_id: int, amount: int | None = None) -> Transaction:
        """A payer confirms an invoice; `amount` is another than the invoice's."""
        transaction_id = str(next(self._ids))
        paid_amount = invoice.amount if amount is None else amount
        begun = self.transactions[transaction_id] = Transaction(transaction_id, invoice, payer_id, paid_amount)
        return begun

    def take_answer(self, fields: Mapping[str, Any]) -> bool:
        """The bot allows or refuses a payment; repeated, it changes nothing."""
        transaction = self.transactions.get(str(fields.get("pre_checkout_query_id", "")))
        if transaction is None or monotonic() - transaction.asked_at > QUERY_SECONDS:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if transaction.answer is not None:
            return True
        if not fields.get("ok") and not fields.get("error_message"):
            raise Refused(400, "Bad Request: error_message is empty")
        transaction.answer = "" if fields.get("ok") else str(fields["error_message"])
        transaction.status = "rejected" if transaction.answer else self.outcome
        if transaction.status == "paid" and self.tells_bot:
            self._tell_bot(transaction)
        return True

    def inquire(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Answer of `inquireTransaction`."""
        transaction = self.transactions.get(str(fields.get("transaction_id", "")))
        if transaction is None:
            raise Refused(404, "Not Found: transaction not found")
        return transaction.describe()
