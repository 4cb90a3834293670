"""The command line `pishkhan`, kept warm: it imports what its commands import once, then forks a process for each.

What a command does, prints and exits with is the same as for one that starts by itself, in a tenth of the time. One
line of JSON on standard input asks for one: {"number", "arguments", "out", "err"}, the last two being the files for its
standard streams; when it has ended, {"number", "code"} is printed. It ends when standard input does.
"""

import json
import os
import sys
from contextlib import suppress
from typing import Any

from tests.programs.forked import run, warm

APART = {"app.cli.serving"}
"""Modules that are not needed here: nobody serves from a fork."""


def become(asked: dict[str, Any]) -> None:
    """Be the process of one command, to its end."""
    answer = os.dup(1)
    for name, stream in (("out", 1), ("err", 2)):
        file = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = run(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(answer, (json.dumps({"number": asked["number"], "code": code}) + "\n").encode())
    os._exit(code)


def serve() -> None:
    """Fork for every line; children that have ended are collected meanwhile."""
    warm(APART)
    while line := sys.stdin.buffer.readline():
        if os.fork() == 0:
            become(json.loads(line))
        with suppress(ChildProcessError):
            while any(os.waitpid(-1, os.WNOHANG)):
                pass


serve()
