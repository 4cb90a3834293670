"""Whole lives of machinery requests in one process, through the domain's actions: the work of `bench.lifecycle`.

    python -m bench.lives DATABASE_URL FIRST workers NUMBER SECONDS
    python -m bench.lives DATABASE_URL FIRST arrivals SECONDS_A_STEP

A life has thirteen calls, each a unit of work of its own as a webhook or a command opens it: `create` (a citizen's
text), `assign_request` (the manager names a clerk), `complete` (six steps: accepted, priced, paid, scheduled, handed
over, completed, each with its notices) and `search` (five looks: the citizen's requests by mobile, one request with its
bills and history by code, two pages of a unit's queue, what a clerk has open). Citizens count from FIRST; each asks for
a machine some days ahead. With workers, each begins the next life as soon as one is over; arrivals come at their times,
whatever else is under way. A few lives before warm the process up. Prints `Lived` as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import count

from app.configuration.settings import Settings
from app.wiring import load_dependencies
from bench.processes import LINE
from bench.town import staff
from domain.actions.bills.pay import record_payment
from domain.actions.context import ActorContext
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import act_on_request
from domain.actions.requests.assign import assign_request
from domain.bills.bill import PaymentMethod
from domain.blocks.charging import list_request_bills
from domain.messages.carriers import ReceivedSms
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.actors import Role
from domain.values.calendar import to_jalali, to_tehran
from domain.values.errors import DomainError
from domain.values.tracking_codes import TrackingCode
from store.unit_of_work import SqlStore

RATES = (1, 15, 1, 25, 2, 35, 10)
"""Lives that begin a second, step by step."""

BEFORE_PAYMENT = (("accept", Role.CIVIL), ("price", Role.REVENUE))
AFTER_PAYMENT = (("schedule", Role.CIVIL), ("hand_over", Role.CIVIL), ("complete", Role.CIVIL))
EARLY = {"hand_over": {"early": "yes"}}
"""Input of a step: no life waits for the day of its work."""
PAGE = 50
WARM_UP_LIVES = 3
DAYS_AHEAD = 120
"""So many that lives under way at one time do not want the same machine at the same hour."""


@dataclass(slots=True)
class Lived:
    """Result of the lives of one run."""

    lives: int = 0
    """Number that ended well."""
    seconds: float = 0.0
    """Duration of the run."""
    calls: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds of each call, by its sort."""
    steps: list[list[float]] = field(default_factory=lambda: [[] for _ in RATES])
    """The same, by the step of the profile."""
    faults: list[str] = field(default_factory=list)
    """Faults, one line each."""


@dataclass(slots=True)
class Life:
    """One life of a request, from the citizen's text to its end."""

    desk: Dependencies
    """Dependencies of all actions."""
    store: SqlStore
    """Store of the life."""
    lived: Lived
    """Record of its times and faults."""
    number: int
    """The last digits of the citizen's mobile; chooses day and hour of the work."""
    step: int
    """The step of the profile that it began in."""
    due: float
    """Time at which it was to begin, by `time.perf_counter`: waiting counts."""

    async def run(self) -> None:
        """Live it; what goes wrong is noted."""
        try:
            code = await self._begin()
            await self._handle(code)
            await self._look_up(code)
            self.lived.lives += 1
        except (DomainError, LookupError, ValueError) as error:
            self.lived.faults.append(f"{error!r} because of {error.__cause__!r}")

    @asynccontextmanager
    async def _call(self, sort: str, began: float = 0.0) -> AsyncIterator[None]:
        began = began or time.perf_counter()
        yield
        taken = (time.perf_counter() - began) * 1000
        self.lived.calls.setdefault(sort, []).append(taken)
        self.lived.steps[self.step].append(taken)

    @property
    def _mobile(self) -> str:
        return f"+98935{self.number:07}"

    def _wish(self) -> str:
        today = to_tehran(self.desk.clock.now()).date()
        year, month, day = to_jalali(today + timedelta(days=2 + self.number % DAYS_AHEAD))
        hour = (8, 13)[self.number // DAYS_AHEAD % 2]
        return f"ماشین لودر ۴ ساعت {year}/{month:02}/{day:02} ساعت {hour} خیابان امام جنب پارک"

    async def _begin(self) -> TrackingCode:
        text = ReceivedSms(f"life-{self.number}", self._mobile, LINE, self._wish())
        async with self._call("create", self.due):
            await receive_sms(self.desk, self.store, "kavenegar", text)
        [request] = await self._list(RequestFilter(mobile=self._mobile, limit=PAGE))
        return request.code

    async def _handle(self, code: TrackingCode) -> None:
        async with self._call("assign"), self.store.open_unit() as uow:
            await assign_request(ActorContext(self.desk, uow, staff(Role.MANAGER)), code, Role.CIVIL.value)
        for action, role in BEFORE_PAYMENT:
            await self._act(code, action, role)
        async with self._call("complete"), self.store.open_unit() as uow:
            [bill] = await list_request_bills(uow.bills, await uow.requests.get_by_code(code))
            ids, clerk = (bill.bill_id, bill.payment_id), staff(Role.REVENUE)
            paid = await record_payment(
                ActorContext(self.desk, uow, clerk), ids, bill.amount, PaymentMethod.SLIP, f"life-{self.number}"
            )
            if paid.outcome:
                await announce_outcome(ActorContext(self.desk, uow, clerk), paid.outcome)
        for action, role in AFTER_PAYMENT:
            await self._act(code, action, role)

    async def _act(self, code: TrackingCode, action: str, role: Role) -> None:
        async with self._call("complete"), self.store.open_unit() as uow:
            await announce_outcome(
                ActorContext(self.desk, uow, staff(role)),
                await act_on_request(ActorContext(self.desk, uow, staff(role)), code, action, EARLY.get(action, {})),
            )

    async def _look_up(self, code: TrackingCode) -> None:
        async with self._call("search"), self.store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(code)
            bills, history = await list_request_bills(uow.bills, request), await uow.history.list_of_request(request.id)
        if (request.state, len(bills), len(history)) != ("completed", 1, request.head_seq):
            raise LookupError(f"{code} is {request.state} with {len(bills)} bills and {len(history)} events")
        queue = RequestFilter(service="machinery", state="submitted", limit=PAGE)
        page = await self._list(queue)
        await self._list(replace(queue, before_id=page[-1].id if page else None))
        await self._list(RequestFilter(assignee=Role.CIVIL.value, open_only=True, limit=PAGE))

    async def _list(self, wanted: RequestFilter) -> list[ServiceRequest]:
        async with self._call("search"), self.store.open_unit(write=False) as uow:
            return await uow.requests.list_requests(wanted)


@dataclass(slots=True)
class Lives:
    """All lives of a run."""

    desk: Dependencies
    store: SqlStore
    first: int
    lived: Lived = field(default_factory=Lived)

    async def one_by_one(self, lives: int) -> None:
        """Live so many, one after the other."""
        for number in range(self.first, self.first + lives):
            await self._life(number).run()

    async def by_workers(self, workers: int, seconds: float) -> None:
        """Let each worker begin a life after the other."""
        numbers, until = count(self.first), time.monotonic() + seconds

        async def work() -> None:
            while time.monotonic() < until:
                await self._life(next(numbers)).run()

        await asyncio.gather(*(work() for _ in range(workers)))

    async def by_arrivals(self, seconds: float) -> None:
        """Begin lives at their times and wait until all are over."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, (step, at) in enumerate(arrivals(seconds), start=self.first):
                await asyncio.sleep(began + at - time.perf_counter())
                group.create_task(self._life(number, step, began + at).run())

    def _life(self, number: int, step: int = 0, due: float = 0.0) -> Life:
        return Life(self.desk, self.store, self.lived, number, step, due)


def arrivals(seconds: float) -> Iterator[tuple[int, float]]:
    """Yield the profile: the step, and the seconds from the beginning."""
    for step, rate in enumerate(RATES):
        for number in range(round(rate * seconds)):
            yield step, step * seconds + number / rate


async def main(url: str, first: str, way: str, *numbers: str) -> None:
    """Live, and print what came of it."""
    store = await SqlStore.connect(url)
    desk = await load_dependencies(Settings(demo=True), store)
    warming = Lives(desk, store, int(first))
    await warming.one_by_one(WARM_UP_LIVES)
    lives = Lives(desk, store, int(first) + WARM_UP_LIVES)
    lives.lived.faults += warming.lived.faults
    began = time.monotonic()
    if way == "workers":
        await lives.by_workers(int(numbers[0]), float(numbers[1]))
    else:
        await lives.by_arrivals(float(numbers[0]))
    lives.lived.seconds = time.monotonic() - began
    await store.close()
    print(json.dumps(asdict(lives.lived)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
