"""sms.ir: sends over its REST API (v1), lists what came in, reports what became of each text.

Source: facts-iran.md, "sms.ir". Every answer is `{"status", "message", "data"}`; `status` 1 is success, whatever the
HTTP status is, and a refusal has HTTP 400, 401 or 429. Numbers of lines and mobiles are JSON numbers in its answers.

No id of ours travels. So a text of unknown outcome is looked up among those that the panel lists as sent: it is this
one if mobile and words agree and it was sent since ours was queued. What is not found proves nothing, and is left to
the staff. For that reason every call has a connection of its own.

Texts that come in are fetched. `receive/latest` hands each out once and would lose it with a lost answer;
`receive/live` (the day's) and `receive/archive` (up to the day before) list them again and again. The day's have no id
there, so an id is made of what a text is; the same words twice within one second are one text.

Costs are in credits of the account. Assumed, for nobody publishes it: that the lists show a text within half a minute,
that `deliveryState` 4 is an end, and that texts longer than the panel takes are refused and not cut off.
"""

import asyncio
import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import Field

from channels.sms.json_reading import read_amount, read_id, read_number, read_rows
from channels.sms.panel_client import PanelAnswer
from channels.sms.panel_provider import PanelProvider
from channels.sms.provider_settings import PanelAddress, PanelSettings
from channels.sms.verdicts import (
    TOO_FAST,
    UNREADABLE,
    block_text,
    judge_http_status,
    refuse_text,
    report_down,
    report_unknown,
)
from domain.messages.carriers import (
    TOO_MANY,
    AccountStatus,
    CandidateOutcomes,
    CostUnit,
    DeliveryReceipt,
    InboundListing,
    OutcomeInquiry,
    ReceivedSms,
    SendResult,
    SendVerdict,
)
from domain.messages.records import MessageState, OutboxMessage
from domain.values.calendar import MomentSpan, to_tehran
from domain.values.identifiers import display_mobile

log = logging.getLogger(__name__)

PAGE_SIZE = 100
"""The most rows that one page of a list has."""

MOST_PAGES = 20
"""Pages of a list that are read in a row: 2,000 texts."""

REPORTS_AT_ONCE = 4
CLOCK_DIFFERENCE = timedelta(minutes=2)
"""By so much the panel's clock may be behind ours."""

RESULTS_BY_STATUS: Mapping[int, SendResult] = MappingProxyType(
    {
        10: report_down("key"),
        11: report_down("key"),
        12: report_down("source_address"),
        13: report_down("account"),
        14: report_down("account"),
        15: report_down("plan"),
        16: refuse_text("parameters"),
        20: TOO_FAST,
        101: report_down("sender"),
        102: report_down("credit"),
        103: refuse_text("length"),
        104: refuse_text("recipient"),
        105: refuse_text("parameters"),
        107: refuse_text("parameters"),
        109: refuse_text("parameters"),
        115: block_text(),
        117: refuse_text("words"),
        118: refuse_text("length"),
        119: report_down("plan"),
        123: report_down("sender"),
        124: refuse_text("template"),
    }
)
"""Result for one text of each status. Whatever is not here (0, too: "a problem") leaves the outcome unknown."""

STATES_BY_DELIVERY: Mapping[int, MessageState] = MappingProxyType(
    {
        1: MessageState.DELIVERED,
        2: MessageState.UNDELIVERED,
        4: MessageState.UNDELIVERED,
        6: MessageState.FAILED,
        7: MessageState.BLOCKED,
    }
)
"""Message state of each `deliveryState`. At the operator (3, 5), unknown (8) and none yet are no news for a sent
text."""

_STATUS_OK = 1


class SmsIrSettings(PanelSettings):
    """The panel of sms.ir."""

    base_url: PanelAddress = Field("https://api.sms.ir", description="Where the panel's REST API answers.")
    sender: str = Field(
        "",
        pattern=r"^[0-9]{0,20}$",
        description="Number of the line that texts are sent from and that citizens text (digits).",
    )
    credit_rials: Decimal | None = Field(
        None, ge=0, description="Rials that one credit of the account costs; unset: what texts cost is not known."
    )

    def build_provider(self, webhook_secret: str) -> "SmsIr":
        """Return the provider."""
        return SmsIr(self)


class SmsIr(PanelProvider):
    """Implements `SmsProvider` over `{base_url}/v1/`."""

    name = "sms_ir"
    outcome_inquiry = OutcomeInquiry.SENT_LIST
    polls_inbound = True

    def __init__(self, settings: SmsIrSettings) -> None:
        headers = {"X-API-KEY": settings.api_key.get_secret_value()}
        super().__init__(settings, f"{settings.base_url}/v1", headers=headers)
        self.cost_unit = CostUnit(settings.credit_rials)
        self._has_warned_of_line = False

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one text; `message.recipient` is a mobile as +989…. Failures of network and panel are verdicts."""
        document = {
            "lineNumber": int(self._sender or 0),
            "messageText": message.text,
            "mobiles": [display_mobile(message.recipient)],
        }
        data = _read_data(await self._panel_client.post_json("send/bulk", document))
        return data if isinstance(data, SendResult) else _judge_pack(data)

    async def check_account(self) -> AccountStatus:
        """Ask what credit is left."""
        data = _read_data(await self._panel_client.get("credit"))
        return AccountStatus(data.reason) if isinstance(data, SendResult) else AccountStatus(credit=read_amount(data))

    @property
    def memory_period(self) -> timedelta:
        """Time for which a text can be looked up: it is in the panel's list within seconds, or never."""
        return timedelta(minutes=30)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Look them up among the day's texts, and in the archive where one was queued on a day before."""
        if not messages:
            return {}
        queued_at = min(message.created_at for message in messages) - CLOCK_DIFFERENCE
        rows, _ = await self._list_pages("send/live")
        if to_tehran(queued_at).date() < to_tehran(now).date():
            older_rows, _ = await self._list_pages("send/archive", fromDate=int(queued_at.timestamp()))
            rows += older_rows
        return _find_candidates(messages, rows)

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Ask for each text, some at a time; those that are unknown, without news or not answered are left out."""
        call_slots = asyncio.Semaphore(REPORTS_AT_ONCE)

        async def ask_report(provider_id: str) -> DeliveryReceipt | None:
            async with call_slots:
                data = _read_data(await self._panel_client.get(f"send/{provider_id}"))
            delivery = read_number(data.get("deliveryState")) if isinstance(data, dict) else None
            state = None if delivery is None else STATES_BY_DELIVERY.get(delivery)
            return DeliveryReceipt(provider_id, state) if state else None

        numbers = [provider_id for provider_id in provider_ids if read_number(provider_id) is not None]
        return [receipt for receipt in await asyncio.gather(*map(ask_report, numbers)) if receipt]

    async def fetch_inbound(self, span: MomentSpan) -> InboundListing:
        """List the day's texts from the newest back to the begin of the span, and the archive where it is of a day
        before.
        """
        since, until = span
        rows, failure = await self._list_pages("receive/live", since, sortByNewest="true")
        if failure is None and to_tehran(since).date() < to_tehran(until).date():
            older_rows, failure = await self._list_pages("receive/archive", fromDate=int(since.timestamp()))
            rows += older_rows
        texts = {text.provider_id: text for row in rows if (text := _read_text(row))}
        own_texts = tuple(text for text in texts.values() if text.recipient == self._sender)
        if texts and not own_texts and not self._has_warned_of_line:
            log.warning("of %s texts that the panel lists none came to our line %s", len(texts), self._sender)
            self._has_warned_of_line = True
        return InboundListing(own_texts, failure)

    async def _list_pages(
        self, path: str, back_to: datetime | None = None, **query: str | int
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        """Return the rows of a list, page by page until one is not full (or reaches back to a moment), and why some may
        be missing.
        """
        rows: list[Mapping[str, Any]] = []
        for page_number in range(1, MOST_PAGES + 1):
            paging = {"pageSize": PAGE_SIZE, "pageNumber": page_number}
            data = _read_data(await self._panel_client.get(path, {**query, **paging}))
            page = None if isinstance(data, SendResult) else read_rows(data)
            if page is None:
                return rows, data.reason if isinstance(data, SendResult) else UNREADABLE.reason
            rows += page
            if len(page) < PAGE_SIZE or (back_to and _reaches_back(page, back_to)):
                return rows, None
        return rows, TOO_MANY


def _read_data(answer: PanelAnswer | SendResult) -> Any:
    """Return the `data` of an answer, or what its failure means for a text that was to be sent."""
    if isinstance(answer, SendResult):
        return answer
    document = answer.parse_document()
    status = None if document is None else read_number(document.get("status"))
    if document is None or status is None:
        return judge_http_status(answer.status)
    if status == _STATUS_OK:
        return document.get("data")
    return RESULTS_BY_STATUS.get(status) or report_unknown(status)


def _judge_pack(data: Any) -> SendResult:
    """Read what became of the one text of a pack: its id, 0 for a recipient on the blacklist, null for one that is no
    mobile or a text that is too long.
    """
    message_ids = data.get("messageIds") if isinstance(data, dict) else None
    if not isinstance(message_ids, list) or len(message_ids) != 1:
        return UNREADABLE
    if message_ids[0] is None:
        return refuse_text("recipient_or_length")
    if read_number(message_ids[0]) == 0:
        return block_text()
    provider_id = read_id(message_ids[0])
    return SendResult(SendVerdict.ACCEPTED, provider_id, read_amount(data.get("cost"))) if provider_id else UNREADABLE


def _find_candidates(
    messages: Sequence[OutboxMessage], rows: Iterable[Mapping[str, Any]]
) -> dict[int, Sequence[SendResult]]:
    """Return the sent texts that each message may be, the latest first."""
    rows_by_mobile: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=_read_sent_time, reverse=True):
        rows_by_mobile.setdefault(_read_mobile(row.get("mobile")), []).append(row)
    candidates = {
        message.id: [
            SendResult(SendVerdict.ACCEPTED, provider_id, read_amount(row.get("cost")))
            for row in rows_by_mobile.get(display_mobile(message.recipient), ())
            if (provider_id := read_id(row.get("messageId"))) and _is_same(message, row)
        ]
        for message in messages
    }
    return {message_id: results for message_id, results in candidates.items() if results}


def _is_same(message: OutboxMessage, row: Mapping[str, Any]) -> bool:
    """Return whether a text to the same mobile is the message: in its words, since it was queued."""
    earliest_second = int((message.created_at - CLOCK_DIFFERENCE).timestamp())
    if _read_sent_time(row) < earliest_second:
        return False
    own_lines, sent_lines = _fold_lines(message.text), _fold_lines(str(row.get("messageText")))
    # The panel may put a line of its own under a text, and part the words of a text otherwise than we.
    return " ".join(sent_lines) == " ".join(own_lines) or sent_lines[:-1] == own_lines


def _fold_lines(text: str) -> list[str]:
    """Return the lines that hold anything, each with its words parted by one space."""
    return [folded_line for line in text.splitlines() if (folded_line := " ".join(line.split()))]


def _read_sent_time(row: Mapping[str, Any]) -> int:
    return read_number(row.get("sendDateTime")) or 0


def _read_mobile(value: object) -> str:
    """Return a mobile of a list, a number without its zeros, as 09…; other senders as they are."""
    digits = str(value).removeprefix("+").removeprefix("98")
    return f"0{digits}" if len(digits) == len("9121234567") and digits.startswith("9") else str(value)


def _read_text(row: Mapping[str, Any]) -> ReceivedSms | None:
    received_second, text, sender = read_number(row.get("receivedDateTime")), row.get("messageText"), row.get("mobile")
    if received_second is None or received_second > _LAST_SECOND or not isinstance(text, str) or sender is None:
        return None
    line = str(row.get("number", ""))
    identity = f"{sender}\0{line}\0{received_second}\0{text}".encode("utf-8", "replace")
    return ReceivedSms(
        provider_id=hashlib.sha256(identity).hexdigest()[:32],
        sender=_read_mobile(sender),
        recipient=line,
        text=text,
        received_at=datetime.fromtimestamp(received_second, UTC),
    )


def _reaches_back(page: Iterable[Mapping[str, Any]], moment: datetime) -> bool:
    received_seconds = (read_number(row.get("receivedDateTime")) for row in page)
    return any(second is not None and second < moment.timestamp() for second in received_seconds)


_LAST_SECOND = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
