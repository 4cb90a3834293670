"""What the unit accepts unless it says otherwise: the hours, the day and the hour of the form, as they are typed."""

from datetime import date, time

from domain.fields.types import format_number
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import clock_text, jalali_text
from domain.values.languages import join_list


async def propose_wanted_hours(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the hours of each line of the form."""
    return join_list(format_number(item["hours"]) for item in request.fields["items"])


async def propose_wanted_day(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the day of the form."""
    return jalali_text(date.fromisoformat(request.fields["date"]))


async def propose_wanted_hour(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the hour of the form."""
    return clock_text(time.fromisoformat(request.fields["start"]))
