"""Load by `wrk` on one core, for servers on the other."""

import json
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

from bench.processes import spawned

SERVER_CORE, LOAD_CORE = ("taskset", "--cpu-list", "0"), ("taskset", "--cpu-list", "1")


@dataclass(frozen=True, slots=True)
class WrkRun:
    """Figures told by a script in the end: calls, how long they went on, milliseconds until an answer."""

    calls: float
    seconds: float
    faults: float
    """Calls that were not answered well."""
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


async def run_wrk(
    script: Path, port: int, connections: int, seconds: float, *arguments: str | Path, patience_seconds: int = 2
) -> WrkRun:
    """Call a server of this machine for some seconds; the script gets the arguments. A call that is not answered in
    time (`patience_seconds`) is a fault.
    """
    load = ("--latency", f"-c{connections}", "-t1", f"-d{seconds:g}s", "--timeout", f"{patience_seconds}s")
    command = (*LOAD_CORE, "wrk", *load, "-s", script, f"http://127.0.0.1:{port}", "--", *arguments)
    process = await spawned(command, stdout=PIPE)
    out, _ = await process.communicate()
    return WrkRun(**json.loads(out.splitlines()[-1]))
