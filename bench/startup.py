"""Time until `pishkhan serve` is ready, and its memory when idle.

    python -m bench.startup [RUNS]

Each run migrates an empty SQLite database, starts the server as a user would (demonstration mode), asks `/readyz` until
it answers 200, lets the process rest, and reads its resident memory. A small table is printed; nothing is left behind.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import PROGRAM, Server, free_port, resident_bytes
from bench.tables import machine, table

REST_SECONDS = 5.0
"""Rest of a process before its memory is read: its first work in the background is over by then."""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds until the first 200, and resident bytes when idle."""

    seconds: float
    resident: int


def build_settings(home: str) -> dict[str, str]:
    """Return the settings of a demonstration in that folder."""
    return {
        "PISHKHAN_DEMO": "1",
        "PISHKHAN_PORT": str(free_port()),
        "PISHKHAN_DATABASE_URL": f"sqlite:///{home}/pishkhan.db",
    }


async def measured(home: str, program: Path = PROGRAM) -> Run:
    """Do one run."""
    server = Server(Path(home), build_settings(home), (program,))
    await server.run("migrate")
    began = time.monotonic()
    async with server:
        seconds = time.monotonic() - began
        await asyncio.sleep(REST_SECONDS)
        return Run(seconds, resident_bytes(server.pid))


def lines(runs: list[Run]) -> list[tuple[str, float, int]]:
    """Return each run, then the medians."""
    each = [(str(number), run.seconds, run.resident) for number, run in enumerate(runs, start=1)]
    middle = (statistics.median(run.seconds for run in runs), round(statistics.median(run.resident for run in runs)))
    return [*each, ("median", *middle)]


async def main(count: int) -> None:
    """Measure `count` runs and print the table."""
    print(machine())
    runs = []
    for _ in range(count):
        with TemporaryDirectory(prefix="pishkhan-bench-") as home:
            runs.append(await measured(home))
    rows = [(name, f"{seconds:.2f}", f"{resident / 2**20:.1f}") for name, seconds, resident in lines(runs)]
    print(f"\n{table(('run', 'ready (s)', 'idle (MiB)'), rows)}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
