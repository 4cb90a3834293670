"""Payers at the bank, their browsers on the way back, and whoever forges what a browser brings."""

from dataclasses import replace

from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import GatewayCallback, SaleState
from tests.simulation.payments.bank import BankSession
from tests.simulation.payments.options import Option
from tests.simulation.payments.starts import LATEST_OVERRUN, name_token
from tests.simulation.payments.world import FlyingCallback, World

_MAY_BE_PAID = frozenset({AttemptState.SENT, AttemptState.DECLINED})

FOREIGN_FORGERIES = ("another order", "another reference", "another case")
"""Callbacks that name something else than what was stored: nothing may come of them."""
CLAIMS = ("invented sale", "sale of somebody else", "decline")
"""Callbacks that name the right things and lie about the rest: the payer's own, or, where callback addresses bear no
secret, anybody's who listened or guessed.
"""
STRANGERS = ("a claim without a token", "a claim with another token", "a decline without a token")
"""The same by somebody who has not the secret of the attempt: nothing may come of them."""


def list_payer_options(world: World, options: list[Option]) -> None:
    """List what payers and their browsers can do next."""
    for index, process in enumerate(world.starts):
        session = world.bank.sessions.get(world.records.attempts[index].order_number) if process.has_left else None
        if session is not None and session.state is SaleState.UNPAID:
            _list_card_options(world, index, session, options)
    for number, flying in enumerate(world.callbacks):
        if flying.deliveries_left:
            options += [(deliver, number), (deliver, number)]


def _list_card_options(world: World, index: int, session: BankSession, options: list[Option]) -> None:
    if world.bank.may_pay(session):
        options += [(pay, index, "exactly"), (pay, index, "exactly")]
        if world.profile.capabilities.asks_before_payment and world.faults_left:
            options.append((give_up, index))
        if index not in world.declined:
            options.append((decline, index))
        if world.profile.says_amount:
            options.append((pay, index, "with a discount"))
            if world.faults_left:
                options.append((pay, index, "a wrong amount"))
    elif world.faults_left and world.now < session.payable_until + LATEST_OVERRUN:
        options.append((pay, index, "after the session"))


def pay(world: World, index: int, how: str) -> None:
    """Use a card that works."""
    session = world.bank.sessions[world.records.attempts[index].order_number]
    amount = session.order_amount - 30 * (how == "a wrong amount")
    if world.profile.capabilities.asks_before_payment and not allow_payment(world, index, session, amount):
        return
    if how in {"a wrong amount", "after the session"}:
        world.faults_left -= 1
    if how == "after the session":
        world.overran.add(index)
    world.bank.pay(session, amount=amount, charged=amount - 10 * (how == "with a discount"))
    _fly(world, index, session, is_paid=True)


def allow_payment(world: World, index: int, session: BankSession, amount: int) -> bool:
    """Answer a bank that asks before it takes the money, as `checkouts.py` does: a yes is stored first, as a claim."""
    attempt, records = world.records.attempts[index], world.records
    own_bills = {share.bill_row_id for share in attempt.shares}
    claimed_bills = {
        share.bill_row_id for one in records.attempts.values() if one.state.is_claimed_paid for share in one.shares
    }
    may_be_paid = attempt.state in _MAY_BE_PAID and world.now < attempt.session_ends_at
    is_payable = all(records.bills[bill].state.is_payable for bill in own_bills) and not own_bills & claimed_bills
    if not may_be_paid or not is_payable or amount != attempt.amount:
        return False
    claim = GatewayCallback(order_number=session.order_number, sale_number=session.number, is_paid=True, code="asked")
    receive_callback(world, claim)
    claimed = records.attempts[index]
    return claimed.state is AttemptState.RETURNED and claimed.sale_number == session.number


def give_up(world: World, index: int) -> None:
    """Be allowed to pay, and not pay: the yes came too late, or the wallet was empty."""
    world.faults_left -= 1
    session = world.bank.sessions[world.records.attempts[index].order_number]
    allow_payment(world, index, session, session.order_amount)


def decline(world: World, index: int) -> None:
    """Use a card that does not work, or close the page: the browser may come back with that, and pay later."""
    world.declined.add(index)
    _fly(world, index, world.bank.sessions[world.records.attempts[index].order_number], is_paid=False)


def _fly(world: World, index: int, session: BankSession, *, is_paid: bool) -> None:
    profile = world.profile
    callback = GatewayCallback(
        order_number=session.order_number if profile.callback_brings_order else None,
        reference=session.reference if profile.callback_brings_reference else None,
        sale_number=session.number if is_paid and profile.callback_brings_sale_number else None,
        is_paid=is_paid,
        code="0" if is_paid else "17",
        token=name_token(index),
    )
    world.callbacks.append(FlyingCallback(callback, index))


def deliver(world: World, number: int) -> None:
    """Let a browser come back with what the bank gave it."""
    flying = world.callbacks[number]
    flying.deliveries_left -= 1
    attempt = receive_callback(world, flying.callback)
    if attempt is not None and flying.callback.is_paid:
        world.told.add(attempt.id)


def receive_callback(world: World, callback: GatewayCallback) -> PaymentAttempt | None:
    """Take a callback as `callbacks.py` does; the attempt that it names, None: none of ours."""
    records = world.records
    attempt = _find_attempt(world, callback)
    if attempt is None:
        return None
    if callback.sale_number is not None and records.find_by_sale(attempt, callback.sale_number) is not None:
        change = world.machine.reject_callback(attempt, callback)
    else:
        change = world.machine.apply_callback(attempt, callback, world.now)
    records.store_change(change)
    return attempt


def _find_attempt(world: World, callback: GatewayCallback) -> PaymentAttempt | None:
    attempts = world.records.attempts.values()
    if callback.order_number is not None:
        return next((one for one in attempts if one.order_number == callback.order_number), None)
    found = [one for one in attempts if one.reference == callback.reference]
    if not found and not world.rules.compares_exactly:
        found = [one for one in attempts if one.reference and one.reference.lower() == str(callback.reference).lower()]
    return found[0] if found else None


# Forgers


def list_forgeries(world: World, options: list[Option]) -> None:
    """List what somebody can send to the callback's address."""
    if not world.forgeries_left:
        return
    for index, process in enumerate(world.starts):
        if process.has_left:
            options += [(forge, index, kind) for kind in (*FOREIGN_FORGERIES, *CLAIMS)]
            if world.profile.capabilities.callback_carries_token:
                options += [(forge, index, kind) for kind in STRANGERS]


def forge(world: World, index: int, kind: str) -> None:
    """Send a callback that is not the bank's."""
    world.forgeries_left -= 1
    session = world.bank.sessions[world.records.attempts[index].order_number]
    callback = _build_forgery(world, index, session, kind)
    if callback is None:
        return
    before = _describe_attempts(world)
    receive_callback(world, callback)
    if kind in CLAIMS or not world.rules.draws_tokens:
        world.tampered.add(index)
    elif _describe_attempts(world) != before:
        world.violations.append(f"a callback with {kind} moved an attempt")


def _build_forgery(world: World, index: int, session: BankSession, kind: str) -> GatewayCallback | None:
    """Return a callback that is not the bank's; who names something else has a right address, as payers do."""
    if kind not in STRANGERS:
        build = _build_claim if kind in CLAIMS else _build_foreign_callback
        callback = build(world, session, kind)
        return None if callback is None else replace(callback, token=name_token(index))
    claim = _build_claim(world, session, "decline" if kind == "a decline without a token" else "invented sale")
    token = "another" if kind == "a claim with another token" else None
    return None if claim is None else replace(claim, token=token)


def _describe_attempts(world: World) -> list[tuple[object, ...]]:
    return [(one.state, one.sale_number, one.next_step_at) for one in world.records.attempts.values()]


def _build_claim(world: World, session: BankSession, kind: str) -> GatewayCallback | None:
    profile, number = world.profile, f"X{session.order_number}"
    if kind == "sale of somebody else":
        others = [one.number for one in world.bank.sessions.values() if one is not session]
        if not others or not profile.callback_brings_sale_number:
            return None
        number = others[0]
    is_paid = kind != "decline"
    return GatewayCallback(
        order_number=session.order_number if profile.callback_brings_order else None,
        reference=session.reference if profile.callback_brings_reference else None,
        sale_number=number if is_paid and profile.callback_brings_sale_number else None,
        is_paid=is_paid,
        code="0" if is_paid else "17",
    )


def _build_foreign_callback(world: World, session: BankSession, kind: str) -> GatewayCallback | None:
    """Return one that names something else, where the bank's callbacks name such a thing."""
    profile = world.profile
    order = session.order_number if profile.callback_brings_order else None
    reference = session.reference if profile.callback_brings_reference else None
    if kind == "another order":
        others = [one.order_number for one in world.bank.sessions.values() if one is not session]
        if order is None or reference is None:
            return None
        order = others[0] if others else order + 100
    elif reference is None:
        return None
    else:
        reference = "elsewhere" if kind == "another reference" else reference.swapcase()
    number = session.number if profile.callback_brings_sale_number else None
    return GatewayCallback(order_number=order, reference=reference, sale_number=number, is_paid=True, code="0")
