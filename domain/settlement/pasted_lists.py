"""A list of payments that somebody copied out of the pages of a bank or a sheet, and pasted: one payment a line, its
numbers in any usual order, with any usual separators and digits.

No layout says which number is which. Both ids prove each other by their check digits, and the payment id says the
amount; a day and an hour are known by their form. What is left is the bank's number. What cannot be told is a fault of
its line: nothing is guessed where money is meant.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum
from itertools import permutations
from typing import BinaryIO

from domain.settlement.layouts import CalendarForm, FileForm, FileKind, SettlementLayout
from domain.settlement.lines import (
    LineFault,
    LineFaultCode,
    SettlementLine,
    UnreadableLine,
    read_amount,
    read_day,
    read_hour,
    read_reference,
)
from domain.values.bill_ids import BillIds, amount_from_payment_id, parse_barcode, parse_ids
from domain.values.calendar import tehran_moment
from domain.values.errors import InvalidField
from domain.values.text import fold_text

PASTED_LAYOUT = "pasted"
"""The name under which such a list is kept among settlement files."""

MOST_PASTED_BYTES = 64 * 1024
"""Bytes of a list: some hundred lines."""

MOST_PASTED_LINES = 1000
"""Lines of a list: more are brought as a file."""

FEWEST_REFERENCE_DIGITS = 6
"""A shorter number is that of the row, or of a branch: banks number payments with six digits at least."""

_DAY = re.compile(r"(?<!\d)(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?!\d)")
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
_COMPACT_DAY = re.compile(r"(?:1[34]|20)\d{6}")
_GROUPED = re.compile(r"(?<!\d)(?<!\d[,٬])[1-9]\d{0,2}(?:[,٬]\d{3})+(?!\d)")
_NUMBER = re.compile(r"\d+")
_BARCODE_DIGITS = 26
_MOST_NUMBERS = 12
"""Numbers of one line that are looked at."""


class _PairRank(IntEnum):
    """Certainty that two numbers are the ids; the least is taken."""

    BARCODE = 0
    STATED = 1
    PROVEN = 2


@dataclass(frozen=True, slots=True)
class _ReadPayment:
    """Numbers of a line with their meaning."""

    ids: BillIds
    day: date
    amount: int
    reference: str


def describe_pasted_layout(source: str) -> SettlementLayout:
    """Return what a pasted list is among settlement files: payments of bills at one bank."""
    return SettlementLayout(
        name=PASTED_LAYOUT,
        title=PASTED_LAYOUT,
        kind=FileKind.BILLS,
        source=source,
        form=FileForm.CSV,
        encoding="utf-8",
        fields={},
        calendar=CalendarForm.JALALI,
        rials_per_unit=1,
    )


def list_bill_sources(layouts: Iterable[SettlementLayout]) -> list[str]:
    """Return the banks whose files of bills can be read: a line of a list is known when such a file brings it again."""
    return [*dict.fromkeys(layout.source for layout in layouts if layout.kind is FileKind.BILLS)]


class PastedListReader:
    """Reads one list from its beginning to its end, once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._text = stream.read().decode(errors="replace")

    def read_lines(self) -> Iterator[SettlementLine | LineFault]:
        """Yield every line that has digits; others are headings."""
        for line_number, text in enumerate(self._text.splitlines(), 1):
            if _NUMBER.search(folded_text := fold_text(text)):
                yield read_pasted_line(line_number, folded_text)

    def find_stated_days(self) -> tuple[date, date] | None:
        """Return None: a list never says that it has every payment of a day."""
        return None


def read_pasted_line(line_number: int, folded_text: str) -> SettlementLine | LineFault:
    """Return what a line says, folded as texts are for comparing."""
    try:
        day, hour, rest = _take_moment(folded_text)
        grouped_amounts = [read_amount(amount, 1) for amount in _GROUPED.findall(rest)]
        numbers = _NUMBER.findall(_GROUPED.sub(" ", rest))[:_MOST_NUMBERS]
        payment = _read_payment(numbers, grouped_amounts, day)
    except UnreadableLine as unreadable:
        return LineFault(line_number, unreadable.code)
    return SettlementLine(
        line_number=line_number,
        amount=payment.amount,
        reference=payment.reference,
        paid_at=tehran_moment(payment.day, hour),
        bill_id=payment.ids.bill_id,
        payment_id=payment.ids.payment_id,
    )


def _read_payment(numbers: Sequence[str], grouped_amounts: Sequence[int], day: date | None) -> _ReadPayment:
    """Return the one payment that the numbers can be.

    One pair of numbers in twelve proves each other by chance: what else a line has to say must be left beside it.
    """
    best_pairs = _find_best_pairs(numbers, grouped_amounts)
    payments: set[_ReadPayment] = set()
    faults = [UnreadableLine(LineFaultCode.IDS)]
    for ids, others in best_pairs.items():
        try:
            payments.add(_read_others(ids, others, grouped_amounts, day))
        except UnreadableLine as unreadable:
            faults.append(unreadable)
    if len(payments) != 1:
        raise faults[-1 if len(best_pairs) == 1 else 0]
    return payments.pop()


def _read_others(
    ids: BillIds, numbers: Sequence[str], grouped_amounts: Sequence[int], day: date | None
) -> _ReadPayment:
    if day is None:
        day, numbers = _take_compact_day(numbers)
    amount, numbers = _take_amount(ids, grouped_amounts, numbers)
    return _ReadPayment(ids, day, amount, _take_reference(numbers))


def _take_moment(text: str) -> tuple[date | None, time, str]:
    """Return day, hour (noon where none is said), and the line without them."""
    hour, day = time(12), None
    if hour_match := _HOUR.search(text):
        hour = _read_hour("".join(part.zfill(2) for part in hour_match.groups(default="00")))
        text = text.replace(hour_match[0], " ", 1)
    if day_match := _DAY.search(text):
        year, _, month, day_of_month = day_match.groups()
        day = _read_day(f"{year}{month.zfill(2)}{day_of_month.zfill(2)}")
        text = text.replace(day_match[0], " ", 1)
    return day, hour, text


def _take_compact_day(numbers: Sequence[str]) -> tuple[date, list[str]]:
    """Return the one number that can be a day without separators, and the others."""
    days = []
    for number in numbers:
        with suppress(UnreadableLine):
            if _COMPACT_DAY.fullmatch(number):
                days.append((_read_day(number), number))
    if len(days) != 1:
        raise UnreadableLine(LineFaultCode.DAY)
    [(day, day_number)] = days
    return day, _without(numbers, day_number)


def _find_best_pairs(numbers: Sequence[str], grouped_amounts: Sequence[int]) -> dict[BillIds, list[str]]:
    """Return the ids that prove each other, each with the other numbers: those of a barcode; where there is none, those
    over an amount that stands in the line; where there are none either, all.
    """
    found = list(_find_pairs(numbers, grouped_amounts))
    best_rank = min((rank for rank, _, _ in found), default=None)
    return {ids: others for rank, ids, others in found if rank is best_rank}


def _find_pairs(
    numbers: Sequence[str], grouped_amounts: Sequence[int]
) -> Iterator[tuple[_PairRank, BillIds, list[str]]]:
    """Yield every pair of ids that prove each other, with the other numbers."""
    for number in numbers:
        with suppress(InvalidField):
            if len(number) == _BARCODE_DIGITS:
                yield _PairRank.BARCODE, parse_barcode(number), _without(numbers, number)
    for bill_id, payment_id in permutations(numbers, 2):
        with suppress(InvalidField):
            ids = parse_ids(bill_id, payment_id)
            others = _without(_without(numbers, bill_id), payment_id)
            asked = amount_from_payment_id(ids.payment_id)
            is_stated = asked in grouped_amounts or str(asked) in others
            yield _PairRank.STATED if is_stated else _PairRank.PROVEN, ids, others


def _take_amount(ids: BillIds, grouped_amounts: Sequence[int], numbers: Sequence[str]) -> tuple[int, list[str]]:
    """Return the rials of the line: what its bill asks, if that stands there; else the one number that is written as an
    amount is, or could be one beside the bank's number.
    """
    asked = amount_from_payment_id(ids.payment_id)
    if asked in grouped_amounts:
        return asked, [*numbers]
    if str(asked) in (bare := [number.lstrip("0") for number in numbers]):
        return asked, _without(numbers, numbers[bare.index(str(asked))])
    if len(grouped_amounts) == 1:
        return grouped_amounts[0], [*numbers]
    round_numbers = [number for number in numbers if re.fullmatch(r"[1-9]\d{0,11}000", number)]
    if grouped_amounts or len(round_numbers) != 1:
        raise UnreadableLine(LineFaultCode.AMOUNT)
    return read_amount(round_numbers[0], 1), _without(numbers, round_numbers[0])


def _take_reference(numbers: Sequence[str]) -> str:
    """Return the one number that is left and may be the bank's."""
    references = [number for number in numbers if len(number) >= FEWEST_REFERENCE_DIGITS]
    if len(references) != 1 or len(references[0]) > _BARCODE_DIGITS:
        raise UnreadableLine(LineFaultCode.REFERENCE)
    return read_reference(references[0])


def _read_day(digits: str) -> date:
    calendar = CalendarForm.GREGORIAN if digits.startswith("20") else CalendarForm.JALALI
    if (day := read_day(digits, calendar)) is None:
        raise UnreadableLine(LineFaultCode.DAY)
    return day


def _read_hour(digits: str) -> time:
    if (hour := read_hour(digits)) is None:
        raise UnreadableLine(LineFaultCode.HOUR)
    return hour


def _without(numbers: Sequence[str], taken: str) -> list[str]:
    position = [*numbers].index(taken)
    return [*numbers[:position], *numbers[position + 1 :]]
