"""Running commands of `pishkhan`: each in a process of its own, started as a user does, or forked from a warm one."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

PROGRAM = Path(sys.executable).with_name("pishkhan")
WARM = Path(__file__).parent.parent / "programs" / "warm_cli.py"
COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Commands(Protocol):
    """A way to run commands."""

    async def run(self, *arguments: str) -> Finished:
        """Run one to its end; an AssertionError when it does not come to one."""
        ...


async def spawned(command: tuple[str, ...], environment: Mapping[str, str], home: Path, **streams: Any) -> Process:
    """A child process that does not outlive the tests, even when they are killed."""
    return await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig=KILL", *command, env=environment, cwd=home, **streams
    )


class ColdCommands:
    """Each command starts by itself, as for a user."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self._environment = environment
        self._home = home

    async def run(self, *arguments: str) -> Finished:
        """Run one to its end."""
        command = (str(PROGRAM), *arguments)
        process = await spawned(command, self._environment, self._home, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                out, err = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise AssertionError(f"{arguments} did not end within {COMMAND_SECONDS:.0f} s") from None
        assert process.returncode is not None
        return Finished(process.returncode, out.decode(), err.decode())


class WarmCommands:
    """Commands are forked from a process that has imported everything (`programs/warm_cli.py`)."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self._environment = environment
        self._home = home
        self._numbers = count(1)
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process that the commands are forked from."""
        command = (sys.executable, str(WARM))
        self._process = await spawned(command, self._environment, self._home, stdin=PIPE, stdout=PIPE)
        self._listening = asyncio.create_task(self._listen(self._process))

    async def run(self, *arguments: str) -> Finished:
        """Run one to its end."""
        assert self._process
        assert self._process.stdin
        number = next(self._numbers)
        out, err = (self._home / f"command-{number}.{stream}" for stream in ("out", "err"))
        self._ends[number] = asyncio.get_running_loop().create_future()
        asked = {"number": number, "arguments": arguments, "out": str(out), "err": str(err)}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        try:
            code = await asyncio.wait_for(self._ends[number], COMMAND_SECONDS)
        except TimeoutError:
            raise AssertionError(f"{arguments} did not end within {COMMAND_SECONDS:.0f} s") from None
        return Finished(code, out.read_text(), err.read_text())

    async def stop(self) -> None:
        """Let the process end."""
        if self._process and self._process.stdin and self._listening:
            self._process.stdin.close()
            await self._listening
            await self._process.wait()

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            end = json.loads(line)
            self._ends.pop(end["number"]).set_result(end["code"])
        for waiting in self._ends.values():
            waiting.set_exception(AssertionError("the warm process ended"))
