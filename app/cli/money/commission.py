"""`pishkhan office commission`: what counter offices earn, by dated rules."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath, RowNumber
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.printed_results import print_rows
from app.cli.session import CommandSession, read_day, resolve_actor_or_system, run_in_session
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.offices.office import CommissionRule, parse_share
from domain.values.dated_rows import is_withdrawn

RuleService = Annotated[
    str | None, typer.Option(help="Municipal service, or duty or violation; every one if not given.")
]
_LIST_COLUMNS = ("id", "office", "service", "per_request", "share", "valid_from", "valid_to", "made_by")


def add(
    per_request: Annotated[int, typer.Option(min=0, help="Rials for each request that is brought.")] = 0,
    share: Annotated[str, typer.Option(help="Percent of each payment, at most two decimals: 2.50.")] = "0",
    office: Annotated[str | None, typer.Option(help="Code of the office; every one if not given.")] = None,
    service: RuleService = None,
    since: Annotated[str | None, typer.Option("--from", help="First day, Jalali or ISO; today if not given.")] = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Set what is earned from a day on, until the next rule of the same office and service; the one before ends there,
    and one from the same day is withdrawn.
    """

    async def run_command(session: CommandSession) -> dict[str, Any]:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            rule = await accounts.add_commission_rule(
                ActorContext(session.dependencies, uow, actor),
                office=office,
                service=service,
                per_request=per_request,
                share_bp=parse_share(share),
                valid_from=read_day(session, since, "valid_from") if since else None,
            )
            return _build_rule_view(rule)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    _print_rule(result, f"until before {result['valid_to']}" if result["valid_to"] else "on", as_json)


def withdraw(
    rule: RowNumber,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a rule back that is not in force yet; it stays in the list, and the one before goes on."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            withdrawn_rule = await accounts.withdraw_commission_rule(
                ActorContext(session.dependencies, uow, actor), rule
            )
            return _build_rule_view(replace(withdrawn_rule, valid_to=withdrawn_rule.valid_from))

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    _print_rule(result, "on: withdrawn", as_json)


def list_rules(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List every rule, also those that have ended or were withdrawn (these begin and end on one day); the most specific
    one in force counts.
    """

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [_build_rule_view(rule) for rule in await uow.offices.list_rules()]

    print_rows(config, run_command, _LIST_COLUMNS, as_json=as_json)


def _print_rule(rule_view: dict[str, Any], end_text: str, as_json: bool) -> None:
    """Print a rule: as JSON, or what it brings an office, from which day on, and how it ends."""
    if as_json:
        print_json(rule_view)
    else:
        earnings = f"{rule_view['per_request']} rials a request and {rule_view['share']} %"
        print_line(f"{earnings} from {rule_view['valid_from']} {end_text}")


def _build_rule_view(rule: CommissionRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "office": rule.office,
        "service": rule.service,
        "per_request": rule.per_request,
        "share": f"{rule.share_bp // 100}.{rule.share_bp % 100:02}",
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "withdrawn": is_withdrawn(rule),
        "made_by": rule.made_by,
    }
