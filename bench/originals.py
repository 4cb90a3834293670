"""Requests that were really made, one of each sort, for a database to be filled with copies of them.

Each goes its way through the domain's own actions in a small SQLite database: texted by a citizen of its own, handled
by the staff hours apart, paid, finished or left where it stands; its texts are sent and delivered. `bench/reading.py`
reads the rows that came of it.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.citizens import Citizen
from channels.relay.relay import Relay
from channels.sms.providers.simulator import Simulator
from domain.actions.bills.pay import RecordedPayment
from domain.people.person import Person
from domain.requests.request import ServiceRequest
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_report.declaration import TAXI_REPORT
from domain.values.actors import Actor, Role
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.municipality import ORDER, TUESDAY_MORNING, Municipality, StandingClock, build_desk
from tests.support.scenarios.expert_unit import ASKING, Experts

WHO = "آنه", "محمدی", "0499370899"
"""The citizens of the originals are called alike; the code is the one that they text."""

PLATE = "12ت345-59"
"""Of the taxi that is reported; nobody has registered it."""

HOURS_BETWEEN_STEPS = 5
VISIT = "1405/09/03 16:00"
"""An hour after the officer was named; what was found is reported of in the evening."""

ORDERED_AHEAD = ORDER.replace("فردا", "پس‌فردا")


class Town(Municipality):
    """A municipality that takes its time: hours pass before each step."""

    async def do(self, code: str, action: str, by: Role | Actor, **inputs: object) -> ServiceRequest:
        """Take a step, later."""
        self.advance(hours=HOURS_BETWEEN_STEPS)
        return await super().do(code, action, by, **inputs)

    async def pay(self, code: str, **how: Any) -> RecordedPayment:
        """Pay, later."""
        self.advance(hours=HOURS_BETWEEN_STEPS)
        return await super().pay(code, **how)


Way = Callable[[Town, Experts, str], Awaitable[str]]
"""Makes a request of the citizen with that mobile and returns its code."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Frequency of requests of this sort among those that ended, or among those of the last month."""

    name: str
    way: Way
    ended: int = 0
    recent: int = 0


def _machinery(state: str) -> Way:
    return lambda town, _, mobile: town.reach(state, mobile=mobile)


def _expert(state: str) -> Way:
    return lambda _, experts, mobile: experts.reach(state, ASKING, mobile, visit=VISIT)


def _stepped(action: str, **inputs: object) -> Way:
    async def way(town: Town, _: Experts, mobile: str) -> str:
        code = await town.reach("submitted", mobile=mobile)
        await town.do(code, action, Role.CIVIL, **inputs)
        return code

    return way


def _reported(*steps: tuple[str, Mapping[str, object]]) -> Way:
    async def way(town: Town, _: Experts, mobile: str) -> str:
        code = await town.order(f"تخلف {PLATE} راننده کرایه اضافه گرفت", mobile)
        for action, inputs in steps:
            await town.do(code, action, Role.TAXI_OFFICER, **inputs)
        return code

    return way


async def _cancelled(town: Town, _: Experts, mobile: str) -> str:
    code = await town.order(mobile=mobile)
    town.advance(hours=1)
    await town.say(mobile, f"لغو {code}")
    return code


async def _expired(town: Town, _: Experts, mobile: str) -> str:
    code = await town.reach("awaiting_payment", mobile=mobile)
    town.advance(days=7)
    await town.run_timers()
    return code


async def _scheduled(town: Town, _: Experts, mobile: str) -> str:
    return await town.reach("scheduled", ORDERED_AHEAD, mobile)


TAKEN: tuple[str, Mapping[str, object]] = "take", {}
DISMISSED = "dismiss", {"reason": "تاکسی شناخته نشد"}

SORTS = (
    Sort("machinery completed", _machinery("completed"), ended=37, recent=10),
    Sort("machinery cancelled", _cancelled, ended=8, recent=5),
    Sort("machinery rejected", _stepped("reject", reason="خارج از محدوده شهر"), ended=8, recent=5),
    Sort("machinery expired", _expired, ended=6),
    Sort("expert closed", _expert("closed"), ended=31, recent=4),
    Sort("expert answered", _expert("answered"), ended=4, recent=10),
    Sort("machinery submitted", _machinery("submitted"), recent=20),
    Sort("machinery needs info", _stepped("ask", question="نشانی دقیق؟"), recent=6),
    Sort("expert submitted", _expert("submitted"), recent=14),
    Sort("expert visited", _expert("visited"), recent=6),
    Sort("expert awaiting payment", _expert("awaiting_payment"), recent=10),
    Sort("expert paid", _expert("paid"), recent=6),
    Sort("taxi report dismissed", _reported(TAKEN, DISMISSED), ended=6),
    Sort("taxi report submitted", _reported(), recent=2),
    Sort("taxi report under review", _reported(TAKEN), recent=2),
)
"""Sorts of a town's requests: their weights in percent. Machines that are booked are few: see `SCHEDULED`."""

SCHEDULED = Sort("machinery scheduled", _scheduled)
"""Asked for on one day, booked for the day after the next. There are as many as machines are free."""


@dataclass(frozen=True, slots=True)
class Made:
    """A request that was made: its sort, its code and whose it is."""

    sort: Sort
    code: str
    citizen: Citizen


async def make(path: Path) -> list[Made]:
    """Make one request of each sort in a new SQLite file; all begin at `TUESDAY_MORNING`."""
    url, clock = f"sqlite:///{path}", StandingClock()
    await migrate(url)
    desk = build_desk(clock, services=(MACHINERY_WORK, EXPERT_OPINION, TAXI_REPORT))
    store = await SqlStore.connect(url)
    try:
        town = Town(desk, store, clock, path)
        experts = Experts(town)
        await town.furnish()
        await experts.furnish()
        made = []
        for number, sort in enumerate((*SORTS, SCHEDULED)):
            clock.at, one = TUESDAY_MORNING, Citizen(f"+98912555{number:04}", *WHO)
            await _introduce(town, one)
            made.append(Made(sort, await sort.way(town, experts, one.mobile), one))
            await _deliver_texts(town)
        return made
    finally:
        await store.close()


async def _introduce(town: Town, one: Citizen) -> None:
    """Let the municipality know the citizen, as it knows whoever came before: name and code go into the request."""
    async with town.store.open_unit() as uow:
        await uow.people.save_person(Person(one.mobile, one.name, one.national, town.clock.now()))


async def _deliver_texts(town: Town) -> None:
    """Send what is queued, and let it be delivered."""
    relay = Relay(town.desk, town.store, (Simulator(webhook_secret=""),), time.monotonic)
    town.advance(hours=14)  # past the quiet hours
    await relay.send_due()
    town.clock.at += relay.poll_receipts_after + timedelta(minutes=1)
    while await relay.poll_receipts():
        pass
