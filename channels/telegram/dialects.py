"""Where the messengers differ. Source: facts-iran.md, "Messengers"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telegram.helpers import escape_markdown

from domain.chats.chat import BALE, TELEGRAM


@dataclass(frozen=True, slots=True)
class Dialect:
    """One messenger. `format_text` is how a text is sent so that it is shown as it is; `signs_webhooks`: it names the
    secret in a header too; `has_commands`: it shows a list of commands.
    """

    format_text: Callable[[str], str]
    signs_webhooks: bool
    has_commands: bool


def _leave_as_is(message_text: str) -> str:
    return message_text


DIALECTS: Mapping[str, Dialect] = {
    TELEGRAM: Dialect(_leave_as_is, signs_webhooks=True, has_commands=True),
    # Bale reads Markdown in every text, asked or not.
    BALE: Dialect(escape_markdown, signs_webhooks=False, has_commands=False),
}
"""By the channel's name."""
