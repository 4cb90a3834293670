"""Tills closed in any order, and at once: one closing stands of each day, every other is kept as it was."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.offices.till_closing import close_till, load_till
from domain.bills.bill import Bill
from domain.offices.office import Office
from domain.offices.tills import Takings, TillClosing, TillDay, TillPeriod
from domain.values.actors import SYSTEM
from domain.values.calendar import tehran_moment
from domain.values.errors import Conflict, MissingField
from domain.values.version_token import VersionToken
from store.unit_of_work import SqlStore
from tests.support.effort import examples
from tests.support.factories import a_bill, a_payment
from tests.support.municipality import StandingClock, build_desk

TODAY = date(2026, 11, 24)
DAYS = [TODAY - timedelta(days=number) for number in range(2)]


@dataclass(frozen=True, slots=True)
class Reported:
    """The office reports a payment at some second of a day."""

    day: date
    second: int
    amount: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Somebody closes a day, who saw the page before the last so many closings."""

    day: date
    declared: int
    note: str
    behind: int


REPORTS = st.builds(Reported, st.sampled_from(DAYS), st.integers(0, 24 * 60 * 60 - 1), st.integers(1, 3))
CLOSINGS = st.builds(
    Closed, st.sampled_from(DAYS), st.integers(0, 6), st.sampled_from(["شمردم", "دوباره شمردم", ""]), st.integers(0, 2)
)


@dataclass(slots=True)
class Revenue:
    """The revenue unit at two desks. Each example has an office of its own."""

    desk: Dependencies
    stores: tuple[SqlStore, SqlStore]
    bill: Bill
    codes: Any

    @classmethod
    async def open(cls, url: str) -> "Revenue":
        """Open both."""
        stores, bill = (
            (await SqlStore.connect(url), await SqlStore.connect(url)),
            a_bill(subject_kind="duty", subject_id=5),
        )
        async with stores[0].open_unit() as uow:
            await uow.bills.add(bill)
        return cls(build_desk(StandingClock()), stores, bill, count(1))

    async def shut(self) -> None:
        """Close both stores."""
        for store in self.stores:
            await store.close()

    async def office(self) -> str:
        """A new office."""
        code = str(next(self.codes))
        async with self.stores[0].open_unit() as uow:
            await uow.offices.save(Office(code, "دفتر", f"office-{code}", (), (), True, {}, self.desk.clock.now()))
        return code

    async def report(self, code: str, number: int, one: Reported) -> None:
        """Keep what an office reports."""
        at: datetime = tehran_moment(one.day, time.min) + timedelta(seconds=one.second)
        payment = a_payment(self.bill, amount=one.amount, reference=f"{code}/{number}", office=code, at=at)
        async with self.stores[0].open_unit() as uow:
            await uow.bills.add_payment(payment)

    async def close(self, code: str, one: Closed, seen: int, desk: int = 0) -> TillClosing | None:
        """Close a day; None when somebody closed it since, or a note is missing."""
        try:
            async with self.stores[desk].open_unit() as uow:
                return await close_till(
                    ActorContext(self.desk, uow, SYSTEM),
                    code,
                    one.day,
                    one.declared,
                    one.note,
                    version=VersionToken.from_number(seen),
                )
        except (Conflict, MissingField):
            return None

    async def till(self, code: str) -> TillPeriod:
        """The office's till."""
        async with self.stores[0].open_unit(write=False) as uow:
            return await load_till(uow, code, DAYS[-1], TODAY + timedelta(days=1))

    async def one_after_another(self, steps: Sequence[Reported | Closed]) -> None:
        """Report and close; after each step the till says what was done so far."""
        code, paid = await self.office(), defaultdict[date, list[int]](list)
        made: list[TillClosing] = []
        for number, step in enumerate(steps):
            if isinstance(step, Reported):
                await self.report(code, number, step)
                paid[step.day].append(step.amount)
            else:
                seen = max(0, len(made) - step.behind)
                unseen = any(one.day == step.day for one in made[seen:])
                nameless = step.declared != sum(paid[step.day]) and not step.note
                closed = await self.close(code, step, seen)
                assert (closed is None) == (unseen or nameless)
                made += [closed] if closed else []
            assert [one.number for one in made] == [*range(1, len(made) + 1)]
            assert await self.till(code) == _expected(paid, made)

    async def at_once(self, closings: Sequence[Closed]) -> None:
        """Close days at once, who all saw the same: of each day one does it, and nothing else is there."""
        code = await self.office()
        wanted = [Closed(one.day, one.declared, "شمردم", 0) for one in closings]
        ended = await asyncio.gather(*(self.close(code, one, 0, at % 2) for at, one in enumerate(wanted)))
        made = sorted((one for one in ended if one), key=lambda one: one.day)
        assert [one.day for one in made] == sorted({one.day for one in wanted})
        till = await self.till(code)
        assert [one.closings for one in till.days] == [(one,) for one in made]


def _expected(paid: Mapping[date, Sequence[int]], made: Sequence[TillClosing]) -> TillPeriod:
    """Expected till after these payments and closings."""
    days = []
    for day in sorted(DAYS):
        amounts, mine = paid.get(day, ()), tuple(one for one in made if one.day == day)
        if amounts or mine:
            days.append(TillDay(day, Takings(len(amounts), sum(amounts)), mine))
    return TillPeriod(tuple(days))


def test_one_closing_stands_and_all_are_kept(database_url: str) -> None:
    with asyncio.Runner() as runner:
        revenue = runner.run(Revenue.open(database_url))

        @examples(20)
        @given(st.lists(st.one_of(REPORTS, CLOSINGS, CLOSINGS), min_size=2, max_size=10))
        def work(steps: list[Reported | Closed]) -> None:
            runner.run(revenue.one_after_another(steps))

        try:
            work()
        finally:
            runner.run(revenue.shut())


def test_days_closed_at_once_are_each_closed_once(database_url: str) -> None:
    with asyncio.Runner() as runner:
        revenue = runner.run(Revenue.open(database_url))

        @examples(10)
        @given(st.lists(CLOSINGS, min_size=2, max_size=8))
        def work(closings: list[Closed]) -> None:
            runner.run(revenue.at_once(closings))

        try:
            work()
        finally:
            runner.run(revenue.shut())
