"""Date of a service's page, worded: the day of its last change, beside it the one on which it was first written."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from domain.messages.catalogue import Catalogue
from domain.values.calendar import from_jalali, jalali_text
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits


@dataclass(frozen=True, slots=True)
class PageDate:
    """The date of a page."""

    day: date | None
    """The day; None where the municipality says it in words of its own."""
    text: str
    """The same, worded for people."""
    first_text: str
    """The day of the first writing; empty where nothing has changed since."""


def build_page_date(catalogue: Catalogue, service_key: str, changed_on: date | None) -> PageDate:
    """Return the date of a service's page, whose content changed last on that day; None: not since it was written."""
    written_text = catalogue.text(f"services.{service_key}.date")
    written_on = _read_day(written_text)
    shown_text = jalali_text(written_on) if written_on else written_text
    if changed_on is None or (written_on and changed_on <= written_on):
        return PageDate(written_on, shown_text, "")
    return PageDate(changed_on, jalali_text(changed_on), catalogue.render("web.service.first", {"day": shown_text}))


def _read_day(date_text: str) -> date | None:
    """Return the day of «1394/04/19»; None for words."""
    parts = ascii_digits(date_text).split("/")
    with suppress(ValueError, InvalidField):
        year, month, day = (int(part) for part in parts)
        return from_jalali(year, month, day)
    return None
