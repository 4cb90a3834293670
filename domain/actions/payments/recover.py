"""Payers who never came back: banks that list what was paid and not verified are asked for that list. And attempts at
gateways that are in use no more, whose bills wait for nobody.
"""

import logging
from datetime import timedelta

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import gateway_actor, store_change
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import PaymentGateway, UnverifiedSale
from domain.repositories import LedgerRepositories
from domain.settlement.differences import DifferenceKind, PaymentDifference
from domain.unit_of_work import Store
from domain.values.calendar import to_tehran

log = logging.getLogger(__name__)

LISTING_IGNORED = "listing_ignored"

STRANDED_AFTER = timedelta(minutes=10)
"""Time that an attempt may be overdue before it counts as stranded."""


async def recover_unverified(dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> int:
    """Take up every sale that a bank lists as paid and not verified; return how many were new.

    They are verified by the job that advances attempts. What the list names and nobody here knows is a difference
    (`unknown_sale`), and a line in the log once: it may be money that came by our terminal for somebody else's order.
    """
    taken_count = 0
    for gateway in gateways.values():
        if gateway.capabilities.lists_unverified:
            for sale in await gateway.list_unverified():
                taken_count += await _take_up(dependencies, store, gateway, sale)
    return taken_count


async def _take_up(dependencies: Dependencies, store: Store, gateway: PaymentGateway, sale: UnverifiedSale) -> bool:
    async with store.open_unit() as uow:
        attempt = await uow.payment_attempts.find_by_reference(gateway.name, sale.reference, lock=True)
        if attempt is None:
            await _note_unknown_sale(ActionContext(dependencies, uow), gateway.name, sale)
            return False
        change = AttemptMachine(gateway.capabilities).apply_listed(attempt, dependencies.clock.now())
        if change.event == LISTING_IGNORED:
            return False
        await store_change(ActorContext(dependencies, uow, gateway_actor(gateway.name)), change)
        return True


async def _note_unknown_sale(
    context: ActionContext[LedgerRepositories], gateway_name: str, sale: UnverifiedSale
) -> None:
    now = context.dependencies.clock.now()
    difference = PaymentDifference(
        key=f"{DifferenceKind.UNKNOWN_SALE}:{gateway_name}:{sale.reference}",
        kind=DifferenceKind.UNKNOWN_SALE,
        source=gateway_name,
        day=to_tehran(now).date(),
        amount=sale.amount,
        facts={"reference": sale.reference},
        noted_at=now,
    )
    if await context.uow.payment_differences.add_new(difference):
        log.warning("%s lists a sale that nobody here knows: %s, %s rials", gateway_name, sale.reference, sale.amount)


async def log_stranded_attempts(dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> None:
    """Log the gateways that are in use no more and have attempts of which money may still come: nobody asks about
    these, and their bills are held until somebody does.
    """
    due_before = dependencies.clock.now() - STRANDED_AFTER
    async with store.open_unit(write=False) as uow:
        stranded_gateways = await uow.payment_attempts.list_due_gateways(due_before)
    for name in stranded_gateways:
        if name not in gateways:
            log.error("payments begun at %s wait: this gateway is in use no more", name)
