"""The sandbox as a gateway: its protocol is ours, everything else of it is as at a bank."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from secrets import token_hex
from typing import ClassVar

from yarl import URL

from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RefundScope, RepeatedVerify, Settlement
from domain.gateways.card_numbers import mask_card
from domain.gateways.gateway import (
    TIMED_OUT,
    CardRefund,
    CardRefundAnswer,
    CardRefundState,
    DeclineReason,
    GatewayAnswer,
    GatewayCallback,
    PaymentGateway,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from payments.answer_values import find_callback_name, read_code, require_callback_name, require_callback_number
from payments.gateway_settings import GatewaySettings
from payments.sandbox.bank import (
    CANCELLED_CODE,
    PAID_CODE,
    SESSION_LASTS,
    SESSION_OVER_CODE,
    TEST_CARDS,
    UNPAID_CODE,
    VERIFY_WITHIN,
    SandboxBank,
    SandboxSale,
)

SANDBOX = "sandbox"
"""Its key among the gateways."""

PAGES_PATH = "/sandbox-bank"
"""Path of its pages."""

START_PATH = f"{PAGES_PATH}/start"
"""Path at which a payer's browser arrives, by a posted form."""

REPEATED_CODE, TOO_MUCH_CODE = "101", "61"
_REASONS: Mapping[str, DeclineReason] = {
    **{card.code: card.reason for card in TEST_CARDS.values() if card.reason},
    CANCELLED_CODE: DeclineReason.CANCELLED,
    SESSION_OVER_CODE: DeclineReason.SESSION,
    UNPAID_CODE: DeclineReason.CANCELLED,
}


class SandboxGateway:
    """The sandbox. `site_address` is where its pages are reached, without a slash at the end."""

    name = SANDBOX
    capabilities = GatewayCapabilities(
        session_lasts=SESSION_LASTS,
        verify_within=VERIFY_WITHIN,
        inquiry=InquiryKey.ORDER,
        repeated_verify=RepeatedVerify.SAYS_SO,
        settlement=Settlement.WITH_VERIFY,
        refund=RefundScope.PARTIAL,
        lists_unverified=True,
        callback_methods=frozenset({"GET", "POST"}),
    )

    def __init__(self, bank: SandboxBank, site_address: str) -> None:
        self.bank = bank
        self._site_address = site_address
        self.form_origins: tuple[str, ...] = (str(URL(site_address).origin()),)

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session."""
        sale = self.bank.open_session(order)
        return PaymentPage(sale.reference, f"{self._site_address}{START_PATH}", {"reference": sale.reference})

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read what `list_callback_values` gave the browser."""
        code = read_code(require_callback_name(values, "code"))
        return GatewayCallback(
            order_number=require_callback_number(values, "order"),
            reference=require_callback_name(values, "reference"),
            sale_number=find_callback_name(values, "sale"),
            is_paid=code == PAID_CODE,
            code=code,
            reason=_REASONS.get(code, DeclineReason.BANK) if code != PAID_CODE else None,
            card=mask_card(values.get("card")),
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Have what was paid; from then on it is settled."""
        found = self.bank.find_sale(sale.reference)
        if found is None or not self.bank.answers(found) or found.state is not SaleState.AWAITING_VERIFICATION:
            return self._describe(found, REPEATED_CODE)
        found.state = SaleState.SETTLED
        return self._describe(found, PAID_CODE)

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Say what it is: it is settled with the verification."""
        return await self.inquire(sale)

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Say what it is."""
        return self._describe(self.bank.find_sale(sale.reference), PAID_CODE)

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Say what it is: what was verified is ours, and goes back by a refund alone."""
        return await self.inquire(sale)

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Give back to the card, at most what it paid in all."""
        found = self.bank.find_sale(refund.sale.reference)
        if found and refund.refund_number not in found.refunds and 0 < refund.amount <= found.returnable_amount:
            found.refunds[refund.refund_number] = refund.amount
        elif found is None or refund.refund_number not in found.refunds:
            return CardRefundAnswer(refund_state=CardRefundState.REFUSED, code=TOO_MUCH_CODE)
        return await self.inquire_refund(refund)

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Say whether it went back."""
        found = self.bank.find_sale(refund.sale.reference)
        if found is None or refund.refund_number not in found.refunds:
            return CardRefundAnswer(refund_state=CardRefundState.ABSENT, code=UNPAID_CODE)
        reference = f"{found.sale_number}-{refund.refund_number}"
        return CardRefundAnswer(refund_state=CardRefundState.DONE, code=PAID_CODE, reference=reference)

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """Return what was paid and waits for us."""
        return [UnverifiedSale(sale.reference, sale.order.amount) for sale in self.bank.list_unverified()]

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _describe(self, sale: SandboxSale | None, code: str) -> GatewayAnswer:
        if sale is None:
            return GatewayAnswer(sale_state=SaleState.UNPAID, code=UNPAID_CODE)
        if not self.bank.answers(sale):
            return GatewayAnswer(sale_state=None, code=TIMED_OUT)
        return GatewayAnswer(
            sale_state=sale.state,
            code=code if sale.is_paid else sale.code,
            sale_number=sale.sale_number,
            amount=sale.order.amount,
            card=sale.card if sale.is_paid else None,
            reason=sale.reason,
        )


def list_callback_values(sale: SandboxSale) -> dict[str, str]:
    """Return what the browser brings to the merchant."""
    values = {"reference": sale.reference, "order": str(sale.order.order_number), "code": sale.code}
    return values | ({"sale": sale.sale_number, "card": sale.card or ""} if sale.sale_number else {})


class SandboxSettings(GatewaySettings):
    """The sandbox has nothing to set: it is in use in demo mode, and refused elsewhere."""

    is_demo_only: ClassVar[bool] = True

    def build_gateway(self, public_address: str) -> PaymentGateway:
        """Return the sandbox with a new bank, whose clock is the system's."""
        return SandboxGateway(SandboxBank(partial(datetime.now, UTC), partial(token_hex, 16)), public_address)
