"""Keeping the steps of requests that were made before reports counted them, out of their histories (`migrate`)."""

from domain.actions.desk import Desk
from domain.engine import step_records
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import Store, UnitOfWork

BATCH = 100


async def recount(desk: Desk, store: Store) -> int:
    """Keep the steps of every request that has none kept, in units of a hundred; return how many requests.

    One of a service that the code does not know leaves none.
    """
    counted = 0
    while True:
        async with store.unit() as uow:
            found = await uow.reports.uncounted(BATCH)
            for request in found:
                await _count(desk, uow, await uow.requests.get(request.id, lock=True))
        counted += len(found)
        if len(found) < BATCH:
            return counted


async def _count(desk: Desk, uow: UnitOfWork, request: ServiceRequest) -> None:
    service = desk.services.get(request.service)
    request.entered_at = request.created_at
    if service is not None:
        request.kind = service.kind_of(request.fields)
        events = await uow.history.of_request(request.id)
        for one in step_records.steps_of(service, desk.calendar, request, events):
            await uow.reports.add_step(one)
            request.entered_at = one.at
        if request.phase is Phase.DONE and service.work:
            for work in service.work(request):
                await uow.reports.add_work(work)
    await uow.requests.save(request)
