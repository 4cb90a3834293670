"""Sessions of the staff's site, and the second factor: what they are and when they end.

A session is known by a random token in a cookie; the store keeps only its digest, so a copy of the database opens no
session. It ends after an hour without a call, or after a day's work whatever happens. After that it opens nothing; it
is remembered for a while: by it a form is known that was left open.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from domain.values.text import fold_compactly

IDLE_LIMIT = timedelta(hours=1)
SESSION_LIMIT = timedelta(hours=12)
REMEMBERED_FOR = timedelta(days=7)
"""Time for which a session is remembered after its end, so that a form of its pages is asked back and not lost."""

PROOF_FRESHNESS = timedelta(minutes=10)
"""Time for which a proof (password, from outside with a code) stays fresh enough for rights that need one."""

LAST_SEEN_INTERVAL = timedelta(minutes=1)
"""A session's last call is noted this often: not every page is a write."""

CODE_PERIOD_SECONDS = 30
"""Seconds that a code of the authenticator lives (RFC 6238)."""

_LONGEST_AGENT = 200


@dataclass(slots=True)
class StaffSession:
    """Somebody at the staff's site."""

    digest: str
    """The digest of the token in the cookie, which names the session."""
    username: str
    """The user name of whose session it is."""
    csrf: str
    """The token in every form of the session."""
    made_at: datetime
    """Time of its beginning, in UTC."""
    seen_at: datetime
    """Time of its last call, to the minute."""
    proved_at: datetime
    """Time of the proof by password (from outside: and a code) was last given."""
    second_factor: bool
    """Whether a code was given at all."""
    address: str
    """The network address where it began, for its owner to recognise it."""
    agent: str
    """The browser's own name, for its owner to recognise it."""

    def is_alive(self, now: datetime) -> bool:
        """Whether it can still be used. One from the future, of a clock that was ahead, is as far off as an old one."""
        return abs(now - self.seen_at) < IDLE_LIMIT and abs(now - self.made_at) < SESSION_LIMIT

    def has_fresh_proof(self, now: datetime) -> bool:
        """Whether its last proof is fresh enough for rights that need one."""
        return abs(now - self.proved_at) <= PROOF_FRESHNESS


@dataclass(slots=True)
class SecondFactor:
    """An authenticator of a member of the staff."""

    username: str
    """The user name of whose authenticator it is."""
    sealed: str
    """Its secret, closed by the vault."""
    confirmed: bool
    """Whether a code of it was entered: before, it is not asked for."""
    last_step: int
    """The period whose code was used last: no code works twice."""
    recovery: tuple[str, ...]
    """Kept digests of the codes on paper that are left (`domain/actions/staff/paper_codes.py`)."""
    made_at: datetime
    """Time of making, in UTC."""


def digest_token(token: str) -> str:
    """Return what the store keeps of a token of full randomness.

    A cookie may hold bytes that are no text: that too is just a token that nobody has.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def shorten_agent(agent_header: str) -> str:
    """Return what is kept of a browser's own name."""
    return "".join(character for character in agent_header if character.isprintable())[:_LONGEST_AGENT]


def generate_secret() -> str:
    """Return a new authenticator's secret (Base32, 160 bits)."""
    return pyotp.random_base32()


def enrolment_address(secret: str, username: str, issuer_name: str) -> str:
    """Return the `otpauth:` address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=CODE_PERIOD_SECONDS).provisioning_uri(name=username, issuer_name=issuer_name)


def find_code_period(secret: str, submitted_code: str, now: datetime) -> int | None:
    """Return the period to which a six-digit code belongs: the present one, or the one before or after it."""
    code_generator, present_period, compact_code = (
        pyotp.HOTP(secret),
        int(now.timestamp()) // CODE_PERIOD_SECONDS,
        fold_compactly(submitted_code),
    )
    nearby_periods = (present_period, present_period - 1, present_period + 1)
    return next(
        (
            code_period
            for code_period in nearby_periods
            if hmac.compare_digest(code_generator.at(code_period).encode(), compact_code.encode())
        ),
        None,
    )
