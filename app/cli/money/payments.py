"""`pishkhan payment`: money that came in by a bank slip, and money that goes back."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.money.banks import open_gateways
from app.cli.options import ActingUser, AsJson, ConfigPath, ToCard
from app.cli.printed_results import print_result, print_rows
from app.cli.requests import request_view
from app.cli.session import CommandSession, resolve_actor
from domain.actions.bills.pay_by_ids import RecordedReceipt, announce_receipt, record_payment_by_ids
from domain.actions.bills.refunds import record_refund as give_back
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActionContext, ActorContext
from domain.actions.payments.card_refunds import send_to_card
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Bill, PaymentMethod, Refund
from domain.blocks.charging import REQUEST_SUBJECT
from domain.gateways.refund_attempt import RefundAttempt
from domain.unit_of_work import UnitOfWork
from domain.values.bill_ids import parse_bill_id


def record_slip(
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    payment_id: Annotated[str, typer.Argument(help="Payment id (شناسه پرداخت).")],
    amount: Annotated[int, typer.Argument(help="Amount in rials.")],
    reference: Annotated[str, typer.Option(help="The bank's own number of the payment, which is recorded once.")],
    username: ActingUser,
    surplus: Annotated[bool, typer.Option(help="The bill is closed, and the money came all the same.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Record a bank slip: it settles its bill, or, where you say so, is kept as surplus and due back."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            require_right(Right.PAYMENTS_RECORD, actor, "payment")
            bill_ids = (bill_id, payment_id)
            slip_facts = (amount, PaymentMethod.SLIP, reference)
            recorded = await record_payment_by_ids(
                ActorContext(session.dependencies, uow, actor), bill_ids, *slip_facts, surplus=surplus
            )
            await announce_receipt(ActorContext(session.dependencies, uow, actor), recorded)
            return build_payment_view(recorded)

    print_result(
        config,
        run_command,
        lambda result: f"{result['outcome']}: bill {result['bill']['bill_id']} is {result['bill']['state']}",
        as_json=as_json,
    )


def refund(
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    username: ActingUser,
    iban: Annotated[str | None, typer.Option(help="The citizen's IBAN (شبا).")] = None,
    reference: Annotated[
        str | None, typer.Option(help="The bank's own number of the transfer to the IBAN, recorded once.")
    ] = None,
    to_card: ToCard = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Record that all that is due back on a bill was transferred to an IBAN, or have it sent to the card that paid,
    which the server does; the citizen is notified by SMS.
    """
    if to_card == bool(iban and reference):
        raise typer.BadParameter("either --to-card, or --iban with --reference", param_hint="--to-card")

    async def run_command(session: CommandSession) -> dict[str, Any]:
        if to_card:
            return await _send_to_card(session, bill_id, username)
        async with session.store.open_unit() as uow:
            context = ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username))
            transferred = await give_back(context, bill_id, iban or "", reference or "")
        return {
            "amount": transferred.payment.amount,
            "reference": transferred.payment.reference,
            "iban": transferred.iban,
            "at": transferred.payment.at.isoformat(),
            "bill": request_view.build_bill_view(transferred.bill),
        }

    print_result(config, run_command, _describe_refund, as_json=as_json)


async def _send_to_card(session: CommandSession, bill_id: str, username: str) -> dict[str, Any]:
    async with open_gateways(session), session.store.open_unit() as uow:
        actor = await resolve_actor(session, uow.people, username)
        begun = await send_to_card(ActorContext(session.dependencies, uow, actor), bill_id)
        bill = await uow.bills.get_by_bill_id(parse_bill_id(bill_id))
    return {
        "amount": sum(one.amount for one in begun),
        "card_refunds": [_build_card_refund_view(one) for one in begun],
        "bill": request_view.build_bill_view(bill),
    }


def _build_card_refund_view(refund: RefundAttempt) -> dict[str, Any]:
    view = asdict(refund)
    for name in ("created_at", "sent_at", "finished_at", "next_step_at"):
        moment = getattr(refund, name)
        view[name] = moment.isoformat() if moment else None
    return view


def _describe_refund(result: dict[str, Any]) -> str:
    bill = result["bill"]
    how = "are on their way to the card" if "card_refunds" in result else "went back"
    return f"{result['amount']} rials {how}: bill {bill['bill_id']} is {bill['state']}"


def refunds(
    limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List what is still due back."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [
                await _build_due_view(session, uow, *refund_and_bill)
                for refund_and_bill in await uow.bills.list_refunds_due(limit)
            ]

    print_rows(config, run_command, ("bill_id", "amount", "reason", "since", "what", "code", "mobile"), as_json=as_json)


async def _build_due_view(session: CommandSession, uow: UnitOfWork, due_refund: Refund, bill: Bill) -> dict[str, Any]:
    subject = SUBJECTS[bill.subject_kind]
    request = await uow.requests.get(bill.subject_id) if bill.subject_kind == REQUEST_SUBJECT else None
    return {
        "bill_id": bill.bill_id,
        "amount": due_refund.amount,
        "reason": due_refund.reason,
        "since": due_refund.created_at.isoformat(),
        "what": await subject.render_title(ActionContext(session.dependencies, uow), bill),
        "code": request.code if request else None,
        "mobile": await subject.find_mobile(uow, bill),
    }


def build_payment_view(recorded: RecordedReceipt) -> dict[str, Any]:
    """Return what came in, with its bill; of a merged bill with the bills that it paid."""
    first_payment = recorded.payments[0].payment
    view = {
        "outcome": recorded.outcome.value,
        "reference": first_payment.reference,
        "amount": recorded.amount,
        "at": first_payment.at.isoformat(),
    }
    bills = [request_view.build_bill_view(one.bill) for one in recorded.payments]
    if recorded.merged_bill is None:
        return view | {"bill": bills[0]}
    merged_facts = {"bill_id": recorded.merged_bill.bill_id, "payment_id": recorded.merged_bill.payment_id}
    return view | {"bill": merged_facts | {"state": recorded.bill_state.value, "parts": bills}}
