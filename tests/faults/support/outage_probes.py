"""Probes of an office during an outage: what `/readyz` says, how a text is answered, what the log told."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from tests.e2e.support.office import Office
from tests.support.patience import patient

ANSWER_SECONDS = 15.0
"""No answer takes longer, whatever the database does."""

PANEL_PATIENCE_SECONDS = 8.0
"""A panel waits no longer for the answer to a text."""

SHORT = {
    "PISHKHAN_DATABASE__CONNECT_TIMEOUT": "1",
    "PISHKHAN_DATABASE__WAIT_TIMEOUT": "1.5",
    "PISHKHAN_DATABASE__COMMAND_TIMEOUT": "1",
}
"""Limits that keep a test short."""


async def readiness(office: Office) -> tuple[int, dict[str, Any]]:
    """Answer of `/readyz`."""
    timeout = ClientTimeout(patient(ANSWER_SECONDS))
    async with ClientSession(timeout=timeout) as session, session.get(f"{office.url}/readyz") as answer:
        return answer.status, await answer.json()


async def assert_told(office: Office, cause: str) -> None:
    """`/readyz` says why it is not ready, and so does one line of the log."""
    status, told = await readiness(office)
    assert (status, told["status"], told["part"], told["cause"]) == (503, "unavailable", "database", cause)
    lines = [line for line in office.complained.splitlines() if f"the database cannot be used ({cause}): " in line]
    assert len(lines) == 1, office.complained


async def assert_refused(office: Office, mobile: str, text: str, messageid: int) -> float:
    """A text is answered 503; return in how many seconds."""
    began = time.monotonic()
    [(status, body)] = await office.webhooks.inbound(mobile, text, messageid=messageid)
    assert status == 503, body
    return time.monotonic() - began


async def wait_until(met: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(patient(seconds)):
        while not await met():  # noqa: ASYNC110 - another process is looked at
            await asyncio.sleep(0.1)
