"""All that a store holds of requests at one moment, by value: what a walk compares before and after each step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.bills.bill import Bill, Payment, Refund, RefundState
from domain.blocks.charging import REQUEST_SUBJECT
from domain.fleet.resources import Booking, Resource
from domain.ledger.entries import LedgerEntry
from domain.messages.records import OutboxMessage
from domain.requests.history import HistoryEvent
from domain.requests.request import RequestFilter, ServiceRequest, TimerKind
from domain.unit_of_work import UnitOfWork
from tests.support.municipality import Municipality

BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """A bill with all money that came in for it, and all that is to go back; `reversed` came in wrongly, and counts in
    neither.
    """

    bill: Bill
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    reversed: tuple[Payment, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()

    @property
    def came_in(self) -> int:
        """Rials that were paid."""
        return sum(payment.amount for payment in self.payments)

    @property
    def due_back(self) -> int:
        """Rials that are, or were, to be given back."""
        return sum(refund.amount for refund in self.refunds)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Requests, events and timers by the request's id, bills by their own, texts by theirs; bookings with their slots,
    and the tracking codes that records of drivers have as their source.
    """

    requests: dict[int, ServiceRequest]
    events: dict[int, list[HistoryEvent]]
    timers: dict[int, set[tuple[TimerKind, str]]]
    accounts: dict[int, Account]
    bookings: list[tuple[Booking, Resource]]
    slots: set[tuple[int, int, int]]
    texts: dict[int, OutboxMessage]
    records: list[str]

    def bills(self, request: ServiceRequest) -> list[Account]:
        """Return what a request has to pay, oldest first."""
        bills = (one for one in self.accounts.values() if one.bill.subject_kind == REQUEST_SUBJECT)
        return sorted((one for one in bills if one.bill.subject_id == request.id), key=lambda one: one.bill.id)

    def held(self, request: ServiceRequest) -> list[tuple[Booking, Resource]]:
        """Return what a request holds of machines and people."""
        return [one for one in self.bookings if one[0].request_id == request.id]


async def taken(town: Municipality, last: Snapshot | None = None) -> Snapshot:
    """Read all of it in one snapshot of the database; what has not moved since the last one is taken from there."""
    bills = town.rows(_BILLS)
    texts = {id_ for (id_,) in town.rows("SELECT id FROM outbox")}
    async with town.store.open_unit(write=False) as uow:
        requests = {one.id: one for one in await uow.requests.list_requests(RequestFilter(limit=MOST))}
        return Snapshot(
            requests=requests,
            events={one.id: await _events(uow, one, last) for one in requests.values()},
            timers=await _timers(uow, requests),
            accounts={row[0]: await _account(uow, row, last) for row in bills},
            bookings=await uow.fleet.list_between(BEGINNING, END),
            slots={(slot, machine, booking) for slot, machine, booking in town.rows(_SLOTS)},
            texts={id_: await _text(uow, id_, last) for id_ in texts},
            records=sorted(str(source) for (source,) in town.rows(_RECORDS)),
        )


_BILLS = """SELECT id, revision, (SELECT count(*) FROM payments WHERE bill_id = bills.id),
            (SELECT count(*) FROM refunds WHERE bill_id = bills.id),
            (SELECT count(*) FROM ledger_entries WHERE bill_id = bills.id) FROM bills"""
_SLOTS = "SELECT slot, resource_id, booking_id FROM slots"
_RECORDS = "SELECT source FROM rewards UNION ALL SELECT source FROM violations"


async def _events(uow: UnitOfWork, request: ServiceRequest, last: Snapshot | None) -> list[HistoryEvent]:
    known = last.requests.get(request.id) if last else None
    if last and known and known.head_hash == request.head_hash:
        return last.events[request.id]
    return await uow.history.list_of_request(request.id)


async def _timers(uow: UnitOfWork, requests: Iterable[int]) -> dict[int, set[tuple[TimerKind, str]]]:
    found: dict[int, set[tuple[TimerKind, str]]] = {id_: set() for id_ in requests}
    for kind in TimerKind:
        for timer in await uow.timers.list_due(kind, END, MOST):
            found[timer.request_id].add((kind, timer.name))
    return found


async def _account(uow: UnitOfWork, row: tuple[int, ...], last: Snapshot | None) -> Account:
    id_, revision, payments, refunds, entries = row
    known = last.accounts.get(id_) if last else None
    counted = (revision, payments, refunds, entries)
    if known and (known.bill.revision, len(known.payments), len(known.refunds), len(known.entries)) == counted:
        return known
    came_in, due_back = await uow.bills.list_payments(id_), await uow.bills.list_refunds(id_)
    standing, gone = (tuple(one for one in came_in if one.is_recorded is stands) for stands in (True, False))
    due = tuple(one for one in due_back if one.state is not RefundState.CANCELLED)
    return Account(await uow.bills.get(id_), standing, due, gone, tuple(await uow.ledger.list_of_bill(id_)))


async def _text(uow: UnitOfWork, id_: int, last: Snapshot | None) -> OutboxMessage:
    known = last.texts.get(id_) if last else None
    return known or await uow.outbox.get(id_)
