"""What providers over HTTP have in common: a client of the panel, its settings, and calls that a panel lacks."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from channels.sms.panel_client import PanelClient
from channels.sms.provider_settings import ProviderSettings
from domain.messages.carriers import (
    IN_RIALS,
    CostUnit,
    DeliveryReceipt,
    InboundListing,
    OutcomeInquiry,
    ReceivedSms,
    SendResult,
    WebhookCall,
)
from domain.messages.records import OutboxMessage
from domain.values.calendar import MomentSpan


class PanelProvider:
    """The part of `SmsProvider` that needs no protocol: a panel that can only send, and says costs in rials.

    `name` is the provider's key. A subclass sets what its panel can do besides, and implements `send` and
    `check_account`.
    """

    outcome_inquiry: OutcomeInquiry = OutcomeInquiry.NOTHING
    cost_unit: CostUnit = IN_RIALS
    polls_inbound: bool = False

    def __init__(
        self, name: str, settings: ProviderSettings, panel_client: PanelClient, webhook_secret: str | None = None
    ) -> None:
        self.name = name
        self.webhook_secret = webhook_secret
        self.rate_per_second = settings.rate
        self._panel_client = panel_client

    @property
    def memory_period(self) -> timedelta:
        return timedelta(0)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage]) -> dict[int, SendResult | None]:
        """Know nothing: the panel cannot be asked."""
        return {}

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Have none: the panel calls our webhook, or tells nothing."""
        return []

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read nothing: the panel calls no webhook."""
        return ()

    async def fetch_inbound(self, span: MomentSpan) -> InboundListing:
        """List nothing: the panel calls our webhook."""
        return InboundListing()

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Read nothing: the panel calls no webhook."""
        return []

    async def close(self) -> None:
        await self._panel_client.close()
