"""A municipality in one process: the real desk over a real SQLite store, with a clock that moves only when told.

Citizens `say` texts, staff `do` steps, money is paid by `pay`, and `run_timers` is the scheduler. Chance is counted, so
that two runs are alike.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Literal

from domain.actions.bills import pay
from domain.actions.context import ActionContext, ActorContext
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.messages import notify
from domain.actions.messages.status_notices import replace_expired_notices
from domain.actions.requests import act, submit, timers
from domain.actions.tariffs import price_changes
from domain.bills.bill import Bill, BillState, Payment, PaymentMethod, Refund
from domain.blocks.charging import REQUEST_SUBJECT
from domain.engine.engine import Engine
from domain.fleet.resources import Booking, Resource, ResourceKind
from domain.language.service import Service
from domain.language.wording import Wording
from domain.messages.carriers import ReceivedSms
from domain.messages.catalogue import Catalogue
from domain.messages.records import InboundMessage, OutboxMessage
from domain.people.person import StaffMember
from domain.requests.history import HistoryEvent
from domain.requests.request import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.services import services_by_key
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.settings.policy import Policy
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.tracking_codes import parse_code
from store.unit_of_work import SqlStore
from tests.support.conversation_line import build_grammar
from tests.support.scenarios.sample_files import UnchangedFiles

TUESDAY_MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""1405/09/03, 10:00 in Tehran: a working day."""

CITIZEN = "+989121234567"
NEIGHBOUR = "+989351112222"
CIVIL_OFFICER = "+989111000001"
DRIVER = "+989111111111"
OFFICE = "1001"
ORDER = "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک"
RATE, VAT = 8_000_000, 10
FOUR_HOURS = RATE * 4 * (100 + VAT) // 100
"""Rials that ORDER costs."""


class StandingClock:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.at = TUESDAY_MORNING

    def now(self) -> datetime:
        """Return where it stands."""
        return self.at


class CountedIds:
    """Ids that count up, and chance that is the same in every run."""

    def __init__(self) -> None:
        self._next = count(10**15)
        self._chance = Random(1405)

    def new_id(self) -> int:
        """Return the next number."""
        return next(self._next)

    def new_tracking_payload(self) -> int:
        """Return eight digits."""
        return self._chance.randrange(10_000_000, 100_000_000)

    def new_token(self) -> str:
        """Return 32 hexadecimal digits."""
        return f"{self._chance.getrandbits(128):032x}"

    def random_fraction(self) -> float:
        """Return a number in [0, 1)."""
        return self._chance.random()


@dataclass(frozen=True, slots=True)
class Heard:
    """Result of one text: the row of the inbox, and the reply, if there was one."""

    inbound: InboundMessage
    reply: OutboxMessage | None

    @property
    def text(self) -> str:
        """The reply's words; empty when there was none."""
        return self.reply.text if self.reply else ""

    @property
    def key(self) -> str:
        """The key of the reply's text in the catalogue."""
        return self.reply.key if self.reply else ""

    @property
    def codes(self) -> list[str]:
        """The tracking codes in the reply."""
        return ["".join(code.split()) for code in re.findall(r"\d{3}\s\d{3}\s\d{3}", self.text)]

    @property
    def code(self) -> str:
        """The tracking code in the reply."""
        assert self.codes, self.text
        return self.codes[0]


def actor(role: Role, ident: str | None = None, channel: str | None = None) -> Actor:
    """Return somebody in that role; citizens go by their mobile, clerks by their office and national code."""
    if role is Role.CITIZEN:
        return Actor(frozenset({role}), "citizen", ident or CITIZEN, channel or "sms")
    if role is Role.CLERK:
        return clerk()
    kind: Literal["system", "staff"] = "system" if role is Role.SYSTEM else "staff"
    return Actor(frozenset({role}), kind, ident or role.value, channel or "cli")


def clerk(office: str = OFFICE) -> Actor:
    """Return a clerk of a counter office."""
    return Actor(frozenset({Role.CLERK}), "clerk", f"{office}/0499370899", "pishkhan_soap", office_code=office)


def build_desk(
    clock: StandingClock,
    *,
    policy: Policy | None = None,
    services: tuple[Service, ...] = (MACHINERY_WORK,),
    texts: Mapping[str, Any] | None = None,
    days: Mapping[date, bool] | None = None,
) -> Dependencies:
    """Return a desk; `texts` are an operator's own, `days` are declared working or off."""
    known = services_by_key(services)
    engine = Engine(known, clock, CountedIds(), WorkingCalendar(overrides=days), policy or Policy())
    return Dependencies(
        engine, Wording(Catalogue.load(texts), known), build_grammar(known), UnchangedFiles(), LINK_FILLERS
    )


class Municipality:
    """Everybody around one desk. Codes are tracking codes; mobiles are +989…, 09… where a citizen texts."""

    def __init__(self, desk: Dependencies, store: SqlStore, clock: StandingClock, path: Path) -> None:
        self.desk = desk
        self.store = store
        self.clock = clock
        self._path = path
        self._texts = count(1)
        self._slips = count(1)

    async def furnish(self) -> None:
        """Set prices, and put machines and operators of every sort needed into the fleet."""
        await self.price("loader", RATE)
        await self.price("grader", RATE // 2)
        for code, machine in (("LD-1", "loader"), ("LD-2", "loader"), ("GR-1", "grader")):
            await self.put(Resource(self.new_id(), code, ResourceKind.MACHINE, machine, f"ماشین {code[-1]}"))
        for code, mobile in (("OP-1", DRIVER), ("OP-2", None), ("OP-3", None)):
            await self.put(
                Resource(self.new_id(), code, ResourceKind.OPERATOR, "", f"راننده {code[-1]}", mobile=mobile)
            )
        roles = frozenset({Role.CIVIL})
        member = StaffMember("civil", roles, "مریم احمدی", CIVIL_OFFICER, "", True, self.clock.now())
        async with self.store.open_unit() as uow:
            await uow.people.save_staff(member)

    def new_id(self) -> int:
        """Return a fresh id."""
        return self.desk.ids.new_id()

    async def price(self, machine: str, rate: int, *, minimum: int = 2, start: date | None = None) -> None:
        """Let revenue set the price of a machine's hour."""
        dimensions = {"machine": machine}
        async with self.store.open_unit() as uow:
            await price_changes.add_tariff(
                ActorContext(self.desk, uow, actor(Role.REVENUE)),
                "machinery",
                dimensions,
                rate=rate,
                minimum=minimum,
                vat_percent=VAT,
                valid_from=start,
            )

    async def put(self, resource: Resource) -> None:
        """Add or change a machine or operator."""
        async with self.store.open_unit() as uow:
            await uow.fleet.save_resource(resource)

    def advance(self, **length: float) -> None:
        """Let time pass (words of a timedelta)."""
        self.clock.at += timedelta(**length)

    async def say(self, mobile: str, text: str, *, provider_id: str | None = "") -> Heard:
        """Text the municipality; each text has a provider's id of its own unless one is given (None: none)."""
        inbound = await self.receive(mobile, text, f"in-{next(self._texts)}" if provider_id == "" else provider_id)
        async with self.store.open_unit(write=False) as uow:
            return Heard(inbound, await uow.outbox.get(inbound.reply_id) if inbound.reply_id else None)

    async def receive(self, mobile: str, text: str, provider_id: str | None) -> InboundMessage:
        """Take one delivery of a text."""
        return await receive_sms(self.desk, self.store, "simulator", ReceivedSms(provider_id, mobile, "3000", text))

    async def says(self, *texts: str, mobile: str = CITIZEN) -> Heard:
        """Text one after another; return what came of the last."""
        heard = [await self.say(mobile, text) for text in texts]
        return heard[-1]

    async def order(self, text: str = ORDER, mobile: str = CITIZEN) -> str:
        """Order by one text, another one if there is the same already; return the tracking code."""
        heard = await self.say(mobile, text)
        return (await self.say(mobile, "بله") if heard.key == "sms.same" else heard).code

    async def submit(
        self, mobile: str | None = CITIZEN, *, by: Actor | None = None, **values: object
    ) -> ServiceRequest:
        """Enter a machinery request with the whole form."""
        whole: dict[str, object] = {
            "full_name": "آنه محمدی",
            "national_code": "0499370899",
            "date": "2026-11-25",
            "start": "08:00",
            "items": [{"machine": "loader", "hours": 4}],
            "place": "خیابان امام",
        }
        who = by or actor(Role.CIVIL)
        async with self.store.open_unit() as uow:
            context = ActorContext(self.desk, uow, who)
            outcome = await submit.submit_request(context, "machinery", whole | values, mobile)
            await notify.announce_outcome(context, outcome)
        return outcome.request

    async def do(self, code: str, action: str, by: Role | Actor, **inputs: object) -> ServiceRequest:
        """Take a step and tell whom it concerns; domain errors pass through."""
        who = actor(by) if isinstance(by, Role) else by
        async with self.store.open_unit() as uow:
            context = ActorContext(self.desk, uow, who)
            outcome = await act.act_on_request(context, parse_code(code), action, inputs)
            await notify.announce_outcome(context, outcome)
        return outcome.request

    async def reach(self, state: str, text: str = ORDER, mobile: str = CITIZEN) -> str:
        """Bring a fresh order straight to a state; return its code."""
        code = await self.order(text, mobile)
        for reached, action, role in STRAIGHT:
            if (await self.request(code)).state == state:
                return code
            await (self.do(code, action, role, **GIVEN.get(action, {})) if role else self.pay(code))
            assert (await self.request(code)).state == reached
        return code

    async def pay(
        self,
        code: str,
        *,
        amount: int | None = None,
        reference: str | None = None,
        bill: Bill | None = None,
        method: PaymentMethod = PaymentMethod.SLIP,
        by: Role | Actor = Role.REVENUE,
        surplus: bool = True,
    ) -> pay.RecordedPayment:
        """Record a bank slip for the newest bill of a request (or another bill), by default over its amount, and as a
        surplus where the bill is not open.
        """
        meant = bill or (await self.bills(code))[-1]
        ids, paid = (meant.bill_id, meant.payment_id), meant.amount if amount is None else amount
        slip = reference or f"slip-{next(self._slips)}"
        who = actor(by) if isinstance(by, Role) else by
        async with self.store.open_unit() as uow:
            settled = await pay.record_payment(
                ActorContext(self.desk, uow, who), ids, paid, method, slip, surplus=surplus
            )
            if settled.outcome:
                await notify.announce_outcome(ActorContext(self.desk, uow, who), settled.outcome)
        return settled

    async def brought_by(self, code: str, office: str = OFFICE) -> None:
        """Let a request count as brought by a counter office."""
        request = await self.request(code)
        async with self.store.open_unit() as uow:
            request.office = office
            await uow.requests.save(request)

    async def set_bill(self, code: str, state: BillState) -> None:
        """Bring the newest bill into a state, as a gateway does while its outcome is unknown."""
        bill = (await self.bills(code))[-1]
        async with self.store.open_unit() as uow:
            bill.state = state
            await uow.bills.save(bill)

    async def run_timers(self, *kinds: TimerKind) -> int:
        """Do what the scheduler does now, for all kinds of timers or those named."""
        return sum([await timers.run_due_timers(self.desk, self.store, kind) for kind in kinds or TimerKind])

    async def expire_texts(self) -> list[OutboxMessage]:
        """Give up on texts that became too old, as the relay does."""
        async with self.store.open_unit() as uow:
            old = await uow.outbox.expire_overdue(notify.SMS_CHANNEL, self.clock.now(), 100)
            await replace_expired_notices(ActionContext(self.desk, uow), old)
        return old

    async def request(self, code: str) -> ServiceRequest:
        """Return a request."""
        async with self.store.open_unit(write=False) as uow:
            return await uow.requests.get_by_code(parse_code(code))

    async def requests_of(self, mobile: str = CITIZEN) -> list[ServiceRequest]:
        """Return a citizen's requests, newest first."""
        async with self.store.open_unit(write=False) as uow:
            return await uow.requests.list_requests(RequestFilter(mobile=mobile))

    async def bills(self, code: str) -> list[Bill]:
        """Return a request's bills, oldest first."""
        request = await self.request(code)
        async with self.store.open_unit(write=False) as uow:
            return await uow.bills.list_of_subject(REQUEST_SUBJECT, request.id)

    async def refunds(self, code: str) -> list[Refund]:
        """Return all that is due back to the citizen of a request."""
        async with self.store.open_unit(write=False) as uow:
            return [one for bill in await self.bills(code) for one in await uow.bills.list_refunds(bill.id)]

    async def payments(self, code: str) -> list[Payment]:
        """Return all that came in for a request."""
        async with self.store.open_unit(write=False) as uow:
            return [one for bill in await self.bills(code) for one in await uow.bills.list_payments(bill.id)]

    async def bookings(self, code: str) -> list[tuple[Booking, Resource]]:
        """Return what a request holds of the fleet."""
        request = await self.request(code)
        async with self.store.open_unit(write=False) as uow:
            return await uow.fleet.list_of_request(request.id)

    async def history(self, code: str) -> list[HistoryEvent]:
        """Return a request's events."""
        request = await self.request(code)
        async with self.store.open_unit(write=False) as uow:
            return await uow.history.list_of_request(request.id)

    async def sent(self, mobile: str = CITIZEN) -> list[OutboxMessage]:
        """Return what was queued for a mobile, oldest first."""
        async with self.store.open_unit(write=False) as uow:
            return (await uow.outbox.list_recent(recipient=mobile))[::-1]

    async def keys(self, mobile: str = CITIZEN) -> list[str]:
        """Return the last parts of the keys of those texts."""
        return [message.key.rpartition(".")[2] for message in await self.sent(mobile)]

    async def timers(self, code: str) -> dict[tuple[TimerKind, str], datetime]:
        """Return the timers of a request: (kind, name) → when."""
        request, far = await self.request(code), datetime(2100, 1, 1, tzinfo=UTC)
        async with self.store.open_unit(write=False) as uow:
            found: list[Timer] = [one for kind in TimerKind for one in await uow.timers.list_due(kind, far, 1000)]
        return {(one.kind, one.name): one.at for one in found if one.request_id == request.id}

    def sql(self, statement: str, *values: object) -> None:
        """Change the database file behind the application's back."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(statement, values)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database file."""
        with closing(sqlite3.connect(self._path)) as connection:
            return connection.execute(statement, values).fetchall()


STRAIGHT: tuple[tuple[str, str, Role | None], ...] = (
    ("accepted", "accept", Role.CIVIL),
    ("awaiting_payment", "price", Role.REVENUE),
    ("paid", "pay", None),
    ("scheduled", "schedule", Role.CIVIL),
    ("handed_over", "hand_over", Role.CIVIL),
    ("completed", "complete", Role.CIVIL),
)
"""(state reached, step, who takes it) from the order to its end."""

GIVEN: Mapping[str, Mapping[str, str]] = {"hand_over": {"early": "yes"}}
"""Input of a step on the straight way: the machine is booked for tomorrow, and taken today."""


@asynccontextmanager
async def municipality(path: Path, desk: Dependencies, clock: StandingClock) -> AsyncIterator[Municipality]:
    """Open a municipality over a migrated SQLite file; nothing is in it yet."""
    store = await SqlStore.connect(f"sqlite:///{path}")
    try:
        yield Municipality(desk, store, clock, path)
    finally:
        await store.close()
