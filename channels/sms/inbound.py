"""The SMS webhooks: `/sms/{provider}/{secret}/inbound` and `/delivery`, by GET or POST; each provider reads its own.

A wrong secret, and a provider that calls none, is 404 and stores nothing. A text is acknowledged only after it is
durable; the same delivery again gets the same answer. Bodies are small: what is no SMS is refused before it is read
whole.
"""

import asyncio
import hmac
import logging
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from aiohttp import web

from channels.web.bodies import read_body
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.messages.carriers import DeliveryReceipt, ReceivedSms, SmsProvider, WebhookCall
from domain.messages.records import InboundMessage
from domain.unit_of_work import Store
from domain.values.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")

PATIENCE_SECONDS = 7.0
"""So long a panel waits for our answer; a database that hangs lets nobody wait longer, and the panel delivers again."""

ERROR_STATUSES = {"too_large": 413, "unavailable": 503}
"""HTTP status of a refusal where it is not 400; panels deliver again what was answered 5xx."""

LARGEST_BODY = 32 * 1024
"""Bytes of a webhook body: the longest text in percent-encoded UTF-8 is far below it."""


class SmsChannel:
    """Mounts the webhooks of the given providers."""

    def __init__(self, dependencies: Dependencies, store: Store, providers_by_name: Mapping[str, SmsProvider]) -> None:
        self._dependencies = dependencies
        self._store = store
        self._providers_by_name = providers_by_name
        self._works: set[asyncio.Task[Any]] = set()

    def mount(self, app: web.Application) -> None:
        for http_method in ("GET", "POST"):
            app.router.add_route(http_method, "/sms/{provider}/{secret}/inbound", self.receive_text)
            app.router.add_route(http_method, "/sms/{provider}/{secret}/delivery", self.receive_receipts)

    async def receive_text(self, request: web.Request) -> web.Response:
        """Take one text, or several that come together; the answer carries our ids, the same for every delivery."""
        sms_provider = self._authenticate_provider(request)
        try:
            received_texts = sms_provider.read_inbound(await _read_call(request))
            inbound_messages = await self._answer_in_time(self._take_texts(sms_provider.name, received_texts))
        except DomainError as error:
            return self._build_refusal(error)
        message_ids = [str(inbound_message.id) for inbound_message in inbound_messages]
        answer_ids = {"id": message_ids[0]} if len(message_ids) == 1 else {"ids": message_ids}
        return web.json_response({"status": "accepted", **answer_ids})

    async def receive_receipts(self, request: web.Request) -> web.Response:
        """Take delivery receipts, in any order and number."""
        sms_provider = self._authenticate_provider(request)
        try:
            receipts = sms_provider.read_receipts(await _read_call(request))
            await self._answer_in_time(self._settle_receipts(sms_provider.name, receipts))
        except DomainError as error:
            return self._build_refusal(error)
        return web.json_response({"status": "accepted"})

    async def _take_texts(self, provider_name: str, received_texts: Sequence[ReceivedSms]) -> list[InboundMessage]:
        return [
            await receive_sms(self._dependencies, self._store, provider_name, received_sms)
            for received_sms in received_texts
        ]

    async def _answer_in_time(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Return what the work returns; `Unavailable` where the panel cannot wait for it any longer. It goes on then,
        and what it stored is known by the panel's id when the text comes again.
        """
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not done:
            task.add_done_callback(_forget_outcome)
            raise Unavailable("database")
        return task.result()

    async def _settle_receipts(self, provider_name: str, receipts: list[DeliveryReceipt]) -> None:
        now = self._dependencies.clock.now()
        async with self._store.open_unit() as uow:
            for receipt in sorted(
                receipts, key=lambda delivery_receipt: delivery_receipt.provider_id
            ):  # one order: no two wait in a ring
                await uow.outbox.apply_receipt(provider_name, receipt.provider_id, receipt.state, now)

    def _authenticate_provider(self, request: web.Request) -> SmsProvider:
        sms_provider = self._providers_by_name.get(request.match_info["provider"])
        webhook_secret = sms_provider.webhook_secret if sms_provider else None
        # Compared even where there is none, so that the time taken reveals nothing.
        is_right = hmac.compare_digest(request.match_info["secret"].encode(), (webhook_secret or "\0").encode())
        if not is_right or not webhook_secret or sms_provider is None:
            raise web.HTTPNotFound
        return sms_provider

    def _build_refusal(self, error: DomainError) -> web.Response:
        error_values = {
            "code": error.code,
            "message": self._dependencies.wording.render_error(error),
            "field": error.field,
        }
        return web.json_response({"error": error_values}, status=ERROR_STATUSES.get(error.code, 400))


def _forget_outcome(task: asyncio.Task[Any]) -> None:
    """Log a fault of ours in work that nobody waits for any more; that the database was away is known."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, DomainError):
        log.error("an answer that came too late was a fault", exc_info=error)


async def _read_call(request: web.Request) -> WebhookCall:
    has_type = "Content-Type" in request.headers
    return WebhookCall(
        request.rel_url.raw_query_string,
        request.content_type.lower() if has_type else "",
        await read_body(request, LARGEST_BODY),
    )
