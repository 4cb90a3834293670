"""Where a process can be told to die: the named steps of the program, which itself is the installed one, unchanged.

A step is reached by a wrapper around the function that does it.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from alembic.operations import Operations

from channels.pishkhan_soap.calls import Counter
from channels.relay.relay import Relay
from channels.sms import inbound
from channels.sms.providers.kavenegar import Kavenegar
from channels.telegram import reception
from channels.telegram.carrier import BotCarrier
from domain.actions.requests import timers
from domain.messages.ports import Verdict
from store.engines.postgresql_session import PostgresqlSession
from store.engines.shared_commit import Writer
from store.messages.inbox import SqlInbox
from store.messages.outbox import SqlOutbox
from store.repositories.calls import SqlCalls
from store.repositories.history import SqlHistory


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
