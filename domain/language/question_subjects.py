"""What a request keeps beside its question: which fields of its form and which papers the question is about."""

from domain.requests.request import ServiceRequest

MARKED_FIELDS_KEY, MARKED_PAPERS_KEY = "marked_fields", "marked_papers"
"""Where a request's data keeps their names, and how the inputs of the step that asks are called."""


def list_marked_fields(request: ServiceRequest) -> list[str]:
    """Return the names of the fields that the open question is about."""
    return [str(name) for name in request.data.get(MARKED_FIELDS_KEY, ())]


def list_marked_papers(request: ServiceRequest) -> list[str]:
    """Return the names of the papers that the open question is about."""
    return [str(name) for name in request.data.get(MARKED_PAPERS_KEY, ())]
