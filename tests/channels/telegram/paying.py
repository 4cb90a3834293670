"""A citizen who pays bills inside Bale: the bot, its gateway and the messenger, over one municipality."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pydantic import SecretStr

from domain.actions.payments.advance import advance_due_attempts
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import PaymentGateway
from payments.bale import BaleInvoiceSettings
from payments.gateway_settings import BotAddress
from tests.channels.telegram.running_bot import Bot, running_bot
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_invoices import WALLET_TOKEN, Invoice, Transaction
from tests.fakes.bot_messenger import TOKEN
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality

PAY_LABEL = "پرداخت در بله"
SITE = "https://gomishan.ir"
REACHED = "awaiting_payment"
"""The state of a request whose bill is to be paid."""
PATIENCE = 1.0
"""Seconds that the gateway waits for Bale."""
LOOK_SECONDS, MOST_LOOKS = 0.005, 4_000


def build_bale(messenger: FakeBotApi, **values: object) -> PaymentGateway:
    """The gateway of a bot at a messenger."""
    settings = BaleInvoiceSettings.model_validate(
        {"provider_token": SecretStr(WALLET_TOKEN), "timeout": PATIENCE, **values}
    )
    bots = {"bale": BotAddress(messenger.base_url, SecretStr(TOKEN))}
    return settings.with_bots(bots).build_gateway(SITE)


@dataclass(slots=True)
class BaleTown:
    """One citizen in Bale. Time is the municipality's."""

    town: Municipality
    messenger: FakeBotApi
    bot: Bot
    gateway: PaymentGateway
    reza: Person

    async def link(self) -> None:
        """Begin, and share the own contact."""
        self.reza.starts()
        await self.reza.hears("شماره همراهتان")
        self.reza.presses("فرستادن شماره من")
        await self.reza.hears("تأیید شد")

    async def ask_for_invoice(self, code: str) -> str:
        """Ask about a bill and press the button; the press."""
        self.reza.says(f"قبض {code}")
        answer = await self.reza.hears("شناسه")
        return self.reza.presses(PAY_LABEL, on=answer)

    async def get_invoice(self, code: str) -> None:
        """Ask for an invoice and wait until it is there and the attempt is stored as begun."""
        count = len(self.messenger.invoices.issued)
        await self.ask_for_invoice(code)
        await self.messenger.until(lambda: len(self.messenger.invoices.issued) > count, "an invoice")
        await self.wait_for_state(AttemptState.SENT)

    async def wait_for_state(self, state: AttemptState) -> PaymentAttempt:
        """Wait until the newest attempt is in a state."""
        for _ in range(MOST_LOOKS):
            attempt = await self.newest_attempt()
            if attempt is not None and attempt.state is state:
                return attempt
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"no attempt became {state}")

    async def newest_attempt(self) -> PaymentAttempt | None:
        """The attempt that was begun last."""
        rows = self.town.rows("SELECT id FROM payment_attempts ORDER BY order_number DESC LIMIT 1")
        if not rows:
            return None
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.payment_attempts.get(rows[0][0])

    async def confirm(self, invoice: Invoice | None = None, *, amount: int | None = None) -> Transaction:
        """Confirm an invoice, the newest one; wait for what the bot says to that, and until it has taken all."""
        transaction = self.reza.confirms(invoice, amount=amount)
        await self.messenger.until(lambda: transaction.answer is not None, "an answer to the query")
        await self.settle_down()
        return transaction

    async def settle_down(self) -> None:
        """Wait until every update is confirmed."""
        await self.messenger.until(lambda: not self.messenger.updates.pending, "the confirmation of all updates")

    async def ask_bank(self, **length: float) -> AttemptState:
        """Let time pass and the job work; the state of the newest attempt."""
        self.town.advance(**length)
        while await advance_due_attempts(self.town.desk, self.town.store, {"bale": self.gateway}):
            pass
        attempt = await self.newest_attempt()
        assert attempt
        return attempt.state

    async def bill_state(self, code: str) -> BillState:
        """The state of the newest bill of a request."""
        return (await self.town.bills(code))[-1].state

    def count_payments(self) -> int:
        """Number of payments."""
        return int(self.town.rows("SELECT count(*) FROM payments")[0][0])

    def list_callbacks(self) -> list[str]:
        """Results of the updates about money, in order."""
        return [event for (event,) in self.town.rows("SELECT event FROM payment_callbacks ORDER BY at, id")]


@asynccontextmanager
async def bale_town(town: Municipality, **gateway_values: object) -> AsyncIterator[BaleTown]:
    """A linked citizen at a bot that polls."""
    policy = replace(town.desk.policy, site_address=SITE, invoice_channels=frozenset({"bale"}))
    town.desk.engine = replace(town.desk.engine, policy=policy)
    async with FakeBotApi(bale=True) as messenger:
        gateway = build_bale(messenger, **gateway_values)
        async with running_bot(town, messenger, gateway=gateway) as bot, bot.polling():
            paying = BaleTown(town, messenger, bot, gateway, Person(messenger, "رضا"))
            await paying.link()
            yield paying
        await gateway.close()
