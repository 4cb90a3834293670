"""Schedules: a list of integers is one order of events. They are played, drawn by seed, and shrunk when they fail."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.payments.clerks import list_clerk_options
from tests.simulation.payments.ending import run_to_end
from tests.simulation.payments.invariants import check_step
from tests.simulation.payments.macros import linger, list_macros, pay_exactly, start_calmly
from tests.simulation.payments.options import TASTES, Option, describe_option, get_taste
from tests.simulation.payments.payers import list_forgeries, list_payer_options
from tests.simulation.payments.profiles import PROFILES
from tests.simulation.payments.refunding import list_refund_options
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.starts import list_start_options
from tests.simulation.payments.workers import list_worker_options
from tests.simulation.payments.world import MOODS, TOWNS, World, pass_half_an_hour, pass_most_of_session, pass_time

HEAD = 5
"""Numbers before the choices: bank, town, mood, taste, opening."""

OPENINGS: tuple[tuple[Option, ...], ...] = (
    (),
    ((start_calmly, 0),),
    ((start_calmly, 0), (start_calmly, 1)),
    ((start_calmly, 0), (pay_exactly, 0)),
    ((linger, 0),),
)
"""Events before the first choice."""

SHORTEST, LONGEST = 8, 32
"""Of the choices in a drawn schedule."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A schedule that broke a rule."""

    schedule: tuple[int, ...]
    violations: tuple[str, ...]
    trace: tuple[str, ...]

    def __str__(self) -> str:
        steps = "\n".join(f"    {number:2} {step}" for number, step in enumerate(self.trace))
        return f"schedule {list(self.schedule)}\n{steps}\n  " + "\n  ".join(self.violations)


def list_options(world: World) -> list[Option]:
    """List everything that can happen next, several steps at once among it where a taste chooses."""
    options = list_single_options(world)
    if world.taste is None:
        return options
    list_macros(world, options)
    return world.taste.weigh(options)


def list_single_options(world: World) -> list[Option]:
    """List everything that can happen next in one step."""
    options: list[Option] = [(pass_time,)]
    if world.long_jumps_left:
        options.append((pass_half_an_hour,))
        if world.records.attempts:
            options.append((pass_most_of_session,))
    list_start_options(world, options)
    list_payer_options(world, options)
    list_worker_options(world, options)
    list_clerk_options(world, options)
    list_refund_options(world, options)
    list_forgeries(world, options)
    return options


def take_step(world: World, choice: int) -> Option | None:
    """Let happen what a number chooses; None when nothing can happen any more but that time passes."""
    options = list_options(world)
    if len(options) == 1 and world.find_next_moment() is None:
        return None
    option = options[choice % len(options)]
    option[0](world, *option[1:])
    world.steps += 1
    check_step(world)
    return option


def open_world(schedule: Sequence[int], rules: DriverRules) -> World:
    """Make the world that the first numbers of a schedule choose: a bank, a town, and how much goes wrong there."""
    profile, town = PROFILES[schedule[0] % len(PROFILES)], TOWNS[schedule[1] % len(TOWNS)]
    world = World(profile, town, rules, MOODS[schedule[2] % len(MOODS)])
    taste, opening = schedule[3] % TASTES, OPENINGS[schedule[4] % len(OPENINGS)]
    world.taste = get_taste(taste) if taste else None
    for function, index in opening:
        if index < len(world.starts):
            function(world, index)
    return world


def play(schedule: Sequence[int], rules: DriverRules) -> World:
    """Play a schedule to its end; what was wrong is in the world's violations."""
    world = open_world(schedule, rules)
    for choice in schedule[HEAD:]:
        if take_step(world, choice) is None:
            break
        if world.violations:
            return world
    run_to_end(world)
    return world


def draw_schedule(seed: int, head: Sequence[int | None] = ()) -> list[int]:
    """Draw a schedule; what the head says is fixed."""
    drawn = random.Random(seed)
    sizes = (len(PROFILES), len(TOWNS), len(MOODS), TASTES, len(OPENINGS))
    drawn_head = [drawn.randrange(size) for size in sizes]
    for place, number in enumerate(head):
        drawn_head[place] = drawn_head[place] if number is None else number
    length = drawn.randint(SHORTEST, LONGEST)
    bits = drawn.getrandbits(20 * length)
    return drawn_head + [(bits >> (20 * place)) & 0xFFFFF for place in range(length)]


def shrink(schedule: Sequence[int], rules: DriverRules) -> Failure:
    """Return a shorter schedule that still breaks some rule: without any of its choices, and with the least numbers."""
    kind, shortest = get_kind(play(schedule, rules)), list(replay(schedule, rules).schedule)
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for candidate in _list_smaller(shortest):
            if get_kind(play(candidate, rules)) == kind:
                shortest, is_shorter = candidate, True
                break
    return replay(shortest, rules)


def get_kind(world: World) -> str | None:
    """Return what went wrong first, without its numbers; None when nothing did."""
    return re.sub(r"[0-9]+", "N", world.violations[0]) if world.violations else None


def _list_smaller(schedule: list[int]) -> list[list[int]]:
    chunks = [size for size in (8, 4, 2, 1) if size <= len(schedule) - HEAD]
    without = [
        schedule[:place] + schedule[place + size :]
        for size in chunks
        for place in range(HEAD, len(schedule) - size + 1)
    ]
    smaller = [
        [*schedule[:place], number, *schedule[place + 1 :]]
        for place, one in enumerate(schedule)
        for number in sorted({0, one // 2, one - 1} - {one, -1})
    ]
    return without + smaller


def replay(schedule: Sequence[int], rules: DriverRules) -> Failure:
    """Play a schedule and write down its steps, with the choices in their least form."""
    world = open_world(schedule, rules)
    sizes = (len(PROFILES), len(TOWNS), len(MOODS))
    least = [*(number % size for number, size in zip(schedule, sizes, strict=False)), *schedule[3:HEAD]]
    trace = [world.profile.name, world.town.name, str(world.mood)]
    for choice in schedule[HEAD:]:
        options = list_options(world)
        least.append(choice % len(options))
        trace.append(f"{world.now:%H:%M:%S} {describe_option(options[least[-1]])}")
        if take_step(world, choice) is None or world.violations:
            break
    if not world.violations:
        run_to_end(world)
    trace += [f"attempt {one.id}: {one.state} {one.alert or ''}" for one in world.records.attempts.values()]
    return Failure(tuple(least), tuple(world.violations), tuple(trace))
