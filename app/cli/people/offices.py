"""`pishkhan office`: counter offices, the keys their software signs with, what they earn, and their statements.

A key is shown once, when it is made; the store keeps it sealed.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.wiring import build_vault
from domain.actions.context import ActionContext, ActorContext
from domain.actions.offices import accounts
from domain.actions.offices.statement import build_statement as statement_of
from domain.offices.office import CounterPayment, Office, Statement, StatementLine
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import jalali_period

OfficeCode = Annotated[str, typer.Argument(help="Code of the office: 1–20 Latin letters, digits, «_» and «-».")]
_LINE_COLUMNS = (
    "service",
    "requests",
    "payments",
    "amount",
    "surplus_payments",
    "surplus_amount",
    "request_commission",
    "payment_commission",
    "commission",
)


def add(
    code: OfficeCode,
    name: Annotated[str, typer.Argument(help="Name of the office, as the staff and its statement show it.")],
    user_name: Annotated[
        str | None, typer.Option("--username", help="What its software signs in as; office-CODE if not given.")
    ] = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Add a counter office; its key is shown this once."""

    async def run_command(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        vault = build_vault(session.settings)
        office, key = await accounts.add_office(
            ActorContext(session.dependencies, uow, actor), vault, code, name, user_name
        )
        return {"code": office.code, "username": office.username, "key": key}

    with reporting_errors(as_json):
        result = run_in_session(config, _within_one_unit(username, run_command))
    _print_key(result, as_json)


def rename(
    code: OfficeCode,
    name: Annotated[str, typer.Argument(help="The right name, in place of the present one.")],
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Correct an office's name."""

    async def run_command(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _build_office_view(
            session, await accounts.rename_office(ActorContext(session.dependencies, uow, actor), code, name)
        )

    with reporting_errors(as_json):
        result = run_in_session(config, _within_one_unit(username, run_command))
    _print_office(result, as_json, result["name"])


def rotate_key(
    code: OfficeCode,
    overlap_hours: Annotated[int, typer.Option(min=0, help="How long the present keys are still taken.")] = 24,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Give an office a new key, shown this once; the present ones are taken beside it for a while."""

    async def run_command(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        vault, overlap = build_vault(session.settings), timedelta(hours=overlap_hours)
        key = await accounts.rotate_office_key(ActorContext(session.dependencies, uow, actor), vault, code, overlap)
        office = await uow.offices.get_by_code(code)
        return {"code": office.code, "username": office.username, "key": key}

    with reporting_errors(as_json):
        result = run_in_session(config, _within_one_unit(username, run_command))
    _print_key(result, as_json)


def list_offices(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List every counter office, without keys."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [_build_office_view(session, office) for office in await uow.offices.list_all()]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("code", "name", "username", "active", "networks", "keys", "locked"))


def allow(
    code: OfficeCode,
    networks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NETWORK]...", help="Addresses or CIDR networks; none: from anywhere."),
    ] = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Set the networks from which alone an office may call, in place of the former ones."""

    async def run_command(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _build_office_view(
            session,
            await accounts.allow_networks(ActorContext(session.dependencies, uow, actor), code, networks or []),
        )

    with reporting_errors(as_json):
        result = run_in_session(config, _within_one_unit(username, run_command))
    _print_office(result, as_json, f"calls from {', '.join(result['networks']) or 'anywhere'}")


def activate(
    code: OfficeCode, username: ActingUserOrSystem = None, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Let an office call again; its lock-outs and the count of refused tokens are forgotten."""
    _set_active(code, True, username, as_json, config)


def deactivate(
    code: OfficeCode, username: ActingUserOrSystem = None, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Let an office call no more; its requests and statements stay."""
    _set_active(code, False, username, as_json, config)


def _set_active(code: str, active: bool, username: str | None, as_json: bool, config: ConfigPath) -> None:
    async def run_command(session: CommandSession, uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
        return _build_office_view(
            session,
            await accounts.set_office_active(ActorContext(session.dependencies, uow, actor), code, active),
        )

    with reporting_errors(as_json):
        result = run_in_session(config, _within_one_unit(username, run_command))
    _print_office(result, as_json, "may call" if active else "may not call")


def statement(
    code: OfficeCode,
    year: Annotated[int, typer.Option(help="Jalali year.")],
    month: Annotated[int | None, typer.Option(help="Jalali month, 1–12; the whole year if not given.")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show what an office brought, took in and earned in a Jalali year or month, by the ledger."""

    async def run_command(session: CommandSession) -> Statement:
        async with session.store.open_unit(write=False) as uow:
            return await statement_of(ActionContext(session.dependencies, uow), code, *jalali_period(year, month))

    with reporting_errors(as_json):
        office_statement = run_in_session(config, run_command)
    if as_json:
        print_json(_build_statement_view(office_statement))
        return
    print_line(
        f"{office_statement.office}: from {office_statement.first_day} on and before {office_statement.end_day}, rials"
    )
    print_table([_build_line_view(line) for line in (*office_statement.lines, office_statement.totals)], _LINE_COLUMNS)
    print_table(
        [_build_payment_view(payment) for payment in office_statement.payments],
        ("at", "bill_id", "service", "amount", "reference", "outcome", "commission"),
    )


def _within_one_unit(
    username: str | None, change_office: Callable[[CommandSession, UnitOfWork, Actor], Awaitable[dict[str, Any]]]
) -> Callable[[CommandSession], Awaitable[dict[str, Any]]]:
    """Return the work done in one unit by whoever acts."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            return await change_office(session, uow, actor)

    return run_command


def _print_key(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['code']}: user name {result['username']}, key {result['key']} (it is not shown again)")


def _print_office(result: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['code']}: {sentence}")


def _build_office_view(session: CommandSession, office: Office) -> dict[str, Any]:
    now = session.dependencies.clock.now()
    return {
        "code": office.code,
        "name": office.name,
        "username": office.username,
        "active": office.active,
        "networks": list(office.networks),
        "keys": len(office.list_usable_keys(now)),
        "locked": [source for source in office.locks if office.is_locked_out(source, now)],
    }


def _build_statement_view(office_statement: Statement) -> dict[str, Any]:
    return {
        "office": office_statement.office,
        "from": office_statement.first_day.isoformat(),
        "before": office_statement.end_day.isoformat(),
        "lines": [_build_line_view(line) for line in office_statement.lines],
        "totals": _build_line_view(office_statement.totals),
        "payments": [_build_payment_view(payment) for payment in office_statement.payments],
    }


def _build_line_view(line: StatementLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _LINE_COLUMNS}


def _build_payment_view(payment: CounterPayment) -> dict[str, Any]:
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
