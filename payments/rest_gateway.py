"""Common base of gateways over REST: a client of the bank, the meaning of codes, calls that a protocol lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yarl import URL

from domain.gateways.capabilities import GatewayCapabilities
from domain.gateways.gateway import (
    UNREADABLE,
    CardRefund,
    CardRefundAnswer,
    DeclineReason,
    GatewayAnswer,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from payments.answer_values import read_code
from payments.gateway_settings import ServerSettings
from payments.http_client import BankClient, BankResponse

NOT_OFFERED = "not_offered"
"""Stored instead of a bank's code where its protocol has no such call; nobody makes it (`GatewayCapabilities`)."""

NO_SALE_NUMBER = "no_sale_number"
"""The same where the bank can be asked only by a number that no callback has brought."""

OTHER_ORDER = "other_order"
"""The same where the bank's answer names another order than the one it was asked about: it says nothing about ours."""


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """Meaning of a bank's result code."""

    reason: DeclineReason = DeclineReason.BANK
    """Reason as the payer reads it."""
    sale_state: SaleState | None = None
    """The state of the sale, where the code implies one."""
    is_our_fault: bool = False
    """Whether only the municipality can mend it."""


UNKNOWN_CODE = CodeMeaning()
"""A code that nobody published: it proves nothing, is stored as it came and shown to staff."""

OUR_FAULT = CodeMeaning(is_our_fault=True)
"""Credentials, terminal, address or an agreement with the bank."""


class RestGateway:
    """The part of `PaymentGateway` that needs no protocol. `name` is the gateway's key; the bank's calls are below
    `base_url`, and so is its payment page, unless the gateway says other origins.
    """

    def __init__(self, name: str, settings: ServerSettings, base_url: str, capabilities: GatewayCapabilities) -> None:
        self.name = name
        self.capabilities = capabilities
        self.form_origins: tuple[str, ...] = (str(URL(base_url).origin()),)
        self._base_url = base_url
        self._client = BankClient(name, connect_timeout=settings.connect_timeout, total_timeout=settings.timeout)

    async def _post(self, path: str, payload: Mapping[str, object]) -> BankResponse:
        """Post a JSON object to a path below the bank's address."""
        return await self._client.post_json(f"{self._base_url}{path}", payload)

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


def read_result_code(response: BankResponse, code: object) -> str:
    """Return the result code of a call as it is stored: `code` is what stands at its place in the answer (None:
    nothing). One of `UNANSWERED_CODES` where there was no answer, or none that has a code.
    """
    return response.unanswered or (UNREADABLE if code is None else read_code(code))


def answer_by_code(code: str, meanings: Mapping[str, CodeMeaning]) -> GatewayAnswer:
    """Return what a code says of a sale; one of `UNANSWERED_CODES` or an unknown one says nothing."""
    meaning = meanings.get(code, UNKNOWN_CODE)
    reason = meaning.reason if meaning.sale_state is SaleState.UNPAID else None
    return GatewayAnswer(sale_state=meaning.sale_state, code=code, reason=reason, is_our_fault=meaning.is_our_fault)


def refuse_start(code: str, meanings: Mapping[str, CodeMeaning]) -> StartRefusal:
    """Return why no session was opened."""
    meaning = meanings.get(code, UNKNOWN_CODE)
    return StartRefusal(code, meaning.reason, meaning.is_our_fault)
