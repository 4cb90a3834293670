"""When the work of a machinery request is wanted, and that it can still be then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from domain.language.service import Context, Guard
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.values.calendar import YEAR_AHEAD, tehran
from domain.values.errors import DomainError, InvalidField


def wanted_start(request: ServiceRequest) -> datetime:
    """Return the moment at which the work is wanted."""
    return _moment(request.fields)


def _moment(values: Mapping[str, Any]) -> datetime:
    return tehran(date.fromisoformat(values["date"]), time.fromisoformat(values["start"]))


def untimely(start: datetime, now: datetime) -> str | None:
    """Return the detail of the error when work cannot begin then."""
    if start <= now:
        return "past"
    return "work_too_far" if start > now + YEAR_AHEAD else None


@dataclass(frozen=True, slots=True)
class WantedInFuture(Guard):
    """The work is wanted at a time that is still to come, and within a year: «امروز ساعت ۸» at ten is a mistake, and so
    is another year.

    A request that takes up a finished one has its past time; the civil unit names another when it accepts.
    """

    async def holds(self, ctx: Context) -> bool:
        """Compare the wanted day and hour with the clock."""
        return ctx.request.parent_id is not None or untimely(wanted_start(ctx.request), ctx.now) is None

    def rules_out(self, values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Look at day and hour as far as they are known: of a day alone some moment must be left."""
        if "date" not in values:
            return False
        if "start" in values:
            return untimely(_moment(values), now) is not None
        day = date.fromisoformat(values["date"])
        return untimely(tehran(day, time.max), now) == "past" or tehran(day, time.min) > now + YEAR_AHEAD

    def refusal(self, ctx: Context) -> DomainError:
        """Name the day that is too far, else the hour: a past day is refused where it is read."""
        detail = untimely(wanted_start(ctx.request), ctx.now) or "past"
        return InvalidField("start" if detail == "past" else "date", detail=detail)
