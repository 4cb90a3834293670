"""Kavenegar: sends over its REST API, reads its webhooks, asks it what became of a text.

Source: facts-iran.md, "Kavenegar". The panel answers `{"return": {"status", "message"}, "entries": […]}` and repeats
`return.status` as the HTTP status; so the body is read first, and the HTTP status counts only where there is none.

Our message id goes along as `localid`. For 12 hours the panel answers a known `localid` with the message it already has
instead of sending again, and reports it in `statuslocalmessageid`; later it answers as for an id it never saw. So
an unknown outcome must be asked about, or sent again, within those 12 hours. `sms/status` reaches back 48 hours.

The API key is part of the path, and aiohttp puts addresses into its exceptions: none of them leaves this module, and
nothing here writes to a log.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
)
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from yarl import URL

from domain.messages.ports import DeliveryReceipt, ReceivedSms, SendResult, SendVerdict
from domain.messages.records import MessageState, OutboxMessage
from domain.values.errors import MissingField
from domain.values.identifiers import display_mobile

DEFAULT_BASE_URL = "https://api.kavenegar.com"
"""Where the panel answers."""

IDS_PER_CALL = 500
"""The most ids that one status call takes."""

_T = TypeVar("_T")
_STATUS_OK = 200
_BUSY_RESULT = SendResult(SendVerdict.RETRY, reason="busy", wait_seconds=5.0)
_TOO_FAST_RESULT = SendResult(SendVerdict.RETRY, reason="rate", wait_seconds=10.0, is_uncounted=True)
_UNREACHABLE_RESULT = SendResult(SendVerdict.RETRY, reason="unreachable")
_TIMEOUT_RESULT = SendResult(SendVerdict.UNKNOWN, reason="timeout")
_CUT_RESULT = SendResult(SendVerdict.UNKNOWN, reason="cut")
_UNREADABLE_RESULT = SendResult(SendVerdict.UNKNOWN, reason="unreadable")


def _down_result(reason: str) -> SendResult:
    return SendResult(SendVerdict.PROVIDER_DOWN, reason=reason)


def _refused_result(reason: str) -> SendResult:
    return SendResult(SendVerdict.REFUSED, reason=reason)


RESULTS_BY_STATUS: Mapping[int, SendResult] = MappingProxyType(
    {
        400: _refused_result("parameters"),
        401: _down_result("account"),
        # "The operation failed": nothing says why. The next try may pass, and the localid keeps the text single.
        402: SendResult(SendVerdict.RETRY, reason="failed"),
        403: _down_result("key"),
        404: _down_result("address"),
        405: _down_result("address"),
        406: _refused_result("parameters"),
        407: _down_result("access"),
        409: _BUSY_RESULT,
        411: _refused_result("recipient"),
        412: _down_result("sender"),
        413: _refused_result("length"),
        414: _refused_result("parameters"),
        416: _down_result("source_address"),
        417: _refused_result("parameters"),
        418: _down_result("credit"),
        420: _refused_result("link"),
        422: _refused_result("characters"),
        424: _refused_result("template"),
        426: _down_result("plan"),
        427: _down_result("line_level"),
        429: _TOO_FAST_RESULT,
        431: _refused_result("parameters"),
        432: _refused_result("parameters"),
        451: _TOO_FAST_RESULT,
        # An account in test mode sends to its owner alone: no citizen can be reached until the account is approved.
        501: _down_result("test_mode"),
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
    cost: int | None = None


_ENTRY_LIST = TypeAdapter(list[_Entry])


class Kavenegar:
    """Implements `SmsProvider` over `{base_url}/v1/{api_key}/`.

    `sender` is a line of the account (digits). `rate_per_second` is in message parts a second; the panel publishes no
    figure and answers 451 when it is asked too often. `connect_timeout` and `total_timeout` are seconds. A `base_url`
    that is no HTTP address is a `ValueError`.
    """

    name: str = "kavenegar"
    answers_by_local_id: bool = True

    def __init__(
        self,
        *,
        api_key: str,
        sender: str,
        webhook_secret: str,
        base_url: str = DEFAULT_BASE_URL,
        rate: float = 10.0,
        connect_timeout: float = 5.0,
        total_timeout: float = 20.0,
    ) -> None:
        self.webhook_secret = webhook_secret
        self.rate_per_second = rate
        self._sender = sender
        self._panel_root = _parse_base_url(base_url).joinpath("v1", quote(api_key, safe=""), encoded=True)
        self._timeout = ClientTimeout(total=total_timeout, connect=connect_timeout)
        self._session: ClientSession | None = None

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one text; `message.recipient` is a mobile as +989…. Failures of network and panel are verdicts."""
        text_form = {
            "receptor": display_mobile(message.recipient),
            "message": message.text,
            "sender": self._sender,
            "localid": str(message.id),
        }
        entries = await self._call_panel("sms/send", text_form)
        if isinstance(entries, SendResult):
            return entries
        return _judge_entry(entries[0]) if entries else _UNREADABLE_RESULT

    async def check_account(self) -> str | None:
        """Ask for the account's own data; whatever the panel refuses here, it refuses of a text."""
        try:
            http_status, answer_body = await self._post_form("account/info", {})
        except (ClientError, TimeoutError):
            return _UNREACHABLE_RESULT.reason
        try:
            panel_status = _Answer.model_validate_json(answer_body).returned.status
        except ValidationError:
            return _UNREADABLE_RESULT.reason if http_status == _STATUS_OK else f"http_{http_status}"
        return (
            None
            if panel_status == _STATUS_OK
            else (RESULTS_BY_STATUS.get(panel_status) or _unknown_result(panel_status)).reason
        )

    @property
    def memory_period(self) -> timedelta:
        return timedelta(hours=12)

    async def ask_outcomes(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Ask by our own ids, within 12 hours of sending. The cost is not reported here."""
        outcomes: dict[int, SendResult | None] = {}
        for id_chunk in _split_chunks(message_ids):
            entries = await self._call_panel("sms/statuslocalmessageid", {"localid": ",".join(map(str, id_chunk))})
            if not isinstance(entries, SendResult):
                outcomes |= _match_outcomes(entries, id_chunk)
        return outcomes

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states, 500 ids a call; ids that are unknown, without news or not answered are left out."""
        receipts: list[DeliveryReceipt] = []
        for id_chunk in _split_chunks(provider_ids):
            entries = await self._call_panel("sms/status", {"messageid": ",".join(id_chunk)})
            if not isinstance(entries, SendResult):
                receipts += (receipt for entry in entries for receipt in _build_receipts(entry.messageid, entry.status))
        return receipts

    def read_inbound(self, form_values: Mapping[str, str]) -> ReceivedSms:
        """Read `from`, `to`, `message`, `messageid`; `MissingField` without `from` or `message`."""
        return parse_inbound(form_values)

    def read_receipts(self, form_values: Mapping[str, str]) -> list[DeliveryReceipt]:
        """Read `messageid`, `status`; `MissingField` without either."""
        return parse_receipts(form_values)

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _call_panel(self, panel_method: str, form: Mapping[str, str]) -> list[_Entry] | SendResult:
        """Return the entries of an answer, or what its failure means for a text that was to be sent.

        A connection that was never established carried nothing: trying again is safe. Once it was, a time-out or a cut
        leaves open whether the panel took the text.
        """
        try:
            http_status, answer_body = await self._post_form(panel_method, form)
        except (ClientConnectorError, ConnectionTimeoutError):
            return _UNREACHABLE_RESULT
        except TimeoutError:
            return _TIMEOUT_RESULT
        except ClientError:
            return _CUT_RESULT
        return _parse_answer(http_status, answer_body)

    async def _post_form(self, panel_method: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        # The session belongs to the loop that runs now; settings may build this object before there is one. Redirects
        # are not followed: they would carry key and text to an address that nobody configured.
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout, cookie_jar=DummyCookieJar())
        method_address = self._panel_root.joinpath(f"{panel_method}.json", encoded=True)
        async with self._session.post(method_address, data=form, allow_redirects=False) as response:
            return response.status, await response.read()


def parse_inbound(form_values: Mapping[str, str]) -> ReceivedSms:
    """Return the text that Kavenegar's inbound webhook carries (query or form fields)."""
    return ReceivedSms(
        provider_id=form_values.get("messageid") or None,
        sender=_get_required_field(form_values, "from"),
        recipient=form_values.get("to", ""),
        text=_get_field(form_values, "message"),
    )


def parse_receipts(form_values: Mapping[str, str]) -> list[DeliveryReceipt]:
    """Return the receipt that Kavenegar's delivery webhook carries; none for a status that is no news or no number."""
    message_id, status_text = _get_required_field(form_values, "messageid"), _get_required_field(form_values, "status")
    return list(_build_receipts(message_id, int(status_text) if status_text in map(str, STATES_BY_STATUS) else 0))


def _parse_base_url(base_url: str) -> URL:
    panel_address = URL(base_url)
    if panel_address.scheme not in ("http", "https") or not panel_address.host:
        raise ValueError(f"no HTTP address: {base_url!r}")
    return panel_address


def _parse_answer(http_status: int, answer_body: bytes) -> list[_Entry] | SendResult:
    try:
        panel_answer = _Answer.model_validate_json(answer_body)
        panel_status = panel_answer.returned.status
        if panel_status == _STATUS_OK:
            return _ENTRY_LIST.validate_python(panel_answer.entries)
    except ValidationError:
        # Not the panel's own words. Something in front of it may have refused (4xx, never passed on); after a 5xx of a
        # gateway, as after a broken 200, the panel may have the text.
        return (
            RESULTS_BY_STATUS.get(http_status, _UNREADABLE_RESULT)
            if http_status < 500
            else _unknown_result(http_status)
        )
    return RESULTS_BY_STATUS.get(panel_status) or _unknown_result(panel_status)


def _unknown_result(panel_status: int) -> SendResult:
    return SendResult(SendVerdict.UNKNOWN, reason=f"status_{panel_status}")


def _judge_entry(entry: _Entry) -> SendResult:
    if not _has_message_id(entry) or entry.status == _STATUS_UNKNOWN_ID:
        return _UNREADABLE_RESULT
    is_blocked = entry.status == _STATUS_BLOCKED
    verdict = SendVerdict.BLOCKED if is_blocked else SendVerdict.ACCEPTED
    return SendResult(verdict, entry.messageid, entry.cost, reason="blocked" if is_blocked else None)


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


def _get_field(form_values: Mapping[str, str], field_name: str) -> str:
    if field_name not in form_values:
        raise MissingField(field_name)
    return form_values[field_name]


def _get_required_field(form_values: Mapping[str, str], field_name: str) -> str:
    field_value = _get_field(form_values, field_name)
    if not field_value:
        raise MissingField(field_name)
    return field_value


def _split_chunks(message_ids: Iterable[_T]) -> Iterator[list[_T]]:
    remaining_ids = iter(message_ids)
    while id_chunk := list(islice(remaining_ids, IDS_PER_CALL)):
        yield id_chunk
