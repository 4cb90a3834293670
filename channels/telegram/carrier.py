"""Messages out, and what the messenger's answer means for them.

A call without an answer leaves the outcome open, and no messenger can be asked by our id: such a message is `unknown`
for good. So that a messenger which takes calls and says nothing does not swallow one after the other, it must first
answer a harmless call after each such failure.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from channels.telegram.connection import Flood, NotSent, ServerFailed, Unanswered
from channels.telegram.link import BotClient
from channels.telegram.writing import Attachments, ChatWriter, PrintedPaper
from domain.messages.carriers import (
    IN_RIALS,
    CandidateOutcomes,
    CostUnit,
    DeliveryReceipt,
    OutcomeInquiry,
    SendResult,
    SendVerdict,
)
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import OutboxMessage
from domain.values.errors import DomainError, Unavailable

FIRST_REST_SECONDS = 2.0
"""Seconds that a messenger is left alone after the first call that did not reach it; the relay doubles them."""

_GONE_PHRASES = ("chat not found", "user not found", "peer_id_invalid", "no such group or user")
"""Phrases of a messenger for a chat that is there no more."""

_OUTAGE_STATUSES = frozenset({502, 503})
"""Answers of a messenger that is down as a whole; any other 5xx is about the one message."""


class BotCarrier:
    """Implements `Carrier` by a bot; `rate_per_second` is in messages a second."""

    outcome_inquiry: OutcomeInquiry = OutcomeInquiry.NOTHING
    cost_unit: CostUnit = IN_RIALS

    def __init__(self, bot_client: BotClient, attachments: Attachments, rate_per_second: float) -> None:
        self.name = bot_client.account.channel
        self.rate_per_second = rate_per_second
        self._bot_client = bot_client
        self._attachments = attachments
        self._writer = ChatWriter(bot_client, attachments)
        self._is_doubtful = False

    async def send(self, message: OutboxMessage) -> SendResult:
        reply_markup = ReplyMarkup.from_json(message.content)
        try:
            printed_paper = await self._print_wanted_paper(message, reply_markup)
        except Unavailable:
            return SendResult(SendVerdict.RETRY, reason="printer")
        except DomainError as error:
            return SendResult(SendVerdict.REFUSED, reason=error.code)
        return await self._send_after_check(message, reply_markup, printed_paper)

    async def _print_wanted_paper(self, message: OutboxMessage, reply_markup: ReplyMarkup) -> PrintedPaper | None:
        return await self._attachments.print_paper(reply_markup.paper, message) if reply_markup.paper else None

    async def _send_after_check(
        self, message: OutboxMessage, reply_markup: ReplyMarkup, printed_paper: PrintedPaper | None
    ) -> SendResult:
        if self._is_doubtful:
            try:
                await self._bot_client.bot.get_me()
            except TelegramError as error:
                return _build_down_result(error)
            self._is_doubtful = False
        try:
            sent_number = await self._writer.write(message, reply_markup, printed_paper)
        except TelegramError as error:
            self._is_doubtful = isinstance(error, Unanswered | NotSent)
            return judge_failure(error)
        return SendResult(SendVerdict.ACCEPTED, provider_id=f"{message.recipient}:{sent_number}", charge=Decimal(0))

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Know nothing: no messenger can be asked by our id."""
        return {}

    @property
    def memory_period(self) -> timedelta:
        """Not at all."""
        return timedelta(0)

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Have none: what a messenger took lies in the chat."""
        return []

    async def close(self) -> None:
        await self._bot_client.close()


def judge_failure(error: TelegramError) -> SendResult:
    """Return what a failed call means for its message."""
    match error:
        case Flood(seconds=seconds):
            return SendResult(
                SendVerdict.RETRY, reason="flood", wait_seconds=seconds, is_uncounted=True, recipient_only=True
            )
        case Unanswered(reason=reason):
            return SendResult(SendVerdict.UNKNOWN, reason=reason)
        case ServerFailed(status=status) if status not in _OUTAGE_STATUSES:
            return SendResult(SendVerdict.RETRY, reason=f"status_{status}")
        case NotSent() | ServerFailed() | InvalidToken():
            return _build_down_result(error)
        case Forbidden() | BadRequest():
            return _judge_refusal(error)
    return SendResult(SendVerdict.UNKNOWN, reason="unreadable")  # an answer that is none: it may have been sent


def _judge_refusal(error: TelegramError) -> SendResult:
    if isinstance(error, Forbidden):
        return SendResult(SendVerdict.BLOCKED, reason="blocked")
    if any(gone_phrase in error.message.lower() for gone_phrase in _GONE_PHRASES):
        return SendResult(SendVerdict.BLOCKED, reason="vanished")
    return SendResult(SendVerdict.REFUSED, reason="bad_request")


def _build_down_result(error: TelegramError) -> SendResult:
    """Return that nothing can be sent for now, and this message was not."""
    if isinstance(error, InvalidToken):
        return SendResult(SendVerdict.PROVIDER_DOWN, reason="token")
    reason = f"status_{error.status}" if isinstance(error, ServerFailed) else "unreachable"
    return SendResult(SendVerdict.PROVIDER_DOWN, reason=reason, wait_seconds=FIRST_REST_SECONDS)
