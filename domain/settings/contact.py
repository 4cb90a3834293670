"""Where a citizen finds a person of the municipality."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.chats.chat import BALE, TELEGRAM

_BOT_ADDRESSES = {TELEGRAM: "https://t.me/{name}", BALE: "https://ble.ir/{name}"}
"""Where a bot is found, by its user name."""


@dataclass(frozen=True, slots=True)
class BotContact:
    """The municipality's bot in a messenger."""

    messenger: str
    """One of `MESSENGERS`."""
    user_name: str
    """What it is called there, without @."""

    @property
    def address(self) -> str:
        """Where it is found."""
        return _BOT_ADDRESSES[self.messenger].format(name=self.user_name)

    @property
    def display_name(self) -> str:
        """What it is called, as people write it."""
        return f"@{self.user_name}"


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is reached; what is empty is not said."""

    phone: str = ""
    """ASCII digits, as one dials them."""
    address: str = ""
    """Of the office."""
    hours: str = ""
    """When somebody answers, in words."""
    line: str = ""
    """The number that citizens text, day and night."""
    bots: Sequence[BotContact] = ()
    """Its bots, of those whose user names are configured."""
