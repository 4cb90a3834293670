"""Personal data after its time: what of a request is erased, and what stays as figures.

Source: services.md, "Personal data". Erased are names, numbers, addresses and everybody's own words: values of fields
of the form or kept beside it whose type is no figure, the personal part of history events, files, and the texts that
came and went. Counts, dates, amounts, kinds, hours and states stay, so that reports of past years keep their figures.
"""

from domain.engine.overdue import SLA_BROKEN
from domain.fields.stored import StoredFields
from domain.language.kept_fields import list_kept_fields
from domain.language.service import Service
from domain.language.stored_quote import QUOTE
from domain.requests.request import ServiceRequest


def erase_personal_data(service: Service | None, request: ServiceRequest) -> None:
    """Take everything personal out of a request's own row; a service that exists no more keeps the
    figures of its quote alone.
    """
    figure_names = {field.name for field in service.form if field.survives_erasure} if service else set()
    kept_fields: StoredFields = (SLA_BROKEN, QUOTE, *(list_kept_fields(service) if service else ()))
    kept_figures = {field.name: field.find_figures(request) for field in kept_fields}
    request.fields = {name: value for name, value in request.fields.items() if name in figure_names}
    request.data = {name: value for name, value in kept_figures.items() if value is not None}
    request.mobile = request.unverified_mobile = request.awaits = request.subject_key = None
