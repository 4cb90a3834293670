"""Commands as messengers offer them (`/track`): commands whatever is asked, and in whatever channel they are typed."""

import re

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
