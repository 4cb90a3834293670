"""Random walks of requests for an opinion: whatever staff, citizens, banks and time do, some things always hold."""

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.bills import BillState
from domain.errors import DomainError
from domain.expert_kinds import PAPER_NAMES
from domain.forms import Choice, Day, Field, Integer, Moment, Rials
from domain.history import chain_faults
from domain.outgoing import InboundState
from domain.people import Role
from domain.policy import Policy
from domain.requests import ServiceRequest
from domain.services.expert import EXPERT_OPINION
from domain.services.machinery import MACHINERY_WORK
from tests.support.experts import COLLEAGUE, OFFICER, Experts
from tests.support.municipality import NEIGHBOUR, Municipality, StandingClock, actor, build_desk, municipality

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
STEPS = 16
LAST_STEPS = frozenset({"cancel", "reject"})
"""Steps that end a request early: taken seldom, so that walks go far."""


@FEW
@given(st.data())
def test_requests_keep_their_order_whatever_is_done(migrated: Path, draw: st.DataObject) -> None:
    async def run(path: Path) -> None:
        clock = StandingClock()
        desk = build_desk(clock, services=(MACHINERY_WORK, EXPERT_OPINION), policy=Policy(inbound_limit=10**6))
        async with municipality(path, desk, clock) as town:
            experts = Experts(town)
            await experts.furnish()
            await Walk(draw, town, experts).go()

    with TemporaryDirectory(prefix="pishkhan-walk-") as folder:
        asyncio.run(run(Path(shutil.copy(migrated, folder))))


@dataclass(frozen=True, slots=True)
class Walk:
    """Steps of two requests that want the same officer."""

    draw: st.DataObject
    town: Municipality
    experts: Experts

    def pick(self, *options: Any) -> Any:
        """Choose one of the options."""
        return self.draw.draw(st.sampled_from(options))

    async def go(self) -> None:
        """Take some steps, and look at what must hold after each."""
        begun = self.pick("submitted", "assigned", "awaiting_payment", "paid", "answered")
        codes = [await self.experts.reach(begun), await self.town.order(WALKING, NEIGHBOUR)]
        for _ in range(STEPS):
            code = self.pick(*codes)
            before = await self.town.request(code)
            with suppress(DomainError):
                await self.step(before)
            await self.holds(code, before)
            await self.nothing_twice(codes)

    async def step(self, request: ServiceRequest) -> None:
        """Let somebody do something to a request."""
        kind = self.pick("known", "known", "known", "known", "wild", "paper", "pay", "bank", "time")
        if kind in {"known", "wild"}:
            await self.take(request, wild=kind == "wild")
        elif kind == "paper":
            await self.experts.add(request.code, self.pick(*PAPER_NAMES))
        elif kind == "time":
            self.town.advance(hours=self.pick(1, 12, 40, 130, 800))
            await self.town.run_timers()
            await self.town.expire_texts()
        elif bills := await self.town.bills(request.code):
            if kind == "pay":
                await self.town.pay(request.code, reference=self.pick(None, None, "same"))
            elif bills[-1].state.payable:
                await self.town.set_bill(request.code, self.pick(BillState.OPEN, BillState.PAYING))

    async def take(self, request: ServiceRequest, *, wild: bool) -> None:
        """Take a step that is possible now, or any step by anybody."""
        ends = self.pick(frozenset(), LAST_STEPS, LAST_STEPS)
        steps = [one for one in self.town.desk.engine.actions(request) if not wild and one.name not in ends]
        step = self.pick(*(steps or EXPERT_OPINION.transitions))
        role = self.pick(*sorted((step.roles if steps else frozenset(Role)) or {Role.SYSTEM}))
        citizen = actor(role, request.mobile if role is Role.CITIZEN else None)
        who = self.pick(OFFICER, COLLEAGUE) if role is Role.EXPERT else citizen
        asked = [one for one in step.inputs if one.required or self.draw.draw(st.booleans())]
        await self.town.do(request.code, step.name, who, **{one.name: self.value(one) for one in asked})

    def value(self, field: Field) -> object:
        """Return something to put in, mostly right."""
        match field.type:
            case Choice():
                return self.pick("ahmadi", "ahmadi", "bahrami", "civil")
            case Moment():
                return (self.town.clock.at + timedelta(hours=self.pick(-1, 2, 3, 30))).isoformat()
            case Integer():
                return self.pick("1", "250", "0", "چند")
            case Rials():
                return self.pick("0", "5000000", "1234567", "100000000000")
            case Day():
                return self.pick("امروز", "1405/9/1", "1410/1/1")
        return self.pick("متن", "متن", "😀" * 20, " ")

    async def holds(self, code: str, before: ServiceRequest) -> None:
        """Look at one request."""
        now, bills = await self.town.request(code), await self.town.bills(code)
        assert now.phase is EXPERT_OPINION.state(now.state).phase
        assert chain_faults(code, await self.town.history(code), now.head_seq, now.head_hash) == []
        assert now.phase is before.phase or not before.phase.final
        if now.state in {"answered", "closed"}:
            assert now.data["letter_number"]
            assert all(bill.state.settled or bill.state is BillState.VOID for bill in bills)
        if now.phase.final:
            assert await self.town.bookings(code) == []
            assert not any(bill.state.payable for bill in bills)
            assert bool(await self.town.timers(code)) == (now.state == "answered")
        else:
            assert len(await self.town.bookings(code)) == (now.state == "assigned")
        came_in = sum(payment.amount for payment in await self.town.payments(code))
        due = sum(refund.amount for refund in await self.town.refunds(code))
        assert due <= came_in
        if now.state in {"cancelled", "expired", "rejected"}:
            assert due == came_in
        assert (await self.town.say(now.mobile or "", code)).inbound.state is InboundState.ANSWERED

    async def nothing_twice(self, codes: list[str]) -> None:
        """No officer is at two places at once, and no letter has the number of another (but for own numbers)."""
        taken = [one for code in codes for one in await self.town.bookings(code)]
        for place, (booking, officer) in enumerate(taken):
            for other, another in taken[place + 1 :]:
                assert officer.id != another.id or booking.end <= other.start or other.end <= booking.start
        letters = [(await self.town.request(code)).data.get("letter_number") for code in codes]
        ours = [number for number in letters if number and "/e/" in number]
        assert len(ours) == len(set(ours))


WALKING = "کارشناسی تفکیک کد ملی 0084575948 کد پستی 4947113457 زمین دیگر"
