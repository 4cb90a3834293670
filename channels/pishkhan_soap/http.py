"""The channel itself: HTTP in, HTTP out. Whatever happens, the answer is a SOAP message in the caller's version."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from channels.pishkhan_soap import envelope
from channels.pishkhan_soap.calls import CallHandler, CounterCaller
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.faults import EnvelopeError, FaultRenderer, SoapResponse, SoapVersion, render_answer
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.reasons import SoapInvalidReason, SoapUnsupportedReason
from channels.pishkhan_soap.username_token import find_token
from channels.pishkhan_soap.validation import find_operation, read_values
from channels.pishkhan_soap.vocabulary import Vocabulary, run_in_passing_thread
from channels.web.bodies import MIN_BYTES_PER_SECOND
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

ENDPOINT_PATH = "/soap/pishkhan"

LARGEST_CALL = 256 * 1024
"""Bytes of a call."""

LARGEST_WITH_FILE = 10 * 1024 * 1024
"""Bytes of a call of an operation that carries a file."""

FILE_OPERATION = "AttachDocument"

FILES_AT_ONCE = 16
"""Calls longer than `LARGEST_CALL` that are in memory at once; others wait with their bytes on the line. Nobody has
been authenticated while a body is read, so without this any stranger could fill the memory.
"""

THREAD_PARSING_FROM = 1024 * 1024
"""Bytes from which on parsing would keep the event loop from others."""

SILENCE_SECONDS = 30.0
"""Seconds that a caller may send nothing of a body."""

PATIENCE_SECONDS = 900.0
"""Seconds that the largest body may take: over a line of 100 Kbit/s."""

RECORDED_REFUSALS = (AuthenticationFailed, Replayed, Forbidden)
"""Refusals that are facts of security: who was it, from where."""

log = logging.getLogger(__name__)


class PishkhanSoap:
    """Mounts the address of the counter offices. `base_url` is the address that the WSDL names to clients.

    `silence_seconds` and `patience_seconds` are how long a body may pause and take, `files_at_once` how many long ones
    are held.
    """

    def __init__(
        self,
        call_handler: CallHandler,
        contract: Contract,
        base_url: str,
        *,
        silence_seconds: float = SILENCE_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        files_at_once: int = FILES_AT_ONCE,
    ) -> None:
        self._call_handler = call_handler
        self._contract = contract
        self._public_address = base_url.rstrip("/") + ENDPOINT_PATH
        self._fault_renderer = FaultRenderer(call_handler.dependencies.wording)
        self._ids = call_handler.dependencies.ids
        self._silence_seconds = silence_seconds
        self._patience_seconds = patience_seconds
        self._long_call_slots = asyncio.Semaphore(files_at_once)
        self._vocabulary = Vocabulary()

    def mount(self, app: web.Application) -> None:
        app.router.add_get(ENDPOINT_PATH, self.show_contract)
        app.router.add_post(ENDPOINT_PATH, self.handle_call, expect_handler=_handle_expect)

    async def show_contract(self, request: web.Request) -> web.Response:
        """Give the WSDL; without `?wsdl` say in a sentence what this address is."""
        if "wsdl" in {parameter_name.lower() for parameter_name in request.query}:
            return web.Response(
                text=self._contract.render_wsdl(self._public_address), content_type="text/xml", charset="utf-8"
            )
        about_text = self._call_handler.dependencies.catalogue.text("soap.about")
        return web.Response(text=f"{about_text}\n{self._public_address}?wsdl\n", status=405, headers={"Allow": "POST"})

    async def handle_call(self, request: web.Request) -> web.Response:
        """Take one call."""
        version = _detect_version(request)
        try:
            async with AsyncExitStack() as held_slots:
                soap_response = await self._build_reply(request, version, held_slots)
        except EnvelopeError as envelope_error:
            soap_response = self._fault_renderer.render_fault(
                envelope_error.version, envelope_error.error, envelope_error.reason
            )
        except Exception as error:  # noqa: BLE001 - the edge of the channel: the caller gets a fault and a reference
            soap_response = self._fault_renderer.render_fault(version, self._log_fault(error))
        headers = {"Content-Type": f"{soap_response.media_type}; charset=utf-8"}
        http_response = web.Response(
            body=soap_response.xml_text.encode(), status=soap_response.http_status, headers=headers
        )
        if not request.content.at_eof():
            await _close_unread(request, http_response)
        return http_response

    async def _build_reply(
        self, request: web.Request, version: SoapVersion, held_slots: AsyncExitStack
    ) -> SoapResponse:
        raw_body = await self._read_body(request, version, held_slots)
        soap_message = await self._parse_message(raw_body, request.charset, version)
        try:
            answer_body = await self._answer_call(
                soap_message, CounterCaller(request.remote or "", request.secure), len(raw_body)
            )
        except Exception as error:  # noqa: BLE001 - as above, now that the version is known
            if not isinstance(error, DomainError) or isinstance(error, Internal):
                return self._fault_renderer.render_fault(soap_message.version, self._log_fault(error))
            return self._fault_renderer.render_fault(
                soap_message.version, error, labels=self._contract.labels_for_tag(str(soap_message.body_element.tag))
            )
        return render_answer(soap_message.version, answer_body)

    async def _read_body(self, request: web.Request, version: SoapVersion, held_slots: AsyncExitStack) -> bytes:
        """Read the body, whatever its transfer or content encoding, never more nor longer than it may be; a long one
        keeps its slot for as long as it is `held_slots`.
        """
        if refusal := _find_header_refusal(request):
            raise EnvelopeError(refusal, version)
        if request.content.is_eof():  # all of it came with the head, as most calls do: nothing is waited for
            return _check_length(request.content.read_nowait(-1), version)
        received_parts: list[bytes] = []
        received_size, size_limit, loop_time = 0, LARGEST_CALL, asyncio.get_running_loop().time
        started_at = loop_time()
        ends_at = started_at + self._allowed_seconds(request.content_length or LARGEST_CALL)
        try:
            async with asyncio.timeout(self._silence_seconds) as timeout_scope:
                async for received_part in request.content.iter_any():
                    received_parts.append(received_part)
                    received_size += len(received_part)
                    if received_size > size_limit:
                        size_limit = _find_size_limit(received_parts)
                        if received_size > size_limit:
                            raise EnvelopeError(TooLarge("body"), version)
                        ends_at = started_at + self._allowed_seconds(request.content_length or size_limit)
                        await held_slots.enter_async_context(self._long_call_slots)
                    timeout_scope.reschedule(min(ends_at, loop_time() + self._silence_seconds))
        except web.RequestPayloadError as error:
            raise EnvelopeError(InvalidField("body", SoapInvalidReason.ENCODING), version) from error
        except (TimeoutError, ConnectionError) as error:
            raise EnvelopeError(InvalidField("body", SoapInvalidReason.CUT), version) from error
        return received_parts[0] if len(received_parts) == 1 else b"".join(received_parts)

    def _allowed_seconds(self, body_length: int) -> float:
        """Return how many seconds a body of so many bytes may take."""
        return min(self._patience_seconds, self._silence_seconds + body_length / MIN_BYTES_PER_SECOND)

    async def _parse_message(self, raw_body: bytes, charset: str | None, version: SoapVersion) -> envelope.SoapMessage:
        if len(raw_body) > THREAD_PARSING_FROM:
            return await run_in_passing_thread(envelope.read_message, raw_body, charset, version)
        utf8_body = envelope.convert_to_utf8(raw_body, charset, version)
        if self._vocabulary.admits_message(utf8_body):
            return envelope.parse_message(utf8_body, version)
        return await run_in_passing_thread(envelope.parse_message, utf8_body, version)

    async def _answer_call(self, soap_message: envelope.SoapMessage, caller: CounterCaller, body_size: int) -> str:
        operation = find_operation(self._contract, soap_message.body_element)
        if body_size > LARGEST_CALL and operation.name != FILE_OPERATION:
            raise TooLarge("body")
        username = ""
        try:
            username_token = find_token(soap_message.security_header)
            username = username_token.username
            try:
                call_values = await self._read_values(operation, soap_message, body_size)
            except DomainError as error:
                await self._call_handler.retain_nonce(username_token, caller, error)
                raise
            return await self._call_handler.handle_call(operation, call_values, username_token, caller)
        except RECORDED_REFUSALS as error:
            await self._call_handler.record_refusal(username, caller, error, operation.name)
            raise

    async def _read_values(
        self, operation: Operation, soap_message: envelope.SoapMessage, body_size: int
    ) -> Mapping[str, Any]:
        if body_size > THREAD_PARSING_FROM:
            return await asyncio.to_thread(read_values, self._contract, operation, soap_message)
        return read_values(self._contract, operation, soap_message)

    def _log_fault(self, error: Exception) -> Internal:
        fault_reference = self._ids.new_token()[:8]
        log.exception("fault %s in a counter's call", fault_reference, exc_info=error)
        return Internal(reference=fault_reference)


def _detect_version(request: web.Request) -> SoapVersion:
    """Return the version that the Content-Type speaks; the envelope itself decides as soon as it is read."""
    return SoapVersion.SOAP_12 if "soap+xml" in request.headers.get("Content-Type", "") else SoapVersion.SOAP_11


async def _close_unread(request: web.Request, http_response: web.Response) -> None:
    """End the connection with the answer: what was not read is nobody's next call.

    aiohttp reads on for some seconds, so that the answer is not lost, but it would unpack a packed body to its end.
    """
    http_response.force_close()
    if "Content-Encoding" in request.headers:
        await http_response.prepare(request)
        await http_response.write_eof()
        request.protocol.force_close()


async def _handle_expect(request: web.Request) -> web.Response | None:
    """Let a client that asks first (old .NET) send its body, unless that is never taken anyway."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        if _find_header_refusal(request) is None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None
    raise web.HTTPExpectationFailed


def _find_header_refusal(request: web.Request) -> DomainError | None:
    """Return why a body is refused by its headers alone."""
    if request.content_type.startswith("multipart/"):
        return Unsupported("body", SoapUnsupportedReason.MTOM)
    return TooLarge("body") if (request.content_length or 0) > LARGEST_WITH_FILE else None


def _check_length(raw_body: bytes, version: SoapVersion) -> bytes:
    if len(raw_body) > LARGEST_CALL and len(raw_body) > _find_size_limit([raw_body]):
        raise EnvelopeError(TooLarge("body"), version)
    return raw_body


def _find_size_limit(received_parts: list[bytes]) -> int:
    """Return how long a call may be that begins like this: one that carries a file says so at its beginning."""
    call_beginning = b"".join(received_parts)[:LARGEST_CALL].replace(b"\0", b"")
    return LARGEST_WITH_FILE if FILE_OPERATION.encode() in call_beginning else LARGEST_CALL
