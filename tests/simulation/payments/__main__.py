"""The simulation from the command line: `python -m tests.simulation.payments --schedules 1000000 --depth 5`.

Drawn schedules by seed, then every order of events to a depth. A schedule that breaks a rule is shrunk and printed with
the command that plays it again; the exit code is then 1. `--compare` measures three common algorithms beside ours.
"""

import argparse
import os
import sys
from dataclasses import astuple
from functools import partial
from time import monotonic

from tests.simulation.payments.libraries import COMPARED
from tests.simulation.payments.losses import Losses
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.runs import explore_all, measure_part, run_in_processes, run_schedules
from tests.simulation.payments.schedules import replay

COLUMNS = ("algorithm", "paid", "kept, uncounted", "counted, not ours", "given back by us", "lapsed", "told falsely")


def draw(arguments: argparse.Namespace) -> bool:
    """Play drawn schedules; whether all held."""
    began = monotonic()
    tally = run_schedules(arguments.seed, arguments.schedules, arguments.processes, DriverRules())
    seconds = monotonic() - began
    print(
        f"{tally.schedules} schedules (seeds {arguments.seed} to {arguments.seed + tally.schedules - 1}) in"
        f" {seconds:.0f} s, {tally.schedules / max(seconds, 0.001):.0f}/s: {tally.choices} choices, the longest"
        f" {tally.longest}, {len(tally.outcomes)} distinct outcomes, {len(tally.failed_seeds)} failed"
    )
    return not tally.failed_seeds


def explore(arguments: argparse.Namespace) -> bool:
    """Play every order of events to a depth; whether all held."""
    has_held, schedules, branches, began = True, 0, 0, monotonic()
    for head, found in explore_all(arguments.depth, arguments.processes, DriverRules()):
        has_held &= found.failure is None
        schedules, branches = schedules + found.schedules, branches + found.branches
        print(f"-- {list(head)} {found}", flush=True)
    print(
        f"every order of {arguments.depth} events: {schedules} distinct worlds, each played to its end, of"
        f" {branches} branches in {monotonic() - began:.0f} s"
    )
    return has_held


def compare(arguments: argparse.Namespace) -> bool:
    """Print what each algorithm loses in the same schedules; whether ours loses nothing."""
    print(f"Rials in {arguments.schedules} schedules of seeds from {arguments.seed} on:\n\n| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    kept = 0
    for name, rules in COMPARED.items():
        losses = Losses()
        part = partial(measure_part, rules=rules)
        for one in run_in_processes(part, arguments.seed, arguments.schedules, arguments.processes):
            losses.add(one)
        kept += losses.kept + losses.counted_without_money if rules.reads_settlement_file else 0
        print("| " + " | ".join([name, *(f"{number:,}" for number in astuple(losses))]) + " |", flush=True)
    return not kept


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.payments", description=__doc__)
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the first one; each schedule has the next")
    parser.add_argument("--depth", type=int, default=0, help="of the exhaustive part; 0: none")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--compare", action="store_true", help="measure what other algorithms lose instead")
    parser.add_argument("--replay", help="one schedule, its numbers separated by commas")
    arguments = parser.parse_args()
    if arguments.replay:
        found = replay([int(number) for number in arguments.replay.split(",")], DriverRules())
        print(found)
        return 1 if found.violations else 0
    if arguments.compare:
        return 0 if compare(arguments) else 1
    has_held = draw(arguments)
    return 0 if (not arguments.depth or explore(arguments)) and has_held else 1


if __name__ == "__main__":
    sys.exit(main())
