"""Contact addresses of the municipality."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.chats.chat import BALE, TELEGRAM

_BOT_ADDRESSES = {TELEGRAM: "https://t.me/{name}", BALE: "https://ble.ir/{name}"}
"""Addresses of bots, by user name."""

LONGEST_PHONE = 13
"""Characters of a phone that texts name, +98 and ten digits: what is longer is no one number."""


@dataclass(frozen=True, slots=True)
class BotContact:
    """The municipality's bot in a messenger."""

    messenger: str
    """One of `MESSENGERS`."""
    user_name: str
    """User name there, without @."""

    @property
    def address(self) -> str:
        """Address."""
        return _BOT_ADDRESSES[self.messenger].format(name=self.user_name)

    def start_address(self, payload: str) -> str:
        """Address to begin a chat with it that says what is wanted (`actions/conversations/chats/deep_links.py`)."""
        return f"{self.address}?start={payload}"

    @property
    def display_name(self) -> str:
        """Name, as people write it."""
        return f"@{self.user_name}"


@dataclass(frozen=True, slots=True)
class Contact:
    """Way to reach somebody; what is empty is not said."""

    phone: str = ""
    """ASCII digits, and what stands between them."""
    address: str = ""
    """Of the office."""
    hours: str = ""
    """Hours of answering, in words."""
    line: str = ""
    """The number that citizens text, day and night."""
    bots: Sequence[BotContact] = ()
    """Its bots, of those whose user names are configured."""

    @property
    def dialled_phone(self) -> str:
        """The phone as texts name it; empty where none is set, or what is set is no one number.

        Without the marks between its digits: in a line that runs from right to left its parts would change places.
        """
        digits = "".join(character for character in self.phone if character.isdecimal())
        dialled = f"+{digits}" if self.phone.lstrip().startswith("+") else digits
        return dialled if len(dialled) <= LONGEST_PHONE else ""
