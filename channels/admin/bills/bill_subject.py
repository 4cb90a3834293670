"""Subjects of bills, as lists of bills show them: the request, duty or fine, whom it concerns, and its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from channels.admin.addresses import REQUESTS_PATH, list_address
from channels.admin.frame import Visitor
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.row_words import RowWording
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import registry_right
from domain.bills.bill import Bill
from domain.blocks.charging import REQUEST_SUBJECT
from domain.language.summaries import find_applicant_name
from domain.registries.declarations import REGISTRIES
from domain.requests.ports import RequestRepository
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.text import group_digits, persian_digits
from domain.values.tracking_codes import display_code


@dataclass(frozen=True, slots=True)
class BillSubjectView:
    """Subject of a bill, in words."""

    kind_label: str
    """The service, or what the registry's row owed."""
    reference_label: str
    """Its code or title: the tracking code, or the row's name."""
    recipient_name: str | None
    """Name of the person concerned; None where it is not known."""
    mobile: str | None
    """Theirs (+989…); None where it is not known."""
    href: str | None
    """Its page; None for who may not open that."""


@dataclass(frozen=True, slots=True)
class PaidBillView:
    """A bill that is paid together with others, in words."""

    bill_id: str
    """As banks take it (شناسه قبض)."""
    amount: str
    """Its part, in rials with Persian digits."""
    state_label: str
    """State of the bill."""
    subject: BillSubjectView
    """Subject."""


class BillSubjects:
    """Words what bills are for."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._row_wording = RowWording(dependencies.catalogue)

    async def build_view(self, uow: UnitOfWork, visitor: Visitor, bill: Bill) -> BillSubjectView:
        """Return what a bill is for, as this visitor may see it."""
        return (await self.build_views(uow, visitor, [bill]))[0]

    async def build_views(self, uow: UnitOfWork, visitor: Visitor, bills: Sequence[Bill]) -> list[BillSubjectView]:
        """Return what bills are for, in their order; all their requests are loaded at once."""
        requests = await _load_requests(uow.requests, bills)
        return [
            self._build_request_view(visitor, requests[bill.subject_id])
            if bill.subject_kind == REQUEST_SUBJECT
            else await self._build_row_view(uow, visitor, bill)
            for bill in bills
        ]

    async def load_views(
        self, uow: UnitOfWork, visitor: Visitor, bill_row_ids: Iterable[int]
    ) -> dict[int, tuple[Bill, BillSubjectView]]:
        """Return bills with what they are for, by their row ids; all are loaded at once."""
        bills = await uow.bills.list_by_ids(set(bill_row_ids))
        subjects = await self.build_views(uow, visitor, bills)
        return {bill.id: (bill, subject) for bill, subject in zip(bills, subjects, strict=True)}

    async def list_openable(self, uow: UnitOfWork, visitor: Visitor, bills: Sequence[Bill]) -> list[Bill]:
        """Return those of bills of which this visitor may open the page of what they are for."""
        requests = await _load_requests(uow.requests, bills)
        return [
            bill
            for bill in bills
            if (
                self._may_see(visitor, requests[bill.subject_id])
                if bill.subject_kind == REQUEST_SUBJECT
                else visitor.may(registry_right(REGISTRIES[bill.subject_kind].key, "view"))
            )
        ]

    async def _build_row_view(self, uow: UnitOfWork, visitor: Visitor, bill: Bill) -> BillSubjectView:
        registry, bill_subject = REGISTRIES[bill.subject_kind], SUBJECTS[bill.subject_kind]
        row = await uow.registries.get_row(registry.key, bill.subject_id)
        return BillSubjectView(
            await bill_subject.render_title(ActionContext(self._dependencies, uow), bill),
            self._row_wording.render_row_name(registry, row.values),
            None,
            await bill_subject.find_mobile(uow, bill),
            f"{list_address(registry)}/{row.id}" if visitor.may(registry_right(registry.key, "view")) else None,
        )

    async def build_paid_bills(
        self, uow: UnitOfWork, visitor: Visitor, shares: Sequence[tuple[Bill, int]]
    ) -> list[PaidBillView]:
        """Return bills of which so many rials each are paid together, in their order."""
        subjects = await self.build_views(uow, visitor, [bill for bill, _ in shares])
        get_text = self._dependencies.catalogue.text
        return [
            PaidBillView(bill.bill_id, group_digits(amount), get_text(f"admin.bill_states.{bill.state}"), subject)
            for (bill, amount), subject in zip(shares, subjects, strict=True)
        ]

    def _build_request_view(self, visitor: Visitor, request: ServiceRequest) -> BillSubjectView:
        wording, service = self._dependencies.wording, self._dependencies.engine.get_service(request.service)
        return BillSubjectView(
            wording.service_title(request.service),
            persian_digits(display_code(request.code)),
            find_applicant_name(service, request),
            request.mobile,
            f"{REQUESTS_PATH}/{request.code}" if self._may_see(visitor, request) else None,
        )

    def _may_see(self, visitor: Visitor, request: ServiceRequest) -> bool:
        return may_see_request(self._dependencies.services, visitor.actor, request)


async def _load_requests(requests: RequestRepository, bills: Sequence[Bill]) -> dict[int, ServiceRequest]:
    """Return the requests of those bills that are of requests, by their ids."""
    request_ids = {bill.subject_id for bill in bills if bill.subject_kind == REQUEST_SUBJECT}
    return {one.id: one for one in await requests.list_by_ids(request_ids)} if request_ids else {}
