"""A Kavenegar panel on loopback: a real HTTP server that follows facts-iran.md, and the webhooks that the panel posts.

In process: `async with FakeKavenegar() as fake`. By itself: `python tests/fakes/kavenegar.py --port 9600`, which prints
its base URL and then serves; `/_control/faults`, `/_control/sent`, `/_control/calls` and `/_control/statuses` steer it.
`Webhooks` posts texts and receipts to the system under test, wherever the panel runs.
"""

import argparse
import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

from aiohttp import ClientSession, web
from yarl import URL

from domain.values.message_parts import count_parts
from tests.fakes.panel_server import PanelServer
from tests.fakes.server_faults import cut_connection

RECEPTOR = re.compile(r"(?:\+98|0098|98|0)?9[0-9]{9}")
RIALS_A_PART = 120
FIRST_MESSAGE_ID = 85463238

FaultKind = Literal["status", "slow", "cut_after_accept", "cut_before_accept", "garbage", "http_500"]
Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault of one send.

    `status` answers that return status (`value`) and takes nothing. `slow` takes the text and answers after `value`
    seconds. `cut_after_accept` and `cut_before_accept` break the connection with and without the text taken. `garbage`
    takes the text and answers 200 with something that is no JSON; `http_500` takes nothing and answers a bare page.
    """

    kind: FaultKind
    value: float = 0


@dataclass(slots=True)
class Sent:
    """One text that the panel took, as its client wrote it. `status` is what `sms/status` tells; `cost` is rials."""

    messageid: int
    receptor: str
    message: str
    localid: str
    sender: str
    at: datetime
    status: int
    parts: int
    cost: int

    def entry(self, *names: str) -> dict[str, Any]:
        """The named fields as the panel shows them, with the date in seconds of Unix time and the status in words."""
        shown = asdict(self) | {"date": int(self.at.timestamp()), "statustext": f"وضعیت {self.status}"}
        return {name: shown[name] for name in names}


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in: the API's method and its fields."""

    method: str
    fields: Mapping[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Refusal(Exception):
    """The panel's answer to a call that it does not carry out."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FakeKavenegar(PanelServer):
    """The panel. `sent` holds every text taken, in order; `calls` every request, refused ones too.

    A `localid` that was taken before is answered with its first entry. `faults` are used up one a send. `lines` are the
    account's numbers, `blocked` receptors that refuse advertising lines (as the client writes them), `credit` rials,
    `status_after` what a queued text becomes before anybody asks, `inbox` the texts that `sms/receive` hands out.
    """

    def __init__(self, *, api_key: str = "6B657966616B65", lines: Sequence[str] = ("10004346",), port: int = 0) -> None:
        super().__init__(port=port)
        self.api_key = api_key
        self.lines = list(lines)
        self.sent: list[Sent] = []
        self.calls: list[Call] = []
        self.faults: deque[Fault] = deque()
        self.blocked: set[str] = set()
        self.inbox: list[dict[str, Any]] = []
        self.credit: float = 10_000_000
        self.status_after = 4
        self._ids = count(FIRST_MESSAGE_ID)

    @property
    def parts(self) -> int:
        """Message parts of all texts taken."""
        return sum(sent.parts for sent in self.sent)

    def fail_next(self, *faults: Fault, times: int = 1) -> None:
        """Let the next sends go wrong, one fault each, the row of them `times` over."""
        self.faults.extend(faults * times)

    def set_status(self, messageid: int, status: int) -> None:
        """Give a text taken another message status (10 delivered, 14 blocked …)."""
        next(sent for sent in self.sent if sent.messageid == messageid).status = status

    def keep_inbound(self, sender: str, text: str, *, to: str = "10004346") -> None:
        """Let a text wait, unread, until `sms/receive` asks for its line."""
        date, messageid = int(datetime.now(UTC).timestamp()), next(self._ids)
        entry = {"messageid": messageid, "message": text, "sender": sender, "receptor": to, "date": date}
        self.inbox.append(entry | {"read": False})

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the calls of version 1, and those that steer the panel."""
        router.add_route("*", r"/v1/{key}/{method:[a-z/]+}.json", self._serve)
        router.add_get("/_control/sent", self._show_sent)
        router.add_get("/_control/calls", self._show_calls)
        router.add_post("/_control/faults", self._take_faults)
        router.add_post("/_control/statuses", self._take_statuses)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        methods: dict[str, Callable[[web.Request, Mapping[str, str]], Awaitable[web.StreamResponse]]] = {
            "sms/send": self._send,
            "sms/status": self._status,
            "sms/statuslocalmessageid": self._status_by_local_id,
            "sms/receive": self._receive,
            "account/info": self._info,
        }
        fields = {name: str(value) for name, value in [*request.query.items(), *(await request.post()).items()]}
        self.calls.append(Call(request.match_info["method"], fields))
        if request.match_info["key"] != self.api_key:
            return _answer(403)
        method = methods.get(request.match_info["method"])
        try:
            return await method(request, fields) if method else _answer(404)
        except Refusal as refusal:
            return _answer(refusal.status)

    async def _send(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case Fault("status", status):
                return _answer(int(status))
            case Fault("http_500"):
                return web.Response(status=500, text="<html>Internal Server Error</html>", content_type="text/html")
            case Fault("cut_before_accept"):
                return _cut(request)
        taken = self._take(fields)
        match fault:
            case Fault("slow", seconds):
                await asyncio.sleep(seconds)
            case Fault("cut_after_accept"):
                return _cut(request)
            case Fault("garbage"):
                return web.Response(text='{"return": {"status": 2', content_type="application/json")
        names = ("messageid", "message", "status", "statustext", "sender", "receptor", "date", "cost")
        return _answer(200, [sent.entry(*names) for sent in taken])

    def _take(self, fields: Mapping[str, str]) -> list[Sent]:
        receptors = [receptor for receptor in fields.get("receptor", "").split(",") if receptor]
        local_ids = fields.get("localid", "").split(",")
        message, sender = fields.get("message", ""), fields.get("sender", self.lines[0])
        self._check(receptors, message, sender)
        local_ids += [""] * (len(receptors) - len(local_ids))
        return [
            self._known(local_id) or self._accept(receptor, message, local_id, sender)
            for receptor, local_id in zip(receptors, local_ids, strict=True)
        ]

    def _check(self, receptors: Sequence[str], message: str, sender: str) -> None:
        checks = {
            406: bool(receptors),
            414: len(receptors) <= 200,
            411: all(RECEPTOR.fullmatch(receptor) for receptor in receptors),
            412: sender in self.lines,
            413: 0 < len(message) <= 900,
            418: self.credit >= count_parts(message) * RIALS_A_PART * len(receptors),
        }
        if failed := next((status for status, passed in checks.items() if not passed), None):
            raise Refusal(failed)

    def _known(self, local_id: str) -> Sent | None:
        return next((sent for sent in self.sent if local_id and sent.localid == local_id), None)

    def _accept(self, receptor: str, message: str, local_id: str, sender: str) -> Sent:
        parts = count_parts(message)
        status = 14 if receptor in self.blocked else 1
        now, cost = datetime.now(UTC), parts * RIALS_A_PART
        sent = Sent(
            messageid=next(self._ids),
            receptor=receptor,
            message=message,
            localid=local_id,
            sender=sender,
            at=now,
            status=status,
            parts=parts,
            cost=cost,
        )
        self.credit -= cost
        self.sent.append(sent)
        return sent

    async def _status(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        self._move_on()
        known = {str(sent.messageid): sent.entry("messageid", "status", "statustext") for sent in self.sent}
        ids = _listed(fields, "messageid")
        missing = {"status": 100, "statustext": "شناسه نامعتبر است"}
        return _answer(200, [known.get(one) or {"messageid": int(one)} | missing for one in ids])

    async def _status_by_local_id(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        self._move_on()
        names = ("messageid", "localid", "status", "statustext")
        known = {sent.localid: sent.entry(*names) for sent in self.sent if sent.localid}
        ids = _listed(fields, "localid")
        missing = {"messageid": 0, "status": 100, "statustext": "شناسه نامعتبر است"}
        return _answer(200, [known.get(one) or {"localid": one} | missing for one in ids])

    def _move_on(self) -> None:
        for sent in self.sent:
            if sent.status == 1:
                sent.status = self.status_after

    async def _receive(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        wanted = fields.get("isread", "0") == "1"
        found = [text for text in self.inbox if text["read"] is wanted and text["receptor"] == fields.get("linenumber")]
        for text in found[:100]:
            text["read"] = True
        return _answer(200, [{name: value for name, value in text.items() if name != "read"} for text in found[:100]])

    async def _info(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        return _answer(200, {"remaincredit": self.credit, "expiredate": 1893456000, "type": "Master"})

    async def _show_sent(self, request: web.Request) -> web.StreamResponse:
        return web.json_response([asdict(sent) | {"at": sent.at.isoformat()} for sent in self.sent])

    async def _show_calls(self, request: web.Request) -> web.StreamResponse:
        return web.json_response([asdict(call) | {"at": call.at.isoformat()} for call in self.calls])

    async def _take_faults(self, request: web.Request) -> web.StreamResponse:
        """Take `[{"kind", "value", "times"}, …]`."""
        for fault in await request.json():
            self.fail_next(Fault(fault["kind"], fault.get("value", 0)), times=fault.get("times", 1))
        return web.json_response({"waiting": len(self.faults)})

    async def _take_statuses(self, request: web.Request) -> web.StreamResponse:
        """Take `{"<messageid>": status, …}`."""
        for messageid, status in (await request.json()).items():
            self.set_status(int(messageid), status)
        return web.json_response({})


class Webhooks:
    """Posts of the panel to `{base_url}/inbound` and `/delivery`; every answer is (HTTP status, body)."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._ids = count(FIRST_MESSAGE_ID + 1_000_000)

    async def inbound(
        self,
        sender: str,
        text: str,
        *,
        to: str = "10004346",
        messageid: int | None = None,
        method: Method = "GET",
        copies: int = 1,
    ) -> list[tuple[int, str]]:
        """Deliver one text, `copies` times at once."""
        chosen = next(self._ids) if messageid is None else messageid
        fields = {"from": sender, "to": to, "message": text, "messageid": str(chosen)}
        async with ClientSession() as session:
            posts = [self._post(session, "inbound", fields, method) for _ in range(copies)]
            return await asyncio.gather(*posts)

    async def receipts(
        self, receipts: Sequence[tuple[int, int]], *, method: Method = "GET", copies: int = 1, reverse: bool = False
    ) -> list[tuple[int, str]]:
        """Deliver (message id, status) one after the other, each `copies` times, first to last or last to first."""
        answers = []
        async with ClientSession() as session:
            for messageid, status in reversed(receipts) if reverse else receipts:
                fields = {"messageid": str(messageid), "status": str(status)}
                answers += [await self._post(session, "delivery", fields, method) for _ in range(copies)]
        return answers

    async def _post(
        self, session: ClientSession, kind: str, fields: Mapping[str, str], method: Method
    ) -> tuple[int, str]:
        address = URL(f"{self._base_url}/{kind}")
        query = method == "GET"
        async with session.request(
            method, address.with_query(fields) if query else address, data=None if query else fields
        ) as response:
            return response.status, await response.text()


def _listed(fields: Mapping[str, str], name: str) -> list[str]:
    ids = [one for one in fields.get(name, "").split(",") if one]
    if not ids or len(ids) > 500:
        raise Refusal(414 if ids else 406)
    return ids


def _answer(status: int, entries: object = None) -> web.Response:
    message = "تایید شد" if status == 200 else "خطا"
    return web.json_response({"return": {"status": status, "message": message}, "entries": entries}, status=status)


def _cut(request: web.Request) -> web.StreamResponse:
    cut_connection(request)
    return web.Response()


async def serve(port: int, api_key: str) -> None:
    """Serve until the process is ended; the base URL is the one line on standard output."""
    async with FakeKavenegar(port=port, api_key=api_key) as fake:
        print(fake.base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="6B657966616B65")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.key))
