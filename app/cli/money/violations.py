"""`pishkhan violation`: fines of drivers, billed, waived and receipted as duties are."""

from typing import Annotated

import typer

from app.cli.money import charges
from app.cli.options import ActingUser, ActingUserOrSystem, AsJson, ConfigPath
from app.cli.requests.printing import ForceOption, OutputPath
from domain.registries.declarations import VIOLATION

DriverCode = Annotated[str, typer.Argument(help="National code of the driver.")]
ViolationDay = Annotated[str, typer.Argument(help="Day of the violation, Jalali or ISO.")]
ViolationKind = Annotated[str, typer.Argument(help="Kind of violation; `registry list violation` shows them.")]
ViolationNumber = Annotated[int, typer.Option(min=1, help="Which one of that kind on the day.")]


def bill(
    driver: DriverCode,
    date: ViolationDay,
    kind: ViolationKind,
    username: ActingUser,
    number: ViolationNumber = 1,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Bill the fine of a violation, or show the bill that it has; the driver is notified of a new one."""
    charges.bill_row(VIOLATION, _violation_key(driver, date, kind, number), username, as_json, config)


def waive(
    driver: DriverCode,
    date: ViolationDay,
    kind: ViolationKind,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    username: ActingUser,
    number: ViolationNumber = 1,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Waive a driver's fine, and its bill; the driver is notified."""
    charges.waive_row(VIOLATION, _violation_key(driver, date, kind, number), reason, username, as_json, config)


def receipt(
    driver: DriverCode,
    date: ViolationDay,
    kind: ViolationKind,
    output: OutputPath,
    number: ViolationNumber = 1,
    force: ForceOption = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Print the receipt of a fine that was paid into a file; it holds personal data."""
    charges.print_row_receipt(
        VIOLATION, _violation_key(driver, date, kind, number), output, force, username, as_json, config
    )


def _violation_key(driver: str, date: str, kind: str, number: int) -> charges.TypedKey:
    return {"driver": driver, "date": date, "kind": kind, "number": number}
