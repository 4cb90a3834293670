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
        if version not in service.state_map:
            yield Flaw("no_state_map", service.key, f"version {version}")
    for version in sorted({*service.state_map, *service.former}):
        if not 1 <= version < service.version:
            yield Flaw("state_map_of_no_version", service.key, f"version {version}")
        elif version in service.state_map:
            yield from _map_flaws(service, version)


def _map_flaws(service: Service, version: int) -> Iterator[Flaw]:
    present = {state.name: state.phase for state in service.states}
    here, there = service.former.get(version), service.former.get(version + 1, present)
    if here is None:
        yield Flaw("no_former_states", service.key, f"version {version}")
    moves = service.state_map[version]
    for old in sorted(set(moves) - set(here or moves)):
        yield Flaw("state_map_from_nowhere", service.key, f"version {version}: {old}")
    # Without the former states, those of today are the best that is known of them.
    for old, phase in (here or _named(moves, present)).items():
        new = moves.get(old, old)
        if new not in there:
            yield Flaw("state_map_into_nowhere", service.key, f"{old} -> {new}")
        elif phase is not None and phase.final and there[new] is not phase:
            yield Flaw("finished_moved", service.key, f"{old} -> {new}")


def _named(moves: Mapping[str, str], present: Mapping[str, Phase]) -> Mapping[str, Phase | None]:
    return {old: present.get(old) for old in moves}
