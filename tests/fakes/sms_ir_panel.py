"""A panel of sms.ir on loopback: a real HTTP server that follows facts-iran.md, "sms.ir".

The day's texts are in `send/live` and `receive/live`, those of the days before in `…/archive`; `receive/latest` hands
each text out once. Nothing keeps a text from being sent twice.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import web

from domain.values.calendar import to_tehran
from domain.values.message_parts import count_parts
from tests.fakes.panel_server import PanelServer

MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
LONGEST_TEXT = 900
FIRST_ID = 86522023
DELIVERED = 1

_HTTP_STATUSES = {10: 401, 11: 401, 12: 401, 13: 401, 14: 401, 20: 429}


@dataclass(slots=True)
class SentText:
    """A text that the panel took, with the names of its reports."""

    messageId: int  # noqa: N815 - the panel's name
    mobile: int
    messageText: str  # noqa: N815 - the panel's name
    sendDateTime: int  # noqa: N815 - the panel's name
    lineNumber: int  # noqa: N815 - the panel's name
    cost: float
    deliveryState: int | None = None  # noqa: N815 - the panel's name
    deliveryDateTime: int | None = None  # noqa: N815 - the panel's name


class SmsIrPanel(PanelServer):
    """The panel. `sent` holds every text taken, in order; `credit` is in credits, of which a message part costs one;
    `blacklist` are mobiles (9…) that no text goes to.
    """

    def __init__(self, *, api_key: str, line: int = 30004505, **server: Any) -> None:
        super().__init__(**server)
        self.api_key = api_key
        self.line = line
        self.sent: list[SentText] = []
        self.received: list[dict[str, Any]] = []
        self.blacklist: set[str] = set()
        self.credit = Decimal("10000.5")
        self._read_ids: set[int] = set()
        self._refusals: list[int] = []
        self._ids = count(FIRST_ID)

    def refuse_next(self, *statuses: int) -> None:
        """Answer the next calls with these statuses."""
        self._refusals += statuses

    def set_delivery(self, message_id: int, state: int | None) -> None:
        """Give a text taken another state."""
        next(text for text in self.sent if text.messageId == message_id).deliveryState = state

    def keep_inbound(self, sender: str, text: str, *, line: int | None = None) -> None:
        """Receive a text."""
        matched = MOBILE.fullmatch(sender)
        self.received.append(
            {
                "receiveReturnId": next(self._ids),
                "messageText": text,
                "number": line or self.line,
                "mobile": int(matched[1]) if matched else sender,
                "receivedDateTime": int(self.clock().timestamp()),
            }
        )

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the calls of version 1."""
        router.add_post("/v1/send/bulk", self._serve(self._send))
        router.add_get("/v1/send/live", self._serve(lambda request: self._list_sent(request, is_archive=False)))
        router.add_get("/v1/send/archive", self._serve(lambda request: self._list_sent(request, is_archive=True)))
        router.add_get(r"/v1/send/{id:\d+}", self._serve(self._report))
        router.add_get("/v1/receive/live", self._serve(lambda request: self._list_received(request, is_archive=False)))
        router.add_get(
            "/v1/receive/archive", self._serve(lambda request: self._list_received(request, is_archive=True))
        )
        router.add_get("/v1/receive/latest", self._serve(self._take_latest))
        router.add_get("/v1/credit", self._serve(lambda request: float(self.credit)))

    def _serve(self, call: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.Response:
            await request.read()
            if request.headers.get("X-API-KEY") != self.api_key:
                return _refuse(10)
            if self._refusals:
                return _refuse(self._refusals.pop(0))
            result = call(request)
            data = await result if hasattr(result, "__await__") else result
            return data if isinstance(data, web.Response) else _answer(1, data)

        return serve

    async def _send(self, request: web.Request) -> object:
        document = await request.json()
        text, mobiles = document["messageText"], document["mobiles"]
        cost = Decimal(count_parts(text) * len(mobiles))
        if refusal := self._find_refusal(document, cost):
            return _refuse(refusal)
        message_ids = [self._take(mobile, text) for mobile in mobiles]
        self.credit -= cost
        return {"packId": str(uuid4()), "messageIds": message_ids, "cost": float(cost)}

    def _find_refusal(self, document: Mapping[str, Any], cost: Decimal) -> int | None:
        checks = {
            101: document["lineNumber"] == self.line,
            103: bool(document["messageText"]),
            105: len(document["mobiles"]) <= 100,
            107: bool(document["mobiles"]),
            104: all(MOBILE.fullmatch(mobile) for mobile in document["mobiles"]),
            102: self.credit >= cost,
        }
        return next((status for status, passed in checks.items() if not passed), None)

    def _take(self, mobile: str, text: str) -> int | None:
        matched = MOBILE.fullmatch(mobile)
        assert matched
        if matched[1] in self.blacklist:
            return 0
        if len(text) > LONGEST_TEXT:
            return None
        message_id, now = next(self._ids), int(self.clock().timestamp())
        self.sent.append(SentText(message_id, int(matched[1]), text, now, self.line, float(count_parts(text))))
        return message_id

    def _report(self, request: web.Request) -> object:
        message_id = int(request.match_info["id"])
        found = next((asdict(text) for text in self.sent if text.messageId == message_id), None)
        return found or _refuse(111)

    def _list_sent(self, request: web.Request, *, is_archive: bool) -> object:
        rows = [asdict(text) for text in self.sent]
        return self._page(request, self._of_days(rows, "sendDateTime", request, is_archive=is_archive))

    def _list_received(self, request: web.Request, *, is_archive: bool) -> object:
        rows = self._of_days(self.received, "receivedDateTime", request, is_archive=is_archive)
        if request.query.get("sortByNewest") == "true":
            rows.sort(key=lambda row: row["receivedDateTime"], reverse=True)
        names = ("messageText", "number", "mobile", "receivedDateTime")
        return self._page(request, [row if is_archive else {name: row[name] for name in names} for row in rows])

    def _take_latest(self, request: web.Request) -> object:
        rows = [row for row in self.received if row["receiveReturnId"] not in self._read_ids]
        page = rows[: int(request.query.get("count", 100))]
        self._read_ids |= {row["receiveReturnId"] for row in page}
        return page

    def _of_days(
        self, rows: Iterable[Mapping[str, Any]], moment_name: str, request: web.Request, *, is_archive: bool
    ) -> list[dict[str, Any]]:
        today, since = to_tehran(self.clock()).date(), int(request.query.get("fromDate", 0))
        return [
            dict(row) for row in rows if (_day_of(row[moment_name]) < today) is is_archive and row[moment_name] >= since
        ]

    def _page(self, request: web.Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        size, number = int(request.query.get("pageSize", 100)), int(request.query.get("pageNumber", 1))
        assert 1 <= size <= 100
        return rows[(number - 1) * size : number * size]


def _day_of(second: int) -> Any:
    return to_tehran(datetime.fromtimestamp(second, UTC)).date()


def _refuse(status: int) -> web.Response:
    return _answer(status, None, _HTTP_STATUSES.get(status, 400))


def _answer(status: int, data: object, http_status: int = 200) -> web.Response:
    message = "موفق" if status == 1 else "ناموفق"
    return web.json_response({"status": status, "message": message, "data": data}, status=http_status)
