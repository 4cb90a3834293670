"""The demonstration's bot in a serving process: built for the first who writes to it, and then at work by its jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app.configuration.settings import Settings
from app.http.server import build_application
from app.jobs.scheduler import Scheduler
from app.parts import ServerParts, open_parts
from channels.demo.chat import CHAT_PATH
from tests.support.municipality import Municipality
from tests.support.patience import patient

MOBILE = "09121234567"
Client = TestClient[web.Request, web.Application]


async def test_the_bot_is_built_for_the_first_who_writes(town: Municipality, database: Path) -> None:
    settings = Settings(demo=True, database_url=f"sqlite:///{database}")
    async with open_parts(settings) as parts, TestClient(TestServer(build_application(parts))) as client:
        scheduler = Scheduler(parts)
        scheduler.start()
        try:
            await _wait_until(lambda: _is_relay_on_time(parts))
            assert list(parts.bots.list_built()) == []
            await client.post(CHAT_PATH, data={"mobile": MOBILE, "text": "/start"})
            await _wait_until(lambda: _has_answered(client))
            assert len(parts.bots.list_built()) == 1
        finally:
            await scheduler.stop(patient(5))


async def _wait_until(is_reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(patient(60)):
        while True:
            if await is_reached():
                return
            await asyncio.sleep(0.05)


async def _is_relay_on_time(parts: ServerParts) -> bool:
    """Return whether the bot's relay is on time although no run was begun."""
    [relay] = [state for state in parts.job_runs.list_states() if state.name == "telegram_relay"]
    return relay.seconds_ago is not None and not relay.is_late


async def _has_answered(client: Client) -> bool:
    """Return whether the bot asks for the mobile."""
    return 'value="contact"' in await (await client.get(CHAT_PATH, params={"mobile": MOBILE})).text()
