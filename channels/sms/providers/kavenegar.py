"""Kavenegar: sends over its REST API, reads its webhooks, asks it what became of a text.

Source: facts-iran.md, "Kavenegar". The panel answers `{"return": {"status", "message"}, "entries": […]}` and repeats
`return.status` as the HTTP status; so the body is read first, and the HTTP status counts only where there is none.

Our message id goes along as `localid`. For 12 hours the panel answers a known `localid` with the message it already has
instead of sending again, and reports it in `statuslocalmessageid`; later it answers as for an id it never saw. So
an unknown outcome must be asked about, or sent again, within those 12 hours. `sms/status` reaches back 48 hours.

The API key is part of the path (`PanelClient` lets no address out). Costs are in rials, for the whole message.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import Field

from channels.sms.json_reading import read_amount, read_id, read_number, read_rows
from channels.sms.panel_client import PanelAnswer
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
    CandidateOutcomes,
    DeliveryReceipt,
    OutcomeInquiry,
    ReceivedSms,
    SendResult,
    SendVerdict,
    WebhookCall,
)
from domain.messages.records import MessageState, OutboxMessage
from domain.values.identifiers import display_mobile

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
"""Result for one text of each status of the panel. Whatever is not here leaves the outcome unknown."""

STATES_BY_STATUS: Mapping[int, MessageState] = MappingProxyType(
    {
        6: MessageState.UNDELIVERED,
        10: MessageState.DELIVERED,
        11: MessageState.UNDELIVERED,
        13: MessageState.FAILED,
        14: MessageState.BLOCKED,
    }
)
"""Message state of each message status. Queued, scheduled and at the operator (1, 2, 4, 5) are no news for a sent
text."""

_STATUS_BLOCKED = 14
_STATUS_UNKNOWN_ID = 100


class KavenegarSettings(PanelSettings, WebhookSettings):
    """The Kavenegar panel. It publishes no rate, and answers 451 when it is asked too often."""

    base_url: PanelAddress = Field("https://api.kavenegar.com", description="Where the panel's REST API answers.")

    def build_provider(self, webhook_secret: str) -> "Kavenegar":
        """Return the provider."""
        return Kavenegar(self, webhook_secret)


class Kavenegar(PanelProvider):
    """Implements `SmsProvider` over `{base_url}/v1/{api_key}/`."""

    name = "kavenegar"
    outcome_inquiry = OutcomeInquiry.OWN_ID

    def __init__(self, settings: KavenegarSettings, webhook_secret: str) -> None:
        root = f"{settings.base_url}/v1/{quote(settings.api_key.get_secret_value(), safe='')}"
        super().__init__(settings, root, webhook_secret=webhook_secret)

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one text; `message.recipient` is a mobile as +989…. Failures of network and panel are verdicts."""
        text_form = {
            "receptor": display_mobile(message.recipient),
            "message": message.text,
            "sender": self._sender,
            "localid": str(message.id),
        }
        rows = _read_rows(await self._post("sms/send", text_form))
        if isinstance(rows, SendResult):
            return rows
        return _judge_row(rows[0]) if rows else UNREADABLE

    async def check_account(self) -> AccountStatus:
        """Ask for the account's own data; whatever the panel refuses here, it refuses of a text."""
        entries = _read_entries(await self._post("account/info", {}))
        if isinstance(entries, SendResult):
            return AccountStatus(entries.reason)
        return AccountStatus(credit=read_amount(entries.get("remaincredit")) if isinstance(entries, dict) else None)

    @property
    def memory_period(self) -> timedelta:
        return timedelta(hours=12)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Ask by our own ids, within 12 hours of sending. The cost is not reported here."""
        outcomes: dict[int, Sequence[SendResult]] = {}
        for id_chunk in _split_chunks(message.id for message in messages):
            rows = _read_rows(await self._post("sms/statuslocalmessageid", {"localid": ",".join(map(str, id_chunk))}))
            if not isinstance(rows, SendResult):
                outcomes |= _match_outcomes(rows, id_chunk)
        return outcomes

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states, 500 ids a call; ids that are unknown, without news or not answered are left out."""
        receipts: list[DeliveryReceipt] = []
        for id_chunk in _split_chunks(provider_ids):
            rows = _read_rows(await self._post("sms/status", {"messageid": ",".join(id_chunk)}))
            if not isinstance(rows, SendResult):
                receipts += (
                    receipt
                    for row in rows
                    for receipt in _build_receipts(read_id(row.get("messageid")), read_number(row.get("status")))
                )
        return receipts

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read `from`, `to`, `message`, `messageid` of a form; `MissingField` without `from` or `message`."""
        return [parse_inbound(read_form(call))]

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Read `messageid`, `status` of a form; `MissingField` without either."""
        return parse_receipts(read_form(call))

    async def _post(self, panel_method: str, form: Mapping[str, str]) -> PanelAnswer | SendResult:
        return await self._panel_client.post_form(f"{panel_method}.json", form)


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


def _read_entries(answer: PanelAnswer | SendResult) -> Any:
    """Return the `entries` of an answer, or what its failure means for a text that was to be sent."""
    if isinstance(answer, SendResult):
        return answer
    document = answer.parse_document() or {}
    returned = document.get("return")
    panel_status = read_number(returned.get("status")) if isinstance(returned, dict) else None
    if panel_status is None:
        return judge_http_status(answer.status, RESULTS_BY_STATUS)
    if panel_status == _STATUS_OK:
        return document.get("entries")
    return RESULTS_BY_STATUS.get(panel_status) or report_unknown(panel_status)


def _read_rows(answer: PanelAnswer | SendResult) -> Sequence[Mapping[str, Any]] | SendResult:
    """Return the rows of an answer, or what its failure means for a text that was to be sent."""
    entries = _read_entries(answer)
    if isinstance(entries, SendResult):
        return entries
    rows = read_rows(entries)
    return UNREADABLE if rows is None else rows


def _judge_row(row: Mapping[str, Any]) -> SendResult:
    provider_id, text_status = read_id(row.get("messageid")), read_number(row.get("status"))
    if provider_id is None or text_status in {None, _STATUS_UNKNOWN_ID}:
        return UNREADABLE
    if text_status == _STATUS_BLOCKED:
        return block_text(provider_id)
    return SendResult(SendVerdict.ACCEPTED, provider_id, read_amount(row.get("cost")))


def _match_outcomes(rows: Iterable[Mapping[str, Any]], asked_ids: Sequence[int]) -> dict[int, Sequence[SendResult]]:
    """Return what the panel says of each asked id. A row that does not name its id can be matched if one was asked."""
    only_asked_id = asked_ids[0] if len(asked_ids) == 1 else None
    outcomes: dict[int, Sequence[SendResult]] = {}
    for row in rows:
        local_id = row.get("localid")
        message_id = only_asked_id if local_id in {None, ""} else read_number(local_id)
        provider_id, text_status = read_id(row.get("messageid")), read_number(row.get("status"))
        if message_id is None or message_id not in asked_ids or text_status is None:
            continue
        if text_status == _STATUS_UNKNOWN_ID:
            outcomes[message_id] = ()
        elif provider_id:
            outcomes[message_id] = [SendResult(SendVerdict.ACCEPTED, provider_id, read_amount(row.get("cost")))]
    return outcomes


def _build_receipts(message_id: str | None, panel_status: int | None) -> Iterator[DeliveryReceipt]:
    state = None if panel_status is None else STATES_BY_STATUS.get(panel_status)
    if message_id and state:
        yield DeliveryReceipt(message_id, state)


def _split_chunks(message_ids: Iterable[_T]) -> Iterator[list[_T]]:
    remaining_ids = iter(message_ids)
    while id_chunk := list(islice(remaining_ids, IDS_PER_CALL)):
        yield id_chunk
