"""`pishkhan violation`: fines of drivers, billed and waived as duties are."""

from typing import Annotated, Any

import typer

from app.cli.duties import billed
from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.request_view import bill_view
from app.cli.session import Session, acting, in_session, read_day
from domain import people
from domain.actions.charges import bill_and_tell, waive_and_tell
from domain.errors import NotFound
from domain.ports import UnitOfWork
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

    async def work(session: Session) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(uow, username)
            row_id = await _violation(session, uow, (driver, date, kind, number))
            return bill_view(await bill_and_tell(session.desk, uow, VIOLATION, row_id, actor))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(billed(shown))


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

    async def work(session: Session) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(uow, username)
            row_id = await _violation(session, uow, (driver, date, kind, number))
            return (await waive_and_tell(session.desk, uow, VIOLATION, row_id, reason, actor)).values

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['driver']} {shown['date']} {shown['kind']}: {shown['state']}")


async def _violation(session: Session, uow: UnitOfWork, key: tuple[str, str, str, int]) -> int:
    driver, day, kind, number = key
    unique = {"driver": people.national_code(driver), "date": read_day(session, day, "date").isoformat()}
    row = await uow.registries.one(VIOLATION.key, unique | {"kind": kind, "number": number})
    if row is None:
        raise NotFound(VIOLATION.key)
    return row.id
