"""WS-Security UsernameToken 1.1: what the header says, and whether it is proved by one of the office's keys.

PasswordDigest is Base64(SHA-1(nonce + created + key)); the key itself never travels. PasswordText is taken only where
nobody on the way can read it: over TLS, or behind a proxy that the settings name.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml.etree import _Element as Element

from channels.pishkhan_soap.envelope import WSSE
from domain.values.errors import AuthenticationFailed

_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
_DIGEST, _TEXT = f"{_PROFILE}#PasswordDigest", f"{_PROFILE}#PasswordText"
_TOKEN, _TIMESTAMP = f"{{{WSSE}}}UsernameToken", f"{{{_WSU}}}Timestamp"
_USERNAME, _PASSWORD, _NONCE = (f"{{{WSSE}}}{name}" for name in ("Username", "Password", "Nonce"))
_CREATED, _EXPIRES = f"{{{_WSU}}}Created", f"{{{_WSU}}}Expires"
_UNDERSTOOD, _KINDS = frozenset({_TOKEN, _TIMESTAMP}), frozenset({_DIGEST, _TEXT})

CLOCK = "clock"
"""The detail of a refusal of a token that was proved by a key, and is of another time than ours."""

LONGEST = 256
"""Characters of any part of a token."""


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """A token as it was sent. `nonce` is its bytes, `created` its text: both as they go into the digest.

    `expires` is the end of a Timestamp beside it, if there is one.
    """

    username: str
    password: str
    digested: bool
    nonce: bytes
    created: str
    expires: datetime | None

    def proves(self, keys: Iterable[str]) -> bool:
        """Tell whether it was made with one of these keys; every key is tried, so that time tells nothing."""
        found = False
        for key in keys:
            expected = digest(self.nonce, self.created, key) if self.digested else key
            found |= hmac.compare_digest(expected.encode(), self.password.encode())
        return found

    def moment(self) -> datetime | None:
        """Return when it was made; None where it does not say so. `AuthenticationFailed` when that is no moment."""
        return _moment(self.created) if self.created else None

    @property
    def nonce_name(self) -> str:
        """What a nonce is remembered by."""
        return hashlib.sha256(self.nonce).hexdigest()


def digest(nonce: bytes, created: str, key: str) -> str:
    """Return the password of a token with PasswordDigest."""
    made = hashlib.sha1(nonce + created.encode() + key.encode(), usedforsecurity=False).digest()
    return b64encode(made).decode("ascii")


def token_in(security: Element | None) -> UsernameToken:
    """Return the only token of a security header; `AuthenticationFailed` names what is missing.

    Signatures and encrypted parts are refused: nobody here would prove them, and who sends them relies on that.
    """
    if security is None:
        raise AuthenticationFailed("Security", detail="no_token")
    tokens: list[Element] = []
    stamps: list[Element] = []
    for child in security:
        tag = child.tag
        if tag not in _UNDERSTOOD:
            raise AuthenticationFailed("Security", detail="only_token")
        (tokens if tag == _TOKEN else stamps).append(child)
    if len(tokens) != 1:
        raise AuthenticationFailed("Security", detail="only_token" if tokens else "no_token")
    expires = (stamps[0].findtext(_EXPIRES) or "").strip() if stamps else ""
    return _token(tokens[0], _moment(expires) if expires else None)


def _token(element: Element, expires: datetime | None) -> UsernameToken:
    texts: dict[str, str] = {}
    kind = _TEXT
    for child in element:
        tag = str(child.tag)
        texts[tag] = text = (child.text or "").strip()
        if len(text) > LONGEST:
            raise AuthenticationFailed("UsernameToken", detail="only_token")
        if tag == _PASSWORD:
            kind = child.get("Type", _TEXT)
    if len(texts) != len(element):
        raise AuthenticationFailed("UsernameToken", detail="only_token")
    username, password = texts.get(_USERNAME), texts.get(_PASSWORD)
    if not username or not password:
        raise AuthenticationFailed("UsernameToken", detail="no_token")
    digested, nonce, created = _digested(kind), _bytes(texts.get(_NONCE, "")), texts.get(_CREATED, "")
    if digested and not (nonce and created):
        raise AuthenticationFailed("UsernameToken", detail="no_nonce")
    return UsernameToken(username, password, digested, nonce, created, expires)


def _digested(kind: str) -> bool:
    if kind in _KINDS:
        return kind == _DIGEST
    raise AuthenticationFailed("Password", detail="no_token")


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationFailed("Nonce", detail="no_nonce") from None


def _moment(text: str) -> datetime:
    """Return a moment; one without a zone is UTC, as the profile has it. Fractions of any length are cut off."""
    head, _, fraction = text.partition(".")
    zone = fraction.lstrip("0123456789") if fraction else ""
    try:
        moment = datetime.fromisoformat(head + zone)
    except ValueError:
        raise AuthenticationFailed("Created", detail="no_moment") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def refuse_old(token: UsernameToken, now: datetime, skew: timedelta) -> None:
    """Raise `AuthenticationFailed` for a token of another time than ours, give or take `skew`; it tells our time."""
    made = token.moment()
    late = token.expires is not None and now - token.expires > skew
    if late or (made is not None and abs(now - made) > skew):
        raise AuthenticationFailed("Created", detail=CLOCK, now=now)
