"""What can be proved before a process serves: configuration, declarations, texts and providers.

`pishkhan check` prints every fault; `serve` refuses to start with one.
"""

import tomllib
from collections.abc import Iterator

from app.configuration.bot_checks import bot_faults
from app.configuration.exposure import exposures
from app.configuration.placeholders import secret_faults
from app.configuration.settings import Settings, SettingsError
from app.parts import provider_faults
from app.wiring import build_catalogue, build_printer
from domain.actions.reports.declaration_check import check_reports
from domain.check import check
from domain.check.registries import check_registries
from domain.messages.catalogue import Catalogue, placeholders
from domain.services import SERVICES
from store.engines import engine_for


def faults(settings: Settings) -> list[str]:
    """Return a line for each thing that must be mended before this configuration may serve."""
    found = [
        *secret_faults(settings), *_database_faults(settings), *provider_faults(settings), *bot_faults(settings),
        *_calendar_faults(settings),
    ]  # fmt: skip
    try:
        catalogue = build_catalogue(settings)
        found += _own_text_faults(settings)
    except SettingsError as error:
        return found + error.faults
    try:
        build_printer(settings, catalogue)
    except SettingsError as error:
        found += error.faults
    flaws = [*check(SERVICES, catalogue), *check_registries(catalogue), *check_reports(catalogue)]
    return found + [f"declaration of {flaw}" for flaw in flaws]


def remarks(settings: Settings) -> list[str]:
    """Return what is no fault but worth a look."""
    found = list(exposures(settings))
    if settings.demo:
        return found
    if "company_code" not in settings.bills.model_fields_set:
        code = settings.bills.company_code
        found.append(f"PISHKHAN_BILLS__COMPANY_CODE is not set: bills carry {code}, which is nobody's")
    if not settings.base_url:
        found.append(f"PISHKHAN_BASE_URL is not set: codes on papers lead to {settings.address}")
    return found


def _database_faults(settings: Settings) -> list[str]:
    try:
        engine_for(settings.database_url)
    except ValueError as error:
        return [f"PISHKHAN_DATABASE_URL: {error}"]
    return []


def _calendar_faults(settings: Settings) -> list[str]:
    try:
        settings.calendar.calendar()
    except ValueError as error:
        return [f"PISHKHAN_CALENDAR: {error}"]
    return []


def _own_text_faults(settings: Settings) -> Iterator[str]:
    """Compare the municipality's own texts with the catalogue: each must exist there and use no other facts."""
    if settings.texts is None:
        return
    own, known = Catalogue([tomllib.loads(settings.texts.read_text("utf-8"))]), Catalogue.load()
    for key in own.keys():  # noqa: SIM118 - not a mapping: `keys` takes a prefix
        if key not in known:
            yield f"PISHKHAN_TEXTS: there is no text {key}"
        elif extra := sorted(set(placeholders(own.text(key))) - set(placeholders(known.text(key)))):
            yield f"PISHKHAN_TEXTS: {key} uses {', '.join(extra)}, which it is not given"
