"""Kavenegar: sends over its REST API, reads its webhooks, asks it what became of a text.

Source: facts-iran.md, "Kavenegar". The panel answers `{"return": {"status", "message"}, "entries": […]}` and repeats
`return.status` as the HTTP status; so the body is read first, and the HTTP status counts only where there is none.

Our message id goes along as `localid`. For 12 hours the panel answers a known `localid` with the message it already has
instead of sending again, and tells about it in `statuslocalmessageid`; later it answers as for an id it never saw. So
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

from domain.messages.ports import DeliveryReceipt, ReceivedSms, SendResult, Verdict
from domain.messages.records import MessageState, OutboxMessage
from domain.values.errors import MissingField
from domain.values.identifiers import mobile_shown

BASE_URL = "https://api.kavenegar.com"
"""Where the panel answers."""

IDS_PER_CALL = 500
"""The most ids that one status call takes."""

_T = TypeVar("_T")
_OK = 200
_BUSY = SendResult(Verdict.RETRY, reason="busy", wait=5.0)
_TOO_FAST = SendResult(Verdict.RETRY, reason="rate", wait=10.0, waiting=True)
_UNREACHABLE = SendResult(Verdict.RETRY, reason="unreachable")
_TIMEOUT = SendResult(Verdict.UNKNOWN, reason="timeout")
_CUT = SendResult(Verdict.UNKNOWN, reason="cut")
_UNREADABLE = SendResult(Verdict.UNKNOWN, reason="unreadable")


def _down(reason: str) -> SendResult:
    return SendResult(Verdict.PROVIDER_DOWN, reason=reason)


def _refused(reason: str) -> SendResult:
    return SendResult(Verdict.REFUSED, reason=reason)


RESULTS: Mapping[int, SendResult] = MappingProxyType(
    {
        400: _refused("parameters"),
        401: _down("account"),
        # "The operation failed": nothing says why. The next try may pass, and the localid keeps the text single.
        402: SendResult(Verdict.RETRY, reason="failed"),
        403: _down("key"),
        404: _down("address"),
        405: _down("address"),
        406: _refused("parameters"),
        407: _down("access"),
        409: _BUSY,
        411: _refused("recipient"),
        412: _down("sender"),
        413: _refused("length"),
        414: _refused("parameters"),
        416: _down("source_address"),
        417: _refused("parameters"),
        418: _down("credit"),
        420: _refused("link"),
        422: _refused("characters"),
        424: _refused("template"),
        426: _down("plan"),
        427: _down("line_level"),
        429: _TOO_FAST,
        431: _refused("parameters"),
        432: _refused("parameters"),
        451: _TOO_FAST,
        # An account in test mode sends to its owner alone: no citizen can be reached until the account is approved.
        501: _down("test_mode"),
    }
)
"""What each status of the panel means for one text. Whatever is not here leaves the outcome unknown."""

STATES: Mapping[int, MessageState] = MappingProxyType(
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


_ENTRIES = TypeAdapter(list[_Entry])


class Kavenegar:
    """Implements `SmsProvider` over `{base_url}/v1/{api_key}/`.

    `sender` is a line of the account (digits). `rate` is in message parts a second; the panel publishes no figure and
    answers 451 when it is asked too often. `connect_timeout` and `total_timeout` are seconds. A `base_url` that is no
    HTTP address is a `ValueError`.
    """

    name: str = "kavenegar"
    answers_by_local_id: bool = True

    def __init__(
        self,
        *,
        api_key: str,
        sender: str,
        webhook_secret: str,
        base_url: str = BASE_URL,
        rate: float = 10.0,
        connect_timeout: float = 5.0,
        total_timeout: float = 20.0,
    ) -> None:
        self.webhook_secret = webhook_secret
        self.rate = rate
        self._sender = sender
        self._root = _address(base_url).joinpath("v1", quote(api_key, safe=""), encoded=True)
        self._timeout = ClientTimeout(total=total_timeout, connect=connect_timeout)
        self._session: ClientSession | None = None

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one text; `message.recipient` is a mobile as +989…. Failures of network and panel are verdicts."""
        form = {
            "receptor": mobile_shown(message.recipient),
            "message": message.text,
            "sender": self._sender,
            "localid": str(message.id),
        }
        entries = await self._call("sms/send", form)
        if isinstance(entries, SendResult):
            return entries
        return _judged(entries[0]) if entries else _UNREADABLE

    async def refusal(self) -> str | None:
        """Ask for the account's own data; whatever the panel refuses here, it refuses of a text."""
        try:
            http_status, body = await self._post("account/info", {})
        except (ClientError, TimeoutError):
            return _UNREACHABLE.reason
        try:
            status = _Answer.model_validate_json(body).returned.status
        except ValidationError:
            return _UNREADABLE.reason if http_status == _OK else f"http_{http_status}"
        return None if status == _OK else (RESULTS.get(status) or _unknown(status)).reason

    @property
    def remembers(self) -> timedelta:
        """How long after sending our ids are still known."""
        return timedelta(hours=12)

    async def outcome_of(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Ask by our own ids, within 12 hours of sending. The cost is not told here."""
        outcomes: dict[int, SendResult | None] = {}
        for some in _chunks(message_ids):
            entries = await self._call("sms/statuslocalmessageid", {"localid": ",".join(map(str, some))})
            if not isinstance(entries, SendResult):
                outcomes |= _outcomes(entries, some)
        return outcomes

    async def receipts_for(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states, 500 ids a call; ids that are unknown, without news or not answered are left out."""
        receipts: list[DeliveryReceipt] = []
        for some in _chunks(provider_ids):
            entries = await self._call("sms/status", {"messageid": ",".join(some)})
            if not isinstance(entries, SendResult):
                receipts += (receipt for entry in entries for receipt in _receipts(entry.messageid, entry.status))
        return receipts

    def read_inbound(self, form: Mapping[str, str]) -> ReceivedSms:
        """Read `from`, `to`, `message`, `messageid`; `MissingField` without `from` or `message`."""
        return inbound_of(form)

    def read_receipts(self, form: Mapping[str, str]) -> list[DeliveryReceipt]:
        """Read `messageid`, `status`; `MissingField` without either."""
        return receipts_of(form)

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _call(self, method: str, form: Mapping[str, str]) -> list[_Entry] | SendResult:
        """Return the entries of an answer, or what its failure means for a text that was to be sent.

        A connection that never stood carried nothing: trying again is safe. Once it stood, a time-out or a cut leaves
        open whether the panel took the text.
        """
        try:
            status, body = await self._post(method, form)
        except (ClientConnectorError, ConnectionTimeoutError):
            return _UNREACHABLE
        except TimeoutError:
            return _TIMEOUT
        except ClientError:
            return _CUT
        return _read(status, body)

    async def _post(self, method: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        # The session belongs to the loop that runs now; settings may build this object before there is one. Redirects
        # are not followed: they would carry key and text to an address that nobody configured.
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout, cookie_jar=DummyCookieJar())
        address = self._root.joinpath(f"{method}.json", encoded=True)
        async with self._session.post(address, data=form, allow_redirects=False) as response:
            return response.status, await response.read()


def inbound_of(form: Mapping[str, str]) -> ReceivedSms:
    """Return the text that Kavenegar's inbound webhook carries (query or form fields)."""
    return ReceivedSms(
        provider_id=form.get("messageid") or None,
        sender=_required(form, "from"),
        recipient=form.get("to", ""),
        text=_given(form, "message"),
    )


def receipts_of(form: Mapping[str, str]) -> list[DeliveryReceipt]:
    """Return the receipt that Kavenegar's delivery webhook carries; none for a status that is no news or no number."""
    message_id, status = _required(form, "messageid"), _required(form, "status")
    return list(_receipts(message_id, int(status) if status in map(str, STATES) else 0))


def _address(base_url: str) -> URL:
    address = URL(base_url)
    if address.scheme not in ("http", "https") or not address.host:
        raise ValueError(f"no HTTP address: {base_url!r}")
    return address


def _read(http_status: int, body: bytes) -> list[_Entry] | SendResult:
    try:
        answer = _Answer.model_validate_json(body)
        status = answer.returned.status
        if status == _OK:
            return _ENTRIES.validate_python(answer.entries)
    except ValidationError:
        # Not the panel's own words. Something in front of it may have refused (4xx, never passed on); after a 5xx of a
        # gateway, as after a broken 200, the panel may have the text.
        return RESULTS.get(http_status, _UNREADABLE) if http_status < 500 else _unknown(http_status)
    return RESULTS.get(status) or _unknown(status)


def _unknown(status: int) -> SendResult:
    return SendResult(Verdict.UNKNOWN, reason=f"status_{status}")


def _judged(entry: _Entry) -> SendResult:
    if not _identified(entry) or entry.status == _STATUS_UNKNOWN_ID:
        return _UNREADABLE
    blocked = entry.status == _STATUS_BLOCKED
    verdict = Verdict.BLOCKED if blocked else Verdict.ACCEPTED
    return SendResult(verdict, entry.messageid, entry.cost, reason="blocked" if blocked else None)


def _outcomes(entries: Iterable[_Entry], asked: Sequence[int]) -> dict[int, SendResult | None]:
    """Return what the panel says of each asked id. A row that does not name its id can be matched if one was asked."""
    named = {str(message_id): message_id for message_id in asked}
    alone = str(asked[0]) if len(asked) == 1 else ""
    outcomes: dict[int, SendResult | None] = {}
    for entry in entries:
        message_id = named.get(entry.localid or alone)
        if message_id is None:
            continue
        if entry.status == _STATUS_UNKNOWN_ID:
            outcomes[message_id] = None
        elif _identified(entry):
            outcomes[message_id] = SendResult(Verdict.ACCEPTED, entry.messageid, entry.cost)
    return outcomes


def _identified(entry: _Entry) -> bool:
    return entry.messageid not in (None, "", "0")


def _receipts(message_id: str | None, status: int) -> Iterator[DeliveryReceipt]:
    if message_id and status in STATES:
        yield DeliveryReceipt(message_id, STATES[status])


def _given(form: Mapping[str, str], field: str) -> str:
    if field not in form:
        raise MissingField(field)
    return form[field]


def _required(form: Mapping[str, str], field: str) -> str:
    value = _given(form, field)
    if not value:
        raise MissingField(field)
    return value


def _chunks(ids: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(ids)
    while some := list(islice(rest, IDS_PER_CALL)):
        yield some
