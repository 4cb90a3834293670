"""Commands as messengers offer them (`/track`), in whatever channel they are typed; words for a chat's own number."""

import re

from domain.values.text import fold_text

LISTED_COMMANDS = ("menu", "list", "track", "pay", "tariff")
"""Words of the grammar that a messenger lists as commands (`chat.commands`)."""

_SLASH_COMMAND = re.compile(r"/([A-Za-z]+)(?:@\w+)?(?=\s|$)\s*(.*)", re.DOTALL)


def read_slash_command(text: str) -> str:
    """Return a command without its slash and the bot's name, as one types it; empty for any other text."""
    matched = _SLASH_COMMAND.fullmatch(text.strip())
    return f"{matched[1].lower()} {matched[2]}".strip() if matched else ""


def read_bot_command(text: str) -> str:
    """Return a command that is written with its slash, or is one of those listed and nothing else; empty for others."""
    bare_word = text.strip().lower()
    return read_slash_command(text) or (bare_word if bare_word in LISTED_COMMANDS else "")


_ACCOUNT_PHRASES = frozenset(
    map(fold_text, ("شماره من", "تغییر شماره", "عوض کردن شماره", "خروج از حساب", "خروج از حساب کاربری", "logout"))
)
"""These words alone, since «خروج» leaves a form."""


def asks_account(text: str) -> bool:
    """Return whether a text asks for the number of the chat, or to leave it."""
    return fold_text(text) in _ACCOUNT_PHRASES
