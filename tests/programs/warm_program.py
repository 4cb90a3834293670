"""The program `pishkhan`, kept warm: it has imported everything once, and each run is a fork of it.

What a run does, prints and exits with is the same as for one that starts by itself, without the seconds of starting.

Its argument is the path of a Unix socket to listen at. A connection is a run. A line of JSON asks for it: {"arguments",
"environment", "home", "out", "err", "death"}. `out` and `err` are files that its standard streams are appended to;
`death` is null or {"step", "at"}: it kills itself (SIGKILL) when that step of `mortal.STEPS` comes for the `at`-th
time. A line {"pid"} tells that it has begun and a line {"code"} that it has ended, the code being minus the signal when
one ended it. A run whose connection is closed is killed, and all of them end with this process.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from app.cli.main import CommandGroup, CommandTable, main
from domain.conversation.reading.grammar import Grammar
from domain.messages.catalogue import Catalogue
from domain.services import collect_intents, services_by_key
from domain.values.calendar import WorkingCalendar
from tests.programs.deeds import TEST_COMMANDS
from tests.programs.kill_points import make_mortal

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_INSTALLED = str(Path(sys.executable).with_name("pishkhan"))


def modules(table: CommandTable) -> Iterator[str]:
    """The modules of all commands."""
    for entry in table.values():
        if isinstance(entry, CommandGroup):
            yield from modules(entry.commands)
        else:
            yield entry.partition(":")[0]


def warm() -> None:
    """Do once what each process would do: import everything, read the texts, reckon holidays, learn to rank intents."""
    for module in sorted(set(modules(TEST_COMMANDS))):
        import_module(module)
    Catalogue.load()
    today = datetime.now(UTC).date()
    for year in (today.year, today.year + 1):
        WorkingCalendar().is_holiday(today.replace(year=year, day=1))
    Grammar(collect_intents(services_by_key())).rank_intents("")
    gc.freeze()


def run(arguments: list[str]) -> int:
    """Run a command as the installed script does; its exit code."""
    sys.argv = ["pishkhan", *arguments]
    sys.modules["__main__"].__file__ = _INSTALLED  # what processes of ours begin with: not all that is warm here
    try:
        main(TEST_COMMANDS)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the edge of a process: it ends as Python would end it
        traceback.print_exc()
        return 1
    return 0


def become(asked: dict[str, Any]) -> None:
    """Be the process of one run, to its end or death."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["home"])
    for name, stream in (("out", 1), ("err", 2)):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if death := asked["death"]:
        make_mortal(death["step"], death["at"])
    code = run(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Runs:
    """The runs under way: begun for each connection, told of when they end."""

    def __init__(self, path: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        self._selector.register(self._listener, selectors.EVENT_READ, self._begin)

    def serve(self) -> None:
        """Serve for ever."""
        while True:
            for key, _ in self._selector.select():
                if key.fd in self._selector.get_map():
                    key.data()

    def _begin(self) -> None:
        connection, _ = self._listener.accept()
        with connection.makefile("rb") as lines:
            asked = json.loads(lines.readline())
        pid = os.fork()
        if pid == 0:
            become(asked)
        ended = os.pidfd_open(pid)
        self._selector.register(ended, selectors.EVENT_READ, lambda: self._end(connection, pid, ended))
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._leave(connection, pid))
        _tell(connection, pid=pid)

    def _leave(self, connection: socket.socket, pid: int) -> None:
        self._selector.unregister(connection)
        os.kill(pid, signal.SIGKILL)

    def _end(self, connection: socket.socket, pid: int, ended: int) -> None:
        self._selector.unregister(ended)
        os.close(ended)
        with suppress(KeyError):
            self._selector.unregister(connection)
        _, status = os.waitpid(pid, 0)
        _tell(connection, code=os.waitstatus_to_exitcode(status))
        connection.close()


def _tell(connection: socket.socket, **facts: int) -> None:
    with suppress(BrokenPipeError):  # nobody waits for it any more
        connection.sendall(json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":
    warm()
    runs = Runs(sys.argv[1])
    print("warm", flush=True)
    runs.serve()
