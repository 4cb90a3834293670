"""The fake Kavenegar panel of the end-to-end tests, which also wakes whoever waits for a text."""

import asyncio
from collections.abc import Callable

from tests.fakes.kavenegar import FakeKavenegar, Sent
from tests.support.patience import patient

WAIT_SECONDS = 30.0
"""Time for a text before a test gives up: far more than it ever takes."""


class Panel(FakeKavenegar):
    """A panel on loopback whose texts can be waited for."""

    def __init__(self, *, api_key: str) -> None:
        super().__init__(api_key=api_key)
        self._accepted = asyncio.Event()

    def of(self, mobile: str) -> list[Sent]:
        """The texts taken for a mobile (09…), in order."""
        return [sent for sent in self.sent if sent.receptor == mobile]

    async def wait_until(self, arrived: Callable[[], bool], what: str) -> None:
        """Wait for a text that makes `arrived` true; an AssertionError says that `what` never came."""
        try:
            async with asyncio.timeout(patient(WAIT_SECONDS)):
                while not arrived():
                    await self._accepted.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come within {WAIT_SECONDS:.0f} s") from None

    def _accept(self, receptor: str, message: str, local_id: str, sender: str) -> Sent:
        sent = super()._accept(receptor, message, local_id, sender)
        self._accepted.set()
        self._accepted = asyncio.Event()
        return sent
