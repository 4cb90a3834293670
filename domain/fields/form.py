"""Fields, declared once and used by every channel, and forms made of them: what is asked, and how a form is read.

A field's label and prompt are texts (`services.<service>.fields.<name>`); what its values are is told by its type
(`types.py`).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.fields.types import FieldType, ReadingContext
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError, Doubt, InvalidField, MissingField, UnknownKind, raise_faults

Options = Callable[..., Awaitable[Mapping[str, str]]]
"""Finds the choices of a field for one request (machines that exist, officers on duty …), each with what it is called:
in words, or by the key of a text.
"""


Applies = Callable[["ServiceRequest", datetime], bool]
"""Tells whether an input means anything for one request at a moment (a fine, of a report that is no praise)."""

PERSON_NAME = "person.full_name"
"""The source of a field that holds the applicant's name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked, of a citizen by a form or of staff by an action.

    `choices` are fixed ids, `options` finds them for one request. `autofill` names the source (`person.full_name` …)
    that fills it unasked. In the channels of `deferred_in` it is not asked; it may be given later. `instead` names
    fields of the same form that do as well (a taxi code for a plate). `found`: only the service's `fill` or an effect
    gives it a value; people see it and never say it. `applies` tells of which requests, and when, an action asks for
    it; elsewhere it is not offered, and whoever gives it is refused by the action. `note`: what somebody writes to
    others about a step (a reason, a question, its answer); the history shows it beside the step. It is personal, and
    erased with the rest.
    """

    name: str
    type: FieldType
    required: bool = True
    choices: tuple[str, ...] = ()
    options: Options | None = None
    autofill: str | None = None
    deferred_in: frozenset[str] = frozenset()
    instead: tuple[str, ...] = ()
    found: bool = False
    applies: Applies | None = None
    note: bool = False

    def applies_to(self, request: "ServiceRequest", now: datetime) -> bool:
        """Whether an action on this request asks for it."""
        return self.applies is None or self.applies(request, now)

    def given_in(self, values: Mapping[str, Any]) -> bool:
        """Whether these values hold it, or what does as well."""
        return self.name in values or any(other in values for other in self.instead)

    def found_by(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names and numbers of people in this field of a form, by which the staff search for it."""
        value = values.get(self.name)
        if value is None:
            return ()
        return (value,) if self.autofill == PERSON_NAME else self.type.found_by(value)

    def asked_in(self, channel: str) -> bool:
        """Whether this channel asks for it."""
        return self.required and channel not in self.deferred_in

    def read(self, raw: object, reading: ReadingContext) -> Any:
        """Return the value; every error names this field."""
        with self.naming_errors():
            return self.type.parse(raw, reading)

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """Give this field's name to the errors of its type."""
        try:
            yield
        except Doubt as doubt:
            raise Doubt(self.name, detail=doubt.detail, options=doubt.options, **doubt.params) from doubt
        except (InvalidField, UnknownKind) as error:
            raise type(error)(self.name, detail=error.detail, **error.params) from error


def read_fields(
    wanted: tuple[Field, ...], raw: Mapping[str, object], channel: str, reading: ReadingContext
) -> dict[str, Any]:
    """Read a whole form. The error names the first fault, and holds the others beside it (`DomainError.others`):
    `InvalidField` names a field that is not of this form or cannot be read, `MissingField` one that must be given.
    """
    values, faults = read_what_can_be(wanted, raw, reading)
    raise_faults([*faults, *missing(wanted, values, channel, faults)])
    return values


def read_given(wanted: tuple[Field, ...], raw: Mapping[str, object], reading: ReadingContext) -> dict[str, Any]:
    """Read what is given of a form; `InvalidField` names what nobody is asked for, or cannot be read."""
    values, faults = read_what_can_be(wanted, raw, reading)
    raise_faults(faults)
    return values


def read_what_can_be(
    wanted: tuple[Field, ...], raw: Mapping[str, object], reading: ReadingContext
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the values that can be read of a form, and what is wrong with the others, in the form's order."""
    names = {one.name for one in wanted if not one.found}
    values: dict[str, Any] = {}
    faults: list[DomainError] = [InvalidField(name, detail="unknown_field") for name in raw if name not in names]
    for one in wanted:
        given = raw.get(one.name)
        if given is None or given == "":
            continue
        try:
            values[one.name] = one.read(given, ReadingContext(reading.now, one.choices))
        except DomainError as error:
            faults.append(error)
    return values, faults


def missing(
    wanted: tuple[Field, ...], values: Mapping[str, Any], channel: str, faults: Sequence[DomainError] = ()
) -> list[DomainError]:
    """Return a `MissingField` for each field that this channel asks for and nobody gave; what was given and is faulty,
    and what such a value stands for, is not called missing.
    """
    given = {*values, *(one.field for one in faults)}
    asked = [one for one in wanted if one.asked_in(channel)]
    return [MissingField(one.name) for one in asked if not given & {one.name, *one.instead}]
