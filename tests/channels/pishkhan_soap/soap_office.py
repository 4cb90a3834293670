"""The real channel over a real store, in this process: two offices, and a client of raw bytes to each server."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from app.security.forwarding import Networks
from app.security.proxies import see_through_proxies
from app.security.vault import FernetVault
from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PishkhanSoap
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.papers.ports import Printer
from domain.services import SERVICES
from domain.values.actors import SYSTEM
from printing.printer import PaperPrinter
from store.unit_of_work import SqlStore
from tests.channels.pishkhan_soap.envelopes import MACHINERY, SOAP_11, Signer, body
from tests.channels.pishkhan_soap.raw_client import Answer, RawClient
from tests.support.municipality import Municipality, StandingClock, build_desk
from tests.support.printed_papers import ADDRESS, letterhead
from tests.support.scenarios import taxi_registries

KEY, OTHER_KEY = "k" * 20, "m" * 20
SKEW = timedelta(minutes=5)
VAULT = FernetVault("a secret of the tests")


@dataclass(slots=True)
class Office:
    """Office of a test: the municipality, the wire to it, and the two offices' signers."""

    town: Municipality
    wire: RawClient
    signer: Signer
    other: Signer

    async def call(
        self, operation: str, values: Mapping[str, Any] | None = None, version: str = SOAP_11, **head: str
    ) -> Answer:
        """Make a signed call."""
        return await self.wire.post(self.signer.signed(body(operation, values, **head), version))

    async def calls_as_other(self, operation: str, values: Mapping[str, Any] | None = None) -> Answer:
        """Make a call of the other office."""
        return await self.wire.post(self.other.signed(body(operation, values, office="1002")))

    async def submitted(self) -> str:
        """Submit a request; return its tracking code."""
        return (await self.call("SubmitMachineryRequest", MACHINERY)).text("trackingCode")

    def audited(self, what: str = "counter_refused") -> list[tuple[Any, ...]]:
        """Return what was recorded: (actor, detail)."""
        return self.town.rows("SELECT actor, detail FROM audit WHERE what = ? ORDER BY id", what)

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self.town.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - a name from a test


@asynccontextmanager
async def serve_soap(
    town: Municipality,
    trusted: Networks = (),
    printer: Printer | None = None,
    call_rate: CallRate | None = None,
    **limits: Any,
) -> AsyncIterator[RawClient]:
    """Serve the channel over a municipality's store; any number of servers can share a database."""
    desk = town.desk
    contract = Contract(tuple(desk.services.values()), desk.catalogue)
    app = web.Application(middlewares=[see_through_proxies(trusted)] if trusted else [])
    paper_printer = printer or PaperPrinter(letterhead, ADDRESS)
    counter = CallHandler(desk, town.store, VAULT, paper_printer, SKEW, call_rate or CallRate(1_000_000))
    PishkhanSoap(counter, contract, "http://desk.example", **limits).mount(app)
    runner = web.AppRunner(app, access_log=None, lingering_time=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield RawClient(runner.addresses[0][1])
    finally:
        await runner.cleanup()
        await paper_printer.close()


@asynccontextmanager
async def open_town(url: str, clock: StandingClock) -> AsyncIterator[Municipality]:
    """Open a municipality with every service over a migrated database, as one process has it."""
    store = await SqlStore.connect(url)
    try:
        yield Municipality(build_desk(clock, services=SERVICES), store, clock, Path(url.removeprefix("sqlite:///")))
    finally:
        await store.close()


async def furnish_counters(
    town: Municipality, codes: Sequence[tuple[str, str]] = (("1001", KEY), ("1002", OTHER_KEY))
) -> None:
    """Put machines, prices, taxis and two offices."""
    await town.furnish()
    await taxi_registries.furnish(town)
    async with town.store.open_unit() as uow:
        for code, key in codes:
            await accounts.add_office(ActorContext(town.desk, uow, SYSTEM), VAULT, code, f"دفتر {code}", key=key)


def office_at(town: Municipality, wire: RawClient) -> Office:
    """Return what a test works with."""
    return Office(town, wire, Signer("office-1001", KEY, town.clock), Signer("office-1002", OTHER_KEY, town.clock))
