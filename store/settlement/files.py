"""Settlement files and their lines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Text, and_, bindparam, cast, delete, exists, func, insert, or_, select, update

from domain.bills.bill import BillState, Payment
from domain.bills.merged_bill import derive_merged_state
from domain.settlement.coverage import CoveredDays
from domain.settlement.differences import SourceTotals
from domain.settlement.layouts import FileKind
from domain.settlement.ports import AttemptFacts, BillFacts, UnfiledAttempt, UnnamedAttempt
from domain.settlement.settlement_file import (
    FileLine,
    FileState,
    KnownLine,
    LineOutcome,
    OutcomeTotal,
    SettlementFile,
)
from domain.values.errors import Conflict, NotFound
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import (
    bills,
    merged_bill_parts,
    merged_bills,
    payment_attempts,
    settlement_contents,
    settlement_files,
    settlement_lines,
    suspense_receipts,
)
from store.settlement.comparison import (
    ATTEMPT_AMOUNT,
    PAYMENT_MAPPING,
    SELECT_FILED,
    SELECT_PAYMENTS,
    SELECT_SOURCES,
    SELECT_UNFILED,
    SELECT_UNKNOWN,
    SELECT_UNNAMED,
    SELECT_UNRESOLVED,
    SELECT_WHETHER_FILED,
    SUM_COUNTED_BILLS,
    SUM_COUNTED_SALES,
    SUM_FILED,
    add_totals,
)
from store.work import Repository

_FILE_MAPPING = TableMapping(settlement_files, SettlementFile)
_SELECT_FILES = select(*_FILE_MAPPING.columns)
_IS_FILE = settlement_files.c.id == bindparam("of_file")
_SELECT_BY_ID = _SELECT_FILES.where(_IS_FILE)
_LOCK_BY_ID = _SELECT_BY_ID.with_for_update()
_IS_REMEMBERED = settlement_files.c.state.not_in([FileState.DROPPED, FileState.REFUSED])
_SELECT_SAME = _SELECT_FILES.where(settlement_files.c.digest == bindparam("of_digest"), _IS_REMEMBERED)
_SELECT_RECENT = _SELECT_FILES.order_by(settlement_files.c.id.desc()).limit(bindparam("most", type_=Integer))
_SELECT_UNBOOKED = _SELECT_FILES.where(
    settlement_files.c.state == FileState.EXAMINED, settlement_files.c.brought_at < bindparam("moment")
).order_by(settlement_files.c.id)
_HAS_CONTENT = select(settlement_contents.c.file_id).where(settlement_contents.c.file_id == settlement_files.c.id)
_SELECT_NEXT_RUNNING = (
    _SELECT_FILES.where(
        or_(
            settlement_files.c.state == FileState.CONFIRMED,
            (settlement_files.c.state == FileState.WAITING) & _HAS_CONTENT.exists(),
        )
    )
    .order_by(settlement_files.c.id)
    .limit(1)
)
_INSERT_FILE, _INSERT_CONTENT = insert(settlement_files), insert(settlement_contents)
_UPDATE_FILE = update(settlement_files).where(_IS_FILE)
_CHANGING_FIELDS = (
    *("state", "first_paid_at", "last_paid_at", "problem", "decided_by", "finished_at", "revision", "layout"),
    *("kind", "source", "covered_from", "covered_until", "is_whole"),
)
_IS_CONTENT = settlement_contents.c.file_id == bindparam("of_file")
_SELECT_CONTENT = select(settlement_contents.c.content).where(_IS_CONTENT)
_DELETE_CONTENT = delete(settlement_contents).where(_IS_CONTENT)

_SELECT_COVERED = (
    select(settlement_files.c.id, settlement_files.c.covered_from, settlement_files.c.covered_until)
    .where(settlement_files.c.source == bindparam("of_source"), settlement_files.c.kind == FileKind.GATEWAY)
    .where(settlement_files.c.state == FileState.BOOKED, settlement_files.c.is_whole)
    .where(settlement_files.c.covered_until >= bindparam("since", type_=Date))
    .order_by(settlement_files.c.id)
)

_LINE_MAPPING = TableMapping(settlement_lines, FileLine)
_LINES = settlement_lines.c
_IS_OF_FILE = _LINES.file_id == bindparam("of_file")
_MOST_LINES = bindparam("most", type_=Integer)
_INSERT_LINES = insert(settlement_lines)
_SELECT_LINES = (
    select(*_LINE_MAPPING.columns)
    .where(_IS_OF_FILE, _LINES.line_number > bindparam("after", type_=Integer))
    .order_by(_LINES.line_number)
    .limit(_MOST_LINES)
)
_SELECT_LINES_OF_OUTCOME = _SELECT_LINES.where(_LINES.outcome == bindparam("of_outcome", type_=_LINES.outcome.type))
_SELECT_PENDING = (
    select(*_LINE_MAPPING.columns).where(_IS_OF_FILE, _LINES.is_pending).order_by(_LINES.line_number).limit(_MOST_LINES)
)
_FIRST_LINES = select(_LINES.line_number).where(_IS_OF_FILE).order_by(_LINES.line_number).limit(_MOST_LINES)
_DELETE_LINES = delete(settlement_lines).where(_IS_OF_FILE, _LINES.line_number.in_(_FIRST_LINES))
_RETRY_FAILED = (
    update(settlement_lines).where(_IS_OF_FILE, _LINES.outcome == LineOutcome.FAILED).values(is_pending=True)
)
_BOOKED_FIELDS = ("outcome", "is_pending", "detail", "attempt_id", "card_refund_id")
_MARK_LINES = update(settlement_lines).where(_IS_OF_FILE, _LINES.line_number.in_(bindparam("lines", expanding=True)))
_UPDATE_LINE = update(settlement_lines).where(_IS_OF_FILE, _LINES.line_number == bindparam("of_line"))
_SUM_OUTCOMES = (
    select(_LINES.outcome, func.count(), func.sum(_LINES.amount)).where(_IS_OF_FILE).group_by(_LINES.outcome)
)
_OWN_REFERENCE = _LINES.source + "/" + _LINES.reference
_OWN_PLACE = "/" + cast(_LINES.file_id, Text) + "-" + cast(_LINES.line_number, Text)
_SELECT_UNHELD = (
    select(*_LINE_MAPPING.columns)
    .join_from(settlement_lines, settlement_files, settlement_files.c.id == _LINES.file_id)
    .where(settlement_files.c.state.in_([FileState.CONFIRMED, FileState.BOOKED]), ~_LINES.is_pending)
    .where(
        or_(
            _LINES.outcome.in_([LineOutcome.NO_BILL, LineOutcome.NO_ATTEMPT, LineOutcome.OTHER_NUMBER]),
            and_(_LINES.outcome == LineOutcome.WRONG_AMOUNT, _LINES.bill_id != ""),
        )
    )
    .where(~exists().where(suspense_receipts.c.reference.in_([_OWN_REFERENCE, _OWN_REFERENCE + _OWN_PLACE])))
    .order_by(_LINES.file_id, _LINES.line_number)
    .limit(bindparam("most", type_=Integer))
)
_SELECT_KNOWN = (
    select(
        _LINES.reference,
        _LINES.file_id,
        _LINES.line_number,
        settlement_files.c.state,
        _LINES.is_pending,
        _LINES.bill_id,
        _LINES.payment_id,
        _LINES.amount,
        _LINES.outcome,
    )
    .join_from(settlement_lines, settlement_files, settlement_files.c.id == _LINES.file_id)
    .where(_LINES.source == bindparam("of_source"), _LINES.reference.in_(bindparam("references", expanding=True)))
    .where(_LINES.outcome.in_([outcome for outcome in LineOutcome if outcome.makes_known]))
    .order_by(_LINES.file_id, _LINES.line_number)
)
_SELECT_BILLS = select(bills.c.bill_id, bills.c.id, bills.c.payment_id, bills.c.amount, bills.c.state).where(
    bills.c.bill_id.in_(bindparam("ids", expanding=True))
)
_SELECT_MERGED_BILLS = (
    select(
        merged_bills.c.bill_id,
        merged_bills.c.id,
        merged_bills.c.payment_id,
        merged_bills.c.amount,
        bills.c.id,
        bills.c.state,
    )
    .join_from(merged_bills, merged_bill_parts, merged_bill_parts.c.merged_bill_id == merged_bills.c.id)
    .join(bills, bills.c.id == merged_bill_parts.c.bill_row_id)
    .where(merged_bills.c.bill_id.in_(bindparam("ids", expanding=True)))
)
_IS_AT_GATEWAY = payment_attempts.c.gateway == bindparam("of_gateway")
_ATTEMPT_COLUMNS = (
    payment_attempts.c.id,
    payment_attempts.c.order_number,
    payment_attempts.c.sale_number,
    ATTEMPT_AMOUNT,
    payment_attempts.c.state,
)
_SELECT_BY_ORDERS = select(*_ATTEMPT_COLUMNS).where(
    _IS_AT_GATEWAY, payment_attempts.c.order_number.in_(bindparam("orders", expanding=True))
)
_SELECT_BY_SALES = select(*_ATTEMPT_COLUMNS).where(
    _IS_AT_GATEWAY, payment_attempts.c.sale_number.in_(bindparam("sales", expanding=True))
)


class SqlSettlementRepository(Repository):
    """The port `SettlementRepository`."""

    async def add_file(self, settlement_file: SettlementFile, content: bytes | None = None) -> None:
        if await self.find_same(settlement_file.digest) is not None:
            raise Conflict("file")
        await self._transaction.execute(_INSERT_FILE, _FILE_MAPPING.column_values(settlement_file))
        if content is not None:
            await self._transaction.execute(_INSERT_CONTENT, {"file_id": settlement_file.id, "content": content})

    async def find_same(self, digest: str) -> SettlementFile | None:
        row = await self._transaction.fetch_row(_SELECT_SAME, {"of_digest": digest})
        return None if row is None else _FILE_MAPPING.read_row(row)

    async def get_file(self, file_id: int, *, lock: bool = False) -> SettlementFile:
        row = await self._transaction.fetch_row(_LOCK_BY_ID if lock else _SELECT_BY_ID, {"of_file": file_id})
        if row is None:
            raise NotFound("settlement_file")
        return _FILE_MAPPING.read_row(row)

    async def save_file(self, settlement_file: SettlementFile) -> None:
        settlement_file.revision += 1
        values = {name: getattr(settlement_file, name) for name in _CHANGING_FIELDS}
        await self._transaction.execute(_UPDATE_FILE, {"of_file": settlement_file.id, **values})

    async def list_files(self, limit: int) -> list[SettlementFile]:
        return _FILE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_RECENT, {"most": limit}))

    async def list_unbooked(self, brought_before: datetime) -> list[SettlementFile]:
        rows = await self._transaction.fetch_rows(_SELECT_UNBOOKED, {"moment": brought_before})
        return _FILE_MAPPING.read_rows(rows)

    async def find_next_running(self) -> SettlementFile | None:
        row = await self._transaction.fetch_row(_SELECT_NEXT_RUNNING)
        return None if row is None else _FILE_MAPPING.read_row(row)

    async def get_content(self, file_id: int) -> bytes:
        content: bytes | None = await self._transaction.fetch_value(_SELECT_CONTENT, {"of_file": file_id})
        if content is None:
            raise NotFound("settlement_file")
        return content

    async def delete_content(self, file_id: int) -> None:
        await self._transaction.execute(_DELETE_CONTENT, {"of_file": file_id})

    async def add_lines(self, lines: Sequence[FileLine]) -> None:
        await self._transaction.execute(_INSERT_LINES, [_LINE_MAPPING.column_values(line) for line in lines])

    async def delete_lines(self, file_id: int, limit: int) -> int:
        return await self._transaction.count_written(_DELETE_LINES, {"of_file": file_id, "most": limit})

    async def list_pending(self, file_id: int, limit: int) -> list[FileLine]:
        rows = await self._transaction.fetch_rows(_SELECT_PENDING, {"of_file": file_id, "most": limit})
        return _LINE_MAPPING.read_rows(rows)

    async def retry_failed(self, file_id: int) -> int:
        return await self._transaction.count_written(_RETRY_FAILED, {"of_file": file_id})

    async def save_lines(self, lines: Sequence[FileLine]) -> None:
        for line in lines:
            values = {name: getattr(line, name) for name in _BOOKED_FIELDS}
            await self._transaction.execute(
                _UPDATE_LINE, {"of_file": line.file_id, "of_line": line.line_number, **values}
            )

    async def list_lines(
        self, file_id: int, after_line: int, limit: int, outcome: LineOutcome | None = None
    ) -> list[FileLine]:
        values: dict[str, Any] = {"of_file": file_id, "after": after_line, "most": limit}
        if outcome is None:
            return _LINE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_LINES, values))
        rows = await self._transaction.fetch_rows(_SELECT_LINES_OF_OUTCOME, values | {"of_outcome": outcome})
        return _LINE_MAPPING.read_rows(rows)

    async def sum_outcomes(self, file_id: int) -> dict[LineOutcome, OutcomeTotal]:
        with self._transaction.running_long():
            rows = await self._transaction.fetch_rows(_SUM_OUTCOMES, {"of_file": file_id})
        return {outcome: OutcomeTotal(count, int(amount)) for outcome, count, amount in rows}

    async def list_unheld_lines(self, limit: int) -> list[FileLine]:
        with self._transaction.running_long():
            return _LINE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_UNHELD, {"most": limit}))

    async def find_known_lines(self, source: str, references: Collection[str]) -> Mapping[str, list[KnownLine]]:
        known_lines: dict[str, list[KnownLine]] = {}
        values = {"of_source": source, "references": list(references)}
        for reference, file_id, number, state, is_pending, *payment in await self._transaction.fetch_rows(
            _SELECT_KNOWN, values
        ):
            is_booked = state in {FileState.CONFIRMED, FileState.BOOKED} and not is_pending
            known_lines.setdefault(reference, []).append(KnownLine(file_id, number, is_booked, *payment))
        return known_lines

    async def find_bills(self, bill_ids: Collection[str]) -> Mapping[str, BillFacts]:
        values = {"ids": list(bill_ids)}
        rows = await self._transaction.fetch_rows(_SELECT_BILLS, values)
        found = {bill_id: BillFacts((row_id,), *facts) for bill_id, row_id, *facts in rows}
        return found | _group_merged_bills(await self._transaction.fetch_rows(_SELECT_MERGED_BILLS, values))

    async def find_attempts(
        self, gateway: str, order_numbers: Collection[int], sale_numbers: Collection[str]
    ) -> Sequence[AttemptFacts]:
        values = {"of_gateway": gateway, "orders": list(order_numbers), "sales": list(sale_numbers)}
        by_orders = await self._transaction.fetch_rows(_SELECT_BY_ORDERS, values) if order_numbers else []
        by_sales = await self._transaction.fetch_rows(_SELECT_BY_SALES, values) if sale_numbers else []
        return [AttemptFacts(*row) for row in {row[0]: row for row in (*by_orders, *by_sales)}.values()]

    async def list_sources(self) -> Mapping[str, tuple[datetime, datetime]]:
        rows = await self._transaction.fetch_rows(SELECT_SOURCES)
        return {source: (first, last) for source, first, last in rows}

    async def list_unfiled(self, gateway: str, start: datetime, end: datetime, limit: int) -> list[UnfiledAttempt]:
        values = {"of_gateway": gateway, "start": start, "before": end, "most": limit}
        with self._transaction.running_long():
            return [UnfiledAttempt(*row) for row in await self._transaction.fetch_rows(SELECT_UNFILED, values)]

    async def list_unknown(self, created_before: datetime, limit: int) -> list[UnfiledAttempt]:
        values = {"before": created_before, "most": limit}
        with self._transaction.running_long():
            return [UnfiledAttempt(*row) for row in await self._transaction.fetch_rows(SELECT_UNKNOWN, values)]

    async def list_unresolved(self, limit: int) -> list[UnfiledAttempt]:
        return [UnfiledAttempt(*row) for row in await self._transaction.fetch_rows(SELECT_UNRESOLVED, {"most": limit})]

    async def list_unnamed(self, gateway: str, limit: int) -> list[UnnamedAttempt]:
        values = {"of_gateway": gateway, "most": limit}
        return [UnnamedAttempt(*row) for row in await self._transaction.fetch_rows(SELECT_UNNAMED, values)]

    async def list_covered_days(self, source: str, since: date) -> list[CoveredDays]:
        values = {"of_source": source, "since": since}
        return [CoveredDays(*row) for row in await self._transaction.fetch_rows(_SELECT_COVERED, values)]

    async def list_filed(self, attempt_ids: Collection[int]) -> set[int]:
        rows = await self._transaction.fetch_rows(SELECT_FILED, {"attempts": list(attempt_ids)}) if attempt_ids else []
        return {row[0] for row in rows}

    async def list_payments_of_attempts(self, attempt_ids: Collection[int]) -> list[Payment]:
        rows = await self._transaction.fetch_rows(SELECT_PAYMENTS, {"attempts": list(attempt_ids)})
        return PAYMENT_MAPPING.read_rows(rows)

    async def mark_booked(self, file_id: int, line_numbers: Collection[int], outcome: LineOutcome) -> None:
        values = {"of_file": file_id, "lines": list(line_numbers), "outcome": outcome, "is_pending": False}
        await self._transaction.execute(_MARK_LINES, values)

    async def is_filed(self, attempt_id: int) -> bool:
        return await self._transaction.fetch_row(SELECT_WHETHER_FILED, {"of_attempt": attempt_id}) is not None

    async def sum_day(self, start: datetime, end: datetime) -> list[SourceTotals]:
        values = {"start": start, "before": end}
        with self._transaction.running_long():
            counted_rows = [
                *await self._transaction.fetch_rows(SUM_COUNTED_SALES, values),
                *await self._transaction.fetch_rows(SUM_COUNTED_BILLS, values),
            ]
            return add_totals(counted_rows, await self._transaction.fetch_rows(SUM_FILED, values))


def _group_merged_bills(rows: Sequence[Row]) -> dict[str, BillFacts]:
    """Return merged bills by their bill ids, of rows with one part each."""
    parts: dict[tuple[str, int, str, int], dict[int, BillState]] = {}
    for *facts, part_row_id, part_state in rows:
        parts.setdefault(tuple(facts), {})[part_row_id] = part_state
    return {
        bill_id: BillFacts(tuple(states), payment_id, amount, derive_merged_state(states.values()), merged_row_id)
        for (bill_id, merged_row_id, payment_id, amount), states in parts.items()
    }
