"""Keeping the steps of requests that were made before reports counted them, out of their histories (`migrate`)."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.engine import step_records
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import Store

BATCH_SIZE = 100


async def recount_requests(dependencies: Dependencies, store: Store) -> int:
    """Keep the steps of every request that has none kept, in units of a hundred; return how many requests.

    One of a service that the code does not know leaves none.
    """
    counted_requests = 0
    while True:
        async with store.open_unit() as uow:
            uncounted_requests = await uow.reports.list_uncounted(BATCH_SIZE)
            for request in uncounted_requests:
                await _recount_request(ActionContext(dependencies, uow), await uow.requests.get(request.id, lock=True))
        counted_requests += len(uncounted_requests)
        if len(uncounted_requests) < BATCH_SIZE:
            return counted_requests


async def _recount_request(context: ActionContext, request: ServiceRequest) -> None:
    service = context.dependencies.services.get(request.service)
    request.entered_at = request.created_at
    if service is not None:
        request.kind = service.find_kind(request.fields)
        history_events = await context.uow.history.list_of_request(request.id)
        for step_record in step_records.rebuild_step_records(
            service, context.dependencies.calendar, request, history_events
        ):
            await context.uow.reports.add_step(step_record)
            request.entered_at = step_record.at
        if request.phase is Phase.DONE and service.list_machine_work:
            for machine_work in service.list_machine_work(request):
                await context.uow.reports.add_work(machine_work)
    await context.uow.requests.save(request)
