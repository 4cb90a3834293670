"""Results of the search box, with the ways they were found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.admin.addresses import MERGED_BILLS_PATH
from channels.admin.bills.bill_subject import BillSubjects, PaidBillView
from channels.admin.frame import Visitor
from channels.admin.queues.queue_view import build_queue_address
from domain.actions.bills.lookup import BillNumber, NumberedBill, list_bills_by_number
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.work import list_finding_ways
from domain.authorization.rights import Right
from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.queues.search import SearchQuery
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError

MOST_FOUND = 20
"""Bills of one number that are shown."""


@dataclass(frozen=True, slots=True)
class FoundBill:
    """A bill that a number names; `bill` is None for a merged one, which is of several."""

    number: BillNumber
    """Meaning of the number."""
    address: str
    """The page of what it is for."""
    bill: PaidBillView | None


@dataclass(frozen=True, slots=True)
class SearchWayView:
    """Way by which requests were found, and other ways to look for them."""

    found_by: str
    """In words; empty where nothing was found."""
    other_ways: Sequence[tuple[str, str]]
    """Address and words of each."""


class SearchViews:
    """Words what was found."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._subjects = BillSubjects(dependencies)
        self._sources = sorted({layout.source for layout in dependencies.settlement_layouts.values()})

    async def list_bills(self, uow: UnitOfWork, visitor: Visitor, number: str) -> list[FoundBill]:
        """Return the bills that a number names, of those that this visitor may open, `MOST_FOUND` at most."""
        offices = [office.code for office in await uow.offices.list_all()]
        named = await list_bills_by_number(uow, number, [*self._sources, *offices])
        bills = [one.payable for one in named if isinstance(one.payable, Bill)]
        openable_ids = {bill.bill_id for bill in await self._subjects.list_openable(uow, visitor, bills)}
        if visitor.may(Right.MERGED_BILLS_VIEW):
            openable_ids |= {one.payable.bill_id for one in named if isinstance(one.payable, MergedBill)}
        listed = [one for one in named if one.payable.bill_id in openable_ids][:MOST_FOUND]
        shares = [(one.payable, one.payable.amount) for one in listed if isinstance(one.payable, Bill)]
        bill_views = {view.bill_id: view for view in await self._subjects.build_paid_bills(uow, visitor, shares)}
        return [_build_found_bill(one, bill_views.get(one.payable.bill_id)) for one in listed]

    async def list_request_ways(self, uow: UnitOfWork, visitor: Visitor, search_text: str) -> list[tuple[str, str]]:
        """Return address and words of each way in which requests are found by what was typed."""
        try:
            ways = list_search_ways(search_text)
            finding_ways = await list_finding_ways(ActorContext(self._dependencies, uow, visitor.actor), search_text)
        except DomainError:
            return []  # it means nothing but a number of a bill
        criteria = QueueFilter(Queue.ALL, search=search_text)
        return [
            (build_queue_address(replace(criteria, found_by=way).as_json()), self._name_way(way, ways[way]))
            for way in finding_ways
        ]

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


def _build_found_bill(named: NumberedBill, bill_view: PaidBillView | None) -> FoundBill:
    """Return a bill with its page; a merged one has no view, and a page of its own."""
    address = bill_view.subject.href if bill_view else f"{MERGED_BILLS_PATH}/{named.payable.bill_id}"
    return FoundBill(named.number, address or "", bill_view)
