"""What gateways over REST have in common: a client of the bank, the meaning of codes, calls that a protocol lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.gateways.gateway import (
    CardRefund,
    CardRefundAnswer,
    DeclineReason,
    GatewayAnswer,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from payments.gateway_settings import BankSettings
from payments.http_client import BankClient

NOT_OFFERED = "not_offered"
"""Stored instead of a bank's code where its protocol has no such call; nobody makes it (`GatewayCapabilities`)."""

NO_SALE_NUMBER = "no_sale_number"
"""The same where the bank can be asked only by a number that no callback has brought."""

OTHER_ORDER = "other_order"
"""The same where the bank's answer names another order than the one it was asked about: it says nothing about ours."""


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a bank's result code says."""

    reason: DeclineReason = DeclineReason.BANK
    """What it means for the payer."""
    sale_state: SaleState | None = None
    """The state of the sale, where the code implies one."""
    is_our_fault: bool = False
    """Whether only the municipality can mend it."""


UNKNOWN_CODE = CodeMeaning()
"""A code that nobody published: it proves nothing, is stored as it came and shown to staff."""

OUR_FAULT = CodeMeaning(is_our_fault=True)
"""Credentials, terminal, address or an agreement with the bank."""


class RestGateway:
    """The part of `PaymentGateway` that needs no protocol. `name` is the gateway's key."""

    def __init__(self, name: str, settings: BankSettings) -> None:
        self.name = name
        self._client = BankClient(name, connect_timeout=settings.connect_timeout, total_timeout=settings.timeout)

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Answer that there is no such call."""
        return GatewayAnswer(sale_state=None, code=NOT_OFFERED)

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Answer that there is no such call."""
        return GatewayAnswer(sale_state=None, code=NOT_OFFERED)

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Answer that there is no such call."""
        return GatewayAnswer(sale_state=None, code=NOT_OFFERED)

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Answer that there is no such call."""
        return CardRefundAnswer(refund_state=None, code=NOT_OFFERED)

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Answer that there is no such call."""
        return CardRefundAnswer(refund_state=None, code=NOT_OFFERED)

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """List none."""
        return ()

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        await self._client.close()


def answer_by_code(code: str, meanings: Mapping[str, CodeMeaning]) -> GatewayAnswer:
    """Return what a code says of a sale; one of `UNANSWERED_CODES` or an unknown one says nothing."""
    meaning = meanings.get(code, UNKNOWN_CODE)
    reason = meaning.reason if meaning.sale_state is SaleState.UNPAID else None
    return GatewayAnswer(sale_state=meaning.sale_state, code=code, reason=reason, is_our_fault=meaning.is_our_fault)


def refuse_start(code: str, meanings: Mapping[str, CodeMeaning]) -> StartRefusal:
    """Return why no session was opened."""
    meaning = meanings.get(code, UNKNOWN_CODE)
    return StartRefusal(code, meaning.reason, meaning.is_our_fault)
