"""Files of requests: what they are by their own bytes, and which papers a request still lacks.

A request is accepted without its papers (*documents pending*): the citizen, the office or the officer at the visit adds
them, and `DocumentsComplete` asks for them where they are needed. Source: services.md, "Declarations".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.language.papers import ServicePapers
from domain.language.service import Effect, Guard, StepContext
from domain.requests.documents import Document
from domain.requests.ports import DocumentRepository
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError, NotAllowedNow
from domain.values.reasons import NotAllowedReason

NO_PAPER = "nothing"
"""Entry of a list without missing papers: its words are in `choices.document`."""


def list_missing_papers(
    papers: ServicePapers, form_values: Mapping[str, Any], documents: Collection[Document]
) -> tuple[str, ...]:
    """Return the names of the papers that this form requires and none of the documents is."""
    present_papers = {document.field for document in documents}
    return tuple(name for name in papers.list_required(form_values) if name not in present_papers)


async def find_missing_papers(
    documents: DocumentRepository, papers: ServicePapers | None, request: ServiceRequest
) -> tuple[str, ...]:
    """Return the names of the papers that a request still lacks."""
    if papers is None or not papers.list_required(request.fields):
        return ()
    return list_missing_papers(papers, request.fields, await documents.list_of_request(request.id))


@dataclass(frozen=True, slots=True)
class AnnouncePapers(Effect):
    """List in the first message which papers are still required, wherever they will come from."""

    is_undoable: ClassVar[bool] = True
    provides: ClassVar[frozenset[str]] = frozenset({"documents"})
    papers: ServicePapers

    async def apply_effect(self, context: StepContext) -> None:
        """Put their names among the facts."""
        required_papers = self.papers.list_required(context.request.fields)
        missing_papers = [name for name in required_papers if name not in context.provided_papers]
        context.facts["documents"] = missing_papers or [NO_PAPER]


@dataclass(frozen=True, slots=True)
class DocumentsComplete(Guard):
    """Every required paper is there."""

    is_foreseeable: ClassVar[bool] = True
    provides: ClassVar[frozenset[str]] = frozenset({"missing"})
    papers: ServicePapers

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for the request's documents; what is missing is put into the facts."""
        context.facts["missing"] = list(await find_missing_papers(context.uow.documents, self.papers, context.request))
        return not context.facts["missing"]

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the papers that are missing."""
        return NotAllowedNow("documents", NotAllowedReason.DOCUMENTS_PENDING, document=context.facts["missing"])
