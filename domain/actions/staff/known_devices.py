"""Known devices: browsers from which a member of the staff has signed in before.

The browser keeps a token that names the member by a keyed digest, so nothing is stored here and nobody can make one.
It lets nobody in: attempts that come with it are counted by themselves, so that a stranger's wrong passwords lock no
member out of the own browser, and whoever steals it gets as many attempts as the member has there.
"""

import hmac
import re
from datetime import date, datetime, timedelta

from domain.unit_of_work import Vault

DEVICE_LIFETIME = timedelta(days=180)
"""Time for which a device is known after a sign-in there."""

RENEWAL_AGE = timedelta(days=30)
"""A sign-in on a device that was made known longer ago makes it known again."""

_DIGEST_PURPOSE = "known device"
_TOKEN_PATTERN = re.compile(r"(?P<nonce>[0-9a-f]{16,64})\.(?P<day>[0-9]{1,7})\.[0-9a-f]{64}")
_LAST_DAY_NUMBER = date.max.toordinal()
_ONE_DAY = timedelta(days=1)


def build_device_token(vault: Vault, username: str, nonce: str, issued_on: date) -> str:
    """Return the token of a device that becomes known on that day (UTC); `nonce` is random, and names the device."""
    day_number = issued_on.toordinal()
    return f"{nonce}.{day_number}.{vault.keyed_digest(_DIGEST_PURPOSE, f'{nonce}|{day_number}|{username}')}"


def find_device(vault: Vault, username: str, token: str, now: datetime) -> str | None:
    """Return which known device of this member a token names; None where it is of nobody, another, or too old."""
    nonce, issued_on = _read_token(token)
    if issued_on is None or not -_ONE_DAY <= now.date() - issued_on < DEVICE_LIFETIME:
        return None
    expected_token = build_device_token(vault, username, nonce, issued_on)
    return nonce if hmac.compare_digest(expected_token.encode(), token.encode("utf-8", "surrogatepass")) else None


def is_recent_token(token: str, now: datetime) -> bool:
    """Return whether a token that is right need not be renewed."""
    _, issued_on = _read_token(token)
    return issued_on is not None and now.date() - issued_on < RENEWAL_AGE


def _read_token(token: str) -> tuple[str, date | None]:
    """Return the nonce of a token and the day on which it was given; None where it is no token."""
    token_match = _TOKEN_PATTERN.fullmatch(token)
    day_number = int(token_match["day"]) if token_match else 0
    return (token_match["nonce"] if token_match else ""), date.fromordinal(
        day_number
    ) if 0 < day_number <= _LAST_DAY_NUMBER else None
