"""The channel itself: HTTP in, HTTP out. Whatever happens, the answer is a SOAP message in the caller's version."""

import asyncio
import logging
from contextlib import AsyncExitStack

from aiohttp import web

from channels.pishkhan_soap import envelope
from channels.pishkhan_soap.calls import Counter, CounterCaller
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.faults import EnvelopeError, Faults, SoapResponse, Version, answered
from channels.pishkhan_soap.username_token import token_in
from channels.pishkhan_soap.validation import operation_of, values_of
from channels.pishkhan_soap.vocabulary import Vocabulary, in_a_passing_thread
from channels.web.bodies import SLOWEST
from domain.values.errors import (
    AuthenticationFailed,
    DomainError,
    Forbidden,
    Internal,
    InvalidField,
    Replayed,
    TooLarge,
    Unsupported,
)

PATH = "/soap/pishkhan"

LARGEST = 256 * 1024
"""Bytes of a call."""

LARGEST_WITH_FILE = 10 * 1024 * 1024
"""Bytes of a call of an operation that carries a file."""

WITH_FILE = "AttachDocument"

FILES_AT_ONCE = 16
"""Calls longer than `LARGEST` that are in memory at once; others wait with their bytes on the line. Nobody has been
authenticated while a body is read, so without this any stranger could fill the memory.
"""

IN_A_THREAD = 1024 * 1024
"""Bytes from which on parsing would keep the event loop from others."""

SILENCE = 30.0
"""Seconds that a caller may send nothing of a body."""

PATIENCE = 900.0
"""Seconds that the largest body may take: over a line of 100 Kbit/s."""

RECORDED = (AuthenticationFailed, Replayed, Forbidden)
"""Refusals that are facts of security: who was it, from where."""

log = logging.getLogger(__name__)


class PishkhanSoap:
    """Mounts the address of the counter offices. `base_url` is what the WSDL tells clients to call.

    `silence` and `patience` are seconds that a body may pause and take, `files_at_once` how many long ones are held.
    """

    def __init__(
        self,
        counter: Counter,
        contract: Contract,
        base_url: str,
        *,
        silence: float = SILENCE,
        patience: float = PATIENCE,
        files_at_once: int = FILES_AT_ONCE,
    ) -> None:
        self._counter = counter
        self._contract = contract
        self._address = base_url.rstrip("/") + PATH
        self._faults = Faults(counter.desk.wording)
        self._ids = counter.desk.ids
        self._silence = silence
        self._patience = patience
        self._room = asyncio.Semaphore(files_at_once)
        self._vocabulary = Vocabulary()

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(PATH, self.describe)
        app.router.add_post(PATH, self.call, expect_handler=_expect)

    async def describe(self, request: web.Request) -> web.Response:
        """Give the WSDL; without `?wsdl` say in a sentence what this address is."""
        if "wsdl" in {name.lower() for name in request.query}:
            return web.Response(text=self._contract.wsdl(self._address), content_type="text/xml", charset="utf-8")
        text = self._counter.desk.catalogue.text("soap.about")
        return web.Response(text=f"{text}\n{self._address}?wsdl\n", status=405, headers={"Allow": "POST"})

    async def call(self, request: web.Request) -> web.Response:
        """Take one call."""
        version = _spoken(request)
        try:
            async with AsyncExitStack() as held:
                reply = await self._reply(request, version, held)
        except EnvelopeError as refused:
            reply = self._faults.of(refused.version, refused.error, refused.reason)
        except Exception as error:  # noqa: BLE001 - the edge of the channel: the caller gets a fault and a reference
            reply = self._faults.of(version, self._noted(error))
        headers = {"Content-Type": f"{reply.media_type}; charset=utf-8"}
        answer = web.Response(body=reply.text.encode(), status=reply.status, headers=headers)
        if not request.content.at_eof():
            await _left_unread(request, answer)
        return answer

    async def _reply(self, request: web.Request, version: Version, held: AsyncExitStack) -> SoapResponse:
        raw = await self._body(request, version, held)
        message = await self._message(raw, request.charset, version)
        try:
            body = await self._answer(message, CounterCaller(request.remote or "", request.secure), len(raw))
        except Exception as error:  # noqa: BLE001 - as above, now that the version is known
            if not isinstance(error, DomainError) or isinstance(error, Internal):
                return self._faults.of(message.version, self._noted(error))
            return self._faults.of(message.version, error, labels=self._contract.labels(str(message.body.tag)))
        return answered(message.version, body)

    async def _body(self, request: web.Request, version: Version, held: AsyncExitStack) -> bytes:
        """Read the body, whatever its transfer or content encoding, never more nor longer than it may be; a long one
        has its room for as long as it is `held`.
        """
        if refusal := _never_taken(request):
            raise EnvelopeError(refusal, version)
        if request.content.is_eof():  # all of it came with the head, as most calls do: nothing is waited for
            return _within(request.content.read_nowait(-1), version)
        parts: list[bytes] = []
        size, limit, now = 0, LARGEST, asyncio.get_running_loop().time
        begun = now()
        end = begun + self._time_for(request.content_length or LARGEST)
        try:
            async with asyncio.timeout(self._silence) as waiting:
                async for part in request.content.iter_any():
                    parts.append(part)
                    size += len(part)
                    if size > limit:
                        limit = _limit(parts)
                        if size > limit:
                            raise EnvelopeError(TooLarge("body"), version)
                        end = begun + self._time_for(request.content_length or limit)
                        await held.enter_async_context(self._room)
                    waiting.reschedule(min(end, now() + self._silence))
        except web.RequestPayloadError as error:
            raise EnvelopeError(InvalidField("body", detail="soap_encoding"), version) from error
        except (TimeoutError, ConnectionError) as error:
            raise EnvelopeError(InvalidField("body", detail="soap_cut"), version) from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _time_for(self, length: int) -> float:
        """Return how many seconds a body of so many bytes may take."""
        return min(self._patience, self._silence + length / SLOWEST)

    async def _message(self, raw: bytes, charset: str | None, version: Version) -> envelope.SoapMessage:
        if len(raw) > IN_A_THREAD:
            return await in_a_passing_thread(envelope.read, raw, charset, version)
        text = envelope.utf8(raw, charset, version)
        if self._vocabulary.admits(text):
            return envelope.message_of(text, version)
        return await in_a_passing_thread(envelope.message_of, text, version)

    async def _answer(self, message: envelope.SoapMessage, caller: CounterCaller, size: int) -> str:
        operation = operation_of(self._contract, message.body)
        if size > LARGEST and operation.name != WITH_FILE:
            raise TooLarge("body")
        username = ""
        try:
            token = token_in(message.security)
            username = token.username
            if size > IN_A_THREAD:
                values = await asyncio.to_thread(values_of, self._contract, operation, message)
            else:
                values = values_of(self._contract, operation, message)
            return await self._counter.take(operation, values, token, caller)
        except RECORDED as error:
            await self._counter.note_refusal(username, caller, error, operation.name)
            raise

    def _noted(self, error: Exception) -> Internal:
        reference = self._ids.token()[:8]
        log.exception("fault %s in a counter's call", reference, exc_info=error)
        return Internal(reference=reference)


def _spoken(request: web.Request) -> Version:
    """Return the version that the Content-Type speaks; the envelope itself decides as soon as it is read."""
    return Version.SOAP_12 if "soap+xml" in request.headers.get("Content-Type", "") else Version.SOAP_11


async def _left_unread(request: web.Request, answer: web.Response) -> None:
    """End the connection with the answer: what was not read is nobody's next call.

    aiohttp reads on for some seconds, so that the answer is not lost, but it would unpack a packed body to its end.
    """
    answer.force_close()
    if "Content-Encoding" in request.headers:
        await answer.prepare(request)
        await answer.write_eof()
        request.protocol.force_close()


async def _expect(request: web.Request) -> web.Response | None:
    """Let a client that asks first (old .NET) send its body, unless that is never taken anyway."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        if _never_taken(request) is None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None
    raise web.HTTPExpectationFailed


def _never_taken(request: web.Request) -> DomainError | None:
    """Return why a body is refused by its headers alone."""
    if request.content_type.startswith("multipart/"):
        return Unsupported("body", detail="mtom")
    return TooLarge("body") if (request.content_length or 0) > LARGEST_WITH_FILE else None


def _within(raw: bytes, version: Version) -> bytes:
    if len(raw) > LARGEST and len(raw) > _limit([raw]):
        raise EnvelopeError(TooLarge("body"), version)
    return raw


def _limit(parts: list[bytes]) -> int:
    """Return how long a call may be that begins like this: one that carries a file says so at its beginning."""
    beginning = b"".join(parts)[:LARGEST].replace(b"\0", b"")
    return LARGEST_WITH_FILE if WITH_FILE.encode() in beginning else LARGEST
