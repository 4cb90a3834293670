"""What a messenger shows with a text: buttons, a request for the phone number, a paper. Plain data, kept in the outbox.

A button's data is what comes back when it is pressed. Telegram takes at most 64 bytes of it, and so does Bale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.values.tracking_codes import TrackingCode, parse_code

MOST_DATA_BYTES = 64
"""Bytes of a button's data (core.telegram.org/bots/api, InlineKeyboardButton)."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and what pressing it means, or the address of ours that it opens."""

    label: str
    callback_data: str
    """Empty where it opens an address."""
    address: str = ""
    """What it opens in a browser; empty where pressing it comes back to us."""

    def __post_init__(self) -> None:
        """Refuse what no messenger would take: a fault of ours."""
        if self.address and self.callback_data:
            raise ValueError(f"a button opens an address or has data, not both: {self.callback_data!r}")
        if not self.address and not 1 <= len(self.callback_data.encode()) <= MOST_DATA_BYTES:
            raise ValueError(f"a button's data has 1 to {MOST_DATA_BYTES} bytes: {self.callback_data!r}")

    def as_json(self) -> list[str]:
        """Return the form that the outbox keeps."""
        return [self.label, self.callback_data, *([self.address] if self.address else [])]


@dataclass(frozen=True, slots=True)
class BillPages:
    """Where a text about bills leads: one page, or none."""

    payment_address: str = ""
    """Under which they are paid; empty where nothing is to be paid, or messages carry no links."""
    receipt_address: str = ""
    """Under which their receipt is; empty where nothing was paid, or messages carry no links."""

    @property
    def address(self) -> str:
        """Whichever there is."""
        return self.payment_address or self.receipt_address


NO_PAGES = BillPages()
"""Of a text that leads nowhere."""


ButtonRow = tuple[Button, ...]
ButtonRows = tuple[ButtonRow, ...]


def arrange_in_rows(buttons: Sequence[Button], row_width: int) -> ButtonRows:
    """Return buttons in rows of so many."""
    return tuple(
        tuple(buttons[start_index : start_index + row_width]) for start_index in range(0, len(buttons), row_width)
    )


@dataclass(frozen=True, slots=True)
class AttachedPaper:
    """A paper of a request, printed when the message is sent, for whoever's mobile that is."""

    request_code: TrackingCode
    paper_kind: str


@dataclass(frozen=True, slots=True)
class ReplyMarkup:
    """What is shown with a text in a chat."""

    rows: ButtonRows = ()
    """The buttons under it."""
    contact_label: str | None = None
    """The label of the key that shares the own number; None: there is no such key."""
    clears_keyboard: bool = False
    """Whether that key goes away again."""
    paper: AttachedPaper | None = None
    """What is sent as a file; None: nothing."""

    def as_json(self) -> dict[str, Any] | None:
        """Return the form that the outbox keeps; None when nothing is shown."""
        markup_json: dict[str, Any] = {}
        if self.rows:
            markup_json["buttons"] = [[button.as_json() for button in button_row] for button_row in self.rows]
        if self.contact_label:
            markup_json["contact"] = self.contact_label
        if self.clears_keyboard:
            markup_json["cleared"] = True
        if self.paper:
            markup_json["paper"] = [self.paper.request_code, self.paper.paper_kind]
        return markup_json or None

    @staticmethod
    def from_json(stored_markup: Mapping[str, Any] | None) -> "ReplyMarkup":
        """Read back what `as_json` gave."""
        markup_json = stored_markup or {}
        rows = tuple(
            tuple(Button(*button_parts) for button_parts in button_row) for button_row in markup_json.get("buttons", ())
        )
        paper = None
        if "paper" in markup_json:
            request_code, paper_kind = markup_json["paper"]
            paper = AttachedPaper(parse_code(request_code), paper_kind)
        return ReplyMarkup(rows, markup_json.get("contact"), markup_json.get("cleared", False), paper)
