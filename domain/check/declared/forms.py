"""Checks that the names in a declaration exist (fields, channels, sources, operations) and can be written by every
channel.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from domain.chats.chat import MESSENGERS
from domain.check.flaws import Flaw
from domain.fields.form import PERSON_NAME_SOURCE, Field
from domain.fields.types import Choice
from domain.language.service import Effect, Guard, Service

ASKING_CHANNELS = frozenset({"sms", *MESSENGERS, "portal", "pishkhan_soap", "walk_in"})
"""The channels by which citizens, and who writes for them, are asked for a form (channels.md)."""

FORM_CHANNELS = ASKING_CHANNELS | {"cli"}
"""Every channel that a form may come through: a command line asks nobody."""

FORM_SOURCES = frozenset({PERSON_NAME_SOURCE, "person.national_code"})
"""Sources in the citizen's known facts that fill fields by themselves (`actions/requests/submit.py`)."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OPERATION = re.compile(r"[A-Z][A-Za-z0-9]*")


def form_flaws(service: Service) -> Iterator[Flaw]:
    """Find names that cannot be written, and those of what there is not."""
    yield from _name_flaws(service)
    for form_field in service.form:
        yield from _field_flaws(service, form_field)
    yield from (Flaw("unknown_field", service.key, name) for name in _list_unknown_fields(service))
    yield from (
        Flaw("effect_lacks_field", service.key, subject) for subject in dict.fromkeys(_list_lacking_fields(service))
    )


def operation_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find services of one key, and operations that counter offices could not call, or that two declarations have."""
    for key, count in Counter(service.key for service in services).items():
        if count > 1:
            yield Flaw("service_twice", key, key)
    owners_by_operation: dict[str, str] = {}
    for service in services:
        lookup_operations = [lookup.soap_operation for lookup in service.lookups if lookup.soap_operation]
        for operation in dict.fromkeys((service.soap_operation, *lookup_operations)):
            if not _OPERATION.fullmatch(operation):
                yield Flaw("bad_operation", service.key, operation)
            if owners_by_operation.setdefault(operation, service.key) != service.key:
                yield Flaw("operation_twice", service.key, operation)


def _name_flaws(service: Service) -> Iterator[Flaw]:
    input_names = (form_field.name for step in service.transitions for form_field in step.inputs)
    declared_names = (
        service.key,
        *(form_field.name for form_field in (*service.form, *service.stored_fields)),
        *(state.name for state in service.states),
        *(step.name for step in service.transitions),
        *input_names,
    )
    yield from (
        Flaw("bad_name", service.key, name) for name in dict.fromkeys(declared_names) if not _NAME.fullmatch(name)
    )
    input_groups = (step.inputs for step in service.transitions)
    for fields in (service.form, service.stored_fields, *input_groups):
        counts = Counter(form_field.name for form_field in fields)
        yield from (Flaw("double_field", service.key, name) for name, count in counts.items() if count > 1)


def _field_flaws(service: Service, form_field: Field) -> Iterator[Flaw]:
    subject = f"{form_field.name}: "
    for channel in sorted(form_field.deferred_in - FORM_CHANNELS):
        yield Flaw("unknown_channel", service.key, subject + channel)
    if form_field.autofill and form_field.autofill not in FORM_SOURCES:
        yield Flaw("unknown_source", service.key, subject + form_field.autofill)
    if form_field.required and form_field.deferred_in >= ASKING_CHANNELS:
        yield Flaw("nobody_asked", service.key, form_field.name)
    is_choice = isinstance(form_field.type, Choice) and not form_field.is_derived
    if is_choice and not (form_field.choices or form_field.find_choices or form_field.type.numbered_choices()):
        yield Flaw("no_choices", service.key, form_field.name)


def _list_unknown_fields(service: Service) -> dict[str, None]:
    """Return the names by which a declaration calls fields that its form has not."""
    field_names = {form_field.name for form_field in service.form}
    called_names = [name for name in (service.kind_field, service.subject_field) if name]
    called_names += [name for form_field in service.form for name in form_field.alternatives]
    part_names = {part for form_field in service.form for part in form_field.type.part_names}
    slot_names: list[str] = []
    for keyword in service.keywords:
        intent = keyword.intent
        called_names += keyword.preset_values
        slot_names += [*intent.required_slots, *([intent.rest_slot] if intent.rest_slot else [])]
        slot_names += [name for alternative_names in intent.alternatives.values() for name in alternative_names]
    unknown_slots = [name for name in slot_names if name not in field_names | part_names]
    return dict.fromkeys([*(name for name in called_names if name not in field_names), *unknown_slots])


def _list_lacking_fields(service: Service) -> Iterator[str]:
    """Yield «step.field» where a guard or effect needs a value of the form that there may not be."""
    certain_fields = {field.name for field in service.form if field.is_derived or field.is_always_given}
    yield from _list_lacking_in("submit", certain_fields, service.submit_guards, service.submit_effects)
    for step in service.transitions:
        guards = (*step.guards, *([step.condition] if step.condition else []))
        yield from _list_lacking_in(step.name, certain_fields, guards, step.effects)


def _list_lacking_in(
    step_name: str, certain_fields: set[str], guards: Iterable[Guard], effects: Iterable[Effect]
) -> Iterator[str]:
    required_fields = {name for guard in guards for name in guard.required_fields}
    required_fields |= {name for effect in effects for name in effect.required_fields}
    yield from (f"{step_name}.{name}" for name in sorted(required_fields - certain_fields))
