"""Gateways offered to payers now, as all processes know it from the attempts that were stored."""

from collections.abc import Iterable, Mapping

from domain.actions.dependencies import Dependencies
from domain.gateways.gateway import PaymentGateway
from domain.gateways.health import FAILURES_BEFORE_REST, REMEMBERED_FOR, is_resting
from domain.gateways.ports import PaymentAttemptRepository
from domain.unit_of_work import Clock, Store


async def list_offered_gateways(
    dependencies: Dependencies, store: Store, gateways: Mapping[str, PaymentGateway], amount: int
) -> list[PaymentGateway]:
    """Return the gateways to which a browser may be sent now to pay so many rials, in order of preference."""
    async with store.open_unit(write=False) as uow:
        resting = await find_resting_gateways(uow.payment_attempts, gateways, dependencies.clock)
    return [
        gateway
        for name, gateway in gateways.items()
        if gateway.capabilities.opens_in_browser
        and amount >= gateway.capabilities.lowest_amount
        and name not in resting
    ]


async def find_resting_gateways(
    payment_attempts: PaymentAttemptRepository, gateways: Iterable[str], clock: Clock
) -> set[str]:
    """Return those gateways that opened none of the last sessions, and are not offered for a while."""
    now = clock.now()
    resting: set[str] = set()
    for name in gateways:
        results = await payment_attempts.list_session_results(name, now - REMEMBERED_FOR, FAILURES_BEFORE_REST)
        if is_resting(results, now):
            resting.add(name)
    return resting
