"""The webhook: `/telegram/{secret}` and `/bale/{secret}`, in the one web server.

A wrong secret, in the address or in the header where the messenger names one, is 404 and stores nothing. An update is
answered 200 only when all that it does is durable; anything else makes the messenger post it again.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from channels.telegram.dialects import DIALECTS
from channels.telegram.reception import Reception
from channels.web.bodies import read_body
from domain.values.errors import DomainError

LARGEST_BODY = 64 * 1024
"""Bytes of an update: files do not come in it, and the longest text is far below."""

HEADER = "X-Telegram-Bot-Api-Secret-Token"


class BotWebhook:
    """Mounts the webhook of one bot."""

    def __init__(self, channel: str, secret: str, reception: Reception) -> None:
        self._channel = channel
        self._secret = secret
        self._reception = reception

    def mount(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_post(f"/{self._channel}/{{secret}}", self._posted)

    async def _posted(self, request: web.Request) -> web.Response:
        named = [request.match_info["secret"]]
        if DIALECTS[self._channel].signs_webhooks:
            named.append(request.headers.get(HEADER, ""))
        if not all(hmac.compare_digest(one.encode(), self._secret.encode()) for one in named):
            raise web.HTTPNotFound
        incoming = self._reception.read(_update(await read_body(request, LARGEST_BODY)))
        try:
            if incoming is not None:
                await self._reception.take(incoming)
        except DomainError:
            raise web.HTTPServiceUnavailable from None
        return web.Response()


def _update(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest
    return found
