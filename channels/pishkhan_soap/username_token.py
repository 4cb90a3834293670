"""WS-Security UsernameToken 1.1: what the header says, and whether it is proved by one of the office's keys.

PasswordDigest is Base64(SHA-1(nonce + created + key)); the key itself never travels. PasswordText is taken only where
nobody on the way can read it: over TLS, or behind a proxy that the settings name.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lxml.etree import _Element as Element

from channels.pishkhan_soap.envelope import WSSE_NAMESPACE
from channels.pishkhan_soap.reasons import SoapAuthenticationReason
from domain.values.calendar import clock_text, jalali_text, to_tehran
from domain.values.errors import AuthenticationFailed

_WSU_NAMESPACE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE_URI = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
_DIGEST_TYPE, _TEXT_TYPE = f"{_PROFILE_URI}#PasswordDigest", f"{_PROFILE_URI}#PasswordText"
_TOKEN_TAG, _TIMESTAMP_TAG = f"{{{WSSE_NAMESPACE}}}UsernameToken", f"{{{_WSU_NAMESPACE}}}Timestamp"
_USERNAME_TAG, _PASSWORD_TAG, _NONCE_TAG = (f"{{{WSSE_NAMESPACE}}}{name}" for name in ("Username", "Password", "Nonce"))
_CREATED_TAG, _EXPIRES_TAG = f"{{{_WSU_NAMESPACE}}}Created", f"{{{_WSU_NAMESPACE}}}Expires"
_UNDERSTOOD_TAGS, _PASSWORD_TYPES = frozenset({_TOKEN_TAG, _TIMESTAMP_TAG}), frozenset({_DIGEST_TYPE, _TEXT_TYPE})

LONGEST_PART = 256
"""Characters of any part of a token."""

LEAST_NONCE_BYTES = 16
"""Bytes of a nonce: a shorter one comes again by chance, or is guessed."""

_TEHRAN_OFFSET = timedelta(hours=3, minutes=30)


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """A WS-Security token as it was sent."""

    username: str
    """Names the office's software."""
    password: str
    """The office's key, or the digest that was made with it."""
    is_digested: bool
    """Whether it is the digest."""
    nonce: bytes
    """As bytes, as they go into the digest; empty where none was sent."""
    created_text: str
    """Time of its making, as the text that goes into the digest; empty where it was not said."""
    expires_at: datetime | None
    """The end of the Timestamp beside it, in its own zone or UTC; None without one."""
    proving_keys: set[str] = field(default_factory=set, init=False, compare=False, repr=False)
    """Keys of the office that proved it, sealed as they are kept: it is compared with them once."""

    def is_proved_by(self, office_keys: Iterable[str]) -> bool:
        """Return whether it was made with one of these keys; every key is tried, so that the time taken reveals
        nothing.
        """
        is_proved = False
        for office_key in office_keys:
            expected_password = (
                password_digest(self.nonce, self.created_text, office_key) if self.is_digested else office_key
            )
            is_proved |= hmac.compare_digest(expected_password.encode(), self.password.encode())
        return is_proved

    def parse_created(self) -> datetime | None:
        """Return when it was made; None where it does not say so. `AuthenticationFailed` when that is no moment."""
        return _parse_moment(self.created_text) if self.created_text else None

    @property
    def nonce_digest(self) -> str:
        """Digest by which a nonce is remembered."""
        return hashlib.sha256(self.nonce).hexdigest()


def password_digest(nonce: bytes, created_text: str, office_key: str) -> str:
    """Return the password of a token with PasswordDigest."""
    sha1_digest = hashlib.sha1(nonce + created_text.encode() + office_key.encode(), usedforsecurity=False).digest()
    return b64encode(sha1_digest).decode("ascii")


def find_token(security_header: Element | None) -> UsernameToken:
    """Return the only token of a security header; `AuthenticationFailed` names what is missing.

    Signatures and encrypted parts are refused: nobody here would prove them, and who sends them relies on that.
    """
    if security_header is None:
        raise AuthenticationFailed("Security", SoapAuthenticationReason.UNSIGNED)
    token_elements: list[Element] = []
    timestamps: list[Element] = []
    for child_element in security_header:
        child_tag = child_element.tag
        if child_tag not in _UNDERSTOOD_TAGS:
            raise AuthenticationFailed("Security", SoapAuthenticationReason.FURTHER_HEADERS)
        (token_elements if child_tag == _TOKEN_TAG else timestamps).append(child_element)
    if len(token_elements) != 1:
        raise AuthenticationFailed(
            "Security",
            SoapAuthenticationReason.FURTHER_HEADERS if token_elements else SoapAuthenticationReason.UNSIGNED,
        )
    expires_text = (timestamps[0].findtext(_EXPIRES_TAG) or "").strip() if timestamps else ""
    return _read_token(token_elements[0], _parse_moment(expires_text) if expires_text else None)


def _read_token(token_element: Element, expires_at: datetime | None) -> UsernameToken:
    texts_by_tag: dict[str, str] = {}
    password_type = _TEXT_TYPE
    for child_element in token_element:
        child_tag = str(child_element.tag)
        texts_by_tag[child_tag] = child_text = (child_element.text or "").strip()
        if len(child_text) > LONGEST_PART:
            raise AuthenticationFailed("UsernameToken", SoapAuthenticationReason.FURTHER_HEADERS)
        if child_tag == _PASSWORD_TAG:
            password_type = child_element.get("Type", _TEXT_TYPE)
    if len(texts_by_tag) != len(token_element):
        raise AuthenticationFailed("UsernameToken", SoapAuthenticationReason.FURTHER_HEADERS)
    username, password = texts_by_tag.get(_USERNAME_TAG), texts_by_tag.get(_PASSWORD_TAG)
    if not username or not password:
        raise AuthenticationFailed("UsernameToken", SoapAuthenticationReason.UNSIGNED)
    is_digested, nonce, created_text = (
        _is_digest_type(password_type),
        _decode_nonce(texts_by_tag.get(_NONCE_TAG, "")),
        texts_by_tag.get(_CREATED_TAG, ""),
    )
    if is_digested and not (nonce and created_text):
        raise AuthenticationFailed("UsernameToken", SoapAuthenticationReason.NO_NONCE)
    if 0 < len(nonce) < LEAST_NONCE_BYTES:
        raise AuthenticationFailed("Nonce", SoapAuthenticationReason.SHORT_NONCE)
    return UsernameToken(username, password, is_digested, nonce, created_text, expires_at)


def _is_digest_type(password_type: str) -> bool:
    if password_type in _PASSWORD_TYPES:
        return password_type == _DIGEST_TYPE
    raise AuthenticationFailed("Password", SoapAuthenticationReason.UNSIGNED)


def _decode_nonce(nonce_text: str) -> bytes:
    try:
        return b64decode(nonce_text, validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationFailed("Nonce", SoapAuthenticationReason.NO_NONCE) from None


def _parse_moment(moment_text: str) -> datetime:
    """Return a moment; one without a zone is UTC, as the profile has it. Fractions of any length are cut off."""
    seconds_part, _, fraction_part = moment_text.partition(".")
    zone_suffix = fraction_part.lstrip("0123456789") if fraction_part else ""
    try:
        moment = datetime.fromisoformat(seconds_part + zone_suffix)
    except ValueError:
        raise AuthenticationFailed("Created", SoapAuthenticationReason.NO_MOMENT) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def refuse_stale_token(token: UsernameToken, now: datetime, clock_skew: timedelta) -> None:
    """Raise `AuthenticationFailed` for a token of another time than ours, give or take `clock_skew`; the error names
    our time, or that Tehran's clock was sent as UTC.
    """
    created_at = token.parse_created()
    is_expired = token.expires_at is not None and now - token.expires_at > clock_skew
    if is_expired or (created_at is not None and abs(now - created_at) > clock_skew):
        if created_at is not None and abs(now + _TEHRAN_OFFSET - created_at) <= clock_skew:
            raise AuthenticationFailed("Created", SoapAuthenticationReason.TEHRAN_AS_UTC)
        our_time = to_tehran(now)  # with its year, which a computer's clock may have lost
        named_time = f"{jalali_text(our_time.date())} {clock_text(our_time)}"
        raise AuthenticationFailed("Created", SoapAuthenticationReason.CLOCK, now=named_time)
