"""What the columns of a queue say of a request, in words."""

from collections.abc import Mapping
from typing import Any

from domain.fields.form import Field
from domain.fields.types import Identifier
from domain.language.service import Service
from domain.language.summaries import summarize_work
from domain.language.summary_columns import SummaryColumn
from domain.language.wording import Wording
from domain.values.languages import join_list


def describe_columns(
    wording: Wording, service: Service, values: Mapping[str, Any], left_out: str | None = None
) -> dict[SummaryColumn, str]:
    """Return what each column says, out of all that a request says in its form and keeps beside it; days near today as
    people say them. `left_out` is the field that the row shows already.
    """
    texts_by_name = {
        field.name: _describe_value(wording, service, field, value) for field, value in summarize_work(service, values)
    }
    return {
        column: join_list(
            texts_by_name[name]
            for name in service.summary.list_column(column)
            if name in texts_by_name and name != left_out
        )
        for column in SummaryColumn
    }


def _describe_value(wording: Wording, service: Service, field: Field, value: Any) -> str:
    if isinstance(field.type, Identifier):  # columns stand on pages: a plate as on the car
        value_text = field.type.render_on_page(value, wording.catalogue.text)
    else:
        value_text = wording.render_fact(field.type, field.name, value)
    row_key = f"services.{service.key}.row.{field.name}"
    return wording.catalogue.render(row_key, {"value": value_text}) if row_key in wording.catalogue else value_text
