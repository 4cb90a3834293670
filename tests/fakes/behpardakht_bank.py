"""Behpardakht Mellat on loopback: a real SOAP server, with the payer's pages, the bank's books and faults on demand.

In process: `async with BehpardakhtBank() as bank`; `bank.wsdl_url` and `bank.start_url` are what the settings want,
`bank.sales` its books (`pay`, `decline`, `deposited`), `bank.pages` what browsers see. `bank.pass_time` moves its
clock. `bank.faults` are used up one a call, None is none; `faults_of` an operation
and `bodies_of` it, which stand for its answer, likewise; `bank.calls` holds every call that arrived, without the
password.
"""

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Literal

from aiohttp import web
from lxml import etree

from tests.fakes.behpardakht_pages import BehpardakhtPages, build_callback_fields
from tests.fakes.behpardakht_sales import BehpardakhtSales
from tests.fakes.loopback_server import LoopbackServer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
BANK = "http://interfaces.core.sw.bps.com/"
XSD = "http://www.w3.org/2001/XMLSchema"
SOAP_PATH = "/pgwchannel/services/pgw"
HUGE_BYTES = 100 * 1024 * 1024

BehpardakhtFault = Literal[
    "cut_before", "cut_after", "cut_within", "silent_before", "silent_after", "http_500", "soap_fault", "garbage",
    "redirect", "external_entity", "billion_laughs", "huge", "drip", "other_operation", "compressed",
]  # fmt: skip
"""Fault of one call. Those of `_NOT_DONE` do nothing, all others do what was asked for first."""

UNENDING: frozenset[BehpardakhtFault] = frozenset({"silent_before", "silent_after", "drip"})
"""Faults with which a client has to lose patience."""

_NOT_DONE = frozenset({"cut_before", "silent_before", "http_500", "redirect"})
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>{doctype}<soap:Envelope xmlns:soap="' + SOAP + '"><soap:Body>{body}'
    "</soap:Body></soap:Envelope>"
)
_ANSWER = '<ns:{operation}Response xmlns:ns="' + BANK + '"><return>{result}</return></ns:{operation}Response>'
_FAULT = "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>NullPointerException</faultstring></soap:Fault>"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@dataclass(frozen=True, slots=True)
class BehpardakhtCall:
    """A call that arrived."""

    operation: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Without the password."""


class BehpardakhtBank(LoopbackServer):
    """The bank."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, now: datetime | None = None) -> None:
        super().__init__(tls=tls)
        self.now = now or datetime.now(UTC)
        self.sales = BehpardakhtSales(lambda: self.now)
        self.pages = BehpardakhtPages(self.sales)
        self.faults: deque[BehpardakhtFault | None] = deque()
        self.faults_of: defaultdict[str, deque[BehpardakhtFault]] = defaultdict(deque)
        self.bodies_of: defaultdict[str, deque[bytes]] = defaultdict(deque)
        self.calls: list[BehpardakhtCall] = []
        self.bytes_sent = 0
        self._schema = _load_schema()

    def build_application(self) -> web.Application:
        """Return the SOAP server and the payer's pages."""
        application = web.Application()
        application.add_routes([web.post(SOAP_PATH, self.serve_soap), *self.pages.routes()])
        return application

    @property
    def wsdl_url(self) -> str:
        """The setting WSDL_URL."""
        return f"{self.base_url}{SOAP_PATH}?wsdl"

    @property
    def start_url(self) -> str:
        """The setting START_URL."""
        return f"{self.base_url}/pgwchannel/startpay.mellat"

    def pass_time(self, time: timedelta) -> None:
        """Move the bank's clock."""
        self.now += time

    def callback_of(self, ref_id: str) -> Mapping[str, str]:
        """Return what the payer's browser would post now."""
        return build_callback_fields(self.sales.sessions[ref_id])

    async def serve_soap(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or fail as the next fault says."""
        operation, fields = self.read_call(await request.read())
        self.calls.append(BehpardakhtCall(operation, {k: v for k, v in fields.items() if k != "userPassword"}))
        if self.bodies_of[operation]:
            return web.Response(body=self.bodies_of[operation].popleft(), content_type="text/xml")
        faults = self.faults_of[operation] or self.faults
        fault = faults.popleft() if faults else None
        result = "" if fault in _NOT_DONE else self.sales.answer(operation, fields)
        if fault is None:
            return _answer(_ENVELOPE.format(doctype="", body=_ANSWER.format(operation=operation, result=result)))
        return await self.fail(request, fault, operation, result)

    def read_call(self, content: bytes) -> tuple[str, Mapping[str, str]]:
        """Return operation and fields of a call, held to the published schema; 400 for anything else."""
        envelope = etree.fromstring(content)
        (body,) = envelope.findall(f"{{{SOAP}}}Body")
        (call,) = body
        if not self._schema.validate(etree.fromstring(etree.tostring(call))):
            raise web.HTTPBadRequest(text=str(self._schema.error_log))
        return etree.QName(call).localname, {str(part.tag): part.text or "" for part in call}

    async def fail(
        self, request: web.Request, fault: BehpardakhtFault, operation: str, result: str
    ) -> web.StreamResponse:
        """Answer as a fault does."""
        match fault:
            case "cut_before" | "cut_after":
                assert request.transport is not None
                request.transport.abort()
            case "silent_before" | "silent_after":
                await asyncio.sleep(3600)
            case "cut_within":
                await self.answer_half(request)
            case "huge" | "drip":
                return await self.stream(request, _make_huge() if fault == "huge" else _make_drip())
        return _answer_badly(fault, operation, result)

    async def answer_half(self, request: web.Request) -> None:
        """Break off in the middle of an answer."""
        response = web.StreamResponse(headers={"Content-Type": "text/xml", "Content-Length": "300"})
        await response.prepare(request)
        await response.write(_ENVELOPE.encode()[:100])
        assert request.transport is not None
        request.transport.abort()

    async def stream(self, request: web.Request, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
        """Send an answer that does not end soon."""
        response = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await response.prepare(request)
        async for chunk in chunks:
            await response.write(chunk)
            self.bytes_sent += len(chunk)
        return response


async def _make_huge() -> AsyncIterator[bytes]:
    yield _ENVELOPE.format(doctype="", body="<!--").partition("</soap:Body>")[0].encode()
    for _ in range(HUGE_BYTES // 65_536):
        yield b"x" * 65_536


async def _make_drip() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.02)


def _answer_badly(fault: BehpardakhtFault, operation: str, result: str) -> web.Response:
    match fault:
        case "soap_fault":
            return _answer(_ENVELOPE.format(doctype="", body=_FAULT), status=500)
        case "redirect":
            return web.Response(status=307, headers={"Location": SOAP_PATH})
        case "external_entity" | "billion_laughs" | "other_operation" | "compressed":
            return _answer_with_trick(fault, operation, result)
        case _:
            status = 500 if fault == "http_500" else 200
            return web.Response(text="<html>Internal Server Error</html>", content_type="text/html", status=status)


def _answer_with_trick(fault: BehpardakhtFault, operation: str, result: str) -> web.Response:
    doctype, named, said = {
        "external_entity": ('<!DOCTYPE soap [<!ENTITY x SYSTEM "file:///etc/hostname">]>', operation, "&x;"),
        "billion_laughs": (f'<!DOCTYPE soap [<!ENTITY l0 "0">{_LAUGHS}]>', operation, "&l9;"),
        "other_operation": ("", "bpOtherRequest", result),
        "compressed": ("", operation, result),
    }[fault]
    response = _answer(_ENVELOPE.format(doctype=doctype, body=_ANSWER.format(operation=named, result=said)))
    if fault == "compressed":
        response.enable_compression(web.ContentCoding.gzip)
    return response


def _answer(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/xml", status=status)


def _load_schema() -> etree.XMLSchema:
    """Return the schema of the published messages, out of the description that the gateway calls by."""
    description = etree.fromstring((files("payments.behpardakht") / "payment_gateway.wsdl").read_bytes())
    (schema,) = description.iter(f"{{{XSD}}}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
