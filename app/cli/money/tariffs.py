"""`pishkhan tariff`: the revenue unit's dated prices, and what they make of hours."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config, Number, pairs
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting, in_session, read_day
from domain.actions.staff.staffing import today
from domain.actions.tariffs.changes import approve, quote_for, reject, set_price, withdraw
from domain.tariffs.tariff import ProposedTariff, TariffRow, Terms, Wanted, without_band
from domain.values.dated_rows import withdrawn

Service = Annotated[str, typer.Argument(help="Key of the municipal service.")]
For = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="DIMENSION=VALUE", help="What is priced: machine=loader; a band: from=8."),
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
    far: Annotated[bool, typer.Option("--far", help="A difference of 30 percent or more is meant.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Set a price from a day on, until the next one that is set; the one in force before ends there, and one from the
    same day is withdrawn.
    """
    for_ = pairs(dimensions)

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            start = _day(session, since) or today(session.desk)
            terms = Terms(service, for_, unit, rate, minimum, vat, start)
            made = await set_price(session.desk, uow, terms, actor, far_meant=far)
            return _proposal(made) if isinstance(made, ProposedTariff) else _view(made)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        waits = f"; it waits for approval: tariff approve {shown['proposal']}" if "proposal" in shown else ""
        say(f"{shown['rate']} rials a {shown['unit']} from {shown['valid_from']} {_end(shown)}{waits}")


def approve_tariff(
    proposal: Number,
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Put a proposed price in force: for revenue or the manager, and not for who proposed it."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            return _view(await approve(session.desk, uow, proposal, await acting(session, uow, username)))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['rate']} rials a {shown['unit']} from {shown['valid_from']} {_end(shown)}")


def withdraw_tariff(
    row: Number,
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take a price back that is not in force yet; it stays in the list, and the one before goes on, if there is one."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            taken = await withdraw(session.desk, uow, row, await acting(session, uow, username))
            return _view(replace(taken, valid_to=taken.valid_from))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['rate']} rials a {shown['unit']} from {shown['valid_from']} on: withdrawn")


def reject_tariff(
    proposal: Number,
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Give a proposed price up; who proposed it may too."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            return _proposal(await reject(session.desk, uow, proposal, await acting(session, uow, username)))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"proposal {shown['proposal']}: {shown['state']}")


def list_tariffs(
    service: Annotated[str | None, typer.Option(help="Key of the municipal service.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List every price, each band behind its thing; also those that have ended or were withdrawn (these begin and end
    on one day).
    """

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            rows = await (uow.tariffs.of_service(service) if service else uow.tariffs.all())
            return [_view(row) for row in sorted(rows, key=_place)]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("id", "service", "dimensions", "rate", "unit", "minimum", "vat_percent", "valid_from", "valid_to"))


def quote(
    service: Service,
    units: Annotated[float, typer.Option(min=0.01, help="How many units, to two places: hours, visits …")],
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

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit(write=False) as uow:
            return (await quote_for(session.desk, uow, service, wanted, _day(session, day))).as_json()

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(made)
    else:
        table(made["lines"], ("dimensions", "unit", "asked", "minimum", "count", "rate", "amount", "vat_percent"))
        say(f"subtotal {made['subtotal']}, VAT {made['vat']}, total {made['total']} rials")


def _place(row: TariffRow) -> tuple[str, list[tuple[str, str]], int, date]:
    """Return where a row comes in a list: by service, thing, band and day."""
    return row.service, sorted(without_band(row.dimensions).items()), row.least, row.valid_from


def _end(shown: dict[str, Any]) -> str:
    return f"until before {shown['valid_to']}" if shown.get("valid_to") else "on"


def _day(session: CommandSession, text: str | None) -> date | None:
    return read_day(session, text) if text else None


def _proposal(one: ProposedTariff) -> dict[str, Any]:
    return {
        "proposal": one.id,
        "state": one.state.value,
        "service": one.service,
        "dimensions": one.dimensions,
        "unit": one.unit,
        "rate": one.rate,
        "minimum": one.minimum,
        "vat_percent": one.vat_percent,
        "valid_from": one.valid_from.isoformat(),
        "proposed_by": one.proposed_by,
    }


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
        "withdrawn": withdrawn(row),
        "created_by": row.created_by,
    }
