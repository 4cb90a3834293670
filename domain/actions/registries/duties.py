"""The yearly duty of every vehicle: generated from the tariff for a whole year, in one step."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.actions.desk import Desk
from domain.actions.registries.rows import may_edit
from domain.registries.declarations import DUTY, DUTY_TARIFF, IN_SERVICE, VEHICLE, YEARLY
from domain.registries.rows import Change, RegistryFilter, RegistryRow, given_key, merged
from domain.tariffs.tariff import Quote, TariffRow, Wanted, quote
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import from_jalali, in_tehran
from domain.values.errors import InvalidField, NotFound
from domain.values.text import persian_digits

PAGE = 500
DIMENSION = "vehicle_type"
"""What a tariff of the duty is for: a kind of taxi."""

_WORKING = {"status": IN_SERVICE}


@dataclass(slots=True)
class Generated:
    """What a generation did: duties made, those that were there before, and vehicles that owe nothing by the tariff.

    With `missing` (kind of taxi → how many vehicles have no tariff) nothing was made.
    """

    year: int
    made: int = 0
    present: int = 0
    free: int = 0
    amount: int = 0
    missing: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Year:
    """The year under generation: who does it, when, and what each kind of taxi owes."""

    number: int
    by: str
    now: datetime
    quotes: Mapping[str, Quote]


async def generate(desk: Desk, store: Store, year: int, actor: Actor) -> Generated:
    """Make the yearly duty (a Jalali year) of every vehicle in service that has none yet, by the tariff; all of it or
    nothing.

    The tariff in force today holds for the present year, that of the nearest day for another. Errors: `Forbidden`,
    `InvalidField("year")`.
    """
    by = may_edit(DUTY, actor).label
    if not 1300 <= year <= 1499:
        raise InvalidField("year", detail="bad_year", given=persian_digits(year))
    made = Generated(year)
    async with store.unit() as uow:
        await uow.serialise(f"registry:{DUTY.key}")
        types = await uow.registries.counts(VEHICLE.key, "type", _WORKING)
        rows = await uow.tariffs.of_service(DUTY_TARIFF)
        now = desk.clock.now()
        quotes = _quotes(desk, rows, types, _priced_on(year, in_tehran(now).date()))
        made.missing = {kind: count for kind, count in types.items() if kind not in quotes}
        if not made.missing:
            await _generate(desk, uow, made, _Year(year, by, now, quotes))
            facts = {"year": year, "made": made.made, "present": made.present, "amount": made.amount}
            await uow.audit.record(now, by, "duties", facts)
    return made


def _priced_on(year: int, today: date) -> date:
    """Return the day of that year whose tariff holds: the one nearest to today."""
    first, next_first = from_jalali(year, 1, 1), from_jalali(year + 1, 1, 1)
    last = date.fromordinal(next_first.toordinal() - 1)
    return min(max(today, first), last)


def _quotes(desk: Desk, rows: Sequence[TariffRow], types: Iterable[str], day: date) -> dict[str, Quote]:
    """Return what each kind of taxi owes; kinds without a tariff are left out."""
    step, mode = desk.policy.rounding_step, desk.policy.rounding_mode
    found = {}
    for kind in types:
        with suppress(NotFound):
            found[kind] = quote(rows, [Wanted({DIMENSION: kind}, 1)], day, step=step, mode=mode)
    return found


async def _generate(desk: Desk, uow: UnitOfWork, made: Generated, year: _Year) -> None:
    after = 0
    while page := await uow.registries.find(RegistryFilter(VEHICLE.key, _WORKING, after=after, limit=PAGE)):
        after = page[-1].id
        wanted = {vehicle.values["plate"]: year.quotes[vehicle.values["type"]] for vehicle in page}
        charged = {plate: one for plate, one in wanted.items() if one.total > 0}
        made.free += len(wanted) - len(charged)
        rows = {given_key(DUTY, one.values): one for one in (_duty(desk, year, *pair) for pair in charged.items())}
        known = await uow.registries.by_keys(DUTY.key, [key for key in rows if key])
        new = [row for key, row in rows.items() if key not in known]
        await uow.registries.put(DUTY.key, [Change(row, None, year.by, year.now) for row in new])
        made.made += len(new)
        made.present += len(known)
        made.amount += sum(row.values["amount"] for row in new)


def _duty(desk: Desk, year: _Year, plate: str, made: Quote) -> RegistryRow:
    """Return a duty with the quote that made its amount, so that it can be explained years later."""
    values = merged(DUTY, None, {"vehicle": plate, "year": year.number, "kind": YEARLY, "amount": made.total})
    return RegistryRow(desk.ids.new_id(), DUTY.key, values, year.now, year.now, data={"quote": made.as_json()})
