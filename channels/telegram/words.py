r"""Texts as each messenger wants them written.

Telegram gets plain text (no `parse_mode`), which it shows as it is. Bale reads Markdown always: `*`, `_`, `` ` `` and
`[` would be swallowed, and are written with a backslash before them (facts-iran.md, "Messengers").
"""

import re

_MARKS = re.compile(r"[_*`\[]")


def telegram_text(text: str) -> str:
    """Return the text as it is."""
    return text


def bale_text(text: str) -> str:
    """Return the text with the marks of Markdown escaped."""
    return _MARKS.sub(r"\\\g<0>", text)
