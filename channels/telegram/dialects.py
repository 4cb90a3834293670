"""Where the messengers differ. Source: facts-iran.md, "Messengers"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telegram.helpers import escape_markdown

from domain.chats.chat import BALE, TELEGRAM


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is special about one messenger."""

    format_text: Callable[[str], str]
    """How a text is sent so that it is shown as it is."""
    signs_webhooks: bool
    """It names the webhook's secret in a header too."""
    has_commands: bool
    """It shows a list of commands."""


def _leave_as_is(message_text: str) -> str:
    return message_text


DIALECTS: Mapping[str, Dialect] = {
    TELEGRAM: Dialect(_leave_as_is, signs_webhooks=True, has_commands=True),
    # Bale reads Markdown in every text, asked or not.
    BALE: Dialect(escape_markdown, signs_webhooks=False, has_commands=False),
}
"""By the channel's name."""
