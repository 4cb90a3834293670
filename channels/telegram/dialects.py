"""Differences between the messengers. Source: facts-iran.md, "Messengers"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telegram.helpers import escape_markdown

from domain.chats.chat import BALE, TELEGRAM


@dataclass(frozen=True, slots=True)
class Dialect:
    """Dialect of one messenger."""

    format_text: Callable[[str], str]
    """Formatting that shows a text as it is."""
    signs_webhooks: bool
    """It names the webhook's secret in a header too."""
    describes_bots: bool
    """A bot tells it what it is for, and which commands it knows."""
    copies_texts: bool
    """A button can copy a text."""
    removes_buttons: bool
    """The buttons of a message can be taken away without its text being sent again (`editMessageReplyMarkup`)."""


def _leave_as_is(message_text: str) -> str:
    return message_text


DIALECTS: Mapping[str, Dialect] = {
    TELEGRAM: Dialect(_leave_as_is, signs_webhooks=True, describes_bots=True, copies_texts=True, removes_buttons=True),
    # Bale reads Markdown in every text, asked or not.
    BALE: Dialect(
        escape_markdown, signs_webhooks=False, describes_bots=False, copies_texts=False, removes_buttons=False
    ),
}
"""By the channel's name."""
