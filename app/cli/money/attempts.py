"""`pishkhan payment attempts`, `ask`, `resolve`, `deny`: what banks said of payments online, and what they say now."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.money.banks import open_gateways
from app.cli.options import ActingUser, AsJson, ConfigPath, RowNumber
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.printed_results import print_result
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.payments.asking import AttemptStory, ask_bank, deny_payment, list_attempt_stories, resolve_alert
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.code_texts import describe_code
from domain.messages.catalogue import Catalogue
from domain.values.bill_ids import parse_bill_id

_EVENT_COLUMNS = ("number", "at", "event", "state", "code", "meaning", "details")


def list_attempts(
    bill_id: Annotated[
        str | None, typer.Argument(help="Bill id (شناسه قبض); without one, what somebody has to look at.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many without a bill, newest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List the attempts to pay a bill online, oldest first, with what the bank said of each, step by step; without a
    bill those that bear an alert, or of which no bank has said what became of them.
    """

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            if bill_id is None:
                return list(map(_build_attempt_view, await uow.payment_attempts.list_needing_attention(limit)))
            bill = await uow.bills.get_by_bill_id(parse_bill_id(bill_id))
            catalogue = session.dependencies.catalogue
            return [_build_story_view(catalogue, story) for story in await list_attempt_stories(uow, bill.id)]

    with reporting_errors(as_json):
        attempts = run_in_session(config, run_command)
    if as_json:
        print_json(attempts)
        return
    for attempt in attempts:
        print_line(_describe_attempt(attempt))
        if bill_id is not None:
            print_table(attempt["events"], _EVENT_COLUMNS)


def resolve(
    attempt: RowNumber,
    reason: Annotated[str, typer.Option(help="What was found, in a few words; it is kept.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Say that what an attempt's alert is about was looked at, and is over; for revenue and the manager."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            return _build_attempt_view(await resolve_alert(session.dependencies, uow, attempt, reason, actor))

    print_result(config, run_command, _describe_attempt, as_json=as_json)


def ask(attempt: RowNumber, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Ask the bank now what became of an attempt, and do what follows from its answer; for revenue and the manager."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow, username)
        async with open_gateways(session) as gateways:
            return _build_attempt_view(await ask_bank(session.dependencies, session.store, gateways, attempt, actor))

    print_result(config, run_command, _describe_attempt, as_json=as_json)


def deny(
    attempt: RowNumber,
    reason: Annotated[str, typer.Option(help="Who at the bank denies it, in a few words; it is kept.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """End an unknown attempt that its bank denies for ever, after asking it once more: its bills are released; for
    revenue alone.
    """

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow, username)
        async with open_gateways(session) as gateways:
            return _build_attempt_view(
                await deny_payment(session.dependencies, session.store, gateways, attempt, reason, actor)
            )

    print_result(config, run_command, _describe_attempt, as_json=as_json)


def _build_story_view(catalogue: Catalogue, story: AttemptStory) -> dict[str, Any]:
    gateway = story.attempt.gateway
    events = [
        asdict(event) | {"at": event.at.isoformat(), "meaning": describe_code(catalogue, gateway, event.code)}
        for event in story.events
    ]
    callbacks = [asdict(callback) | {"at": callback.at.isoformat()} for callback in story.callbacks]
    return _build_attempt_view(story.attempt) | {"events": events, "callbacks": callbacks}


def _build_attempt_view(attempt: PaymentAttempt) -> dict[str, Any]:
    moments = (
        "created_at", "session_ends_at", "returned_at", "verified_at", "finished_at", "next_step_at", "unresolved_at",
    )  # fmt: skip
    fields = asdict(attempt)
    for name in moments:
        moment = getattr(attempt, name)
        fields[name] = moment.isoformat() if moment else None
    return fields | {"amount": attempt.amount}


def _describe_attempt(attempt: dict[str, Any]) -> str:
    alert = f", {attempt['alert']}" if attempt["alert"] else ""
    sale = f", sale {attempt['sale_number']}" if attempt["sale_number"] else ""
    return (
        f"{attempt['id']} at {attempt['gateway']}, order {attempt['order_number']}{sale}: "
        f"{attempt['amount']} rials, {attempt['state']}{alert}"
    )
