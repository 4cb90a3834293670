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

from domain.values.text import compact

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
REMEMBERED = timedelta(days=7)
"""How long a session is remembered after its end, so that a form of its pages is asked back and not lost."""

STEP_UP = timedelta(minutes=10)
"""How long a proof (password, from outside with a code) stays fresh enough for rights that need one."""

SEEN_AGAIN = timedelta(minutes=1)
"""A session's last call is noted this often: not every page is a write."""

PERIOD = 30
"""Seconds that a code of the authenticator lives (RFC 6238)."""

_LONGEST_AGENT = 200


@dataclass(slots=True)
class StaffSession:
    """Somebody at the staff's site. `digest` names it, `csrf` stands in every form of it.

    `proved_at` is when the password (from outside: and a code) was last given; `second_factor` tells whether a code was
    given at all; `address` and `agent` are for its owner to recognise it.
    """

    digest: str
    username: str
    csrf: str
    made_at: datetime
    seen_at: datetime
    proved_at: datetime
    second_factor: bool
    address: str
    agent: str

    def alive(self, now: datetime) -> bool:
        """Whether it can still be used. One from the future, of a clock that was ahead, is as far off as an old one."""
        return abs(now - self.seen_at) < IDLE and abs(now - self.made_at) < LONGEST

    def fresh(self, now: datetime) -> bool:
        """Whether its last proof is fresh enough for rights that need one."""
        return abs(now - self.proved_at) <= STEP_UP


@dataclass(slots=True)
class SecondFactor:
    """An authenticator of a member of the staff: `sealed` is its secret, closed by the vault.

    `confirmed` once a code of it was shown. `last_step` is the period whose code was used last: no code works twice.
    `recovery` is what is kept of the codes on paper that are left (`domain/actions/staff/paper_codes.py`).
    """

    username: str
    sealed: str
    confirmed: bool
    last_step: int
    recovery: tuple[str, ...]
    made_at: datetime


def digest_of(token: str) -> str:
    """Return what the store keeps of a token of full randomness.

    A cookie may hold bytes that are no text: that too is just a token that nobody has.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def agent_of(header: str) -> str:
    """Return what is kept of a browser's own name."""
    return "".join(sign for sign in header if sign.isprintable())[:_LONGEST_AGENT]


def new_secret() -> str:
    """Return a new authenticator's secret (Base32, 160 bits)."""
    return pyotp.random_base32()


def enrolment_address(secret: str, username: str, issuer: str) -> str:
    """Return the `otpauth:` address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the period to which a six-digit code belongs: the present one, or the one before or after it."""
    counted, present, typed = pyotp.HOTP(secret), int(now.timestamp()) // PERIOD, compact(code)
    near = (present, present - 1, present + 1)
    return next((step for step in near if hmac.compare_digest(counted.at(step).encode(), typed.encode())), None)
