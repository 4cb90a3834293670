"""Bills, payments and refunds."""

from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, func, insert, literal, select, tuple_, update

from domain.bills.bill import Bill, DueBack, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState, Reversal
from domain.bills.pos_receipts import distinction
from domain.values.bill_ids import HIGHEST_FILE_NUMBER
from domain.values.errors import BillNotFound, Conflict, Unavailable
from domain.values.paging import Cursor
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, EnumText, Utc
from store.repositories.sequences import SqlSequences
from store.rows import TableMapping
from store.schema import bills, payment_reversals, payments, refunds
from store.work import Repository

FILE_NUMBERS = "file_number"
"""The sequence that they are drawn from."""

_BILL = TableMapping(bills, Bill)
_ADD = insert(bills)
_GET = select(*_BILL.columns).where(bills.c.id == bindparam("bill_row"))
_BY_BILL_ID = select(*_BILL.columns).where(bills.c.bill_id == bindparam("wanted_id"))
_BY_BILL_ID_LOCKED = _BY_BILL_ID.with_for_update()
_OF_SUBJECT = (
    select(*_BILL.columns)
    .where(bills.c.subject_kind == bindparam("kind"), bills.c.subject_id == bindparam("subject"))
    .order_by(bills.c.id)
)
_SAVE = (
    update(bills)
    .where(bills.c.id == bindparam("bill_row"), bills.c.revision == bindparam("read_revision"))
    .values(revision=bills.c.revision + 1)
)

_PAYMENT = TableMapping(payments, Payment)
_OF_METHOD, _REFERRED = payments.c.method == bindparam("of_method"), payments.c.reference == bindparam("of_reference")
_STANDS = payments.c.reversed_at.is_(None)
_BY_REFERENCE = select(*_PAYMENT.columns).where(_OF_METHOD, _REFERRED, _STANDS).order_by(payments.c.id)
# The office as text, so that payments of no office are found by their RRN, too.
_BY_RRN = select(*_PAYMENT.columns).where(
    payments.c.rrn == bindparam("of_rrn"),
    _OF_METHOD,
    func.coalesce(payments.c.office, "") == bindparam("of_office"),
    _STANDS,
)
_PAYMENTS_OF = select(*_PAYMENT.columns).where(payments.c.bill_id == bindparam("bill_row")).order_by(payments.c.id)

_REVERSAL = TableMapping(payment_reversals, Reversal)
_REVERSALS_OF = (
    select(*_REVERSAL.columns)
    .where(payment_reversals.c.bill_id == bindparam("bill_row"))
    .order_by(payment_reversals.c.id)
)
_MARK_REVERSED = (
    update(payments)
    .where(payments.c.id == bindparam("payment_row"), payments.c.reversed_at.is_(None))
    .values(reversed_at=bindparam("moment", type_=Utc))
)
_ADD_REVERSAL = insert(payment_reversals)

_REFUND = TableMapping(refunds, Refund)
_ADD_REFUND = insert(refunds)
_REFUNDS_OF = select(*_REFUND.columns).where(refunds.c.bill_id == bindparam("bill_row")).order_by(refunds.c.id)
# Money that went back stays so, and so does what is not due any more: a second save of the same refund is refused.
_SAVE_REFUND = update(refunds).where(refunds.c.id == bindparam("refund_row"), refunds.c.state == RefundState.DUE)

# Written into the statement, so that both databases see that the index of what is due serves it.
_IS_DUE = refunds.c.state == literal(RefundState.DUE, EnumText(RefundState), literal_execute=True)

_REFUNDS_DUE = (
    select(*_REFUND.columns)
    .where(_IS_DUE)
    .order_by(refunds.c.created_at, refunds.c.id)
    .limit(bindparam("most", type_=Integer))
)

_DUE = (
    select(
        refunds.c.bill_id,
        func.sum(refunds.c.amount).label("amount"),
        func.min(refunds.c.created_at, type_=Utc).label("since"),
    )
    .where(_IS_DUE)
    .group_by(refunds.c.bill_id)
    .subquery("due")
)
_PAID = (
    select(func.coalesce(func.sum(payments.c.amount), 0))
    .where(
        payments.c.bill_id == bills.c.id,
        payments.c.outcome != PaymentOutcome.RETURNED,
        payments.c.reversed_at.is_(None),
    )
    .scalar_subquery()
)
_TOTAL_DUE = select(func.count(refunds.c.bill_id.distinct()), func.coalesce(func.sum(refunds.c.amount), 0)).where(
    _IS_DUE
)


def _due_back(*, placed: bool, back: bool) -> Select[Any]:
    """Return the statement of a page: all columns of the bill, then the sum, since when, and what came in."""
    place = tuple_(_DUE.c.since, _DUE.c.bill_id)
    found = select(*_BILL.columns, _DUE.c.amount, _DUE.c.since, _PAID).join(_DUE, _DUE.c.bill_id == bills.c.id)
    if placed:
        last = tuple_(bindparam("last_since", type_=Utc), bindparam("last_bill", type_=ID))
        found = found.where(place < last if back else place > last)
    ends = (_DUE.c.since.desc(), _DUE.c.bill_id.desc()) if back else (_DUE.c.since, _DUE.c.bill_id)
    return found.order_by(*ends).limit(bindparam("most", type_=Integer))


_FIRST_DUE, _DUE_AFTER = _due_back(placed=False, back=False), _due_back(placed=True, back=False)
_DUE_BEFORE = _due_back(placed=True, back=True)


def _add_payment(engine: DatabaseEngine) -> Executable:
    return engine.insert(payments).on_conflict_do_nothing()


class SqlBills(Repository):
    """The port `Bills`. A save bears the revision that was read: a payment and an expiry never overwrite each other."""

    async def next_file_number(self) -> int:
        """Draw the next number; `Unavailable("file_number")` when all eight digits are used up."""
        number = await SqlSequences(self._work).next(FILE_NUMBERS)
        if number > HIGHEST_FILE_NUMBER:
            raise Unavailable("file_number")
        return number

    async def add(self, bill: Bill) -> None:
        """Store a new bill; `Conflict` when its bill id or file number is taken."""
        await self._work.run(_ADD, _BILL.values(bill))

    async def save(self, bill: Bill) -> None:
        """Store a changed state, deadline, note or settlement; `Conflict` when another save came in between."""
        changed: dict[str, Any] = {"state": bill.state, "deadline": bill.deadline, "note": bill.note}
        keys = {"bill_row": bill.id, "read_revision": bill.revision}
        if await self._work.count(_SAVE, {**changed, "settled_at": bill.settled_at, **keys}) != 1:
            raise Conflict("bill")
        bill.revision += 1

    async def get(self, bill_row: int) -> Bill:
        """Return by row id; `BillNotFound`."""
        return _found(await self._work.row(_GET, {"bill_row": bill_row}))

    async def by_bill_id(self, bill_id: str, *, lock: bool = False) -> Bill:
        """Return by Iranian bill id; `BillNotFound`."""
        return _found(await self._work.row(_BY_BILL_ID_LOCKED if lock else _BY_BILL_ID, {"wanted_id": bill_id}))

    async def of_subject(self, kind: str, subject_id: int) -> list[Bill]:
        """Return the bills of a request, duty or violation, oldest first."""
        return _BILL.read_all(await self._work.rows(_OF_SUBJECT, {"kind": kind, "subject": subject_id}))

    async def add_payment(self, payment: Payment) -> None:
        """Store a payment; `Conflict("reference")` when its method has that reference and distinction already, or its
        office the RRN.
        """
        values = _PAYMENT.values(payment) | {"distinction": distinction(payment)}
        if not await self._work.count(_add_payment, values):
            raise Conflict("reference")

    async def payment(self, method: PaymentMethod, reference: str) -> Payment | None:
        """Return the payment with that reference, if it was recorded and not reversed; the first one of those at
        terminals.
        """
        row = await self._work.row(_BY_REFERENCE, {"of_method": method, "of_reference": reference})
        return None if row is None else _PAYMENT.read(row)

    async def alike(self, payment: Payment) -> list[Payment]:
        """Return the recorded payments of its method with its reference, and its office's with its RRN."""
        keys = {"of_method": payment.method, "of_reference": payment.reference}
        found = _PAYMENT.read_all(await self._work.rows(_BY_REFERENCE, keys))
        if payment.rrn is not None:
            keys = {"of_method": payment.method, "of_rrn": payment.rrn, "of_office": payment.office or ""}
            found += _PAYMENT.read_all(await self._work.rows(_BY_RRN, keys))
        return list({one.id: one for one in found}.values())

    async def payments_of(self, bill_row: int) -> list[Payment]:
        """Return the payments of a bill, reversed ones too, oldest first."""
        return _PAYMENT.read_all(await self._work.rows(_PAYMENTS_OF, {"bill_row": bill_row}))

    async def reverse(self, reversal: Reversal) -> None:
        """Keep a reversal and mark its payment; `Conflict("payment")` when it was reversed before."""
        marked = {"payment_row": reversal.payment_id, "moment": reversal.at}
        if await self._work.count(_MARK_REVERSED, marked) != 1:
            raise Conflict("payment")
        await self._work.run(_ADD_REVERSAL, _REVERSAL.values(reversal))

    async def reversals_of(self, bill_row: int) -> list[Reversal]:
        """Return the reversals of payments of a bill, oldest first."""
        return _REVERSAL.read_all(await self._work.rows(_REVERSALS_OF, {"bill_row": bill_row}))

    async def add_refund(self, refund: Refund) -> None:
        """Store money to return."""
        await self._work.run(_ADD_REFUND, _REFUND.values(refund))

    async def refunds_of(self, bill_row: int) -> list[Refund]:
        """Return the refunds of a bill, oldest first."""
        return _REFUND.read_all(await self._work.rows(_REFUNDS_OF, {"bill_row": bill_row}))

    async def save_refund(self, refund: Refund) -> None:
        """Store a changed refund; `Conflict("refund")` when the money went back before, or is not due any more."""
        names = ("state", "iban", "refunded_at", "approved_by", "approved_at")
        changed = {name: getattr(refund, name) for name in names}
        if await self._work.count(_SAVE_REFUND, {**changed, "refund_row": refund.id}) != 1:
            raise Conflict("refund")

    async def refunds_due(self, limit: int) -> list[tuple[Refund, Bill]]:
        """Return what is still to go back with its bill, oldest first."""
        due = _REFUND.read_all(await self._work.rows(_REFUNDS_DUE, {"most": limit}))
        return [(one, await self.get(one.bill_id)) for one in due]

    async def due_back(self, limit: int, at: Cursor | None = None) -> list[DueBack]:
        """Return the bills on which money is still to go back, from a place on, oldest first: one more than `limit`."""
        if at is None:
            return [_due(row) for row in await self._work.rows(_FIRST_DUE, {"most": limit + 1})]
        last = {"last_since": at.key, "last_bill": at.id, "most": limit + 1}
        found = [_due(row) for row in await self._work.rows(_DUE_BEFORE if at.back else _DUE_AFTER, last)]
        return found[::-1] if at.back else found

    async def total_due_back(self) -> tuple[int, int]:
        """Return on how many bills money is still to go back, and how many rials in all."""
        row = await self._work.row(_TOTAL_DUE)
        number, amount = row if row else (0, 0)
        return int(number), int(amount)


def _due(row: Row) -> DueBack:
    amount, since, paid = row[len(_BILL.names) :]
    return DueBack(_BILL.read(row), int(amount), since, int(paid))


def _found(row: Row | None) -> Bill:
    if row is None:
        raise BillNotFound("bill_id")
    return _BILL.read(row)
