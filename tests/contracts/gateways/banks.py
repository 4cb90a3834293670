"""The fake bank of each gateway. Who adds a gateway adds its bank here, and the suite runs over both."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol, Self

import pytest
from pydantic import SecretStr

from domain.gateways.capabilities import GatewayCapabilities
from domain.gateways.gateway import PaymentGateway, PaymentOrder, PaymentPage, Sale
from payments.bale import BaleInvoiceSettings
from payments.behpardakht.settings import BehpardakhtSettings
from payments.gateway_settings import BotAddress
from payments.sadad import SadadSettings
from payments.saman import SamanSettings
from payments.sandbox.gateway import SandboxGateway
from payments.zarinpal import ZarinpalSettings
from tests.contracts.gateways.behpardakht_bank import BehpardakhtUnderTest
from tests.contracts.gateways.sandbox_bank import SandboxUnderTest
from tests.fakes import sadad_bank, saman_bank
from tests.fakes.bale_bank import BaleBank
from tests.fakes.bank_server import FIRST_CARD, BankSale, Refusals
from tests.fakes.bot_invoices import WALLET_TOKEN
from tests.fakes.bot_messenger import TOKEN
from tests.fakes.sadad_bank import SadadBank
from tests.fakes.saman_bank import SamanBank
from tests.fakes.server_faults import ServerFault
from tests.fakes.zarinpal_bank import MERCHANT, ZarinpalBank

PUBLIC_ADDRESS = "https://desk.example.ir"
AMOUNT = 1_250_000
PAYER = "+989121234567"

NONSENSE = tuple(
    body.encode()
    for body in (
        "",
        "[]",
        "null",
        "0",
        '"OK"',
        "{}",
        "{",
        '{"data": null}',
        '{"data": {"code": NaN}}',
        '{"data": {"code": 100}, "data": {"code": 100}}',
        '{"data": {"code": true, "authority": 1.5}, "errors": {"code": {}}}',
        '{"data": {"code": [100]}, "errors": []}',
        '{"ResCode": null, "ResultCode": null, "status": null}',
        '{"ResCode": [], "ResultCode": {}, "status": "", "TransactionDetail": []}',
        '{"ResCode": 0.0, "ResultCode": "0x0", "status": 1.0}',
        '{"ResultCode": 0, "Success": true, "TransactionDetail": null}',
        '{"ResultCode": 0, "Success": true, "TransactionDetail": {"OrginalAmount": "a lot"}}',
        '{"ResCode": 0, "Amount": -1, "OrderId": null}',
        '{"status": 1, "token": ""}',
        '{"status": 1, "token": "has spaces and \\n lines"}',
        '{"data": {"code": 100, "authority": "../../../etc\\u0000"}, "errors": []}',
        '{"data": {"code": ' + "9" * 5000 + "}}",
        "[" * 100_000,
        '{"a":' * 50_000,
        "\ud83d".encode("utf-16", "surrogatepass").hex(),
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/hostname'>]><x>&y;</x>",
    )
)
"""Bodies that a bank never sends; no answer but «unanswered» or «not told» may come of one."""


class ContractBank(Protocol):
    """Operations of the suite on a bank; `BankServer` has it all."""

    now: datetime
    base_url: str
    refuses: Refusals

    @property
    def bytes_sent(self) -> int:
        """Bytes of answers without end that it got rid of."""
        ...

    @property
    def operations(self) -> Mapping[str, str]:
        """Its operations by path."""
        ...

    @property
    def session_lasts(self) -> timedelta:
        """Time that a payer may pay."""
        ...

    @property
    def sales(self) -> Mapping[str, BankSale]:
        """Its sales by reference."""
        ...

    @property
    def calls(self) -> Sequence[object]:
        """The calls that reached it."""
        ...

    def fail_next(self, operation: str, fault: ServerFault, *, times: int = 1) -> None:
        """Let something go wrong with the next calls of an operation."""
        ...

    def answer_next(self, operation: str, body: bytes) -> None:
        """Answer the next call of an operation with this body."""
        ...

    def pay(
        self, reference: str, *, card: str = FIRST_CARD, amount: int | None = None, discount: int = 0
    ) -> dict[str, str]:
        """Pay, and return what the browser brings back."""
        ...

    def decline(self, reference: str) -> dict[str, str]:
        """Try a card without money."""
        ...

    def cancel(self, reference: str) -> dict[str, str]:
        """Go back without paying."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exception: object) -> None: ...


@dataclass(frozen=True, slots=True)
class FakeBank:
    """Bank by which a gateway is tried."""

    open_bank: Callable[..., ContractBank]
    """Makes the bank; `tls=` is what it serves TLS with."""
    build_gateway: Callable[[ContractBank, float], PaymentGateway]
    """The gateway of a bank, with so many seconds of patience, built as its settings build it."""
    secrets: tuple[str, ...]
    """Texts that may stand in no log and no answer."""
    has_network: bool = True
    """Whether anything can go wrong on the way to it."""
    gives_discounts: bool = True
    """Whether the bank may bear a part of the amount, and tells it."""
    tells_amount: bool = True
    """Whether verifying tells what the sale is over."""
    compares_amount: bool = True
    """True but for gateways that are not told it: whether verifying compares it with ours; where not, the session alone
    holds it."""
    takes_callback_address: bool = True
    """Whether the bank is told where to send browsers back to."""
    inquiry_tells_verified: bool = True
    """Whether an inquiry tells paid from verified; where not, what is paid is verified once more."""


def build_zarinpal(bank: ContractBank, timeout: float) -> PaymentGateway:
    """Zarinpal."""
    settings = ZarinpalSettings(base_url=bank.base_url, merchant_id=SecretStr(MERCHANT), timeout=timeout)
    return settings.build_gateway(PUBLIC_ADDRESS)


def build_bale(bank: ContractBank, timeout: float) -> PaymentGateway:
    """Bale, with links that open in a browser."""
    settings = BaleInvoiceSettings(provider_token=SecretStr(WALLET_TOKEN), link_origin=bank.base_url, timeout=timeout)
    bots = {"bale": BotAddress(f"{bank.base_url}/bot", SecretStr(TOKEN))}
    return settings.with_bots(bots).build_gateway(PUBLIC_ADDRESS)


def build_behpardakht(bank: ContractBank, timeout: float) -> PaymentGateway:
    """Behpardakht Mellat."""
    assert isinstance(bank, BehpardakhtUnderTest)
    settings = BehpardakhtSettings(
        wsdl_url=f"{bank.base_url}/pgwchannel/services/pgw?wsdl",
        start_url=f"{bank.base_url}/pgwchannel/startpay.mellat",
        terminal_id=str(bank.bank.sales.terminal_id),
        username=bank.bank.sales.username,
        password=SecretStr(bank.bank.sales.password),
        timeout=timeout,
    )
    return settings.build_gateway(PUBLIC_ADDRESS)


def build_saman(bank: ContractBank, timeout: float) -> PaymentGateway:
    """Saman."""
    settings = SamanSettings(base_url=bank.base_url, terminal_id=saman_bank.TERMINAL, timeout=timeout)
    return settings.build_gateway(PUBLIC_ADDRESS)


def build_sadad(bank: ContractBank, timeout: float) -> PaymentGateway:
    """Sadad, which is not asked by token."""
    settings = SadadSettings(
        base_url=f"{bank.base_url}/vpg",
        merchant_id=sadad_bank.MERCHANT,
        terminal_id=sadad_bank.TERMINAL,
        terminal_key=SecretStr(sadad_bank.KEY),
        timeout=timeout,
    )
    return settings.build_gateway(PUBLIC_ADDRESS)


def build_sandbox(bank: ContractBank, timeout: float) -> PaymentGateway:
    """The sandbox."""
    assert isinstance(bank, SandboxUnderTest)
    return SandboxGateway(bank.sandbox, PUBLIC_ADDRESS)


FAKE_BANKS: Mapping[str, FakeBank] = {
    "bale": FakeBank(BaleBank, build_bale, (TOKEN, WALLET_TOKEN), gives_discounts=False, takes_callback_address=False),
    "behpardakht": FakeBank(
        BehpardakhtUnderTest,
        build_behpardakht,
        ("mellat-secret",),
        gives_discounts=False,
        tells_amount=False,
        compares_amount=False,
        inquiry_tells_verified=False,
    ),
    "sadad": FakeBank(SadadBank, build_sadad, (sadad_bank.KEY,), gives_discounts=False),
    "saman": FakeBank(SamanBank, build_saman, ()),
    "sandbox": FakeBank(SandboxUnderTest, build_sandbox, (), has_network=False, gives_discounts=False),
    "zarinpal": FakeBank(ZarinpalBank, build_zarinpal, (MERCHANT,), gives_discounts=False, tells_amount=False),
}
"""The bank of each gateway of `GATEWAYS`."""


def for_gateways_where(
    is_applicable: Callable[[FakeBank, GatewayCapabilities], bool],
) -> pytest.MarkDecorator:
    """Ask a test only of the gateways to which it applies, as their banks and capabilities say: of one at least."""
    names = [name for name, bank in FAKE_BANKS.items() if is_applicable(bank, _find_capabilities(name))]
    assert names, "a test that is asked of no gateway proves nothing"
    return pytest.mark.parametrize("gateway_name", sorted(names), indirect=True)


@cache
def _find_capabilities(gateway_name: str) -> GatewayCapabilities:
    """Capabilities of a gateway built for a bank which nobody has opened."""
    bank = FAKE_BANKS[gateway_name].open_bank()
    bank.base_url = "http://127.0.0.1:9"
    return FAKE_BANKS[gateway_name].build_gateway(bank, 1.0).capabilities


def build_order(order_number: int = 7, amount: int = AMOUNT) -> PaymentOrder:
    """An order to pay."""
    return PaymentOrder(
        order_number=order_number,
        amount=amount,
        callback_url=f"{PUBLIC_ADDRESS}/pay/callback",
        started_at=datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        description="عوارض نوسازی سال ۱۴۰۵ و کرایهٔ لودر",
        payer_mobile=PAYER,
    )


def build_sale(page: PaymentPage, sale_number: str | None = None, order_number: int = 7, amount: int = AMOUNT) -> Sale:
    """Sale that the bank is asked about after an order."""
    return Sale(order_number=order_number, reference=page.reference, sale_number=sale_number, amount=amount)


def within_session(bank: ContractBank) -> timedelta:
    """A while after which the payer can still pay."""
    return bank.session_lasts / 2


def build_server_tls(certificate_path: str) -> ssl.SSLContext:
    """TLS context of a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path)
    return context
