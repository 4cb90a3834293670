"""The webhook of a bot: `/telegram/{secret}`, `/bale/{secret}`; and how the messenger is told of it.

A wrong secret is 404 and stores nothing. An update is answered 200 only after all that it does is durable; what is
answered otherwise comes again.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from itertools import count

from aiohttp import web
from telegram.error import TelegramError

from channels.telegram.account import Account
from channels.telegram.pauses import pause_after
from channels.telegram.reading import read_update
from channels.telegram.receiving import Receiver
from channels.telegram.updates import KINDS
from domain.errors import DomainError

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY = 1024 * 1024
"""Bytes of an update: it names files, and holds none."""


class Webhook:
    """The route of one bot."""

    def __init__(self, account: Account, secret: str, receiver: Receiver) -> None:
        self._account = account
        self._secret = secret
        self._receiver = receiver

    def mount(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_post(f"/{self._account.channel}/{{secret}}", self.take)

    async def take(self, request: web.Request) -> web.Response:
        """Take one update."""
        named = [request.match_info["secret"]]
        if self._account.names_secret:
            named.append(request.headers.get(HEADER, ""))
        if not all([hmac.compare_digest(one.encode(), self._secret.encode()) for one in named]):
            raise web.HTTPNotFound
        try:
            told = json.loads(await _body(request))
            update = read_update(told if isinstance(told, dict) else {})
        except ValueError:
            raise web.HTTPBadRequest from None
        try:
            await self._receiver.take(update)
        except DomainError as error:
            log.error("update %s could not be taken: %s", update.update_id, error)
            raise web.HTTPServiceUnavailable from None
        return web.Response()

    async def register(self, base_url: str, fraction: Callable[[], float]) -> None:
        """Have updates posted here from now on; try until the messenger takes it, which may be after days.

        `fraction` is random in [0, 1).
        """
        secret = self._secret if self._account.names_secret else None
        address = f"{base_url}/{self._account.channel}/{self._secret}"
        for failures in count(1):
            try:
                await self._account.bot.set_webhook(address, secret_token=secret, allowed_updates=KINDS)
            except TelegramError as error:
                log.warning("%s takes no webhook: %s", self._account.channel, type(error).__name__)
                await asyncio.sleep(pause_after(failures, fraction()))
            else:
                return


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length or 0)
    return await request.read()
