"""`pishkhan duty`: what vehicles owe: generated for a year, billed, waived; receipts."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.money import charges
from app.cli.options import ActingUser, ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line, reporting_errors
from app.cli.requests.printing import ForceOption, OutputPath
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.registries.duties import generate_duties as make_all
from domain.registries.declarations import DUTY, YEARLY_DUTY_KIND

PlateArgument = Annotated[str, typer.Argument(help="Plate of the vehicle.")]
JalaliYear = Annotated[int, typer.Argument(help="Jalali year.")]
DutyKind = Annotated[str, typer.Option(help="Kind of duty.")]
DutyNumber = Annotated[int, typer.Option(min=1, help="Which one of that kind in the year.")]


def generate(year: JalaliYear, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Make the yearly duty of every vehicle that has none yet, by the tariff; all of it or nothing."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow.people, username)
        return asdict(await make_all(session.dependencies, session.store, year, actor))

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        _print_generated(result)
    if result["missing"]:
        raise typer.Exit(EXIT_REFUSED)


def bill(
    plate: PlateArgument,
    year: JalaliYear,
    username: ActingUser,
    kind: DutyKind = YEARLY_DUTY_KIND,
    number: DutyNumber = 1,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Bill a duty, or show the bill that it has; the owner is notified of a new one."""

    charges.bill_row(DUTY, _duty_key(plate, year, kind, number), username, as_json, config)


def waive(
    plate: PlateArgument,
    year: JalaliYear,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    username: ActingUser,
    kind: DutyKind = YEARLY_DUTY_KIND,
    number: DutyNumber = 1,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Waive an owner's duty, and its bill; the owner is notified."""

    charges.waive_row(DUTY, _duty_key(plate, year, kind, number), reason, username, as_json, config)


def receipt(
    plate: PlateArgument,
    year: JalaliYear,
    output: OutputPath,
    kind: DutyKind = YEARLY_DUTY_KIND,
    number: DutyNumber = 1,
    force: ForceOption = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Print the receipt of a duty that was paid into a file; it holds personal data."""
    charges.print_row_receipt(DUTY, _duty_key(plate, year, kind, number), output, force, username, as_json, config)


def _duty_key(plate: str, year: int, kind: str, number: int) -> charges.TypedKey:
    return {"vehicle": plate, "year": year, "kind": kind, "number": number}


def _print_generated(tally: dict[str, Any]) -> None:
    for kind, count in tally["missing"].items():
        typer.echo(f"there is no tariff of taxi_duty for {kind}: {count} vehicles", err=True)
    print_line(
        f"{tally['year']}: {tally['made']} duties made over {tally['amount']} rials, {tally['present']} were there, "
        f"{tally['free']} vehicles owe nothing"
    )
