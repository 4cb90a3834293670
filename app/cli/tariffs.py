"""`pishkhan tariff`: the revenue unit's dated prices, and what they make of hours."""

from datetime import date
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config, pairs
from app.cli.output import emit_json, say, table, told
from app.cli.session import Session, acting, in_session, read_day
from domain.actions.tariffs import add_tariff, quote_for
from domain.tariffs import TariffRow, Wanted

Service = Annotated[str, typer.Argument(help="Key of the municipal service.")]
For = Annotated[
    list[str] | None, typer.Option("--for", metavar="DIMENSION=VALUE", help="What is priced: machine=loader.")
]


def add(
    service: Service,
    username: As,
    rate: Annotated[int, typer.Option(min=0, help="Rials a unit.")],
    dimensions: For = None,
    unit: Annotated[str, typer.Option(help="What is counted.")] = "hour",
    minimum: Annotated[int, typer.Option(min=0, help="The least number of units that is charged.")] = 0,
    vat: Annotated[int, typer.Option(min=0, max=100, help="VAT in percent.")] = 0,
    since: Annotated[str | None, typer.Option("--from", help="First day, Jalali or ISO; today if not given.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Set a price from a day on; the one in force before ends there."""
    for_ = pairs(dimensions)

    async def work(session: Session) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(uow, username)
            row = await add_tariff(
                session.desk, uow, actor, service, for_, rate=rate, unit=unit, minimum=minimum, vat_percent=vat,
                valid_from=_day(session, since),
            )  # fmt: skip
            return _view(row)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['rate']} rials a {shown['unit']} from {shown['valid_from']} on")


def list_tariffs(
    service: Annotated[str | None, typer.Option(help="Key of the municipal service.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List every price, also those that have ended."""

    async def work(session: Session) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            rows = await (uow.tariffs.of_service(service) if service else uow.tariffs.all())
            return [_view(row) for row in rows]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("service", "dimensions", "rate", "unit", "minimum", "vat_percent", "valid_from", "valid_to"))


def quote(
    service: Service,
    units: Annotated[int, typer.Option(min=1, help="How many units: hours, visits …")],
    dimensions: For = None,
    count: Annotated[int, typer.Option(min=1, help="How many of it: machines …")] = 1,
    day: Annotated[
        str | None, typer.Option(help="The day whose prices hold, Jalali or ISO; today if not given.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Say what something costs, line by line."""
    wanted = [Wanted(pairs(dimensions), units, count)]

    async def work(session: Session) -> dict[str, Any]:
        async with session.store.unit(write=False) as uow:
            return (await quote_for(session.desk, uow, service, wanted, _day(session, day))).as_json()

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(made)
    else:
        table(made["lines"], ("dimensions", "unit", "asked", "minimum", "count", "rate", "amount", "vat_percent"))
        say(f"subtotal {made['subtotal']}, VAT {made['vat']}, total {made['total']} rials")


def _day(session: Session, text: str | None) -> date | None:
    return read_day(session, text) if text else None


def _view(row: TariffRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "service": row.service,
        "dimensions": row.dimensions,
        "unit": row.unit,
        "rate": row.rate,
        "minimum": row.minimum,
        "vat_percent": row.vat_percent,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "created_by": row.created_by,
    }
