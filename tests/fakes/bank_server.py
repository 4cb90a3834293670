"""Common base of the fake banks: a real HTTP server on loopback, sales with a state, and faults on demand.

A bank is a subclass that names its operations by path and answers them (`answer`). Faults come around the answer: what
`fail_next` was told goes wrong with the next call of that operation, before or after the bank has acted. The payer acts
by `pay`, `decline` and `cancel`, which return what the browser then brings to the callback address.
"""

import ssl
from abc import abstractmethod
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any, ClassVar

from aiohttp import web

from tests.fakes.loopback_server import LoopbackServer
from tests.fakes.server_faults import FailingAnswers, ServerFault

FIRST_CARD = "6037997500001236"
SECOND_CARD = "5892101234567895"


class BankSaleState(StrEnum):
    """State of a sale at the fake bank."""

    OPEN = "open"
    PAID = "paid"
    VERIFIED = "verified"
    SETTLED = "settled"
    REVERSED = "reversed"


@dataclass(slots=True)
class BankSale:
    """One session of a payer, and what was paid in it."""

    reference: str
    order_number: int
    amount: int
    """Rials that the session is over; another than was asked for where the payer's amount was changed."""
    callback_url: str
    opened_at: datetime
    state: BankSaleState = BankSaleState.OPEN
    sale_number: str | None = None
    card: str | None = None
    discount: int = 0
    """Rials that the bank bears."""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BankCall:
    """One call as it came in."""

    operation: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Refusals:
    """Refusals of the bank to everybody."""

    credentials: bool = False
    address: bool = False


class BankServer(LoopbackServer):
    """A bank. `now` is its clock, which stands."""

    operations: ClassVar[Mapping[str, str]]
    """Its operations by path, in the words of `PaymentGateway`: start, verify, inquire, settle, reverse, list."""
    verify_within: ClassVar[timedelta | None] = None
    """Time after which a payment that was not verified is given back."""
    session_lasts: ClassVar[timedelta] = timedelta(minutes=15)

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls=tls)
        self.sales: dict[str, BankSale] = {}
        self.calls: list[BankCall] = []
        self.refuses = Refusals()
        self.now = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
        self._faults: defaultdict[str, deque[ServerFault]] = defaultdict(deque)
        self._bodies: defaultdict[str, deque[bytes]] = defaultdict(deque)
        self._numbers = count(80_000_001)
        self._failing_answers = FailingAnswers()

    async def stop(self) -> None:
        """Close down; calls that are kept waiting end."""
        self._failing_answers.end_waiting()
        await super().stop()

    def build_application(self) -> web.Application:
        """Return the bank under every path."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        return application

    # What a test does

    @property
    def bytes_sent(self) -> int:
        """Bytes of answers without end that it got rid of."""
        return self._failing_answers.bytes_sent

    def fail_next(self, operation: str, fault: ServerFault, *, times: int = 1) -> None:
        """Let something go wrong with the next calls of an operation."""
        self._faults[operation].extend([fault] * times)

    def answer_next(self, operation: str, body: bytes) -> None:
        """Answer the next call of an operation with this body, without acting."""
        self._bodies[operation].append(body)

    # What a payer does

    def pay(
        self, reference: str, *, card: str = FIRST_CARD, amount: int | None = None, discount: int = 0
    ) -> dict[str, str]:
        """Pay; `amount` pays another sum than was asked for. Return what the browser brings back."""
        sale = self.sales[reference]
        assert sale.state is BankSaleState.OPEN, sale
        assert self.now < sale.opened_at + self.session_lasts
        sale.state, sale.card, sale.discount, sale.paid_at = BankSaleState.PAID, card, discount, self.now
        sale.amount = sale.amount if amount is None else amount
        sale.sale_number = self.make_sale_number()
        return self.build_callback(sale, None)

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card that the bank refuses for lack of money. Return what the browser brings back."""
        return self.build_callback(self.sales[reference], "declined")

    def cancel(self, reference: str) -> dict[str, str]:
        """Go back without paying. Return what the browser brings back."""
        return self.build_callback(self.sales[reference], "cancelled")

    # What a bank is

    @abstractmethod
    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer."""

    @abstractmethod
    def build_callback(self, sale: BankSale, failure: str | None) -> dict[str, str]:
        """Return what the browser brings back; `failure` is `declined`, `cancelled` or None."""

    def make_sale_number(self) -> str:
        """Return a number of a sale that no other has."""
        return str(next(self._numbers))

    def open_sale(self, reference: str, order_number: int, amount: int, callback_url: str) -> BankSale:
        """Keep a new session."""
        sale = self.sales[reference] = BankSale(reference, order_number, amount, callback_url, self.now)
        return sale

    def find_sale(self, sale_number: object) -> BankSale | None:
        """Return the sale with the bank's number."""
        return next((sale for sale in self.sales.values() if sale.sale_number == str(sale_number)), None)

    def is_too_late(self, sale: BankSale) -> bool:
        """Whether a paid sale can no longer be verified; it is given back then."""
        if sale.state is not BankSaleState.PAID or self.verify_within is None or sale.paid_at is None:
            return False
        if self.now >= sale.paid_at + self.verify_within:
            sale.state = BankSaleState.REVERSED
            return True
        return False

    # The wire

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        operation = self.find_operation(request)
        if operation is None:
            return web.Response(status=404, text="<html>no such page</html>", content_type="text/html")
        body = await request.read()
        self.calls.append(BankCall(operation, self.read_payload(body)))
        if self._bodies[operation]:
            return web.Response(body=self._bodies[operation].popleft(), content_type="application/json")
        fault = self._faults[operation].popleft() if self._faults[operation] else None
        if fault and fault.keeps_from_acting:
            return await self._failing_answers.go_wrong(request, fault)
        response = await self.answer(operation, request)
        return await self._failing_answers.go_wrong(request, fault, response.body) if fault else response

    def find_operation(self, request: web.Request) -> str | None:
        """Return which operation a call is of."""
        return self.operations.get(request.path)

    def read_payload(self, body: bytes) -> Mapping[str, Any]:
        """Return what a call carries, for `calls`."""
        return {"body": body.decode("utf-8", "replace")}
