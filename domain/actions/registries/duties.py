"""The yearly duty of every vehicle: generated from the tariff for a whole year, in one step."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.actions.dependencies import Dependencies
from domain.actions.registries.rows import require_editor
from domain.registries.declarations import DUTY, DUTY_TARIFF_SERVICE, IN_SERVICE_STATUS, VEHICLE, YEARLY_DUTY_KIND
from domain.registries.rows import RegistryChange, RegistryFilter, RegistryRow, merge_values, submitted_key
from domain.tariffs.tariff import Quantity, Quote, TariffRow, compute_quote
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import from_jalali, to_tehran
from domain.values.errors import InvalidField, NotFound
from domain.values.reasons import InvalidReason
from domain.values.text import persian_digits

VEHICLES_PER_BATCH = 500
TARIFF_DIMENSION = "vehicle_type"
"""What a tariff of the duty is for: a kind of taxi."""

_IN_SERVICE_CONDITION = {"status": IN_SERVICE_STATUS}


@dataclass(slots=True)
class GeneratedDuties:
    """What a generation of duties did. Where a tariff is missing, nothing was made."""

    year: int
    """Jalali."""
    made: int = 0
    """How many duties are new."""
    present: int = 0
    """How many were there before, and were left as they are."""
    free: int = 0
    """Vehicles that owe nothing by the tariff."""
    amount: int = 0
    """What the new duties come to together, in rials."""
    missing: dict[str, int] = field(default_factory=dict)
    """Kind of taxi → how many vehicles have no tariff."""


@dataclass(frozen=True, slots=True)
class _DutyYear:
    """The year under generation: who does it, when, and what each kind of taxi owes."""

    year: int
    recorded_by: str
    now: datetime
    quotes_by_type: Mapping[str, Quote]


async def generate_duties(dependencies: Dependencies, store: Store, year: int, actor: Actor) -> GeneratedDuties:
    """Make the yearly duty (a Jalali year) of every vehicle in service that has none yet, by the tariff; all of it or
    nothing.

    The tariff in force today holds for the present year, that of the nearest day for another. Errors: `Forbidden`,
    `InvalidField("year")`.
    """
    recorded_by = require_editor(DUTY, actor).label
    if not 1300 <= year <= 1499:
        raise InvalidField("year", InvalidReason.BAD_YEAR, given=persian_digits(year))
    generated = GeneratedDuties(year)
    async with store.open_unit() as uow:
        await uow.serialise(f"registry:{DUTY.key}")
        counts_by_type = await uow.registries.count_by_value(VEHICLE.key, "type", _IN_SERVICE_CONDITION)
        rows = await uow.tariffs.list_of_service(DUTY_TARIFF_SERVICE)
        now = dependencies.clock.now()
        quotes_by_type = _quote_vehicle_types(
            dependencies, rows, counts_by_type, _find_pricing_day(year, to_tehran(now).date())
        )
        generated.missing = {kind: count for kind, count in counts_by_type.items() if kind not in quotes_by_type}
        if not generated.missing:
            await _generate_year(dependencies, uow, generated, _DutyYear(year, recorded_by, now, quotes_by_type))
            facts = {"year": year, "made": generated.made, "present": generated.present, "amount": generated.amount}
            await uow.audit.add_entry(now, recorded_by, "duties", facts)
    return generated


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


async def _generate_year(
    dependencies: Dependencies, uow: UnitOfWork, generated: GeneratedDuties, duty_year: _DutyYear
) -> None:
    after_id = 0
    while vehicles := await uow.registries.list_rows(
        RegistryFilter(VEHICLE.key, _IN_SERVICE_CONDITION, after_id=after_id, limit=VEHICLES_PER_BATCH)
    ):
        after_id = vehicles[-1].id
        quotes_by_plate = {
            vehicle.values["plate"]: duty_year.quotes_by_type[vehicle.values["type"]] for vehicle in vehicles
        }
        charged_quotes = {plate: entry for plate, entry in quotes_by_plate.items() if entry.total > 0}
        generated.free += len(quotes_by_plate) - len(charged_quotes)
        duties_by_key = {
            submitted_key(DUTY, entry.values): entry
            for entry in (_build_duty(dependencies, duty_year, *plate_quote) for plate_quote in charged_quotes.items())
        }
        existing_duties = await uow.registries.find_by_keys(
            DUTY.key, [duty_key for duty_key in duties_by_key if duty_key]
        )
        new_duties = [row for duty_key, row in duties_by_key.items() if duty_key not in existing_duties]
        await uow.registries.save_changes(
            DUTY.key, [RegistryChange(row, None, duty_year.recorded_by, duty_year.now) for row in new_duties]
        )
        generated.made += len(new_duties)
        generated.present += len(existing_duties)
        generated.amount += sum(row.values["amount"] for row in new_duties)


def _build_duty(dependencies: Dependencies, duty_year: _DutyYear, plate: str, duty_quote: Quote) -> RegistryRow:
    """Return a duty with the quote that made its amount, so that it can be explained years later."""
    values = merge_values(
        DUTY, None, {"vehicle": plate, "year": duty_year.year, "kind": YEARLY_DUTY_KIND, "amount": duty_quote.total}
    )
    return RegistryRow(
        dependencies.ids.new_id(), DUTY.key, values, duty_year.now, duty_year.now, data={"quote": duty_quote.as_json()}
    )
