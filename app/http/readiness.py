"""Why a process must not serve: `NotReady`, and the check for requests that this code cannot take on."""

from collections.abc import Iterable, Mapping

from domain.actions.desk import Desk
from domain.actions.requests.upgrade import unknown_states
from domain.language.service import Service
from domain.unit_of_work import Store

LiveState = tuple[str, int, str]
"""Service, version and state in which a request stands that is not final."""


class NotReady(Exception):
    """The process may not serve; `faults` has a line for each thing to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


async def refuse_unknown_states(desk: Desk, store: Store) -> None:
    """Raise `NotReady` when a live request stands where this code cannot take it on."""
    if unknown := await unknown_states(desk, store):
        raise NotReady(state_faults(unknown, desk.services))


def state_faults(unknown: Iterable[LiveState], services: Mapping[str, Service]) -> list[str]:
    """Return a line for each state of live requests that these declarations cannot run, and what to do about it."""
    return [_state_fault(*one, services) for one in unknown]


def _state_fault(key: str, version: int, state: str, services: Mapping[str, Service]) -> str:
    where = f"there are requests of {key!r}, version {version}, in state {state!r}"
    service = services.get(key)
    if service is None:
        return f"{where}, but no such service in this code"
    if version < service.version:
        return f"{where}, and this code has version {service.version}: run `pishkhan migrate`"
    if version > service.version:
        return f"{where}, and this code has version {service.version}: run the newer Pishkhan"
    return f"{where}, which this code does not know: its state map must lead somewhere"
