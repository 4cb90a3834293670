"""`pishkhan payment record`: money that came in by a bank slip."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.printed_results import print_result
from app.cli.requests import request_view
from app.cli.session import CommandSession, resolve_actor
from domain.actions.bills.pay_by_ids import RecordedReceipt, announce_receipt, record_payment_by_ids
from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import PaymentMethod


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
            context = ActorContext(session.dependencies, uow, actor)
            recorded = await record_payment_by_ids(context, bill_ids, *slip_facts, surplus=surplus)
            await announce_receipt(context, recorded)
            return build_payment_view(recorded)

    print_result(
        config,
        run_command,
        lambda result: f"{result['outcome']}: bill {result['bill']['bill_id']} is {result['bill']['state']}",
        as_json=as_json,
    )


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
