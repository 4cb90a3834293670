"""Fields, declared once and used by every channel, and forms made of them: what is asked, and how a form is read.

A field's label and prompt are texts (`services.<service>.fields.<name>`); what its values are is defined by its type
(`types.py`).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.fields.types import FieldType, ReadingContext
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError, InvalidField, MissingField, UnknownKind, raise_faults
from domain.values.reasons import InvalidReason

ChoiceFinder = Callable[..., Awaitable[Mapping[str, str]]]
"""Finds the choices of a field for one request (machines that exist, officers on duty …), each with what it is called:
in words, or by the key of a text.
"""


InputCondition = Callable[["ServiceRequest", datetime], bool]
"""Tests whether an input means anything for one request at a moment (a fine, of a report that is no praise)."""

ProposalFinder = Callable[..., Awaitable[str | list[str] | None]]
"""Finds, in a unit of work, what an input is for one request unless somebody says otherwise: what is in force (the hour
that is booked), or what it most likely is (hours that an operator reported). As it is typed; None: nothing says it.
"""

PERSON_NAME_SOURCE = "person.full_name"
"""The source of a field that holds the applicant's name."""


@dataclass(frozen=True, slots=True)
class LeftToUnit:
    """Placeholder for an answer that the citizen does not know, until the unit settles it."""

    typed_value: str
    """The provisional value, as people would type it: rules and prices work with it."""
    part: str = ""
    """The part of the value that may be left (`FieldType.part_names`); empty: all of it."""


@dataclass(frozen=True, slots=True)
class ChoiceOfRest:
    """Choice of a list for all that the list does not name («سایر»)."""

    choice: str
    """The choice; a conversation takes it from somebody who describes a matter instead of choosing."""
    described_in: str
    """The field of the same form, in own words, that holds the description."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked, of a citizen by a form or of staff by an action."""

    name: str
    """Unique in its form; texts and columns are called by it."""
    type: FieldType
    """Type of its values: their meaning and how they are read."""
    required: bool = True
    """Whether it must be there in the end."""
    choices: tuple[str, ...] = ()
    """Fixed ids to choose from; none: the type alone says what may be given."""
    find_choices: ChoiceFinder | None = None
    """Finds the choices for one request, in place of fixed ones."""
    autofill: str | None = None
    """The source (`person.full_name` …) that fills it unasked."""
    deferred_in: frozenset[str] = frozenset()
    """The channels in which it is not asked; it may be given later."""
    alternatives: tuple[str, ...] = ()
    """Fields of the same form that do as well (a taxi code for a plate)."""
    is_derived: bool = False
    """Whether only `Service.fill_form` or an effect gives it a value: people see it and never say it."""
    applies_when: InputCondition | None = None
    """Condition under which an action asks for it; elsewhere whoever gives it is refused. None: always."""
    find_proposal: ProposalFinder | None = None
    """Finds what an action's form holds at first for one request, as it is typed. Where that is in force, it
    means what the empty box means. None: its box is empty.
    """
    follows: str = ""
    """The field of the same action with which its proposal moves (the end of work with its start): left as it was
    proposed, it means what its empty box means. Empty: it stands by itself.
    """
    suggestions: tuple[str, ...] = ()
    """Usual answers, as they are kept: buttons in chats, offered beside the line on pages; any other may be given."""
    left_to_unit: LeftToUnit | None = None
    """Value taken by a conversation from somebody who does not know («نمی‌دانم»); None: it has to be said."""
    choice_of_rest: ChoiceOfRest | None = None
    """Choice for what its choices do not name; None: they name everything."""
    is_note: bool = False
    """Whether somebody writes in it to others; the history shows it by the step. It is personal, and erased so."""

    def applies_to(self, request: "ServiceRequest", now: datetime) -> bool:
        """Whether an action on this request asks for it."""
        return self.applies_when is None or self.applies_when(request, now)

    def is_answered_in(self, values: Mapping[str, Any]) -> bool:
        """Whether these values hold it, or what does as well."""
        return self.name in values or any(alternative in values for alternative in self.alternatives)

    def search_terms(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names and numbers of people in this field of a form, by which the staff search for it."""
        value = values.get(self.name)
        if value is None:
            return ()
        return (value,) if self.autofill == PERSON_NAME_SOURCE else self.type.search_terms(value)

    @property
    def survives_erasure(self) -> bool:
        """Whether its values stay when personal data is erased: figures, and no choice among persons."""
        return self.type.survives_erasure and self.find_choices is None

    @property
    def is_always_given(self) -> bool:
        """Whether every form has a value of it, whatever the channel."""
        return self.required and not self.deferred_in and not self.alternatives

    def is_asked_in(self, channel: str) -> bool:
        """Whether this channel asks for it."""
        return self.required and channel not in self.deferred_in

    def read_value(self, raw_value: object, reading_context: ReadingContext) -> Any:
        """Return the value; every error names this field."""
        with self.naming_errors():
            return self.type.parse(raw_value, reading_context)

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """Give this field's name to the errors of its type."""
        try:
            yield
        except (InvalidField, UnknownKind) as error:
            raise error.about_field(self.name) from error


def read_fields(
    form_fields: tuple[Field, ...],
    submitted_values: Mapping[str, object],
    channel: str,
    reading_context: ReadingContext,
) -> dict[str, Any]:
    """Read a whole form. The error names the first fault, and holds the others beside it (`DomainError.other_faults`):
    `InvalidField` names a field that is not of this form or cannot be read, `MissingField` one that must be given.
    """
    values, faults = read_readable(form_fields, submitted_values, reading_context)
    raise_faults([*faults, *list_missing(form_fields, values, channel, faults)])
    return values


def read_submitted(
    form_fields: tuple[Field, ...], submitted_values: Mapping[str, object], reading_context: ReadingContext
) -> dict[str, Any]:
    """Read what is given of a form; `InvalidField` names what nobody is asked for, or cannot be read."""
    values, faults = read_readable(form_fields, submitted_values, reading_context)
    raise_faults(faults)
    return values


def read_readable(
    form_fields: tuple[Field, ...], submitted_values: Mapping[str, object], reading_context: ReadingContext
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the values that can be read of a form, and what is wrong with the others, in the form's order."""
    field_names = {form_field.name for form_field in form_fields if not form_field.is_derived}
    values: dict[str, Any] = {}
    faults: list[DomainError] = [
        InvalidField(field_name, InvalidReason.UNKNOWN_FIELD)
        for field_name in submitted_values
        if field_name not in field_names
    ]
    for form_field in form_fields:
        raw_value = submitted_values.get(form_field.name)
        if raw_value is None or raw_value == "":
            continue
        try:
            values[form_field.name] = form_field.read_value(
                raw_value, ReadingContext(reading_context.now, form_field.choices)
            )
        except DomainError as error:
            faults.append(error)
    return values, faults


def recheck_values(
    form_fields: tuple[Field, ...], read_values: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return what still holds of a form's values that were read some time ago, and what is wrong with the others."""
    types_by_name = {form_field.name: form_field.type for form_field in form_fields}
    values: dict[str, Any] = {}
    faults: list[DomainError] = []
    for field_name, value in read_values.items():
        if field_name not in types_by_name:
            faults.append(InvalidField(field_name, InvalidReason.UNKNOWN_FIELD))
        elif types_by_name[field_name].is_outdated(value, now):
            faults.append(InvalidField(field_name, InvalidReason.PAST))
        else:
            values[field_name] = value
    return values, faults


def list_missing(
    form_fields: tuple[Field, ...], values: Mapping[str, Any], channel: str, faults: Sequence[DomainError] = ()
) -> list[DomainError]:
    """Return a `MissingField` for each field that this channel asks for and nobody gave; what was given and is faulty,
    and what such a value replaces, is not called missing.
    """
    answered_names = {*values, *(fault.field for fault in faults)}
    asked_fields = [fault for fault in form_fields if fault.is_asked_in(channel)]
    return [
        MissingField(fault.name) for fault in asked_fields if not answered_names & {fault.name, *fault.alternatives}
    ]
