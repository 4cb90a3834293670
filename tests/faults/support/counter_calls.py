"""Calls of counter offices: what each is, what all of them must have led to, and the software that gets answers."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from tests.faults.support.citizens import AGAIN_SECONDS, ANSWER_SECONDS
from tests.faults.support.counter_connection import (
    NAMESPACE,
    VERSIONS,
    CallAnswer,
    CounterLine,
    LineCut,
    SignedCall,
    Signer,
    signed,
)

_OPERATIONS = {
    "machinery": "SubmitMachineryRequest",
    "expert": "SubmitExpertRequest",
    "taxi_report": "SubmitTaxiReport",
    "look": "GetRequest",
    "cancel": "CancelRequest",
    "attach": "AttachDocument",
    "pay": "ReportCounterPayment",
    "comment": "SubmitComment",
    "list": "ListOfficeRequests",
    "statement": "GetOfficeStatement",
}


def stored(mobile: str) -> str:
    """A mobile as the database has it."""
    return "+98" + mobile.removeprefix("0")


@dataclass(frozen=True, slots=True)
class PreparedBill:
    """A bill that the staff made before the counters open."""

    id: int
    request_id: int
    bill_id: str
    payment_id: str
    amount: int
    mobile: str
    token: str
    office: str | None


@dataclass(slots=True)
class Call:
    """One call of a clerk under its own id. `body` is all that the server may not act on twice."""

    signer: Signer
    clerk: str
    id: str
    kind: str
    inner: str
    answers: set[str] = field(default_factory=set)
    cuts: int = 0
    """Number of cuts of its line before the answer."""

    @property
    def label(self) -> str:
        """Maker, as the database has it."""
        return f"clerk:{self.signer.office}/{self.clerk}"

    @property
    def body(self) -> str:
        """The element in the Body."""
        name = _OPERATIONS[self.kind]
        return (
            f'<{name} xmlns="{NAMESPACE}"><officeCode>{self.signer.office}</officeCode><clerkNationalCode>{self.clerk}'
            f"</clerkNationalCode><clientRequestId>{self.id}</clientRequestId>{self.inner}</{name}>"
        )


@dataclass(slots=True)
class Filed:
    """A request that a call made: the call's id lies in it as its place or text."""

    call: Call
    mobile: str
    code: str
    fields: dict[str, Any]
    papers: list[tuple[str, str]]
    events: list[str] = field(default_factory=lambda: ["submit"])
    state: str = "submitted"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that a call reported, under the call's id as reference."""

    call: Call
    bill: PreparedBill
    outcome: str


@dataclass(slots=True)
class Ledger:
    """Calls and answers of all clerks together."""

    prepared: list[PreparedBill] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    comments: list[tuple[str, str, str | None]] = field(default_factory=list)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    answered: Counter[int] = field(default_factory=Counter)
    """Number of answers of each port."""
    left_elsewhere: int = 0
    """Calls that one process was sent whole over a line that was cut, and another one answered."""
    dropped_elsewhere: int = 0
    """Calls whose line one process ended by its death, and another one answered."""
    replays: int = 0
    replays_elsewhere: int = 0
    """Those that another process refused than the one that took the nonce."""
    reused: int = 0
    unavailable: int = 0

    def tell(self, mobile: str, key: str) -> None:
        """Remember a text that is due to a citizen, or to somebody of the staff."""
        self.told[stored(mobile), key] += 1


class Software:
    """Software at one clerk's desk: it asks again, with a fresh nonce, until it is answered.

    Where several processes serve, each try goes to the one after the one before it.
    """

    def __init__(self, ports: Sequence[int], ledger: Ledger) -> None:
        self._ports = ports
        self._turn = 0
        self._ledger = ledger
        self._idle: dict[int, list[CounterLine]] = defaultdict(list)
        self._versions = cycle(VERSIONS)

    async def answer(self, call: Call, cuts: list[LineCut]) -> tuple[CallAnswer, SignedCall]:
        """Make a call until it is answered, the first tries over lines that break; its answer, and what got it."""
        while True:
            heard, letter = await self._told(lambda: self.written(call), cuts, call)
            if heard.fault != "unavailable":
                break
            self._ledger.unavailable += 1
            await asyncio.sleep(AGAIN_SECONDS)
        assert heard.fault is None, f"{call}: {heard.body}"
        self._ledger.taken.add(letter.nonce)
        call.answers.add(heard.body)
        return heard, letter

    async def refused(self, letter: Callable[[], SignedCall], fault: str) -> CallAnswer:
        """Send what must be refused, until it is."""
        heard, _ = await self._told(letter, [])
        assert heard.fault == fault, f"{heard.body} instead of {fault}"
        return heard

    def turn_from(self, port: int) -> None:
        """Let the next try go to the process after that one."""
        self._turn = self._ports.index(port) + 1

    def written(self, call: Call) -> SignedCall:
        """Sign a call, in one version of SOAP after the other."""
        letter = signed(call.signer, call.body, next(self._versions))
        self._ledger.sent.add(letter.nonce)
        return letter

    def hang_up(self) -> None:
        """End every line."""
        for lines in self._idle.values():
            while lines:
                lines.pop().cut()

    async def _told(
        self, write: Callable[[], SignedCall], cuts: list[LineCut], call: Call | None = None
    ) -> tuple[CallAnswer, SignedCall]:
        left, dropped = set[int](), set[int]()
        told: tuple[CallAnswer, SignedCall] | None = None
        while told is None:
            line, letter = self._next_line(), write()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    if call is None or not cuts:
                        told = await line.ask(letter), letter
                    else:
                        await line.lose(letter, cuts[-1])
                        left |= set() if cuts.pop().half else {line.port}
                        call.cuts += 1
            except (OSError, EOFError) as error:
                line.cut()
                dropped |= set() if isinstance(error, ConnectionRefusedError) else {line.port}
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                self._idle[line.port].append(line)
        port = told[0].port
        self._ledger.answered[port] += 1
        self._ledger.left_elsewhere += bool(left - {port})
        self._ledger.dropped_elsewhere += bool(dropped - {port})
        return told

    def _next_line(self) -> CounterLine:
        port = self._ports[self._turn % len(self._ports)]
        self._turn += 1
        return self._idle[port].pop() if self._idle[port] else CounterLine(port)
