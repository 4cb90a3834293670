"""`pishkhan duty`: what vehicles owe: generated for a year, billed, waived; receipts."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.money import charges
from app.cli.options import As, AsJson, AsOrSystem, Config
from app.cli.output import REFUSED, emit_json, say, told
from app.cli.requests.printing import Force, Output
from app.cli.session import CommandSession, acting, in_session
from domain.actions.registries.duties import generate as make_all
from domain.registries.declarations import DUTY, YEARLY

Plate = Annotated[str, typer.Argument(help="Plate of the vehicle.")]
Year = Annotated[int, typer.Argument(help="Jalali year.")]
Kind = Annotated[str, typer.Option(help="Kind of duty.")]
Number = Annotated[int, typer.Option(min=1, help="Which one of that kind in the year.")]


def generate(year: Year, username: As, as_json: AsJson = False, config: Config = None) -> None:
    """Make the yearly duty of every vehicle that has none yet, by the tariff; all of it or nothing."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit(write=False) as uow:
            actor = await acting(session, uow, username)
        return asdict(await make_all(session.desk, session.store, year, actor))

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(made)
    else:
        _print(made)
    if made["missing"]:
        raise typer.Exit(REFUSED)


def bill(
    plate: Plate,
    year: Year,
    username: As,
    kind: Kind = YEARLY,
    number: Number = 1,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Bill a duty, or show the bill that it has; the owner is told of a new one."""

    charges.bill(DUTY, _key(plate, year, kind, number), username, as_json, config)


def waive(
    plate: Plate,
    year: Year,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    username: As,
    kind: Kind = YEARLY,
    number: Number = 1,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Let the owner off a duty, and off its bill; the owner is told."""

    charges.waive(DUTY, _key(plate, year, kind, number), reason, username, as_json, config)


def receipt(
    plate: Plate,
    year: Year,
    output: Output,
    kind: Kind = YEARLY,
    number: Number = 1,
    force: Force = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Print the receipt of a duty that was paid into a file; it holds personal data."""
    charges.receipt(DUTY, _key(plate, year, kind, number), output, force, username, as_json, config)


def _key(plate: str, year: int, kind: str, number: int) -> charges.Key:
    return {"vehicle": plate, "year": year, "kind": kind, "number": number}


def _print(made: dict[str, Any]) -> None:
    for kind, count in made["missing"].items():
        typer.echo(f"there is no tariff of taxi_duty for {kind}: {count} vehicles", err=True)
    say(
        f"{made['year']}: {made['made']} duties made over {made['amount']} rials, {made['present']} were there, "
        f"{made['free']} vehicles owe nothing"
    )
