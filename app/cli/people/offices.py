"""`pishkhan office`: counter offices, the keys their software signs with, what they earn, and their statements.

A key is shown once, when it is made; the store keeps it sealed.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting_or_system, in_session
from app.wiring import build_vault
from domain.actions.offices import accounts
from domain.actions.offices.statement import statement as statement_of
from domain.offices.office import CounterPayment, Office, Statement, StatementLine
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import period

Code = Annotated[str, typer.Argument(help="Code of the office: 1–20 Latin letters, digits, «_» and «-».")]
_LINE = (
    "service", "requests", "payments", "amount", "surplus_payments", "surplus_amount", "request_commission",
    "payment_commission", "commission",
)  # fmt: skip


def add(
    code: Code,
    name: Annotated[str, typer.Argument(help="Name of the office, as the staff and its statement show it.")],
    user_name: Annotated[
        str | None, typer.Option("--username", help="What its software signs in as; office-CODE if not given.")
    ] = None,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Add a counter office; its key is shown this once."""

    async def work(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        vault = build_vault(session.settings)
        office, key = await accounts.add(session.desk, uow, vault, code, name, user_name, actor=actor)
        return {"code": office.code, "username": office.username, "key": key}

    with told(as_json):
        made = in_session(config, _changing(username, work))
    _tell_key(made, as_json)


def rename(
    code: Code,
    name: Annotated[str, typer.Argument(help="The right name, in place of the present one.")],
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Correct an office's name."""

    async def work(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _view(session, await accounts.rename(session.desk, uow, code, name, actor=actor))

    with told(as_json):
        shown = in_session(config, _changing(username, work))
    _tell(shown, as_json, shown["name"])


def rotate_key(
    code: Code,
    overlap_hours: Annotated[int, typer.Option(min=0, help="How long the present keys are still taken.")] = 24,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Give an office a new key, shown this once; the present ones are taken beside it for a while."""

    async def work(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        vault, overlap = build_vault(session.settings), timedelta(hours=overlap_hours)
        key = await accounts.rotate_key(session.desk, uow, vault, code, overlap, actor=actor)
        office = await uow.offices.by_code(code)
        return {"code": office.code, "username": office.username, "key": key}

    with told(as_json):
        made = in_session(config, _changing(username, work))
    _tell_key(made, as_json)


def list_offices(as_json: AsJson = False, config: Config = None) -> None:
    """List every counter office, without keys."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [_view(session, one) for one in await uow.offices.all()]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("code", "name", "username", "active", "networks", "keys", "locked"))


def allow(
    code: Code,
    networks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NETWORK]...", help="Addresses or CIDR networks; none: from anywhere."),
    ] = None,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Say from which networks alone an office may call, in place of what was said before."""

    async def work(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _view(session, await accounts.allow(session.desk, uow, code, networks or [], actor=actor))

    with told(as_json):
        shown = in_session(config, _changing(username, work))
    _tell(shown, as_json, f"calls from {', '.join(shown['networks']) or 'anywhere'}")


def activate(code: Code, username: AsOrSystem = None, as_json: AsJson = False, config: Config = None) -> None:
    """Let an office call again; its lock-outs and the count of refused tokens are forgotten."""
    _switch(code, True, username, as_json, config)


def deactivate(code: Code, username: AsOrSystem = None, as_json: AsJson = False, config: Config = None) -> None:
    """Let an office call no more; its requests and statements stay."""
    _switch(code, False, username, as_json, config)


def _switch(code: str, active: bool, username: str | None, as_json: bool, config: Config) -> None:
    async def work(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _view(session, await accounts.set_active(session.desk, uow, code, active, actor=actor))

    with told(as_json):
        shown = in_session(config, _changing(username, work))
    _tell(shown, as_json, "may call" if active else "may not call")


def statement(
    code: Code,
    year: Annotated[int, typer.Option(help="Jalali year.")],
    month: Annotated[int | None, typer.Option(help="Jalali month, 1–12; the whole year if not given.")] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Say what an office brought, took in and earned in a Jalali year or month, by the ledger."""

    async def work(session: CommandSession) -> Statement:
        async with session.store.unit(write=False) as uow:
            return await statement_of(session.desk, uow, code, *period(year, month))

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(_statement_view(made))
        return
    say(f"{made.office}: from {made.first} on and before {made.last}, rials")
    table([_line_view(line) for line in (*made.lines, made.totals)], _LINE)
    table(
        [_payment_view(one) for one in made.payments],
        ("at", "bill_id", "service", "amount", "reference", "outcome", "commission"),
    )


def _changing(
    username: str | None, work: Callable[[CommandSession, UnitOfWork, Actor], Awaitable[dict[str, Any]]]
) -> Callable[[CommandSession], Awaitable[dict[str, Any]]]:
    """Return the work done in one unit by whoever acts."""

    async def whole(session: CommandSession) -> dict[str, Any]:
        actor = await acting_or_system(session, username)
        async with session.store.unit() as uow:
            return await work(session, uow, actor)

    return whole


def _tell_key(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit_json(made)
    else:
        say(f"{made['code']}: user name {made['username']}, key {made['key']} (it is not shown again)")


def _tell(shown: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['code']}: {sentence}")


def _view(session: CommandSession, office: Office) -> dict[str, Any]:
    now = session.desk.clock.now()
    return {
        "code": office.code,
        "name": office.name,
        "username": office.username,
        "active": office.active,
        "networks": list(office.networks),
        "keys": len(office.usable_keys(now)),
        "locked": [source for source in office.locks if office.locked(source, now)],
    }


def _statement_view(made: Statement) -> dict[str, Any]:
    return {
        "office": made.office,
        "from": made.first.isoformat(),
        "before": made.last.isoformat(),
        "lines": [_line_view(line) for line in made.lines],
        "totals": _line_view(made.totals),
        "payments": [_payment_view(one) for one in made.payments],
    }


def _line_view(line: StatementLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _LINE}


def _payment_view(payment: CounterPayment) -> dict[str, Any]:
    return {
        "at": payment.at.isoformat(),
        "bill_id": payment.bill_id,
        "service": payment.service,
        "amount": payment.amount,
        "reference": payment.reference,
        "rrn": payment.rrn,
        "terminal_id": payment.terminal_id,
        "paid_at": payment.paid_at.isoformat() if payment.paid_at else None,
        "outcome": payment.outcome.value,
        "commission": payment.commission,
    }
