"""The Jalali month or year over which a counter office's statement and till are shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import Visit
from channels.web.forms import Control, FormWords, controls, read_form
from domain.actions.desk import Desk
from domain.fields.form import Field, read_fields
from domain.fields.types import Choice, Integer, ReadingContext
from domain.values.calendar import FIRST_YEAR, LAST_YEAR, MONTH_NAMES, in_tehran, period, to_jalali
from domain.values.errors import DomainError
from domain.values.text import persian_digits

Asked = Mapping[str, str]
"""The period as it was asked for, to be shown again; it may be none."""

_MONTHS = tuple(str(number) for number in range(1, 13))

PERIOD = (
    Field("year", Integer(FIRST_YEAR, LAST_YEAR)),
    Field("month", Choice(), required=False, choices=_MONTHS),
)


def asked(request: web.Request, visit: Visit) -> Asked:
    """Return the period that was asked for, the present month when none was."""
    return read_form(PERIOD, request.query) or month_of(in_tehran(visit.now).date())


def month_of(day: date) -> Asked:
    """Return the month in which a day lies."""
    year, month, _ = to_jalali(day)
    return {"year": persian_digits(year), "month": str(month)}


def days(given: Asked, visit: Visit) -> tuple[date, date]:
    """Return its first day, and the first day after it; `MissingField` or `InvalidField` (`year`, `month`)."""
    values = read_fields(PERIOD, given, visit.actor.channel, ReadingContext(visit.now))
    return period(values["year"], int(values["month"]) if "month" in values else None)


def address(given: Asked) -> str:
    """Return it as the query of an address."""
    return urlencode({one.name: given.get(one.name, "") for one in PERIOD})


def filters(desk: Desk, given: Asked, wrong: DomainError | None) -> Sequence[Control]:
    """Return the controls that ask for it."""
    text = desk.catalogue.text
    titles = {"month": dict(zip(_MONTHS, MONTH_NAMES, strict=True))}
    words = FormWords(
        desk.wording, lambda name: text(f"admin.statement.{name}"), titles, blank="admin.statement.whole_year"
    )
    return controls(PERIOD, given, words, wrong)
