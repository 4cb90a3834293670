"""What a process forked from a warm one does: the program `pishkhan`, as the installed script runs it."""

import gc
import sys
import traceback
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from importlib import import_module

from app.cli.main import COMMANDS, Group, Table, main
from domain.calendar import WorkingCalendar
from domain.messages import Catalogue


def modules(table: Table) -> Iterator[str]:
    """The modules of all commands."""
    for entry in table.values():
        if isinstance(entry, Group):
            yield from modules(entry.commands)
        else:
            yield entry.partition(":")[0]


def warm(apart: Collection[str] = ()) -> None:
    """Do once what each process would do at its start: import all but some modules, read the texts, reckon holidays."""
    for module in sorted(set(modules(COMMANDS)) - set(apart)):
        import_module(module)
    Catalogue.load()
    today = datetime.now(UTC).date()
    for year in (today.year, today.year + 1):
        WorkingCalendar().is_holiday(today.replace(year=year, day=1))
    gc.freeze()


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
