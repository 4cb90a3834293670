"""`pishkhan payment`: money that came in by a bank slip, and money that goes back."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.requests import request_view
from app.cli.session import CommandSession, acting, in_session
from domain.actions.bills.pay import Settled
from domain.actions.bills.pay import record as keep
from domain.actions.bills.refunds import refund as give_back
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.messages.notify import announce
from domain.bills.bill import Bill, PaymentMethod, Refund
from domain.blocks.charging import SUBJECT
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.errors import Forbidden


def record(
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    payment_id: Annotated[str, typer.Argument(help="Payment id (شناسه پرداخت).")],
    amount: Annotated[int, typer.Argument(help="Amount in rials.")],
    reference: Annotated[str, typer.Option(help="The bank's own number of the payment, which is recorded once.")],
    username: As,
    surplus: Annotated[bool, typer.Option(help="The bill is closed, and the money came all the same.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Record a bank slip: it settles its bill, or, where you say so, is kept as surplus and due back."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            if Role.REVENUE not in actor.role_names:
                raise Forbidden("payment")
            ids = (bill_id, payment_id)
            slip = (amount, PaymentMethod.SLIP, reference)
            settled = await keep(session.desk, uow, ids, *slip, actor, surplus=surplus)
            if settled.outcome:
                await announce(session.desk, uow, settled.outcome, actor)
            return _view(settled)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['outcome']}: bill {shown['bill']['bill_id']} is {shown['bill']['state']}")


def refund(
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    iban: Annotated[str, typer.Option(help="The citizen's IBAN (شبا).")],
    reference: Annotated[str, typer.Option(help="The bank's own number of the transfer, recorded once.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Record that all that is due back on a bill was transferred; the citizen is told by SMS."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            done = await give_back(session.desk, uow, bill_id, iban, reference, actor)
        facts = {"amount": done.payment.amount, "reference": done.payment.reference, "iban": done.iban}
        return facts | {"at": done.payment.at.isoformat(), "bill": request_view.bill_view(done.bill)}

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['amount']} rials went back: bill {shown['bill']['bill_id']} is {shown['bill']['state']}")


def refunds(
    limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 100,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List what is still due back."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [await _due(session, uow, *one) for one in await uow.bills.refunds_due(limit)]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("bill_id", "amount", "reason", "since", "what", "code", "mobile"))


async def _due(session: CommandSession, uow: UnitOfWork, due: Refund, bill: Bill) -> dict[str, Any]:
    subject = SUBJECTS[bill.subject_kind]
    request = await uow.requests.get(bill.subject_id) if bill.subject_kind == SUBJECT else None
    return {
        "bill_id": bill.bill_id,
        "amount": due.amount,
        "reason": due.reason,
        "since": due.created_at.isoformat(),
        "what": await subject.title(session.desk, uow, bill),
        "code": request.code if request else None,
        "mobile": await subject.mobile(uow, bill),
    }


def _view(settled: Settled) -> dict[str, Any]:
    return {
        "outcome": settled.payment.outcome.value,
        "reference": settled.payment.reference,
        "amount": settled.payment.amount,
        "at": settled.payment.at.isoformat(),
        "bill": request_view.bill_view(settled.bill),
    }
