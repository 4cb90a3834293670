"""`pishkhan violation`: fines of drivers, billed, waived and receipted as duties are."""

from typing import Annotated

import typer

from app.cli.money import charges
from app.cli.options import As, AsJson, AsOrSystem, Config
from app.cli.requests.printing import Force, Output
from domain.registries.declarations import VIOLATION

Driver = Annotated[str, typer.Argument(help="National code of the driver.")]
Date = Annotated[str, typer.Argument(help="Day of the violation, Jalali or ISO.")]
Kind = Annotated[str, typer.Argument(help="Kind of violation; `registry list violation` shows them.")]
Number = Annotated[int, typer.Option(min=1, help="Which one of that kind on the day.")]


def bill(
    driver: Driver,
    date: Date,
    kind: Kind,
    username: As,
    number: Number = 1,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Bill the fine of a violation, or show the bill that it has; the driver is told of a new one."""
    charges.bill(VIOLATION, _key(driver, date, kind, number), username, as_json, config)


def waive(
    driver: Driver,
    date: Date,
    kind: Kind,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    username: As,
    number: Number = 1,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Let the driver off a fine, and off its bill; the driver is told."""
    charges.waive(VIOLATION, _key(driver, date, kind, number), reason, username, as_json, config)


def receipt(
    driver: Driver,
    date: Date,
    kind: Kind,
    output: Output,
    number: Number = 1,
    force: Force = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Print the receipt of a fine that was paid into a file; it holds personal data."""
    charges.receipt(VIOLATION, _key(driver, date, kind, number), output, force, username, as_json, config)


def _key(driver: str, date: str, kind: str, number: int) -> charges.Key:
    return {"driver": driver, "date": date, "kind": kind, "number": number}
