"""`/demo/chat`: the bot itself, at work against the messenger of the demonstration, in this process."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from app.bots import build_bot
from app.configuration.settings import Settings
from channels.demo.bot_api import DemoBotApi
from channels.demo.chat import CHAT_PATH
from printing.printer import PaperPrinter
from tests.support.demo_site import LETTERHEAD, ORDER, SITE_ADDRESS, DemoSite, demo_site
from tests.support.patience import patient

Client = TestClient[web.Request, web.Application]
MOBILE = "09121234567"
PHOTO_HEAD = b"\xff\xd8\xff\xe0"
"""First bytes of a JPEG; nothing looks further here."""


@asynccontextmanager
async def chat_client(site: DemoSite) -> AsyncIterator[Client]:
    """A browser at the page, with the bot at work behind it."""
    printer = PaperPrinter(lambda: LETTERHEAD, SITE_ADDRESS)
    settings = Settings(demo=True)
    bot = build_bot(settings, "telegram", site.desk, site.store, printer, None, DemoBotApi(site.messenger))

    async def carry() -> None:
        while True:
            await bot.relay.send_due()
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(bot.receive_updates()), asyncio.create_task(carry())]
    try:
        async with TestClient(TestServer(site.app)) as client:
            yield client
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await bot.close()
        await printer.close()


async def read_until(client: Client, words: str) -> str:
    """The page once it has these words."""
    async with asyncio.timeout(patient(30)):
        while True:
            answer = await client.get(CHAT_PATH, params={"mobile": MOBILE})
            page = unescape(await answer.text())
            if words in page:
                return page
            await asyncio.sleep(0.05)


async def post(client: Client, **fields: str) -> None:
    answer = await client.post(CHAT_PATH, data={"mobile": MOBILE, **fields}, allow_redirects=False)
    assert answer.status == 303


async def test_a_newcomer_orders_by_buttons_without_a_token(database: Path) -> None:
    async with demo_site(database) as site, chat_client(site) as client:
        await post(client, text="/start")
        await read_until(client, 'value="contact"')
        await post(client, share="contact")
        await read_until(client, "شماره‌ام را فرستادم")
        await post(client, text=ORDER)
        page = await read_until(client, "کد رهگیری")
        assert "خیابان امام جنب پارک" in page
        await post(client, text="ماشین")
        page = await read_until(client, "کدام ماشین")
        presses = re.findall(r'name="press" value="([^"]+)">لودر<', page)
        await post(client, press=presses[-1])
        await read_until(client, "چند ساعت")


async def test_what_is_sent_is_shown_as_what_it_is(database: Path) -> None:
    async with demo_site(database) as site, chat_client(site) as client:
        for name, content in (("photo.jpg", PHOTO_HEAD), ("page.html", b"<script>alert(1)</script>")):
            form = FormData({"mobile": MOBILE})
            form.add_field("file", content, filename=name)
            answer = await client.post(CHAT_PATH, data=form, allow_redirects=False)
            assert answer.status == 303
        page = await read_until(client, "page.html")
        types = []
        for file_id in re.findall(r'href="(/demo/chat/files/[a-z0-9]+)"', page):
            answer = await client.get(file_id)
            types.append((answer.content_type, answer.headers.get("Content-Disposition")))
        assert types == [("image/jpeg", None), ("application/octet-stream", "attachment")]


@pytest.mark.parametrize("press", ["1 nothing", "x", "99999999999999 n:abc"])
async def test_a_button_that_is_not_there_is_not_pressed(database: Path, press: str) -> None:
    async with demo_site(database) as site, chat_client(site) as client:
        await post(client, press=press)
        answer = await client.get(CHAT_PATH, params={"mobile": MOBILE})
        assert 'id="empty"' in await answer.text()
