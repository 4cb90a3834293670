"""Signed envelopes as plain text, in both versions of SOAP, made by hand: what is sent is what stands here."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
OURS = "urn:pishkhan:counter:1"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
MEDIA = {SOAP_11: "text/xml", SOAP_12: "application/soap+xml"}

CLERK = "0499370899"
OTHER_CLERK = "0084575948"
CITIZEN = {"fullName": "آنه محمدی", "nationalCode": "0499370899", "mobile": "09121234567"}
MACHINERY = {
    "citizen": CITIZEN,
    "items": {"item": {"machine": "loader", "hours": "4"}},
    "date": "2026-11-25",
    "start": "08:00",
    "place": "خیابان امام",
}

_numbers = count(1)


def fresh(what: str = "call") -> str:
    """Return an id that nothing here had before."""
    return f"{what}-{next(_numbers)}"


def elements(values: Mapping[str, Any]) -> str:
    """Return values as elements: a mapping is a record, a list repeats its element, None an empty one."""
    out: list[str] = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            inner = elements(one) if isinstance(one, Mapping) else escape("" if one is None else str(one))
            out.append(f"<{name}>{inner}</{name}>")
    return "".join(out)


def body(operation: str, values: Mapping[str, Any] | None = None, *, office: str = "1001", **head: str) -> str:
    """Return a request's element; `head` may say `clerk` and `call_id`."""
    first = {
        "officeCode": office,
        "clerkNationalCode": head.get("clerk", CLERK),
        "clientRequestId": head.get("call_id") or fresh(),
    }
    return f'<{operation} xmlns="{OURS}">{elements(first | dict(values or {}))}</{operation}>'


def envelope(inner: str, header: str = "", version: str = SOAP_11) -> str:
    """Return a whole message without an XML declaration."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f'<s:Envelope xmlns:s="{version}">{head}<s:Body>{inner}</s:Body></s:Envelope>'


@dataclass(slots=True)
class Signer:
    """Makes tokens of one office's key. `now` is what its clock shows; every field of a token can be set for once."""

    username: str
    key: str
    clock: Any
    said: dict[str, str] = field(default_factory=dict)

    def created(self) -> str:
        """Return the moment as such clients write it."""
        now: datetime = self.clock.now()
        return f"{now:%Y-%m-%dT%H:%M:%SZ}"

    def token(self, *, kind: str = "PasswordDigest", **other: str) -> str:
        """Return a UsernameToken; `other` may say username, key, nonce (as sent), created, password."""
        said = self.said | other
        nonce = said.get("nonce", b64encode(fresh("nonce").rjust(16, "-").encode()).decode())
        created = said.get("created", self.created())
        password = said.get("password") or self._password(nonce, created, said.get("key", self.key), kind)
        return (
            f"<w:UsernameToken><w:Username>{escape(said.get('username', self.username))}</w:Username>"
            f'<w:Password Type="{PROFILE}#{kind}">{escape(password)}</w:Password>'
            f"<w:Nonce>{nonce}</w:Nonce><u:Created>{created}</u:Created></w:UsernameToken>"
        )

    @staticmethod
    def _password(nonce: str, created: str, key: str, kind: str) -> str:
        if kind == "PasswordText":
            return key
        plain = hashlib.sha1(unpadded(nonce) + created.encode() + key.encode(), usedforsecurity=False)
        return b64encode(plain.digest()).decode()

    def security(self, *tokens: str, **other: str) -> str:
        """Return a security header of these parts, by default of one fresh token."""
        inner = "".join(tokens) or self.token(**other)
        return f'<w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}" s:mustUnderstand="1">{inner}</w:Security>'

    def signed(self, inner: str, version: str = SOAP_11, **other: str) -> str:
        """Return a whole signed message."""
        return envelope(inner, self.security(**other), version)


def unpadded(nonce: str) -> bytes:
    """Return a nonce's bytes, nothing of one that is no Base64."""
    try:
        return b64decode(nonce)
    except ValueError:
        return b""
