"""`pishkhan payment reverse` and `approve-refund`: what was recorded wrongly, and a second person's word."""

from typing import Annotated, Any

import typer

from app.cli.money.banks import open_gateways
from app.cli.options import ActingUser, AsJson, ConfigPath, ToCard
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.printed_results import print_result
from app.cli.requests import request_view
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.bills import refunds, reversals
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.payments.card_refunds import approve_card_refund
from domain.authorization.policy import require_right
from domain.authorization.rights import Right

BillId = Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")]


def reverse(
    bill_id: BillId,
    reference: Annotated[str, typer.Option(help="The number under which the payment was recorded.")],
    reason: Annotated[str, typer.Option(help="Why it was wrong, in a few words; it is kept.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Reverse a payment that was recorded wrongly, while nothing was paid out; its number may be recorded again."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            require_right(Right.PAYMENTS_REVERSE, actor, "payment")
            payment = await reversals.find_payment_by_reference(uow, bill_id, reference)
            reversal = await reversals.reverse_payment(
                ActorContext(session.dependencies, uow, actor), bill_id, payment.id, reason
            )
            for outcome in reversal.outcomes:
                await announce_outcome(ActorContext(session.dependencies, uow, actor), outcome)
            return _build_reversal_view(reversal)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(
            f"{result['amount']} rials were reversed: bill {result['bill']['bill_id']} is {result['bill']['state']}"
        )
        print_line(FOLLOW_UP_TEXTS[reversals.ReversalEffect(result["follows"])])


def approve_refund(
    bill_id: BillId,
    amount: Annotated[int, typer.Option(help="Rials that are due back, as you see them.")],
    username: ActingUser,
    iban: Annotated[str | None, typer.Option(help="The IBAN (شبا) to which it is to go.")] = None,
    to_card: ToCard = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Agree, as a second person, that what is due back on a bill is transferred, or sent to the card that paid: for
    revenue or the manager.
    """
    if to_card == bool(iban):
        raise typer.BadParameter("either --to-card, or --iban", param_hint="--to-card")

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with open_gateways(session), session.store.open_unit() as uow:
            actor, dependencies = await resolve_actor(session, uow.people, username), session.dependencies
            if to_card:
                bill = await approve_card_refund(ActorContext(dependencies, uow, actor), bill_id, amount)
            else:
                bill = await refunds.approve_refund(ActorContext(dependencies, uow, actor), bill_id, iban or "", amount)
            return {"amount": amount, "bill": request_view.build_bill_view(bill)}

    print_result(
        config,
        run_command,
        lambda result: f"{amount} rials of bill {result['bill']['bill_id']} may be transferred",
        as_json=as_json,
    )


FOLLOW_UP_TEXTS = {
    reversals.ReversalEffect.WAITING: "the request waits for its payment again",
    reversals.ReversalEffect.OWED: "it is owed again; what goes on in the meantime is not paid",
    reversals.ReversalEffect.ENDED: "what it was for was given up; nothing is owed, and nothing is due back",
    reversals.ReversalEffect.NOT_DUE: "it was a surplus; it is not due back any more",
}
"""The sentence about each effect."""


def _build_reversal_view(reversed_payment: reversals.RecordedReversal) -> dict[str, Any]:
    return {
        "follows": reversed_payment.consequence.value,
        "reference": reversed_payment.payment.reference,
        "amount": reversed_payment.payment.amount,
        "at": reversed_payment.reversal.at.isoformat(),
        "reason": reversed_payment.reversal.reason,
        "bill": request_view.build_bill_view(reversed_payment.bill),
        "other_bills": [request_view.build_bill_view(one.bill) for one in reversed_payment.of_other_parts],
    }
