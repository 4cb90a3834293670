"""What a serving process is made of, and the channels that it mounts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.configuration.settings import Settings, SettingsError
from app.database import open_store
from app.demo.loading import PASSWORD
from app.demo.registers import phone_names
from app.http.proxies import inside
from app.jobs.job_runs import JobRuns
from app.jobs.report_process import ReportProcess
from app.jobs.table_exports import ProcessExports
from app.jobs.waking import Waking
from app.security.passwords import Argon2Passwords
from app.security.sign_in_queue import SignInQueue
from app.security.signing import Ed25519Signer
from app.wiring import build_printer, build_signer, build_vault, desk_of, house_words
from channels import Channel
from channels.admin import Admin, Apart
from channels.admin.frame import HOME as STAFF
from channels.demo.phone import PATH as PHONE_PATH
from channels.demo.phone import DemoPhone
from channels.pishkhan_soap.calls import Counter
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PishkhanSoap
from channels.portal import Portal
from channels.relay.relay import Relay
from channels.sms.inbound import SmsChannel
from channels.sms.providers import PROVIDERS
from channels.web.site import Site
from domain.actions.desk import Desk
from domain.actions.staff.signing_in import Doorman
from domain.messages.ports import SmsProvider
from domain.papers.ports import Printer
from domain.people.person import Person
from store.unit_of_work import SqlStore

if TYPE_CHECKING:
    from app.bots import BotParts


@dataclass(frozen=True, slots=True)
class Parts:
    """What a serving process is made of. `waking` hears of each commit that left texts to send."""

    settings: Settings
    desk: Desk
    store: SqlStore
    providers: Mapping[str, SmsProvider]
    relay: Relay
    printer: Printer
    signer: Ed25519Signer
    waking: Waking
    bots: "Mapping[str, BotParts]" = field(default_factory=dict)
    runs: JobRuns = field(default_factory=JobRuns)

    @property
    def relays(self) -> tuple[Relay, ...]:
        """What carries messages, of every channel."""
        return self.relay, *(bot.relay for bot in self.bots.values())

    @property
    def line(self) -> str:
        """The number that citizens text."""
        found = self.settings.sms.provider(self.settings.providers[0])
        return found.sender if found else ""


def build_providers(settings: Settings) -> dict[str, SmsProvider]:
    """Return the providers in order of preference; `SettingsError` when one is not known."""
    faults = provider_faults(settings)
    if faults:
        raise SettingsError(faults)
    return {name: PROVIDERS[name](**_arguments(settings, name)) for name in settings.providers}


def provider_faults(settings: Settings) -> list[str]:
    """Return a line for each provider that is not known, or one when there is none at all."""
    known = ", ".join(PROVIDERS)
    if not settings.providers:
        return [f"PISHKHAN_SMS__PROVIDERS names no provider; there are: {known}"]
    unknown = [name for name in settings.providers if name not in PROVIDERS or not settings.sms.provider(name)]
    return [f"PISHKHAN_SMS__PROVIDERS: unknown provider {name!r}; there are: {known}" for name in unknown]


def _arguments(settings: Settings, name: str) -> dict[str, Any]:
    section = settings.sms.provider(name)
    assert section is not None, "checked by the caller"  # noqa: S101 - holds by construction
    return section.arguments() | {"webhook_secret": settings.secret(section.webhook_secret)}


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Open the database, build everything on it, and close it all in the end."""
    providers = build_providers(settings)
    waking = Waking()
    store = await open_store(settings, waking.queued)
    try:
        desk = await desk_of(settings, store)
        relay = Relay(desk, store, tuple(providers.values()), time.monotonic)
        printer = build_printer(settings, desk.catalogue)
        bots = _bots(settings, desk, store, printer)
        try:
            yield Parts(settings, desk, store, providers, relay, printer, build_signer(settings), waking, bots)
        finally:
            await asyncio.gather(printer.close(), *(bot.close() for bot in bots.values()))
    finally:
        for provider in providers.values():
            await provider.close()
        await store.close()


def _bots(settings: Settings, desk: Desk, store: SqlStore, printer: Printer) -> "dict[str, BotParts]":
    """Return the bots that are configured. Without any, the library with its many types is not even read."""
    if not settings.bots:
        return {}
    build = import_module("app.bots").build_bot
    return {name: build(settings, name, desk, store, printer) for name in settings.bots}


def _site(parts: Parts) -> Channel:
    phone = {PHONE_PATH: "web.links.phone"} if parts.settings.demo else {}
    links = {"/": "web.links.home", STAFF: "web.links.staff", **phone}
    return Site(parts.desk.wording, links)


def _portal(parts: Parts) -> Channel:
    return Portal(parts.desk, parts.store, parts.line, PHONE_PATH if parts.settings.demo else None)


def _sms(parts: Parts) -> Channel:
    return SmsChannel(parts.desk, parts.store, parts.providers)


def _admin(parts: Parts) -> Channel:
    settings = parts.settings
    passwords = Argon2Passwords(house_words(settings, parts.desk.catalogue))
    doorman = Doorman(parts.desk, parts.store, passwords, build_vault(settings), SignInQueue())
    hint = parts.desk.catalogue.render("admin.sign_in.demo", {"password": PASSWORD}) if settings.demo else None
    apart = Apart(parts.printer, ProcessExports(settings), ReportProcess(settings))
    is_inside, wanted = inside(settings.inside_networks), settings.second_factor_inside
    return Admin(doorman, is_inside, apart, hint, second_factor_inside=wanted)


def _demo_phone(parts: Parts) -> Channel:
    known = [Person(mobile, name, None, parts.desk.clock.now()) for mobile, name in phone_names().items()]
    return DemoPhone(parts.desk, parts.store, parts.line, known)


def _pishkhan_soap(parts: Parts) -> Channel:
    settings = parts.settings
    skew = timedelta(seconds=settings.soap.clock_skew)
    counter = Counter(parts.desk, parts.store, build_vault(settings), parts.printer, skew)
    contract = Contract(tuple(parts.desk.services.values()), parts.desk.catalogue)
    return PishkhanSoap(counter, contract, settings.address, silence=settings.http.body_timeout)


CHANNELS: Mapping[str, Callable[[Parts], Channel]] = {
    "web": _site,
    "portal": _portal,
    "sms": _sms,
    "pishkhan_soap": _pishkhan_soap,
    "admin": _admin,
}
"""The channels of every process, in the order in which they are mounted: the shared layout comes first."""

DEMO_CHANNELS: Mapping[str, Callable[[Parts], Channel]] = {"demo": _demo_phone}
"""What is mounted in demo mode besides."""


def build_channels(parts: Parts) -> list[Channel]:
    """Return the channels to mount, in order."""
    wanted = {**CHANNELS, **(DEMO_CHANNELS if parts.settings.demo else {})}
    hooks = [bot.webhook for bot in parts.bots.values() if bot.webhook]
    return [*(build(parts) for build in wanted.values()), *hooks]
