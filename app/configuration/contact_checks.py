"""Whether finders of security holes learn whom to write to: `/.well-known/security.txt` (RFC 9116) needs a day that is
ahead, and soon it is not.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.configuration.settings import Settings

SOON = timedelta(days=30)
"""So long before its end an address is remarked on."""

LONGEST_AHEAD = timedelta(days=366)
"""RFC 9116, 2.5.5: a year at most is recommended."""

_CONTACT, _EXPIRES = "PISHKHAN_SECURITY__CONTACT", "PISHKHAN_SECURITY__EXPIRES"


def find_contact_remarks(settings: Settings, today: date) -> Iterator[str]:
    """Yield what keeps the file from being served, or soon will."""
    contact, expires_on = settings.security.contact, settings.security.expires
    if contact and expires_on is None:
        yield f"{_EXPIRES} is not set: there is no security.txt without it"
    elif expires_on is not None and not contact:
        yield f"{_CONTACT} is not set: there is no security.txt without it"
    elif expires_on is not None:
        yield from _find_expiry_remarks(expires_on, today)


def _find_expiry_remarks(expires_on: date, today: date) -> Iterator[str]:
    if expires_on < today:
        yield f"{_EXPIRES} was {expires_on}: security.txt is not served any more; look its addresses through"
    elif expires_on - today <= SOON:
        yield f"{_EXPIRES} is {expires_on}, soon: look the addresses of security.txt through, and renew it"
    elif expires_on - today > LONGEST_AHEAD:
        yield f"{_EXPIRES} is {expires_on}, more than a year ahead: RFC 9116 wants it renewed each year"
