"""Memory of processes together, read from the kernel while they work.

Two sums are told. PSS shares out what processes have in common (the interpreter, libraries) and is what they cost the
machine together, at the worst moment that was looked at. RSS counts that in each, and adds up the highest of each
process, whenever that was: never less than what the machine has to have.
"""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LOOK_EVERY_SECONDS = 0.2


@dataclass(slots=True)
class Footprint:
    """Most memory of some processes and their children, in bytes."""

    roots: tuple[int, ...]
    """Process ids; whatever they start counts too."""
    proportional: int = 0
    """The highest sum of PSS."""
    resident_by_process: dict[int, int] = field(default_factory=dict)
    """The highest RSS of each process by its id."""

    @property
    def resident(self) -> int:
        """The sum of the highest RSS of each."""
        return sum(self.resident_by_process.values())

    def look(self) -> None:
        """Read what they have now."""
        proportional = 0
        for pid in (pid for root in self.roots for pid in _list_family(root)):
            try:
                proportional += _read_kilobytes(pid, "smaps_rollup", "Pss:")
                self.resident_by_process[pid] = _read_kilobytes(pid, "status", "VmHWM:")
            except (OSError, StopIteration):  # it has just ended
                continue
        self.proportional = max(self.proportional, proportional)

    async def watch(self, process: Process) -> None:
        """Look again and again until a process has ended."""
        while process.returncode is None:
            self.look()
            await asyncio.sleep(LOOK_EVERY_SECONDS)


def _list_family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _list_family(int(child))


def _read_kilobytes(pid: int, file_name: str, label: str) -> int:
    lines = Path(f"/proc/{pid}/{file_name}").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(label))
