"""The day that a calendar or a sheet shows: the one that is asked for by the box above it, else the usual one."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from channels.admin.frame import Visitor
from channels.web.forms import Control, FormWording, build_controls
from domain.actions.dependencies import Dependencies
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import ReadingContext
from domain.values.calendar import jalali_text
from domain.values.errors import DomainError

_DAY_FIELD = Field("day", Day(allows_past=True), required=False)


def read_shown_day(request: web.Request, visitor: Visitor, usual_day: date) -> tuple[date, DomainError | None]:
    """Return the day that is asked for, `usual_day` where none is, or one that cannot be read: then with the error."""
    day_text = request.query.get("day")
    if not day_text:
        return usual_day, None
    try:
        return date.fromisoformat(_DAY_FIELD.read_value(day_text, ReadingContext(visitor.now))), None
    except DomainError as day_error:  # not an empty page
        return usual_day, day_error


def build_day_controls(
    dependencies: Dependencies, request: web.Request, day: date, day_error: DomainError | None
) -> Sequence[Control]:
    """Return the box of the day; one that could not be read is shown as it was typed."""
    form_wording = FormWording(dependencies.wording, lambda name: dependencies.catalogue.text(f"admin.calendar.{name}"))
    day_text = request.query["day"] if day_error else jalali_text(day)
    return build_controls([_DAY_FIELD], {"day": day_text}, form_wording, day_error)
