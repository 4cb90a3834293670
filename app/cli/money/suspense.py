"""`pishkhan ledger suspense`: receipts without a bill, matched to one or transferred back."""

from typing import Annotated, Any

import typer

from app.cli.money.payments import build_payment_view
from app.cli.options import ActingUser, AsJson, ConfigPath, RowNumber
from app.cli.output import print_json, print_table, reporting_errors
from app.cli.printed_results import print_result
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.bills import suspense
from domain.actions.bills.pay_by_ids import announce_receipt
from domain.ledger.suspense import SuspenseReceipt, SuspenseState

_COLUMNS = ("id", "received_at", "method", "gateway", "amount", "reference", "facts", "state")
Reason = Annotated[str, typer.Option(help="Why, in a few words; it is kept.")]


def list_receipts(
    state: Annotated[SuspenseState, typer.Option(help="Which of them.")] = SuspenseState.OPEN,
    limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List receipts without a bill."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [_build_view(receipt) for receipt in await uow.suspense.list_in_state(state, limit)][:limit]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table([{**row, "facts": _join_facts(row["facts"])} for row in rows], _COLUMNS)


def match(
    receipt_id: RowNumber,
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    payment_id: Annotated[str, typer.Argument(help="Payment id (شناسه پرداخت).")],
    reason: Reason,
    username: ActingUser,
    surplus: Annotated[bool, typer.Option(help="The bill is closed, and the money came all the same.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Pay a bill with a receipt whose bill was found."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            recorded = await suspense.match_receipt(
                session.dependencies, uow, receipt_id, (bill_id, payment_id), reason, actor, surplus=surplus
            )
            await announce_receipt(session.dependencies, uow, recorded, actor)
            return build_payment_view(recorded)

    print_result(
        config,
        run_command,
        lambda result: f"{result['outcome']}: bill {result['bill']['bill_id']} is {result['bill']['state']}",
        as_json=as_json,
    )


def approve_return(
    receipt_id: RowNumber,
    iban: Annotated[str, typer.Option(help="The IBAN (شبا) to which it is to go.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Agree, as a second person, that a receipt is transferred back: for revenue or the manager."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            return _build_view(await suspense.approve_return(session.dependencies, uow, receipt_id, iban, actor))

    print_result(
        config,
        run_command,
        lambda result: f"{result['amount']} rials may be transferred to {result['iban']}",
        as_json=as_json,
    )


def return_receipt(
    receipt_id: RowNumber,
    iban: Annotated[str, typer.Option(help="The IBAN (شبا) of whom it came from.")],
    reference: Annotated[str, typer.Option(help="The bank's own number of the transfer, recorded once.")],
    reason: Reason,
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Record that a receipt was transferred back."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        transfer = suspense.ReturnTransfer(iban, reference, reason)
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            return _build_view(await suspense.return_receipt(session.dependencies, uow, receipt_id, transfer, actor))

    print_result(
        config, run_command, lambda result: f"{result['amount']} rials went back to {result['iban']}", as_json=as_json
    )


def _join_facts(facts: dict[str, str | int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _build_view(receipt: SuspenseReceipt) -> dict[str, Any]:
    return {
        "id": str(receipt.id),
        "received_at": receipt.received_at.isoformat(),
        "method": receipt.method.value,
        "gateway": receipt.gateway,
        "amount": receipt.amount,
        "reference": receipt.reference,
        "facts": dict(receipt.facts),
        "state": receipt.state.value,
        "iban": receipt.iban,
        "approved_by": receipt.approved_by,
        "transfer_reference": receipt.transfer_reference,
        "reason": receipt.reason,
        "decided_by": receipt.decided_by,
    }
