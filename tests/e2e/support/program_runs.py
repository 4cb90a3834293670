"""Runs of the program `pishkhan`, each in a process of its own: started as a user does, or forked from a warm one."""

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.fake_time import FakeTime

PROGRAM = Path(sys.executable).with_name("pishkhan")
ROOT = Path(__file__).parents[3]
WARM = ROOT / "tests" / "programs" / "warm_program.py"
KILLED = -signal.SIGKILL
"""The exit code of a process that was killed."""

COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Death:
    """A process dies at a named step of `mortal.STEPS`, when it comes for the `at`-th time."""

    step: str
    at: int = 1

    def __str__(self) -> str:
        return f"{self.step}@{self.at}"


@dataclass(frozen=True, slots=True)
class Order:
    """Command to run: its surroundings, and the files that its standard streams are appended to."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    home: Path
    out: Path
    err: Path
    death: Death | None = None


class Run:
    """One process of the program. `ended` becomes its exit code, minus the signal when one ended it."""

    def __init__(self, pid: int, ended: Awaitable[int]) -> None:
        self.pid = pid
        self.ended = asyncio.ensure_future(ended)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if not self.ended.done():
            os.kill(self.pid, number)

    async def ends_within(self, seconds: float) -> bool:
        """Whether it ends so soon, or has ended."""
        return bool((await asyncio.wait([self.ended], timeout=seconds))[0])


Starter = Callable[[Order], Awaitable[Run]]
"""A way to start a run."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Output, as JSON."""
        return json.loads(self.out)


async def finished(
    start: Starter, arguments: tuple[str, ...], environment: Mapping[str, str], home: Path, death: Death | None = None
) -> Finished:
    """Run a command to its end, or to its death; an AssertionError when it comes to neither."""
    with TemporaryDirectory(dir=home, prefix="command-") as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        run = await start(Order(arguments, environment, home, out, err, death))
        if not await run.ends_within(COMMAND_SECONDS):
            run.signal(signal.SIGKILL)
            raise AssertionError(f"{arguments} did not end within {COMMAND_SECONDS:.0f} s:\n{err.read_text()}")
        return Finished(run.ended.result(), out.read_text(), err.read_text())


async def spawned(command: tuple[str, ...], environment: Mapping[str, str], home: Path, **streams: Any) -> Process:
    """A child process that does not outlive the tests, even when they are killed."""
    return await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig=KILL", *command, env=environment, cwd=home, **streams
    )


async def cold(order: Order) -> Run:
    """Start it by itself, as for a user."""
    assert order.death is None, "the installed program does not die when it is told to"
    command = (str(PROGRAM), *order.arguments)
    with order.out.open("ab") as out, order.err.open("ab") as err:
        process = await spawned(command, order.environment, order.home, stdin=DEVNULL, stdout=out, stderr=err)
    return Run(process.pid, process.wait())


async def forked(root: Path, order: Order) -> Run:
    """Fork it from a process that imported all of `root` (`programs/warm_program.py`); may be told to die."""
    reader, writer = await asyncio.open_unix_connection(_warm_process(root))
    writer.write(json.dumps(asdict(order), default=str).encode() + b"\n")
    begun = json.loads(await reader.readline())
    return Run(begun["pid"], _end(reader, writer))


async def _end(reader: StreamReader, writer: StreamWriter) -> int:
    try:
        line = await reader.readline()
    finally:
        writer.close()
    assert line, "the warm process ended"
    code: int = json.loads(line)["code"]
    return code


warm: Starter = partial(forked, ROOT)
"""Fork it from this project's warm process."""


@cache
def _warm_process(root: Path) -> str:
    """The socket of the warm process, which is started at the first need and ends with this one."""
    home = TemporaryDirectory(prefix="pishkhan-warm-")
    path = f"{home.name}/socket"
    clock = FakeTime(Path(home.name) / "clock")
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": f"{root}:{ROOT}", **clock.env()}
    command = ("setpriv", "--pdeathsig=KILL", sys.executable, str(WARM), path)
    process = subprocess.Popen(command, env=environment, cwd=home.name, stdout=subprocess.PIPE)

    def end() -> None:
        process.kill()
        process.communicate()
        home.cleanup()

    atexit.register(end)
    assert process.stdout
    assert process.stdout.readline(), "the warm process did not start"
    return path
