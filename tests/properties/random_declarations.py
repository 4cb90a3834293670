"""`python -m tests.properties.random_declarations --examples 500 --seed 1`: random services, each refused or run.

It ends by itself, prints what came of all of them, and each fault with the number of its example, which `--only` plays
again under the same seed.
"""

import argparse
import asyncio
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from hypothesis import HealthCheck, Phase, given, seed, settings

from store.migrate import migrate
from tests.properties.support.random_trials import Tally, Trial, furnish, run_trial, trials


def main(arguments: Sequence[str] | None = None) -> int:
    """Try so many services; 1 where one was at fault."""
    parser = argparse.ArgumentParser(description="Random declarations, each refused by check or run to every end.")
    parser.add_argument("--examples", type=int, default=500, help="how many services")
    parser.add_argument("--seed", type=int, default=1405, help="which ones")
    parser.add_argument("--only", type=int, help="the number of the one example to be run")
    chosen = parser.parse_args(arguments)
    tally, faults, began_at = Tally(), list[str](), monotonic()
    with tempfile.TemporaryDirectory(prefix="pishkhan-random-") as folder:
        furnished = Path(folder) / "furnished.db"
        asyncio.run(_prepare(furnished))
        _play(chosen, Path(folder), furnished, tally, faults)
    _print_tally(tally, faults, monotonic() - began_at)
    return 1 if faults else 0


async def _prepare(furnished: Path) -> None:
    await migrate(f"sqlite:///{furnished}")
    await furnish(furnished)


def _play(chosen: argparse.Namespace, folder: Path, furnished: Path, tally: Tally, faults: list[str]) -> None:
    numbers = iter(range(chosen.examples + 1))

    @seed(chosen.seed)
    @settings(
        max_examples=chosen.examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(trials())
    def each(trial: Trial) -> None:
        number = next(numbers, chosen.examples)
        if chosen.only in {None, number}:
            _try(number, trial, folder, furnished, tally, faults)

    each()


def _try(number: int, trial: Trial, folder: Path, furnished: Path, tally: Tally, faults: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as own_folder:
        try:
            asyncio.run(run_trial(trial, furnished, Path(own_folder), tally))
        except Exception as error:  # noqa: BLE001 - each is told, and the next one is tried
            tally.outcomes["at fault"] += 1
            steps = ", ".join(step.name for step in trial.service.transitions)
            trace = traceback.format_exc(limit=-4)
            faults.append(f"example {number} ({trial.mistake or 'no mistake'}; {steps}): {error!r}\n{trace}")
            print(faults[-1], flush=True)


def _print_tally(tally: Tally, faults: list[str], seconds: float) -> None:
    tables: Sequence[tuple[str, Counter[str]]] = (
        ("outcomes", tally.outcomes), ("mistakes made", tally.mistakes), ("refused for", tally.refused),
        ("ends reached", tally.ends),
    )  # fmt: skip
    for title, counter in tables:
        print(f"{title}: {', '.join(f'{name} {count}' for name, count in counter.most_common())}")
    print(f"{sum(tally.outcomes.values())} services in {seconds:.0f} s, {len(faults)} at fault")


if __name__ == "__main__":
    raise SystemExit(main())
