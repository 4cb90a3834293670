"""`pishkhan payment`: money that came in by a bank slip."""

from typing import Annotated, Any

import typer

from app.cli import request_view
from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.session import Session, acting, in_session
from domain.actions.notify import announce
from domain.actions.pay import Settled
from domain.actions.pay import record as keep
from domain.bills import PaymentMethod
from domain.errors import Forbidden
from domain.people import Role


def record(
    bill_id: Annotated[str, typer.Argument(help="Bill id (شناسه قبض).")],
    payment_id: Annotated[str, typer.Argument(help="Payment id (شناسه پرداخت).")],
    amount: Annotated[int, typer.Argument(help="Amount in rials.")],
    reference: Annotated[
        str, typer.Option(help="The bank's own number of the payment; the same one is recorded once.")
    ],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Record a bank slip: it settles its bill, or is kept as surplus and due back."""

    async def work(session: Session) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(uow, username)
            if Role.REVENUE not in actor.role_names:
                raise Forbidden("payment")
            ids = (bill_id, payment_id)
            settled = await keep(session.desk, uow, ids, amount, PaymentMethod.SLIP, reference, actor)
            if settled.outcome:
                await announce(session.desk, uow, settled.outcome, actor)
            return _view(settled)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['outcome']}: bill {shown['bill']['bill_id']} is {shown['bill']['state']}")


def _view(settled: Settled) -> dict[str, Any]:
    return {
        "outcome": settled.payment.outcome.value,
        "reference": settled.payment.reference,
        "amount": settled.payment.amount,
        "at": settled.payment.at.isoformat(),
        "bill": request_view.bill_view(settled.bill),
    }
