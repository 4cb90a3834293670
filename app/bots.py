"""Messengers' bots of a serving process: each an instance of its own, with its own connections, relay and jobs."""

import time
from dataclasses import dataclass, field

from app.configuration.sections import BotSettings
from app.configuration.settings import Settings
from channels.relay.relay import Relay, in_chats
from channels.telegram.arrangement import Pauses, Webhook, arranged
from channels.telegram.carrier import BotCarrier, Printed
from channels.telegram.link import Account, BotClient
from channels.telegram.polling import poll
from channels.telegram.reception import Reception
from channels.telegram.webhook import BotWebhook
from domain.actions.desk import Desk
from domain.actions.papers.paper_file import paper_file
from domain.messages.keyboards import Paper
from domain.messages.records import OutboxMessage
from domain.papers.ports import Printer
from domain.unit_of_work import Store


@dataclass(slots=True)
class BotParts:
    """One bot. `hook` says where its updates are posted to; None: they are asked for."""

    desk: Desk
    link: BotClient
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
    link = BotClient(_account(messenger, wanted))
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


def _account(messenger: str, wanted: BotSettings) -> Account:
    return Account(
        messenger, wanted.token.get_secret_value(), wanted.base_url, wanted.base_file_url,
        proxy=wanted.proxy.get_secret_value(), timeout=wanted.timeout,
    )  # fmt: skip
