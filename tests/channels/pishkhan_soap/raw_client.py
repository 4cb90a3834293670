"""A client of raw bytes: what goes over the wire is what a test says, and the answer is read as strictly as can be."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from tests.channels.pishkhan_soap.envelopes import MEDIA, OURS, SOAP_11, SOAP_12
from tests.support.patience import patient

PATH = "/soap/pishkhan"
PATIENCE = 20.0
"""Seconds that any answer may take on a busy machine before a test fails."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def envelope(self) -> Element:
        """The message; it must be well-formed, declared, and have one body of one element."""
        assert self.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>'), self.content[:200]
        found = etree.fromstring(self.content, etree.XMLParser(resolve_entities=False, huge_tree=True))
        assert [etree.QName(child).localname for child in found] == ["Body"], self.content[:500]
        assert len(found[0]) == 1
        return found

    @property
    def version(self) -> str:
        """The SOAP namespace; media type and status must fit it."""
        found = str(etree.QName(self.envelope).namespace)
        assert self.headers["content-type"] == f"{MEDIA[found]}; charset=utf-8"
        return found

    @property
    def body(self) -> Element:
        """The body's element, of an answer that is no fault."""
        assert self.status == 200, self.content.decode()
        assert self.version
        return self.envelope[0][0]

    def text(self, name: str) -> str:
        """Return the text of the first element of that name in the body."""
        return str(self.body.findtext(f".//{{{OURS}}}{name}"))

    @property
    def fault(self) -> "Fault":
        """The fault, whose form and status must be those of its version."""
        inner = self.envelope[0][0]
        assert inner.tag == f"{{{self.version}}}Fault", self.content.decode()
        reason = _reason(inner, self.version)
        typed = inner.find(f".//{{{OURS}}}CounterFault")
        assert typed is not None
        assert self.status == (400 if reason == "Sender" else 500)
        found = {str(etree.QName(child).localname): child.text or "" for child in typed}
        assert set(found) in ({"code", "message"}, {"code", "message", "field"})
        assert any("\u0600" <= letter <= "\u06ff" for letter in found["message"]), found
        assert "None" not in found["message"]
        return Fault(reason, found["code"], found["message"], found.get("field"))

    @property
    def code(self) -> str:
        """The fault's code, or «ok»."""
        return "ok" if self.status == 200 and self.body is not None else self.fault.code


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: SOAP's own code without its prefix, and the typed detail."""

    reason: str
    code: str
    message: str
    field: str | None


def _reason(fault: Element, version: str) -> str:
    if version == SOAP_11:
        assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
        return str(fault.findtext("faultcode")).rpartition(":")[2]
    text = fault.find(f"{{{SOAP_12}}}Reason/{{{SOAP_12}}}Text")
    assert text is not None
    assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == "fa"
    return str(fault.findtext(f"{{{SOAP_12}}}Code/{{{SOAP_12}}}Value")).rpartition(":")[2]


@dataclass(slots=True)
class OpenConnection:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes; an end that the other side made meanwhile shows when its answer is read."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read a status line and headers."""
        raw = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), patient(PATIENCE))
        first, *rest = raw.decode("latin-1").split("\r\n")[:-2]
        return int(first.split()[1]), {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in rest)
        }

    async def answer(self, *, bodiless: bool = False) -> Answer:
        """Read an answer."""
        status, headers = await self.head()
        length = 0 if bodiless else int(headers.get("content-length", "0"))
        return Answer(status, headers, await asyncio.wait_for(self.reader.readexactly(length), patient(PATIENCE)))

    async def ended(self) -> bool:
        """Wait for the other side to end the connection; False when it says something instead."""
        try:
            return await asyncio.wait_for(self.reader.read(1), patient(PATIENCE)) == b""
        except ConnectionError:
            return True


def request(
    content: bytes, headers: Mapping[str, str] | None = None, *, method: str = "POST", path: str = PATH
) -> bytes:
    """Return a request; a header that is said empty is left out."""
    whole = {"Host": "desk.example", "Content-Type": "text/xml; charset=utf-8", "Content-Length": str(len(content))}
    whole |= headers or {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in whole.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + content


def chunked(content: bytes, size: int = 1000) -> bytes:
    """Return a body as chunks."""
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(f"{len(one):x}\r\n".encode() + one + b"\r\n" for one in parts) + b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class RawClient:
    """Connects to a server on loopback."""

    port: int

    @asynccontextmanager
    async def line(self) -> AsyncIterator[OpenConnection]:
        """Open a connection, and close it in the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24)
        try:
            yield OpenConnection(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def raw(self, data: bytes, *, bodiless: bool = False) -> Answer:
        """Send bytes over a connection of their own; return the answer."""
        async with self.line() as line:
            sending = asyncio.create_task(line.send(data))
            try:
                return await line.answer(bodiless=bodiless)
            finally:
                if not sending.done():  # an answer may come before all was sent: nobody wants the rest
                    sending.cancel()
                    line.writer.transport.abort()

    async def post(self, content: bytes | str, **headers: str) -> Answer:
        """Send a message; headers are said with underscores (`Content_Type`)."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.raw(request(content.encode() if isinstance(content, str) else content, said))
