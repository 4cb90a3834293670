"""Checks before a process serves: configuration, declarations, texts and providers.

`pishkhan check` prints every fault; `serve` refuses to start with one.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from app import has_demo
from app.clock import SystemClock
from app.configuration.exposure import find_exposures
from app.configuration.gateway_checks import find_gateway_faults
from app.configuration.placeholders import find_secret_faults
from app.configuration.sections import BotSettings
from app.configuration.settings import Settings, SettingsError
from app.sms_providers import find_provider_faults
from app.wiring import build_catalogue, build_printer, build_settlement_layouts
from channels.pishkhan_soap.reasons import SOAP_REASONS
from domain.actions.reports.declaration_check import check_reports
from domain.check import check_services
from domain.check.explanations import explain_flaw, find_text_key
from domain.check.flaws import Flaw
from domain.check.registries import check_registries
from domain.check.texts.reason_texts import check_reasons
from domain.check.texts.translations import check_translation, list_dropped_facts, list_missing_texts
from domain.check.texts.unused_texts import list_unused_texts
from domain.messages.catalogue import Catalogue
from domain.messages.templates import list_placeholders
from domain.services import SERVICES
from domain.values.calendar import to_tehran
from payments.gateway_settings import LOOPBACK_HOSTS
from store.engines import build_engine

_ENCRYPTED_MODES = frozenset({"require", "verify-ca", "verify-full"})
"""Values of PostgreSQL's `sslmode` under which nothing is sent in the clear."""

SOON = timedelta(days=30)
"""So long before its end an address is remarked on."""
LONGEST_AHEAD = timedelta(days=366)
"""RFC 9116, 2.5.5: a year at most is recommended."""
_CONTACT, _EXPIRES = "PISHKHAN_SECURITY__CONTACT", "PISHKHAN_SECURITY__EXPIRES"

_TOKEN_PATTERN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")
_SECRET_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,256}")


def find_faults(settings: Settings) -> list[str]:
    """Return a line for each thing that must be mended before this configuration may serve."""
    fault_lines = [
        *_find_demo_faults(settings),
        *find_secret_faults(settings),
        *_find_database_faults(settings),
        *find_provider_faults(settings),
        *find_bot_faults(settings),
        *find_gateway_faults(settings),
        *_find_calendar_faults(settings),
        *_find_host_faults(settings),
    ]
    try:
        catalogue = build_catalogue(settings)
        fault_lines += _find_text_faults(settings)
    except SettingsError as error:
        return fault_lines + error.faults
    try:
        build_printer(settings, catalogue)
        build_settlement_layouts(settings)
    except SettingsError as error:
        fault_lines += error.faults
    declaration_flaws = [*check_services(SERVICES, catalogue), *check_registries(catalogue), *check_reports(catalogue)]
    declaration_flaws += check_reasons(SERVICES, catalogue, SOAP_REASONS)
    for translation in (*catalogue.translations, *([catalogue.latin] if catalogue.latin else [])):
        translation_flaws = check_translation(SERVICES, catalogue, translation)
        fault_lines += [f"language {translation.language.tag}: {explain_flaw(flaw)}" for flaw in translation_flaws]
    return fault_lines + [_describe_flaw(flaw, catalogue.overridden_keys) for flaw in declaration_flaws]


def _describe_flaw(flaw: Flaw, overridden_keys: Collection[str]) -> str:
    """Return the line of a flaw: whose it is, a declaration's or the municipality's own text's, and what to do."""
    owner = "PISHKHAN_TEXTS:" if find_text_key(flaw) in overridden_keys else "declaration of"
    return f"{owner} {explain_flaw(flaw, overridden_keys)}"


def _find_demo_faults(settings: Settings) -> Iterator[str]:
    if settings.demo and not has_demo():
        yield "PISHKHAN_DEMO is set, and an installed package has no demonstration: run it from the source (`make run`)"


def find_remarks(settings: Settings) -> list[str]:
    """Return what is no fault but worth a look."""
    remark_lines = [*find_exposures(settings), *_find_text_remarks(settings)]
    if settings.demo:
        return remark_lines
    today = to_tehran(SystemClock().now()).date()
    remark_lines += [*find_plain_lines(settings), *find_contact_remarks(settings, today)]
    if "simulator" in settings.active_providers:
        remark_lines.append(
            "PISHKHAN_SMS__PROVIDERS names the simulator: it swallows texts, and no citizen gets an answer or a code"
        )
    if settings.log_level == "debug":
        remark_lines.append("PISHKHAN_LOG_LEVEL is debug: libraries log what they carry, numbers of citizens too")
    if "company_code" not in settings.bills.model_fields_set:
        company_code = settings.bills.company_code
        remark_lines.append(f"PISHKHAN_BILLS__COMPANY_CODE is not set: bills carry {company_code}, which is nobody's")
    if not settings.base_url:
        remark_lines.append(f"PISHKHAN_BASE_URL is not set: codes on papers lead to {settings.public_address}")
    return remark_lines


def _find_text_remarks(settings: Settings) -> Iterator[str]:
    """Yield the texts of services that nothing asks for, and what the languages besides Persian lack."""
    try:
        catalogue = build_catalogue(settings)
    except SettingsError:
        return  # that is a fault
    for key in list_unused_texts(SERVICES, catalogue):
        yield f"nothing asks for the text {key}: correct its key after the declaration, or remove it"
    for translation in catalogue.translations:
        tag, missing_texts = translation.language.tag, list_missing_texts(translation)
        if missing_texts:
            yield f"language {tag} lacks {len(missing_texts)} texts, said in Persian (check --missing-texts lists them)"
        for dropped in list_dropped_facts(catalogue, translation):
            yield f"language {tag} leaves out of {dropped}"


def list_missing_by_language(settings: Settings) -> dict[str, list[str]]:
    """Return the keys of the texts that each language besides Persian lacks, by its tag; `SettingsError`."""
    return {
        translation.language.tag: list_missing_texts(translation)
        for translation in build_catalogue(settings).translations
    }


def _find_host_faults(settings: Settings) -> list[str]:
    public_host = settings.public_address.partition("://")[2]
    if settings.staff.host and settings.staff.host == public_host:
        return [f"PISHKHAN_STAFF__HOST is {public_host}, where citizens are: give the staff another one, or none"]
    return []


def _find_database_faults(settings: Settings) -> list[str]:
    try:
        build_engine(settings.database_url)
    except ValueError as error:
        return [f"PISHKHAN_DATABASE_URL: {error}"]
    return []


def _find_calendar_faults(settings: Settings) -> list[str]:
    try:
        settings.calendar.build_calendar()
    except ValueError as error:
        return [f"PISHKHAN_CALENDAR: {error}"]
    return []


def _find_text_faults(settings: Settings) -> Iterator[str]:
    """Compare the municipality's own texts with the catalogue: each must exist there and use no other facts."""
    if settings.texts is None:
        return
    own_texts, known_texts = Catalogue([tomllib.loads(settings.texts.read_text("utf-8"))]), Catalogue.load()
    for text_key in own_texts.list_keys():
        if text_key not in known_texts:
            yield f"PISHKHAN_TEXTS: there is no text {text_key}"
        elif extra_placeholders := sorted(
            set(list_placeholders(own_texts.text(text_key))) - set(list_placeholders(known_texts.text(text_key)))
        ):
            yield f"PISHKHAN_TEXTS: {text_key} uses {', '.join(extra_placeholders)}, which it is not given"


def find_bot_faults(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing about a bot that must be mended before it can work."""
    for messenger, bot_settings in settings.active_bots.items():
        prefix = f"PISHKHAN_{messenger.upper()}"
        if not _TOKEN_PATTERN.fullmatch(bot_settings.token.get_secret_value()):
            yield f"{prefix}__TOKEN is no bot's token: those are a number, a colon and at least twenty signs"
        for field_name in ("base_url", "base_file_url"):
            if not re.match(r"https?://[^/]", getattr(bot_settings, field_name)):
                yield f"{prefix}__{field_name.upper()} is no HTTP address"
        if bot_settings.mode == "webhook":
            yield from _find_webhook_faults(settings, prefix, bot_settings)


def _find_webhook_faults(settings: Settings, prefix: str, bot_settings: BotSettings) -> Iterator[str]:
    if not settings.public_address.startswith("https://"):
        yield f"PISHKHAN_BASE_URL must begin with https:// for {prefix}__MODE=webhook: messengers post nowhere else"
    webhook_secret = bot_settings.webhook_secret.get_secret_value()
    if webhook_secret and not _SECRET_PATTERN.fullmatch(webhook_secret):
        yield f"{prefix}__WEBHOOK_SECRET may have letters, digits, _ and - alone: the messenger takes no other"


def find_contact_remarks(settings: Settings, today: date) -> Iterator[str]:
    """Yield what keeps the file from being served, or soon will."""
    contact, expires_on = settings.security.contact, settings.security.expires
    if contact and expires_on is None:
        yield f"{_EXPIRES} is not set: there is no security.txt without it"
    elif expires_on is not None and not contact:
        yield f"{_CONTACT} is not set: there is no security.txt without it"
    elif expires_on is not None:
        yield from _find_expiry_remarks(expires_on, today)


def _find_expiry_remarks(expires_on: date, today: date) -> Iterator[str]:
    if expires_on < today:
        yield f"{_EXPIRES} was {expires_on}: security.txt is not served any more; look its addresses through"
    elif expires_on - today <= SOON:
        yield f"{_EXPIRES} is {expires_on}, soon: look the addresses of security.txt through, and renew it"
    elif expires_on - today > LONGEST_AHEAD:
        yield f"{_EXPIRES} is {expires_on}, more than a year ahead: RFC 9116 wants it renewed each year"


def find_plain_lines(settings: Settings) -> Iterator[str]:
    """Yield a line for each setting by which something is sent in the clear to another machine (ASVS 12.2, 12.3)."""
    if _is_plain_http(settings.base_url):
        yield "PISHKHAN_BASE_URL begins with http: what people send, their sessions too, is read on its way"
    if _is_plain_database(settings.database_url):
        yield "PISHKHAN_DATABASE_URL leads to another machine without sslmode=verify-full: it may be read on its way"
    for provider_name in settings.active_providers:
        if _is_plain_http(getattr(settings.sms.find_provider(provider_name), "base_url", "")):
            setting_name = f"PISHKHAN_SMS__{provider_name.upper()}__BASE_URL"
            yield f"{setting_name} begins with http: the account's key is read on its way"
    for messenger, bot_settings in settings.active_bots.items():
        if _is_plain_http(bot_settings.base_url) or _is_plain_http(bot_settings.base_file_url):
            yield f"PISHKHAN_{messenger.upper()}__BASE_URL begins with http: the bot's token is read on its way"


def _is_plain_http(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS


def _is_plain_database(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "sqlite" or not parts.hostname or parts.hostname in LOOPBACK_HOSTS:
        return False
    return not _ENCRYPTED_MODES.intersection(parse_qs(parts.query).get("sslmode", ()))
