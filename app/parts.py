"""Parts of a serving process, and the channels that it mounts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from app.configuration.settings import Settings
from app.database import open_store
from app.job_runs import JobRuns
from app.processes.report_process import ReportProcess
from app.processes.table_exports import ProcessExports
from app.security.passwords import Argon2Passwords
from app.security.proxies import make_inside_check
from app.security.sign_in_queue import SignInQueue
from app.security.signing import Ed25519Signer
from app.sms_providers import build_providers
from app.waking import WakeEvents
from app.wiring import build_gateways, build_printer, build_signer, build_vault, load_dependencies, well_known_words
from channels import Channel
from channels.admin import Admin, SideProcesses
from channels.admin.frame import HOME_PATH as STAFF
from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PishkhanSoap
from channels.portal import Portal
from channels.portal.installation import PortalInstallation, SecurityContact
from channels.portal.payment_views import PageSymbols
from channels.portal.payments import PaymentPages
from channels.relay.relay import Relay
from channels.sms.inbound import SmsChannel
from channels.sms.polling import InboundPoller
from channels.web.site import Site
from domain.actions.dependencies import Dependencies
from domain.actions.payments.card_refunds import list_refunding_gateways
from domain.actions.staff.signing_in import StaffSignIn
from domain.gateways.gateway import PaymentGateway
from domain.messages.carriers import SmsProvider
from domain.papers.ports import Printer
from domain.settings.contact import BotContact, Contact
from payments.sandbox.gateway import SANDBOX, SandboxGateway
from payments.sandbox.pages import SandboxPages
from printing.symbols import render_barcode, render_qr_code
from store.unit_of_work import SqlStore

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from app.bots import BotParts


@dataclass(frozen=True, slots=True)
class DemoParts:
    """Parts that demo mode adds to a serving process."""

    site_links: Mapping[str, str]
    """Addresses of its pages → keys of their titles."""
    phone_path: str
    """The page of a citizen's phone."""
    staff_password: str
    """Everybody's."""
    build_bot_transport: "Callable[[], AsyncBaseTransport]"
    """Builds what answers the calls of the demonstration's bot in this process."""
    is_bot_needed: Callable[[], bool]
    """Tells whether somebody has written to that bot."""
    channel_builders: "Mapping[str, Callable[[ServerParts], Channel]]"
    """The channels that are mounted besides."""


@dataclass(frozen=True, slots=True)
class Bots:
    """Messengers' bots. Each is built when it is first needed: only then is the library with its many types read."""

    builders: "Mapping[str, Callable[[], BotParts]]" = field(default_factory=dict)
    """By messenger; those without a token are not there."""
    is_needed: Callable[[], bool] = lambda: True
    """Whether a bot that was not built yet has something to do besides what is queued for it."""
    _built: "dict[str, BotParts]" = field(default_factory=dict)

    def __contains__(self, messenger: str) -> bool:
        """Whether there is a bot of this messenger."""
        return messenger in self.builders

    def __getitem__(self, messenger: str) -> "BotParts":
        """Return the bot of a messenger."""
        if messenger not in self._built:
            self._built[messenger] = self.builders[messenger]()
        return self._built[messenger]

    def is_asleep(self, messenger: str) -> bool:
        """Return whether a bot need not even be built yet."""
        return messenger not in self._built and not self.is_needed()

    def list_built(self) -> "Collection[BotParts]":
        """Return the bots that are at work."""
        return self._built.values()


@dataclass(frozen=True, slots=True)
class ServerParts:
    """Parts of a serving process."""

    settings: Settings
    """As they were read at its start."""
    dependencies: Dependencies
    """Dependencies of all actions."""
    store: SqlStore
    """The database."""
    providers: Mapping[str, SmsProvider]
    """SMS providers by name, in order of preference."""
    sms_relay: Relay
    """Sends what is queued as SMS."""
    printer: Printer
    """Makes papers as HTML and PDF."""
    signer: Ed25519Signer
    """Signs the seals of the history."""
    wake_events: WakeEvents
    """Notified of each commit that left texts to send."""
    inbound_poller: InboundPoller
    """Fetches texts from providers that call no webhook."""
    gateways: Mapping[str, PaymentGateway] = field(default_factory=dict)
    """Bank gateways by name, in order of preference; none where payments are not configured."""
    bots: Bots = field(default_factory=Bots)
    """Messengers' bots."""
    demo: DemoParts | None = None
    """None outside of demo mode."""
    job_runs: JobRuns = field(default_factory=JobRuns)
    """Last ends of each job."""

    @property
    def all_relays(self) -> tuple[Relay, ...]:
        """Relays of all channels that are at work."""
        return self.sms_relay, *(bot.relay for bot in self.bots.list_built())

    @property
    def municipal_line(self) -> str:
        """The number that citizens text."""
        section = self.settings.sms.find_provider(self.settings.active_providers[0])
        return section.sender if section else ""


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[ServerParts]:
    """Open the database, build everything on it, and close it all in the end."""
    providers = build_providers(settings)
    wake_events = WakeEvents()
    store = await open_store(settings, wake_events.note_queued)
    try:
        dependencies = await load_dependencies(settings, store)
        printer = build_printer(settings, dependencies.catalogue)
        gateways = _build_gateways(settings, dependencies)
        demo = _load_demo(settings, dependencies)
        bots = _build_bots(settings, dependencies, store, printer, gateways, demo)
        try:
            yield ServerParts(
                settings=settings,
                dependencies=dependencies,
                store=store,
                providers=providers,
                sms_relay=_build_sms_relay(settings, dependencies, store, providers),
                printer=printer,
                signer=build_signer(settings),
                wake_events=wake_events,
                inbound_poller=InboundPoller(dependencies, store, tuple(providers.values())),
                gateways=gateways,
                bots=bots,
                demo=demo,
            )
        finally:
            await asyncio.gather(printer.close(), dependencies.file_cleaner.close(), _close_ways_out(gateways, bots))
    finally:
        await asyncio.gather(*(provider.close() for provider in providers.values()))
        await store.close()


def _load_demo(settings: Settings, dependencies: Dependencies) -> DemoParts | None:
    """Return what demo mode adds. Outside of it nothing of the demonstration is even read."""
    return import_module("app.demo.site").build_demo(dependencies.clock.now) if settings.demo else None


async def _close_ways_out(gateways: Mapping[str, PaymentGateway], bots: Bots) -> None:
    closing_bots = [bot.close() for bot in bots.list_built()]
    await asyncio.gather(*closing_bots, *(gateway.close() for gateway in gateways.values()))


def _build_gateways(settings: Settings, dependencies: Dependencies) -> dict[str, PaymentGateway]:
    """Return the gateways in use, and let the actions know which of them send money back to cards."""
    gateways = build_gateways(settings)
    dependencies.card_refund_gateways = list_refunding_gateways(gateways)
    return gateways


def _build_sms_relay(
    settings: Settings, dependencies: Dependencies, store: SqlStore, providers: Mapping[str, SmsProvider]
) -> Relay:
    sends_at_once = settings.sms.sends_at_once
    return Relay(dependencies, store, tuple(providers.values()), time.monotonic, sends_at_once=sends_at_once)


def _build_bots(
    settings: Settings,
    dependencies: Dependencies,
    store: SqlStore,
    printer: Printer,
    gateways: Mapping[str, PaymentGateway],
    demo: DemoParts | None,
) -> Bots:
    """Return the bots that are configured: that of the demonstration is built when somebody writes to it."""

    def build_bot(messenger: str) -> "BotParts":
        transport = demo.build_bot_transport() if demo else None
        built: BotParts = import_module("app.bots").build_bot(
            settings, messenger, dependencies, store, printer, gateways.get(messenger), transport
        )
        return built

    builders = {messenger: partial(build_bot, messenger) for messenger in settings.active_bots}
    if demo:
        return Bots(builders, demo.is_bot_needed)
    return Bots(builders, _built={messenger: build() for messenger, build in builders.items()})


def _build_site(parts: ServerParts) -> Channel:
    links = {"/": "web.links.home", **(parts.demo.site_links if parts.demo else {})}
    return Site(parts.dependencies.wording, links, _build_contact(parts), _find_staff_address(parts.settings))


def _find_staff_address(settings: Settings) -> str:
    """Return where the staff's site is: on a host of its own where it has one, else on everybody's."""
    scheme, _, _ = settings.public_address.partition("://")
    return f"{scheme}://{settings.staff.host}{STAFF}" if settings.staff.host else STAFF


def _build_contact(parts: ServerParts) -> Contact:
    """Return where citizens find somebody."""
    settings = parts.settings
    bots = [
        BotContact(messenger, bot_settings.username)
        for messenger, bot_settings in settings.active_bots.items()
        if bot_settings.username
    ]
    return replace(parts.dependencies.contact, line=parts.municipal_line, bots=bots)


def _build_portal(parts: ServerParts) -> Channel:
    settings = parts.settings
    installation = PortalInstallation(
        public_address=settings.public_address,
        contact=_build_contact(parts),
        issuing_body=lambda: parts.printer.current_letterhead().name,
        security_contact=SecurityContact(settings.security.contact, settings.security.expires),
        demo_phone_address=parts.demo.phone_path if parts.demo else None,
    )
    return Portal(parts.dependencies, parts.store, installation, parts.printer)


def _build_payment_pages(parts: ServerParts) -> Channel:
    symbols = PageSymbols(render_barcode, render_qr_code)
    site_address, contact = parts.settings.public_address, _build_contact(parts)
    return PaymentPages(parts.dependencies, parts.store, parts.gateways, site_address, symbols, contact)


def _build_sms(parts: ServerParts) -> Channel:
    return SmsChannel(parts.dependencies, parts.store, parts.providers)


def _build_admin(parts: ServerParts) -> Channel:
    settings = parts.settings
    passwords = Argon2Passwords(well_known_words(settings, parts.dependencies.catalogue))
    staff_sign_in = StaffSignIn(parts.dependencies, parts.store, passwords, build_vault(settings), SignInQueue())
    demo_hint = (
        parts.dependencies.catalogue.render("admin.sign_in.demo", {"password": parts.demo.staff_password})
        if parts.demo
        else None
    )
    apart_services = SideProcesses(parts.printer, ProcessExports(settings), ReportProcess(settings), parts.gateways)
    is_inside, second_factor = make_inside_check(settings.inside_networks), settings.second_factor_inside
    return Admin(staff_sign_in, is_inside, apart_services, demo_hint, second_factor_inside=second_factor)


def _build_soap(parts: ServerParts) -> Channel:
    settings = parts.settings
    counter_calls = CallHandler(
        parts.dependencies,
        parts.store,
        build_vault(settings),
        parts.printer,
        clock_skew=timedelta(seconds=settings.soap.clock_skew),
        call_rate=CallRate(settings.soap.calls_per_minute),
    )
    contract = Contract(tuple(parts.dependencies.services.values()), parts.dependencies.catalogue)
    return PishkhanSoap(counter_calls, contract, settings.public_address, silence_seconds=settings.http.body_timeout)


CHANNEL_BUILDERS: Mapping[str, Callable[[ServerParts], Channel]] = {
    "web": _build_site,
    "portal": _build_portal,
    "payments": _build_payment_pages,
    "sms": _build_sms,
    "pishkhan_soap": _build_soap,
    "admin": _build_admin,
}
"""The channels of every process, in the order in which they are mounted: the shared layout comes first."""


def build_channels(parts: ServerParts) -> list[Channel]:
    """Return the channels to mount, in order."""
    builders = {**CHANNEL_BUILDERS, **(parts.demo.channel_builders if parts.demo else {})}
    sandbox = parts.gateways.get(SANDBOX)
    bank_pages = (
        [SandboxPages(sandbox.bank, parts.dependencies.catalogue)] if isinstance(sandbox, SandboxGateway) else []
    )
    webhook_channels = [bot.webhook_channel for bot in parts.bots.list_built() if bot.webhook_channel]
    return [*(build_channel(parts) for build_channel in builders.values()), *bank_pages, *webhook_channels]
