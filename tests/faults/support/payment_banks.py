"""The banks of the payment rounds: real servers on loopback, with their books, cut connections and whole card numbers.

Behpardakht speaks SOAP, the other three REST. What browsers bring back, and what the REST banks answer, bears whole
card numbers, which no bank does: none of them may be found anywhere afterwards.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from yarl import URL

from tests.fakes import sadad_bank, saman_bank
from tests.fakes.bank_server import FIRST_CARD, SECOND_CARD, BankSaleState, BankServer
from tests.fakes.behpardakht_bank import BehpardakhtBank
from tests.fakes.behpardakht_pages import build_callback_fields
from tests.fakes.sadad_bank import SadadBank
from tests.fakes.saman_bank import SamanBank
from tests.fakes.server_faults import ServerFault
from tests.fakes.zarinpal_bank import MERCHANT, ZarinpalBank
from tests.support.fake_time import FakeTime

Cut = Literal["cut_before", "cut_after", "cut_within"]
CUTS: tuple[Cut, ...] = ("cut_before", "cut_after", "cut_within")
"""The connection breaks before the bank acts, after it acted, or in the middle of its answer."""

SaleMoney = Literal["none", "held", "ours", "returned"]
"""Place of a payer's money: not taken, taken and not deposited so far, deposited for us, or given back."""

CARDS = (FIRST_CARD, SECOND_CARD)
WAIT_SECONDS = "8"
"""Time that the program waits for a bank."""

_SOAP_OPERATIONS = {
    "start": "bpPayRequest",
    "verify": "bpVerifyRequest",
    "settle": "bpSettleRequest",
    "refund": "bpRefundRequest",
    "confirm_refund": "bpRefundVerifyRequest",
}
_MASKED_CARDS = {re.compile(rf"{card[:6]}\*+{card[-4:]}"): card for card in CARDS}


def unmask_cards(text: str) -> str:
    """Return a text with whole card numbers in place of masked ones."""
    for masked, card in _MASKED_CARDS.items():
        text = masked.sub(card, text)
    return text


@dataclass(frozen=True, slots=True)
class SessionAtBank:
    """Session in a bank's books."""

    amount: int
    """Rials that the bank took, or would."""
    money: SaleMoney
    """Place of the money."""


class PaymentBank:
    """A bank as the payers and the checks of the rounds see it. `method` is how browsers come back from it."""

    method = "POST"
    takes_wrong_amounts = False
    """Whether a payer can be made to pay another amount than was asked for, and the bank says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def settings(self) -> Mapping[str, str]:
        """The program's settings of it, without the prefix of its section."""
        raise NotImplementedError

    @property
    def sessions(self) -> Mapping[str, SessionAtBank]:
        """Its books by reference."""
        raise NotImplementedError

    def pay(self, reference: str, card: str, amount: int | None = None) -> dict[str, str] | None:
        """Pay, and return what the browser brings back; None where the session is over. `amount` is a wrong one."""
        raise NotImplementedError

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money, and return what the browser brings back."""
        raise NotImplementedError

    def find_callback_path(self, reference: str) -> str:
        """Return where browsers come back to, with the query."""
        raise NotImplementedError

    def cut_next(self, operation: str, cut: Cut) -> None:
        """Let the connection of the next call of an operation break."""
        raise NotImplementedError

    def look_at_clock(self) -> None:
        """Notice that time has passed."""


class SoapBank(PaymentBank):
    """Behpardakht."""

    def __init__(self, bank: BehpardakhtBank, clock: FakeTime, site_host: str) -> None:
        super().__init__("behpardakht")
        self._bank = bank
        bank.sales.clock, bank.sales.merchant_host = clock.now, site_host

    @property
    def settings(self) -> Mapping[str, str]:
        """The program's settings of it."""
        sales = self._bank.sales
        return {
            "WSDL_URL": self._bank.wsdl_url,
            "START_URL": self._bank.start_url,
            "TERMINAL_ID": str(sales.terminal_id),
            "USERNAME": sales.username,
            "PASSWORD": sales.password,
        }

    @property
    def sessions(self) -> Mapping[str, SessionAtBank]:
        """Its books."""
        self._bank.sales.reverse_unverified()
        books: dict[str, SessionAtBank] = {}
        for reference, session in self._bank.sales.sessions.items():
            money: SaleMoney = "none"
            if sale := session.sale:
                money = "returned" if sale.reversed_at else "ours" if sale.settled_at else "held"
            books[reference] = SessionAtBank(session.amount, money)
        return books

    @property
    def transfers(self) -> list[int]:
        """Rials of each transfer back to a card."""
        return [transfer.amount for transfer in self._bank.sales.transfers.values()]

    @property
    def deposited(self) -> int:
        """Rials of settled sales, less what went back to cards."""
        return self._bank.sales.deposited

    def pay(self, reference: str, card: str, amount: int | None = None) -> dict[str, str] | None:
        """Pay."""
        session = self._bank.sales.pay(reference, card)
        if session.sale is None:
            return None
        return {**build_callback_fields(session), "CardHolderPan": card}

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money."""
        return dict(build_callback_fields(self._bank.sales.decline(reference, "12")))

    def find_callback_path(self, reference: str) -> str:
        """Return where browsers come back to."""
        return URL(self._bank.sales.sessions[reference].callback_url).path_qs

    def cut_next(self, operation: str, cut: Cut) -> None:
        """Break a connection."""
        self._bank.faults_of[_SOAP_OPERATIONS[operation]].append(cut)


class RestBank(PaymentBank):
    """One of the others."""

    def __init__(self, name: str, bank: BankServer, settings: Mapping[str, str], clock: FakeTime) -> None:
        super().__init__(name)
        self.method = "GET" if name == "zarinpal" else "POST"
        self.takes_wrong_amounts = name != "zarinpal"
        self._bank = bank
        self._settings = settings
        self._clock = clock
        self.look_at_clock()

    @property
    def settings(self) -> Mapping[str, str]:
        """The program's settings of it."""
        return {**self._settings, "BASE_URL": self._bank.base_url + ("/vpg" if self.name == "sadad" else "")}

    @property
    def sessions(self) -> Mapping[str, SessionAtBank]:
        """Its books; what it verified is ours."""
        books: dict[str, SessionAtBank] = {}
        for reference, sale in self._bank.sales.items():
            self._bank.is_too_late(sale)
            books[reference] = SessionAtBank(sale.amount, _REST_MONEY[sale.state])
        return books

    def pay(self, reference: str, card: str, amount: int | None = None) -> dict[str, str] | None:
        """Pay."""
        sale = self._bank.sales[reference]
        if sale.state is not BankSaleState.OPEN or self._bank.now >= sale.opened_at + self._bank.session_lasts:
            return None
        brought = self._bank.pay(reference, card=card, amount=amount)
        return {**{name: unmask_cards(value) for name, value in brought.items()}, "CardNumber": card}

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money."""
        return self._bank.decline(reference)

    def find_callback_path(self, reference: str) -> str:
        """Return where browsers come back to."""
        return URL(self._bank.sales[reference].callback_url).path_qs

    def cut_next(self, operation: str, cut: Cut) -> None:
        """Break a connection."""
        self._bank.fail_next(operation, ServerFault(cut))

    def look_at_clock(self) -> None:
        """Set the bank's clock, which stands, by ours."""
        self._bank.now = self._clock.now()


_REST_MONEY: Mapping[BankSaleState, SaleMoney] = {
    BankSaleState.OPEN: "none",
    BankSaleState.PAID: "held",
    BankSaleState.VERIFIED: "ours",
    BankSaleState.SETTLED: "ours",
    BankSaleState.REVERSED: "returned",
}


class _TalkativeZarinpal(ZarinpalBank):
    """Tells whole card numbers in its answers."""

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer too much."""
        return _tell_cards(await super().answer(operation, request))


class _TalkativeSaman(SamanBank):
    """Tells whole card numbers in its answers."""

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer too much."""
        return _tell_cards(await super().answer(operation, request))


def _tell_cards(response: web.Response) -> web.Response:
    assert response.text is not None
    return web.Response(text=unmask_cards(response.text), content_type="application/json", status=response.status)


@asynccontextmanager
async def open_banks(clock: FakeTime, site_host: str = "127.0.0.1") -> AsyncIterator[Mapping[str, PaymentBank]]:
    """Open all four banks, by the names of their gateways; their clock is that of the office, which is at this host."""
    terminal = {"MERCHANT_ID": sadad_bank.MERCHANT, "TERMINAL_ID": sadad_bank.TERMINAL, "TERMINAL_KEY": sadad_bank.KEY}
    async with AsyncExitStack() as stack:
        soap = SoapBank(await stack.enter_async_context(BehpardakhtBank()), clock, site_host)
        rest = [
            RestBank(name, await stack.enter_async_context(bank), settings, clock)
            for name, bank, settings in (
                ("sadad", SadadBank(), terminal),
                ("saman", _TalkativeSaman(), {"TERMINAL_ID": saman_bank.TERMINAL}),
                ("zarinpal", _TalkativeZarinpal(), {"MERCHANT_ID": MERCHANT}),
            )
        ]
        yield {bank.name: bank for bank in (soap, *rest)}


def bank_settings(banks: Mapping[str, PaymentBank]) -> dict[str, str]:
    """Return the program's settings of all banks."""
    settings = {"PISHKHAN_PAYMENTS__GATEWAY": ",".join(banks)}
    for bank in banks.values():
        prefix = f"PISHKHAN_PAYMENTS__{bank.name.upper()}__"
        settings |= {prefix + name: value for name, value in {**bank.settings, "TIMEOUT": WAIT_SECONDS}.items()}
    return settings
