"""The web pages of the demonstration in this process: the real desk over a real SQLite store, and the simulator."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from app.ids import RandomIds
from app.waking import WakeEvents
from channels.admin.frame import HOME_PATH as STAFF
from channels.demo.chat import DemoChat
from channels.demo.messenger import DemoMessenger
from channels.demo.people import DemoPeople
from channels.demo.phone import PHONE_PATH, DemoPhone
from channels.portal import Portal
from channels.portal.installation import PortalInstallation, SecurityContact
from channels.relay.relay import Relay
from channels.sms.providers.simulator import Simulator
from channels.web.site import Site
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import act_on_request
from domain.engine.engine import Engine
from domain.fleet.resources import Resource, ResourceKind
from domain.language.service import Service
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.papers.document import Letterhead
from domain.papers.ports import Printer
from domain.people.person import Person
from domain.services import SERVICES, services_by_key
from domain.settings.contact import BotContact, Contact
from domain.settings.policy import Policy
from domain.tariffs.tariff import TariffRow
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.tracking_codes import parse_code
from printing.printer import PaperPrinter
from store.unit_of_work import SqlStore
from tests.support.conversation_line import build_grammar
from tests.support.scenarios.sample_files import UnchangedFiles

LINE = "30001405"
CONTACT = Contact(
    "017-34112233",
    "گمیشان، خیابان امام خمینی، ساختمان شهرداری",
    "شبانه‌روز",
    LINE,
    (BotContact("telegram", "gomishan_bot"), BotContact("bale", "gomishan_bot")),
)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""1405/09/03, 10:00 in Tehran."""

SITE_ADDRESS = "https://pishkhan.example"
"""Public address of the site, as its pages say."""

INSTALLATION = PortalInstallation(
    public_address=SITE_ADDRESS,
    contact=CONTACT,
    issuing_body=lambda: "شهرداری گمیشان",
    security_contact=SecurityContact(("mailto:security@pishkhan.example",), date(2027, 3, 20)),
    demo_phone_address=PHONE_PATH,
)

LETTERHEAD = Letterhead("شهرداری گمیشان", "گمیشان، خیابان امام خمینی", "017-34112233")

CITIZENS = (
    Person("+989121234567", "مریم آق‌آتابای", None, MORNING),
    Person("+989112223344", "یوسف گری", None, MORNING),
)
ORDER = "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک"


class StepClock:
    """A clock that goes on by a second whenever it is read, so that what happens later is later."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> datetime:
        """Return the next second."""
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(slots=True)
class DemoSite:
    """The application with what stands behind it."""

    app: web.Application
    desk: Dependencies
    store: SqlStore
    relay: Relay
    clock: StepClock
    messenger: DemoMessenger

    async def act(self, code: str, action: str, role: Role, inputs: Mapping[str, object] | None = None) -> None:
        """Take a step as the member of the staff who is named for the role."""
        actor = Actor(frozenset({role}), "staff", role.value, "cli")
        async with self.store.open_unit() as uow:
            context = ActorContext(self.desk, uow, actor)
            outcome = await act_on_request(context, parse_code(code), action, inputs or {})
            await announce_outcome(context, outcome)


def build_desk(
    clock: StepClock,
    offered: tuple[Service, ...] = SERVICES,
    texts: Mapping[str, Any] | None = None,
) -> Dependencies:
    """Return the desk with the real services, texts and grammar, or others."""
    services = services_by_key(offered)
    engine = Engine(services, clock, RandomIds(), WorkingCalendar(), Policy())
    return Dependencies(
        engine, Wording(Catalogue.load(texts), services), build_grammar(services), UnchangedFiles(), LINK_FILLERS
    )


def build_app(desk: Dependencies, store: SqlStore, printer: Printer, messenger: DemoMessenger) -> web.Application:
    """Return the application with every page mounted."""
    app = web.Application()
    links = {"/": "web.links.home", STAFF: "web.links.staff", PHONE_PATH: "web.links.phone"}
    Site(desk.wording, links, CONTACT).mount(app)
    Portal(desk, store, INSTALLATION, printer).mount(app)
    DemoPhone(desk, store, LINE, DemoPeople(CITIZENS)).mount(app)
    DemoChat(messenger, desk.catalogue, DemoPeople(CITIZENS)).mount(app)
    return app


@asynccontextmanager
async def demo_site(
    database: Path, desk_of: Callable[[StepClock], Dependencies] = build_desk
) -> AsyncIterator[DemoSite]:
    """A site over an empty migrated SQLite file: it gets one loader, its operator and its price."""
    waking = WakeEvents()
    store = await SqlStore.connect(f"sqlite:///{database}", waking.note_queued)
    clock = StepClock()
    desk = desk_of(clock)
    relay = Relay(desk, store, (Simulator(webhook_secret="known"),), asyncio.get_running_loop().time)
    await _furnish(store, desk)
    carrying, printer = asyncio.create_task(_carry(relay, waking)), PaperPrinter(lambda: LETTERHEAD, SITE_ADDRESS)
    messenger = DemoMessenger(clock.now)
    try:
        yield DemoSite(build_app(desk, store, printer, messenger), desk, store, relay, clock, messenger)
    finally:
        await printer.close()
        carrying.cancel()
        await asyncio.wait([carrying])
        await store.close()


async def _carry(relay: Relay, waking: WakeEvents) -> None:
    while True:
        await waking.wait_queued("sms")
        await relay.send_due()


async def _furnish(store: SqlStore, desk: Dependencies) -> None:
    new_id = desk.ids.new_id
    price = TariffRow(
        id=new_id(),
        service="machinery",
        dimensions={"machine": "loader"},
        unit="hour",
        rate=3_000_000,
        minimum=2,
        vat_percent=10,
        valid_from=date(2026, 3, 21),
        valid_to=None,
        created_by="revenue",
        created_at=MORNING,
    )
    async with store.open_unit() as uow:
        await uow.tariffs.add(price)
        await uow.fleet.save_resource(Resource(new_id(), "L1", ResourceKind.MACHINE, "loader", "لودر ۱"))
        await uow.fleet.save_resource(
            Resource(new_id(), "O1", ResourceKind.OPERATOR, "", "رحیم", skills=("loader",), mobile="+989113334455")
        )
