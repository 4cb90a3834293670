"""Signed calls of a counter office by the ten thousand, as `wrk` sends them: one body a line, each with a nonce."""

import os
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from channels.pishkhan_soap.envelope import WSSE_NAMESPACE
from channels.pishkhan_soap.schema import NAMESPACE
from channels.pishkhan_soap.username_token import password_digest

OFFICE, USERNAME, KEY = "1001", "office-1001", "bench-key-of-thirty-two-characters"
CLERK = "0499370899"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DIGESTED = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
_CALLS = count(1)

SUBMIT = (
    "<citizen><fullName>گل‌جمال توماج</fullName><nationalCode>0790419904</nationalCode><mobile>09121234567</mobile>"
    "</citizen><items><item><machine>loader</machine><hours>4</hours></item><item><machine>dump_truck</machine>"
    "<hours>3.5</hours><count>2</count></item></items><date>{day}</date><start>08:00</start>"
    "<place>گمیشان، خیابان امام، جنب پارک</place>"
)
GET = "<trackingCode>{code}</trackingCode>"


def envelopes(operation: str, inner: str, number: int) -> Iterator[str]:
    """Yield so many envelopes of an operation, each with a call id, a nonce and a moment of its own."""
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for call in range(number):
        nonce = os.urandom(16)
        yield _ENVELOPE.format(
            password=password_digest(nonce, created, KEY),
            nonce=b64encode(nonce).decode(),
            created=created,
            operation=operation,
            call=f"{next(_CALLS)}-{call}",
            inner=inner,
        )


def plain(operation: str, inner: str) -> str:
    """Return an envelope that nobody signed, for peers that ask no one who they are."""
    return _PLAIN.format(operation=operation, call="1", inner=inner)


def written(file: Path, lines: Iterator[str]) -> Path:
    """Write envelopes, one a line; return the file."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
    return file


_BODY = (
    f"<s:Body><{{operation}} xmlns='{NAMESPACE}'><officeCode>{OFFICE}</officeCode><clerkNationalCode>{CLERK}"
    "</clerkNationalCode><clientRequestId>{call}</clientRequestId>{inner}</{operation}></s:Body></s:Envelope>"
)
_BEGIN = "<?xml version='1.0' encoding='utf-8'?><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
_PLAIN = _BEGIN + _BODY
_ENVELOPE = (
    _BEGIN + f"<s:Header><o:Security s:mustUnderstand='1' xmlns:o='{WSSE_NAMESPACE}' xmlns:u='{WSU}'><o:UsernameToken>"
    f"<o:Username>{USERNAME}</o:Username><o:Password Type='{DIGESTED}'>{{password}}</o:Password>"
    "<o:Nonce>{nonce}</o:Nonce><u:Created>{created}</u:Created></o:UsernameToken></o:Security></s:Header>" + _BODY
)
