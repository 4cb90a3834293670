"""Payments in a messenger's chats: invoices out, and what the messenger asks and says of them.

These updates pass by the inbox, whose limits would drop them: what they bring is stored as a callback, before anything
is answered. One that cannot be stored is not confirmed, so the messenger delivers it again.
"""

import asyncio
import logging

from telegram.error import BadRequest, NetworkError, TelegramError

from channels.telegram.link import BotClient
from channels.telegram.payment_updates import PaymentUpdate
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import Address
from domain.actions.payments.callbacks import receive_callback
from domain.actions.payments.chat_invoices import send_chat_invoice
from domain.actions.payments.checkouts import decide_checkout
from domain.gateways.checkout import BOT_UPDATE, CheckoutRefusal, PaymentUpdateKind
from domain.gateways.gateway import PaymentGateway
from domain.unit_of_work import Store
from domain.values.errors import Unavailable

log = logging.getLogger(__name__)

ANSWER_SECONDS = 8.0
"""Time for which an answer is tried: after ten seconds the messenger has given the payment up."""

TRY_SECONDS, ANSWER_PAUSE_SECONDS = 2.5, 0.5
"""Time for one try, and until the next."""


class BotPayments:
    """Payments of one bot. `gateway` is the one inside its messenger; None: it is not in use."""

    def __init__(
        self, dependencies: Dependencies, store: Store, bot_client: BotClient, gateway: PaymentGateway | None
    ) -> None:
        self._dependencies = dependencies
        self._store = store
        self._bot_client = bot_client
        self._gateway = gateway

    async def take_update(self, update: PaymentUpdate) -> None:
        """Store what the messenger says of money, and answer where it asks. Domain errors say why it is not stored."""
        if update.kind is PaymentUpdateKind.PRE_CHECKOUT_QUERY:
            await self._answer_query(update.query_id, await self._decide_checkout(update))
        elif self._gateway is None:
            log.error("%s: payment %s came, and its gateway is not in use", self._channel_name, update.payment_id)
        else:
            attempt = await receive_callback(
                self._dependencies, self._store, self._gateway, BOT_UPDATE, update.values, self._name_source(update)
            )
            if attempt is None:
                log.error("%s: payment %s names no attempt of ours", self._channel_name, update.payment_id)

    async def send_invoice(self, address: Address, link_token: str) -> None:
        """Have an invoice sent into a chat, or tell there why not. Nothing is owed for one that does not come."""
        if self._gateway is None:
            return
        try:
            await send_chat_invoice(self._dependencies, self._store, self._gateway, address, link_token)
        except Unavailable as error:
            log.warning("%s: an invoice was not sent: %s", self._channel_name, error.code)

    async def _decide_checkout(self, update: PaymentUpdate) -> CheckoutRefusal | None:
        if self._gateway is None:
            return CheckoutRefusal.OVER
        return await decide_checkout(
            self._dependencies, self._store, self._gateway, update.values, self._name_source(update)
        )

    async def _answer_query(self, query_id: str, refusal: CheckoutRefusal | None) -> None:
        """Answer while it is worth anything. What the messenger never hears takes no money, and the bank says so."""
        refusal_text = self._dependencies.catalogue.text(f"payments.checkout.{refusal}") if refusal else None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._try_answering(query_id, refusal_text)
        except (TelegramError, TimeoutError) as error:
            log.warning("%s: a query was not answered: %s", self._channel_name, type(error).__name__)

    async def _try_answering(self, query_id: str, refusal_text: str | None) -> None:
        while True:
            try:
                await self._bot_client.bot.answer_pre_checkout_query(
                    query_id,
                    ok=refusal_text is None,
                    error_message=refusal_text,
                    read_timeout=TRY_SECONDS,
                    connect_timeout=TRY_SECONDS,
                    pool_timeout=TRY_SECONDS,
                )
            except BadRequest:
                raise  # too late, or answered before
            except NetworkError:
                await asyncio.sleep(ANSWER_PAUSE_SECONDS)
            else:
                return

    def _name_source(self, update: PaymentUpdate) -> str:
        return f"{self._channel_name}:{update.sender_id}"

    @property
    def _channel_name(self) -> str:
        return self._bot_client.account.channel
