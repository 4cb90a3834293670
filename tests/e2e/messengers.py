"""An office with two bots: a fake Telegram and a fake Bale beside the panel, and people in them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from tests.e2e.conftest import new_office
from tests.e2e.office import Office
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import TOKEN

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
    engine: str = "sqlite", mode: Mode = "polling", settings: Mapping[str, str] | None = None
) -> AsyncIterator[BotOffice]:
    """An office with both bots, not opened yet."""
    async with FakeBotApi() as telegram, FakeBotApi(bale=True, token=BALE_TOKEN) as bale:
        bots = bot_settings("TELEGRAM", telegram, mode) | bot_settings("BALE", bale, mode)
        async with new_office(engine, {**bots, **(settings or {})}) as office:
            opened = BotOffice(office, telegram, bale)
            opened.fronts(office.url)
            yield opened


def no_token_told(office: Office) -> None:
    """Its servers told no token, which stands in the address of every call."""
    said = office.said
    secrets = (TOKEN, BALE_TOKEN, TOKEN.partition(":")[2], BALE_TOKEN.partition(":")[2], *SECRETS.values())
    assert [secret for secret in secrets if secret in said] == []
