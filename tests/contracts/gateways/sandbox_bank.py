"""The sandbox's own bank, as the suite wants a bank. It is in this process: nothing goes wrong on the way to it."""

import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Self

from domain.gateways.gateway import SaleState
from payments.sandbox.bank import SESSION_LASTS, BankBehaviour, SandboxBank
from payments.sandbox.gateway import list_callback_values
from tests.fakes.bank_server import FIRST_CARD, BankSale, BankSaleState, Refusals
from tests.fakes.server_faults import ServerFault

_STATES = {
    SaleState.UNPAID: BankSaleState.OPEN,
    SaleState.AWAITING_VERIFICATION: BankSaleState.PAID,
    SaleState.SETTLED: BankSaleState.VERIFIED,
    SaleState.REVERSED: BankSaleState.REVERSED,
}


class SandboxUnderTest:
    """The bank with a clock that stands, and the payers of the suite."""

    operations: Mapping[str, str] = {}
    session_lasts: timedelta = SESSION_LASTS

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        numbers = count(1)
        self.now = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
        self.base_url = ""
        self.calls: list[object] = []
        self.refuses = Refusals()
        self.bytes_sent = 0
        self.sandbox = SandboxBank(lambda: self.now, lambda: f"{next(numbers):012x}{'0' * 20}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Nothing is open."""

    @property
    def sales(self) -> dict[str, BankSale]:
        """Its sales as the suite looks at them."""
        return {reference: self._describe(reference) for reference in self.sandbox._sales}

    def fail_next(self, operation: str, fault: ServerFault, *, times: int = 1) -> None:
        """Never called: there is no way to it."""

    def answer_next(self, operation: str, body: bytes) -> None:
        """Never called: there is no way to it."""

    def pay(
        self, reference: str, *, card: str = FIRST_CARD, amount: int | None = None, discount: int = 0
    ) -> dict[str, str]:
        """Pay with one of its test cards."""
        sale = self.sandbox.get_sale(reference)
        sale.order = replace(sale.order, amount=amount or sale.order.amount)
        card_key = "good" if card == FIRST_CARD else "second"
        return list_callback_values(self.sandbox.pay(reference, card_key, BankBehaviour.PROMPT))

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money."""
        return list_callback_values(self.sandbox.pay(reference, "empty", BankBehaviour.PROMPT))

    def cancel(self, reference: str) -> dict[str, str]:
        """Go back without paying."""
        return list_callback_values(self.sandbox.cancel(reference))

    def _describe(self, reference: str) -> BankSale:
        sale = self.sandbox.get_sale(reference)
        return BankSale(
            reference,
            sale.order.order_number,
            sale.order.amount,
            sale.order.callback_url,
            self.now,
            state=_STATES[sale.state],
            sale_number=sale.sale_number,
            card=sale.card,
        )
