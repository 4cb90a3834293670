"""What a process forked from a warm one does: the program `pishkhan`, as the installed script runs it."""

import sys
import traceback
from collections.abc import Iterator

from app.cli.main import Group, Table, main


def modules(table: Table) -> Iterator[str]:
    """The modules of all commands."""
    for entry in table.values():
        if isinstance(entry, Group):
            yield from modules(entry.commands)
        else:
            yield entry.partition(":")[0]


def run(arguments: list[str]) -> int:
    """Run a command as the installed script does; its exit code."""
    sys.argv = ["pishkhan", *arguments]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the edge of a process: it ends as Python would end it
        traceback.print_exc()
        return 1
    return 0
