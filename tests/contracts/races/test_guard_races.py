"""Guards that count while others do the same, on both databases: no limit is passed by two processes at once."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests.change import change_request
from domain.actions.requests.reopen import reopen_request
from domain.actions.requests.submit import submit_request
from domain.language.locks import FieldLock, Lock, MobileLock
from domain.language.service import Guard, Service, StepContext
from domain.requests.request import RequestFilter
from domain.services import SERVICES
from domain.services.call_back.declaration import CALL_BACK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, NotAllowedNow
from domain.values.tracking_codes import parse_code
from store.unit_of_work import SqlStore
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk
from tests.support.scenarios.taxi_organisation import OFFICER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import PLATE

SECRETARY = actor(Role.SECRETARIAT)
MOST = 3
PATIENCE_SECONDS = 0.4


@dataclass
class Meeting:
    """Meeting of those who have counted: each waits for the others, until it is clear that they cannot come."""

    expected: int
    came: int = 0
    all_here: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> None:
        """Come, and wait."""
        self.came += 1
        if self.came >= self.expected:
            self.all_here.set()
        await asyncio.wait([asyncio.ensure_future(self.all_here.wait())], timeout=PATIENCE_SECONDS)


@dataclass(frozen=True)
class AtMostThree(Guard):
    """A stranger's rule: three requests about one thing, no more."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Count those that are there."""
        criteria = RequestFilter(service=context.request.service, open_only=True, limit=100)
        others = await context.uow.requests.list_requests(criteria)
        return [other.fields["about"] for other in others].count(context.request.fields["about"]) < MOST


def slowed(guard: Guard, meeting: Meeting, locks: Sequence[Lock] | None = None) -> Guard:
    """Return a guard that answers when the others of a meeting have looked as well."""

    class Slowed(Guard):
        """The same answer, later."""

        async def is_satisfied(self, context: StepContext) -> bool:
            """Look, then wait."""
            answer = await guard.is_satisfied(context)
            await meeting.wait()
            return answer

        def build_refusal(self, context: StepContext) -> DomainError:
            """Refuse as the other."""
            return guard.build_refusal(context)

    Slowed.locks = tuple(guard.locks if locks is None else locks)
    return Slowed()


async def build_towns(store: SqlStore, other_store: SqlStore, service: Service) -> list[Municipality]:
    """One town in two processes, with this service in place of the shipped one."""
    clock = StandingClock()
    services = tuple(service if one.key == service.key else one for one in SERVICES)
    desk = build_desk(clock, services=services)
    towns = [Municipality(desk, one, clock, Path()) for one in (store, other_store)]
    await TaxiOrganisation(towns[0]).furnish()
    return towns


async def send_at_once(
    towns: Sequence[Municipality], service: str, forms: Sequence[Mapping[str, object]], by: Actor, mobile: str | None
) -> Counter[str]:
    """Send forms in turn by both processes at once; return how often each end was."""

    async def send(town: Municipality, form: Mapping[str, object]) -> str:
        try:
            async with town.store.open_unit() as uow:
                await submit_request(ActorContext(town.desk, uow, by), service, form, mobile)
        except DomainError as refused:
            return refused.code
        return "kept"

    return Counter(await asyncio.gather(*(send(towns[n % 2], form) for n, form in enumerate(forms))))


@pytest.mark.parametrize("is_locked", [True, False])
async def test_a_rule_that_counts_holds_by_its_lock_alone(
    store: SqlStore, other_store: SqlStore, request: pytest.FixtureRequest, is_locked: bool
) -> None:
    locks = (FieldLock("about"),) if is_locked else ()
    service = replace(CALL_BACK, submit_guards=(slowed(AtMostThree(), Meeting(MOST + 1), locks),))
    towns = await build_towns(store, other_store, service)
    ends = await send_at_once(towns, service.key, [{"about": "قبض"}] * (MOST + 1), SECRETARY, None)
    raced_through = not is_locked and "postgresql" in request.node.name
    assert ends == ({"kept": MOST + 1} if raced_through else {"kept": MOST, NotAllowedNow.code: 1})
    assert await send_at_once(towns, service.key, [{"about": "عوارض"}], SECRETARY, None) == {"kept": 1}


LEAVES = [{"plate": PLATE, "scope": "in_city", "reason": "سفر"} | days for days in (
    {"from": "2026-12-05", "to": "2026-12-25"}, {"from": "2027-01-05", "to": "2027-01-25"},
)]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "guard_name", "forms", "by", "mobile"),
    [
        (CALL_BACK, "NoneWaiting", [{"about": "قبض"}] * 2, SECRETARY, CITIZEN),
        (TAXI_LEAVE, "NoLeaveOverlap", LEAVES[:1] * 2, OFFICER, None),
        (TAXI_LEAVE, "DaysLeft", LEAVES, OFFICER, None),
    ],
)
async def test_of_two_at_once_a_shipped_guard_lets_one_through(
    store: SqlStore,
    other_store: SqlStore,
    service: Service,
    guard_name: str,
    forms: Sequence[Mapping[str, Any]],
    by: Actor,
    mobile: str | None,
) -> None:
    meeting = Meeting(2)
    guards = tuple(
        slowed(guard, meeting) if type(guard).__name__ == guard_name else guard for guard in service.submit_guards
    )
    others = [guard for guard in guards if type(guard).__name__ == "Slowed" or not guard.locks]
    towns = await build_towns(store, other_store, replace(service, submit_guards=tuple(others)))
    ends = await send_at_once(towns, service.key, forms, by, mobile)
    assert (ends["kept"], sum(ends.values())) == (1, 2)


class CrossedLocks(Guard):
    """A guard that holds two things, in the order in which it names them."""

    def __init__(self, *locks: Lock) -> None:
        self.locks = locks  # type: ignore[misc]  # each of these guards has its own

    async def is_satisfied(self, context: StepContext) -> bool:
        """Always."""
        await asyncio.sleep(0.02)
        return True


async def test_locks_named_crosswise_never_wait_for_each_other(store: SqlStore, other_store: SqlStore) -> None:
    crossed = [(FieldLock("about"), MobileLock()), (MobileLock(), FieldLock("about"))]
    services = [replace(CALL_BACK, submit_guards=(CrossedLocks(*locks),)) for locks in crossed]
    towns = [(await build_towns(store, other_store, service))[n] for n, service in enumerate(services)]
    ends = await send_at_once(towns, CALL_BACK.key, [{"about": "قبض"}] * 8, SECRETARY, CITIZEN)
    assert ends == {"kept": 8}


async def test_a_changed_form_is_counted_like_a_new_one(store: SqlStore, other_store: SqlStore) -> None:
    """Two leaves moved onto the same days at once: the later is refused."""
    guards = tuple(
        slowed(guard, Meeting(2)) if type(guard).__name__ == "NoLeaveOverlap" else guard
        for guard in TAXI_LEAVE.submit_guards
    )
    towns = await build_towns(store, other_store, TAXI_LEAVE)
    taxis = TaxiOrganisation(towns[0])
    codes = [await taxis.enters_leave(*days, CITIZEN) for days in (("2026-12-05", "2026-12-07"), ("2026-12-12",) * 2)]
    slow_towns = await build_towns(store, other_store, replace(TAXI_LEAVE, submit_guards=guards))

    async def move(town: Municipality, code: str) -> str:
        try:
            async with town.store.open_unit() as uow:
                days = {"from": "1405/10/01", "to": "1405/10/02"}
                await change_request(ActorContext(town.desk, uow, actor(Role.CITIZEN, CITIZEN)), parse_code(code), days)
        except DomainError as refused:
            return refused.code
        return "kept"

    assert sorted(await asyncio.gather(*map(move, slow_towns, codes))) == ["conflict", "kept"]


async def test_requests_reopened_at_once_are_counted_like_new_ones(store: SqlStore, other_store: SqlStore) -> None:
    """Two finished requests, of which one more may be open: the later is refused."""
    guard = slowed(AtMostThree(), Meeting(2), (FieldLock("about"),))
    towns = await build_towns(store, other_store, replace(CALL_BACK, submit_guards=(), reopen_guard=guard))
    codes = []
    for _ in range(MOST + 1):
        async with store.open_unit() as uow:
            context = ActorContext(towns[0].desk, uow, SECRETARY)
            codes.append((await submit_request(context, CALL_BACK.key, {"about": "قبض"}, CITIZEN)).request.code)
    for code in codes[:2]:
        await towns[0].do(code, "withdraw", SECRETARY)

    async def reopen(town: Municipality, code: str) -> str:
        try:
            async with town.store.open_unit() as uow:
                await reopen_request(ActorContext(town.desk, uow, SECRETARY), parse_code(code), "شماره درست بود")
        except DomainError as refused:
            return refused.code
        return "kept"

    ends = await asyncio.gather(*map(reopen, towns, codes))
    assert sorted(ends) == ["kept", NotAllowedNow.code]
