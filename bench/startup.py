"""How long `pishkhan serve` takes to be ready, and how much memory it holds when idle.

    python bench/startup.py [RUNS]

Each run migrates an empty SQLite database, starts the server as a user would (demonstration mode), asks `/readyz` until
it answers 200, lets the process rest, and reads its resident memory. A small table is printed; nothing is left behind.
"""

import asyncio
import os
import socket
import statistics
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM = Path(sys.executable).with_name("pishkhan")
REST_SECONDS = 5.0
"""How long a process rests before its memory is read: its first work in the background is over by then."""

GIVE_UP_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds until the first 200, and resident bytes when idle."""

    seconds: float
    resident: int


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def is_ready(port: int) -> bool:
    """Tell whether `/readyz` answers 200."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        status = await reader.readline()
    finally:
        writer.close()
    return b" 200 " in status


async def ended(process: Process, within: float) -> bool:
    """Wait so many seconds for a process to end, and tell whether it did."""
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        return False
    return True


def resident_bytes(process: Process) -> int:
    """Return VmRSS of a process."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


async def start(environment: dict[str, str], *arguments: str) -> Process:
    """Start a command of `pishkhan`."""
    return await asyncio.create_subprocess_exec(
        str(PROGRAM), *arguments, env=environment, stdout=DEVNULL, stderr=DEVNULL
    )


async def measured(home: str) -> Run:
    """Do one run."""
    port = free_port()
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PISHKHAN_DEMO": "1",
        "PISHKHAN_PORT": str(port),
        "PISHKHAN_DATABASE_URL": f"sqlite:///{home}/pishkhan.db",
    }
    if await (await start(environment, "migrate")).wait():
        raise SystemExit("pishkhan migrate failed")
    began = time.monotonic()
    process = await start(environment, "serve")
    try:
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while not await is_ready(port):
                if await ended(process, LOOK_AGAIN_SECONDS):
                    raise SystemExit("pishkhan serve ended")
        seconds = time.monotonic() - began
        await asyncio.sleep(REST_SECONDS)
        return Run(seconds, resident_bytes(process))
    finally:
        process.terminate()
        await process.wait()


def table(runs: list[Run]) -> str:
    """Return the table: each run, then the medians."""
    rows = [(str(number), run.seconds, run.resident) for number, run in enumerate(runs, start=1)]
    median = ("median", statistics.median(run.seconds for run in runs), statistics.median(run.resident for run in runs))
    lines = [f"{name:>8} {seconds:>10.2f} {resident / 1_048_576:>12.1f}" for name, seconds, resident in [*rows, median]]
    return "\n".join([f"{'run':>8} {'ready (s)':>10} {'idle (MiB)':>12}", *lines])


async def main(count: int) -> None:
    """Measure `count` runs and print the table."""
    runs = []
    for _ in range(count):
        with TemporaryDirectory(prefix="pishkhan-bench-") as home:
            runs.append(await measured(home))
    print(table(runs))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
