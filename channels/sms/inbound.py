"""The SMS webhooks: `/sms/{provider}/{secret}/inbound` and `/delivery`, by GET query or POST form.

A wrong secret is 404 and stores nothing. A text is acknowledged only after it is durable; the same delivery again gets
the same answer. Bodies are small: what is no SMS is refused before it is read whole.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from channels.web.bodies import read_body
from domain.actions.conversations.receive import receive
from domain.actions.desk import Desk
from domain.messages.ports import DeliveryReceipt, SmsProvider
from domain.unit_of_work import Store
from domain.values.errors import DomainError

STATUS = {"too_large": 413, "unavailable": 503}
"""HTTP status of a refusal where it is not 400; panels deliver again what was answered 5xx."""

LARGEST_BODY = 32 * 1024
"""Bytes of a webhook body: the longest text in percent-encoded UTF-8 is far below it."""


class SmsChannel:
    """Mounts the webhooks of the given providers."""

    def __init__(self, desk: Desk, store: Store, providers: Mapping[str, SmsProvider]) -> None:
        self._desk = desk
        self._store = store
        self._providers = providers

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        for method in ("GET", "POST"):
            app.router.add_route(method, "/sms/{provider}/{secret}/inbound", self.inbound)
            app.router.add_route(method, "/sms/{provider}/{secret}/delivery", self.delivery)

    async def inbound(self, request: web.Request) -> web.Response:
        """Take one text; the answer carries our id of it, the same for every delivery."""
        provider = self._provider(request)
        try:
            message = await receive(self._desk, self._store, provider.name, provider.read_inbound(await _form(request)))
        except DomainError as error:
            return self._refused(error)
        return web.json_response({"status": "accepted", "id": str(message.id)})

    async def delivery(self, request: web.Request) -> web.Response:
        """Take delivery receipts, in any order and number."""
        provider = self._provider(request)
        try:
            await self._settle(provider.name, provider.read_receipts(await _form(request)))
        except DomainError as error:
            return self._refused(error)
        return web.json_response({"status": "accepted"})

    async def _settle(self, provider: str, receipts: list[DeliveryReceipt]) -> None:
        now = self._desk.clock.now()
        async with self._store.unit() as uow:
            for receipt in sorted(receipts, key=lambda one: one.provider_id):  # one order: no two wait in a ring
                await uow.outbox.receipt(provider, receipt.provider_id, receipt.state, now)

    def _provider(self, request: web.Request) -> SmsProvider:
        provider = self._providers.get(request.match_info["provider"])
        secret = request.match_info["secret"].encode()
        # Compared even for an unknown provider, so that the time taken tells nothing.
        expected = (provider.webhook_secret if provider else "\0").encode()
        if not hmac.compare_digest(secret, expected) or provider is None:
            raise web.HTTPNotFound
        return provider

    def _refused(self, error: DomainError) -> web.Response:
        told = {"code": error.code, "message": self._desk.wording.error(error), "field": error.field}
        return web.json_response({"error": told}, status=STATUS.get(error.code, 400))


async def _form(request: web.Request) -> dict[str, str]:
    """Read query and body as one form; broken UTF-8 becomes U+FFFD, so that a text is never lost for one bad byte."""
    body = await read_body(request, LARGEST_BODY)
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, errors="replace")
    pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    return dict(pairs)
