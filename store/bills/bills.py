"""Bills, payments and refunds, each written with its entry in the ledger."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, func, insert, literal, select, tuple_, update

from domain.bills.bill import Bill, DueBack, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState, Reversal
from domain.bills.pos_receipts import distinguishing_key
from domain.ledger.movements import (
    enter_cancelled_refund,
    enter_closed_bill,
    enter_due_refund,
    enter_issued_bill,
    enter_payment,
    enter_reversal,
)
from domain.values.bill_ids import HIGHEST_FILE_NUMBER
from domain.values.errors import BillNotFound, Conflict, Unavailable
from domain.values.paging import Cursor
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, EnumText, Utc
from store.ledger.entries import SqlLedgerRepository
from store.repositories.sequences import SqlSequenceRepository
from store.rows import TableMapping
from store.schema import bills, payment_reversals, payments, refunds
from store.work import Repository, SqlTransaction

FILE_NUMBER_SEQUENCE = "file_number"
"""The sequence that they are drawn from."""

_BILL_MAPPING = TableMapping(bills, Bill)
_INSERT_BILL = insert(bills)
_SELECT_BY_ROW = select(*_BILL_MAPPING.columns).where(bills.c.id == bindparam("bill_row"))
_SELECT_BY_BILL_ID = select(*_BILL_MAPPING.columns).where(bills.c.bill_id == bindparam("wanted_id"))
_SELECT_BY_ROWS = select(*_BILL_MAPPING.columns).where(bills.c.id.in_(bindparam("bill_rows", expanding=True)))
_SELECT_BY_BILL_IDS = select(*_BILL_MAPPING.columns).where(bills.c.bill_id.in_(bindparam("wanted_ids", expanding=True)))
_SELECT_BY_PAYMENT_ID = (
    select(*_BILL_MAPPING.columns)
    .where(bills.c.payment_id == bindparam("wanted_id"))
    .order_by(bills.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_LOCK_BY_BILL_ID = _SELECT_BY_BILL_ID.with_for_update()
_SELECT_OF_SUBJECT = (
    select(*_BILL_MAPPING.columns)
    .where(bills.c.subject_kind == bindparam("kind"), bills.c.subject_id == bindparam("subject"))
    .order_by(bills.c.id)
)
_SELECT_OF_SUBJECTS = (
    select(*_BILL_MAPPING.columns)
    .where(bills.c.subject_kind == bindparam("kind"), bills.c.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(bills.c.id)
)
_UPDATE_BILL = (
    update(bills)
    .where(bills.c.id == bindparam("bill_row"), bills.c.revision == bindparam("read_revision"))
    .values(revision=bills.c.revision + 1)
)

_PAYMENT_MAPPING = TableMapping(payments, Payment)
_HAS_METHOD, _HAS_REFERENCE = (
    payments.c.method == bindparam("of_method"),
    payments.c.reference == bindparam("of_reference"),
)
_IS_RECORDED = payments.c.reversed_at.is_(None)
_SELECT_BY_REFERENCE = (
    select(*_PAYMENT_MAPPING.columns).where(_HAS_METHOD, _HAS_REFERENCE, _IS_RECORDED).order_by(payments.c.id)
)
# All methods by name: the index that has the references begins with them.
_SELECT_UNDER_REFERENCES = (
    select(*_PAYMENT_MAPPING.columns)
    .where(
        payments.c.method.in_(list(PaymentMethod)),
        payments.c.reference.in_(bindparam("references", expanding=True)),
        _IS_RECORDED,
    )
    .order_by(payments.c.id)
)
# The office as text, so that payments of no office are found by their RRN, too.
_SELECT_BY_RRN = select(*_PAYMENT_MAPPING.columns).where(
    payments.c.rrn == bindparam("of_rrn"),
    _HAS_METHOD,
    func.coalesce(payments.c.office, "") == bindparam("of_office"),
    _IS_RECORDED,
)
_SELECT_PAYMENTS = (
    select(*_PAYMENT_MAPPING.columns).where(payments.c.bill_id == bindparam("bill_row")).order_by(payments.c.id)
)

_SELECT_PAYMENT = select(*_PAYMENT_MAPPING.columns).where(payments.c.id == bindparam("payment_row"))

_REVERSAL_MAPPING = TableMapping(payment_reversals, Reversal)
_SELECT_REVERSALS = (
    select(*_REVERSAL_MAPPING.columns)
    .where(payment_reversals.c.bill_id == bindparam("bill_row"))
    .order_by(payment_reversals.c.id)
)
_MARK_REVERSED = (
    update(payments)
    .where(payments.c.id == bindparam("payment_row"), payments.c.reversed_at.is_(None))
    .values(reversed_at=bindparam("moment", type_=Utc))
)
_INSERT_REVERSAL = insert(payment_reversals)

_REFUND_MAPPING = TableMapping(refunds, Refund)
_INSERT_REFUND = insert(refunds)
_SELECT_REFUNDS = (
    select(*_REFUND_MAPPING.columns).where(refunds.c.bill_id == bindparam("bill_row")).order_by(refunds.c.id)
)
_CHANGING_OF_REFUND = (
    "state", "iban", "refunded_at", "approved_by", "approved_at", "to_card", "card_refund_id", "transfer_id",
)  # fmt: skip
# Money that went back stays so, and so does what is not due any more: a second save of the same refund is refused.
_UPDATE_REFUND = update(refunds).where(refunds.c.id == bindparam("refund_row"), refunds.c.state == RefundState.DUE)

# Written into the statement, so that both databases see that the index of what is due serves it.
_IS_DUE = refunds.c.state == literal(RefundState.DUE, EnumText(RefundState), literal_execute=True)

_DUE_BY_BILL = (
    select(
        refunds.c.bill_id,
        func.sum(refunds.c.amount).label("amount"),
        func.min(refunds.c.created_at, type_=Utc).label("since"),
    )
    .where(_IS_DUE)
    .group_by(refunds.c.bill_id)
    .subquery("due")
)
_PAID_AMOUNT = (
    select(func.coalesce(func.sum(payments.c.amount), 0))
    .where(
        payments.c.bill_id == bills.c.id,
        payments.c.outcome != PaymentOutcome.RETURNED,
        payments.c.reversed_at.is_(None),
    )
    .scalar_subquery()
)
_SELECT_TOTAL_DUE = select(
    func.count(refunds.c.bill_id.distinct()), func.coalesce(func.sum(refunds.c.amount), 0)
).where(_IS_DUE)


def _select_due_back(*, after_cursor: bool, backwards: bool) -> Select[Any]:
    """Return the statement of a page: all columns of the bill, then the sum, since when, and what came in."""
    position = tuple_(_DUE_BY_BILL.c.since, _DUE_BY_BILL.c.bill_id)
    statement = select(*_BILL_MAPPING.columns, _DUE_BY_BILL.c.amount, _DUE_BY_BILL.c.since, _PAID_AMOUNT).join(
        _DUE_BY_BILL, _DUE_BY_BILL.c.bill_id == bills.c.id
    )
    if after_cursor:
        last_position = tuple_(bindparam("last_since", type_=Utc), bindparam("last_bill", type_=ID))
        statement = statement.where(position < last_position if backwards else position > last_position)
    ordering = (
        (_DUE_BY_BILL.c.since.desc(), _DUE_BY_BILL.c.bill_id.desc())
        if backwards
        else (_DUE_BY_BILL.c.since, _DUE_BY_BILL.c.bill_id)
    )
    return statement.order_by(*ordering).limit(bindparam("most", type_=Integer))


_SELECT_FIRST_DUE, _SELECT_DUE_AFTER = (
    _select_due_back(after_cursor=False, backwards=False),
    _select_due_back(after_cursor=True, backwards=False),
)
_SELECT_DUE_BEFORE = _select_due_back(after_cursor=True, backwards=True)


def _insert_payment(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(payments).on_conflict_do_nothing()


class SqlBillRepository(Repository):
    """The port `BillRepository`. All that moves money is posted here, so that no caller can forget it.

    A save bears the revision that was read: a payment and an expiry never overwrite each other.
    """

    def __init__(self, transaction: SqlTransaction) -> None:
        super().__init__(transaction)
        self._ledger = SqlLedgerRepository(transaction)

    async def next_file_number(self) -> int:
        """`Unavailable("file_number")` when all eight digits are used up."""
        file_number = await SqlSequenceRepository(self._transaction).next_number(FILE_NUMBER_SEQUENCE)
        if file_number > HIGHEST_FILE_NUMBER:
            raise Unavailable("file_number")
        return file_number

    async def add(self, bill: Bill) -> None:
        """`Conflict` when its bill id or file number is taken."""
        await self._transaction.execute(_INSERT_BILL, _BILL_MAPPING.column_values(bill))
        await self._ledger.add(enter_issued_bill(bill))

    async def save(self, bill: Bill) -> None:
        """`Conflict` when another save came in between. A bill that comes back to the state in which it was closed,
        because a surplus was reversed, is posted no second time.
        """
        changed_values: dict[str, Any] = {"state": bill.state, "deadline": bill.deadline, "note": bill.note}
        row_keys = {"bill_row": bill.id, "read_revision": bill.revision}
        if (
            await self._transaction.count_written(
                _UPDATE_BILL, {**changed_values, "settled_at": bill.settled_at, **row_keys}
            )
            != 1
        ):
            raise Conflict("bill")
        bill.revision += 1
        if (entry := enter_closed_bill(bill)) is not None:
            await self._ledger.add_once(entry)

    async def get(self, bill_row_id: int) -> Bill:
        return _read_bill(await self._transaction.fetch_row(_SELECT_BY_ROW, {"bill_row": bill_row_id}))

    async def get_by_bill_id(self, bill_id: str, *, lock: bool = False) -> Bill:
        return _read_bill(
            await self._transaction.fetch_row(_LOCK_BY_BILL_ID if lock else _SELECT_BY_BILL_ID, {"wanted_id": bill_id})
        )

    async def list_by_ids(self, bill_row_ids: Collection[int]) -> list[Bill]:
        values = {"bill_rows": list(bill_row_ids)}
        return _BILL_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_BY_ROWS, values) if bill_row_ids else []
        )

    async def list_by_payment_id(self, payment_id: str, limit: int) -> list[Bill]:
        parameters = {"wanted_id": payment_id, "most": limit}
        return _BILL_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_BY_PAYMENT_ID, parameters))

    async def list_by_bill_ids(self, bill_ids: Collection[str]) -> list[Bill]:
        values = {"wanted_ids": list(bill_ids)}
        return _BILL_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_BY_BILL_IDS, values) if bill_ids else []
        )

    async def list_of_subject(self, subject_kind: str, subject_id: int) -> list[Bill]:
        return _BILL_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_OF_SUBJECT, {"kind": subject_kind, "subject": subject_id})
        )

    async def list_of_subjects(self, subject_kind: str, subject_ids: Sequence[int]) -> list[Bill]:
        values = {"kind": subject_kind, "subjects": list(subject_ids)}
        return _BILL_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_OF_SUBJECTS, values))

    async def add_payment(self, payment: Payment) -> None:
        """`Conflict("reference")` when its method has that reference and distinction already, or its office the RRN."""
        values = _PAYMENT_MAPPING.column_values(payment) | {"distinction": distinguishing_key(payment)}
        if not await self._transaction.count_written(_insert_payment, values):
            raise Conflict("reference")
        await self._ledger.add(enter_payment(payment))

    async def find_payment(self, method: PaymentMethod, reference: str) -> Payment | None:
        row = await self._transaction.fetch_row(_SELECT_BY_REFERENCE, {"of_method": method, "of_reference": reference})
        return None if row is None else _PAYMENT_MAPPING.read_row(row)

    async def list_payments_under(self, references: Collection[str]) -> list[Payment]:
        parameters = {"references": sorted(references)}
        return _PAYMENT_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_UNDER_REFERENCES, parameters))

    async def list_payments_like(self, payment: Payment) -> list[Payment]:
        search_keys = {"of_method": payment.method, "of_reference": payment.reference}
        recorded_payments = _PAYMENT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_BY_REFERENCE, search_keys)
        )
        if payment.rrn is not None:
            search_keys = {"of_method": payment.method, "of_rrn": payment.rrn, "of_office": payment.office or ""}
            recorded_payments += _PAYMENT_MAPPING.read_rows(
                await self._transaction.fetch_rows(_SELECT_BY_RRN, search_keys)
            )
        return list({recorded_payment.id: recorded_payment for recorded_payment in recorded_payments}.values())

    async def list_payments(self, bill_row_id: int) -> list[Payment]:
        return _PAYMENT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_PAYMENTS, {"bill_row": bill_row_id})
        )

    async def add_reversal(self, reversal: Reversal) -> None:
        marked_values = {"payment_row": reversal.payment_id, "moment": reversal.at}
        if await self._transaction.count_written(_MARK_REVERSED, marked_values) != 1:
            raise Conflict("payment")
        await self._transaction.execute(_INSERT_REVERSAL, _REVERSAL_MAPPING.column_values(reversal))
        row = await self._transaction.fetch_row(_SELECT_PAYMENT, {"payment_row": reversal.payment_id})
        if row is not None:
            await self._ledger.add(enter_reversal(_PAYMENT_MAPPING.read_row(row), reversal))

    async def list_reversals(self, bill_row_id: int) -> list[Reversal]:
        return _REVERSAL_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_REVERSALS, {"bill_row": bill_row_id})
        )

    async def add_refund(self, refund: Refund) -> None:
        await self._transaction.execute(_INSERT_REFUND, _REFUND_MAPPING.column_values(refund))
        await self._ledger.add(enter_due_refund(await self.get(refund.bill_id), refund))

    async def list_refunds(self, bill_row_id: int) -> list[Refund]:
        return _REFUND_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_REFUNDS, {"bill_row": bill_row_id}))

    async def save_refund(self, refund: Refund) -> None:
        """`Conflict("refund")` when the money went back before, or is not due any more."""
        changed_values = {column_name: getattr(refund, column_name) for column_name in _CHANGING_OF_REFUND}
        if await self._transaction.count_written(_UPDATE_REFUND, {**changed_values, "refund_row": refund.id}) != 1:
            raise Conflict("refund")

    async def cancel_refund(self, refund: Refund, cancelled_at: datetime) -> None:
        """`Conflict("refund")` as `save_refund`."""
        refund.state = RefundState.CANCELLED
        await self.save_refund(refund)
        await self._ledger.add(enter_cancelled_refund(await self.get(refund.bill_id), refund, cancelled_at))

    async def list_due_back(self, limit: int, cursor: Cursor | None = None) -> list[DueBack]:
        if cursor is None:
            return [
                _read_due_back(row)
                for row in await self._transaction.fetch_rows(_SELECT_FIRST_DUE, {"most": limit + 1})
            ]
        cursor_values = {"last_since": cursor.sort_key, "last_bill": cursor.id, "most": limit + 1}
        due_bills = [
            _read_due_back(row)
            for row in await self._transaction.fetch_rows(
                _SELECT_DUE_BEFORE if cursor.backwards else _SELECT_DUE_AFTER, cursor_values
            )
        ]
        return due_bills[::-1] if cursor.backwards else due_bills

    async def count_due_back(self) -> tuple[int, int]:
        row = await self._transaction.fetch_row(_SELECT_TOTAL_DUE)
        bill_count, amount = row if row else (0, 0)
        return int(bill_count), int(amount)


def _read_due_back(row: Row) -> DueBack:
    amount, since, paid = row[len(_BILL_MAPPING.column_names) :]
    return DueBack(_BILL_MAPPING.read_row(row), int(amount), since, int(paid))


def _read_bill(row: Row | None) -> Bill:
    if row is None:
        raise BillNotFound("bill_id")
    return _BILL_MAPPING.read_row(row)
