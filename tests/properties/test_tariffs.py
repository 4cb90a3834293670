"""Prices over time: rows of one price never overlap, whoever sets them at once; what was quoted stays as quoted."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, count
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.actions.tariffs import add_tariff, quote_for
from domain.errors import Conflict, NotFound
from domain.people import Role
from domain.tariffs import Quote, TariffRow, Wanted, overlapping
from store.unit_of_work import SqlStore
from tests.e2e.runs import Finished, finished, warm
from tests.properties.effort import examples
from tests.support.municipality import Municipality, StandingClock, actor, build_desk

TODAY = date(2026, 11, 24)
HORIZON = 30
"""Days from today in which prices begin."""

MACHINES = ("loader", "grader")


@dataclass(frozen=True, slots=True)
class Price:
    """What somebody wants to set: a machine's hour, from so many days from today."""

    machine: str
    day: int
    rate: int
    minimum: int
    vat: int


PRICES = st.builds(
    Price,
    st.sampled_from(MACHINES),
    st.integers(-5, HORIZON),
    st.integers(0, 20_000_000),
    st.integers(0, 4),
    st.integers(0, 15),
)


@dataclass(slots=True)
class Revenue:
    """The revenue unit in two offices of one municipality. Each example prices another town: `town` is a dimension."""

    towns: tuple[Municipality, Municipality]
    names: Any

    @classmethod
    async def open(cls, url: str) -> "Revenue":
        """Open both."""
        clock = StandingClock()
        desk = build_desk(clock)
        stores = await SqlStore.open(url), await SqlStore.open(url)
        first, second = (Municipality(desk, store, clock, Path()) for store in stores)
        return cls((first, second), count(1))

    async def close(self) -> None:
        """Close both stores."""
        for town in self.towns:
            await town.store.close()

    async def set(self, price: Price, name: str, office: int = 0) -> TariffRow | None:
        """Set a price; None when it is refused because another begins then or later, or was set meanwhile."""
        town = self.towns[office]
        try:
            async with town.store.unit() as uow:
                return await add_tariff(
                    town.desk, uow, actor(Role.REVENUE), "machinery", {"machine": price.machine, "town": name},
                    rate=price.rate, minimum=price.minimum, vat_percent=price.vat,
                    valid_from=TODAY + timedelta(days=price.day),
                )  # fmt: skip
        except Conflict:
            return None

    async def rows(self, name: str) -> list[TariffRow]:
        """Return the rows of one example, oldest first."""
        async with self.towns[0].store.unit(write=False) as uow:
            every = await uow.tariffs.of_service("machinery")
        return [one for one in every if one.dimensions.get("town") == name]

    async def quotes(self, name: str, days: Sequence[date]) -> dict[tuple[str, date], Quote | None]:
        """Return what three hours of each machine cost on each day; None where there is no price."""
        found: dict[tuple[str, date], Quote | None] = {}
        town = self.towns[0]
        async with town.store.unit(write=False) as uow:
            for machine in MACHINES:
                wanted = [Wanted({"machine": machine, "town": name}, 3)]
                for day in days:
                    try:
                        found[machine, day] = await quote_for(town.desk, uow, "machinery", wanted, day)
                    except NotFound:
                        found[machine, day] = None
        return found

    async def one_after_another(self, prices: Sequence[Price]) -> None:
        """Set prices; look at rows and at what every day costs, before and after each."""
        name = f"town-{next(self.names)}"
        days = [TODAY + timedelta(days=number) for number in range(-6, HORIZON + 2)]
        rows, costs = await self.rows(name), await self.quotes(name, days)
        stored = {key: json.dumps(cost.as_json()) for key, cost in costs.items() if cost}
        for price in prices:
            added, start = await self.set(price, name), TODAY + timedelta(days=price.day)
            latest = max((one.valid_from for one in rows if one.dimensions["machine"] == price.machine), default=None)
            assert (added is None) == (latest is not None and latest >= start)
            after, anew = await self.rows(name), await self.quotes(name, days)
            apart(after)
            assert _closed_at_most(rows, after, added)
            touched = {(price.machine, day) for day in days if added and day >= start}
            assert {key: cost for key, cost in anew.items() if key not in touched} == {
                key: cost for key, cost in costs.items() if key not in touched
            }, "only days from its first are priced anew"
            assert all((quote := anew[key]) and quote.lines[0].rate == price.rate for key in touched)
            rows, costs = after, anew
            stored |= {key: json.dumps(cost.as_json()) for key, cost in costs.items() if cost and key not in stored}
        for text in stored.values():
            _explains_itself(json.loads(text))

    async def at_once(self, prices: Sequence[Price]) -> None:
        """Set prices at once; those that were taken are there, as they were set, and the rest left nothing."""
        name = f"town-{next(self.names)}"
        offices = (self.set(price, name, number % 2) for number, price in enumerate(prices))
        added = await asyncio.gather(*offices)
        rows = await self.rows(name)
        apart(rows)
        taken = [(price, row) for price, row in zip(prices, added, strict=True) if row is not None]
        assert sorted(row.id for _, row in taken) == sorted(row.id for row in rows)
        for price, row in taken:
            kept = next(one for one in rows if one.id == row.id)
            assert replace(kept, valid_to=None) == replace(row, valid_to=None)
            assert (kept.rate, kept.minimum, kept.vat_percent) == (price.rate, price.minimum, price.vat)
        for machine in {price.machine for price in prices}:
            mine = [row for row in rows if row.dimensions["machine"] == machine]
            assert mine, "somebody is first"
            assert [row.valid_to for row in mine] == [row.valid_from for row in mine[1:]] + [None], "without a gap"


def apart(rows: Sequence[TariffRow]) -> None:
    """No two rows of one price share a day."""
    for one, other in combinations(rows, 2):
        assert overlapping([one], other) == [] == overlapping([other], one), (one, other)


def _closed_at_most(before: Sequence[TariffRow], after: Sequence[TariffRow], added: TariffRow | None) -> bool:
    """Whether nothing was changed but the end of the row that the new one supersedes."""
    kept = [row for row in after if added is None or row.id != added.id]
    ended = [row for row, was in zip(kept, before, strict=True) if row != was]
    same = [replace(row, valid_to=None) for row in kept] == [replace(row, valid_to=None) for row in before]
    return same and all(added is not None and row.valid_to == added.valid_from for row in ended) and len(ended) <= 1


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
        @given(st.lists(PRICES, min_size=1, max_size=6))
        def set_prices(prices: list[Price]) -> None:
            runner.run(revenue.one_after_another(prices))

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


async def test_commands_that_set_prices_at_once_never_overlap(database_url: str, tmp_path: Path) -> None:
    settings = {"PISHKHAN_DATABASE_URL": database_url, "PISHKHAN_DEMO": "1", "PATH": "/usr/bin", "LANG": "C.UTF-8"}

    async def pishkhan(*arguments: str) -> Finished:
        return await finished(warm, arguments, settings, tmp_path)

    assert (await pishkhan("staff", "add", "revenue", "--role", "revenue")).code == 0
    starts = ["1415/01/01", "1415/01/01", "1415/02/01", "1415/03/01", "1415/02/01", "1416/01/01"]
    setting = ("tariff", "add", "machinery", "--for", "machine=loader", "--as", "revenue", "--json")
    commands = [(*setting, "--rate", str(rate), "--from", start) for rate, start in enumerate(starts, start=1)]
    ended = await asyncio.gather(*(pishkhan(*command) for command in commands))
    store = await SqlStore.open(database_url)
    async with store.unit(write=False) as uow:
        rows = await uow.tariffs.of_service("machinery")
    await store.close()
    apart(rows)
    assert sorted(row.rate for row in rows) == [rate for rate, one in enumerate(ended, start=1) if one.code == 0]
    assert len({row.valid_from for row in rows}) == len(rows) > 0
    refused = [one.json["error"]["code"] for one in ended if one.code]
    assert set(refused) <= {"conflict"}, ended
    assert len(refused) >= len(starts) - len(set(starts)), "one day has one price"
