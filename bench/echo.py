"""Peer that Pishkhan's bots are compared with: a bare python-telegram-bot that sends each text back and keeps nothing.

    python -m bench.echo PORT BASE_URL TOKEN PATH

`Application` without an updater, its webhook in an aiohttp server, as the library's documentation shows it. A text is
acknowledged when its echo has been sent, so that both peers acknowledge work that is done.
"""

import sys
from collections.abc import AsyncIterator

from aiohttp import web
from telegram import Bot, Update
from telegram.ext import Application, ContextTypes, ExtBot, MessageHandler, filters
from telegram.request import HTTPXRequest

CONNECTIONS = 64
"""More than the load has, so that no echo waits for a connection."""


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Send a text back."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def served(base_url: str, token: str, path: str) -> web.Application:
    """Return the server with the bot behind its webhook."""
    bot: Bot = ExtBot(token, base_url=base_url, request=HTTPXRequest(connection_pool_size=CONNECTIONS))
    application = Application.builder().bot(bot).updater(None).concurrent_updates(True).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def take(request: web.Request) -> web.Response:
        await application.process_update(Update.de_json(await request.json(), bot))
        return web.Response()

    async def running(_app: web.Application) -> AsyncIterator[None]:
        async with application:
            await application.start()
            yield
            await application.stop()

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post(path, take)
    app.router.add_get("/readyz", ready)
    app.cleanup_ctx.append(running)
    return app


if __name__ == "__main__":
    port, base_url, token, path = sys.argv[1:]
    web.run_app(served(base_url, token, path), host="127.0.0.1", port=int(port), print=None, access_log=None)
