"""A messenger that takes what a bot sends as fast as it can, or is away, or takes it and says nothing.

No file of it can be had: whoever asks for one waits.

Its Bot API is that of Telegram, without the bookkeeping and the limits of the tests' fake.
"""

import asyncio
import json
from collections import Counter
from typing import Self

from aiohttp import web

TOKEN = "7412589630:AAF-0nlyF0rBench_0nlyF0rBench_0nlyF0r"  # noqa: S105 - of a bot that lives for one bench
SECRET = "wh-51c0ffee7a"  # noqa: S105
WEBHOOK_PATH = f"/telegram/{SECRET}"
BOT = {"id": 7412589630, "is_bot": True, "first_name": "پیشخوان", "username": "pishkhan_bot"}


class Messenger:
    """The messenger. `taken` counts the messages of each chat; `tries` all calls, however they ended."""

    def __init__(self) -> None:
        self.taken: Counter[int] = Counter()
        self.tries = 0
        self._answering = asyncio.Event()
        self._answering.set()
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a bot that it is a messenger of, by webhook."""
        here = f"http://127.0.0.1:{self._port}"
        named = {
            "TOKEN": TOKEN,
            "BASE_URL": f"{here}/bot",
            "BASE_FILE_URL": f"{here}/file/bot",
            "MODE": "webhook",
            "WEBHOOK_SECRET": SECRET,
        }
        return {f"PISHKHAN_TELEGRAM__{name}": value for name, value in named.items()}

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_away()

    async def come_back(self) -> None:
        """Listen and answer, always on the same port."""
        self._answering.set()
        if self._runner is None:
            app = web.Application()
            app.router.add_post("/bot{token}/{method}", self._serve)
            self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
            self._port = self._runner.addresses[0][1]

    async def go_away(self) -> None:
        """Refuse connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def hang(self) -> None:
        """Take calls and never answer, as behind a filter that swallows packets."""
        self._answering.clear()

    async def _serve(self, request: web.Request) -> web.Response:
        form, self.tries = await request.post(), self.tries + 1
        await self._answering.wait()
        if request.match_info["method"] == "getFile":
            await asyncio.Event().wait()
        method, chat = request.match_info["method"], int(str(form.get("chat_id", 0)))
        if method != "sendMessage":
            return _result(BOT if method == "getMe" else True)
        self.taken[chat] += 1
        where = {"id": chat, "type": "private", "first_name": "رضا"}
        return _result({"message_id": self.taken.total(), "date": 0, "chat": where, "from": BOT, "text": "…"})


def _result(result: object) -> web.Response:
    return web.json_response(text=json.dumps({"ok": True, "result": result}))
