"""Work and visits that are booked on a day: what a declared holiday falls on."""

from collections.abc import Iterable
from datetime import date

from domain.fleet.ports import FleetRepository
from domain.repositories import FleetRepositories
from domain.requests.ports import RequestRepository
from domain.values.calendar import day_bounds
from domain.values.tracking_codes import TrackingCode


async def list_codes_booked_on(uow: FleetRepositories, days: Iterable[date]) -> dict[date, list[TrackingCode]]:
    """Return the codes of the requests that have a machine, an operator or an officer booked on each of these days, by
    their hour; a day without any is left out.
    """
    return {day: codes for day in days if (codes := await _list_codes_of_day(uow.requests, uow.fleet, day))}


async def _list_codes_of_day(requests: RequestRepository, fleet: FleetRepository, day: date) -> list[TrackingCode]:
    booked = [booking.request_id for booking, _ in await fleet.list_between(*day_bounds(day))]
    request_ids = dict.fromkeys(request_id for request_id in booked if request_id is not None)
    codes_by_id = await requests.list_codes(set(request_ids))
    return [codes_by_id[request_id] for request_id in request_ids]
