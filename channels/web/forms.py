"""Forms rendered from declared fields, and read back: what every site of the house asks is asked in one way.

A control says how a field is shown; its words and its reading belong to the field's type. What was typed stands in the
form again when it is refused, beside what was wrong with it. Nothing needs scripts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.web.posted import Form, said
from domain.fields.form import Field
from domain.fields.types import Choice, Choices, Day, FieldType, HourOfDay, Identifier, Moment, Rials, Text
from domain.fields.work_items import WorkItems
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.parsing.answers import read_hours, read_number
from domain.registries.field_types import CODE, Checked, Note, Plates, RecordedDay
from domain.values.errors import DomainError, InvalidField, MissingField

Given = Mapping[str, Any]
"""Field name → what was typed, as `read_form` returns it, or a stored value."""

LONG_TEXT = 120
"""Characters from which on a text gets a box of several lines."""

WORK_ROWS = 3
"""Rows for machines that a form offers at once, and how many more when they are asked for."""

MORE = "more"
"""The name of the button that asks for more rows: a form that it sends is shown again, and nothing else is done."""

_ROW = re.compile(r"(?P<field>[a-z_]+)-(?P<row>[0-9]{1,2})-(?P<part>machine|count|hours)")

_KINDS: Sequence[tuple[type[FieldType], str]] = (
    (WorkItems, "items"),
    (Choices, "checkboxes"),
    (Choice, "select"),
    (Day, "date"),
    (Moment, "moment"),
    (HourOfDay, "hour"),
    (Rials, "rials"),
    (RecordedDay, "recorded_day"),
    (Plates, "plates"),
)
"""The control of a type of field; the first that fits. Any other is a line of text."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a control."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A machine of a work form: its type's options, how many, and hours each, as typed."""

    machines: Sequence[Option]
    count: str
    hours: str


@dataclass(frozen=True, slots=True)
class Control:
    """A field as a form shows it, under an `id` of its own on the page. `kind` is a macro of `web/form.html`.

    `problem` is what was wrong with what was typed, `hint` how it may be written; `latin` values run left to right.
    `optional` fields may be left empty; those are not called so of which one at least must be filled. `offered` is what
    may be typed, with what it is called. `blank` is what a choice says while nothing is chosen, `more` whether there
    may be more `rows` than are shown.
    """

    id: str
    name: str
    kind: str
    label: str
    value: str
    required: bool
    optional: bool
    options: Sequence[Option] = ()
    offered: Sequence[Option] = ()
    rows: Sequence[WorkRow] = ()
    hint: str | None = None
    problem: str | None = None
    limit: int | None = None
    latin: bool = False
    blank: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class FormWords:
    """How a form is worded: the label of each field, and what the choices that were found for it are called.

    `titles` is field → choice → words, or the key of a text; `offered` is field → value → words for what is typed, not
    chosen: the rows there are of a small registry. `prefix` keeps the ids of several forms on a page apart.
    `blank` is the key of what a choice says while nothing is chosen. `hints` are told beside single fields, in place of
    what is told of their kind.
    """

    wording: Wording
    label: Callable[[str], str]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    prefix: str = ""
    blank: str = "web.form.choose"
    hints: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The texts."""
        return self.wording.catalogue


def controls(
    fields: Sequence[Field],
    given: Given,
    words: FormWords,
    error: DomainError | None = None,
    *,
    work_rows: int = WORK_ROWS,
) -> list[Control]:
    """Return the controls of a form with what was given, and the problem at each field that a fault names.

    `work_rows` is how many rows for machines there are (`rows_shown`), and one more than were given in any case.
    """
    return [_control(one, given.get(one.name), words, error, work_rows, fields) for one in fields if not one.found]


def stray(fields: Sequence[Field], error: DomainError | None, words: FormWords) -> str | None:
    """Return what to say above the form: the faults that name none of its fields."""
    shown = {one.name for one in fields if not one.found}
    told = [words.wording.error(one) for one in (error.faults if error else ()) if one.field not in shown]
    return " ".join(dict.fromkeys(told)) or None


def read_form(fields: Sequence[Field], posted: Form) -> dict[str, Any]:
    """Return what was posted for these fields, as typed: text, a list for several choices, machines as a list."""
    named = {name: [_read_row(row) for row in rows if "machine" in row] for name, rows in _work(fields, posted).items()}
    return {name: value for name, value in {**typed_form(fields, posted), **named}.items() if value not in ("", [])}


def typed_form(fields: Sequence[Field], posted: Form) -> dict[str, Any]:
    """Return what was posted for these fields as it shall stand in the form again: rows that name no machine too."""
    found: dict[str, Any] = {}
    for one in fields:
        match kind_of(one):
            case "items":
                found[one.name] = _posted_rows(one.name, posted)
            case "checkboxes":
                found[one.name] = [value for value in posted.getall(one.name, []) if isinstance(value, str)]
            case _:
                found[one.name] = said(posted, one.name)
    return {name: value for name, value in found.items() if value not in ("", [])}


def refuse_nameless(fields: Sequence[Field], posted: Form) -> None:
    """Refuse a row of hours or a count beside which no machine was chosen (`InvalidField`): it would be lost unseen."""
    for name, rows in _work(fields, posted).items():
        if not all("machine" in row for row in rows):
            raise InvalidField(name, detail="no_machine")


def rows_shown(posted: Form) -> int:
    """Return how many rows for machines a form has that was posted and is shown again: more, where these were asked
    for (`MORE`).
    """
    there = [int(found["row"]) + 1 for found in map(_ROW.fullmatch, posted) if found]
    return max(there, default=WORK_ROWS) + (WORK_ROWS if MORE in posted else 0)


def kind_of(asked: Field) -> str:
    """Return the macro that shows a field."""
    if isinstance(asked.type, Text | Note) and asked.type.limit > LONG_TEXT:
        return "textarea"
    if asked.options and not isinstance(asked.type, Choices):
        return "select"
    return next((name for of, name in _KINDS if isinstance(asked.type, of)), "line")


def _control(
    asked: Field, given: Any, words: FormWords, error: DomainError | None, work_rows: int, form: Sequence[Field]
) -> Control:
    kind = kind_of(asked)
    rows = _rows(asked.type, given, words, work_rows) if isinstance(asked.type, WorkItems) else ()
    return Control(
        f"{words.prefix}{asked.name}",
        asked.name,
        kind,
        words.label(asked.name),
        _typed(given),
        asked.required and not asked.instead,
        not asked.required and not _stands_for(asked, form),
        _options(asked, given, words) if kind in {"select", "checkboxes"} else (),
        [Option(value, title, False) for value, title in words.offered.get(asked.name, {}).items()],
        rows,
        _hint(asked, kind, words, form),
        _problem(asked, error, words),
        asked.type.limit if isinstance(asked.type, Text | Note) else None,
        _latin(asked.type),
        words.catalogue.text(words.blank),
        isinstance(asked.type, WorkItems) and len(rows) < asked.type.most_machines,
    )


def _stands_for(asked: Field, form: Sequence[Field]) -> Sequence[Field]:
    """Return the fields that need not be filled where this one is."""
    return [one for one in form if one.required and asked.name in one.instead]


def _hint(asked: Field, kind: str, words: FormWords, form: Sequence[Field]) -> str | None:
    """Return how a field may be written, and which may be filled in its place."""
    past = isinstance(asked.type, Day) and asked.type.past  # «فردا» would mislead
    usual, text = f"web.form.hints.{'past_date' if past else kind}", words.catalogue
    told = words.hints.get(asked.name) or (text.text(usual) if usual in text else None)
    others = "، ".join(map(words.label, asked.instead)) if asked.required else ""
    stead = [text.render("web.form.instead", {"others": others})] if others else []
    stead += [text.render("web.form.stead", {"name": words.label(one.name)}) for one in _stands_for(asked, form)]
    return "؛ ".join(part for part in (told, *stead) if part) or None


def _problem(asked: Field, error: DomainError | None, words: FormWords) -> str | None:
    """Return what was wrong with this field; one for which others may stand was not needed by itself."""
    fault = next((one for one in (error.faults if error else ()) if one.field == asked.name), None)
    if fault is None:
        return None
    if isinstance(fault, MissingField) and fault.detail is None and asked.instead:
        names = "، ".join(f"«{words.label(one)}»" for one in (asked.name, *asked.instead))
        return words.catalogue.render("web.form.one_of", {"names": names})
    return words.wording.error(fault)


def _latin(kind: FieldType) -> bool:
    """Tell whether values are digits and Latin letters alone: plates and codes of offices may have Persian ones."""
    if isinstance(kind, Identifier):
        return kind.kind != "plate"
    return isinstance(kind, Checked) and kind is not CODE


def _typed(given: Any) -> str:
    if given is None or isinstance(given, list | dict):
        return ""
    return str(given)


def _options(asked: Field, given: Any, words: FormWords) -> list[Option]:
    chosen, catalogue = given if isinstance(given, list) else [given], words.catalogue
    titles = words.titles.get(asked.name, {})
    named = {one: titles.get(one) or asked.type.name_of(one, catalogue.text) for one in asked.choices}
    return [
        Option(value, catalogue.text(title) if title in catalogue else title, value in chosen)
        for value, title in named.items()
    ]


def _rows(kind: WorkItems, given: Any, words: FormWords, wanted: int) -> list[WorkRow]:
    items = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    empty = min(max(wanted, len(items) + 1), kind.most_machines) - len(items)
    blank: list[Mapping[str, Any]] = [{}] * empty
    return [_row(kind, item, words) for item in [*items, *blank]]


def _row(kind: WorkItems, item: Mapping[str, Any], words: FormWords) -> WorkRow:
    names = {one: kind.name_of(one, words.catalogue.text) for one in kind.menu()}
    options = [Option(value, title, value == item.get("machine")) for value, title in names.items()]
    return WorkRow(options, str(item.get("count", "")), str(item.get("hours", "")))


def _work(fields: Sequence[Field], posted: Form) -> dict[str, list[dict[str, str]]]:
    return {one.name: _posted_rows(one.name, posted) for one in fields if kind_of(one) == "items"}


def _posted_rows(name: str, posted: Form) -> list[dict[str, str]]:
    """Return the rows of machines in which anything was chosen or typed, as it was."""
    rows: dict[int, dict[str, str]] = {}
    for key, value in posted.items():
        found = _ROW.fullmatch(key)
        if found and found["field"] == name and isinstance(value, str) and value.strip():
            rows.setdefault(int(found["row"]), {})[found["part"]] = value.strip()
    return [rows[row] for row in sorted(rows)]


def _read_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with its numbers; one that cannot be read stays as it was typed."""
    return {part: _number(part, text) for part, text in row.items()}


def _number(part: str, text: str) -> Any:
    if part == "machine":
        return text
    try:
        return read_number(text) if part == "count" else read_hours(text)
    except InvalidField:
        return text
