"""An office with two bots: a fake Telegram and a fake Bale beside the panel, and people in them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from domain.values.calendar import to_jalali
from domain.values.text import persian_digits
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import Furnisher, new_office
from tests.e2e.support.people import Desk
from tests.e2e.support.text_matching import Facts, read_facts
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import BotMessage
from tests.fakes.bot_people import Person

BALE_TOKEN = "918273645:AAE-0nlyF0rBale_0nlyF0rBale_0nlyF0rBale"
SECRETS = {"TELEGRAM": "tg-51c0ffee7a", "BALE": "bale-51c0ffee7a"}
Mode = Literal["polling", "webhook"]


@dataclass(frozen=True, slots=True)
class BotOffice:
    """An office and its messengers; a second server of it can be put in front too (`fronts`)."""

    office: Office
    telegram: FakeBotApi
    bale: FakeBotApi

    def fronts(self, *urls: str) -> None:
        """Have both webhooks posted to these servers in turn."""
        self.telegram.updates.front = self.bale.updates.front = urls


def bot_settings(name: str, messenger: FakeBotApi, mode: Mode) -> dict[str, str]:
    """The settings of a messenger's bot; `name` is TELEGRAM or BALE."""
    settings = {
        "TOKEN": messenger.token,
        "BASE_URL": messenger.base_url,
        "BASE_FILE_URL": messenger.base_file_url,
        "MODE": mode,
        "WEBHOOK_SECRET": SECRETS[name],
    }
    return {f"PISHKHAN_{name}__{key}": value for key, value in settings.items()}


@asynccontextmanager
async def bot_office(
    engine: str = "sqlite", mode: Mode = "polling", *furnishers: Furnisher, settings: Mapping[str, str] | None = None
) -> AsyncIterator[BotOffice]:
    """An office with both bots, furnished or not, not opened yet."""
    async with FakeBotApi() as telegram, FakeBotApi(bale=True, token=BALE_TOKEN) as bale:
        bots = bot_settings("TELEGRAM", telegram, mode) | bot_settings("BALE", bale, mode)
        async with new_office(engine, *furnishers, settings={**bots, **(settings or {})}) as office:
            opened = BotOffice(office, telegram, bale)
            opened.fronts(office.url)
            yield opened


class Visitor:
    """A person in a messenger, and what the staff of the office do meanwhile."""

    def __init__(self, bots: BotOffice, messenger: FakeBotApi, mobile: str) -> None:
        self.bots = bots
        self.person = Person(messenger, "رضا", f"98{mobile.removeprefix('0')}")
        self.mobile = mobile
        self.desk = Desk(bots.office)
        self.code = ""

    async def begins(self) -> BotMessage:
        """/start, and the own contact; the menu."""
        self.person.starts()
        await self.person.hears("شماره همراهتان")
        self.person.presses("فرستادن شماره من")
        await self.person.hears("تأیید شد")
        return await self.person.hears("یکی از گزینه‌ها")

    async def presses(self, label: str, *words: str, on: BotMessage | None = None) -> BotMessage:
        """Press a button, which is answered, and hear what has these words."""
        press = self.person.presses(label, on=on)
        heard = await self.person.hears(*words)
        await self.person.told(press)
        return heard

    async def says(self, text: str, *words: str) -> BotMessage:
        """Write, and hear what has these words."""
        self.person.says(text)
        return await self.person.hears(*words)

    async def hears(self, key: str, *words: str) -> tuple[Facts, BotMessage]:
        """Hear a text of the catalogue."""
        message = await self.person.hears(*words)
        return read_facts(message.text, key), message

    async def is_told(self, action: str, by: str, *words: str, **inputs: str) -> BotMessage:
        """Let the staff take a step, and hear of it."""
        await self.desk.does(action, self.code, by=by, **inputs)
        return await self.person.hears(*words)

    def day(self, ahead: int) -> str:
        """Text on the button of a day."""
        return persian_digits(to_jalali((self.bots.office.now + timedelta(days=ahead)).date())[2])

    async def shown(self) -> dict[str, Any]:
        """The request as the staff see it."""
        return await self.desk.shows(self.code)
