"""`pishkhan payment card-refunds`, `ask-refund`, `deny-refund`: money that goes back to cards, what banks say of it."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.money.banks import open_gateways
from app.cli.options import ActingUser, AsJson, ConfigPath, RowNumber
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.printed_results import print_result
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.payments.card_refund_denial import deny_card_refund
from domain.actions.payments.card_refund_worker import ask_about_refund
from domain.gateways.code_texts import describe_code
from domain.gateways.refund_attempt import RefundAttempt
from domain.unit_of_work import UnitOfWork
from domain.values.bill_ids import parse_bill_id

_EVENT_COLUMNS = ("number", "at", "event", "state", "code", "meaning", "details")


def list_card_refunds(
    bill_id: Annotated[
        str | None, typer.Argument(help="Bill id (شناسه قبض); without one, those whose end is not known.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many without a bill, oldest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List the transfers of a bill's money back to cards, oldest first, with what the bank said of each, step by step;
    without a bill those whose end no bank has said.
    """

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            if bill_id is None:
                return list(map(build_card_refund_view, await uow.card_refunds.list_open(limit)))
            bill = await uow.bills.get_by_bill_id(parse_bill_id(bill_id))
            refunds = await uow.card_refunds.list_of_bill(bill.id)
            return [await _build_story_view(session, uow, refund) for refund in refunds]

    with reporting_errors(as_json):
        refunds = run_in_session(config, run_command)
    if as_json:
        print_json(refunds)
        return
    for refund in refunds:
        print_line(describe_card_refund(refund))
        if bill_id is not None:
            print_table(refund["events"], _EVENT_COLUMNS)


def ask_refund(
    card_refund: RowNumber, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Ask the bank now what became of a transfer back to a card; for revenue and the manager."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow, username)
        async with open_gateways(session) as gateways:
            refund = await ask_about_refund(session.dependencies, session.store, gateways, card_refund, actor)
        return build_card_refund_view(refund)

    print_result(config, run_command, describe_card_refund, as_json=as_json)


def deny_refund(
    card_refund: RowNumber,
    reason: Annotated[str, typer.Option(help="Who at the bank denies it, in a few words; it is kept.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """End a transfer back to a card that its bank denies for ever, after asking it once more: its money is due back as
    before; for revenue alone.
    """

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow, username)
        async with open_gateways(session) as gateways:
            refund = await deny_card_refund(session.dependencies, session.store, gateways, card_refund, reason, actor)
        return build_card_refund_view(refund)

    print_result(config, run_command, describe_card_refund, as_json=as_json)


def build_card_refund_view(refund: RefundAttempt) -> dict[str, Any]:
    """Return a transfer as JSON has it."""
    view = asdict(refund)
    for name in ("created_at", "sent_at", "finished_at", "next_step_at"):
        moment = getattr(refund, name)
        view[name] = moment.isoformat() if moment else None
    return view


def describe_card_refund(view: dict[str, Any]) -> str:
    """Return the line about a transfer."""
    code = f", code {view['code']}" if view["code"] else ""
    return (
        f"{view['id']} at {view['gateway']}, number {view['refund_number']} of sale {view['sale']['sale_number']}: "
        f"{view['amount']} rials to the card, {view['state']}{code}"
    )


async def _build_story_view(session: CommandSession, uow: UnitOfWork, refund: RefundAttempt) -> dict[str, Any]:
    catalogue = session.dependencies.catalogue
    events = [
        asdict(event) | {"at": event.at.isoformat(), "meaning": describe_code(catalogue, refund.gateway, event.code)}
        for event in await uow.card_refunds.list_events(refund.id)
    ]
    return build_card_refund_view(refund) | {"events": events}
