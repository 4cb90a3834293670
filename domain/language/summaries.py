"""Subject of a request in a few values, as its service declares them (`Service.summary`): the rows of queues and lists
say it, in this order."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.fields.form import PERSON_NAME_SOURCE, Field
from domain.language.service import Service
from domain.requests.request import ServiceRequest


def summarize_work(service: Service, values: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    """Yield the fields that say what the work is with their values as they are kept, out of all that a request says in
    its form and keeps beside it; what it does not say is left out.
    """
    for field in service.summary_fields:
        if (value := values.get(field.name)) not in (None, "", []):
            yield field, value


def find_applicant_name(service: Service, request: ServiceRequest) -> str | None:
    """Return the applicant's name, where the form asks for it and it was given."""
    name_fields = [field for field in service.form if field.autofill == PERSON_NAME_SOURCE]
    return next((str(request.fields[field.name]) for field in name_fields if request.fields.get(field.name)), None)
