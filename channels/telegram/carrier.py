"""Carries messages into a messenger's chats: what the bot sends, and what each of the messenger's answers means.

The Bot API has no question by our own id: what may have been sent stays of unknown outcome, and is not sent again.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta

import httpx
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from channels.telegram.account import FILE_SECONDS, Account
from channels.telegram.pauses import seconds_of
from domain.errors import DomainError, Unavailable
from domain.keyboards import Paper, Shown
from domain.outgoing import OutboxMessage
from domain.ports import DeliveryReceipt, SendResult, Verdict

RATE = 25.0
"""Messages a second: a little less than the thirty that Telegram takes (core.telegram.org/bots/faq)."""

GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot can't initiate")
"""How the messengers say that there is nobody to write to; any capitals."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""What goes wrong before the first byte of a call leaves."""

UNREACHABLE = SendResult(Verdict.PROVIDER_DOWN, reason="unreachable", wait=2.0)
"""Nobody is reached at all, whoever is written to: the whole line rests, and no message spends a try."""

MEANINGS: Mapping[type[TelegramError], SendResult] = {
    Forbidden: SendResult(Verdict.BLOCKED, reason="blocked"),
    ChatMigrated: SendResult(Verdict.BLOCKED, reason="gone"),
    InvalidToken: SendResult(Verdict.PROVIDER_DOWN, reason="token"),
}

Printing = Callable[[Paper, str | None], Awaitable[tuple[str, bytes]]]
"""Prints a paper for the holder of a mobile: file name and PDF. Domain errors say that it cannot be had."""

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class ChatCarrier:
    """Implements `Carrier` over one bot. Opens no connection before the first message."""

    answers_by_local_id = False

    def __init__(self, account: Account, printing: Printing, rate: float = RATE) -> None:
        self.name = account.channel
        self.rate = rate
        self._account = account
        self._printing = printing

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one message, with its buttons or its paper."""
        shown = Shown.from_json(message.content)
        try:
            if shown.paper:
                name, content = await self._printing(shown.paper, message.mobile)
                sent = await self._send_paper(message, markup_of(shown), name, content)
            else:
                sent = await self._account.bot.send_message(
                    message.recipient, self._account.written(message.text), reply_markup=markup_of(shown)
                )
        except TelegramError as error:
            return result_of(error)
        except Unavailable:
            return SendResult(Verdict.RETRY, reason="printer")
        except DomainError as error:
            return SendResult(Verdict.REFUSED, reason=error.code)
        return SendResult(Verdict.ACCEPTED, provider_id=f"{message.recipient}:{sent.message_id}")

    async def _send_paper(self, message: OutboxMessage, markup: Markup | None, name: str, content: bytes) -> Message:
        return await self._account.bot.send_document(
            message.recipient,
            content,
            caption=self._account.written(message.text),
            filename=name,
            reply_markup=markup,
            read_timeout=FILE_SECONDS,
        )

    async def outcome_of(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Tell nothing: the Bot API cannot be asked."""
        return {}

    @property
    def remembers(self) -> timedelta:
        """No time at all."""
        return timedelta()

    async def receipts_for(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Tell nothing: the Bot API has no receipts."""
        return []

    async def close(self) -> None:
        """Close the bot's connections."""
        await self._account.close()


def markup_of(shown: Shown) -> Markup | None:
    """Return what stands under a message; a message has one sort of it at most."""
    if shown.rows:
        rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in shown.rows]
        return InlineKeyboardMarkup(rows)
    if shown.contact:
        key = KeyboardButton(shown.contact, request_contact=True)
        return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if shown.cleared else None


def result_of(error: TelegramError) -> SendResult:
    """Return what an error of the library means for the message that was to be sent."""
    if isinstance(error, RetryAfter):
        wait = seconds_of(error)
        return SendResult(Verdict.RETRY, reason="flood", wait=wait, waiting=True, recipient_only=True)
    if isinstance(error, BadRequest):
        return _refused(error.message)
    if isinstance(error, NetworkError):
        return _of_network(error)
    return MEANINGS.get(type(error), SendResult(Verdict.UNKNOWN, reason="unreadable"))


def _refused(words: str) -> SendResult:
    gone = any(one in words.casefold() for one in GONE)
    return SendResult(Verdict.BLOCKED, reason="gone") if gone else SendResult(Verdict.REFUSED, reason="refused")


def _of_network(error: NetworkError) -> SendResult:
    """Tell apart what was surely not sent from what may have been; a status (5xx …) is the messenger's own word."""
    cause = error.__cause__
    if isinstance(cause, NOT_SENT):
        return UNREACHABLE
    if isinstance(cause, httpx.TimeoutException):
        return SendResult(Verdict.UNKNOWN, reason="timeout")
    if isinstance(cause, httpx.HTTPError):
        return SendResult(Verdict.UNKNOWN, reason="cut")
    return SendResult(Verdict.RETRY, reason="busy", wait=2.0)
