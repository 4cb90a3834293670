"""Kavenegar: sends over its REST API, reads its webhooks, asks it what became of a text.

Source: facts-iran.md, "Kavenegar". The panel answers `{"return": {"status", "message"}, "entries": […]}` and repeats
`return.status` as the HTTP status; so the body is read first, and the HTTP status counts only where there is none.

Our message id goes along as `localid`. For 12 hours the panel answers a known `localid` with the message it already has
instead of sending again, and reports it in `statuslocalmessageid`; later it answers as for an id it never saw. So
an unknown outcome must be asked about, or sent again, within those 12 hours. `sms/status` reaches back 48 hours.

The API key is part of the path (`PanelClient` lets no address out). Costs are in rials, for the whole message.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from channels.sms.json_reading import read_amount
from channels.sms.panel_client import PanelAnswer, PanelClient
from channels.sms.panel_provider import PanelProvider
from channels.sms.provider_settings import PanelAddress, PanelSettings, WebhookSettings
from channels.sms.verdicts import (
    BUSY,
    TOO_FAST,
    UNREADABLE,
    block_text,
    judge_http_status,
    refuse_text,
    report_down,
    report_unknown,
)
from channels.sms.webhook_reading import get_filled_text, get_text, read_form
from domain.messages.carriers import (
    AccountStatus,
    DeliveryReceipt,
    OutcomeInquiry,
    ReceivedSms,
    SendResult,
    SendVerdict,
    WebhookCall,
)
from domain.messages.records import MessageState, OutboxMessage
from domain.values.identifiers import display_mobile

NAME = "kavenegar"

IDS_PER_CALL = 500
"""The most ids that one status call takes."""

_T = TypeVar("_T")
_STATUS_OK = 200

RESULTS_BY_STATUS: Mapping[int, SendResult] = MappingProxyType(
    {
        400: refuse_text("parameters"),
        401: report_down("account"),
        # "The operation failed": nothing says why. The next try may pass, and the localid keeps the text single.
        402: SendResult(SendVerdict.RETRY, reason="failed"),
        403: report_down("key"),
        404: report_down("address"),
        405: report_down("address"),
        406: refuse_text("parameters"),
        407: report_down("access"),
        409: BUSY,
        411: refuse_text("recipient"),
        412: report_down("sender"),
        413: refuse_text("length"),
        414: refuse_text("parameters"),
        416: report_down("source_address"),
        417: refuse_text("parameters"),
        418: report_down("credit"),
        420: refuse_text("link"),
        422: refuse_text("characters"),
        424: refuse_text("template"),
        426: report_down("plan"),
        427: report_down("line_level"),
        429: TOO_FAST,
        431: refuse_text("parameters"),
        432: refuse_text("parameters"),
        451: TOO_FAST,
        # An account in test mode sends to its owner alone: no citizen can be reached until the account is approved.
        501: report_down("test_mode"),
    }
)
"""What each status of the panel means for one text. Whatever is not here leaves the outcome unknown."""

STATES_BY_STATUS: Mapping[int, MessageState] = MappingProxyType(
    {
        6: MessageState.UNDELIVERED,
        10: MessageState.DELIVERED,
        11: MessageState.UNDELIVERED,
        13: MessageState.FAILED,
        14: MessageState.BLOCKED,
    }
)
"""What a message status means. Queued, scheduled and at the operator (1, 2, 4, 5) are no news for a sent text."""

_STATUS_BLOCKED = 14
_STATUS_UNKNOWN_ID = 100


class _Return(BaseModel):
    status: int


class _Answer(BaseModel):
    returned: _Return = Field(alias="return")
    entries: Any = None


class _Entry(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    messageid: str | None = None
    localid: str | None = None
    status: int
    cost: Decimal | None = None


_ENTRY_LIST = TypeAdapter(list[_Entry])


class KavenegarSettings(PanelSettings, WebhookSettings):
    """The Kavenegar panel. It publishes no rate, and answers 451 when it is asked too often."""

    base_url: PanelAddress = Field("https://api.kavenegar.com", description="Where the panel's REST API answers.")

    def build_provider(self, webhook_secret: str) -> "Kavenegar":
        """Return the provider."""
        return Kavenegar(self, webhook_secret)


class Kavenegar(PanelProvider):
    """Implements `SmsProvider` over `{base_url}/v1/{api_key}/`."""

    outcome_inquiry = OutcomeInquiry.OWN_ID

    def __init__(self, settings: KavenegarSettings, webhook_secret: str) -> None:
        panel_client = PanelClient(
            f"{settings.base_url}/v1/{quote(settings.api_key.get_secret_value(), safe='')}",
            connect_timeout=settings.connect_timeout,
            total_timeout=settings.timeout,
            reuses_connections=True,
        )
        super().__init__(NAME, settings, panel_client, webhook_secret)
        self._sender = settings.sender

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one text; `message.recipient` is a mobile as +989…. Failures of network and panel are verdicts."""
        text_form = {
            "receptor": display_mobile(message.recipient),
            "message": message.text,
            "sender": self._sender,
            "localid": str(message.id),
        }
        entries = await self._list_entries("sms/send", text_form)
        if isinstance(entries, SendResult):
            return entries
        return _judge_entry(entries[0]) if entries else UNREADABLE

    async def check_account(self) -> AccountStatus:
        """Ask for the account's own data; whatever the panel refuses here, it refuses of a text."""
        answer = await self._panel_client.post_form("account/info.json", {})
        entries = answer if isinstance(answer, SendResult) else _parse_entries(answer)
        if isinstance(entries, SendResult):
            return AccountStatus(entries.reason)
        return AccountStatus(credit=read_amount(entries.get("remaincredit")) if isinstance(entries, dict) else None)

    @property
    def memory_period(self) -> timedelta:
        return timedelta(hours=12)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage]) -> dict[int, SendResult | None]:
        """Ask by our own ids, within 12 hours of sending. The cost is not reported here."""
        outcomes: dict[int, SendResult | None] = {}
        for id_chunk in _split_chunks(message.id for message in messages):
            entries = await self._list_entries("sms/statuslocalmessageid", {"localid": ",".join(map(str, id_chunk))})
            if not isinstance(entries, SendResult):
                outcomes |= _match_outcomes(entries, id_chunk)
        return outcomes

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states, 500 ids a call; ids that are unknown, without news or not answered are left out."""
        receipts: list[DeliveryReceipt] = []
        for id_chunk in _split_chunks(provider_ids):
            entries = await self._list_entries("sms/status", {"messageid": ",".join(id_chunk)})
            if not isinstance(entries, SendResult):
                receipts += (receipt for entry in entries for receipt in _build_receipts(entry.messageid, entry.status))
        return receipts

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read `from`, `to`, `message`, `messageid` of a form; `MissingField` without `from` or `message`."""
        return [parse_inbound(read_form(call))]

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Read `messageid`, `status` of a form; `MissingField` without either."""
        return parse_receipts(read_form(call))

    async def _list_entries(self, panel_method: str, form: Mapping[str, str]) -> list[_Entry] | SendResult:
        """Return the entries of an answer, or what its failure means for a text that was to be sent."""
        answer = await self._panel_client.post_form(f"{panel_method}.json", form)
        entries = answer if isinstance(answer, SendResult) else _parse_entries(answer)
        if isinstance(entries, SendResult):
            return entries
        try:
            return _ENTRY_LIST.validate_python(entries)
        except ValidationError:
            return UNREADABLE


def parse_inbound(fields: Mapping[str, Any]) -> ReceivedSms:
    """Return the text that the fields of Kavenegar's inbound webhook carry."""
    return ReceivedSms(
        provider_id=str(fields.get("messageid") or "") or None,
        sender=get_filled_text(fields, "from"),
        recipient=str(fields.get("to", "")),
        text=get_text(fields, "message"),
    )


def parse_receipts(fields: Mapping[str, Any]) -> list[DeliveryReceipt]:
    """Return the receipt that the fields of Kavenegar's delivery webhook carry; none for a status that is no news or
    no number.
    """
    message_id, status_text = get_filled_text(fields, "messageid"), get_filled_text(fields, "status")
    return list(_build_receipts(message_id, int(status_text) if status_text in map(str, STATES_BY_STATUS) else 0))


def _parse_entries(answer: PanelAnswer) -> Any:
    """Return what an answer carries, or what it means for a text that it does not."""
    try:
        panel_answer = _Answer.model_validate_json(answer.body)
    except ValidationError:
        return judge_http_status(answer.status, RESULTS_BY_STATUS)
    panel_status = panel_answer.returned.status
    if panel_status == _STATUS_OK:
        return panel_answer.entries
    return RESULTS_BY_STATUS.get(panel_status) or report_unknown(panel_status)


def _judge_entry(entry: _Entry) -> SendResult:
    if not _has_message_id(entry) or entry.status == _STATUS_UNKNOWN_ID:
        return UNREADABLE
    if entry.status == _STATUS_BLOCKED:
        return block_text(entry.messageid)
    return SendResult(SendVerdict.ACCEPTED, entry.messageid, entry.cost)


def _match_outcomes(entries: Iterable[_Entry], asked_ids: Sequence[int]) -> dict[int, SendResult | None]:
    """Return what the panel says of each asked id. A row that does not name its id can be matched if one was asked."""
    ids_by_text = {str(message_id): message_id for message_id in asked_ids}
    only_asked_id = str(asked_ids[0]) if len(asked_ids) == 1 else ""
    outcomes: dict[int, SendResult | None] = {}
    for entry in entries:
        message_id = ids_by_text.get(entry.localid or only_asked_id)
        if message_id is None:
            continue
        if entry.status == _STATUS_UNKNOWN_ID:
            outcomes[message_id] = None
        elif _has_message_id(entry):
            outcomes[message_id] = SendResult(SendVerdict.ACCEPTED, entry.messageid, entry.cost)
    return outcomes


def _has_message_id(entry: _Entry) -> bool:
    return entry.messageid not in (None, "", "0")


def _build_receipts(message_id: str | None, panel_status: int) -> Iterator[DeliveryReceipt]:
    if message_id and panel_status in STATES_BY_STATUS:
        yield DeliveryReceipt(message_id, STATES_BY_STATUS[panel_status])


def _split_chunks(message_ids: Iterable[_T]) -> Iterator[list[_T]]:
    remaining_ids = iter(message_ids)
    while id_chunk := list(islice(remaining_ids, IDS_PER_CALL)):
        yield id_chunk
