"""What a messenger shows with a text: buttons, a wish for the phone number, a paper. Plain data, kept in the outbox.

A button's data is what comes back when it is pressed. Telegram takes at most 64 bytes of it, and so does Bale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 64
"""Bytes of a button's data (core.telegram.org/bots/api, InlineKeyboardButton)."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and what pressing it means."""

    label: str
    data: str

    def __post_init__(self) -> None:
        """Refuse data that no messenger would take: a fault of ours."""
        if not 1 <= len(self.data.encode()) <= MOST_BYTES:
            raise ValueError(f"a button's data has 1 to {MOST_BYTES} bytes: {self.data!r}")


Row = tuple[Button, ...]
Rows = tuple[Row, ...]


def in_rows(buttons: Sequence[Button], width: int) -> Rows:
    """Return buttons in rows of so many."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a request, printed when the message is sent, for whoever's mobile that is."""

    code: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReplyMarkup:
    """What is shown with a text. `contact` is the label of the key that shares the own number; with `cleared` such a
    key goes away again.
    """

    rows: Rows = ()
    contact: str | None = None
    cleared: bool = False
    paper: Paper | None = None

    def as_json(self) -> dict[str, Any] | None:
        """Return the form that the outbox keeps; None when nothing is shown."""
        found: dict[str, Any] = {}
        if self.rows:
            found["buttons"] = [[[one.label, one.data] for one in row] for row in self.rows]
        if self.contact:
            found["contact"] = self.contact
        if self.cleared:
            found["cleared"] = True
        if self.paper:
            found["paper"] = [self.paper.code, self.paper.kind]
        return found or None

    @staticmethod
    def from_json(kept: Mapping[str, Any] | None) -> "ReplyMarkup":
        """Read back what `as_json` gave."""
        found = kept or {}
        rows = tuple(tuple(Button(*one) for one in row) for row in found.get("buttons", ()))
        paper = Paper(*found["paper"]) if "paper" in found else None
        return ReplyMarkup(rows, found.get("contact"), found.get("cleared", False), paper)
