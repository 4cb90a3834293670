"""Random walks: whatever people, banks and time do to requests, and whatever is texted, some things always hold."""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.actions.pay import Settled
from domain.bills import Bill, BillState
from domain.errors import DomainError
from domain.forms import Choices, Day, Field, FieldType, HourOfDay, Hours, Moment, Rials
from domain.history import chain_faults
from domain.lifecycle import Transition
from domain.outgoing import InboundState
from domain.people import Role
from domain.policy import Policy
from domain.requests import ServiceRequest
from tests.support.municipality import (
    CITIZEN,
    NEIGHBOUR,
    ORDER,
    Municipality,
    StandingClock,
    actor,
    build_desk,
    municipality,
)

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
STEPS, TEXTS = 14, 30
LAST_STEPS = frozenset({"cancel", "reject"})
"""Steps that end a request early: taken seldom, so that walks go far."""

TYPED: dict[type[FieldType], tuple[str, ...]] = {
    Hours: ("1", "4", "5.5", "25", "1,2"),
    Day: ("فردا", "شنبه", "1400/1/1"),
    HourOfDay: ("8", "14:30", "صبح"),
    Rials: ("0", "5000000", "1234567", "100000000000"),
}
"""What staff type into the inputs of a step, right and wrong."""

MOST_FRAMES = 4
"""Dialogues that may wait for each other, and one menu on top."""


def walk(migrated: Path, steps: "Walk") -> None:
    """Walk in a municipality of its own."""

    async def run(path: Path) -> None:
        clock = StandingClock()
        async with municipality(path, build_desk(clock, policy=Policy(inbound_limit=10**6)), clock) as town:
            await town.furnish()
            await steps(town)

    with TemporaryDirectory(prefix="pishkhan-walk-") as folder:
        asyncio.run(run(Path(shutil.copy(migrated, folder))))


class Walk:
    """Something to do in a municipality."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw = draw

    def pick(self, *options: Any) -> Any:
        """Choose one of the options."""
        return self.draw.draw(st.sampled_from(options))

    def __call__(self, town: Municipality) -> Coroutine[Any, Any, None]:
        """Walk."""
        raise NotImplementedError


class Steps(Walk):
    """Staff, citizens, banks and time take steps of two requests that want the same machine."""

    async def __call__(self, town: Municipality) -> None:
        """Take some steps, and look at what must hold after each."""
        begun = self.pick("submitted", "awaiting_payment", "paid", "handed_over")
        codes = [await town.reach(begun), await town.order(mobile=NEIGHBOUR)]
        for _ in range(STEPS):
            code = self.pick(*codes)
            before = await town.request(code)
            with suppress(DomainError):
                await self._step(town, before)
            await self._holds(town, code, before)
            await _no_machine_twice(town, codes)

    async def _step(self, town: Municipality, request: ServiceRequest) -> None:
        kind = self.pick("known", "known", "known", "known", "wild", "pay", "bank", "time")
        service = town.desk.services[request.service]
        ends = self.pick(frozenset(), LAST_STEPS, LAST_STEPS)
        steps = [one for one in town.desk.engine.actions(request) if kind == "known" and one.name not in ends]
        if kind in {"known", "wild"}:
            step = self.pick(*(steps or service.transitions))
            roles = step.roles if steps else frozenset(Role)
            await self._take(town, request, step, self.pick(*sorted(roles or {Role.SYSTEM})))
        elif kind == "time":
            town.advance(hours=self.pick(1, 12, 40, 130))
            await town.run_timers()
            await town.expire_texts()
        elif bills := await town.bills(request.code):
            await self._money(town, request, self.pick(*bills), paid=kind == "pay")

    async def _take(self, town: Municipality, request: ServiceRequest, step: Transition, role: Role) -> None:
        async with town.store.unit(write=False) as uow:
            choices = {one.name: await one.options(uow, request) for one in step.inputs if one.options}
        asked = [one for one in step.inputs if one.required or self.draw.draw(st.booleans())]
        inputs = {one.name: self._value(town, one, choices.get(one.name, ())) for one in asked}
        who = actor(role, request.mobile if role is Role.CITIZEN else None)
        await town.do(request.code, step.name, who, **inputs)

    def _value(self, town: Municipality, field: Field, choices: tuple[str, ...]) -> object:
        if isinstance(field.type, Choices):
            return self.pick(*choices, "XX")
        if isinstance(field.type, Moment):
            return (town.clock.at + timedelta(hours=self.pick(-1, 2, 3, 30))).isoformat()
        return self.pick(*TYPED.get(type(field.type), ("دلیل", "😀" * 300, " ")))

    async def _money(self, town: Municipality, request: ServiceRequest, bill: Bill, *, paid: bool) -> Settled | None:
        if paid:
            reference = self.pick(None, None, "same")
            return await town.pay(
                request.code, bill=bill, reference=reference, amount=bill.amount + self.pick(0, 0, 1000)
            )
        if bill.state.payable:
            await town.set_bill(request.code, self.pick(BillState.OPEN, BillState.PAYING))
        return None

    async def _holds(self, town: Municipality, code: str, before: ServiceRequest) -> None:
        now, bills = await town.request(code), await town.bills(code)
        state = town.desk.services[now.service].state(now.state)
        assert now.phase is state.phase
        assert chain_faults(code, await town.history(code), now.head_seq, now.head_hash) == []
        if before.phase.final:
            assert now.state == before.state
        if now.state == "handed_over":
            assert all(bill.state.settled or bill.state is BillState.VOID for bill in bills)
        if now.phase.final:
            assert (await town.bookings(code), await town.timers(code)) == ([], {})
            assert not any(bill.state.payable for bill in bills)
        if now.state in {"awaiting_payment", "awaiting_supplement"}:
            assert [bill.state.payable for bill in bills].count(True) == 1
        came_in = sum(payment.amount for payment in await town.payments(code))
        due = sum(refund.amount for refund in await town.refunds(code))
        assert due <= came_in
        if now.state in {"cancelled", "expired", "rejected"}:
            assert due == came_in
        assert (await town.say(now.mobile or "", code)).inbound.state is InboundState.ANSWERED


async def _no_machine_twice(town: Municipality, codes: list[str]) -> None:
    taken = [one for code in codes for one in await town.bookings(code)]
    for place, (booking, resource) in enumerate(taken):
        for other, another in taken[place + 1 :]:
            apart = booking.end <= other.start or other.end <= booking.start
            assert resource.id != another.id or apart


@FEW
@given(st.data())
def test_requests_keep_their_order_whatever_is_done(migrated: Path, draw: st.DataObject) -> None:
    walk(migrated, Steps(draw))


WORDS = (
    "ماشین", "ماشین لودر", "ماشین گریدر ۳۰ ساعت", ORDER, "لودر ۴ ساعت", "گریدر", "فردا", "۱۴۰۵/۱/۱", "شنبه", "8", "11",
    "12", "1", "2", "3", "5", "99", "0", "صبح", "خیابان امام", "😀", "قبلی", "انصراف", "لغو", "لغو11", "راهنما",
    "راهنما ماشین", "درخواست‌ها", "تعرفه", "تعرفه لودر ۳ ساعت", "تعرفه ارزیابی", "قبض", "پاسخ", "پاسخ بله", "نظر",
    "امتیاز", "تایید", "رد", "پیگیری", "123456780", "123456786", "{code}", "لغو {code}", "قبض {code}", "پاسخ {code}",
    "امتیاز {code} ۵", "نظر {code} خوب", "سلام", "پیکیری", "مرخصی", "عوارض", "کارشناسی", "تشویق 12ت345-59", "؟", "",
)  # fmt: skip


class Texts(Walk):
    """A citizen texts this and that, while staff ask and time passes."""

    async def __call__(self, town: Municipality) -> None:
        """Send some texts; each must be answered, and the dialogue must stay shallow."""
        code = await town.order()
        for _ in range(TEXTS):
            text = self.pick(*WORDS).format(code=code)
            heard = await town.say(CITIZEN, text)
            assert heard.inbound.state is not InboundState.FAILED, (text, heard.inbound.reason)
            assert heard.text or heard.inbound.reason == "loop"
            stored = town.rows("SELECT json_array_length(state, '$.frames') FROM dialogues")
            assert not stored or stored[0][0] <= MOST_FRAMES
            if heard.inbound.intent == "machinery" and heard.key.endswith("notices.submit"):
                code = heard.code
                await town.do(code, "ask", Role.CIVIL, question="کدام کوچه؟")
            town.advance(minutes=self.pick(0, 1, 11, 31))


@FEW
@given(st.data())
def test_every_text_is_answered_whatever_came_before(migrated: Path, draw: st.DataObject) -> None:
    walk(migrated, Texts(draw))
