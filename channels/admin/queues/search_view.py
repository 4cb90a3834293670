"""What the search box finds, and by what it was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.admin.bills.bill_subject import BillSubjects, PaidBillView
from channels.admin.bills.merged_pages import MERGED_BILLS_PATH
from channels.admin.frame import Visitor
from channels.admin.queues.queue_view import build_queue_address
from domain.actions.bills.lookup import BillNumber, find_bills_by_number
from domain.actions.dependencies import Dependencies
from domain.authorization.rights import Right
from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.queues.filters import QueueFilter
from domain.queues.search import SearchQuery
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class FoundBill:
    """A bill that a number names; `bill` is None for a merged one, which is of several."""

    address: str
    """The page of what it is for."""
    bill: PaidBillView | None


@dataclass(frozen=True, slots=True)
class FoundBillsView:
    """The bills that a number names, of those that this visitor may open."""

    number: BillNumber
    """What the number is of them."""
    found_bills: Sequence[FoundBill]


@dataclass(frozen=True, slots=True)
class SearchWayView:
    """By what requests were found, and by what else they may be looked for."""

    found_by: str
    """In words; empty where nothing was found."""
    other_ways: Sequence[tuple[str, str]]
    """Address and words of each."""


class SearchViews:
    """Words what was found."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._subjects = BillSubjects(dependencies)

    async def find_bills(self, visitor: Visitor, number: str) -> FoundBillsView | None:
        """Return the bills that a number names; None where there is none that this visitor may open."""
        if not (number.isascii() and number.isdecimal()):
            return None
        async with self._store.open_unit(write=False) as uow:
            found = await find_bills_by_number(uow, number)
            views = [await self._build_found_bill(uow, visitor, payable) for payable in found.payables] if found else []
        openable_views = [view for view in views if view]
        return FoundBillsView(found.number, openable_views) if found and openable_views else None

    async def _build_found_bill(
        self, uow: UnitOfWork, visitor: Visitor, payable: Bill | MergedBill
    ) -> FoundBill | None:
        if isinstance(payable, MergedBill):
            may_open = visitor.may(Right.MERGED_BILLS_VIEW)
            return FoundBill(f"{MERGED_BILLS_PATH}/{payable.bill_id}", None) if may_open else None
        bill_view = await self._subjects.build_paid_bill(uow, visitor, payable, payable.amount)
        return FoundBill(bill_view.subject.href, bill_view) if bill_view.subject.href else None

    def describe_way(self, queue_filter: QueueFilter, *, is_found: bool) -> SearchWayView | None:
        """Return by what a list was found; None where nothing was looked for."""
        if not queue_filter.search:
            return None
        ways = list_search_ways(queue_filter.search)
        present_way = queue_filter.found_by
        found_by = self._name_way(present_way, ways[present_way]) if present_way in ways and is_found else ""
        other_ways = [
            (build_queue_address(replace(queue_filter, found_by=way).as_json()), self._name_way(way, query))
            for way, query in ways.items()
            if present_way and way is not present_way
        ]
        return SearchWayView(found_by, other_ways)

    def _name_way(self, way: SearchWay, query: SearchQuery) -> str:
        get_text = self._dependencies.catalogue.text
        if way is SearchWay.IDENTITY:
            meant = [name for name in ("code", "mobile", "plate", "national_code") if getattr(query, name)]
            return f" {get_text('admin.queues.found_by.or')} ".join(
                get_text(f"admin.queues.found_by.{name}") for name in meant
            )
        if way is SearchWay.NAME and "".join(query.word_beginnings).isdecimal():
            return get_text("admin.queues.found_by.code_beginning")
        return get_text(f"admin.queues.found_by.{way}")
