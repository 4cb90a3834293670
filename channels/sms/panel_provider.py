"""Common base of providers over HTTP: a client of the panel, its settings, and calls that a panel lacks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from channels.sms.panel_client import PanelClient
from channels.sms.provider_settings import PanelSettings
from domain.messages.carriers import (
    IN_RIALS,
    CandidateOutcomes,
    CostUnit,
    DeliveryReceipt,
    InboundListing,
    OutcomeInquiry,
    ReceivedSms,
    WebhookCall,
)
from domain.messages.records import OutboxMessage
from domain.values.calendar import MomentSpan


class PanelProvider:
    """The part of `SmsProvider` that needs no protocol: a panel that can only send, and says costs in rials.

    A subclass sets its `name`, the provider's key, and what its panel can do besides, and implements `send` and
    `check_account`. It calls the panel below `root`, with `headers` of its own.
    """

    name: str
    outcome_inquiry: OutcomeInquiry = OutcomeInquiry.NOTHING
    cost_unit: CostUnit = IN_RIALS
    polls_inbound: bool = False

    def __init__(
        self,
        settings: PanelSettings,
        root: str,
        *,
        headers: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> None:
        self.webhook_secret = webhook_secret
        self.rate_per_second = settings.rate
        self._sender = settings.sender
        self._panel_client = PanelClient(
            root,
            headers=headers,
            connect_timeout=settings.connect_timeout,
            total_timeout=settings.timeout,
            reuses_connections=self.outcome_inquiry is OutcomeInquiry.OWN_ID,
        )

    @property
    def memory_period(self) -> timedelta:
        return timedelta(0)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
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
