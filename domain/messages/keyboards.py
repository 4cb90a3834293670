"""Keyboards and other markup shown by a messenger with a text: buttons, a request for number or place, a paper. Plain
data, kept in the outbox.

A button's data is what comes back when it is pressed. Telegram takes at most 64 bytes of it, and so does Bale. Both lay
the buttons of a row out from left to right in every language: a row is given as a reader goes through it, and
`reading_row` turns it round where that is from the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.values.bill_ids import BillIds
from domain.values.languages import language_in_force
from domain.values.tracking_codes import TrackingCode, parse_code

MOST_DATA_BYTES = 64
"""Bytes of a button's data (core.telegram.org/bots/api, InlineKeyboardButton)."""

MOST_COPIED_CHARACTERS = 256
"""Characters that a button may copy (CopyTextButton)."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and what pressing it means, the address of ours that it opens, or what it copies."""

    label: str
    callback_data: str = ""
    """Empty where pressing it does not come back to us."""
    address: str = ""
    """Address opened in a browser; empty: nothing."""
    copied_text: str = ""
    """Text that it puts into the clipboard; empty: nothing. A messenger that cannot do that shows no such button."""

    def __post_init__(self) -> None:
        """Refuse what no messenger would take: a fault of ours."""
        if [bool(self.callback_data), bool(self.address), bool(self.copied_text)].count(True) != 1:
            raise ValueError(f"a button has data, opens an address or copies a text: {self.label!r}")
        if len(self.callback_data.encode()) > MOST_DATA_BYTES:
            raise ValueError(f"a button's data has 1 to {MOST_DATA_BYTES} bytes: {self.callback_data!r}")
        if len(self.copied_text) > MOST_COPIED_CHARACTERS:
            raise ValueError(f"a button copies at most {MOST_COPIED_CHARACTERS} characters: {self.copied_text!r}")

    def as_json(self) -> list[str]:
        """Return the form that the outbox keeps."""
        if self.copied_text:
            return [self.label, "", "", self.copied_text]
        return [self.label, self.callback_data, *([self.address] if self.address else [])]


@dataclass(frozen=True, slots=True)
class BillPages:
    """Pages of bills named in a text: one page, or none; and the ids that it is paid by."""

    payment_address: str = ""
    """Address under which they are paid; empty where nothing is to be paid, or messages carry no links."""
    receipt_address: str = ""
    """Address of their receipt; empty where nothing was paid, or messages carry no links."""
    payable_ids: BillIds | None = None
    """The two ids that pay all of them; None where there is no one pair, or nothing is to be paid."""

    @property
    def address(self) -> str:
        """The one of them that there is."""
        return self.payment_address or self.receipt_address


NO_PAGES = BillPages()
"""Of a text that leads nowhere."""


ButtonRow = tuple[Button, ...]
ButtonRows = tuple[ButtonRow, ...]


def arrange_in_rows(buttons: Sequence[Button], row_width: int) -> ButtonRows:
    """Return buttons in rows of so many, as a reader goes through them."""
    return tuple(
        reading_row(buttons[start_index : start_index + row_width]) for start_index in range(0, len(buttons), row_width)
    )


def reading_row(buttons: Sequence[Button]) -> ButtonRow:
    """Return a row whose first button is where a reader begins: on the right in Persian."""
    return tuple(reversed(buttons) if language_in_force().direction == "rtl" else buttons)


@dataclass(frozen=True, slots=True)
class AttachedPaper:
    """A paper of a request, printed when the message is sent, for whoever's mobile that is."""

    request_code: TrackingCode
    paper_kind: str


class CardState(StrEnum):
    """Relation of a message to the status card of its request."""

    OPEN = "open"
    """It takes the card's place, or is pinned as a new one."""
    ENDED = "ended"
    """It takes the card's place for the last time, which is pinned no longer."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Words of a voice note beside a text, as they are to be read, and the voice."""

    text: str
    voice: str
    """A language as espeak-ng knows it."""


@dataclass(frozen=True, slots=True)
class ReplyMarkup:
    """Markup shown with a text in a chat."""

    rows: ButtonRows = ()
    """The buttons under it."""
    contact_label: str | None = None
    """The label of the key that shares the own number; None: there is no such key."""
    clears_keyboard: bool = False
    """Whether that key goes away again."""
    paper: AttachedPaper | None = None
    """Paper sent as a file; None: nothing."""
    spoken: SpokenText | None = None
    """Voice note, with the text below it; None: nothing."""
    location_label: str | None = None
    """The label of the key that shares where the person is; None: there is no such key."""
    replaced_message: str = ""
    """The messenger's number of the bot's message that this one takes the place of, where it still can; empty: it is a
    message of its own.
    """
    is_silent: bool = False
    """Whether it comes without a sound."""
    card: CardState | None = None
    """Relation to the status card of its request; None: nothing."""
    barcode: str = ""
    """The 26 digits of a bill that are drawn above the text; empty: none are."""
    sms_text: str = ""
    """Text that goes by SMS instead, should this one not reach the chat; empty: the text itself."""

    def as_json(self) -> dict[str, Any] | None:
        """Return the form that the outbox keeps; None when nothing is shown."""
        parts: Mapping[str, Any] = {
            "buttons": [[button.as_json() for button in button_row] for button_row in self.rows],
            "contact": self.contact_label,
            "location": self.location_label,
            "cleared": self.clears_keyboard,
            "paper": [self.paper.request_code, self.paper.paper_kind] if self.paper else None,
            "spoken": [self.spoken.text, self.spoken.voice] if self.spoken else None,
            "replaces": self.replaced_message,
            "silent": self.is_silent,
            "card": self.card,
            "barcode": self.barcode,
            "sms_text": self.sms_text,
        }
        return {name: part for name, part in parts.items() if part} or None

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
        spoken = SpokenText(*markup_json["spoken"]) if "spoken" in markup_json else None
        return ReplyMarkup(
            rows,
            markup_json.get("contact"),
            markup_json.get("cleared", False),
            paper,
            spoken,
            location_label=markup_json.get("location"),
            replaced_message=markup_json.get("replaces", ""),
            is_silent=markup_json.get("silent", False),
            card=CardState(markup_json["card"]) if "card" in markup_json else None,
            barcode=markup_json.get("barcode", ""),
            sms_text=markup_json.get("sms_text", ""),
        )
