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

HEADER_NAME = "X-Telegram-Bot-Api-Secret-Token"


class BotWebhook:
    """Mounts the webhook of one bot."""

    def __init__(self, channel: str, webhook_secret: str, reception: Reception) -> None:
        self._channel = channel
        self._webhook_secret = webhook_secret
        self._reception = reception

    def mount(self, app: web.Application) -> None:
        app.router.add_post(f"/{self._channel}/{{secret}}", self._handle_post)

    async def _handle_post(self, request: web.Request) -> web.Response:
        named_secrets = [request.match_info["secret"]]
        if DIALECTS[self._channel].signs_webhooks:
            named_secrets.append(request.headers.get(HEADER_NAME, ""))
        if not all(
            hmac.compare_digest(named_secret.encode(), self._webhook_secret.encode()) for named_secret in named_secrets
        ):
            raise web.HTTPNotFound
        incoming_update = self._reception.read_update(_parse_update_body(await read_body(request, LARGEST_BODY)))
        try:
            if incoming_update is not None:
                await self._reception.take_update(incoming_update)
        except DomainError:
            raise web.HTTPServiceUnavailable from None
        return web.Response()


def _parse_update_body(request_body: bytes) -> Mapping[str, Any]:
    try:
        update_values = json.loads(request_body)
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(update_values, dict):
        raise web.HTTPBadRequest
    return update_values
