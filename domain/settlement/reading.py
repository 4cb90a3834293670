"""Reading a settlement file: bytes in, lines out, in bounded memory.

A file that was cut off, or whose own totals differ from its lines, is refused as a whole: nobody can say what is
missing. A line that cannot be read is one fault of many, told with its number; so many of them that the file is of
another layout are refused too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from domain.settlement.layouts import SettlementLayout, TotalsLine
from domain.settlement.lines import LineFault, LineFaultCode, LineReader, SettlementLine, read_place, read_stated_day
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

LONGEST_LINE = 4096
"""Bytes of a line; no bank writes so much."""

MOST_FAULTS = 10_000
"""Faulty lines of one file: more of them are not lines of this layout."""

HOPELESS_LINES = 100
"""So many faulty lines before the first good one are not lines of this layout either."""

_CHUNK_BYTES = 1 << 16
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class ReadTotals:
    """Totals of what was read."""

    line_count: int = 0
    """Lines that are payments, faulty ones too."""
    fault_count: int = 0
    """The faulty ones."""
    amount: int = 0
    """Rials of the readable ones."""


def compute_digest(stream: BinaryIO) -> tuple[str, int]:
    """Return digest (SHA-256) and size of a file, which is wound back; `InvalidField("file")` for an empty one."""
    digest, size = sha256(), 0
    for chunk in iter(partial(stream.read, _CHUNK_BYTES), b""):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    if not size:
        raise InvalidField("file", InvalidReason.EMPTY_FILE)
    return digest.hexdigest(), size


class SettlementFileReader:
    """Reads one file from its beginning to its end, once; `totals` are complete when the lines are."""

    def __init__(self, layout: SettlementLayout, stream: BinaryIO) -> None:
        self._layout = layout
        self._stream = stream
        self._line_number = 0
        self._is_cut = False
        self._last_fault: int | None = None
        self._line_reader: LineReader | None = None
        self._stated_totals: list[tuple[TotalsLine, str]] = []
        self._has_ended = False
        self.totals = ReadTotals()

    def read_lines(self) -> Iterator[SettlementLine | LineFault]:
        """Yield every line that is a payment, or should be one.

        `InvalidField("file")` says why the file is refused as a whole, at the latest at its end.
        """
        last_header = ""
        for text in self._decode_lines():
            if self._line_number <= self._layout.header_lines:
                last_header = text or ""
                continue
            if self._line_reader is None:
                self._line_reader = self._start_reading(last_header)
            if text is not None and (not text.strip() or self._take_totals(text)):
                continue
            if self._has_ended:
                raise InvalidField("file", InvalidReason.SETTLEMENT_AFTER_END, line=self._line_number)
            yield self._count_line(self._read_line(self._line_reader, text))
        self._check_end(last_header)

    def find_stated_days(self) -> tuple[date, date] | None:
        """Return the first and the last day of which the file says that it has every sale, once it was read; None: it
        does not say so.
        """
        for totals_line, text in self._stated_totals:
            if totals_line.first_day_place is not None and totals_line.last_day_place is not None:
                places = (totals_line.first_day_place, totals_line.last_day_place)
                first_day, last_day = (
                    read_stated_day(read_place(text, place, self._layout.delimiter), self._layout.calendar)
                    for place in places
                )
                if first_day is not None and last_day is not None and first_day <= last_day:
                    return first_day, last_day
        return None

    def _decode_lines(self) -> Iterator[str | None]:
        """Yield the text of each line; None: it cannot be decoded. A line too long yields what it begins with."""
        encoding = "utf-8" if self._layout.encoding == "utf-8-sig" else self._layout.encoding
        is_continued = False
        for raw_line in iter(partial(self._stream.readline, LONGEST_LINE), b""):
            ends_here = raw_line.endswith(b"\n")
            if not is_continued:
                self._line_number += 1
                yield self._decode(raw_line, encoding)
            is_continued = not ends_here
        self._is_cut = is_continued

    def _decode(self, raw_line: bytes, encoding: str) -> str | None:
        try:
            text = raw_line.decode(encoding)
        except UnicodeDecodeError:
            return None
        return text.rstrip("\r\n").removeprefix(_BYTE_ORDER_MARK if self._line_number == 1 else "")

    def _start_reading(self, last_header: str) -> LineReader:
        headings = [heading.strip('"') for heading in last_header.split(self._layout.delimiter)]
        return LineReader(self._layout, headings)

    def _take_totals(self, text: str) -> bool:
        """Remember a line with totals; False for any other."""
        layout = self._layout
        if layout.first_line and not self.totals.line_count and text.startswith(layout.first_line.starts_with):
            self._stated_totals.append((layout.first_line, text))
            return True
        if layout.last_line and not self._has_ended and text.startswith(layout.last_line.starts_with):
            self._stated_totals.append((layout.last_line, text))
            self._has_ended = True
            return True
        return False

    def _read_line(self, line_reader: LineReader, text: str | None) -> SettlementLine | LineFault:
        if text is None:
            return LineFault(self._line_number, LineFaultCode.NOT_DECODABLE)
        if len(text) >= LONGEST_LINE // 2:
            return LineFault(self._line_number, LineFaultCode.TOO_LONG)
        return line_reader.read_line(self._line_number, text)

    def _count_line(self, line: SettlementLine | LineFault) -> SettlementLine | LineFault:
        before = self.totals
        if isinstance(line, SettlementLine):
            self.totals = ReadTotals(before.line_count + 1, before.fault_count, before.amount + line.amount)
            return line
        self._last_fault = line.line_number
        self.totals = ReadTotals(before.line_count + 1, before.fault_count + 1, before.amount)
        is_hopeless = self.totals.fault_count == self.totals.line_count >= HOPELESS_LINES
        if is_hopeless or self.totals.fault_count > MOST_FAULTS:
            raise InvalidField("file", InvalidReason.SETTLEMENT_LAYOUT, count=self.totals.fault_count)
        return line

    def _check_end(self, last_header: str) -> None:
        layout = self._layout
        if self._line_reader is None:  # for its headings: a file without a line may be of another layout
            self._start_reading(last_header)
        if self.totals.line_count and self.totals.line_count == self.totals.fault_count:
            raise InvalidField("file", InvalidReason.SETTLEMENT_LAYOUT, count=self.totals.fault_count)
        if layout.last_line is not None and not self._has_ended:
            raise InvalidField("file", InvalidReason.SETTLEMENT_NO_END, line=self._line_number)
        is_last_faulty = self._last_fault == self._line_number
        if layout.last_line is None and self._is_cut and (layout.ends_with_newline or is_last_faulty):
            raise InvalidField("file", InvalidReason.SETTLEMENT_CUT, line=self._line_number)
        stated_lines = [totals_line for totals_line, _ in self._stated_totals]
        if layout.first_line is not None and layout.first_line not in stated_lines:
            raise InvalidField("file", InvalidReason.SETTLEMENT_NO_BEGINNING)
        for totals_line, text in self._stated_totals:
            self._compare_totals(totals_line, text)

    def _compare_totals(self, totals_line: TotalsLine, text: str) -> None:
        """Refuse a file whose lines are not those that its bank counted; unreadable amounts are in no sum."""
        delimiter, totals = self._layout.delimiter, self.totals
        if totals_line.count_place is not None:
            self._compare(
                read_place(text, totals_line.count_place, delimiter), totals.line_count, InvalidReason.SETTLEMENT_COUNT
            )
        if totals_line.sum_place is not None and not totals.fault_count:
            amount = totals.amount // self._layout.rials_per_unit
            self._compare(read_place(text, totals_line.sum_place, delimiter), amount, InvalidReason.SETTLEMENT_SUM)

    def _compare(self, stated: str, found: int, reason: InvalidReason) -> None:
        digits = stated.replace(",", "")
        if not digits.isascii() or not digits.isdigit() or int(digits) != found:
            raise InvalidField("file", reason, stated=stated or "—", found=found)
