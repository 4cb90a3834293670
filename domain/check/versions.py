"""The versions of a declaration: its state maps lead from every earlier one to states that exist.

Each map moves requests one version on, so its targets are states of the version after it. What ended there stays ended,
in the same phase (services.md, "Declarations").
"""

from collections.abc import Iterator, Mapping

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.requests.request import Phase


def version_flaws(service: Service) -> Iterator[Flaw]:
    """Find versions without a map, maps of no version, and maps that lead astray."""
    if service.version < 1:
        yield Flaw("version_below_one", service.key, str(service.version))
    for version in range(1, service.version):
        if version not in service.state_maps:
            yield Flaw("no_state_map", service.key, f"version {version}")
    for version in sorted({*service.state_maps, *service.former_states}):
        if not 1 <= version < service.version:
            yield Flaw("state_map_of_no_version", service.key, f"version {version}")
        elif version in service.state_maps:
            yield from _map_flaws(service, version)


def _map_flaws(service: Service, version: int) -> Iterator[Flaw]:
    present_phases = {state.name: state.phase for state in service.states}
    phases_before, phases_after = (
        service.former_states.get(version),
        service.former_states.get(version + 1, present_phases),
    )
    if phases_before is None:
        yield Flaw("no_former_states", service.key, f"version {version}")
    state_moves = service.state_maps[version]
    for old_state in sorted(set(state_moves) - set(phases_before or state_moves)):
        yield Flaw("state_map_from_nowhere", service.key, f"version {version}: {old_state}")
    # Without the former states, those of today are the best that is known of them.
    for old_state, phase in (phases_before or _moved_phases(state_moves, present_phases)).items():
        new_state = state_moves.get(old_state, old_state)
        if new_state not in phases_after:
            yield Flaw("state_map_into_nowhere", service.key, f"{old_state} -> {new_state}")
        elif phase is not None and phase.is_final and phases_after[new_state] is not phase:
            yield Flaw("finished_moved", service.key, f"{old_state} -> {new_state}")


def _moved_phases(state_moves: Mapping[str, str], present_phases: Mapping[str, Phase]) -> Mapping[str, Phase | None]:
    return {old_state: present_phases.get(old_state) for old_state in state_moves}
