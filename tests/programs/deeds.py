"""Deeds of the staff's site for stories told at the command line: `pishkhan deed NAME VALUES`, for tests alone.

Each runs as a command does, in a process of its own with the clock and the settings of its municipality, and ends in an
action of the domain. The values are one JSON object.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.main import COMMANDS, CommandTable
from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, reporting_errors
from app.cli.requests.request_view import build_bill_view, build_request_view
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.wiring import build_gateways, build_vault
from domain.actions.bills import refunds
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.documents.preparing import prepare_file
from domain.actions.feedback import moderation
from domain.actions.messages.notify import announce_outcome
from domain.actions.offices import accounts
from domain.actions.offices.statement import build_statement
from domain.actions.payments.card_refunds import list_refunding_gateways, send_to_card
from domain.actions.requests.reopen import reopen_request
from domain.actions.staffing import name_substitute, today_in_tehran
from domain.actions.tariffs.price_changes import set_price
from domain.actions.walk_ins import mobile_correction
from domain.feedback.opinions import CommentFilter, CommentState
from domain.offices.office import parse_share
from domain.tariffs.tariff import PriceTerms, ProposedTariff
from domain.values.actors import Actor
from domain.values.calendar import jalali_period
from domain.values.tracking_codes import parse_code

Deed = Callable[..., Awaitable[Any]]
"""Deed in a session and a context, with its values by name; what it returns is printed."""


async def add_tariff(
    _: CommandSession,
    context: ActorContext,
    *,
    service: str,
    rate: int,
    dimensions: dict[str, str],
    unit: str = "hour",
    minimum: int = 0,
    vat: int = 0,
    since: str | None = None,
    far: bool = False,
) -> Any:
    """Set a price from a day on (ISO), today if none is given."""
    first_day = date.fromisoformat(since) if since else today_in_tehran(context.dependencies)
    terms = PriceTerms(service, dimensions, unit, rate, minimum, vat, first_day)
    tariff = await set_price(context, terms, far_meant=far)
    return None if isinstance(tariff, ProposedTariff) else tariff.id


async def rotate_key(session: CommandSession, context: ActorContext, *, code: str, overlap_hours: int) -> str:
    """Give an office a new key, which is told."""
    vault, overlap = build_vault(session.settings), timedelta(hours=overlap_hours)
    return await accounts.rotate_office_key(context, vault, code, overlap)


async def allow_networks(_: CommandSession, context: ActorContext, *, code: str, networks: list[str]) -> None:
    """Set from where alone an office may call."""
    await accounts.allow_networks(context, code, networks)


async def set_office_active(_: CommandSession, context: ActorContext, *, code: str, active: bool) -> None:
    """Let an office call again, or no more."""
    await accounts.set_office_active(context, code, active)


async def list_locked(_: CommandSession, context: ActorContext, *, code: str) -> list[str]:
    """List the addresses of an office that are locked out."""
    office, now = await context.uow.offices.get_by_code(code), context.dependencies.clock.now()
    return [source for source in office.locks if office.is_locked_out(source, now)]


async def add_commission(
    _: CommandSession,
    context: ActorContext,
    *,
    share: str,
    per_request: int,
    office: str | None = None,
) -> None:
    """Set what is earned from today on."""
    share_bp = parse_share(share)
    await accounts.add_commission_rule(
        context,
        office=office,
        service=None,
        per_request=per_request,
        share_bp=share_bp,
    )


async def read_statement(_: CommandSession, context: ActorContext, *, code: str, year: int) -> dict[str, Any]:
    """Return an office's totals of a year, and the references of its payments."""
    statement = await build_statement(context, code, *jalali_period(year, None))
    references = [payment.reference for payment in statement.payments]
    totals = asdict(statement.totals) | {"commission": statement.totals.commission}
    return {"totals": totals, "references": references}


async def list_inbox(
    _: CommandSession,
    context: ActorContext,
) -> list[dict[str, Any]]:
    """List texts that came in, newest first."""
    names = ("id", "sender", "text", "intent", "provider_id")
    found = await context.uow.inbox.list_recent(state=None, mobile=None, limit=100)
    return [{name: getattr(text, name) for name in names} | {"state": text.state.value} for text in found]


async def list_comments(_: CommandSession, context: ActorContext, *, service: str) -> list[dict[str, Any]]:
    """List comments about a service, newest first."""
    names = context.dependencies.engine.get_service(service).topic_names
    comments = await context.uow.feedback.list_comments(CommentFilter(None, names, limit=50))
    return [{"id": comment.id, "text": comment.text, "state": comment.state.value} for comment in comments]


async def publish_comment(_: CommandSession, context: ActorContext, *, comment: int, answer: str | None = None) -> None:
    """Show a comment on its service's page, and answer it."""
    await moderation.moderate_comment(context, comment, CommentState.PUBLISHED)
    if answer:
        await moderation.answer_comment(context, comment, answer)


async def substitute(_: CommandSession, context: ActorContext, *, absent: str, deputy: str, days: list[str]) -> None:
    """Let a deputy act for somebody from a day to another (ISO), both included."""
    first, last = map(date.fromisoformat, days)
    await name_substitute(context, absent, deputy, (first, last))


async def attach(session: CommandSession, actor: Actor, *, code: str, file: str, field: str) -> str:
    """Add a file to a request; its digest is told."""
    path = Path(file)
    prepared = await prepare_file(session.dependencies, session.store, path.name, path.read_bytes(), actor, code)
    async with session.store.open_unit() as uow:
        document = await attach_document(
            ActorContext(session.dependencies, uow, actor), parse_code(code), field, prepared
        )
    return document.sha256


async def reopen(session: CommandSession, context: ActorContext, *, code: str, reason: str) -> dict[str, Any]:
    """Take a finished request up again; the new one is told."""
    reopened = await reopen_request(context, parse_code(code), reason)
    await announce_outcome(context, reopened.outcome)
    return await build_request_view(session, context.uow, reopened.outcome.request)


async def correct_mobile(_: CommandSession, context: ActorContext, *, code: str, mobile: str) -> dict[str, Any]:
    """Correct a citizen's mobile, whose card was seen."""
    corrected = await mobile_correction.correct_mobile(context, parse_code(code), mobile, "کارت ملی")
    others = [other.code for other in corrected.other_requests]
    return {"awaits_second": corrected.awaits_second, "others": others}


async def refund(
    _: CommandSession, context: ActorContext, *, bill_id: str, iban: str, reference: str
) -> dict[str, Any]:
    """Record that all that is due back went to a bank account."""
    transferred = await refunds.record_refund(context, bill_id, iban, reference)
    return {"amount": transferred.payment.amount, "bill": build_bill_view(transferred.bill)}


async def refund_to_card(session: CommandSession, context: ActorContext, *, bill_id: str) -> int:
    """Have all that is due back sent to the cards that paid; how many transfers that makes is told."""
    gateways = build_gateways(session.settings)
    session.dependencies.card_refund_gateways = list_refunding_gateways(gateways)
    try:
        return len(await send_to_card(context, bill_id))
    finally:
        for gateway in gateways.values():
            await gateway.close()


DEEDS: dict[str, Deed] = {
    deed.__name__: deed
    for deed in (
        add_tariff,
        rotate_key,
        allow_networks,
        set_office_active,
        list_locked,
        add_commission,
        read_statement,
        list_inbox,
        list_comments,
        publish_comment,
        substitute,
        reopen,
        correct_mobile,
        refund,
        refund_to_card,
    )
}
"""Every deed, by its name."""


def do_deed(
    name: str,
    values: Annotated[str, typer.Argument(help="JSON object.")] = "{}",
    username: Annotated[str | None, typer.Option("--as")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Do a deed of the tests."""

    async def run_command(session: CommandSession) -> Any:
        actor = await resolve_actor_or_system(session, username)
        if name == attach.__name__:  # a file is looked at before the unit begins
            return await attach(session, actor, **json.loads(values))
        async with session.store.open_unit() as uow:
            return await DEEDS[name](session, ActorContext(session.dependencies, uow, actor), **json.loads(values))

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    print_json(result)


def deed_command(name: str, by: str | None, values: dict[str, Any]) -> tuple[str, ...]:
    """Return the command line of a deed."""
    return ("deed", name, json.dumps(values, ensure_ascii=False), *(("--as", by) if by else ()))


TEST_COMMANDS: CommandTable = {**COMMANDS, "deed": "tests.programs.deeds:do_deed"}
"""Commands of the program, and that of the tests."""
