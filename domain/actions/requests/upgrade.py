"""Bringing running requests to the present declarations (`pishkhan migrate`): to their versions and their queues."""

from domain.actions.desk import Desk
from domain.language.service import Service
from domain.requests.request import RequestFilter
from domain.unit_of_work import Store

BATCH = 100


def mapped(service: Service, version: int, state: str) -> str:
    """Return what a state of an older version is called now: each version's map in turn, unnamed states staying."""
    for step in range(version, service.version):
        state = service.state_map.get(step, {}).get(state, state)
    return state


async def unknown_states(desk: Desk, store: Store) -> list[tuple[str, int, str]]:
    """Return (service, version, state) of live requests that the present code cannot run: `serve` then refuses to
    start.
    """
    async with store.unit(write=False) as uow:
        live = await uow.requests.live_states()
    return sorted(one for one in live if not _known(desk, *one))


def _known(desk: Desk, key: str, version: int, state: str) -> bool:
    service = desk.services.get(key)
    return service is not None and version == service.version and state in {one.name for one in service.states}


async def upgrade(desk: Desk, store: Store) -> int:
    """Apply the state maps to every live request of an older version, in units of a hundred; return how many moved.

    Each is an event of its history. A request whose service or state is unknown even so is left: `unknown_states`
    tells. Those whose state now belongs to another unit go over to its queue.
    """
    moved = 0
    for key, version, state in await unknown_states(desk, store):
        service = desk.services.get(key)
        if service is None or version >= service.version:
            continue
        target = mapped(service, version, state)
        if target in {one.name for one in service.states}:
            moved += await _move(desk, store, (key, version, state), target)
    async with store.unit() as uow:
        for service in desk.services.values():
            for one in service.states:
                if one.turn:
                    await uow.requests.give_turn(service.key, one.name, one.turn)
    return moved


async def _move(desk: Desk, store: Store, old: tuple[str, int, str], target: str) -> int:
    key, version, state = old
    moved, before = 0, None
    while True:
        async with store.unit() as uow:
            found = await uow.requests.find(RequestFilter(service=key, state=state, before=before, limit=BATCH))
            older = [request for request in found if request.version == version]
            for request in older:
                await desk.engine.upgrade(uow, await uow.requests.get(request.id, lock=True), target)
        moved += len(older)
        if len(found) < BATCH:
            return moved
        before = found[-1].id
