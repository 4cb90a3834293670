"""Known devices: browsers from which a member of the staff has signed in before.

The browser keeps a token that names the member by a keyed digest, so nothing is stored here and nobody can make one.
It lets nobody in: attempts that come with it are counted by themselves, so that a stranger's wrong passwords lock no
member out of the own browser, and whoever steals it gets as many attempts as the member has there.
"""

import hmac
import re
from datetime import date, datetime, timedelta

from domain.unit_of_work import Vault

KEPT = timedelta(days=180)
"""How long a device is known after a sign-in there."""

RENEWED = timedelta(days=30)
"""A sign-in on a device that was made known longer ago makes it known anew."""

_PURPOSE = "known device"
_TOKEN = re.compile(r"(?P<nonce>[0-9a-f]{16,64})\.(?P<day>[0-9]{1,7})\.[0-9a-f]{64}")
_LAST_DAY = date.max.toordinal()
_A_DAY = timedelta(days=1)


def token_of(vault: Vault, username: str, nonce: str, day: date) -> str:
    """Return the token of a device that becomes known on that day (UTC); `nonce` is random, and names the device."""
    number = day.toordinal()
    return f"{nonce}.{number}.{vault.digest(_PURPOSE, f'{nonce}|{number}|{username}')}"


def device_of(vault: Vault, username: str, token: str, now: datetime) -> str | None:
    """Return which known device of this member a token names; None where it is of nobody, another, or too old."""
    nonce, day = _read(token)
    if day is None or not -_A_DAY <= now.date() - day < KEPT:
        return None
    right = token_of(vault, username, nonce, day)
    return nonce if hmac.compare_digest(right.encode(), token.encode("utf-8", "surrogatepass")) else None


def is_recent(token: str, now: datetime) -> bool:
    """Tell whether a token that is right need not be renewed."""
    _, day = _read(token)
    return day is not None and now.date() - day < RENEWED


def _read(token: str) -> tuple[str, date | None]:
    """Return the nonce of a token and the day on which it was given; None where it is no token."""
    found = _TOKEN.fullmatch(token)
    number = int(found["day"]) if found else 0
    return (found["nonce"] if found else ""), date.fromordinal(number) if 0 < number <= _LAST_DAY else None
