"""`pishkhan violation`: fines of drivers, billed and waived as duties are."""

from typing import Annotated

import typer

from app.cli import charges
from app.cli.options import As, AsJson, Config
from domain.registries import VIOLATION

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


def _key(driver: str, date: str, kind: str, number: int) -> charges.Key:
    return {"driver": driver, "date": date, "kind": kind, "number": number}
