"""`pishkhan payment reverse` and `approve-refund`: what was recorded wrongly, and a second person's word."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.requests import request_view
from app.cli.session import CommandSession, acting, in_session
from domain.actions.bills import refunds, reversals
from domain.actions.messages.notify import announce
from domain.values.errors import Forbidden

BillId = Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")]


def reverse(
    bill_id: BillId,
    reference: Annotated[str, typer.Option(help="The number under which the payment was recorded.")],
    reason: Annotated[str, typer.Option(help="Why it was wrong, in a few words; it is kept.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Reverse a payment that was recorded wrongly, while nothing was paid out; its number may be recorded anew."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            if not reversals.REVENUE & actor.role_names:
                raise Forbidden("payment")
            payment = await reversals.payment_named(uow, bill_id, reference)
            done = await reversals.reverse(session.desk, uow, bill_id, payment.id, reason, actor)
            if done.outcome:
                await announce(session.desk, uow, done.outcome, actor)
            return _view(done)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['amount']} rials were reversed: bill {shown['bill']['bill_id']} is {shown['bill']['state']}")
        say(FOLLOWS[reversals.Follows(shown["follows"])])


def approve_refund(
    bill_id: BillId,
    iban: Annotated[str, typer.Option(help="The IBAN (شبا) to which it is to go.")],
    amount: Annotated[int, typer.Option(help="Rials that are due back, as you see them.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Agree, as a second person, that what is due back on a bill is transferred: for revenue or the manager."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return request_view.bill_view(await refunds.approve(session.desk, uow, bill_id, iban, actor, amount))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json({"amount": amount, "bill": shown})
    else:
        say(f"{amount} rials of bill {shown['bill_id']} may be transferred")


FOLLOWS = {
    reversals.Follows.WAITING: "the request waits for its payment again",
    reversals.Follows.OWED: "it is owed again; what goes on in the meantime is not paid",
    reversals.Follows.ENDED: "what it was for was given up; nothing is owed, and nothing is due back",
    reversals.Follows.NOT_DUE: "it was a surplus; it is not due back any more",
}
"""What is said of each thing that may follow."""


def _view(done: reversals.Reversed) -> dict[str, Any]:
    return {
        "follows": done.follows.value,
        "reference": done.payment.reference,
        "amount": done.payment.amount,
        "at": done.reversal.at.isoformat(),
        "reason": done.reversal.reason,
        "bill": request_view.bill_view(done.bill),
    }
