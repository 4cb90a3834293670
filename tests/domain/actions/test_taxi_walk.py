"""Random walks of leaves and reports: whatever officer, drivers, owners, passengers and time do, some things hold."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.calendar import in_tehran
from domain.errors import DomainError
from domain.forms import Choice, Field, Identifier, Integer, Rials
from domain.history import chain_faults
from domain.leaves import counted, taken
from domain.outgoing import InboundState
from domain.people import Actor, Role
from domain.policy import Policy
from domain.registries import REWARD, VIOLATION
from domain.requests import RequestFilter, ServiceRequest, TimerKind
from tests.support.cabs import AUXILIARY_MOBILE, COMPLAINT, OFFICER, PRAISE, STRANGER, Cabs, open_cabs
from tests.support.municipality import actor
from tests.support.taxis import AUXILIARY_CODE, DRIVER_CODE, DRIVER_MOBILE, OWNER_MOBILE, PLATE, SECOND_PLATE, rows_of

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
STEPS = 24
PEOPLE = (DRIVER_MOBILE, AUXILIARY_MOBILE, OWNER_MOBILE, STRANGER)
LAST_STEPS = frozenset({"withdraw", "reject", "refuse", "revoke", "dismiss"})
"""Steps that end a request early: taken seldom, so that walks go far."""

LIVE = frozenset({"submitted", "awaiting_owner", "under_review", "needs_info", "approved", "in_effect"})
TEXTS = (
    f"مرخصی {PLATE} از فردا ۳ روز", f"مرخصی {PLATE} ۱۰ روز از فردا", f"مرخصی {SECOND_PLATE} از پس‌فردا ۲ روز", "مرخصی",
    f"مرخصی {SECOND_PLATE} ۲۵ روز از فردا", "1", "2", "فردا", "۳ روز", "بله", "قبلی", "لغو", "تایید", "رد", "عوارض",
    PRAISE, COMPLAINT, "شکایت", "۱۱۴", "تند رفت", "تایید {code}", "رد {code}", "لغو {code}", "پاسخ {code} باشد",
    "{code}",
)  # fmt: skip


@FEW
@given(st.data())
def test_leaves_and_reports_keep_their_order_whatever_is_done(migrated: Path, draw: st.DataObject) -> None:
    async def run(path: Path) -> None:
        async with open_cabs(path, Policy(inbound_limit=10**6, loop_guard=10**6)) as cabs:
            await Walk(draw, cabs).go()

    with TemporaryDirectory(prefix="pishkhan-walk-") as folder:
        asyncio.run(run(Path(copy(migrated, folder))))


@dataclass(frozen=True, slots=True)
class Walk:
    """People of one taxi organisation do this and that."""

    draw: st.DataObject
    cabs: Cabs

    def pick(self, *options: Any) -> Any:
        """Choose one of the options."""
        return self.draw.draw(st.sampled_from(options))

    async def go(self) -> None:
        """Take some steps, and look at what must hold after each."""
        first = self.pick("submitted", "under_review", "approved", "in_effect")
        await self.cabs.reach(first)
        await self.cabs.asks(COMPLAINT, STRANGER)
        if self.draw.draw(st.booleans()):
            await self.cabs.asks("مرخصی تاکسی ۱۱۵ از پس‌فردا ۳ روز", AUXILIARY_MOBILE)
        for _ in range(STEPS):
            before = {one.code: one for one in await self.all()}
            with suppress(DomainError):
                await self.step(self.pick(*sorted(before.values(), key=lambda one: one.id)))
            await self.holds(before)

    async def all(self) -> list[ServiceRequest]:
        """Every request there is."""
        async with self.cabs.town.store.unit(write=False) as uow:
            return await uow.requests.find(RequestFilter(limit=1000))

    async def step(self, request: ServiceRequest) -> None:
        """Let somebody do something."""
        kind = self.pick("known", "known", "known", "wild", "text", "text", "time")
        if kind == "text":
            heard = await self.cabs.town.say(self.pick(*PEOPLE), self.pick(*TEXTS).format(code=request.code))
            assert heard.inbound.state is not InboundState.FAILED, heard.inbound
        elif kind == "time":
            self.cabs.town.advance(hours=self.pick(1, 12, 40, 130))
            await self.cabs.town.run_timers()
        else:
            await self.take(request, wild=kind == "wild")

    async def take(self, request: ServiceRequest, *, wild: bool) -> None:
        """Take a step that is possible now, or any step by anybody."""
        town = self.cabs.town
        ends = self.pick(frozenset(), LAST_STEPS, LAST_STEPS)
        steps = [one for one in town.desk.engine.actions(request) if not wild and one.name not in ends]
        step = self.pick(*(steps or town.desk.services[request.service].transitions))
        asked = [one for one in step.inputs if one.required or self.draw.draw(st.booleans())]
        inputs = {one.name: self.value(one, request) for one in asked}
        await town.do(request.code, step.name, self.somebody(request, wild=wild), **inputs)

    def somebody(self, request: ServiceRequest, *, wild: bool) -> Actor:
        """The officer, mostly; else the one whose request it is, or anybody."""
        mobile = self.pick(request.mobile, request.awaits or STRANGER, *(PEOPLE if wild else ()))
        who = self.pick("officer", "officer", "citizen", "other" if wild else "officer")
        others = {"officer": OFFICER, "citizen": actor(Role.CITIZEN, mobile)}
        return others.get(who) or actor(self.pick(*sorted(frozenset(Role) - {Role.CITIZEN})))

    def value(self, field: Field, request: ServiceRequest) -> object:
        """Return something to put in, mostly right."""
        match field.type:
            case Choice():
                praise = request.fields.get("kind") == "reward"
                return self.pick(
                    "out_of_city" if field.name == "scope" else "honesty" if praise else "rudeness", "other"
                )
            case Identifier():
                return self.pick(DRIVER_CODE, AUXILIARY_CODE, "0013542419")
            case Integer():
                return self.pick("1", "1000", "-1")
            case Rials():
                return self.pick("500000", "1234567")
        return self.pick("متن", "متن", "😀" * 20, " ")

    async def holds(self, before: dict[str, ServiceRequest]) -> None:
        """Look at every request, and at the taxis."""
        now = await self.all()
        for request in now:
            await self.sound(request, before.get(request.code))
        for plate in (PLATE, SECOND_PLATE):
            leaves = [one for one in now if one.service == "taxi_leave" and one.subject_key == plate]
            await self.fair(leaves)
        reports = [one for one in now if one.service == "taxi_report" and one.state == "recorded"]
        records = [row for key in (REWARD.key, VIOLATION.key) for row in await rows_of(self.cabs.town, key)]
        assert sorted(row.values["source"] for row in records) == sorted(one.code for one in reports)

    async def sound(self, request: ServiceRequest, before: ServiceRequest | None) -> None:
        """One request is whole, and what had ended stays so."""
        town, code = self.cabs.town, request.code
        assert request.phase is town.desk.services[request.service].state(request.state).phase
        assert chain_faults(code, await town.history(code), request.head_seq, request.head_hash) == []
        assert before is None or not before.phase.final or before.state == request.state
        assert request.awaits is None or request.state == "awaiting_owner"
        timers = await town.timers(code)
        assert not request.phase.final or timers == {}
        assert {name for kind, name in timers if kind is TimerKind.DEADLINE} == {
            "awaiting_owner": {"no_consent"}, "needs_info": {"no_answer"}, "approved": {"begin"}, "in_effect": {"end"},
        }.get(request.state, set())  # fmt: skip
        if request.state in {"approved", "in_effect", "ended"}:
            assert request.data["letter_number"]
        if request.state == "in_effect":
            assert date.fromisoformat(request.fields["from"]) <= in_tehran(town.clock.now()).date()

    async def fair(self, leaves: list[ServiceRequest]) -> None:
        """No two live leaves of a taxi share a day, no year has more than thirty, and no permit another's number."""
        live = [days for one in leaves if one.state in LIVE and (days := taken(one))]
        for (first, last), (begin, end) in combinations(live, 2):
            assert last < begin or end < first
        periods = [period for one in leaves if (period := taken(one))]
        for year in (1405, 1406):
            assert sum(counted(*period, fridays=False)[year] for period in periods) <= 30
        numbers = [one.data["letter_number"] for one in leaves if "letter_number" in one.data]
        assert len(numbers) == len(set(numbers))
        assert all(last - first < timedelta(days=366) for first, last in periods)
