"""A payer leaves for the bank: bills are held and a session is opened; only what was stored sends a browser away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.actions.bills.subjects import SUBJECTS, lock_bills
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import PaymentRepositories, add_attempt_event, gateway_actor, store_change
from domain.actions.payments.links import find_link, find_payer_mobile
from domain.actions.payments.order_numbers import draw_order_number
from domain.bills.bill import Bill, BillState
from domain.bills.ports import BillRepository
from domain.gateways.attempt import AttemptChange, AttemptState, BillShare, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.callback_tokens import add_callback_token, compute_token_digest
from domain.gateways.gateway import DeclineReason, PaymentGateway, PaymentOrder, PaymentPage, StartRefusal
from domain.gateways.pauses import START_GRACE
from domain.gateways.ports import PaymentAttemptRepository
from domain.repositories import RequestRepositories
from domain.unit_of_work import Store
from domain.values.errors import AlreadyPaid, BillExpired, NotAllowedNow, PaymentUnknown, TooManyRequests, Unavailable
from domain.values.reasons import TooManyRequestsReason

REPEATED_REFERENCE = "repeated_reference"
"""Stored instead of a code where a bank gave a session the reference of an earlier one."""

MOST_OPEN_ATTEMPTS = 10
"""Attempts at one bill that may be open at a time: a payer begins anew, and nobody opens sessions without end."""

STARTS_WINDOW = timedelta(days=1)
MOST_STARTS = 12
MOST_HELD = timedelta(hours=4)
"""In a window a bill is held by so many attempts that come to nothing, and so long in all, at most: meanwhile it can
neither be cancelled nor expire. Whoever pays by its ids is held up by none of this.
"""


async def begin_payment(
    dependencies: Dependencies,
    store: Store,
    gateway: PaymentGateway,
    token: str,
    channel: str,
    callback_url: str,
    payer_chat: str | None = None,
) -> tuple[PaymentAttempt, PaymentPage]:
    """Open a session at a gateway for all bills of a link that are still open; the browser may then leave, or the payer
    pay in the chat `payer_chat` of a messenger.

    Where the gateway may bring it back, `callback_url` gets a secret of this attempt (`callback_tokens.py`).
    A payer may begin anew while an earlier session is open: he closed the bank's page. Should both be paid, the second
    one is surplus and goes back. Errors: `NotFound("payment_link")`, `AlreadyPaid`, `BillExpired`, `NotAllowedNow`
    where nothing is to be paid, or not by this gateway (`amount`), `PaymentUnknown` while an earlier attempt is said to
    be paid, `TooManyRequests` while too many are open, and `Unavailable("gateway")` when the bank opens no session;
    `decline` is then what that means.
    """
    async with store.open_unit() as uow:
        attempt, order = await _create_attempt(ActionContext(dependencies, uow), gateway, token, channel, callback_url)
    result = await gateway.start(replace(order, payer_chat=payer_chat))
    async with store.open_unit() as uow:
        attempt = await _store_start(ActionContext(dependencies, uow), gateway, attempt.id, result)
    if isinstance(result, PaymentPage) and attempt.state is AttemptState.SENT:
        return attempt, result
    reason = result.reason if isinstance(result, StartRefusal) else DeclineReason.BANK
    raise Unavailable("gateway", decline=reason.value)


async def _create_attempt(
    context: ActionContext[PaymentRepositories], gateway: PaymentGateway, token: str, channel: str, callback_url: str
) -> tuple[PaymentAttempt, PaymentOrder]:
    payment_link = await find_link(context.uow.payment_links, token)
    bills = _select_open(await lock_bills(context.uow, payment_link.bill_row_ids))
    now, amount = context.dependencies.clock.now(), sum(bill.amount for bill in bills)
    await _refuse_crowded(context.uow.payment_attempts, bills, now)
    callback_token = _draw_callback_token(context.dependencies, gateway, callback_url)
    if amount < gateway.capabilities.lowest_amount:
        raise NotAllowedNow("amount")
    attempt = PaymentAttempt(
        id=context.dependencies.ids.new_id(),
        gateway=gateway.name,
        order_number=await draw_order_number(context, gateway.name, now),
        shares=tuple(BillShare(bill.id, bill.amount) for bill in bills),
        state=AttemptState.CREATED,
        channel=channel,
        created_at=now,
        session_ends_at=now + gateway.capabilities.session_lasts,
        payer_mobile=await find_payer_mobile(context.uow, bills),
        next_step_at=now + START_GRACE,
        callback_digest=compute_token_digest(callback_token) if callback_token else None,
    )
    await context.uow.payment_attempts.add(attempt)
    await add_attempt_event(context.acting_as(gateway_actor(gateway.name)), AttemptChange(attempt, "created"))
    await _mark_paying(context.uow.bills, bills)
    own_address = add_callback_token(callback_url, callback_token) if callback_token else callback_url
    return attempt, await _build_order(context, attempt, bills, own_address)


async def _mark_paying(bill_repository: BillRepository, bills: Sequence[Bill]) -> None:
    for bill in bills:
        if bill.state is BillState.OPEN:
            bill.state = BillState.PAYING
            await bill_repository.save(bill)


def _draw_callback_token(dependencies: Dependencies, gateway: PaymentGateway, callback_url: str) -> str | None:
    """Return the attempt's secret; None where its payer comes back by no address, in a chat, or by a registered one."""
    return dependencies.ids.new_token() if callback_url and gateway.capabilities.callback_carries_token else None


def _select_open(bills: Sequence[Bill]) -> list[Bill]:
    """Return the bills that can be paid, or say why there are none."""
    open_bills = [bill for bill in bills if bill.state.is_payable]
    if open_bills:
        return open_bills
    states = {bill.state for bill in bills}
    if BillState.PAID in states:
        raise AlreadyPaid("bill_id")
    raise BillExpired("bill_id") if BillState.EXPIRED in states else NotAllowedNow("bill_id")


async def _refuse_crowded(payment_attempts: PaymentAttemptRepository, bills: Sequence[Bill], now: datetime) -> None:
    """Refuse to have a bill paid anew of which a payer, or the bank, says that it was just paid, or that was begun too
    often, or held for too long by what came to nothing.
    """
    for bill in bills:
        attempts = await payment_attempts.list_of_bill(bill.id)
        if any(attempt.state.is_claimed_paid for attempt in attempts):
            raise PaymentUnknown("bill_id")
        if sum(attempt.state.is_open for attempt in attempts) >= MOST_OPEN_ATTEMPTS:
            raise TooManyRequests("bill_id")
        idle = [attempt for attempt in attempts if _is_idle_start(attempt) and attempt.created_at > now - STARTS_WINDOW]
        if len(idle) >= MOST_STARTS or _sum_held(idle, now) >= MOST_HELD:
            until = idle[0].created_at + STARTS_WINDOW
            raise TooManyRequests("bill_id", TooManyRequestsReason.PAYMENT_STARTS, until=until)


def _is_idle_start(attempt: PaymentAttempt) -> bool:
    """Return whether an attempt has come to nothing so far: nobody says that anything was paid by it."""
    return attempt.state in {AttemptState.CREATED, AttemptState.SENT, AttemptState.DECLINED, AttemptState.FAILED}


def _sum_held(attempts: Sequence[PaymentAttempt], now: datetime) -> timedelta:
    """Return for how long a bill was held by attempts, oldest first; what overlaps counts once."""
    held, free_from = timedelta(0), attempts[0].created_at if attempts else now
    for attempt in attempts:
        end = min(attempt.finished_at or now, now)
        held += max(end - max(attempt.created_at, free_from), timedelta(0))
        free_from = max(free_from, end)
    return held


async def _build_order(
    context: ActionContext[RequestRepositories], attempt: PaymentAttempt, bills: Sequence[Bill], callback_url: str
) -> PaymentOrder:
    titles = [await SUBJECTS[bill.subject_kind].render_title(context, bill) for bill in bills]
    return PaymentOrder(
        order_number=attempt.order_number,
        amount=attempt.amount,
        callback_url=callback_url,
        started_at=attempt.created_at,
        description="، ".join(dict.fromkeys(titles)),
        payer_mobile=attempt.payer_mobile,
    )


async def _store_start(
    context: ActionContext, gateway: PaymentGateway, attempt_id: int, result: PaymentPage | StartRefusal
) -> PaymentAttempt:
    """Store what the bank said, on the current state of the attempt: it may have expired meanwhile."""
    attempt, now = await context.uow.payment_attempts.get(attempt_id, lock=True), context.dependencies.clock.now()
    if isinstance(result, PaymentPage) and await context.uow.payment_attempts.find_by_reference(
        gateway.name, result.reference
    ):
        result = StartRefusal(REPEATED_REFERENCE, DeclineReason.BANK)
    change = AttemptMachine(gateway.capabilities).apply_start(attempt, result, now)
    details = {"reference": result.reference} if isinstance(result, PaymentPage) else {"reason": result.reason.value}
    return await store_change(context.acting_as(gateway_actor(gateway.name)), change, details)
