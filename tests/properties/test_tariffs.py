"""Prices over time: rows of one price never overlap, whoever sets them at once; what was quoted stays as quoted."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import add_tariff, withdraw_price
from domain.tariffs.tariff import Quantity, Quote, TariffRow
from domain.values.actors import Role
from domain.values.dated_rows import effective_rows, is_withdrawn
from domain.values.errors import AlreadyDone, Conflict, NotFound
from store.schema import tariffs
from store.unit_of_work import SqlStore
from tests.e2e.support.program_runs import Finished, finished, warm
from tests.programs.deeds import deed_command
from tests.support.effort import examples
from tests.support.municipality import Municipality, StandingClock, actor, build_desk
from tests.support.scenarios.quoting import quote_machinery

TODAY = date(2026, 11, 24)
HORIZON = 30
"""Days from today in which prices begin."""

MACHINES = ("loader", "grader")


@dataclass(frozen=True, slots=True)
class Price:
    """Price that somebody wants to set: a machine's hour, from so many days from today."""

    machine: str
    day: int
    rate: int
    minimum: int
    vat: int

    @property
    def start(self) -> date:
        """The first day."""
        return TODAY + timedelta(days=self.day)


@dataclass(frozen=True, slots=True)
class Taken:
    """One of the prices of a machine that have not begun is taken back."""

    machine: str
    which: int


PRICES = st.builds(
    Price,
    st.sampled_from(MACHINES),
    st.integers(-5, HORIZON),
    st.integers(0, 20_000_000),
    st.integers(0, 4),
    st.integers(0, 15),
)
STEPS = st.one_of(PRICES, PRICES, st.builds(Taken, st.sampled_from(MACHINES), st.integers(0, 5)))


@dataclass(slots=True)
class Revenue:
    """The revenue unit in two offices of one municipality; each example begins without a price."""

    towns: tuple[Municipality, Municipality]

    @classmethod
    async def open(cls, url: str) -> "Revenue":
        """Open both."""
        clock = StandingClock()
        desk = build_desk(clock)
        stores = await SqlStore.connect(url), await SqlStore.connect(url)
        first, second = (Municipality(desk, store, clock, Path()) for store in stores)
        return cls((first, second))

    async def close(self) -> None:
        """Close both stores."""
        for town in self.towns:
            await town.store.close()

    async def forget_prices(self) -> None:
        """Take every price away."""
        async with self.towns[0].store.open_unit() as uow:
            await uow._transaction.count_written(delete(tariffs), {})

    async def set(self, price: Price, office: int = 0) -> TariffRow | None:
        """Set a price; None when it is refused because its day has passed and another begins then or later."""
        town = self.towns[office]
        try:
            async with town.store.open_unit() as uow:
                return await add_tariff(
                    ActorContext(town.desk, uow, actor(Role.REVENUE)),
                    "machinery",
                    {"machine": price.machine},
                    rate=price.rate,
                    minimum=price.minimum,
                    vat_percent=price.vat,
                    valid_from=price.start,
                )
        except Conflict:
            return None

    async def withdraw(self, row: TariffRow, office: int = 0) -> TariffRow | None:
        """Withdraw a price; None when that was done already."""
        town = self.towns[office]
        try:
            async with town.store.open_unit() as uow:
                return await withdraw_price(ActorContext(town.desk, uow, actor(Role.REVENUE)), row.id)
        except AlreadyDone:
            return None

    async def rows(self) -> list[TariffRow]:
        """Return the rows of one example, oldest first."""
        async with self.towns[0].store.open_unit(write=False) as uow:
            return await uow.tariffs.list_of_service("machinery")

    async def quotes(self, days: Sequence[date]) -> dict[tuple[str, date], Quote | None]:
        """Return what three hours of each machine cost on each day; None where there is no price."""
        found: dict[tuple[str, date], Quote | None] = {}
        town = self.towns[0]
        async with town.store.open_unit(write=False) as uow:
            for machine in MACHINES:
                wanted = Quantity({"machine": machine}, 3)
                for day in days:
                    try:
                        found[machine, day] = await quote_machinery(town, uow, wanted, day)
                    except NotFound:
                        found[machine, day] = None
        return found

    async def one_after_another(self, steps: Sequence[Price | Taken]) -> None:
        """Set and withdraw prices; each day costs what the latest price that stands and begins by then says."""
        await self.forget_prices()
        days = [TODAY + timedelta(days=number) for number in range(-6, HORIZON + 2)]
        starts: dict[str, dict[date, Price]] = {machine: {} for machine in MACHINES}
        rows, stored = await self.rows(), []
        for step in steps:
            mine = starts[step.machine]
            if isinstance(step, Price):
                added = await self.set(step)
                assert (added is None) == (step.day < 0 and any(start >= step.start for start in mine))
                if added:
                    mine[step.start] = step
            elif ahead := [one for one in effective_rows(rows) if one.valid_from > TODAY and is_of(one, step.machine)]:
                row = ahead[step.which % len(ahead)]
                assert await self.withdraw(row) == row
                assert await self.withdraw(row) is None
                del mine[row.valid_from]
            before, rows, costs = rows, await self.rows(), await self.quotes(days)
            apart(rows)
            _nothing_but_days_changed(before, rows)
            for (machine, day), cost in costs.items():
                begun = max((start for start in starts[machine] if start <= day), default=None)
                assert (cost and cost.lines[0].rate) == (starts[machine][begun].rate if begun else None), (machine, day)
            stored += [json.dumps(cost.as_json()) for cost in costs.values() if cost]
        for text in stored:
            _explains_itself(json.loads(text))
        known = {row.id for row in rows}
        assert {json.loads(text)["lines"][0]["tariff_id"] for text in stored} <= known, "every row of a quote is kept"

    async def at_once(self, prices: Sequence[Price]) -> None:
        """Set prices and withdraw one, at once; those that were taken are there, as they were set, and the rest left
        nothing.
        """
        await self.forget_prices()
        ahead = await self.set(Price(MACHINES[0], HORIZON // 2, 1, 0, 0))
        assert ahead
        offices = (self.set(price, number % 2) for number, price in enumerate(prices))
        added = asyncio.gather(*offices)
        first, second, taken_back = await asyncio.gather(self.withdraw(ahead), self.withdraw(ahead, 1), added)
        assert not (first and second), "one of them did it"
        rows = await self.rows()
        apart(rows)
        taken = [(price, row) for price, row in zip(prices, taken_back, strict=True) if row is not None]
        assert sorted([ahead.id, *(row.id for _, row in taken)]) == sorted(row.id for row in rows)
        for price, row in taken:
            kept = next(one for one in rows if one.id == row.id)
            assert replace(kept, valid_to=None) == replace(row, valid_to=None)
            assert (kept.rate, kept.minimum, kept.vat_percent) == (price.rate, price.minimum, price.vat)
        for machine in MACHINES:
            mine = [row for row in effective_rows(rows) if is_of(row, machine)]
            assert [row.valid_to for row in mine] == [row.valid_from for row in mine[1:]] + [None] * bool(mine)


def is_of(row: TariffRow, machine: str) -> bool:
    """Whether the row prices that machine."""
    return row.dimensions["machine"] == machine


def apart(rows: Sequence[TariffRow]) -> None:
    """No two rows of one price share a day."""
    for one, other in combinations(effective_rows(rows), 2):
        if one.dimensions == other.dimensions:
            first, second = sorted((one, other), key=lambda row: row.valid_from)
            assert first.valid_to, (one, other)
            assert first.valid_to <= second.valid_from, (one, other)


def _nothing_but_days_changed(before: Sequence[TariffRow], after: Sequence[TariffRow]) -> None:
    """Rows stay, with the day that they began on; what was withdrawn stays so."""
    now = {row.id: row for row in after}
    for was in before:
        assert replace(now[was.id], valid_to=None) == replace(was, valid_to=None)
        assert is_withdrawn(now[was.id]) or not is_withdrawn(was)


def _explains_itself(stored: Mapping[str, Any]) -> None:
    """Line by line, from what is stored alone."""
    (line,) = stored["lines"]
    amount = int(max(line["asked"], line["minimum"]) * 2) * line["rate"] * line["count"] // 2
    vat = amount * line["vat_percent"] // 100
    assert (line["amount"], stored["subtotal"], stored["vat"]) == (amount, amount, vat)
    assert stored["total"] == stored["computed"] == (amount + vat) // stored["step"] * stored["step"]
    assert Quote.from_json(stored).as_json() == stored


def test_rows_never_overlap_and_past_quotes_never_change(database_url: str) -> None:
    with asyncio.Runner() as runner:
        revenue = runner.run(Revenue.open(database_url))

        @examples(8)
        @given(st.lists(STEPS, min_size=1, max_size=6))
        def set_prices(steps: list[Price | Taken]) -> None:
            runner.run(revenue.one_after_another(steps))

        try:
            set_prices()
        finally:
            runner.run(revenue.close())


def test_prices_set_at_once_never_overlap(database_url: str) -> None:
    with asyncio.Runner() as runner:
        revenue = runner.run(Revenue.open(database_url))

        @examples(20)
        @given(st.lists(PRICES, min_size=2, max_size=8))
        def set_prices(prices: list[Price]) -> None:
            runner.run(revenue.at_once(prices))

        try:
            set_prices()
        finally:
            runner.run(revenue.close())


async def test_processes_that_set_prices_at_once_never_overlap(database_url: str, tmp_path: Path) -> None:
    settings = {"PISHKHAN_DATABASE_URL": database_url, "PISHKHAN_DEMO": "1", "PATH": "/usr/bin", "LANG": "C.UTF-8"}

    async def pishkhan(*arguments: str) -> Finished:
        return await finished(warm, arguments, settings, tmp_path)

    assert (await pishkhan("staff", "add", "revenue", "--role", "revenue")).code == 0
    starts = ["2036-03-20", "2036-03-20", "2036-04-20", "2036-05-20", "2036-04-20", "2037-03-21"]
    price = {"service": "machinery", "dimensions": {"machine": "loader"}, "far": True}
    terms = [price | {"rate": rate, "since": start} for rate, start in enumerate(starts, start=1)]
    commands = [deed_command("add_tariff", "revenue", one) for one in terms]
    ended = await asyncio.gather(*(pishkhan(*command) for command in commands))
    store = await SqlStore.connect(database_url)
    async with store.open_unit(write=False) as uow:
        rows = await uow.tariffs.list_of_service("machinery")
    await store.close()
    apart(rows)
    assert [one.code for one in ended] == [0] * len(starts), ended
    assert sorted(row.rate for row in rows) == list(range(1, len(starts) + 1)), "all are kept"
    assert len({row.valid_from for row in effective_rows(rows)}) == len(set(starts)) == len(effective_rows(rows))
