"""The Jalali month or year over which a counter office's statement and till are shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import Visitor
from channels.web.forms import Control, FormWording, build_controls, read_form
from domain.actions.dependencies import Dependencies
from domain.fields.form import Field, read_fields
from domain.fields.types import Choice, Integer, ReadingContext
from domain.values.calendar import FIRST_YEAR, LAST_YEAR, MONTH_NAMES, jalali_period, to_jalali, to_tehran
from domain.values.errors import DomainError
from domain.values.text import persian_digits

PeriodValues = Mapping[str, str]
"""The period as it was asked for, to be shown again; it may be none."""

_MONTH_CHOICES = tuple(str(number) for number in range(1, 13))

PERIOD_FIELDS = (
    Field("year", Integer(FIRST_YEAR, LAST_YEAR)),
    Field("month", Choice(), required=False, choices=_MONTH_CHOICES),
)


def read_period(request: web.Request, visitor: Visitor) -> PeriodValues:
    """Return the period that was asked for, the present month when none was."""
    return read_form(PERIOD_FIELDS, request.query) or month_containing(to_tehran(visitor.now).date())


def month_containing(day: date) -> PeriodValues:
    """Return the month in which a day lies."""
    year, month, _ = to_jalali(day)
    return {"year": persian_digits(year), "month": str(month)}


def parse_period_days(period_values: PeriodValues, visitor: Visitor) -> tuple[date, date]:
    """Return its first day, and the first day after it; `MissingField` or `InvalidField` (`year`, `month`)."""
    values = read_fields(PERIOD_FIELDS, period_values, visitor.actor.channel, ReadingContext(visitor.now))
    return jalali_period(values["year"], int(values["month"]) if "month" in values else None)


def build_period_query(period_values: PeriodValues) -> str:
    """Return it as the query of an address."""
    return urlencode({form_field.name: period_values.get(form_field.name, "") for form_field in PERIOD_FIELDS})


def build_period_controls(
    dependencies: Dependencies, period_values: PeriodValues, period_error: DomainError | None
) -> Sequence[Control]:
    """Return the controls that ask for it."""
    get_text = dependencies.catalogue.text
    titles_by_field = {"month": dict(zip(_MONTH_CHOICES, MONTH_NAMES, strict=True))}
    form_wording = FormWording(
        dependencies.wording,
        lambda field_name: get_text(f"admin.statement.{field_name}"),
        titles_by_field,
        blank_key="admin.statement.whole_year",
    )
    return build_controls(PERIOD_FIELDS, period_values, form_wording, period_error)
