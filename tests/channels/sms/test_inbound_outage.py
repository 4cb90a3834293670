"""The webhook while the database is away: the panel is told to come again, and the text is taken when it does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.sms.inbound import SmsChannel
from channels.sms.providers.simulator import Simulator
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Unavailable
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.municipality import CITIZEN, StandingClock, build_desk

SECRET = "secret-of-the-panel"
TEXT = {"from": CITIZEN, "to": "3000", "message": "راهنما", "messageid": "77"}


class Gone:
    """A store whose database answers only while `away` is False."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = True

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit, or tell that the database does not answer."""
        if self.away:
            raise Unavailable("database")
        async with self._store.open_unit(write=write) as uow:
            yield uow


async def test_a_text_is_asked_for_again_and_then_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/outage.db"
    await migrate(url)
    store = await SqlStore.connect(url)
    gone, app = Gone(store), web.Application()
    SmsChannel(build_desk(StandingClock()), gone, {"simulator": Simulator(webhook_secret=SECRET)}).mount(app)
    async with TestClient(TestServer(app)) as client:
        refused = await client.get(f"/sms/simulator/{SECRET}/inbound", params=TEXT)
        assert (refused.status, (await refused.json())["error"]["code"]) == (503, "unavailable")
        receipt = {"messageid": "1", "status": "10"}
        assert (await client.get(f"/sms/simulator/{SECRET}/delivery", params=receipt)).status == 503
        gone.away = False
        assert (await client.get(f"/sms/simulator/{SECRET}/inbound", params=TEXT)).status == 200
    async with store.open_unit(write=False) as uow:
        [kept] = await uow.inbox.list_last_from("sms", CITIZEN, 9)
        assert (kept.text, kept.provider_id, kept.intent) == ("راهنما", "77", "help")
    await store.close()
