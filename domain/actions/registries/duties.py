"""The yearly duty of every vehicle: planned and generated from the tariff for a whole year, in one step."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.rows import require_editor
from domain.registries.declarations import DUTY, DUTY_TARIFF_SERVICE, IN_SERVICE_STATUS, VEHICLE, YEARLY_DUTY_KIND
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryChange, RegistryFilter, RegistryRow, merge_values, submitted_key
from domain.tariffs.tariff import Quantity, Quote, TariffRow, compute_quote
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.calendar import from_jalali, to_tehran
from domain.values.errors import Conflict, InvalidField, NotFound
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.text import persian_digits

VEHICLES_PER_BATCH = 500
TARIFF_DIMENSION = "vehicle_type"
"""Tariff dimension of the duty: a kind of taxi."""

_IN_SERVICE_CONDITION = {"status": IN_SERVICE_STATUS}


@dataclass(slots=True)
class GeneratedDuties:
    """Result of generating duties, or would do. Where a tariff is missing, nothing is made."""

    year: int
    """Jalali."""
    made: int = 0
    """Number of new duties."""
    present: int = 0
    """Number of duties there before, and were left as they are."""
    free: int = 0
    """Vehicles that owe nothing by the tariff."""
    amount: int = 0
    """Sum of the new duties, in rials."""
    made_by_type: dict[str, int] = field(default_factory=dict)
    """Kind of taxi → how many of the new duties are of that kind."""
    amount_by_type: dict[str, int] = field(default_factory=dict)
    """Kind of taxi → what these come to, in rials."""
    missing: dict[str, int] = field(default_factory=dict)
    """Kind of taxi → how many vehicles have no tariff."""

    def add_duty(self, vehicle_type: str, amount: int) -> None:
        """Count a new duty, of so many rials, of a kind of taxi."""
        self.made += 1
        self.amount += amount
        self.made_by_type[vehicle_type] = self.made_by_type.get(vehicle_type, 0) + 1
        self.amount_by_type[vehicle_type] = self.amount_by_type.get(vehicle_type, 0) + amount


@dataclass(frozen=True, slots=True)
class _DutyYear:
    """The year under generation: what each kind of taxi owes, and what is made of it so far."""

    generated: GeneratedDuties
    quotes_by_type: Mapping[str, Quote]


async def plan_duties(dependencies: Dependencies, store: Store, year: int, actor: Actor) -> GeneratedDuties:
    """Return what `generate_duties` would do now; its errors."""
    require_editor(DUTY, actor)
    async with store.open_unit(write=False) as uow:
        duty_year = await _begin_year(ActionContext(dependencies, uow), year)
        async for _ in _iterate_new_duties(uow.registries, duty_year):
            pass
    return duty_year.generated


async def generate_duties(
    dependencies: Dependencies, store: Store, year: int, actor: Actor, *, shown_amount: int | None = None
) -> GeneratedDuties:
    """Make the yearly duty (a Jalali year) of every vehicle in service that has none yet, by the tariff; all of it or
    nothing.

    The tariff in force today holds for the present year, that of the nearest day for another. Errors: `Forbidden`,
    `InvalidField("year")`; `Conflict("year")` when they come to another amount than the `shown_amount` that the plan
    showed (None: whatever they come to).
    """
    recorded_by = require_editor(DUTY, actor).label
    async with store.open_unit() as uow:
        await uow.serialise(f"registry:{DUTY.key}")
        duty_year, now = await _begin_year(ActionContext(dependencies, uow), year), dependencies.clock.now()
        generated = duty_year.generated
        async for new_duties in _iterate_new_duties(uow.registries, duty_year):
            rows = [_build_duty(dependencies, values, duty_quote) for values, duty_quote in new_duties]
            changes = [RegistryChange(row, None, recorded_by, now) for row in rows]
            await uow.registries.save_changes(DUTY.key, changes)
        if shown_amount not in (None, generated.amount):
            raise Conflict("year", ConflictReason.DUTIES_CHANGED)
        if not generated.missing:
            facts = {"year": year, "made": generated.made, "present": generated.present, "amount": generated.amount}
            await uow.audit.add_entry(now, recorded_by, "duties", facts)
    return generated


async def _begin_year(context: ActionContext, year: int) -> _DutyYear:
    """Return the year with what each kind of taxi in service owes, and the kinds that have no tariff."""
    if not 1300 <= year <= 1499:
        raise InvalidField("year", InvalidReason.BAD_YEAR, given=persian_digits(year))
    counts_by_type = await context.uow.registries.count_by_value(VEHICLE.key, "type", _IN_SERVICE_CONDITION)
    rows = await context.uow.tariffs.list_of_service(DUTY_TARIFF_SERVICE)
    pricing_day = _find_pricing_day(year, to_tehran(context.dependencies.clock.now()).date())
    quotes_by_type = _quote_vehicle_types(context.dependencies, rows, counts_by_type, pricing_day)
    missing = {kind: count for kind, count in counts_by_type.items() if kind not in quotes_by_type}
    return _DutyYear(GeneratedDuties(year, missing=missing), quotes_by_type)


def _find_pricing_day(year: int, today: date) -> date:
    """Return the day of that year whose tariff holds: the one nearest to today."""
    first_day, next_first_day = from_jalali(year, 1, 1), from_jalali(year + 1, 1, 1)
    last_day = date.fromordinal(next_first_day.toordinal() - 1)
    return min(max(today, first_day), last_day)


def _quote_vehicle_types(
    dependencies: Dependencies, rows: Sequence[TariffRow], vehicle_types: Iterable[str], day: date
) -> dict[str, Quote]:
    """Return what each kind of taxi owes; kinds without a tariff are left out."""
    step, mode = dependencies.policy.rounding_step, dependencies.policy.rounding_mode
    quotes_by_type = {}
    for vehicle_type in vehicle_types:
        with suppress(NotFound):
            quotes_by_type[vehicle_type] = compute_quote(
                rows, [Quantity({TARIFF_DIMENSION: vehicle_type}, 1)], day, step=step, mode=mode
            )
    return quotes_by_type


async def _iterate_new_duties(
    registries: RegistryRepository, duty_year: _DutyYear
) -> AsyncIterator[Sequence[tuple[dict[str, Any], Quote]]]:
    """Yield the values of the duties that vehicles lack, each with what prices it, batch by batch, and count them; none
    where a tariff is missing.
    """
    after_id, generated = 0, duty_year.generated
    while not generated.missing and (
        vehicles := await registries.list_rows(
            RegistryFilter(VEHICLE.key, _IN_SERVICE_CONDITION, after_id=after_id, limit=VEHICLES_PER_BATCH)
        )
    ):
        after_id = vehicles[-1].id
        duties_by_key = {submitted_key(DUTY, duty[0]): duty for duty in _list_owed(duty_year, vehicles)}
        existing = await registries.find_by_keys(DUTY.key, [key for key in duties_by_key if key])
        new_duties = [duty for key, duty in duties_by_key.items() if key not in existing]
        generated.free += len(vehicles) - len(duties_by_key)
        generated.present += len(existing)
        for values, vehicle_type in new_duties:
            generated.add_duty(vehicle_type, values["amount"])
        yield [(values, duty_year.quotes_by_type[vehicle_type]) for values, vehicle_type in new_duties]


def _list_owed(duty_year: _DutyYear, vehicles: Sequence[RegistryRow]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the values of the duty of each vehicle that owes one by the tariff, with its kind."""
    for vehicle in vehicles:
        plate, vehicle_type = vehicle.values["plate"], vehicle.values["type"]
        if amount := duty_year.quotes_by_type[vehicle_type].total:
            year = duty_year.generated.year
            duty = {"vehicle": plate, "year": year, "kind": YEARLY_DUTY_KIND, "amount": amount}
            yield merge_values(DUTY, None, duty), vehicle_type


def _build_duty(dependencies: Dependencies, values: dict[str, Any], duty_quote: Quote) -> RegistryRow:
    """Return a duty with the quote that made its amount, so that it can be explained years later."""
    now, data = dependencies.clock.now(), {"quote": duty_quote.as_json()}
    return RegistryRow(dependencies.ids.new_id(), DUTY.key, values, now, now, data=data)
