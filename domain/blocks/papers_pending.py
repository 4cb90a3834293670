"""Files of requests: what they are by their own bytes, and which papers a request still lacks.

A request is accepted without its papers (*documents pending*): the citizen, the office or the officer at the visit adds
them, and `DocumentsComplete` asks for them where they are needed. Source: services.md, "Declarations".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.language.service import Context, Effect, Guard, Papers
from domain.requests.documents import Document
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError, NotAllowedNow


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
