"""Layouts of settlement files as data: which column or span of a line is which field.

No bank publishes its layout (docs/settlement-files.md), so a layout is a table of a TOML file: some are shipped
(`shipped_layouts.toml`), a municipality adds its own by a setting. A layout that cannot be is refused at the start.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, TypeVar

from domain.values.text import fold_text

SHIPPED_LAYOUTS = "shipped_layouts.toml"
ENCODINGS = ("utf-8", "utf-8-sig", "cp1256")
RIALS_OF_UNITS: Mapping[str, int] = {"rial": 1, "toman": 10}


class LayoutError(ValueError):
    """A layout that cannot be, in words for the operator who wrote it."""


class FileForm(StrEnum):
    """Form of the fields in a line."""

    CSV = "csv"
    FIXED = "fixed"


class FileKind(StrEnum):
    """Kind of the lines of a file."""

    BILLS = "bills"
    """A bank's daily file of bills that were paid by their two ids."""
    GATEWAY = "gateway"
    """A gateway's settlement of sales."""


class FieldName(StrEnum):
    """Meaning of a field of a line."""

    BILL_ID = "bill_id"
    PAYMENT_ID = "payment_id"
    BARCODE = "barcode"
    """Both ids as 26 digits."""
    AMOUNT = "amount"
    REFERENCE = "reference"
    """The bank's own number of the payment: it identifies the line in whatever file it stands."""
    DAY = "day"
    HOUR = "hour"
    MOMENT = "moment"
    """Day and hour in one field."""
    CHANNEL = "channel"
    """Way by which it was paid, in the bank's words."""
    ORDER_NUMBER = "order_number"
    """Our number of the attempt at a gateway; in a line of a refund, that of the refund."""
    SALE_NUMBER = "sale_number"
    """The bank's number of the sale at a gateway; in a line of a refund, that of the transfer to the card."""
    DIRECTION = "direction"
    """Whether money came or went back to a card, in the bank's words (`SettlementLayout.refund_words`)."""


class CalendarForm(StrEnum):
    """Calendar of written days. Separators do not matter; a year of two digits is one of this century."""

    JALALI = "jalali"
    GREGORIAN = "gregorian"


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Place of a field: exactly one of column, heading and span."""

    column: int | None = None
    """Of CSV: its number, from 1."""
    heading: str | None = None
    """Of CSV: what the last header line calls it."""
    span: tuple[int, int] | None = None
    """Of fixed width: its first and last character, from 1, both included."""


@dataclass(frozen=True, slots=True)
class TotalsLine:
    """A line with which a file begins or ends, and in which the bank counts the others."""

    starts_with: str
    """Marks by which it is recognised."""
    count_place: FieldPlace | None = None
    """Place of the number of lines; None: not said."""
    sum_place: FieldPlace | None = None
    """Place of the sum of the amounts, in the layout's unit; None: not said."""
    first_day_place: FieldPlace | None = None
    """Place of the first day of which the file has every sale; None: not said."""
    last_day_place: FieldPlace | None = None
    """Place of the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLayout:
    """One layout."""

    name: str
    """Its key, as commands and pages name it."""
    title: str
    """Persian name."""
    kind: FileKind
    source: str
    """The key of the bank, or of the gateway, whose numbers the lines bear."""
    form: FileForm
    encoding: str
    fields: Mapping[FieldName, FieldPlace]
    calendar: CalendarForm
    rials_per_unit: int
    """Rials of one unit of the amounts: 1, or 10 for tomans."""
    delimiter: str = ","
    header_lines: int = 0
    """Lines at the beginning that say nothing."""
    line_width: int | None = None
    """Of fixed width: the characters of every line; None: as far as the spans reach, and more is allowed."""
    first_line: TotalsLine | None = None
    """The line with totals after the header; None: there is none."""
    last_line: TotalsLine | None = None
    """The line with totals at the end; None: there is none."""
    refund_words: frozenset[str] = frozenset()
    """Values of the direction that mean a refund, folded as searches are; none: every line is of a sale."""
    ends_with_newline: bool = True
    """Whether the last line ends as the others do: where a file has no last line with totals, a cut is seen by it."""
    whole_days: bool = False
    """Whether a file has every sale of the days from its first to its last line: a day is never spread over files."""


_REQUIRED_FIELDS: Mapping[FileKind, frozenset[FieldName]] = {
    FileKind.BILLS: frozenset({FieldName.AMOUNT, FieldName.REFERENCE}),
    FileKind.GATEWAY: frozenset({FieldName.AMOUNT}),
}
_KNOWN_KEYS = {
    *("title", "kind", "source", "form", "encoding", "fields", "calendar", "unit", "delimiter", "header_lines"),
    *("line_width", "first_line", "last_line", "refund_words", "ends_with_newline", "whole_days"),
}
_TOTALS_PARTS = ("count", "sum", "first_day", "last_day")
EnumT = TypeVar("EnumT", bound=StrEnum)


def load_shipped_layouts() -> Mapping[str, SettlementLayout]:
    """Return the layouts that come with the program, by name."""
    return parse_layouts(files(__package__).joinpath(SHIPPED_LAYOUTS).read_text("utf-8"))


def parse_layouts(toml_text: str) -> Mapping[str, SettlementLayout]:
    """Return the layouts of a TOML file by name; `LayoutError` names what cannot be."""
    try:
        tables = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"no TOML: {error}") from error
    return {name: _read_layout(name, table) for name, table in tables.items()}


def _read_layout(name: str, table: Any) -> SettlementLayout:
    if not isinstance(table, Mapping):
        raise LayoutError(f"{name}: not a table")
    if unknown_keys := set(table) - _KNOWN_KEYS:
        raise LayoutError(f"{name}: unknown {', '.join(sorted(unknown_keys))}")
    form = _read_choice(name, table, "form", FileForm)
    layout = SettlementLayout(
        name=name,
        title=str(table.get("title", name)),
        kind=_read_choice(name, table, "kind", FileKind),
        source=_read_text(name, table, "source"),
        form=form,
        encoding=str(table.get("encoding", "utf-8")),
        fields=_read_fields(name, table, form),
        calendar=_read_choice(name, table, "calendar", CalendarForm, CalendarForm.JALALI),
        rials_per_unit=_read_unit(name, table),
        delimiter=str(table.get("delimiter", ",")),
        header_lines=int(table.get("header_lines", 0)),
        line_width=table.get("line_width"),
        first_line=_read_totals(name, table, "first_line", form),
        last_line=_read_totals(name, table, "last_line", form),
        refund_words=frozenset(map(fold_text, map(str, table.get("refund_words", ())))),
        ends_with_newline=bool(table.get("ends_with_newline", True)),
        whole_days=table.get("whole_days", False) is True,
    )
    _check_layout(layout)
    _check_direction(layout)
    return layout


def _read_text(name: str, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise LayoutError(f"{name}: {key} is missing")
    return value


def _read_choice(
    name: str, table: Mapping[str, Any], key: str, choices: type[EnumT], default: EnumT | None = None
) -> EnumT:
    value = table.get(key, default)
    if value not in list(choices):
        raise LayoutError(f"{name}: {key} is one of {', '.join(choices)}, got {value!r}")
    return choices(value)


def _read_unit(name: str, table: Mapping[str, Any]) -> int:
    unit = table.get("unit", "rial")
    if unit not in RIALS_OF_UNITS:
        raise LayoutError(f"{name}: unit is one of {', '.join(RIALS_OF_UNITS)}, got {unit!r}")
    return RIALS_OF_UNITS[unit]


def _read_fields(name: str, table: Mapping[str, Any], form: FileForm) -> Mapping[FieldName, FieldPlace]:
    places = table.get("fields")
    if not isinstance(places, Mapping):
        raise LayoutError(f"{name}: fields are missing")
    if unknown_fields := set(places) - set(FieldName):
        raise LayoutError(f"{name}: unknown fields {', '.join(sorted(unknown_fields))}")
    return {FieldName(key): _read_place(f"{name}.fields.{key}", place, form) for key, place in places.items()}


def _read_place(label: str, place: Any, form: FileForm) -> FieldPlace:
    """Read a column's number, a heading or a span."""
    if form is FileForm.CSV and isinstance(place, int) and not isinstance(place, bool) and place > 0:
        return FieldPlace(column=place)
    if form is FileForm.CSV and isinstance(place, str) and place:
        return FieldPlace(heading=place)
    if form is FileForm.FIXED and isinstance(place, list) and [type(edge) for edge in place] == [int, int]:
        first, last = place
        if 0 < first <= last:
            return FieldPlace(span=(first, last))
    expected = "a column's number or its heading" if form is FileForm.CSV else "[first, last]"
    raise LayoutError(f"{label}: {expected} is expected, got {place!r}")


def _read_totals(name: str, table: Mapping[str, Any], key: str, form: FileForm) -> TotalsLine | None:
    totals = table.get(key)
    if totals is None:
        return None
    if not isinstance(totals, Mapping) or set(totals) - {"starts_with", *_TOTALS_PARTS}:
        raise LayoutError(f"{name}.{key}: starts_with, {', '.join(_TOTALS_PARTS)} are expected")
    places = {part: _read_place(f"{name}.{key}.{part}", totals[part], form) for part in _TOTALS_PARTS if part in totals}
    if ("first_day" in places) != ("last_day" in places):
        raise LayoutError(f"{name}.{key}: first_day and last_day belong together")
    return TotalsLine(
        starts_with=_read_text(f"{name}.{key}", totals, "starts_with"),
        count_place=places.get("count"),
        sum_place=places.get("sum"),
        first_day_place=places.get("first_day"),
        last_day_place=places.get("last_day"),
    )


def _check_direction(layout: SettlementLayout) -> None:
    """Refuse refunds that nothing tells apart from sales, and refunds among bills."""
    has_direction, has_words = FieldName.DIRECTION in layout.fields, bool(layout.refund_words)
    if has_direction != has_words or (has_words and layout.kind is not FileKind.GATEWAY):
        raise LayoutError(f"{layout.name}: direction and refund_words belong together, in files of gateways")


def _check_layout(layout: SettlementLayout) -> None:
    """Refuse what would be found out by the first file only."""
    named = set(layout.fields)
    if missing_fields := _REQUIRED_FIELDS[layout.kind] - named:
        raise LayoutError(f"{layout.name}: fields {', '.join(sorted(missing_fields))} are missing")
    has_ids = FieldName.BARCODE in named or {FieldName.BILL_ID, FieldName.PAYMENT_ID} <= named
    if layout.kind is FileKind.BILLS and not has_ids:
        raise LayoutError(f"{layout.name}: bill_id with payment_id, or barcode, are missing")
    if layout.kind is FileKind.GATEWAY and not {FieldName.ORDER_NUMBER, FieldName.SALE_NUMBER} & named:
        raise LayoutError(f"{layout.name}: order_number or sale_number is missing")
    if not {FieldName.DAY, FieldName.MOMENT} & named:
        raise LayoutError(f"{layout.name}: day or moment is missing")
    if layout.encoding not in ENCODINGS:
        raise LayoutError(f"{layout.name}: encoding is one of {', '.join(ENCODINGS)}, got {layout.encoding!r}")
    if len(layout.delimiter) != 1:
        raise LayoutError(f"{layout.name}: a delimiter is one character, got {layout.delimiter!r}")
    if any(place.heading for place in layout.fields.values()) and not layout.header_lines:
        raise LayoutError(f"{layout.name}: headings need header_lines")
