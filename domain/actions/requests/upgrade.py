"""Bringing running requests to the present declarations (`pishkhan migrate`): to their versions and their queues."""

from domain.actions.dependencies import Dependencies
from domain.language.service import Service
from domain.requests.request import RequestFilter
from domain.unit_of_work import Store

BATCH_SIZE = 100


def map_state(service: Service, version: int, state: str) -> str:
    """Return what a state of an older version is called now: each version's map in turn, unnamed states staying."""
    for map_version in range(version, service.version):
        state = service.state_maps.get(map_version, {}).get(state, state)
    return state


async def list_unknown_states(dependencies: Dependencies, store: Store) -> list[tuple[str, int, str]]:
    """Return (service, version, state) of live requests that the present code cannot run: `serve` then refuses to
    start.
    """
    async with store.open_unit(write=False) as uow:
        live_states = await uow.requests.list_live_states()
    return sorted(live_state for live_state in live_states if not _is_known_state(dependencies, *live_state))


def _is_known_state(dependencies: Dependencies, service_key: str, version: int, state: str) -> bool:
    service = dependencies.services.get(service_key)
    return (
        service is not None and version == service.version and state in {declared.name for declared in service.states}
    )


async def upgrade_requests(dependencies: Dependencies, store: Store) -> int:
    """Apply the state maps to every live request of an older version, in units of a hundred; return how many moved.

    Each is an event of its history. A request whose service or state is unknown even so is left: `list_unknown_states`
    lists it. Those whose state now belongs to another unit go over to its queue.
    """
    moved_count = 0
    for service_key, version, state in await list_unknown_states(dependencies, store):
        service = dependencies.services.get(service_key)
        if service is None or version >= service.version:
            continue
        target_state = map_state(service, version, state)
        if target_state in {declared.name for declared in service.states}:
            moved_count += await _move_requests(dependencies, store, (service_key, version, state), target_state)
    async with store.open_unit() as uow:
        for service in dependencies.services.values():
            for declared in service.states:
                if declared.turn:
                    await uow.requests.assign_turn(service.key, declared.name, declared.turn)
    return moved_count


async def _move_requests(
    dependencies: Dependencies, store: Store, old_position: tuple[str, int, str], target_state: str
) -> int:
    service_key, version, state = old_position
    moved_count, before_id = 0, None
    while True:
        async with store.open_unit() as uow:
            found_requests = await uow.requests.list_requests(
                RequestFilter(service=service_key, state=state, before_id=before_id, limit=BATCH_SIZE)
            )
            older_requests = [request for request in found_requests if request.version == version]
            for request in older_requests:
                await dependencies.engine.upgrade_request(
                    uow, await uow.requests.get(request.id, lock=True), target_state
                )
        moved_count += len(older_requests)
        if len(found_requests) < BATCH_SIZE:
            return moved_count
        before_id = found_requests[-1].id
