"""Ports of settlement files and differences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.bills.bill import BillState, Payment
from domain.settlement.coverage import CoveredDays
from domain.settlement.differences import DifferenceKind, PaymentDifference, SourceTotals
from domain.settlement.settlement_file import FileLine, KnownLine, LineOutcome, OutcomeTotal, SettlementFile


@dataclass(frozen=True, slots=True)
class BillFacts:
    """Facts of a bill that a line is compared with while a file is examined."""

    row_ids: tuple[int, ...]
    """Its row; of a merged bill those of its parts."""
    payment_id: str
    amount: int
    state: BillState
    merged_bill_id: int | None = None
    """The row of the merged bill; None: a bill."""


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The same of an attempt at a gateway."""

    row_id: int
    order_number: int
    sale_number: str | None
    amount: int
    state: str
    """An `AttemptState`."""


@dataclass(frozen=True, slots=True)
class UnfiledAttempt:
    """A settled attempt that no file has, or one whose end is not known."""

    attempt_id: int
    gateway: str
    order_number: int
    sale_number: str | None
    amount: int
    since: datetime
    """Time of settlement; of one whose end is not known, when it was begun."""


@dataclass(frozen=True, slots=True)
class UnnamedAttempt:
    """An attempt whose end is not known, and that no file names."""

    attempt_id: int
    created_at: datetime
    session_ends_at: datetime
    returned_at: datetime | None
    """Since when it is said to be paid; None: nobody said so."""


class SettlementRepository(Protocol):
    """Settlement files and their lines."""

    async def add_file(self, settlement_file: SettlementFile, content: bytes | None = None) -> None:
        """Store a new file, with its bytes where it is examined later; `Conflict("file")` when they are known."""
        ...

    async def find_same(self, digest: str) -> SettlementFile | None:
        """Return the file with the same bytes, unless it was dropped or refused."""
        ...

    async def get_file(self, file_id: int, *, lock: bool = False) -> SettlementFile:
        """Return a file; `NotFound("settlement_file")`."""
        ...

    async def save_file(self, settlement_file: SettlementFile) -> None:
        """Store what changed, and count the revision up in it."""
        ...

    async def list_files(self, limit: int) -> list[SettlementFile]:
        """Return the files, the newest first."""
        ...

    async def list_unbooked(self, brought_before: datetime) -> list[SettlementFile]:
        """Return the files that wait for somebody's word since before a moment, oldest first."""
        ...

    async def find_next_running(self) -> SettlementFile | None:
        """Return the oldest file that is to be examined, and whose bytes are here, or to be booked."""
        ...

    async def get_content(self, file_id: int) -> bytes:
        """Return the bytes of a file; `NotFound("settlement_file")`."""
        ...

    async def delete_content(self, file_id: int) -> None:
        """Forget the bytes of a file."""
        ...

    async def add_lines(self, lines: Sequence[FileLine]) -> None:
        """Store lines."""
        ...

    async def delete_lines(self, file_id: int, limit: int) -> int:
        """Delete so many lines of a file; return how many there were."""
        ...

    async def list_pending(self, file_id: int, limit: int) -> list[FileLine]:
        """Return the first lines that are to be booked."""
        ...

    async def retry_failed(self, file_id: int) -> int:
        """Have the lines booked again that failed; return how many."""
        ...

    async def save_lines(self, lines: Sequence[FileLine]) -> None:
        """Store what became of lines."""
        ...

    async def list_lines(
        self, file_id: int, after_line: int, limit: int, outcome: LineOutcome | None = None
    ) -> list[FileLine]:
        """Return lines after a line, in their order; all, or those that came to the same."""
        ...

    async def sum_outcomes(self, file_id: int) -> dict[LineOutcome, OutcomeTotal]:
        """Return how many lines of a file came to what."""
        ...

    async def list_unheld_lines(self, limit: int) -> list[FileLine]:
        """Return booked lines whose money would be in suspense, and of whose number there is no receipt; of a gateway's
        wrong amounts, which may only be noted, none.
        """
        ...

    async def find_known_lines(self, source: str, references: Collection[str]) -> Mapping[str, list[KnownLine]]:
        """Return the lines that bear these numbers, by number, in the order in which they came."""
        ...

    async def find_bills(self, bill_ids: Collection[str]) -> Mapping[str, BillFacts]:
        """Return bills by their bill ids."""
        ...

    async def find_attempts(
        self, gateway: str, order_numbers: Collection[int], sale_numbers: Collection[str]
    ) -> Sequence[AttemptFacts]:
        """Return the attempts that have any of these numbers."""
        ...

    async def list_sources(self) -> Mapping[str, tuple[datetime, datetime]]:
        """Return the banks and gateways of booked files, with the first and the last moment in them."""
        ...

    async def list_unfiled(self, gateway: str, start: datetime, end: datetime, limit: int) -> list[UnfiledAttempt]:
        """Return the attempts settled in a time that no line of a booked file is of, oldest first."""
        ...

    async def list_unknown(self, created_before: datetime, limit: int) -> list[UnfiledAttempt]:
        """Return the attempts whose end is not known, begun before a moment, oldest first."""
        ...

    async def list_unresolved(self, limit: int) -> list[UnfiledAttempt]:
        """Return the open attempts of which the staff were alerted that nothing is found out, oldest first."""
        ...

    async def list_unnamed(self, gateway: str, limit: int) -> list[UnnamedAttempt]:
        """Return the attempts whose end is not known and that no line of a booked file is of, nor may be of: one that
        waits in suspense, over the same amount and paid since. Oldest first.
        """
        ...

    async def list_covered_days(self, source: str, since: date) -> list[CoveredDays]:
        """Return the days that a gateway's booked files cover, those whose last one is not before a day."""
        ...

    async def list_filed(self, attempt_ids: Collection[int]) -> set[int]:
        """Return those of the attempts that a line of a booked file is of."""
        ...

    async def list_payments_of_attempts(self, attempt_ids: Collection[int]) -> list[Payment]:
        """Return what attempts paid, reversed payments too."""
        ...

    async def mark_booked(self, file_id: int, line_numbers: Collection[int], outcome: LineOutcome) -> None:
        """Store that lines were booked, and came to the same."""
        ...

    async def is_filed(self, attempt_id: int) -> bool:
        """Tell whether a line of a booked file is of an attempt."""
        ...

    async def sum_day(self, start: datetime, end: datetime) -> list[SourceTotals]:
        """Return what each bank and gateway did in a time, by our books and by its files."""
        ...


class DifferenceRepository(Protocol):
    """Differences, those that were resolved too."""

    async def add_new(self, difference: PaymentDifference) -> bool:
        """Store a difference unless its key is known; whether it was new. One that was gone is open again."""
        ...

    async def get(self, key: str, *, lock: bool = False) -> PaymentDifference:
        """Return a difference; `NotFound("difference")`."""
        ...

    async def save(self, difference: PaymentDifference) -> None:
        """Store that it was alerted, or resolved."""
        ...

    async def list_open(
        self, limit: int, day: date | None = None, kinds: Collection[DifferenceKind] | None = None
    ) -> list[PaymentDifference]:
        """Return open differences, the newest day first: of a day, of some kinds, or all."""
        ...

    async def count_open(self) -> int:
        """Return how many are open."""
        ...

    async def list_unalerted(self, limit: int) -> list[PaymentDifference]:
        """Return open ones that nobody was alerted of."""
        ...
