"""Forms rendered from declared fields, and read back: every site asks for its fields in one way.

A control says how a field is shown; its words and its reading belong to the field's type. What was typed is kept in the
form again when it is refused, beside what was wrong with it. Nothing needs scripts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.web.posted import PostedForm, read_text
from domain.fields.decimals import DecimalNumber, Length
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay, Moment
from domain.fields.types import Choice, Choices, FieldType, Identifier, Rials, Text
from domain.fields.work_items import WorkItems
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.parsing.answers import read_hours, read_number
from domain.registries.field_types import CODE, CheckedText, Note, Plates, RecordedDay
from domain.values.errors import DomainError, InvalidField, MissingField
from domain.values.languages import join_list, language_in_force
from domain.values.reasons import InvalidReason

FormValues = Mapping[str, Any]
"""Field name → what was typed, as `read_form` returns it, or a stored value."""

TEXTAREA_THRESHOLD = 120
"""Characters from which on a text gets a box of several lines."""

INITIAL_WORK_ROWS = 3
"""Rows for machines that a form offers at once, and how many more when they are asked for."""

MORE_ROWS_BUTTON = "more"
"""The name of the button that asks for more rows: a form that it sends is shown again, and nothing else is done."""

_WORK_ROW_PATTERN = re.compile(r"(?P<field>[a-z_]+)-(?P<row>[0-9]{1,2})-(?P<part>machine|count|hours)")

_CONTROL_KINDS: Sequence[tuple[type[FieldType], str]] = (
    (WorkItems, "items"),
    (Choices, "checkboxes"),
    (Choice, "select"),
    (Day, "date"),
    (Moment, "moment"),
    (HourOfDay, "hour"),
    (Rials, "rials"),
    (RecordedDay, "recorded_day"),
    (Plates, "plates"),
    (Length, "length"),
    (DecimalNumber, "decimal"),
)
"""The control of a type of field; the first that fits. Any other is a line of text."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a control."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A machine of a work form, as typed."""

    machine_options: Sequence[Option]
    """The machine types, with the chosen one."""
    count: str
    """Number of machines."""
    hours: str
    """Hours of each."""


@dataclass(frozen=True, slots=True)
class Control:
    """A field as a form shows it."""

    id: str
    """Its own on the page."""
    name: str
    """Name under which it is posted."""
    kind: str
    """The macro of `web/form.html` that shows it."""
    label: str
    """Name of the field."""
    value: str
    """Its value: stored, or as it was typed."""
    required: bool
    """It must be filled by itself."""
    optional: bool
    """It may be left empty, and is called so; not where one of several must be filled."""
    options: Sequence[Option] = ()
    """Options, of a choice; else empty."""
    suggestions: Sequence[Option] = ()
    """Values that may be typed, with their names."""
    work_rows: Sequence[WorkRow] = ()
    """The machines of a work form; else empty."""
    hint: str | None = None
    """Hint on how to write it; None where nothing needs explaining."""
    problem: str | None = None
    """Problem of the typed value; None where nothing was."""
    max_length: int | None = None
    """In characters; None: no limit is shown."""
    is_latin: bool = False
    """Its values run from left to right."""
    blank_label: str = ""
    """Label of a choice while nothing is chosen."""
    may_add_rows: bool = False
    """There may be more `work_rows` than are shown."""


@dataclass(frozen=True, slots=True)
class FormWording:
    """Wording of a form."""

    wording: Wording
    """Words for values and errors."""
    label_of: Callable[[str], str]
    """Gives the label of a field by its name."""
    titles_by_field: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field → choice that was found for it → what it is called, or the key of that."""
    id_prefix: str = ""
    """Keeps the ids of several forms on a page apart."""
    blank_key: str = "web.form.choose"
    """The key of what a choice says while nothing is chosen."""
    hints_by_field: Mapping[str, str] = field(default_factory=dict)
    """Shown beside single fields, in place of the texts of their kind."""
    suggestions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field → value → words, for what is typed, not chosen: the rows there are of a small registry."""

    @property
    def catalogue(self) -> Catalogue:
        """The texts."""
        return self.wording.catalogue


def build_controls(
    form_fields: Sequence[Field],
    form_values: FormValues,
    form_wording: FormWording,
    error: DomainError | None = None,
    *,
    work_rows: int = INITIAL_WORK_ROWS,
) -> list[Control]:
    """Return the controls of a form with what was given, and the problem at each field that a fault names.

    `work_rows` is how many rows for machines there are (`count_work_rows`), and one more than were given in any case.
    """
    return [
        _build_control(form_field, form_values.get(form_field.name), form_wording, error, work_rows, form_fields)
        for form_field in form_fields
        if not form_field.is_derived
    ]


def describe_stray(form_fields: Sequence[Field], error: DomainError | None, form_wording: FormWording) -> str | None:
    """Return what to say above the form: the faults that name none of its fields."""
    control_names = {entry.name for entry in form_fields if not entry.is_derived}
    stray_messages = [
        form_wording.wording.render_error(entry)
        for entry in (error.faults if error else ())
        if entry.field not in control_names
    ]
    return " ".join(dict.fromkeys(stray_messages)) or None


def read_form(form_fields: Sequence[Field], posted: PostedForm) -> dict[str, Any]:
    """Return what was posted for these fields, as typed: text, a list for several choices, machines as a list."""
    named_rows = {
        field_name: [row for row in rows if "machine" in row]
        for field_name, rows in read_numbered_rows(form_fields, posted).items()
    }
    return {
        field_name: value
        for field_name, value in {**read_submitted_form(form_fields, posted), **named_rows}.items()
        if value not in ("", [])
    }


def read_numbered_rows(form_fields: Sequence[Field], posted: PostedForm) -> dict[str, list[dict[str, Any]]]:
    """Return the rows for machines of each field that has some, their numbers read where they can be."""
    return {
        field_name: [_parse_work_row(row) for row in rows]
        for field_name, rows in _read_work_rows(form_fields, posted).items()
    }


def read_submitted_form(form_fields: Sequence[Field], posted: PostedForm) -> dict[str, Any]:
    """Return what was posted for these fields as it shall be shown in the form again: rows that name no machine too."""
    values_by_field: dict[str, Any] = {}
    for form_field in form_fields:
        match choose_control_kind(form_field):
            case "items":
                values_by_field[form_field.name] = _read_posted_rows(form_field.name, posted)
            case "checkboxes":
                values_by_field[form_field.name] = [
                    value for value in posted.getall(form_field.name, []) if isinstance(value, str)
                ]
            case _:
                values_by_field[form_field.name] = read_text(posted, form_field.name)
    return {field_name: value for field_name, value in values_by_field.items() if value not in ("", [])}


def refuse_rows_without_machine(form_fields: Sequence[Field], posted: PostedForm) -> None:
    """Refuse a row of hours or a count beside which no machine was chosen (`InvalidField`): it would be lost unseen."""
    for field_name, rows in _read_work_rows(form_fields, posted).items():
        if not all("machine" in row for row in rows):
            raise InvalidField(field_name, InvalidReason.NO_MACHINE)


def count_work_rows(posted: PostedForm) -> int:
    """Return how many rows for machines a form has that was posted and is shown again: more, where these were asked
    for (`MORE_ROWS_BUTTON`).
    """
    row_counts = [int(row_match["row"]) + 1 for row_match in map(_WORK_ROW_PATTERN.fullmatch, posted) if row_match]
    return max(row_counts, default=INITIAL_WORK_ROWS) + (INITIAL_WORK_ROWS if MORE_ROWS_BUTTON in posted else 0)


def choose_control_kind(form_field: Field) -> str:
    """Return the macro that shows a field."""
    if isinstance(form_field.type, Text | Note) and form_field.type.max_length > TEXTAREA_THRESHOLD:
        return "textarea"
    if form_field.find_choices and not isinstance(form_field.type, Choices):
        return "select"
    return next(
        (control_kind for field_type, control_kind in _CONTROL_KINDS if isinstance(form_field.type, field_type)), "line"
    )


def _build_control(
    form_field: Field,
    value: Any,
    form_wording: FormWording,
    error: DomainError | None,
    work_rows: int,
    form_fields: Sequence[Field],
) -> Control:
    control_kind = choose_control_kind(form_field)
    rows = _work_rows(form_field.type, value, form_wording, work_rows) if isinstance(form_field.type, WorkItems) else ()
    return Control(
        id=f"{form_wording.id_prefix}{form_field.name}",
        name=form_field.name,
        kind=control_kind,
        label=form_wording.label_of(form_field.name),
        value=_format_submitted(value),
        required=form_field.required and not form_field.alternatives,
        optional=not form_field.required and not _list_replaced_fields(form_field, form_fields),
        options=_build_options(form_field, value, form_wording) if control_kind in {"select", "checkboxes"} else (),
        suggestions=[
            Option(value, title, False) for value, title in _list_suggestions(form_field, form_wording).items()
        ],
        work_rows=rows,
        hint=_describe_hint(form_field, control_kind, form_wording, form_fields),
        problem=_describe_problem(form_field, error, form_wording),
        max_length=form_field.type.max_length if isinstance(form_field.type, Text | Note) else None,
        is_latin=_is_latin(form_field.type),
        blank_label=form_wording.catalogue.text(form_wording.blank_key),
        may_add_rows=isinstance(form_field.type, WorkItems) and len(rows) < form_field.type.max_machines,
    )


def _list_suggestions(form_field: Field, form_wording: FormWording) -> Mapping[str, str]:
    """Return what may be typed: what the page knows, else what the field itself suggests."""
    catalogue_text = form_wording.catalogue.text
    return form_wording.suggestions.get(form_field.name) or {
        suggestion: form_field.type.render_value(suggestion, catalogue_text) for suggestion in form_field.suggestions
    }


def _list_replaced_fields(form_field: Field, form_fields: Sequence[Field]) -> Sequence[Field]:
    """Return the fields that need not be filled where this one is."""
    return [
        other_field
        for other_field in form_fields
        if other_field.required and form_field.name in other_field.alternatives
    ]


def _describe_hint(
    form_field: Field, control_kind: str, form_wording: FormWording, form_fields: Sequence[Field]
) -> str | None:
    """Return how a field may be written, and which may be filled in its place."""
    # «فردا» would mislead where the day is past, or far.
    is_other_day = isinstance(form_field.type, Day) and (form_field.type.allows_past or not form_field.type.is_near)
    hint_name, catalogue = "past_date" if is_other_day else control_kind, form_wording.catalogue
    usual_hint_key = f"web.form.hints.{hint_name}"
    own_hint = form_wording.hints_by_field.get(form_field.name) or (
        catalogue.text(usual_hint_key) if usual_hint_key in catalogue else None
    )
    replacing_labels = join_list(map(form_wording.label_of, form_field.alternatives)) if form_field.required else ""
    replacement_hints = [catalogue.render("web.form.instead", {"others": replacing_labels})] if replacing_labels else []
    replacement_hints += [
        catalogue.render("web.form.stead", {"name": form_wording.label_of(replaced_field.name)})
        for replaced_field in _list_replaced_fields(form_field, form_fields)
    ]
    return (
        language_in_force().clause_mark.join(hint_part for hint_part in (own_hint, *replacement_hints) if hint_part)
        or None
    )


def _describe_problem(form_field: Field, error: DomainError | None, form_wording: FormWording) -> str | None:
    """Return what was wrong with this field; one that others may replace was not needed by itself."""
    fault = next((entry for entry in (error.faults if error else ()) if entry.field == form_field.name), None)
    if fault is None:
        return None
    if isinstance(fault, MissingField) and fault.reason is None and form_field.alternatives:
        field_labels = join_list(
            f"«{form_wording.label_of(entry)}»" for entry in (form_field.name, *form_field.alternatives)
        )
        return form_wording.catalogue.render("web.form.one_of", {"names": field_labels})
    return form_wording.wording.render_error(fault)


def _is_latin(field_type: FieldType) -> bool:
    """Return whether values are digits and Latin letters alone: plates and codes of offices may have Persian ones."""
    if isinstance(field_type, Identifier):
        return field_type.identifier_kind != "plate"
    return isinstance(field_type, CheckedText) and field_type is not CODE


def _format_submitted(field_value: Any) -> str:
    if field_value is None or isinstance(field_value, list | dict):
        return ""
    return str(field_value)


def _build_options(form_field: Field, field_value: Any, form_wording: FormWording) -> list[Option]:
    chosen_values, catalogue = field_value if isinstance(field_value, list) else [field_value], form_wording.catalogue
    titles_by_choice = form_wording.titles_by_field.get(form_field.name, {})
    labels_by_choice = {
        choice: titles_by_choice.get(choice) or form_field.type.display_name(choice, catalogue.text)
        for choice in form_field.choices
    }
    return [
        Option(value, catalogue.first_text(title, fallback=title), value in chosen_values)
        for value, title in labels_by_choice.items()
    ]


def _work_rows(
    field_type: WorkItems, field_value: Any, form_wording: FormWording, requested_rows: int
) -> list[WorkRow]:
    work_items = (
        [candidate for candidate in field_value if isinstance(candidate, Mapping)]
        if isinstance(field_value, list)
        else []
    )
    empty_count = min(max(requested_rows, len(work_items) + 1), field_type.max_machines) - len(work_items)
    blank_items: list[Mapping[str, Any]] = [{}] * empty_count
    return [_build_row(field_type, item, form_wording) for item in [*work_items, *blank_items]]


def _build_row(field_type: WorkItems, item: Mapping[str, Any], form_wording: FormWording) -> WorkRow:
    names_by_type = {
        machine_type: field_type.display_name(machine_type, form_wording.catalogue.text)
        for machine_type in field_type.numbered_choices()
    }
    machine_options = [Option(value, title, value == item.get("machine")) for value, title in names_by_type.items()]
    return WorkRow(machine_options, str(item.get("count", "")), str(item.get("hours", "")))


def _read_work_rows(form_fields: Sequence[Field], posted: PostedForm) -> dict[str, list[dict[str, str]]]:
    return {
        form_field.name: _read_posted_rows(form_field.name, posted)
        for form_field in form_fields
        if choose_control_kind(form_field) == "items"
    }


def _read_posted_rows(field_name: str, posted: PostedForm) -> list[dict[str, str]]:
    """Return the rows of machines in which anything was chosen or typed, as it was."""
    rows_by_number: dict[int, dict[str, str]] = {}
    for input_name, value in posted.items():
        row_match = _WORK_ROW_PATTERN.fullmatch(input_name)
        if row_match and row_match["field"] == field_name and isinstance(value, str) and value.strip():
            rows_by_number.setdefault(int(row_match["row"]), {})[row_match["part"]] = value.strip()
    return [rows_by_number[row_number] for row_number in sorted(rows_by_number)]


def _parse_work_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with its numbers; one that cannot be read stays as it was typed."""
    return {column_name: _parse_number(column_name, text) for column_name, text in row.items()}


def _parse_number(column_name: str, text: str) -> Any:
    if column_name == "machine":
        return text
    try:
        return read_number(text) if column_name == "count" else read_hours(text)
    except InvalidField:
        return text
