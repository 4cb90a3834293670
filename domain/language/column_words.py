"""Words of a request in the columns of a queue."""

from collections.abc import Mapping
from typing import Any

from domain.fields.form import Field
from domain.fields.stored import list_stored
from domain.fields.types import Identifier, Text
from domain.language.service import Service
from domain.language.summaries import summarize_work
from domain.language.summary_columns import SummaryColumn
from domain.language.wording import Wording
from domain.messages.templates import cut_text
from domain.requests.request import ServiceRequest
from domain.values.languages import join_list


def describe_columns(
    wording: Wording,
    service: Service,
    values: Mapping[str, Any],
    left_out: str | None = None,
    *,
    for_page: bool = True,
) -> dict[SummaryColumn, str]:
    """Return what each column says, out of all that a request says in its form and keeps beside it; days near today as
    people say them. `left_out` is the field that the row shows already. On a page a plate is as on the car.
    """
    texts_by_name = {
        field.name: _describe_value(wording, service, field, value, for_page=for_page)
        for field, value in summarize_work(service, values)
    }
    return {
        column: join_list(
            texts_by_name[name]
            for name in service.summary.list_column(column)
            if name in texts_by_name and name != left_out
        )
        for column in SummaryColumn
    }


def describe_request(wording: Wording, request: ServiceRequest) -> str:
    """Return what a request is for and when, as its own citizen knows it again («لودر ۴ ساعت، فردا، ساعت ۸»); the
    service's title where its values say none. What somebody wrote in words is left out: it may be long.
    """
    service = wording.services[request.service]
    texts = [field.name for field in (*service.stored_fields, *service.form) if isinstance(field.type, Text)]
    values = {name: value for name, value in {**list_stored(request), **request.fields}.items() if name not in texts}
    columns = describe_columns(wording, service, values, for_page=False)
    described = join_list(text for text in (columns[SummaryColumn.WORK], columns[SummaryColumn.TIME]) if text)
    longest = wording.catalogue.length_limit("work", request.service)
    return cut_text(described, longest) or wording.service_title(request.service)


def _describe_value(wording: Wording, service: Service, field: Field, value: Any, *, for_page: bool) -> str:
    if for_page and isinstance(field.type, Identifier):
        value_text = field.type.render_on_page(value, wording.catalogue.text)
    else:
        value_text = wording.render_fact(field.type, field.name, value)
    row_key = f"services.{service.key}.row.{field.name}"
    return wording.catalogue.render(row_key, {"value": value_text}) if row_key in wording.catalogue else value_text
