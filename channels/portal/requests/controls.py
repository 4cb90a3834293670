"""The controls of a form as citizens fill it in: what the shared ones (`channels/web/forms.py`) show, and, where people
need more help, few choices as radio buttons, the next days to choose from, and a plate in its four parts.

A control that offers answers has a last one, «other», with a place to type. What a page posts for a field is put
together here into one typed value, and taken apart again when the page shows it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from channels.web.forms import Control, FormWording, Option, build_controls, read_numbered_rows, read_submitted_form
from channels.web.posted import PostedForm, read_text
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Identifier, Integer
from domain.messages.catalogue import Catalogue
from domain.values.calendar import jalali_long_text
from domain.values.errors import DomainError
from domain.values.languages import language_in_force
from domain.values.text import ascii_digits

MOST_RADIOS = 10
"""Choices that are shown as radio buttons; more are a list that opens."""

OFFERED_DAYS = 7
"""The next days that a page offers, today among them."""

OTHER_CHOICE = "other"
"""Value of the last radio button, beside which the answer is typed."""

PLATE_PARTS = ("two", "letter", "three", "region")
"""The parts of a plate, from left to right as it is on the car."""

_PLATE_PATTERN = re.compile(r"(?P<two>[0-9]{2})(?P<letter>[^\W\d_]+)(?P<three>[0-9]{3})-(?P<region>[0-9]{2})")
_PART_SEPARATOR = "\u00a0"
"""Between the parts of a plate of which some are empty: nobody types it, and a plate that has all is read over it."""

_NUMERIC_IDENTIFIERS = frozenset({"mobile", "national_code", "postal_code"})


@dataclass(frozen=True, slots=True)
class SectionControl:
    """A field as a page of the portal shows it."""

    control: Control
    """Control shared by the sites. Its kind is one of `web/form.html`, or of `portal/requests/controls.html`: radios,
    offers, plate, digits."""
    offers: Sequence[Option] = ()
    """Answers to choose from, beside which one can be typed."""
    is_other_chosen: bool = False
    """Whether the answer is none of the offers."""
    plate_parts: Mapping[str, str] | None = None
    """Part of a plate → what was typed; None where no plate is asked for."""

    @property
    def first_id(self) -> str:
        """The id of its first element that can be filled in: where an error leads."""
        control_id = self.control.id
        if self.control.kind == "items":
            return f"{control_id}-0-machine"
        if self.control.kind in {"radios", "checkboxes"}:
            return f"{control_id}-1"
        if self.offers:
            return f"{control_id}-offer-1"
        return f"{control_id}-{PLATE_PARTS[0]}" if self.plate_parts is not None else control_id


@dataclass(frozen=True, slots=True)
class OfferSource:
    """Source of answers that a page may offer besides the choices of fields."""

    today: date
    """The day in Tehran."""
    offered_day: str | None
    """The field of a day that gets the next days to choose from; None: none does."""
    is_day_refused: Callable[[str, str], bool]
    """Returns whether the service refuses a day (ISO) for a field, after what was answered so far."""
    remaining_choices: Mapping[str, tuple[str, ...]]
    """Field → what registries leave to choose from."""


def build_section_controls(
    fields: Sequence[Field],
    values: Mapping[str, Any],
    form_wording: FormWording,
    offer_source: OfferSource,
    error: DomainError | None,
    work_rows: int,
) -> list[SectionControl]:
    """Return the controls of a section with what was typed, and the problem at each field that a fault names."""
    shared_controls = build_controls(fields, values, form_wording, error, work_rows=work_rows)
    fields_by_name = {form_field.name: form_field for form_field in fields}
    return [
        _build_control(control, fields_by_name[control.name], values.get(control.name), form_wording, offer_source)
        for control in shared_controls
    ]


def choose_offered_day(fields: Sequence[Field]) -> str | None:
    """Return the first field of a section that asks for a day to come: several lists of days would be a long page."""
    return next(
        (
            form_field.name
            for form_field in fields
            if isinstance(form_field.type, Day) and form_field.type.is_near and not form_field.type.allows_past
        ),
        None,
    )


def read_section_values(fields: Sequence[Field], posted: PostedForm) -> dict[str, Any]:
    """Return what a page posted for these fields, as typed; rows that name no machine are among it."""
    values = {**read_submitted_form(fields, posted), **read_numbered_rows(fields, posted)}
    for form_field in fields:
        if isinstance(form_field.type, Day) or _is_plate(form_field):
            values[form_field.name] = _read_offered_value(form_field, posted)
    return {field_name: value for field_name, value in values.items() if value not in ("", [])}


def _build_control(
    control: Control, form_field: Field, value: Any, form_wording: FormWording, offer_source: OfferSource
) -> SectionControl:
    catalogue = form_wording.catalogue
    if _is_plate(form_field):
        offers = _offer_choices(form_field, value, form_wording, offer_source)
        hint = language_in_force().clause_mark.join(
            part for part in (catalogue.text("web.request_form.controls.plate_hint"), control.hint) if part
        )
        return SectionControl(
            replace(control, kind="plate", hint=hint), offers, _is_other(value, offers), split_plate(str(value or ""))
        )
    if isinstance(form_field.type, Day) and form_field.name == offer_source.offered_day:
        offers = _offer_days(form_field.name, value, catalogue, offer_source)
        return SectionControl(replace(control, kind="offers"), offers, _is_other(value, offers))
    if control.kind == "select" and len(control.options) <= MOST_RADIOS:
        return SectionControl(replace(control, kind="radios"))
    is_number = isinstance(form_field.type, Integer) or (
        isinstance(form_field.type, Identifier) and form_field.type.identifier_kind in _NUMERIC_IDENTIFIERS
    )
    return SectionControl(replace(control, kind="digits") if is_number else control)


def _is_plate(form_field: Field) -> bool:
    return isinstance(form_field.type, Identifier) and form_field.type.identifier_kind == "plate"


def _is_other(value: Any, offers: Sequence[Option]) -> bool:
    return bool(value) and not any(offer.is_chosen for offer in offers)


def _offer_days(field_name: str, value: Any, catalogue: Catalogue, offer_source: OfferSource) -> list[Option]:
    offers = []
    for day_number in range(OFFERED_DAYS):
        day = offer_source.today + timedelta(days=day_number)
        if offer_source.is_day_refused(field_name, day.isoformat()):
            continue
        prefix_key = f"web.request_form.controls.day_{day_number}"
        prefix = f"{catalogue.text(prefix_key)} " if prefix_key in catalogue else ""
        offers.append(Option(day.isoformat(), f"{prefix}{jalali_long_text(day)}", value == day.isoformat()))
    return offers


def _offer_choices(form_field: Field, value: Any, form_wording: FormWording, offer_source: OfferSource) -> list[Option]:
    return [
        Option(choice, form_field.type.display_name(choice, form_wording.catalogue.text), value == choice)
        for choice in offer_source.remaining_choices.get(form_field.name, ())
    ]


def _read_offered_value(form_field: Field, posted: PostedForm) -> str:
    """Return the chosen answer, or what was typed beside «other», or where nothing is offered."""
    chosen_value = read_text(posted, form_field.name)
    if chosen_value not in {"", OTHER_CHOICE}:
        return chosen_value
    if _is_plate(form_field):
        return join_plate({part: read_text(posted, f"{form_field.name}-{part}") for part in PLATE_PARTS})
    return read_text(posted, f"{form_field.name}-{OTHER_CHOICE}")


def join_plate(plate_parts: Mapping[str, str]) -> str:
    """Return a plate of its parts as one text, so that they can be told apart again, all of them or not."""
    typed_parts = [ascii_digits(plate_parts[part].strip()) for part in PLATE_PARTS]
    if not any(typed_parts):
        return ""
    if not all(typed_parts):
        return _PART_SEPARATOR.join(typed_parts)
    two, letter, three, region = typed_parts
    return f"{two}{letter}{three}-{region}"


def split_plate(plate_text: str) -> dict[str, str]:
    """Return the parts of a plate that `join_plate` put together, or that a registry has; else all in the first."""
    separate_parts = plate_text.split(_PART_SEPARATOR)
    if len(separate_parts) == len(PLATE_PARTS):
        return dict(zip(PLATE_PARTS, separate_parts, strict=True))
    if plate_match := _PLATE_PATTERN.fullmatch(plate_text):
        return plate_match.groupdict()
    return dict.fromkeys(PLATE_PARTS, "") | {PLATE_PARTS[0]: plate_text}
