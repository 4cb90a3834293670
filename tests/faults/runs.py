"""Runs of the real program that may die on the way: the near side of `program.py`."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.e2e.commands import spawned

PROGRAM = Path(__file__).with_name("program.py")
KILLED = -signal.SIGKILL
"""The exit code of a process that was killed."""


@dataclass(frozen=True, slots=True)
class Death:
    """A process dies at a named step of `program.STEPS`, when it comes for the `at`-th time."""

    step: str
    at: int = 1

    def __str__(self) -> str:
        return f"{self.step}@{self.at}"


class Run:
    """One process of the program. `ended` becomes its exit code, minus the signal when one ended it."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.pid: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if not self.ended.done():
            os.kill(self.pid.result(), number)


class Program:
    """The program in one environment: started once, forked for each run."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._runs: dict[int, Run] = {}
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self, environment: Mapping[str, str], home: Path) -> None:
        """Start what the runs are forked from; they live in this environment and directory."""
        root = str(PROGRAM.parent.parent.parent)
        command = (sys.executable, str(PROGRAM))
        self._process = await spawned(command, {**environment, "PYTHONPATH": root}, home, stdin=PIPE, stdout=PIPE)
        self._listening = asyncio.create_task(self._listen(self._process))

    async def begin(self, arguments: tuple[str, ...], out: Path, err: Path, death: Death | None = None) -> Run:
        """Begin a run whose standard streams are appended to files."""
        assert self._process
        assert self._process.stdin
        number = next(self._numbers)
        run = self._runs[number] = Run()
        asked = {"number": number, "arguments": arguments, "out": str(out), "err": str(err)}
        dies = {"step": death.step, "at": death.at} if death else None
        self._process.stdin.write(json.dumps({**asked, "death": dies}).encode() + b"\n")
        await run.pid
        return run

    async def stop(self) -> None:
        """Let everything end; runs that still last are killed."""
        under_way = list(self._runs.values())
        for run in under_way:
            run.signal(signal.SIGKILL)
        await asyncio.gather(*(run.ended for run in under_way), return_exceptions=True)
        if self._process and self._process.stdin and self._listening:
            self._process.stdin.close()
            await self._listening
            await self._process.wait()

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            told = json.loads(line)
            if "pid" in told:
                self._runs[told["number"]].pid.set_result(told["pid"])
            else:
                self._runs.pop(told["number"]).ended.set_result(told["code"])
        for run in self._runs.values():
            for awaited in (run.pid, run.ended):
                if not awaited.done():
                    awaited.set_exception(AssertionError("the warm process ended"))
