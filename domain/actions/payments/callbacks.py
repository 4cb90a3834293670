"""Callbacks by the payer's browser: stored unchanged, in the transaction that applies it, whatever it is.

It decides nothing. One that matches what was stored makes the bank be asked (`advance.py`).
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import gateway_actor, store_change
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.attempt_callbacks import CALLBACK_WITHOUT_TOKEN
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.callback_record import LONGEST_PAYLOAD, CallbackRecord
from domain.gateways.callback_tokens import CALLBACK_TOKEN_PARAMETER
from domain.gateways.card_numbers import hide_card_numbers
from domain.gateways.gateway import GatewayCallback, PaymentGateway
from domain.gateways.ports import PaymentAttemptRepository
from domain.repositories import LineRepositories, Transaction
from domain.unit_of_work import Store
from domain.values.errors import InvalidField, MissingField

log = logging.getLogger(__name__)

LONGEST_NAME = 100
"""Characters of what a bank calls a session, a sale or a result; none of the published ones comes near."""

HIGHEST_ORDER_NUMBER = 2**63 - 1

LONGEST_ADDRESS = 64

IDLE_WINDOW = timedelta(hours=1)
MOST_IDLE_KEPT = 100
"""Callbacks without new content stored per address and window, so that nobody can fill the disk."""

MOST_REPETITIONS_KEPT = 200
"""Entries of an attempt's history after which a callback that changes nothing is no further one."""


async def receive_callback(
    dependencies: Dependencies,
    store: Store,
    gateway: PaymentGateway,
    method: str,
    values: Mapping[str, str],
    source_address: str,
) -> PaymentAttempt | None:
    """Store what came to a gateway's callback address and apply it; return its attempt with its new state.

    None: it cannot be read, names nothing of ours, or does not bear the attempt's secret. The bank is asked by the job
    that this wakes, never here.
    """
    callback = _read_callback(gateway, values)
    async with store.open_unit() as uow:
        attempt, event = None, "unreadable"
        context = ActionContext(dependencies, uow)
        if callback is not None:
            attempt, event = await _apply_callback(context, gateway, callback, method)
        is_proven = attempt is not None and event != CALLBACK_WITHOUT_TOKEN
        is_news = is_proven and attempt is not None and attempt.revision < MOST_REPETITIONS_KEPT
        if is_news or await _may_keep(context, source_address):
            callback_record = CallbackRecord(
                id=dependencies.ids.new_id(),
                gateway=gateway.name,
                attempt_id=attempt.id if attempt else None,
                method=method,
                payload=_mask_payload(values),
                source_address=source_address[:LONGEST_ADDRESS],
                at=dependencies.clock.now(),
                event=event,
            )
            await uow.payment_attempts.add_callback(callback_record)
    return attempt if is_proven else None


def _read_callback(gateway: PaymentGateway, values: Mapping[str, str]) -> GatewayCallback | None:
    """Return what the gateway reads; None where that is no callback, or could not even be looked for."""
    try:
        callback = gateway.read_callback(values)
    except (MissingField, InvalidField):
        return None
    except Exception:  # whatever is wrong with a gateway, what came is stored
        log.exception("a callback of %s could not be read", gateway.name)
        return None
    callback = replace(callback, token=values.get(CALLBACK_TOKEN_PARAMETER))
    texts = (callback.reference, callback.sale_number, callback.code)
    can_be_kept = all(text is None or (text.isprintable() and len(text) <= LONGEST_NAME) for text in texts)
    is_order_number = callback.order_number is None or 0 < callback.order_number <= HIGHEST_ORDER_NUMBER
    return callback if can_be_kept and is_order_number else None


async def _apply_callback(
    context: ActionContext, gateway: PaymentGateway, callback: GatewayCallback, method: str
) -> tuple[PaymentAttempt | None, str]:
    """Return the attempt that it names, with its new state, and what became of it; None where it names none."""
    if callback.sale_number is not None:
        await serialise_sale(context.uow, gateway.name, callback.sale_number)
    attempt = await _find_attempt(context.uow.payment_attempts, gateway.name, callback)
    if attempt is None:
        return None, "not_ours"
    machine = AttemptMachine(gateway.capabilities)
    if await is_foreign_sale(context.uow.payment_attempts, attempt, callback.sale_number):
        change = machine.reject_callback(attempt, callback)
    else:
        change = machine.apply_callback(attempt, callback, context.dependencies.clock.now())
    is_idle = change.event == CALLBACK_WITHOUT_TOKEN or attempt.revision >= MOST_REPETITIONS_KEPT
    if change.attempt == attempt and is_idle:
        return attempt, change.event
    actor = gateway_actor(gateway.name)
    return await store_change(context.acting_as(actor), change, _describe(callback, method)), change.event


async def serialise_sale(uow: Transaction, gateway: str, sale_number: str) -> None:
    """Hold a sale's number to the end of the unit, before any attempt is locked: two attempts cannot both take it."""
    await uow.serialise(f"sale:{gateway}:{sale_number}")


async def is_foreign_sale(
    payment_attempts: PaymentAttemptRepository, attempt: PaymentAttempt, sale_number: str | None
) -> bool:
    """Tell whether a sale is known as another attempt's: one receipt pays once."""
    if sale_number is None:
        return False
    known_attempt = await payment_attempts.find_by_sale(attempt.gateway, sale_number)
    return known_attempt is not None and known_attempt.id != attempt.id


async def _find_attempt(
    payment_attempts: PaymentAttemptRepository, gateway: str, callback: GatewayCallback
) -> PaymentAttempt | None:
    if callback.order_number is not None:
        return await payment_attempts.find_by_order(gateway, callback.order_number, lock=True)
    if callback.reference is not None:
        return await payment_attempts.find_by_reference(gateway, callback.reference, lock=True)
    return None


async def _may_keep(context: ActionContext[LineRepositories], source_address: str) -> bool:
    hit_key = f"callback:{source_address[:LONGEST_ADDRESS]}"
    return await context.uow.lines.add_hit(hit_key, context.dependencies.clock.now(), IDLE_WINDOW) <= MOST_IDLE_KEPT


def _describe(callback: GatewayCallback, method: str) -> dict[str, str | int]:
    """Return what it brought, for the attempt's history."""
    brought_values = {
        "method": method,
        "brought_code": callback.code,
        "brought_order": callback.order_number,
        "brought_reference": callback.reference,
        "brought_sale": callback.sale_number,
        "reason": callback.reason.value if callback.reason else None,
    }
    return {name: value for name, value in brought_values.items() if value is not None}


def _mask_payload(values: Mapping[str, str]) -> str:
    """Return names and values url-encoded, without card numbers and the attempt's secret, cut to the stored length."""
    brought_values = {**values, **({CALLBACK_TOKEN_PARAMETER: "***"} if CALLBACK_TOKEN_PARAMETER in values else {})}
    masked = [(hide_card_numbers(name), hide_card_numbers(value)) for name, value in brought_values.items()]
    return urlencode(masked, errors="backslashreplace")[:LONGEST_PAYLOAD]
