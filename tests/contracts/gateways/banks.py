"""The fake bank of each gateway. Who adds a gateway adds its bank here, and the suite runs over both."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from domain.gateways.gateway import PaymentOrder, PaymentPage, Sale
from payments.gateway_settings import GatewaySettings
from payments.zarinpal import ZarinpalSettings
from tests.fakes.bank_server import BankServer
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


@dataclass(frozen=True, slots=True)
class FakeBank:
    """How a gateway is tried."""

    open_bank: Callable[..., BankServer]
    """Makes the bank; `tls=` is what it serves TLS with."""
    configure: Callable[[str, float], GatewaySettings]
    """Settings of the gateway for a bank at this address and so many seconds of patience."""
    secrets: tuple[str, ...]
    """What may stand in no log and no answer."""
    gives_discounts: bool = True
    """Whether the bank may bear a part of the amount, and tells it."""
    tells_amount: bool = True
    """Whether verifying tells what the sale is over; where not, the bank itself compares it."""


def configure_zarinpal(base_url: str, timeout: float) -> GatewaySettings:
    """Zarinpal at this address."""
    return ZarinpalSettings(base_url=base_url, merchant_id=SecretStr(MERCHANT), timeout=timeout)


FAKE_BANKS: Mapping[str, FakeBank] = {
    "zarinpal": FakeBank(ZarinpalBank, configure_zarinpal, (MERCHANT,), gives_discounts=False, tells_amount=False),
}
"""The bank of each gateway of `GATEWAYS`."""


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
    """What the bank is asked about after an order."""
    return Sale(order_number=order_number, reference=page.reference, sale_number=sale_number, amount=amount)


def within_session(bank: BankServer) -> timedelta:
    """A while after which the payer can still pay."""
    return bank.session_lasts / 2


def build_server_tls(certificate_path: str) -> ssl.SSLContext:
    """What a server serves TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path)
    return context
