"""Facts of the installation that the portal shows: where it is reached, who runs it, and how else people reach them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domain.settings.contact import Contact


@dataclass(frozen=True, slots=True)
class SecurityContact:
    """Contact for finders of security holes (RFC 9116)."""

    addresses: tuple[str, ...]
    """URIs (`mailto:`, `https:`, `tel:`), the best first; none: nobody is named."""
    expires_on: date | None
    """The day after which they are not valid any more; None: nobody is named."""


@dataclass(frozen=True, slots=True)
class PortalInstallation:
    """An installation, as far as citizens see it."""

    public_address: str
    """Public address of the server, without a slash at the end."""
    contact: Contact
    """The ways that need no page."""
    issuing_body: Callable[[], str]
    """Returns what the municipality is called on its papers; the staff may override it."""
    security_contact: SecurityContact = SecurityContact((), None)
    """Contact for finders of security holes."""
    demo_phone_address: str | None = None
    """The demonstration's phone; None outside of a demonstration."""
