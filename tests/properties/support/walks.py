"""Walks: towards a state of a service first, then wherever chance leads; the rules are looked at after each step."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import note
from hypothesis import strategies as st

from app.security.signing import Ed25519Signer
from domain.actions.context import ActorContext
from domain.actions.history import sealing
from domain.actions.requests import erase
from domain.bills.bill import BillState, PaymentOutcome
from domain.language.service import Command, Service, Transition, Trigger
from domain.messages.records import InboundState
from domain.requests.history import HistoryEvent
from domain.requests.request import Phase, ServiceRequest, TimerKind
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import DomainError, NotAllowedNow
from tests.properties.support.ledger_rules import the_ledger_says_what_the_books_say
from tests.properties.support.report_totals import reports_say_what_there_is
from tests.properties.support.service_rules import RULES_OF_SERVICES
from tests.properties.support.snapshots import Snapshot, taken
from tests.properties.support.walk_leads import Edge, Lead
from tests.properties.support.walk_moves import Walker
from tests.properties.support.walk_rules import RULES, WHOLE, Step
from tests.properties.support.whole_town import whole_town
from tests.support.effort import EFFORT
from tests.support.municipality import Municipality

SIGNER = Ed25519Signer("a secret outside of the database")

LONGEST_WAY = 800
"""Requests and steps before an edge is given up."""

RIVALS = 2
"""Requests that want the same machine, officer or taxi."""

HOURS_OF_PRICES = 48
"""After so long a price that is changed may be in force."""

WANDERING = 3 if EFFORT == 1 else 30
"""Steps at random behind it."""

KINDS = (
    "known",
    "known",
    "known",
    "known",
    "wild",
    "wild",
    "pay",
    "bank",
    "time",
    "text",
    "text",
    "paper",
    "change",
    "price",
    "new",
    "again",
)


@dataclass(slots=True)
class Walk:
    """One walk. `gone` are the edges by which requests of the service went."""

    walker: Walker
    unit_mobiles: dict[Role, dict[str, str]]
    gone: set[Edge] = field(default_factory=set)
    last: Snapshot | None = None
    stale: bool = True

    @property
    def town(self) -> Municipality:
        """Town of the walk."""
        return self.walker.town

    async def towards(self, goal: Edge) -> None:
        """Lead requests to an edge, another where one cannot come there any more; then let others want the same."""
        self.walker.led = lead = Lead(self.walker.service, Random(self.walker.draw.draw(st.integers(0, 10**6))))
        code: str | None = None
        for _ in range(LONGEST_WAY):
            if goal in self.gone:
                break
            request = await self.town.request(code) if code else None
            edge = lead.next(request.state, goal) if request else None
            if request is None or edge is None:
                code = await self._another(request)
            else:
                await self._go(request, edge.step)
                lead.went(edge, (await self.town.request(request.code)).state)
        lead.varied = False
        for _ in range(RIVALS):
            await self.tried(self.walker.apply_for)
        self.walker.led = None

    async def _another(self, former: ServiceRequest | None) -> str | None:
        """Ask for the service, and for nothing else at the time; prices may be others by then."""
        cancel = self.walker.service.command_steps(Command.CANCEL) if former else ()
        if former and (ends := [one for one in cancel if former.state in one.source_states]):
            await self.tried(lambda: self.walker.take(former, ends[0]))
        if self.walker.led and self.walker.led.another():
            await self.tried(lambda: self.walker.change_a_price(self.walker.service.key))
            await self.tried(lambda: self.walker.wait(HOURS_OF_PRICES))
        refused = await self.tried(self.walker.apply_for)
        return None if refused else self.walker.newest

    async def _go(self, request: ServiceRequest, step: Transition) -> None:
        """Have a step taken, by whatever takes it; with all papers there, now and then."""
        if not request.phase.is_final and self.walker.declaration(request).papers and self.walker.chance():
            await self.tried(lambda: self.walker.bring_papers(request))
        if step.trigger is Trigger.DEADLINE:
            await self._until(request, step.name)
        elif step.trigger is Trigger.BILL_SETTLED:
            await self._pay(request)
        elif step.trigger is Trigger.PAYMENT_REVERSED:
            await self._take_payments_back(request)
        else:
            await self._take(request, step)

    async def _take_payments_back(self, request: ServiceRequest) -> None:
        """Reverse all that came in for a request, what came on top first."""
        for bill in await self.town.bills(request.code):
            async with self.town.store.open_unit(write=False) as uow:
                payments = await uow.bills.list_payments(bill.id)
            for payment in sorted(payments, key=lambda one: one.outcome is PaymentOutcome.SETTLED):
                await self.tried(partial(self.walker.take_back, bill, payment))

    async def _pay(self, request: ServiceRequest) -> None:
        """Pay wrongly, then what is asked for, then once more by the same slip and perhaps by another."""
        bill = next(one for one in await self.town.bills(request.code) if one.state.is_payable)
        wrong = bill.amount + self.walker.pick((1000, -1000, bill.amount))
        assert await self.tried(lambda: self.town.pay("", bill=bill, amount=wrong)), "another amount is not the bill's"
        slip = f"slip of {bill.bill_id}"
        await self.tried(lambda: self.town.pay("", bill=bill, reference=slip))
        settled = await self.snapshot()
        assert not await self.tried(lambda: self.town.pay("", bill=bill, reference=slip)), "a slip may be told again"
        assert (await self.snapshot()).accounts == settled.accounts, "and counts once"
        if self.walker.chance():
            await self.tried(lambda: self.town.pay("", bill=bill))

    async def _until(self, request: ServiceRequest, name: str) -> None:
        """Let the time of a deadline come; while a bank is busy with a bill nothing happens."""
        paying = [one for one in await self.town.bills(request.code) if one.state.is_payable and self.walker.chance()]
        for bill in paying:
            await self.tried(partial(self.walker.set_bill, bill, BillState.PAYING))
        timers = await self.town.timers(request.code)
        self.town.clock.at = max(self.town.clock.at, timers[TimerKind.DEADLINE, name]) + timedelta(seconds=1)
        await self.tried(lambda: self.walker.wait(0))
        for bill in paying:
            assert (await self.town.request(request.code)).state == request.state, "its bill may be paid yet"
            await self.tried(partial(self.walker.set_bill, bill, BillState.OPEN))
            await self.tried(lambda: self.walker.wait(1))

    async def _take(self, request: ServiceRequest, step: Transition) -> None:
        """Take a step that people take, supplying what it lacks (a price, papers) if that is all."""
        error = await self.tried(lambda: self.walker.take(request, step))
        supply = self.walker.supply(error, request) if error else None
        if supply is not None and not await self.tried(supply):
            await self.tried(lambda: self.walker.take(request, step))

    async def wander(self) -> None:
        """Do this and that to any request there is."""
        for _ in range(WANDERING):
            now = await self.snapshot()
            requests = sorted(now.requests.values(), key=lambda one: one.id)
            if not requests:
                await self.tried(self.walker.apply_for)
                continue
            await self._one_of(self.walker.pick(KINDS), self.walker.pick(requests), now)

    async def _one_of(self, kind: str, request: ServiceRequest, now: Snapshot) -> None:
        walker, bills = self.walker, [one.bill for one in now.accounts.values()]
        papers = walker.declaration(request).papers
        ways: dict[str, Callable[[], Awaitable[Any]] | None] = {
            "known": lambda: walker.take(request, walker.pick(self._possible(request))),
            "wild": lambda: walker.take(request, walker.pick(self._by_people(request)), wild=True),
            "pay": (lambda: walker.pay(walker.pick(bills))) if bills else None,
            "bank": (lambda: walker.bank_begins_or_gives_up(walker.pick(bills))) if bills else None,
            "time": lambda: walker.wait(walker.pick((1, 12, 40, 130, 800))),
            "text": lambda: walker.text(request.code),
            "paper": (lambda: walker.attach(request, walker.pick(papers.paper_names))) if papers else None,
            "price": walker.change_a_price,
            "new": lambda: walker.apply_for(wild=walker.chance()),
            "change": lambda: walker.change_form(request, wild=walker.chance()),
            "again": lambda: walker.take_up_again(request, walker.anybody(request)),
        }
        await self.tried(ways[kind] or (lambda: walker.wait(1)))

    def _possible(self, request: ServiceRequest) -> list[Transition]:
        """Return what people may do now, seldom what ends a request early, that walks go far."""
        service = self.walker.declaration(request)
        early = {state.name for state in service.states if state.phase in {Phase.CANCELLED, Phase.DECLINED}}
        steps = self.town.desk.engine.list_actions(request)
        going_on = [one for one in steps if one.target_state not in early]
        return self.walker.pick((going_on, going_on, steps)) or steps or self._by_people(request)

    def _by_people(self, request: ServiceRequest) -> list[Transition]:
        return [one for one in self.walker.declaration(request).transitions if one.trigger is None]

    async def tried(self, move: Callable[[], Awaitable[Any]]) -> DomainError | None:
        """Make a move and look at the rules; return why it was refused, which has words and changed nothing."""
        before, refusal = await self.snapshot(), None
        self.walker.said = ""
        try:
            await move()
        except DomainError as error:
            refusal = error
        after = self.last = await taken(self.town, before)
        note(f"{'refused' if refusal else 'done'}: {self.walker.said} {refusal or ''}")
        assert refusal is None or (self.town.desk.wording.render_error(refusal) and after == before), refusal
        self._hold(Step(self.town.desk, before, after, self.unit_mobiles))
        await self._ask_for_status(before, after)
        return refusal

    def _hold(self, step: Step) -> None:
        for request in step.after.requests.values():
            for rule in RULES:
                rule(step, request)
            if request.service == self.walker.service.key:
                self.gone |= {Edge(str(event.from_state), one) for event, one in self._went(step, request)}
        for whole in (*WHOLE, the_ledger_says_what_the_books_say):
            whole(step)
        for key, rule_of_service in RULES_OF_SERVICES.items():
            rule_of_service(step, [one for one in step.after.requests.values() if one.service == key])

    def _went(self, step: Step, request: ServiceRequest) -> Iterator[tuple[HistoryEvent, Transition]]:
        """Yield new events with their transition; of several that share name and states, those whose notices went."""
        queued = {text.key.rpartition(".")[2] for text in step.new_texts if text.request_id == request.id}
        for event in step.new_events(request):
            ways = step.taken(request, event)
            told = [one for one in ways if one.notices and {notice.text_name for notice in one.notices} <= queued]
            yield from ((event, one) for one in (ways if len(ways) == 1 else told))

    async def _ask_for_status(self, before: Snapshot, after: Snapshot) -> None:
        """Ask for the status of every request that changed, by its own line: there are words for it."""
        for request in after.requests.values():
            if request.mobile and before.requests.get(request.id) != request:
                heard = await self.town.say(request.mobile, request.code)
                assert heard.inbound.state is InboundState.ANSWERED, heard.inbound
                self.stale = True

    async def ends(self) -> None:
        """Take up again what has ended; report; seal and verify all, before and after its personal data is erased."""
        manager = self.walker.somebody(Role.MANAGER, None, "cli")
        ended = [one for one in (await self.snapshot()).requests.values() if one.phase.is_final]
        for request in ended:
            await self.tried(partial(self.walker.take_up_again, request, manager))
        await reports_say_what_there_is(self.town, await self.snapshot())
        async with self.town.store.open_unit(write=False) as uow:
            assert await uow.ledger.list_differences(10) == []
        await sealing.seal_history(self.town.desk, self.town.store, SIGNER)
        assert (await sealing.verify_history(self.town.store, SIGNER)).faults == []
        admin = self.walker.somebody(Role.ADMIN, None, "cli")
        for request in ended:
            with suppress(NotAllowedNow):
                async with self.town.store.open_unit() as uow:
                    await erase.erase_request(ActorContext(self.town.desk, uow, admin), request.code, "درخواست شهروند")
        found = await sealing.verify_history(self.town.store, SIGNER)
        assert (found.faults, found.requests) == ([], len((await self.snapshot()).requests))

    async def snapshot(self) -> Snapshot:
        """Return what there is now."""
        if self.stale or self.last is None:
            self.last, self.stale = await taken(self.town, self.last), False
        return self.last


def walk_to(furnished: Path, service: Service, goal: Edge, draw: st.DataObject) -> Walk:
    """Walk to an edge of a service and on, in a town of its own; return the walk."""

    async def run(path: Path) -> Walk:
        async with whole_town(path) as town:
            walk = await begun(town, service, draw)
            await walk.towards(goal)
            await walk.wander()
            await walk.ends()
            return walk

    with TemporaryDirectory(prefix="pishkhan-walk-") as folder, nothing_is_swallowed():
        return asyncio.run(run(Path(shutil.copy(furnished, folder))))


class Swallowed(logging.Handler):
    """Keeps what the log has of faults of ours: the scheduler goes on after one, and so would a walk."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it with its trace."""
        self.told.append(logging.Formatter().format(record))


@contextmanager
def nothing_is_swallowed() -> Iterator[None]:
    """Nothing went wrong that was only logged."""
    handler = Swallowed()
    logging.getLogger().addHandler(handler)
    try:
        yield
        assert handler.told == []
    finally:
        logging.getLogger().removeHandler(handler)


async def begun(town: Municipality, service: Service, draw: st.DataObject) -> Walk:
    """Return a walk that has not gone anywhere."""
    async with town.store.open_unit(write=False) as uow:
        members = {role: await uow.people.list_staff_with_role(role) for role in sorted(STAFF_ROLES)}
    staff = {role: [one.username for one in those] for role, those in members.items()}
    mobiles = {role: {one.username: one.mobile for one in those if one.mobile} for role, those in members.items()}
    return Walk(Walker(town, service, draw, staff), mobiles)
