"""The bank gateways in use, open for one command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.cli.session import CommandSession
from app.wiring import build_gateways
from domain.actions.payments.card_refunds import list_refunding_gateways
from domain.actions.payments.gateway_worker import GatewaysByName


@asynccontextmanager
async def open_gateways(session: CommandSession) -> AsyncIterator[GatewaysByName]:
    """Build the gateways, let the command's dependencies know which of them send money back to cards, close them."""
    gateways = build_gateways(session.settings)
    session.dependencies.card_refund_gateways = list_refunding_gateways(gateways)
    try:
        yield gateways
    finally:
        await asyncio.gather(*(gateway.close() for gateway in gateways.values()))
