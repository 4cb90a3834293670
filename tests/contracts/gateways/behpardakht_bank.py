"""Behpardakht's bank, as the suite wants a bank. It has faults of its own besides (tests/payments/behpardakht)."""

import contextlib
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx

from tests.fakes.bank_server import FIRST_CARD, BankSale, BankSaleState, Refusals
from tests.fakes.behpardakht_bank import BehpardakhtBank, BehpardakhtFault
from tests.fakes.behpardakht_pages import build_callback_fields
from tests.fakes.behpardakht_sales import SESSION_LASTS, BehpardakhtSale, BehpardakhtSession
from tests.fakes.server_faults import ServerFault

_OPERATIONS = {
    "bpPayRequest": "start",
    "bpVerifyRequest": "verify",
    "bpSettleRequest": "settle",
    "bpInquiryRequest": "inquire",
    "bpReversalRequest": "reverse",
}
_FAULTS: Mapping[ServerFault, BehpardakhtFault] = {
    ServerFault.SILENT_BEFORE: "silent_before",
    ServerFault.SILENT_AFTER: "silent_after",
    ServerFault.CUT_BEFORE: "cut_before",
    ServerFault.CUT_AFTER: "cut_after",
    ServerFault.CUT_WITHIN: "cut_within",
    ServerFault.HUGE: "huge",
    ServerFault.NONSENSE: "garbage",
    ServerFault.SERVER_ERROR: "http_500",
    ServerFault.REDIRECT: "redirect",
    ServerFault.COMPRESSED: "compressed",
}


_NAMES = {call: operation for operation, call in _OPERATIONS.items()} | {"list": "none"}


class BehpardakhtUnderTest:
    """The bank with the payers and the faults of the suite."""

    operations: Mapping[str, str] = _OPERATIONS
    session_lasts: timedelta = SESSION_LASTS

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.bank = BehpardakhtBank(tls=tls, now=datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
        self.bank.sales.merchant_host = "desk.example.ir"
        self.refuses: Refusals = self.bank.sales.refuses
        self.base_url = ""

    async def __aenter__(self) -> Self:
        await self.bank.__aenter__()
        self.base_url = self.bank.base_url
        await _warm_up()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.bank.stop()

    @property
    def now(self) -> datetime:
        """Its clock."""
        return self.bank.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.bank.now = moment

    @property
    def bytes_sent(self) -> int:
        """Bytes of answers without end."""
        return self.bank.bytes_sent

    @property
    def calls(self) -> Sequence[object]:
        """The calls that reached it."""
        return self.bank.calls

    @property
    def sales(self) -> dict[str, BankSale]:
        """Its sales as the suite looks at them."""
        return {ref_id: _describe(session) for ref_id, session in self.bank.sales.sessions.items()}

    def fail_next(self, operation: str, fault: ServerFault, *, times: int = 1) -> None:
        """Let something go wrong with the next calls of an operation."""
        self.bank.faults_of[_NAMES[operation]].extend([_FAULTS[fault]] * times)

    def answer_next(self, operation: str, body: bytes) -> None:
        """Answer the next call of an operation with this body."""
        self.bank.bodies_of[_NAMES[operation]].append(body)

    def pay(
        self, reference: str, *, card: str = FIRST_CARD, amount: int | None = None, discount: int = 0
    ) -> dict[str, str]:
        """Pay, and return what the browser brings back; a session is over one amount, which nobody changes."""
        assert amount is None
        return dict(build_callback_fields(self.bank.sales.pay(reference, card, discount=discount)))

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money."""
        return dict(build_callback_fields(self.bank.sales.decline(reference, "12")))

    def cancel(self, reference: str) -> dict[str, str]:
        """Go back without paying."""
        return dict(build_callback_fields(self.bank.sales.decline(reference, "17")))


async def _warm_up() -> None:
    """Let httpx import what it imports with its first call: that of a test may be one that has little time."""
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(verify=False) as client:  # noqa: S501 - nobody is asked anything
            await client.get("http://127.0.0.1:9/")


def _describe(session: BehpardakhtSession) -> BankSale:
    described = BankSale(session.ref_id, session.order_id, session.amount, session.callback_url, session.opened_at)
    if session.sale:
        described.state = _find_state(session.sale)
        described.sale_number = str(session.sale.number)
        described.card = session.sale.card
    return described


def _find_state(sale: BehpardakhtSale) -> BankSaleState:
    if sale.reversed_at:
        return BankSaleState.REVERSED
    if sale.settled_at:
        return BankSaleState.SETTLED
    return BankSaleState.VERIFIED if sale.verified_at else BankSaleState.PAID
