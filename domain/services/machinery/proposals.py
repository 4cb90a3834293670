"""Proposals of the unit, as typed, unless it says otherwise: what the form asks for, and the hours worked."""

from datetime import date, time

from domain.blocks.operator_reports import propose_worked_hours
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


async def propose_done_hours(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the hours that operators reported, else those that were priced."""
    return await propose_worked_hours(uow, request) or await propose_wanted_hours(uow, request)
