"""The leaves that are kept: those of some taxis, and how many days each has taken of a year's."""

from collections import Counter
from collections.abc import AsyncIterator, Collection

from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.taxi_leave.days import count_days, taken_days
from domain.services.taxi_leave.settings import SERVICE_KEY
from domain.unit_of_work import UnitOfWork

PAGE_SIZE = 100


async def iterate_leaves(
    uow: UnitOfWork, plates: Collection[str], *, but: ServiceRequest | None = None, open_only: bool = False
) -> AsyncIterator[ServiceRequest]:
    """Yield the leaves of these taxis, newest first, but one."""
    before_id: int | None = None
    while True:
        leave_filter = RequestFilter(
            SERVICE_KEY, subject_keys=tuple(plates), open_only=open_only, before_id=before_id, limit=PAGE_SIZE
        )
        leaves = await uow.requests.list_requests(leave_filter)
        for leave in leaves:
            if but is None or leave.id != but.id:
                yield leave
        if len(leaves) < PAGE_SIZE:
            return
        before_id = leaves[-1].id


async def count_used_days(uow: UnitOfWork, request: ServiceRequest, *, fridays: bool) -> Counter[int]:
    """Return how many days the other leaves of a leave's taxi take, by Jalali year."""
    used_days: Counter[int] = Counter()
    async for other_leave in iterate_leaves(uow, [str(request.fields["plate"])], but=request):
        if days := taken_days(other_leave):
            used_days += count_days(*days, fridays=fridays)
    return used_days
