"""Sessions of the citizens' portal: what a browser's cookie stands for.

A session is made when a form is begun or a mobile is proved, never by reading a page. It is known by a random token in
a cookie, of which the store keeps the digest alone. It lives long, so that what was begun can be gone on with; the
proof of a mobile in it is short, as somebody else may sit before that screen next.

A proof brings a new token (ASVS 5.0, 7.2.4: whoever planted the old one gains nothing). The answer that carries it may
be lost on a bad line, or a second click may send the form again with the old one: so the new token is *pending* until
it is used first. Until then the old one still opens the session, without the proof; after that it opens nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SESSION_LIFETIME = timedelta(days=30)
"""So long after its last use a session ends, and with it what its browser had begun and did not send."""

PROOF_IDLE_LIMIT = timedelta(minutes=30)
"""So long after its session's last use the proof of a mobile ends."""

PROOF_LIMIT = timedelta(hours=12)
"""So long after it was given a proof ends in any case."""

USE_INTERVAL = timedelta(minutes=1)
"""A session's use is noted this often: not every page is a write."""


@dataclass(slots=True)
class CitizenSession:
    """A browser at the portal."""

    id: int
    """Its own; it stays the same when the token is changed, so what belongs to the session refers to it."""
    digest: str
    """The digest of the token in the cookie."""
    csrf_token: str
    """The token in every form of the session."""
    created_at: datetime
    """Time of making, in UTC."""
    last_used_at: datetime
    """Time of its last use, to the minute."""
    pending_digest: str | None = None
    """The digest of a new token that was not used yet; None while there is none."""
    proved_mobile: str | None = None
    """The number that was proved last (+989…), whether that proof still holds or not; None: none was."""
    proved_at: datetime | None = None
    """Time of the proof; None: none was."""

    def is_alive(self, now: datetime) -> bool:
        """Return whether it can be used. One of a clock that was ahead is as far off as an old one."""
        return abs(now - self.last_used_at) < SESSION_LIFETIME

    def find_proved_mobile(self, now: datetime) -> str | None:
        """Return the number whose proof holds now; None where none does."""
        if self.proved_mobile is None or self.proved_at is None:
            return None
        is_fresh = abs(now - self.last_used_at) < PROOF_IDLE_LIMIT and abs(now - self.proved_at) < PROOF_LIMIT
        return self.proved_mobile if is_fresh else None

    def is_use_due(self, now: datetime) -> bool:
        """Return whether its use is to be noted."""
        return abs(now - self.last_used_at) >= USE_INTERVAL

    def without_proof(self) -> "CitizenSession":
        """Return it as the token before a proof opens it."""
        return replace(self, proved_mobile=None, proved_at=None)
