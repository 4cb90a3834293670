"""Values that a request certainly holds, state by state; no step may need another.

An effect says what it keeps and forgets (`Effect.stores`, `forgets`), effects and guards say what they need
(`required_data`). What is certain is what every way to a state has kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.check.flaws import Flaw
from domain.check.walk import Walk, WalkState
from domain.language.service import Effect, Guard, Service

KeptByPlace = Mapping[WalkState, frozenset[str]]
"""Certain values in each place of the walk."""


def find_kept_values(service: Service, graph: Walk) -> KeptByPlace:
    """Return what a request holds for certain in each place that it can come to."""
    everything = _list_everything(service)
    first_values = _follow(frozenset(), service.submit_effects)
    kept_by_place = dict.fromkeys(graph.walk_states, everything)
    for place in graph.walk_states:
        if place.state == service.initial_state and place.is_arriving:
            kept_by_place[place] &= first_values
    has_changed = True
    while has_changed:
        has_changed = False
        for edge in graph.edges:
            held_after = _follow(kept_by_place[edge.start], edge.step.effects if edge.step else ())
            if not kept_by_place[edge.end] <= held_after:
                kept_by_place[edge.end] &= held_after
                has_changed = True
    return kept_by_place


def kept_in_state(kept_by_place: KeptByPlace, state_name: str) -> frozenset[str]:
    """Return what is certain wherever a request is in that state; nothing where it never is."""
    values = [place_values for place, place_values in kept_by_place.items() if place.state == state_name]
    return frozenset.intersection(*values) if values else frozenset()


def missing_data_flaws(service: Service, graph: Walk, kept_by_place: KeptByPlace) -> Iterator[Flaw]:
    """Find effects and guards that need what no effect before them has kept on some way."""
    subjects = {f"submit: {name}" for name in _find_missing(frozenset(), service.submit_guards, service.submit_effects)}
    for edge in graph.edges:
        if edge.step:
            conditions = [edge.step.condition] if edge.step.condition else []
            guards = [*conditions, *edge.step.guards]
            missing = _find_missing(kept_by_place[edge.start], guards, edge.step.effects)
            subjects |= {f"{edge.step.name}: {name}" for name in missing}
    yield from (Flaw("lacks_kept_value", service.key, subject) for subject in sorted(subjects))


def _find_missing(held: frozenset[str], guards: Sequence[Guard], effects: Sequence[Effect]) -> set[str]:
    missing = {field.name for guard in guards for field in guard.required_data} - held
    for effect in effects:
        missing |= {field.name for field in effect.required_data} - held
        held = _follow(held, (effect,))
    return missing


def _follow(held: frozenset[str], effects: Iterable[Effect]) -> frozenset[str]:
    for effect in effects:
        held = (held - {field.name for field in effect.forgets}) | kept_by(effect)
    return held


def kept_by(effect: Effect) -> frozenset[str]:
    """Return what a request holds once an effect happened."""
    return frozenset(field.name for field in effect.stores)


def _list_everything(service: Service) -> frozenset[str]:
    return frozenset(name for effect in service.effects for name in kept_by(effect))
