"""Headers of an answer of any site, and those that no page may lack: by one rule for all of them."""

import re
from collections.abc import Iterator, Mapping

REFERRER_POLICIES = {"same-origin", "strict-origin"}
DIRECTIVES = ("default-src", "object-src", "base-uri", "frame-ancestors")
"""Directives of the content policy that every answer sets to `'none'`."""

_TEXTUAL = re.compile(r"text/.*|application/(json|javascript)|.*[/+]xml")
_FOREIGN_PART = re.compile(
    r"""<(?:script|link(?! rel="(?:canonical|alternate))|img|iframe|object|embed)\b[^>]*?"""
    r"""\b(?:src|href|data)="(?:https?:)?//[^"]+"""
)
_INPUT = re.compile(r"<input\b[^>]*>")


def list_answer_faults(headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    """Yield what an answer's headers lack (ASVS 5.0: 3.4.3 to 3.4.6, 4.1.1, 14.3.2)."""
    policy = dict(part.strip().partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split(";"))
    yield from (f"{name} is {policy.get(name)}" for name in DIRECTIVES if policy.get(name) != "'none'")
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "nosniff"
    if headers.get("Referrer-Policy") not in REFERRER_POLICIES:
        yield f"referrer policy {headers.get('Referrer-Policy')}"
    if headers.get("Cache-Control") not in {"no-store", "no-cache"}:
        yield f"cache {headers.get('Cache-Control')}"
    media_type, _, charset = headers.get("Content-Type", "").partition(";")
    if body and (not media_type or (_TEXTUAL.fullmatch(media_type) and "charset=utf-8" not in charset.lower())):
        yield f"content type {headers.get('Content-Type')}"


def list_page_faults(page: str, *, is_signed_in: bool) -> Iterator[str]:
    """Yield what a page of HTML lacks: a way out, passwords unseen and left to managers of passwords, own parts alone
    (ASVS 5.0: 6.2.6, 6.2.7, 7.4.4, 14.2.3).
    """
    if is_signed_in and 'action="/staff/sign-out"' not in page:
        yield "no signing out"
    for field in _INPUT.findall(page):
        if re.search(r'name="[a-z_]*password"|name="again"', field) and not (
            'type="password"' in field and re.search(r'autocomplete="(current|new)-password"', field)
        ):
            yield field
    yield from _FOREIGN_PART.findall(page)
