"""Bale's invoices: a bill is paid inside the messenger, from a wallet, by the municipality's own bot.

Source: facts-iran.md, "Bank gateways", and Bale's documentation of payments in its Bot API, as others quote it: its own
pages could not be read when this was written. A call is JSON posted to `{base address of the bot}{token}/{method}`,
answered by `{"ok": true, "result": …}` or `{"ok": false, "error_code": …}`.

- `sendInvoice` puts an invoice into a chat: a title of 32 characters, a description of 255, a `payload` of 128 bytes
  that only we read (our order number), the `provider_token` of the bot's wallet, `prices` in rials.
- `pre_checkout_query`, an update of the bot: the payer confirmed. Without `answerPreCheckoutQuery` within ten seconds
  the payment is cancelled. Its `id` is the transaction's number.
- `successful_payment`, in a message: the payer paid. `telegram_payment_charge_id` is the transaction's number, too.
- `inquireTransaction` says of that number: `id`, `status` (pending, paid, failed, rejected), `userID`, `amount`,
  `createdAt`. It names no invoice.

So a payment is ours once it was allowed: its number is stored with the order before the yes is said, Bale is asked by
it, and whatever the bot hears later proves nothing. There is nothing to verify: what is paid is the municipality's. No
call gives money back: refunds go by IBAN.

Assumed, for it is published nowhere that could be read: that a transaction's amount is in rials, as an invoice's is,
and without what Bale may take of the payer for itself; that `failed` and `rejected` are final (where not,
`successful_payment` opens the attempt again); that what is answered too late takes no money either. Settings, for the
same reason: what a wallet pays at least and at most (LOWEST_AMOUNT, HIGHEST_AMOUNT), and whether the links of
`createInvoiceLink`, which is documented for mini apps, open outside of Bale (LINK_ORIGIN; without it bills are paid in
chats alone). No invoice ends by itself: after SESSION_MINUTES we refuse.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import Field, PrivateAttr, SecretStr, field_validator
from yarl import URL

from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RepeatedVerify, Settlement
from domain.gateways.checkout import REFUSAL_FIELD, UPDATE_KIND_FIELD, CheckoutRefusal, PaymentUpdateKind
from domain.gateways.gateway import (
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    GatewayCallback,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
)
from domain.values.errors import InvalidField
from payments.answer_values import (
    find_callback_name,
    find_callback_value,
    read_amount,
    read_code,
    read_object,
    require_callback_name,
    require_callback_number,
)
from payments.gateway_settings import NOT_SET, BankAddress, BotAddress, ServerSettings
from payments.rest_gateway import (
    NO_SALE_NUMBER,
    OTHER_ORDER,
    OUR_FAULT,
    CodeMeaning,
    RestGateway,
    answer_by_code,
    read_result_code,
    refuse_start,
)

NAME = "bale"
CURRENCY = "IRR"
LONGEST_TITLE, LONGEST_DESCRIPTION = 32, 255
"""Characters that an invoice takes."""

NO_CHAT = "no_chat"
"""Stored instead of a code where there is neither a chat to pay in nor a link that opens outside of Bale."""

ABOVE_LIMIT = "above_limit"
"""The same where a wallet pays less than the bills."""

TEST_TOKEN_PREFIX = "WALLET-TEST"  # noqa: S105 - what everybody knows of a token that takes no money
_CARD_DIGITS = 16
_SUCCESS = "ok"
_PAID, _PENDING = "paid", "pending"

MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType({"401": OUR_FAULT})
"""Meanings of the codes of refused calls. 401: the bot's token. Others, «no such transaction» too, prove nothing: a
transaction may be known a moment after its query."""

START_MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType({**MEANINGS, "400": OUR_FAULT, "404": OUR_FAULT})
"""The same of an invoice: a request that is not taken, be it for the wallet's token, is ours to mend."""

STATES: Mapping[str, SaleState] = MappingProxyType(
    {_PAID: SaleState.VERIFIED, "failed": SaleState.UNPAID, "rejected": SaleState.UNPAID}
)
"""Sale states by a transaction's status; `pending` says nothing so far."""

REASONS: Mapping[CheckoutRefusal, DeclineReason] = MappingProxyType(
    {CheckoutRefusal.OVER: DeclineReason.SESSION, CheckoutRefusal.AMOUNT: DeclineReason.AMOUNT}
)
"""Reasons for a payment that we refused, as its payer reads them on a page; the others say no more than that."""


class BaleInvoiceSettings(ServerSettings):
    """The section of Bale's invoices. Where the Bot API answers, and the bot's token, are the bot's own settings."""

    needs_bot: ClassVar[str | None] = NAME

    provider_token: SecretStr = Field(
        NOT_SET, description="Payment token of the bot's wallet, WALLET-…, as Bale's BotFather gave it."
    )
    session_minutes: int = Field(
        30, ge=1, le=1440, description="Minutes in which an invoice can be paid; later the bot refuses the payment."
    )
    lowest_amount: int = Field(10_000, ge=1, description="Rials that an invoice is over at least (assumed).")
    highest_amount: int | None = Field(
        None, ge=1, description="Rials that a wallet pays at most; unset: no limit is known, Bale says so itself."
    )
    link_origin: BankAddress | None = Field(
        None,
        description="Where links to Bale's invoices lead, https://…, to offer them on the pages of bills too; "
        "unset: bills are paid in the chat alone, for whether such links open outside of Bale is not published.",
    )
    _bot: BotAddress | None = PrivateAttr(None)

    @field_validator("provider_token")
    @classmethod
    def _refuse_other_tokens(cls, provider_token: SecretStr) -> SecretStr:
        """Refuse what takes no money, and a card, of whose payments nobody says what they bring back."""
        token = provider_token.get_secret_value()
        if token.upper().startswith(TEST_TOKEN_PREFIX):
            raise ValueError("this token is for trying: bills would be paid, and no money would come")
        if token.isdigit() and len(token) == _CARD_DIGITS:
            raise ValueError("this is a card's number: payments are taken by the wallet of the bot")
        return provider_token

    def with_bots(self, bots: Mapping[str, BotAddress]) -> Self:
        """Return these settings with the bot that invoices are sent by."""
        copied = self.model_copy()
        copied._bot = bots[NAME]
        return copied

    def build_gateway(self, public_address: str) -> "BaleGateway":
        """Return the gateway."""
        if self._bot is None:
            raise ValueError("Bale's invoices are sent by a bot, and there is none")
        return BaleGateway(self, self._bot)


class BaleGateway(RestGateway):
    """Implements `PaymentGateway` by `bot`; updates of the bot come as callbacks (`domain/gateways/checkout.py`)."""

    def __init__(self, settings: BaleInvoiceSettings, bot: BotAddress) -> None:
        capabilities = GatewayCapabilities(
            session_lasts=timedelta(minutes=settings.session_minutes),
            verify_within=None,
            inquiry=InquiryKey.SALE_NUMBER,
            repeated_verify=RepeatedVerify.SUCCEEDS,
            settlement=Settlement.WITH_VERIFY,
            callback_methods=frozenset(),
            callback_carries_token=False,
            asks_before_payment=True,
            opens_in_browser=settings.link_origin is not None,
            lowest_amount=settings.lowest_amount,
        )
        super().__init__(NAME, settings, f"{bot.base_url}{bot.bot_token.get_secret_value()}", capabilities)
        self.form_origins = (settings.link_origin,) if settings.link_origin else ()
        self._settings = settings

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Send an invoice into the payer's chat, or make a link to one; our order number names it."""
        highest_amount = self._settings.highest_amount
        if highest_amount is not None and order.amount > highest_amount:
            return StartRefusal(ABOVE_LIMIT, DeclineReason.LIMIT)
        if order.payer_chat is not None:
            return await self._send_invoice(order, order.payer_chat)
        return await self._create_link(order) if self.form_origins else StartRefusal(NO_CHAT, DeclineReason.BANK)

    async def _send_invoice(self, order: PaymentOrder, payer_chat: str) -> PaymentPage | StartRefusal:
        code, sent_message = await self._call("sendInvoice", chat_id=int(payer_chat), **self._describe_invoice(order))
        if code != _SUCCESS or not read_object(sent_message):
            return refuse_start(UNREADABLE if code == _SUCCESS else code, START_MEANINGS)
        return PaymentPage(str(order.order_number), "", {})

    async def _create_link(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        code, link = await self._call("createInvoiceLink", **self._describe_invoice(order))
        if code != _SUCCESS:
            return refuse_start(code, START_MEANINGS)
        if not isinstance(link, str) or not self._leads_to_bale(link):
            return refuse_start(UNREADABLE, START_MEANINGS)
        return PaymentPage(str(order.order_number), link, {})

    def _leads_to_bale(self, link: str) -> bool:
        try:
            return str(URL(link).origin()) in self.form_origins
        except ValueError:
            return False

    def _describe_invoice(self, order: PaymentOrder) -> dict[str, object]:
        title = order.description
        short_title = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
        return {
            "title": short_title,
            "description": title[:LONGEST_DESCRIPTION],
            "payload": str(order.order_number),
            "provider_token": self._settings.provider_token.get_secret_value(),
            "currency": CURRENCY,
            "prices": [{"label": short_title, "amount": order.amount}],
        }

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read an update of the bot. One that we allowed claims to be paid: its number is there, and Bale is asked."""
        kind = require_callback_name(values, UPDATE_KIND_FIELD)
        order_number = require_callback_number(values, "invoice_payload")
        refusal = find_callback_value(values, REFUSAL_FIELD)
        if refusal:
            return _read_refused(order_number, refusal)
        is_rials = find_callback_value(values, "currency") == CURRENCY
        return GatewayCallback(
            order_number=order_number,
            sale_number=_read_transaction_number(kind, values),
            is_paid=True,
            code=kind,
            amount=read_amount(find_callback_value(values, "total_amount")) if is_rials else None,
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Ask for the transaction: there is nothing to verify."""
        return await self.inquire(sale)

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Ask for the transaction; its status is the answer's code."""
        if sale.sale_number is None:
            return GatewayAnswer(sale_state=None, code=NO_SALE_NUMBER)
        code, result = await self._call("inquireTransaction", transaction_id=sale.sale_number)
        return _read_transaction(sale, read_object(result)) if code == _SUCCESS else answer_by_code(code, MEANINGS)

    async def _call(self, method: str, **parameters: object) -> tuple[str, object]:
        """Return `_SUCCESS` and the result, or the code of a refusal, or of the answer's absence."""
        response = await self._post(f"/{method}", parameters)
        if response.document.get("ok") is True:
            return _SUCCESS, response.document.get("result")
        return read_result_code(response, response.document.get("error_code")), None


def _read_refused(order_number: int, refusal: str) -> GatewayCallback:
    if refusal not in set(CheckoutRefusal):
        raise InvalidField(REFUSAL_FIELD)
    reason = REASONS.get(CheckoutRefusal(refusal), DeclineReason.NOT_STATED)
    return GatewayCallback(order_number=order_number, is_paid=False, code=refusal, reason=reason)


def _read_transaction_number(kind: str, values: Mapping[str, str]) -> str | None:
    """Return the transaction's number; a payment that was made may come without one, a query may not."""
    if kind == PaymentUpdateKind.SUCCESSFUL_PAYMENT:
        return find_callback_name(values, "telegram_payment_charge_id")
    if kind == PaymentUpdateKind.PRE_CHECKOUT_QUERY:
        return require_callback_name(values, "id")
    raise InvalidField(UPDATE_KIND_FIELD)


def _read_transaction(sale: Sale, transaction: Mapping[str, Any]) -> GatewayAnswer:
    """Return what a transaction says; without its amount it could be over anything, and is no answer."""
    status, amount = read_code(transaction.get("status")).lower(), read_amount(transaction.get("amount"))
    state = STATES.get(status)
    if transaction.get("id", sale.sale_number) != sale.sale_number:
        return GatewayAnswer(sale_state=None, code=OTHER_ORDER)
    if state is SaleState.VERIFIED and amount is None:
        return GatewayAnswer(sale_state=None, code=UNREADABLE)
    reason = DeclineReason.NOT_STATED if state is SaleState.UNPAID else None
    return GatewayAnswer(sale_state=state, code=status, amount=amount, reason=reason)
