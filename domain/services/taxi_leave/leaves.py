"""The leaves that are kept: those of some taxis, and how many days each has taken of a year's."""

from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import date, time

from domain.requests.ports import RequestRepository
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.taxi_leave.days import count_days, first_day_of, taken_days
from domain.services.taxi_leave.settings import SERVICE_KEY
from domain.values.calendar import YEAR_AHEAD, first_day_of_year, tehran_moment

PAGE_SIZE = 100
LONGEST_REACH = 2 * YEAR_AHEAD
"""A leave has ended so long after it was asked for: it begins within a year, and lasts no longer than one."""


async def iterate_leaves(
    requests: RequestRepository,
    plates: Collection[str],
    *,
    but: ServiceRequest | None = None,
    open_only: bool = False,
    since: date | None = None,
) -> AsyncIterator[ServiceRequest]:
    """Yield the leaves of these taxis, newest first, but one; with `since` only those that may take days from that one
    on.
    """
    leave_filter = RequestFilter(
        SERVICE_KEY,
        subject_keys=tuple(plates),
        open_only=open_only,
        created_from=tehran_moment(since, time(0)) - LONGEST_REACH if since else None,
        limit=PAGE_SIZE,
    )
    while True:
        leaves = await requests.list_requests(leave_filter)
        for leave in leaves:
            if but is None or leave.id != but.id:
                yield leave
        if len(leaves) < PAGE_SIZE:
            return
        leave_filter = replace(leave_filter, before_id=leaves[-1].id)


async def count_used_days(requests: RequestRepository, request: ServiceRequest, *, fridays: bool) -> Counter[int]:
    """Return how many days the other leaves of a leave's taxi take, by Jalali year: of the years that it touches."""
    used_days: Counter[int] = Counter()
    since = first_day_of_year(first_day_of(request.fields))
    async for other_leave in iterate_leaves(requests, [str(request.fields["plate"])], but=request, since=since):
        if days := taken_days(other_leave):
            used_days += count_days(*days, fridays=fridays)
    return used_days
