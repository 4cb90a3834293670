"""Puts the desk together by plain constructor arguments; what a serving process needs besides is in `app/parts.py`."""

import tomllib
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.clock import SystemClock
from app.configuration.gateway_checks import find_gateway_faults
from app.configuration.settings import Settings, SettingsError
from app.documents.cleaner import ProcessCleaner
from app.ids import RandomIds
from app.security.clamd import ClamdAddress, ClamdScanner
from app.security.signing import Ed25519Signer
from app.security.vault import FernetVault
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.settings.setting_changes import renew_settings
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.vocabulary import LANGUAGE_INTENT
from domain.engine.engine import Engine
from domain.gateways.gateway import PaymentGateway
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.messages.text_files import UnreadableTextFileError
from domain.messages.translations import LATIN_TAG, TranslationError
from domain.papers.document import Letterhead
from domain.services import collect_intents, services_by_key
from domain.settlement.layouts import LayoutError, SettlementLayout, load_shipped_layouts, parse_layouts
from domain.unit_of_work import Store
from domain.values.languages import PERSIAN
from payments.gateway_settings import BotAddress
from printing.letterhead import read_logo
from printing.printer import PaperPrinter


def build_catalogue(settings: Settings) -> Catalogue:
    """Return the texts in the languages on offer, the municipality's own on top of the Persian ones; `SettingsError`
    when its file, or a language, cannot be read.
    """
    language_tags = tuple(dict.fromkeys(settings.languages))
    if PERSIAN.tag not in language_tags:
        raise SettingsError([f"PISHKHAN_LANGUAGES lacks {PERSIAN.tag}: what other languages have not is said in it"])
    if LATIN_TAG in language_tags:
        raise SettingsError(
            [f"PISHKHAN_LANGUAGES names {LATIN_TAG}: texts in Latin letters are answered in it unasked"]
        )
    try:
        own_texts = tomllib.loads(settings.texts.read_text("utf-8")) if settings.texts else None
        catalogue = Catalogue.load(own_texts, language_tags)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"PISHKHAN_TEXTS: {settings.texts}: {error}"]) from None
    except UnreadableTextFileError as error:
        raise SettingsError([f"a file of texts cannot be read: {error}"]) from None
    except TranslationError as error:
        raise SettingsError([f"PISHKHAN_LANGUAGES: {error}"]) from None
    catalogue.phone = settings.build_contact().dialled_phone
    return catalogue


def build_settlement_layouts(settings: Settings) -> Mapping[str, SettlementLayout]:
    """Return the layouts of settlement files, the municipality's own on top; `SettingsError` when they cannot be."""
    own_file, shipped_layouts = settings.payments.settlement_layouts, load_shipped_layouts()
    if own_file is None:
        return shipped_layouts
    try:
        return {**shipped_layouts, **parse_layouts(own_file.read_text("utf-8"))}
    except (OSError, UnicodeDecodeError, LayoutError) as error:
        raise SettingsError([f"PISHKHAN_PAYMENTS__SETTLEMENT_LAYOUTS: {own_file}: {error}"]) from None


def build_dependencies(settings: Settings) -> Dependencies:
    """Return the desk as the configuration has it."""
    services = services_by_key()
    engine = Engine(services, SystemClock(), RandomIds(), settings.calendar.build_calendar(), settings.build_policy())
    wording = Wording(build_catalogue(settings), services)
    language_intents = (LANGUAGE_INTENT,) if wording.catalogue.is_multilingual else ()
    grammar = Grammar((*collect_intents(services), *language_intents))
    return Dependencies(
        engine,
        wording,
        grammar,
        ProcessCleaner(),
        LINK_FILLERS,
        build_settlement_layouts(settings),
        malware_scanner=build_scanner(settings),
        contact=settings.build_contact(),
    )


def build_scanner(settings: Settings) -> ClamdScanner | None:
    """Return what scans files for malware; None where nothing is configured to."""
    uploads = settings.uploads
    return ClamdScanner(ClamdAddress.parse(uploads.clamd), uploads.clamd_timeout) if uploads.clamd else None


def build_printer(settings: Settings, catalogue: Catalogue) -> PaperPrinter:
    """Return what papers are printed by; `SettingsError` when the logo cannot be used. A name that is not configured is
    asked for with each paper, since the staff may override it.
    """
    letterhead_settings = settings.letterhead
    try:
        logo_source = read_logo(letterhead_settings.logo) if letterhead_settings.logo else ""
    except ValueError as error:
        raise SettingsError([f"PISHKHAN_LETTERHEAD__LOGO: {error}"]) from None

    def current_letterhead() -> Letterhead:
        name = letterhead_settings.name or catalogue.text("print.municipality")
        return Letterhead(name, letterhead_settings.address, letterhead_settings.phone, logo_source)

    return PaperPrinter(current_letterhead, settings.public_address)


def build_signer(settings: Settings) -> Ed25519Signer:
    """Return what seals are signed with; `SettingsError` without a secret key: such seals would prove nothing."""
    secret = settings.reveal_secret(settings.secret_key)
    if not secret:
        raise SettingsError(["PISHKHAN_SECRET_KEY is not set: seals are signed with a key made of it"])
    return Ed25519Signer(secret)


def build_vault(settings: Settings) -> FernetVault:
    """Return what keys of counter offices are sealed with; `SettingsError` without a secret key."""
    secret = settings.reveal_secret(settings.secret_key)
    if not secret:
        raise SettingsError(["PISHKHAN_SECRET_KEY is not set: keys of offices are sealed with a key made of it"])
    return FernetVault(secret)


def build_gateways(settings: Settings) -> dict[str, PaymentGateway]:
    """Return the bank gateways in use by name, in order of preference; `SettingsError` when one cannot work."""
    faults = find_gateway_faults(settings)
    if faults:
        raise SettingsError(faults)
    sections = {name: settings.payments.find_gateway(name) for name in settings.active_gateways}
    bots = {messenger: BotAddress(bot.base_url, bot.token) for messenger, bot in settings.active_bots.items()}
    return {
        name: section.with_bots(bots).build_gateway(settings.public_address)
        for name, section in sections.items()
        if section
    }


def well_known_words(settings: Settings, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what everybody knows of this installation, of which no password may be made: its name, and where it is
    found.
    """
    name = settings.letterhead.name or catalogue.text("print.municipality")
    return (
        name,
        catalogue.text("web.site.name"),
        settings.letterhead.address,
        urlsplit(settings.public_address).hostname or "",
    )


async def load_dependencies(settings: Settings, store: Store) -> Dependencies:
    """Return the desk with what the staff of this municipality changed over the configuration."""
    dependencies = build_dependencies(settings)
    await renew_settings(dependencies, store)
    return dependencies
