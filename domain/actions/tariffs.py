"""The revenue unit's prices: a new dated row supersedes the one in force; nothing is edited in place."""

from collections.abc import Mapping
from datetime import date

from domain.actions.desk import Desk
from domain.calendar import in_tehran
from domain.errors import Forbidden, InvalidField
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.registries import REGISTRIES
from domain.tariffs import Quote, TariffRow, Wanted, quote, supersede


async def add_tariff(
    desk: Desk,
    uow: UnitOfWork,
    actor: Actor,
    service: str,
    dimensions: Mapping[str, str],
    *,
    rate: int,
    unit: str = "hour",
    minimum: int = 0,
    vat_percent: int = 0,
    valid_from: date | None = None,
) -> TariffRow:
    """Set a price (rials a unit) from a day on (today), closing the row that it supersedes on that day.

    Errors: `UnknownService`, `Forbidden` (only revenue sets prices), `InvalidField`, `Conflict("valid_from")` when a
    row begins on that day or later. A request already priced keeps its quote.
    """
    if Role.REVENUE not in actor.role_names:
        raise Forbidden("tariff")
    actor = actor.acting_by(frozenset({Role.REVENUE}))
    _priced(desk, service)
    if rate < 0 or minimum < 0 or not 0 <= vat_percent <= 100:
        raise InvalidField("rate", detail="range", least="۰", most="…")
    now = desk.clock.now()
    start = valid_from or in_tehran(now).date()
    row = TariffRow(
        desk.ids.new_id(), service, dict(dimensions), unit, rate, minimum, vat_percent, start, None, actor.label, now
    )
    for old in supersede(await uow.tariffs.of_service(service), row):
        await uow.tariffs.close(old.id, start)
    await uow.tariffs.add(row)
    return row


async def quote_for(desk: Desk, uow: UnitOfWork, service: str, wanted: list[Wanted], day: date | None = None) -> Quote:
    """Price what is wanted by the rows in force on a day (today); `NotFound("tariff")` where no price is set."""
    _priced(desk, service)
    policy = desk.policy
    on = day or in_tehran(desk.clock.now()).date()
    rows = await uow.tariffs.of_service(service)
    return quote(rows, wanted, on, step=policy.rounding_step, mode=policy.rounding_mode)


def _priced(desk: Desk, service: str) -> None:
    """Raise `UnknownService` for what is no service, nor prices rows of a registry (yearly duties)."""
    if not any(one.owed and one.owed.tariff == service for one in REGISTRIES.values()):
        desk.engine.service(service)
