"""What can be proved before a process serves: configuration, declarations, texts and providers.

`pishkhan check` prints every fault; `serve` refuses to start with one.
"""

import tomllib
from collections.abc import Collection, Iterator

from app import has_demo
from app.clock import SystemClock
from app.configuration.bot_checks import find_bot_faults
from app.configuration.contact_checks import find_contact_remarks
from app.configuration.exposure import find_exposures
from app.configuration.gateway_checks import find_gateway_faults
from app.configuration.placeholders import find_secret_faults
from app.configuration.plain_lines import find_plain_lines
from app.configuration.settings import Settings, SettingsError
from app.parts import find_provider_faults
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
from store.engines import build_engine


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
