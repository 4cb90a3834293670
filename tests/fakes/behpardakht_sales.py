"""Books of Behpardakht: sessions, sales and transfers to cards, with the result codes of its manual 1.29.

No network here. `BehpardakhtSales` answers each operation with the string that the bank would return, by a clock that
tests set.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

from tests.fakes.bank_server import Refusals

SESSION_LASTS = timedelta(minutes=15)
VERIFY_WITHIN = timedelta(minutes=20)
REVERSE_WITHIN = timedelta(hours=3)
FIRST_SALE = 127926981246


@dataclass(slots=True)
class BehpardakhtSale:
    """A sale that a payer paid."""

    number: int
    """SaleReferenceId."""
    paid_at: datetime
    card: str
    final_amount: int
    """Rials that the payer paid, after a discount."""
    verified_at: datetime | None = None
    settled_at: datetime | None = None
    reversed_at: datetime | None = None


@dataclass(slots=True)
class BehpardakhtSession:
    """A session that `bpPayRequest` opened."""

    ref_id: str
    order_id: int
    amount: int
    callback_url: str
    opened_at: datetime
    local_moment: str
    """Day and time in Tehran, as the merchant told them."""
    sale: BehpardakhtSale | None = None
    last_code: str = "17"
    """Code of the callback when nothing was paid."""


@dataclass(slots=True)
class BehpardakhtTransfer:
    """Money that goes back to a card."""

    order_id: int
    sale: BehpardakhtSale
    amount: int
    number: int
    """refundReferenceId."""
    is_verified: bool = False


@dataclass
class BehpardakhtSales:
    """The bank's books. `merchant_host` is the registered domain, `credit` what it may send back to cards."""

    clock: Callable[[], datetime]
    terminal_id: int = 1234
    username: str = "gomishan"
    password: str = "mellat-secret"
    merchant_host: str = "127.0.0.1"
    credit: int = 1_000_000_000
    refuses: Refusals = field(default_factory=Refusals)
    sessions: dict[str, BehpardakhtSession] = field(default_factory=dict)
    transfers: dict[int, BehpardakhtTransfer] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(FIRST_SALE))

    @property
    def deposited(self) -> int:
        """Rials that the bank owes the merchant: settled sales, whole, less what went back to cards."""
        settled = sum(one.amount for one in self.sessions.values() if one.sale and one.sale.settled_at)
        return settled - sum(transfer.amount for transfer in self.transfers.values())

    @property
    def taken_from_payers(self) -> int:
        """Rials of sales, before discounts, that were not given back."""
        self.reverse_unverified()
        return sum(one.amount for one in self.sessions.values() if one.sale and not one.sale.reversed_at)

    def answer(self, operation: str, fields: Mapping[str, str]) -> str:
        """Return what an operation returns."""
        if self.refuses.address:
            return "421"
        if self.refuses.credentials:
            return "24"
        if int(fields["terminalId"]) != self.terminal_id:
            return "21"
        if (fields.get("userName"), fields.get("userPassword")) != (self.username, self.password):
            return "24"
        self.reverse_unverified()
        operations: dict[str, Callable[[Mapping[str, str]], str]] = {
            "bpPayRequest": self.open_session,
            "bpRefundRequest": self.send_to_card,
            "bpRefundVerifyRequest": self.verify_transfer,
            "bpRefundInquiryRequest": self.inquire_transfer,
        }
        return operations[operation](fields) if operation in operations else self.answer_about_sale(operation, fields)

    def open_session(self, fields: Mapping[str, str]) -> str:
        """`bpPayRequest`."""
        order_id, amount = int(fields["orderId"]), int(fields["amount"])
        if amount < 1_000:
            return "25"
        if urlsplit(fields["callBackUrl"]).hostname != self.merchant_host:
            return "62"
        if order_id in {one.order_id for one in self.sessions.values()}:
            return "41"
        if not re.fullmatch("[0-9]{8} [0-9]{6}", local_moment := f"{fields['localDate']} {fields['localTime']}"):
            return "35"
        ref_id = secrets.token_hex(5).upper() + secrets.token_hex(5).lower()
        self.sessions[ref_id] = BehpardakhtSession(
            ref_id, order_id, amount, fields["callBackUrl"], self.clock(), local_moment
        )
        return f"0, {ref_id}"

    def pay(self, ref_id: str, card: str = "6037997500001236", *, discount: int = 0) -> BehpardakhtSession:
        """Let the payer pay; what happens to a session that is over or paid is that nothing does."""
        session = self.sessions[ref_id]
        if session.sale is None and self.clock() < session.opened_at + SESSION_LASTS:
            session.sale = BehpardakhtSale(next(self.numbers), self.clock(), card, session.amount - discount)
        return session

    def decline(self, ref_id: str, code: str) -> BehpardakhtSession:
        """Let a card be refused, or the payer cancel; another card may be tried while the session lasts."""
        session = self.sessions[ref_id]
        session.last_code = code
        return session

    def reverse_unverified(self) -> None:
        """Give back what nobody verified in time, as the bank does by itself."""
        for session in self.sessions.values():
            sale = session.sale
            if sale and not sale.verified_at and not sale.reversed_at and self.clock() >= sale.paid_at + VERIFY_WITHIN:
                sale.reversed_at = self.clock()

    def find_sale(self, fields: Mapping[str, str]) -> BehpardakhtSale | None:
        """Return the sale with that order and number."""
        for session in self.sessions.values():
            is_order = session.order_id == int(fields["saleOrderId"])
            if session.sale and is_order and session.sale.number == int(fields["saleReferenceId"]):
                return session.sale
        return None

    def answer_about_sale(self, operation: str, fields: Mapping[str, str]) -> str:
        """Verify, settle, inquire, reverse."""
        sale = self.find_sale(fields)
        if sale is None:
            return "42"
        if sale.reversed_at:
            return "48"
        match operation:
            case "bpVerifyRequest":
                return self.verify(sale)
            case "bpSettleRequest":
                return self.settle(sale)
            case "bpInquiryRequest":
                return "45" if sale.settled_at else "0" if sale.verified_at else "44"
            case _:
                return self.reverse(sale)

    def verify(self, sale: BehpardakhtSale) -> str:
        """`bpVerifyRequest`: 43 from the second time on."""
        if sale.verified_at:
            return "43"
        sale.verified_at = self.clock()
        return "0"

    def settle(self, sale: BehpardakhtSale) -> str:
        """`bpSettleRequest`: 45 from the second time on."""
        if not sale.verified_at:
            return "44"
        if sale.settled_at:
            return "45"
        sale.settled_at = self.clock()
        return "0"

    def reverse(self, sale: BehpardakhtSale) -> str:
        """`bpReversalRequest`: after the verification, within three hours, unsettled."""
        if sale.settled_at:
            return "45"
        if not sale.verified_at:
            return "44"
        if self.clock() >= sale.verified_at + REVERSE_WITHIN:
            return "55"
        sale.reversed_at = self.clock()
        return "0"

    def send_to_card(self, fields: Mapping[str, str]) -> str:
        """`bpRefundRequest`: of settled sales, in parts, each with a number of its own."""
        order_id, amount, sale = int(fields["orderId"]), int(fields["refundAmount"]), self.find_sale(fields)
        if order_id in self.transfers:
            return "41"
        if sale is None or not sale.settled_at:
            return "42"
        returned = sum(one.amount for one in self.transfers.values() if one.sale is sale)
        if returned + amount > sale.final_amount:
            return "19"
        if amount > self.credit:
            return "12"
        self.credit -= amount
        self.transfers[order_id] = BehpardakhtTransfer(order_id, sale, amount, next(self.numbers))
        return f"0,{self.transfers[order_id].number}"

    def verify_transfer(self, fields: Mapping[str, str]) -> str:
        """`bpRefundVerifyRequest`."""
        transfer = self.transfers.get(int(fields["refundOrderId"]))
        if transfer is None or transfer.number != int(fields["refundReferenceId"]):
            return "49"
        was_verified, transfer.is_verified = transfer.is_verified, True
        return "43" if was_verified else "0"

    def inquire_transfer(self, fields: Mapping[str, str]) -> str:
        """`bpRefundInquiryRequest`: found by the merchant's number of it, where none of the bank's is named."""
        transfer = self.transfers.get(int(fields["refundOrderId"]))
        if transfer is None or int(fields["refundReferenceId"]) not in {0, transfer.number}:
            return "49"
        return "0"
