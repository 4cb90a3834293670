"""One line of a settlement file: read by its layout, or faulty with a reason."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache

from domain.settlement.layouts import CalendarForm, FieldName, FieldPlace, FileForm, SettlementLayout
from domain.values.bill_ids import parse_barcode
from domain.values.calendar import FIRST_DAY, LAST_DAY, from_jalali, tehran_moment
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import ascii_digits, fold_text

HIGHEST_AMOUNT = 10**15
"""Rials: what a line says beyond it was misread."""

REFUND_NUMBER_PREFIX = "refund/"
"""Before the number of a refund, which may be that of a sale, too: a line is identified by it."""

LONGEST_VALUE = 64
"""Characters of a number or word of a line."""

_NOT_DIGITS = re.compile(r"[^0-9]+")
_AMOUNT_PATTERN = re.compile(r"[0-9]+")
_BARCODE_DIGITS = re.compile(r"[0-9]{26}")
_ORDER_PATTERN = re.compile(r"[0-9]{1,19}")
_CENTURIES: Mapping[CalendarForm, str] = {CalendarForm.JALALI: "14", CalendarForm.GREGORIAN: "20"}


class LineFaultCode(StrEnum):
    """Reason why a line cannot be read (`settlement.faults` in the texts)."""

    NOT_DECODABLE = "not_decodable"
    TOO_LONG = "too_long"
    WRONG_WIDTH = "wrong_width"
    TOO_FEW_COLUMNS = "too_few_columns"
    NOT_SEPARABLE = "not_separable"
    AMOUNT = "amount"
    REFERENCE = "reference"
    DAY = "day"
    HOUR = "hour"
    IDS = "ids"
    """No two numbers of a pasted line are the ids of one bill."""
    NUMBERS = "numbers"
    """Neither our order number nor the bank's sale number, or one that is none."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that cannot be read."""

    line_number: int
    """From 1, header lines counted."""
    code: LineFaultCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """One payment, as the bank wrote it."""

    line_number: int
    """From 1, header lines counted."""
    amount: int
    """In rials."""
    reference: str
    """The bank's number of it, which one payment of that bank has: of a gateway, that of the sale or else our order's.
    Where it has a field of its own it is without leading zeros: one file has them, another or a sheet has not.
    """
    paid_at: datetime
    """In UTC."""
    bill_id: str = ""
    """As it stood there, digits without leading zeros; it need not be one of ours, nor right."""
    payment_id: str = ""
    """The same."""
    order_number: int | None = None
    """Our number of the attempt; None: not said."""
    sale_number: str | None = None
    """The bank's number of the sale; None: not said."""
    channel: str = ""
    """The bank's word for the way it was paid by."""
    is_refund: bool = False
    """Whether the money went back to a card."""


class UnreadableLine(Exception):
    """A line that cannot be read, with the reason."""

    def __init__(self, code: LineFaultCode) -> None:
        self.code = code


class LineReader:
    """Reads lines by one layout; `headings` are the cells of the last header line."""

    def __init__(self, layout: SettlementLayout, headings: Sequence[str]) -> None:
        self._layout = layout
        columns = {fold_text(heading): position for position, heading in enumerate(headings)}
        self._getters = {name: _make_getter(place, columns) for name, place in layout.fields.items()}

    def read_line(self, line_number: int, text: str) -> SettlementLine | LineFault:
        """Return what a line says; `text` is without its line end."""
        try:
            return self._read_values(line_number, self.split_values(text))
        except UnreadableLine as unreadable:
            return LineFault(line_number, unreadable.code)

    def split_values(self, text: str) -> Mapping[FieldName, str]:
        """Return the text of each field."""
        layout = self._layout
        if layout.form is FileForm.FIXED:
            if layout.line_width is not None and len(text) != layout.line_width:
                raise UnreadableLine(LineFaultCode.WRONG_WIDTH)
            cells: Sequence[str] = (text,)
        else:
            cells = split_cells(text, layout.delimiter)
        try:
            return {name: getter(cells) for name, getter in self._getters.items()}
        except IndexError:
            is_fixed = layout.form is FileForm.FIXED
            raise UnreadableLine(LineFaultCode.WRONG_WIDTH if is_fixed else LineFaultCode.TOO_FEW_COLUMNS) from None

    def _read_values(self, line_number: int, values: Mapping[FieldName, str]) -> SettlementLine:
        bill_id, payment_id = _read_ids(values)
        order_number, sale_number = _read_sale(values, self._layout.form)
        reference = read_reference(values.get(FieldName.REFERENCE, ""))
        reference = reference or sale_number or (str(order_number) if order_number else "")
        if not reference or len(reference) > LONGEST_VALUE:
            raise UnreadableLine(LineFaultCode.REFERENCE)
        is_refund = fold_text(values.get(FieldName.DIRECTION, "")) in self._layout.refund_words
        return SettlementLine(
            line_number=line_number,
            amount=read_amount(values[FieldName.AMOUNT], self._layout.rials_per_unit),
            reference=f"{REFUND_NUMBER_PREFIX}{reference}" if is_refund else reference,
            paid_at=_read_moment(values, self._layout.calendar),
            bill_id=bill_id,
            payment_id=payment_id,
            order_number=order_number,
            sale_number=sale_number,
            channel=values.get(FieldName.CHANNEL, "")[:LONGEST_VALUE],
            is_refund=is_refund,
        )


def _make_getter(place: FieldPlace, columns: Mapping[str, int]) -> Callable[[Sequence[str]], str]:
    """Return what takes a field out of the cells of a line; a heading that is not there is `InvalidField`."""
    if place.span is not None:
        first, last = place.span

        def take_span(cells: Sequence[str]) -> str:
            if len(cells[0]) < last:
                raise IndexError
            return _clean_cell(cells[0][first - 1 : last])

        return take_span
    position = columns.get(fold_text(place.heading)) if place.heading else (place.column or 1) - 1
    if position is None:
        raise InvalidField("file", InvalidReason.SETTLEMENT_HEADING, heading=place.heading)
    return lambda cells: _clean_cell(cells[position])


def _clean_cell(cell: str) -> str:
    """Return a cell's text with its digits in ASCII."""
    return (cell if cell.isascii() else ascii_digits(cell)).strip()


def split_cells(text: str, delimiter: str) -> list[str]:
    """Return the cells of a line of CSV."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except csv.Error:
        raise UnreadableLine(LineFaultCode.NOT_SEPARABLE) from None


def read_place(text: str, place: FieldPlace, delimiter: str) -> str:
    """Return the text at a place of a line with totals; empty where the line is too short."""
    if place.span is not None:
        return ascii_digits(text[place.span[0] - 1 : place.span[1]]).strip()
    cells = text.split(delimiter)
    column = place.column or 1
    return ascii_digits(cells[column - 1]).strip() if len(cells) >= column else ""


def read_stated_day(text: str, calendar: CalendarForm) -> date | None:
    """Return the day that stands in a line with totals; None where it is none."""
    return read_day(_join_digits(text)[:8], calendar)


def read_day(digits: str, calendar: CalendarForm) -> date | None:
    """Return the day that six or eight digits say; None where it is none."""
    try:
        return _read_day(digits, calendar)
    except UnreadableLine:
        return None


def read_hour(digits: str) -> time | None:
    """Return the hour that four or six digits say; None where it is none."""
    try:
        return _read_hour(digits)
    except UnreadableLine:
        return None


def read_amount(text: str, rials_per_unit: int) -> int:
    """Return the rials that a line says; `UnreadableLine`."""
    digits = text.replace(",", "").replace("٬", "")
    if not _AMOUNT_PATTERN.fullmatch(digits) or not 0 < (amount := int(digits[:20]) * rials_per_unit) < HIGHEST_AMOUNT:
        raise UnreadableLine(LineFaultCode.AMOUNT)
    return amount


def read_reference(text: str) -> str:
    """Return the bank's number of a payment as it is compared and kept, of a field of its own."""
    return text.lstrip("0") or text


def _read_ids(values: Mapping[FieldName, str]) -> tuple[str, str]:
    """Return both ids as they stand there: wrong ones are no fault of the line, for the money came."""
    barcode = values.get(FieldName.BARCODE)
    if barcode is None:
        return (
            values.get(FieldName.BILL_ID, "")[:LONGEST_VALUE].lstrip("0"),
            values.get(FieldName.PAYMENT_ID, "")[:LONGEST_VALUE].lstrip("0"),
        )
    if not _BARCODE_DIGITS.fullmatch(barcode):
        return barcode[:LONGEST_VALUE], ""
    try:
        parsed_ids = parse_barcode(barcode)
    except InvalidField:
        return barcode[:13].lstrip("0"), barcode[13:].lstrip("0")
    return parsed_ids.bill_id, parsed_ids.payment_id


def _read_sale(values: Mapping[FieldName, str], form: FileForm) -> tuple[int | None, str | None]:
    """Return our number and the bank's; in fixed width both are padded with zeros."""
    if FieldName.ORDER_NUMBER not in values and FieldName.SALE_NUMBER not in values:
        return None, None
    order_text, sale_text = values.get(FieldName.ORDER_NUMBER, ""), values.get(FieldName.SALE_NUMBER, "")
    if (order_text and not _ORDER_PATTERN.fullmatch(order_text)) or len(sale_text) > LONGEST_VALUE:
        raise UnreadableLine(LineFaultCode.NUMBERS)
    if not order_text and not sale_text:
        raise UnreadableLine(LineFaultCode.NUMBERS)
    order_number = int(order_text) if order_text else None
    if order_number is not None and order_number >= 2**63:
        raise UnreadableLine(LineFaultCode.NUMBERS)
    return order_number or None, (sale_text.lstrip("0") if form is FileForm.FIXED else sale_text) or None


def _read_moment(values: Mapping[FieldName, str], calendar: CalendarForm) -> datetime:
    """Return the moment in UTC; a line without an hour is of its day's noon, in whose day nobody errs."""
    if FieldName.MOMENT in values:
        digits = _join_digits(values[FieldName.MOMENT])
        return tehran_moment(_read_day(digits[:8], calendar), _read_hour(digits[8:]))
    day = _read_day(_join_digits(values[FieldName.DAY]), calendar)
    return tehran_moment(day, _read_hour(_join_hour(values.get(FieldName.HOUR, ""))))


def _join_digits(text: str) -> str:
    """Return the digits of a day or moment: parts of one digit are padded («1405/1/2 8:05»)."""
    parts = [part for part in _NOT_DIGITS.split(text) if part]
    return "".join(part.zfill(2) for part in parts)


def _join_hour(text: str) -> str:
    """Return the digits of an hour; programs that count with numbers drop the zero before a morning's («80500»)."""
    digits = _join_digits(text)
    return digits.zfill(len(digits) + len(digits) % 2)


@lru_cache(maxsize=512)
def _read_day(digits: str, calendar: CalendarForm) -> date:
    """Return a day; the lines of a file are of few days."""
    full_digits = _CENTURIES[calendar] + digits if len(digits) == 6 else digits
    if len(full_digits) != 8:
        raise UnreadableLine(LineFaultCode.DAY)
    parts = int(full_digits[:4]), int(full_digits[4:6]), int(full_digits[6:])
    try:
        day = from_jalali(*parts) if calendar is CalendarForm.JALALI else date(*parts)
    except (InvalidField, ValueError):
        raise UnreadableLine(LineFaultCode.DAY) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UnreadableLine(LineFaultCode.DAY)
    return day


def _read_hour(digits: str) -> time:
    if not digits:
        return time(12)
    if len(digits) not in {4, 6}:
        raise UnreadableLine(LineFaultCode.HOUR)
    try:
        return time(int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0))
    except ValueError:
        raise UnreadableLine(LineFaultCode.HOUR) from None
