"""Treatment of a bot's texts and keyboards by the messengers: their limits, and Bale's Markdown that is always on."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200
DATA_BYTES = 64
COPIED_LIMIT = 256
BUTTONS = 100
BUTTONS_A_ROW = 8

Rows = Sequence[Sequence[Mapping[str, Any]]]

MARKS = re.compile(
    r"""
      \\(?P<escaped>[_*`\[])
    | ```(?P<block>.+?)```
    | `(?P<code>[^`]+)`
    | \[(?P<label>[^\]]+)\]\([^)\s]+\)
    | (?P<mark>[*_])(?P<inner>(?:\\.|.)+?)(?P=mark)
    """,
    re.VERBOSE | re.DOTALL,
)


class Refused(Exception):
    """A call that the messenger does not carry out: HTTP status, words, and how many seconds to wait (429 only)."""

    def __init__(self, status: int, description: str, retry_after: int = 0) -> None:
        super().__init__(status, description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


def length(text: str) -> int:
    """Length of a text for a limit: UTF-16 units, the stricter reading of «characters»."""
    return len(text.encode("utf-16-le")) // 2


def shown_by_bale(text: str) -> str:
    r"""Text as a person sees it in Bale: pairs of marks are swallowed; a sign after `\` is just the sign."""
    return MARKS.sub(_unmarked, text)


def _unmarked(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts["inner"] is not None:
        return shown_by_bale(parts["inner"])
    return next(part for name, part in parts.items() if part is not None and name != "mark")


def check_text(text: str) -> str:
    """The text as it is kept, without the space around it; it must not be empty nor too long."""
    kept = text.strip()
    if not kept:
        raise Refused(400, "Bad Request: message text is empty")
    if length(kept) > TEXT_LIMIT:
        raise Refused(400, "Bad Request: message is too long")
    return kept


def check_caption(text: str) -> str:
    """The caption as it is kept; it must not be too long."""
    if length(text.strip()) > CAPTION_LIMIT:
        raise Refused(400, "Bad Request: message caption is too long")
    return text.strip()


def check_inline(rows: Rows, *, copies_texts: bool = True) -> Rows:
    """An inline keyboard: a label and one purpose a button, at most 64 bytes of data or 256 characters to be copied
    (where the messenger copies any), not too many buttons.
    """
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS or any(len(row) > BUTTONS_A_ROW for row in rows):
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in buttons:
        if not str(button.get("text", "")).strip():
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons can't be empty")
        if ["callback_data" in button, "url" in button, copies_texts and "copy_text" in button].count(True) != 1:
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if "url" in button and not re.match(r"(https?|tg|ble)://", button["url"]):
            raise Refused(400, "Bad Request: inline keyboard button URL is invalid")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= DATA_BYTES:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if "copy_text" in button and not 1 <= length(button["copy_text"]["text"]) <= COPIED_LIMIT:
            raise Refused(400, "Bad Request: inline keyboard button copy text is invalid")
    return rows
