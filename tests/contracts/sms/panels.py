"""The fake panel of each provider. Who adds a provider adds its panel here, and the suite runs over both."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Protocol, Self
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from channels.sms.providers.kavenegar import KavenegarSettings
from channels.sms.providers.simulator import Simulator, SimulatorSettings
from channels.sms.providers.sms_ir import SmsIrSettings
from domain.messages.carriers import (
    CandidateOutcomes,
    DeliveryReceipt,
    ReceivedSms,
    SendResult,
    SmsProvider,
    WebhookCall,
)
from domain.messages.records import OutboxMessage
from domain.values.errors import MissingField
from tests.fakes.kavenegar import RIALS_A_PART, FakeKavenegar
from tests.fakes.server_faults import FaultGate
from tests.fakes.sms_ir_panel import DELIVERED, SmsIrPanel

KEY = "4B65792F6F6E6C79"
SECRET = "inbound-secret"
LINE = "30004505"


class ContractPanel(Protocol):
    """Operations of the suite on a panel."""

    gate: FaultGate
    clock: Callable[[], datetime]
    """Its time, which a test may set."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exception: object) -> None: ...

    @property
    def base_url(self) -> str:
        """Its address."""
        ...

    def list_sent_ids(self) -> list[str]:
        """Its ids of the texts that it took, in order."""
        ...

    def deliver_all(self) -> None:
        """Let all texts arrive."""
        ...

    def spend_credit(self) -> None:
        """Have no credit left."""
        ...

    def build_inbound_call(self, sender: str, text: str, message_id: str | None) -> WebhookCall:
        """Call by which it brings a text by webhook, where it does."""
        ...

    def build_receipt_call(self, provider_id: str) -> WebhookCall:
        """Call by which it tells by webhook that a text arrived, where it does."""
        ...

    def keep_inbound(self, sender: str, text: str) -> None:
        """Have a text ready to be fetched, where texts are."""
        ...


@dataclass(frozen=True, slots=True)
class FakePanel:
    """Panel by which a provider is tried."""

    open_panel: Callable[[], ContractPanel]
    """Makes the panel."""
    build_provider: Callable[[ContractPanel, float, str], SmsProvider]
    """The provider of a panel with so many seconds of patience and this key, built as its settings build it."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """The begin of the path of each call that it makes: send, account, ask, poll, fetch; none without a network."""
    part_rials: Decimal | None = Decimal(0)
    """Price of a message part at the panel; None where it tells no cost."""
    names_texts: bool = True
    """Whether a text that comes by webhook may bear an id."""
    tells_receipts: bool = True
    """Whether it tells what arrived, where it is asked or by webhook."""

    @property
    def has_network(self) -> bool:
        """Whether anything can go wrong on the way to the panel."""
        return bool(self.paths)


class KavenegarUnderTest(FakeKavenegar):
    """Kavenegar."""

    def __init__(self) -> None:
        super().__init__(api_key=KEY, lines=(LINE,))

    def list_sent_ids(self) -> list[str]:
        """Its ids of the texts that it took, in order."""
        return [str(sent.messageid) for sent in self.sent]

    def deliver_all(self) -> None:
        """Let all texts arrive."""
        self.status_after = 10

    def spend_credit(self) -> None:
        """Have no credit left."""
        self.credit = 0

    def build_inbound_call(self, sender: str, text: str, message_id: str | None) -> WebhookCall:
        """A query."""
        fields = {"from": sender, "to": LINE, "message": text}
        return WebhookCall(query=urlencode(fields | ({"messageid": message_id} if message_id else {})))

    def build_receipt_call(self, provider_id: str) -> WebhookCall:
        """A query."""
        return WebhookCall(query=urlencode({"messageid": provider_id, "status": "10"}))


class SimulatorUnderTest(KavenegarUnderTest):
    """No panel at all: its webhooks are Kavenegar's, by JSON too."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        return None

    def build_inbound_call(self, sender: str, text: str, message_id: str | None) -> WebhookCall:
        """A JSON object."""
        return _as_json({"from": sender, "to": LINE, "message": text, "messageid": message_id})

    def build_receipt_call(self, provider_id: str) -> WebhookCall:
        """A JSON object."""
        return _as_json({"messageid": provider_id, "status": 10})


class SmsIrUnderTest(SmsIrPanel):
    """sms.ir."""

    def __init__(self) -> None:
        super().__init__(api_key=KEY, line=int(LINE))

    def list_sent_ids(self) -> list[str]:
        """Its ids of the texts that it took, in order."""
        return [str(text.messageId) for text in self.sent]

    def deliver_all(self) -> None:
        """Let all texts arrive."""
        for text in self.sent:
            text.deliveryState = DELIVERED

    def spend_credit(self) -> None:
        """Have no credit left."""
        self.credit = Decimal(0)

    def build_inbound_call(self, sender: str, text: str, message_id: str | None) -> WebhookCall:
        """It calls no webhook."""
        raise AssertionError("it calls no webhook")

    def build_receipt_call(self, provider_id: str) -> WebhookCall:
        """It calls no webhook."""
        raise AssertionError("it calls no webhook")


def _as_json(document: Mapping[str, object]) -> WebhookCall:
    return WebhookCall(content_type="application/json", body=json.dumps(document).encode())


def build_kavenegar(panel: ContractPanel, timeout: float, key: str) -> SmsProvider:
    """Kavenegar."""
    settings = KavenegarSettings(base_url=panel.base_url, api_key=SecretStr(key), sender=LINE, timeout=timeout)
    return settings.build_provider(SECRET)


def build_simulator(panel: ContractPanel, timeout: float, key: str) -> SmsProvider:
    """The simulator."""
    return SimulatorSettings().build_provider(SECRET)


def build_sms_ir(panel: ContractPanel, timeout: float, key: str) -> SmsProvider:
    """sms.ir, at 1250 and a half rials a credit."""
    settings = SmsIrSettings(
        base_url=panel.base_url,
        api_key=SecretStr(key),
        sender=LINE,
        timeout=timeout,
        credit_rials=Decimal("1250.5"),
    )
    return settings.build_provider("")


class FrugalProvider(Simulator):
    """A provider that tells no cost, has no receipts, and brings texts without an id."""

    name = "frugal"

    async def send(self, message: OutboxMessage) -> SendResult:
        """Accept the text, and say nothing of what it costs."""
        return replace(await super().send(message), charge=None)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Answer the same again."""
        return {message.id: [await self.send(message)] for message in messages}

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Answer nothing."""
        return []

    def read_inbound(self, call: WebhookCall) -> list[ReceivedSms]:
        """Read sender and text alone."""
        return [replace(text, provider_id=None) for text in super().read_inbound(call)]

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Refuse every call: there are none."""
        raise MissingField("status")


def build_frugal(panel: ContractPanel, timeout: float, key: str) -> SmsProvider:
    """The provider that tells least."""
    return FrugalProvider(webhook_secret=SECRET)


FAKE_PANELS: Mapping[str, FakePanel] = {
    "frugal": FakePanel(SimulatorUnderTest, build_frugal, part_rials=None, names_texts=False, tells_receipts=False),
    "kavenegar": FakePanel(
        KavenegarUnderTest,
        build_kavenegar,
        {
            "send": f"/v1/{KEY}/sms/send.json",
            "account": f"/v1/{KEY}/account/",
            "ask": f"/v1/{KEY}/sms/statuslocalmessageid",
            "poll": f"/v1/{KEY}/sms/status.json",
        },
        part_rials=Decimal(RIALS_A_PART),
    ),
    "simulator": FakePanel(SimulatorUnderTest, build_simulator),
    "sms_ir": FakePanel(
        SmsIrUnderTest,
        build_sms_ir,
        {
            "send": "/v1/send/bulk",
            "account": "/v1/credit",
            "ask": "/v1/send/live",
            "poll": "/v1/send/8",
            "fetch": "/v1/receive/live",
        },
        part_rials=Decimal("1250.5"),
    ),
}
"""The panel of each provider of `PROVIDERS`, and of one that does as little as a provider may."""


def for_providers_where(is_applicable: Callable[[FakePanel, SmsProvider], bool]) -> pytest.MarkDecorator:
    """Ask a test only of the providers to which it applies, as they and their panels say: of one at least."""
    names = [name for name, panel in FAKE_PANELS.items() if is_applicable(panel, _build_unconnected(name))]
    assert names, "a test that is asked of no provider proves nothing"
    return pytest.mark.parametrize("provider_name", sorted(names), indirect=True)


def at_each_call(*operations: str) -> pytest.MarkDecorator:
    """Ask a test for each of these calls that a provider makes; all, without a name."""
    pairs = [
        (name, operation)
        for name, panel in FAKE_PANELS.items()
        for operation in panel.paths
        if not operations or operation in operations
    ]
    return pytest.mark.parametrize(("provider_name", "operation"), pairs, indirect=["provider_name"])


@cache
def _build_unconnected(provider_name: str) -> SmsProvider:
    """A provider whose panel nobody has opened."""
    fake_panel = FAKE_PANELS[provider_name]
    return fake_panel.build_provider(_Nowhere(), 1.0, KEY)  # type: ignore[arg-type] # nothing else is asked of it


class _Nowhere:
    """A panel that is not there."""

    base_url = "http://127.0.0.1:9"
