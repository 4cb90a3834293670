"""Messages out: a text with its buttons or a paper as PDF, and what the messenger's answer means for it.

A call without an answer leaves the outcome open, and no messenger can be asked by our id: such a message is `unknown`
for good. So that a messenger which takes calls and says nothing does not swallow one after the other, it must first
answer a harmless call after each such failure.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from channels.telegram.connection import Flood, NotSent, ServerFailed, Unanswered
from channels.telegram.link import BotClient
from domain.messages.keyboards import Paper, ReplyMarkup
from domain.messages.ports import DeliveryReceipt, SendResult, Verdict
from domain.messages.records import OutboxMessage
from domain.values.errors import DomainError, Unavailable

FIRST_REST = 2.0
"""Seconds that a messenger is left alone after the first call that did not reach it; the relay doubles them."""

_GONE = ("chat not found", "user not found", "peer_id_invalid", "no such group or user")
"""What a messenger says of a chat that is there no more."""

_BUSY = frozenset({502, 503})
"""Answers of a messenger that is down as a whole; any other 5xx is about the one message."""

Printed = tuple[str, bytes]
Print = Callable[[Paper, OutboxMessage], Awaitable[Printed]]
"""Prints a paper for whoever the message is for: the file's name and its bytes; domain errors say why not."""

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class BotCarrier:
    """Implements `Carrier` by a bot; `rate` is in messages a second."""

    answers_by_local_id: bool = False

    def __init__(self, link: BotClient, printed: Print, rate: float) -> None:
        self.name = link.account.channel
        self.rate = rate
        self._link = link
        self._print = printed
        self._doubtful = False

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one message; what network and messenger do are verdicts."""
        shown = ReplyMarkup.from_json(message.content)
        try:
            file = await self._print(shown.paper, message) if shown.paper else None
        except Unavailable:
            return SendResult(Verdict.RETRY, reason="printer")
        except DomainError as error:
            return SendResult(Verdict.REFUSED, reason=error.code)
        return await self._sent(message, shown, file)

    async def _sent(self, message: OutboxMessage, shown: ReplyMarkup, file: Printed | None) -> SendResult:
        if self._doubtful:
            try:
                await self._link.bot.get_me()
            except TelegramError as error:
                return _away(error)
            self._doubtful = False
        try:
            sent = await self._call(message, shown, file)
        except TelegramError as error:
            self._doubtful = isinstance(error, Unanswered | NotSent)
            return verdict(error)
        return SendResult(Verdict.ACCEPTED, provider_id=f"{message.recipient}:{sent.message_id}", cost=0)

    async def _call(self, message: OutboxMessage, shown: ReplyMarkup, file: Printed | None) -> Message:
        bot, text, chat = self._link.bot, self._link.dialect.written(message.text), int(message.recipient)
        if file is None:
            return await bot.send_message(chat, text, reply_markup=_markup(shown))
        name, content = file
        return await bot.send_document(chat, content, caption=text, filename=name, reply_markup=_markup(shown))

    async def outcome_of(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Know nothing: no messenger can be asked by our id."""
        return {}

    @property
    def remembers(self) -> timedelta:
        """Not at all."""
        return timedelta(0)

    async def receipts_for(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Have none: what a messenger took lies in the chat."""
        return []

    async def close(self) -> None:
        """Close connections."""
        await self._link.close()


def verdict(error: TelegramError) -> SendResult:
    """Return what a failed call means for its message."""
    match error:
        case Flood(seconds=seconds):
            return SendResult(Verdict.RETRY, reason="flood", wait=seconds, waiting=True, recipient_only=True)
        case Unanswered(reason=reason):
            return SendResult(Verdict.UNKNOWN, reason=reason)
        case ServerFailed(status=status) if status not in _BUSY:
            return SendResult(Verdict.RETRY, reason=f"status_{status}")
        case NotSent() | ServerFailed() | InvalidToken():
            return _away(error)
        case Forbidden() | BadRequest():
            return _refused(error)
    return SendResult(Verdict.UNKNOWN, reason="unreadable")  # an answer that is none: it may have been sent


def _refused(error: TelegramError) -> SendResult:
    if isinstance(error, Forbidden):
        return SendResult(Verdict.BLOCKED, reason="blocked")
    if any(gone in error.message.lower() for gone in _GONE):
        return SendResult(Verdict.BLOCKED, reason="vanished")
    return SendResult(Verdict.REFUSED, reason="bad_request")


def _away(error: TelegramError) -> SendResult:
    """Return that nothing can be sent for now, and this message was not."""
    if isinstance(error, InvalidToken):
        return SendResult(Verdict.PROVIDER_DOWN, reason="token")
    reason = f"status_{error.status}" if isinstance(error, ServerFailed) else "unreachable"
    return SendResult(Verdict.PROVIDER_DOWN, reason=reason, wait=FIRST_REST)


def _markup(shown: ReplyMarkup) -> Markup | None:
    if shown.rows:
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in shown.rows]
        )
    if shown.contact:
        key = KeyboardButton(shown.contact, request_contact=True)
        return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if shown.cleared else None
