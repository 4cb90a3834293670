"""A callback as it came, stored before anything is concluded from it."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_PAYLOAD = 8_192
"""Characters of a callback that are stored; all published callbacks are much shorter."""


@dataclass(frozen=True, slots=True)
class CallbackRecord:
    """Request brought by a browser to a gateway's callback address."""

    id: int
    """The row's key."""
    gateway: str
    """The key of the gateway that the address names."""
    attempt_id: int | None
    """The attempt that it names; None where it names none of ours."""
    method: str
    """GET or POST; `BOT_UPDATE` where a messenger's bot was told (`checkout.py`)."""
    payload: str
    """Names and values as they came, url-encoded, card numbers masked, cut to `LONGEST_PAYLOAD`."""
    source_address: str
    """The address that it came from."""
    at: datetime
    """In UTC."""
    event: str
    """Event made of it: `returned`, `foreign_callback`, `not_ours`, `unreadable` …"""
