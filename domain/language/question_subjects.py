"""Fields that a request keeps beside its question: which fields of its form and which papers the question is about."""

from domain.fields.stored import StoredFields, stored_texts
from domain.fields.types import Choices
from domain.requests.request import ServiceRequest

MARKED_FIELDS, MARKED_PAPERS = stored_texts("marked_fields", Choices()), stored_texts("marked_papers", Choices())
"""Their names; the inputs of the step that asks are called like them."""

MARKS: StoredFields = (MARKED_FIELDS, MARKED_PAPERS)


def list_marked_fields(request: ServiceRequest) -> list[str]:
    """Return the names of the fields that the open question is about."""
    return MARKED_FIELDS.find(request) or []


def list_marked_papers(request: ServiceRequest) -> list[str]:
    """Return the names of the papers that the open question is about."""
    return MARKED_PAPERS.find(request) or []
