"""Day of the last change of what a service's page says, by which its date moves.

Three things move it: a text of the page or a rule of the service that the staff changed, and a price on the day from
which it is in force. The day that the staff write themselves holds until something changes after that.
"""

from collections.abc import Iterator
from datetime import date

from domain.actions.dependencies import Dependencies
from domain.actions.settings.setting_changes import TEXT_PREFIX
from domain.actions.settings.text_places import PAGE_TABLES, SERVICES_PREFIX
from domain.language.service import Service
from domain.values.calendar import to_tehran

_DATE = "date"
"""The text that is the day itself."""


def find_changed_day(dependencies: Dependencies, service: Service, priced_on: date | None) -> date | None:
    """Return the day of the last change behind the page's own date; None where nothing has changed since.

    `priced_on` is the day from which the newest of today's prices is in force.
    """
    changed_at, date_key = dependencies.settings_changed_at, f"{SERVICES_PREFIX}.{service.key}.{_DATE}"
    is_dated = dependencies.catalogue.text(date_key) != dependencies.catalogue.read_source(date_key)
    dated_at = changed_at.get(f"{TEXT_PREFIX}{date_key}") if is_dated else None
    moments = [changed_at[name] for name in _list_setting_names(service) if name in changed_at]
    days = [to_tehran(moment).date() for moment in moments if dated_at is None or moment > dated_at]
    if priced_on and (dated_at is None or priced_on > to_tehran(dated_at).date()):
        days.append(priced_on)
    return max(days, default=None)


def _list_setting_names(service: Service) -> Iterator[str]:
    """Yield the names of the settings that change what the page says."""
    yield from (rule.name for rule in service.rules)
    yield from (f"{TEXT_PREFIX}{SERVICES_PREFIX}.{service.key}.{table}" for table in PAGE_TABLES - {_DATE})
