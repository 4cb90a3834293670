"""Files of requests: what they are by their own bytes, and which papers a request still lacks.

A request is accepted without its papers (*documents pending*): the citizen, the office or the officer at the visit adds
them, and `DocumentsComplete` asks for them where they are needed. Source: services.md, "Declarations".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.accounts import Document
from domain.errors import DocumentRejected, DomainError, NotAllowedNow, TooLarge
from domain.lifecycle import Context, Effect, Guard, Papers
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest

MAX_BYTES = 7 * 1024 * 1024

_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
# Containers name their content some bytes later: RIFF and its form, ISO media (iPhone photos) and its brand.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def sniff(content: bytes) -> str:
    """Return the media type that the first bytes prove: JPEG, PNG, WebP, HEIC or PDF.

    `DocumentRejected("document")` for anything else, whatever its name says; `TooLarge("document")` over `MAX_BYTES`.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge("document", limit=MAX_BYTES)
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    raise DocumentRejected("document")


def lacking(papers: Papers, fields: Mapping[str, Any], documents: Collection[Document]) -> tuple[str, ...]:
    """Return the names of the papers that this form requires and none of the documents is."""
    there = {document.field for document in documents}
    return tuple(name for name in papers.required(fields) if name not in there)


async def lacking_of(uow: UnitOfWork, papers: Papers | None, request: ServiceRequest) -> tuple[str, ...]:
    """Return the names of the papers that a request still lacks."""
    if papers is None or not papers.required(request.fields):
        return ()
    return lacking(papers, request.fields, await uow.documents.of_request(request.id))


@dataclass(frozen=True, slots=True)
class TellPapers(Effect):
    """Say with the first message which papers are required, wherever they will come from."""

    tells: ClassVar[frozenset[str]] = frozenset({"documents"})
    papers: Papers

    async def apply(self, ctx: Context) -> None:
        """Put their names among the facts."""
        ctx.facts["documents"] = list(self.papers.required(ctx.request.fields))


@dataclass(frozen=True, slots=True)
class DocumentsComplete(Guard):
    """Every required paper is there."""

    foreseeable: ClassVar[bool] = True
    tells: ClassVar[frozenset[str]] = frozenset({"missing"})
    papers: Papers

    async def holds(self, ctx: Context) -> bool:
        """Look for the request's documents; what is missing stands among the facts."""
        ctx.facts["missing"] = list(await lacking_of(ctx.uow, self.papers, ctx.request))
        return not ctx.facts["missing"]

    def refusal(self, ctx: Context) -> DomainError:
        """Say which papers are missing."""
        return NotAllowedNow("documents", detail="documents_pending", document=ctx.facts["missing"])
