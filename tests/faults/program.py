"""The program `pishkhan`, kept warm and mortal: each run is a fork that may be told at which named step it dies.

One line of JSON on standard input asks for a run: {"number", "arguments", "out", "err", "death"}. `out` and `err` are
files for its standard streams; `death` is null or {"step", "at"}: the process kills itself (SIGKILL) when that step
comes for the `at`-th time. {"number", "pid"} is printed when the run has begun, {"number", "code"} when it has ended,
the code being minus the signal when one ended it. The program itself is the installed one, unchanged; a step is reached
by a wrapper around the function that does it. All runs end when standard input does.
"""

import ctypes
import json
import os
import selectors
import signal
import sys
from collections.abc import Callable
from typing import Any

from alembic.operations import Operations

from channels.pishkhan_soap.calls import Counter
from channels.relay.relay import Relay
from channels.sms import inbound
from channels.sms.providers.kavenegar import Kavenegar
from channels.telegram import reception
from channels.telegram.carrier import BotCarrier
from domain.actions import timers
from domain.ports import Verdict
from store.calls import SqlCalls
from store.engines.postgresql import PostgresqlSession
from store.engines.shared_commit import Writer
from store.history import SqlHistory
from store.inbox import SqlInbox
from store.outbox import SqlOutbox
from tests.programs.forked import run, warm

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Step:
    """Where a process dies: before or after one of these functions (a class or module, and a name in it).

    `counts` tells whether a result makes it the step.
    """

    def __init__(
        self, *functions: tuple[Any, str], after: bool, counts: Callable[[Any], bool] = lambda _: True
    ) -> None:
        self.functions = functions
        self.after = after
        self.counts = counts


STEPS = {
    "inbound_open": Step((SqlInbox, "save"), after=True),
    "inbound": Step((inbound, "receive"), after=True),
    "chat": Step((reception, "receive_update"), after=True),
    "claim": Step((Relay, "_claim"), after=True, counts=lambda claimed: bool(claimed[0])),
    "accepted": Step((Kavenegar, "send"), after=True, counts=lambda result: result.verdict is Verdict.ACCEPTED),
    "bot_accepted": Step((BotCarrier, "send"), after=True, counts=lambda result: result.verdict is Verdict.ACCEPTED),
    "mark": Step((SqlOutbox, "mark"), after=False),
    "mark_open": Step((SqlOutbox, "mark"), after=True),
    "asked": Step((Kavenegar, "outcome_of"), after=True),
    "receipt_open": Step((SqlOutbox, "receipt"), after=True),
    "timer_open": Step((timers, "_turn_to"), after=True),
    "counter_begun": Step((SqlCalls, "begin"), after=True, counts=lambda earlier: earlier is None),
    "counter_open": Step((SqlCalls, "answer"), after=True),
    "counter": Step((Counter, "take"), after=True),
    "seal": Step((SqlHistory, "add_seal"), after=True),
    "commit": Step((Writer, "_commit"), (PostgresqlSession, "_finish"), after=False),
    "committed": Step((Writer, "_commit"), (PostgresqlSession, "_finish"), after=True),
    "migration": Step((Operations, "invoke"), after=True),
}
"""The named steps. What ends in `_open`, and a seal, was written into a unit of work that is not committed yet."""


def make_mortal(name: str, at: int) -> None:
    """Let this process die when the step comes for the `at`-th time."""
    step = STEPS[name]
    passed = 0

    def pass_by(result: Any = None) -> Any:
        nonlocal passed
        passed += not step.after or step.counts(result)
        if passed == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    for owner, function in step.functions:
        original = getattr(owner, function)
        setattr(owner, function, wrapped(original, pass_by, after=step.after, waits=name != "migration"))


def wrapped(original: Any, pass_by: Callable[..., Any], *, after: bool, waits: bool) -> Any:
    """The function, with `pass_by` called before or after it; `waits` tells a coroutine function from a plain one."""

    async def awaited(*args: Any, **named: Any) -> Any:
        if not after:
            pass_by()
            return await original(*args, **named)
        return pass_by(await original(*args, **named))

    def called(*args: Any, **named: Any) -> Any:
        return pass_by(original(*args, **named))

    return awaited if waits else called


def become(asked: dict[str, Any]) -> None:
    """Be the process of one run, to its end or death."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
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
    """The runs under way: begun for each line of standard input, told of when they end."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)

    def serve(self) -> None:
        """Serve until standard input ends."""
        while True:
            for key, _ in self._selector.select():
                if key.fd == 0 and not self._begin():
                    return
                if key.fd != 0:
                    self._end(key.fd, *key.data)

    def _begin(self) -> bool:
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(0, 1)
            if not byte:
                return False
            line += byte
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(asked)
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (asked["number"], pid))
        _tell(number=asked["number"], pid=pid)
        return True

    def _end(self, descriptor: int, number: int, pid: int) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        _tell(number=number, code=os.waitstatus_to_exitcode(status))


def _tell(**facts: int) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    warm()
    Runs().serve()
