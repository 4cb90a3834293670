"""Messengers' bots of a serving process: each an instance of its own, with its own connections, relay and jobs."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.sections import BotSettings
from app.settings import Settings
from channels.relay.relay import Relay, in_chats
from channels.telegram.arrangement import Pauses, Webhook, arranged
from channels.telegram.carrier import BotCarrier, Printed
from channels.telegram.link import Account, Link
from channels.telegram.polling import poll
from channels.telegram.reception import Reception
from channels.telegram.webhook import BotWebhook
from domain.actions.desk import Desk
from domain.actions.paper_file import paper_file
from domain.keyboards import Paper
from domain.outgoing import OutboxMessage
from domain.ports import Printer, Store

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(slots=True)
class BotParts:
    """One bot. `hook` says where its updates are posted to; None: they are asked for."""

    desk: Desk
    link: Link
    reception: Reception
    relay: Relay
    hook: Webhook | None
    webhook: BotWebhook | None
    pauses: Pauses = field(init=False)
    _arranged: bool = False

    def __post_init__(self) -> None:
        """Rest by the desk's chance."""
        self.pauses = Pauses(self.desk.ids.fraction)

    async def updates(self) -> None:
        """See to it that updates come: have them posted, or ask for them for ever. Run by one process at a time."""
        if self._arranged and self.hook:
            return
        await arranged(self.link, self.hook, self.desk.catalogue, self.pauses)
        self._arranged = True
        if self.hook is None:
            await poll(self.link, self.reception, self.pauses)

    async def give_up(self) -> None:
        """Turn to messages whose sender died, and to those that waited too long for this messenger."""
        await self.relay.reconcile()
        await self.relay.expire()

    async def close(self) -> None:
        """Close connections."""
        await self.reception.close()
        await self.link.close()


def build_bot(settings: Settings, messenger: str, desk: Desk, store: Store, printer: Printer) -> BotParts:
    """Return the bot of a messenger that is configured; nothing is opened and nobody asked yet."""
    wanted = settings.bots[messenger]
    link = Link(_account(messenger, wanted))
    reception = Reception(desk, store, link)

    async def printed(paper: Paper, message: OutboxMessage) -> Printed:
        return await paper_file(desk, store, printer, paper, message)

    carrier = BotCarrier(link, printed, wanted.rate)
    relay = Relay(desk, store, (carrier,), time.monotonic, in_chats(messenger))
    secret = wanted.webhook_secret.get_secret_value()
    if wanted.mode == "polling":
        return BotParts(desk, link, reception, relay, None, None)
    hook = Webhook(f"{settings.address}/{messenger}/{secret}", secret)
    return BotParts(desk, link, reception, relay, hook, BotWebhook(messenger, secret, reception))


def bot_faults(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing about a bot that must be mended before it can work."""
    for messenger, wanted in settings.bots.items():
        name = f"PISHKHAN_{messenger.upper()}"
        if not _TOKEN.fullmatch(wanted.token.get_secret_value()):
            yield f"{name}__TOKEN is no bot's token: those are a number, a colon and at least twenty signs"
        for field_name in ("base_url", "base_file_url"):
            if not re.match(r"https?://[^/]", getattr(wanted, field_name)):
                yield f"{name}__{field_name.upper()} is no HTTP address"
        if wanted.mode == "webhook":
            yield from _webhook_faults(settings, name, wanted)


def _webhook_faults(settings: Settings, name: str, wanted: BotSettings) -> Iterator[str]:
    if not settings.address.startswith("https://"):
        yield f"PISHKHAN_BASE_URL must begin with https:// for {name}__MODE=webhook: messengers post nowhere else"
    secret = wanted.webhook_secret.get_secret_value()
    if secret and not _SECRET.fullmatch(secret):
        yield f"{name}__WEBHOOK_SECRET may have letters, digits, _ and - alone: the messenger takes no other"


def _account(messenger: str, wanted: BotSettings) -> Account:
    return Account(
        messenger, wanted.token.get_secret_value(), wanted.base_url, wanted.base_file_url,
        proxy=wanted.proxy.get_secret_value(), timeout=wanted.timeout,
    )  # fmt: skip
