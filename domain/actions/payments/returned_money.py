"""Payers whose browser never came back: the bank gives back what it took, and nobody else would say so."""

from datetime import timedelta

from domain.actions.bills.subjects import render_purpose
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.messages.catalogue import RenderedMessage
from domain.unit_of_work import UnitOfWork
from domain.values.text import group_digits

_ONE_TEXT = timedelta(days=1)
"""Sessions that were left without a word are told of once in so long: some are only windows that somebody closed."""


async def tell_payer(dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Text the payer that an attempt came to nothing, and where the money is: back on the card, by the bank's word, or
    on its way there, if any was taken. Nothing where the bills of an attempt that was left are settled by now.
    """
    bill = await uow.bills.get(attempt.shares[0].bill_row_id)
    is_back = attempt.state is AttemptState.REVERSED
    if attempt.payer_mobile is None or not (is_back or bill.state.is_payable):
        return
    now = dependencies.clock.now()
    if not is_back and await uow.lines.add_hit(f"left:{bill.bill_id}", now, _ONE_TEXT) > 1:
        return

    async def render_message() -> RenderedMessage:
        facts = {
            "amount": group_digits(attempt.amount),
            "service": await render_purpose(dependencies, uow, bill),
        }
        text_key = "sms.payment_returned" if is_back else "sms.payment_left"
        return dependencies.catalogue.render_message(text_key, facts)

    await notify_line(dependencies, uow, attempt.payer_mobile, render_message)
