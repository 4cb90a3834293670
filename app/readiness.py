"""Reason why a process must not serve: `NotReady`, and the check for requests that this code cannot take on."""

from collections.abc import Iterable, Mapping

from domain.actions.dependencies import Dependencies
from domain.actions.requests.upgrade import list_unknown_states
from domain.language.service import Service
from domain.unit_of_work import Store

LiveState = tuple[str, int, str]
"""Service, version and state of a request that is not final."""


class NotReady(Exception):
    """The process may not serve; `faults` has a line for each thing to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


async def refuse_unknown_states(dependencies: Dependencies, store: Store) -> None:
    """Raise `NotReady` when a live request is in a state that this code cannot continue."""
    if stuck_states := await list_unknown_states(dependencies, store):
        raise NotReady(describe_state_faults(stuck_states, dependencies.services))


def describe_state_faults(stuck_states: Iterable[LiveState], services: Mapping[str, Service]) -> list[str]:
    """Return a line for each state of live requests that these declarations cannot run, and what to do about it."""
    return [_describe_state_fault(*live_state, services) for live_state in stuck_states]


def _describe_state_fault(service_key: str, version: int, state: str, services: Mapping[str, Service]) -> str:
    place_text = f"there are requests of {service_key!r}, version {version}, in state {state!r}"
    service = services.get(service_key)
    if service is None:
        return f"{place_text}, but no such service in this code"
    if version < service.version:
        return f"{place_text}, and this code has version {service.version}: run `pishkhan migrate`"
    if version > service.version:
        return f"{place_text}, and this code has version {service.version}: run the newer Pishkhan"
    return f"{place_text}, which this code does not know: its state map must lead somewhere"
