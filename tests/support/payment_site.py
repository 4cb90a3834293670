"""A site where bills are paid: the pages of paying over a real store, the sandbox, and the job that asks the banks."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from aiohttp import web

from app.ids import RandomIds
from channels.portal.payment_views import PageSymbols
from channels.portal.payments import PaymentPages
from channels.web import site as web_site
from domain.actions.context import ActionContext
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.advance import advance_due_attempts
from domain.bills.bill import Bill
from domain.blocks.charging import list_request_bills
from domain.engine.engine import Engine
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.gateway import PaymentGateway
from domain.language.wording import Wording
from domain.messages.carriers import ReceivedSms
from domain.messages.catalogue import Catalogue
from domain.requests.request import RequestFilter
from domain.services import services_by_key
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.calendar import WorkingCalendar
from payments.sandbox.bank import SandboxBank
from payments.sandbox.gateway import SandboxGateway
from payments.sandbox.pages import SandboxPages
from printing.symbols import render_barcode, render_qr_code
from tests.support.conversation_line import build_grammar
from tests.support.demo_site import CITIZENS, CONTACT, LINE, MORNING, ORDER, DemoSite, demo_site
from tests.support.scenarios.sample_files import UnchangedFiles

FONTS = Path(web_site.__file__).parent / "static"
"""Fonts of the bank's pages, too."""


class RunningClock:
    """A clock that runs as fast as the real one, from a morning on, and can be moved on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.moved_on = timedelta(0)

    def now(self) -> datetime:
        """Return the moment."""
        return MORNING + timedelta(seconds=time.monotonic() - self._began) + self.moved_on


@dataclass(slots=True)
class PaymentSite:
    """The application with what stands behind it."""

    app: web.Application
    """The municipality's site."""
    bank_app: web.Application
    """The sandbox bank's site."""
    bank: SandboxBank
    """The sandbox bank."""
    demo: DemoSite
    """Dependencies and store."""
    clock: RunningClock
    """Clock, of the bank too."""
    gateways: dict[str, PaymentGateway]
    """By name; tests may add some."""

    async def issue_bill(self, mobile: str = CITIZENS[0].mobile, day: str = "فردا") -> Bill:
        """Let a citizen ask for a machine, up to the bill; there is one machine a day."""
        message = ReceivedSms(token_hex(8), mobile, LINE, ORDER.replace("فردا", day))
        await receive_sms(self.demo.desk, self.demo.store, "simulator", message)
        async with self.demo.store.open_unit(write=False) as uow:
            request = (await uow.requests.list_requests(RequestFilter(mobile=mobile)))[0]
        await self.demo.act(request.code, "accept", Role.CIVIL)
        await self.demo.act(request.code, "price", Role.REVENUE)
        async with self.demo.store.open_unit(write=False) as uow:
            return (await list_request_bills(uow.bills, request))[-1]

    async def link_to(self, *bills: Bill) -> str:
        """Return the path under which bills are paid."""
        async with self.demo.store.open_unit() as uow:
            return f"/pay/{(await ensure_payment_link(ActionContext(self.demo.desk, uow), bills)).token}"

    async def list_attempts(self, bill: Bill) -> list[PaymentAttempt]:
        """Return the attempts at a bill, oldest first."""
        async with self.demo.store.open_unit(write=False) as uow:
            return await uow.payment_attempts.list_of_bill(bill.id)

    async def bill_state(self, bill: Bill) -> str:
        """Return how a bill stands."""
        async with self.demo.store.open_unit(write=False) as uow:
            return (await uow.bills.get(bill.id)).state.value

    async def ask_banks(self) -> int:
        """Run the job once."""
        return await advance_due_attempts(self.demo.desk, self.demo.store, self.gateways)


@asynccontextmanager
async def payment_site(
    database: Path, site_address: str, bank_address: str | None = None, *, asks_banks: bool = True
) -> AsyncIterator[PaymentSite]:
    """A site that is reached at an address; the bank's pages are on it, unless they have an address of their own."""
    clock, services = RunningClock(), services_by_key()
    engine = Engine(services, clock, RandomIds(), WorkingCalendar(), Policy(site_address=site_address))
    desk = Dependencies(
        engine, Wording(Catalogue.load(), services), build_grammar(services), UnchangedFiles(), LINK_FILLERS
    )
    async with demo_site(database, lambda _: desk) as demo:
        bank = SandboxBank(clock.now, lambda: token_hex(16))
        gateways: dict[str, PaymentGateway] = {"sandbox": SandboxGateway(bank, bank_address or site_address)}
        symbols = PageSymbols(render_barcode, render_qr_code)
        PaymentPages(desk, demo.store, gateways, site_address, symbols, CONTACT).mount(demo.app)
        bank_app = web.Application() if bank_address else demo.app
        if bank_address:
            bank_app.router.add_static("/static/web", FONTS)
        SandboxPages(bank, desk.catalogue).mount(bank_app)
        site = PaymentSite(demo.app, bank_app, bank, demo, clock, gateways)
        asking = asyncio.create_task(_ask_banks(desk, demo, gateways)) if asks_banks else None
        try:
            yield site
        finally:
            if asking:
                asking.cancel()
                await asyncio.wait([asking])


async def _ask_banks(desk: Dependencies, demo: DemoSite, gateways: Mapping[str, PaymentGateway]) -> None:
    while True:
        await advance_due_attempts(desk, demo.store, gateways)
        await asyncio.sleep(0.2)
