"""A messenger asks whether a payment may be taken: decided by what is stored, and a yes is stored before it is said.

An allowed payment counts as a callback that claims to be paid: from then on the messenger is asked by the sale's number
until it says what came of it, whether or not it brings anything further. What was refused is kept in the same way.
"""

from collections.abc import Mapping

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.callbacks import receive_callback
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.checkout import BOT_UPDATE, REFUSAL_FIELD, CheckoutRefusal
from domain.gateways.gateway import GatewayCallback, PaymentGateway
from domain.repositories import GatewayRepositories
from domain.unit_of_work import Store
from domain.values.errors import InvalidField, MissingField

_MAY_BE_PAID = frozenset({AttemptState.SENT, AttemptState.DECLINED})


async def decide_checkout(
    dependencies: Dependencies,
    store: Store,
    gateway: PaymentGateway,
    values: Mapping[str, str],
    source_address: str,
) -> CheckoutRefusal | None:
    """Return why a payment is refused; None allows it, which is durable then. The same question has the same answer
    while nothing came of it.
    """
    callback = _read_query(gateway, values)
    async with store.open_unit(write=False) as uow:
        refusal = await _find_refusal(ActionContext(dependencies, uow), gateway.name, callback)
    brought_values = values if refusal is None else {**values, REFUSAL_FIELD: refusal.value}
    attempt = await receive_callback(dependencies, store, gateway, BOT_UPDATE, brought_values, source_address)
    if refusal is None and not _is_claimed_by(attempt, callback):
        return CheckoutRefusal.CLAIMED  # another payment of the same invoice was allowed since it was looked at
    return refusal


def _read_query(gateway: PaymentGateway, values: Mapping[str, str]) -> GatewayCallback | None:
    try:
        return gateway.read_callback(values)
    except (MissingField, InvalidField):
        return None


def _is_claimed_by(attempt: PaymentAttempt | None, callback: GatewayCallback | None) -> bool:
    """Tell whether an attempt waits for what becomes of this very sale."""
    if attempt is None or callback is None:
        return False
    return attempt.state is AttemptState.RETURNED and attempt.sale_number == callback.sale_number


async def _find_refusal(
    context: ActionContext[GatewayRepositories], gateway_name: str, callback: GatewayCallback | None
) -> CheckoutRefusal | None:
    order_number = callback.order_number if callback else None
    attempt = await context.uow.payment_attempts.find_by_order(gateway_name, order_number) if order_number else None
    if attempt is None or callback is None:
        return CheckoutRefusal.FOREIGN
    if _is_claimed_by(attempt, callback):
        return None
    is_over = context.dependencies.clock.now() >= attempt.session_ends_at
    if attempt.state not in _MAY_BE_PAID or is_over:
        return _explain_state(attempt.state)
    if callback.amount != attempt.amount:
        return CheckoutRefusal.AMOUNT
    return await _find_refusal_of_bills(context.uow, attempt)


def _explain_state(state: AttemptState) -> CheckoutRefusal:
    """Return why an attempt takes no payment, by its state."""
    if state.is_claimed_paid:
        return CheckoutRefusal.CLAIMED
    return CheckoutRefusal.CLOSED if state is AttemptState.SETTLED else CheckoutRefusal.OVER


async def _find_refusal_of_bills(uow: GatewayRepositories, attempt: PaymentAttempt) -> CheckoutRefusal | None:
    """Return why the bills of an attempt cannot be paid now: closed, or claimed by a payment on any other way."""
    for share in attempt.shares:
        bill = await uow.bills.get(share.bill_row_id)
        if not bill.state.is_payable:
            return CheckoutRefusal.CLOSED
        others = await uow.payment_attempts.list_of_bill(share.bill_row_id)
        if any(other.state.is_claimed_paid for other in others):
            return CheckoutRefusal.CLAIMED
    return None
