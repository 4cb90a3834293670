"""The far end of a counter's line: signed envelopes built by hand, and a connection that can be cut at any moment.

It knows nothing of the product's own code but the published contract, and is fast enough for thirty-two clerks at once.
"""

import asyncio
import hashlib
import re
import secrets
import struct
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from socket import SO_LINGER, SOL_SOCKET

PATH = "/soap/pishkhan"
NAMESPACE = "urn:pishkhan:counter:1"

VERSIONS = {
    "1.1": ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8"),
    "1.2": ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml; charset=utf-8"),
}
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_ENVELOPE = (
    '<s:Envelope xmlns:s="{soap}"><s:Header><w:Security xmlns:w="{wss}-wssecurity-secext-1.0.xsd" '
    'xmlns:u="{wss}-wssecurity-utility-1.0.xsd" s:mustUnderstand="1"><w:UsernameToken><w:Username>{username}'
    '</w:Username><w:Password Type="{wss}-username-token-profile-1.0#PasswordDigest">{password}</w:Password>'
    "<w:Nonce>{nonce}</w:Nonce><u:Created>{created}</u:Created></w:UsernameToken></w:Security></s:Header>"
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_BODY = re.compile(r"<soap:Body>(.*)</soap:Body>", re.DOTALL)
_FAULT = re.compile(r"<CounterFault[^>]*><code>([a-z_]+)</code>")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing resets the connection."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An office's software: what it signs in as and with. `now` is the office's clock."""

    office: str
    username: str
    key: str
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A signed call as it goes over the wire, and what the server remembers its nonce by."""

    raw: bytes
    nonce: str


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """An answer: what lies in its Body, the code of the fault, if it is one, and the port that gave it."""

    body: str
    fault: str | None
    port: int = field(compare=False)

    def value(self, element: str) -> str:
        """The text of the first element of that name that holds text alone."""
        found = re.search(f"<{element}>([^<]*)</{element}>", self.body)
        assert found, f"no {element} in {self.body}"
        return unescape(found[1])

    def values(self, element: str) -> list[str]:
        """The texts of all such elements."""
        return [unescape(text) for text in re.findall(f"<{element}>([^<]*)</{element}>", self.body)]


def signed(signer: Signer, body: str, version: str) -> SignedCall:
    """Sign a body anew: each letter has a nonce of its own."""
    soap, media_type = VERSIONS[version]
    nonce, created = secrets.token_bytes(16), signer.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(nonce + created.encode() + signer.key.encode(), usedforsecurity=False).digest()
    content = _ENVELOPE.format(
        soap=soap,
        wss=_WSS,
        username=signer.username,
        password=b64encode(digest).decode(),
        nonce=b64encode(nonce).decode(),
        created=created,
        body=body,
    ).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: counter\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return SignedCall(head.encode() + content, hashlib.sha256(nonce).hexdigest())


@dataclass(frozen=True, slots=True)
class LineCut:
    """Place where a line breaks: so many seconds after the call was written, or (`half`) in the middle of writing
    it."""

    seconds: float = 0.0
    half: bool = False
    reset: bool = False


class CounterLine:
    """A connection to the server, made when it is needed and kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, letter: SignedCall) -> CallAnswer:
        """Send a call and read its answer; OSError or EOFError when the line does not hold so long."""
        reader = await self._say(letter.raw)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length, head
        text = (await reader.readexactly(int(length[1]))).decode()
        if b"\r\nconnection: close" in head.lower():
            self.cut()
        body = _BODY.search(text)
        assert body, text
        fault = _FAULT.search(text)
        return CallAnswer(body[1], fault[1] if fault else None, self.port)

    async def lose(self, letter: SignedCall, cut: LineCut) -> None:
        """Send a call over a line that breaks before the answer is read."""
        await self._say(letter.raw[: len(letter.raw) // 2] if cut.half else letter.raw)
        await asyncio.sleep(cut.seconds)
        self.cut(reset=cut.reset)

    def cut(self, *, reset: bool = False) -> None:
        """Break the connection, by a reset or a plain end."""
        if self._writer is not None:
            if reset:
                self._writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, _RESET)
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _say(self, raw: bytes) -> asyncio.StreamReader:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(raw)
        await self._writer.drain()
        return self._reader
