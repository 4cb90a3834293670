"""`pishkhan office commission`: what counter offices earn, by dated rules."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config, Number
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting_or_system, in_session, read_day
from domain.actions.offices import accounts
from domain.offices.office import CommissionRule, share_of
from domain.values.dated_rows import withdrawn

_COLUMNS = ("id", "office", "service", "per_request", "share", "valid_from", "valid_to", "made_by")


def add(
    per_request: Annotated[int, typer.Option(min=0, help="Rials for each request that is brought.")] = 0,
    share: Annotated[str, typer.Option(help="Percent of each payment, at most two decimals: 2.50.")] = "0",
    office: Annotated[str | None, typer.Option(help="Code of the office; every one if not given.")] = None,
    service: Annotated[
        str | None, typer.Option(help="Municipal service, or duty or violation; every one if not given.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day, Jalali or ISO; today if not given.")] = None,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Set what is earned from a day on, until the next rule of the same office and service; the one before ends there,
    and one from the same day is withdrawn.
    """

    async def work(session: CommandSession) -> dict[str, Any]:
        actor = await acting_or_system(session, username)
        async with session.store.unit() as uow:
            rule = await accounts.add_rule(
                session.desk, uow, office=office, service=service, per_request=per_request, share_bp=share_of(share),
                valid_from=read_day(session, since, "valid_from") if since else None, actor=actor,
            )  # fmt: skip
            return _view(rule)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        end = f"until before {shown['valid_to']}" if shown["valid_to"] else "on"
        say(f"{shown['per_request']} rials a request and {shown['share']} % from {shown['valid_from']} {end}")


def withdraw(
    rule: Number,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take a rule back that is not in force yet; it stays in the list, and the one before goes on."""

    async def work(session: CommandSession) -> dict[str, Any]:
        actor = await acting_or_system(session, username)
        async with session.store.unit() as uow:
            taken = await accounts.withdraw_rule(session.desk, uow, rule, actor=actor)
            return _view(replace(taken, valid_to=taken.valid_from))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['per_request']} rials a request and {shown['share']} % from {shown['valid_from']} on: withdrawn")


def list_rules(as_json: AsJson = False, config: Config = None) -> None:
    """List every rule, also those that have ended or were withdrawn (these begin and end on one day); the most specific
    one in force counts.
    """

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [_view(one) for one in await uow.offices.rules()]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, _COLUMNS)


def _view(rule: CommissionRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "office": rule.office,
        "service": rule.service,
        "per_request": rule.per_request,
        "share": f"{rule.share_bp // 100}.{rule.share_bp % 100:02}",
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "withdrawn": withdrawn(rule),
        "made_by": rule.made_by,
    }
