"""`pishkhan tariff`: the revenue unit's dated prices, and what they make of hours."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath, RowNumber, parse_pairs
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.printed_results import print_result
from app.cli.session import CommandSession, read_day, resolve_actor, run_in_session
from domain.actions.context import ActionContext, ActorContext
from domain.actions.staffing import today_in_tehran
from domain.actions.tariffs.price_changes import approve_proposal, reject_proposal, set_price, withdraw_price
from domain.actions.tariffs.priced_subjects import quote_prices
from domain.tariffs.tariff import PriceTerms, ProposedTariff, Quantity, TariffRow, without_band
from domain.values.dated_rows import is_withdrawn

ServiceKey = Annotated[str, typer.Argument(help="Key of the municipal service.")]
DimensionValues = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="DIMENSION=VALUE", help="What is priced: machine=loader; a band: from=8."),
]


def add(
    service: ServiceKey,
    username: ActingUser,
    rate: Annotated[int, typer.Option(min=0, help="Rials a unit.")],
    dimensions: DimensionValues = None,
    unit: Annotated[str, typer.Option(help="What is counted.")] = "hour",
    minimum: Annotated[int, typer.Option(min=0, help="The least number of units that is charged.")] = 0,
    vat: Annotated[int, typer.Option(min=0, max=100, help="VAT in percent.")] = 0,
    since: Annotated[str | None, typer.Option("--from", help="First day, Jalali or ISO; today if not given.")] = None,
    far: Annotated[bool, typer.Option("--far", help="A difference of 30 percent or more is meant.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Set a price from a day on, until the next one that is set; the one in force before ends there, and one from the
    same day is withdrawn.
    """
    dimension_values = parse_pairs(dimensions)

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            valid_from = _read_optional_day(session, since) or today_in_tehran(session.dependencies)
            tariff_terms = PriceTerms(service, dimension_values, unit, rate, minimum, vat, valid_from)
            new_tariff = await set_price(ActorContext(session.dependencies, uow, actor), tariff_terms, far_meant=far)
            return _build_new_price_view(new_tariff)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        approval = f"; it waits for approval: tariff approve {result['proposal']}" if "proposal" in result else ""
        print_line(f"{_describe_price(result)}{approval}")


def approve_tariff(
    proposal: RowNumber,
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Put a proposed price in force: for revenue or the manager, and not for who proposed it."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            return _build_tariff_view(
                await approve_proposal(
                    ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username)),
                    proposal,
                )
            )

    print_result(config, run_command, _describe_price, as_json=as_json)


def withdraw_tariff(
    row: RowNumber,
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a price back that is not in force yet; it stays in the list, and the one before goes on, if there is one."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            withdrawn_tariff = await withdraw_price(
                ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username)), row
            )
            return _build_tariff_view(replace(withdrawn_tariff, valid_to=withdrawn_tariff.valid_from))

    print_result(
        config,
        run_command,
        lambda result: f"{result['rate']} rials a {result['unit']} from {result['valid_from']} on: withdrawn",
        as_json=as_json,
    )


def reject_tariff(
    proposal: RowNumber,
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Give a proposed price up; who proposed it may too."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            return _build_proposal_view(
                await reject_proposal(
                    ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username)),
                    proposal,
                )
            )

    print_result(
        config, run_command, lambda result: f"proposal {result['proposal']}: {result['state']}", as_json=as_json
    )


def list_tariffs(
    service: Annotated[str | None, typer.Option(help="Key of the municipal service.")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List every price, each band behind its thing; also those that have ended or were withdrawn (these begin and end
    on one day).
    """

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            rows = await (uow.tariffs.list_of_service(service) if service else uow.tariffs.list_all())
            return [_build_tariff_view(row) for row in sorted(rows, key=_sort_key)]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(
            rows, ("id", "service", "dimensions", "rate", "unit", "minimum", "vat_percent", "valid_from", "valid_to")
        )


def quote(
    service: ServiceKey,
    units: Annotated[float, typer.Option(min=0.01, help="How many units, to two places: hours, visits …")],
    dimensions: DimensionValues = None,
    count: Annotated[int, typer.Option(min=1, help="How many of it: machines …")] = 1,
    day: Annotated[
        str | None, typer.Option(help="The day whose prices hold, Jalali or ISO; today if not given.")
    ] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show what something costs, line by line."""
    quoted_items = [Quantity(parse_pairs(dimensions), units, count)]

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            return (
                await quote_prices(
                    ActionContext(session.dependencies, uow), service, quoted_items, _read_optional_day(session, day)
                )
            ).as_json()

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_table(
            result["lines"], ("dimensions", "unit", "asked", "minimum", "count", "rate", "amount", "vat_percent")
        )
        print_line(f"subtotal {result['subtotal']}, VAT {result['vat']}, total {result['total']} rials")


def _sort_key(row: TariffRow) -> tuple[str, list[tuple[str, str]], int, date]:
    """Return where a row comes in a list: by service, thing, band and day."""
    return row.service, sorted(without_band(row.dimensions).items()), row.band_start, row.valid_from


def _describe_price(result: dict[str, Any]) -> str:
    """Return what a unit costs, from which day on, and until when."""
    end_text = f"until before {result['valid_to']}" if result.get("valid_to") else "on"
    return f"{result['rate']} rials a {result['unit']} from {result['valid_from']} {end_text}"


def _read_optional_day(session: CommandSession, text: str | None) -> date | None:
    return read_day(session, text) if text else None


def _build_new_price_view(new_tariff: TariffRow | ProposedTariff) -> dict[str, Any]:
    """Return a price that was just set, or that waits for approval."""
    if isinstance(new_tariff, ProposedTariff):
        return _build_proposal_view(new_tariff)
    return _build_tariff_view(new_tariff)


def _build_proposal_view(proposal: ProposedTariff) -> dict[str, Any]:
    return {
        "proposal": proposal.id,
        "state": proposal.state.value,
        "service": proposal.service,
        "dimensions": proposal.dimensions,
        "unit": proposal.unit,
        "rate": proposal.rate,
        "minimum": proposal.minimum,
        "vat_percent": proposal.vat_percent,
        "valid_from": proposal.valid_from.isoformat(),
        "proposed_by": proposal.proposed_by,
    }


def _build_tariff_view(row: TariffRow) -> dict[str, Any]:
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
        "withdrawn": is_withdrawn(row),
        "created_by": row.created_by,
    }
