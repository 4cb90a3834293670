"""Every order of events to a depth: worlds that are alike are followed once, and each is brought to its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.payments.ending import run_to_end
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.schedules import Failure, list_options, open_world, replay, take_step
from tests.simulation.payments.world import World


@dataclass(frozen=True, slots=True)
class Exploration:
    """Its result."""

    depth: int
    schedules: int
    """Orders of events that were played to their ends: one for each world that is unlike all before."""
    branches: int
    """Steps that were tried; those that led to a world which was known already are not followed."""
    failure: Failure | None

    def __str__(self) -> str:
        outcome = "ok" if self.failure is None else str(self.failure)
        return f"depth {self.depth}: {self.schedules} distinct worlds, {self.branches} branches, {outcome}"


def explore(head: Sequence[int], depth: int, rules: DriverRules) -> Exploration:
    """Play every order of so many events after a head (bank, town, mood, taste 0, opening)."""
    known: set[tuple[object, ...]] = set()
    level: list[tuple[int, ...]] = [()]
    branches = 0
    for _ in range(depth + 1):
        following: list[tuple[int, ...]] = []
        for path in level:
            world = _walk(head, path, rules)
            branches += 1
            state = world.describe()
            if state in known:
                continue
            known.add(state)
            choices = [] if world.violations else _list_choices(world)
            if not world.violations:
                run_to_end(world)
            if world.violations:
                return Exploration(depth, len(known), branches, replay([*head, *path], rules))
            following.extend((*path, choice) for choice in choices)
        level = following
    return Exploration(depth, len(known), branches, None)


def _walk(head: Sequence[int], path: Sequence[int], rules: DriverRules) -> World:
    world = open_world(head, rules)
    for choice in path:
        take_step(world, choice)
    return world


def _list_choices(world: World) -> list[int]:
    """Return one number for each thing that can happen: what is listed more than once is likelier, not more."""
    first: dict[tuple[object, ...], int] = {}
    for number, option in enumerate(list_options(world)):
        first.setdefault(option, number)
    return list(first.values())
