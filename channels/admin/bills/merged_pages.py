"""A merged bill: its parts with their pages, and money that came in by hand for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from aiohttp import web

from channels.admin.bills.bill_forms import payment_done_key, submit_payment
from channels.admin.bills.bill_subject import BillSubjects, PaidBillView
from channels.admin.bills.bill_view import PAYMENT_METHODS
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.bills.merged_bills import load_parts
from domain.actions.dependencies import Dependencies
from domain.authorization.rights import Right
from domain.bills.bill import PaymentMethod
from domain.bills.merged_bill import derive_merged_state
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import BillNotFound
from domain.values.text import group_digits

MERGED_BILLS_PATH = "/staff/merged-bills"
_ONE_PATH = f"{MERGED_BILLS_PATH}/{{id:[0-9]{{1,19}}}}"
"""The id is the bill id (شناسه قبض)."""


@dataclass(frozen=True, slots=True)
class MergedBillView:
    """A merged bill, in words."""

    bill_id: str
    """As banks take it (شناسه قبض)."""
    payment_id: str
    """As banks take it (شناسه پرداخت)."""
    amount: str
    """In rials, with Persian digits."""
    state: str
    """What its state is called."""
    state_key: str
    """The state itself, for the style sheet."""
    is_payable: bool
    """All its parts are open."""
    parts: Sequence[PaidBillView]
    """The bills that it pays."""

    methods: ClassVar[tuple[PaymentMethod, ...]] = PAYMENT_METHODS
    """The ways by which money may be recorded to have come."""

    @property
    def slip_label_key(self) -> str:
        """The key of what recording money for it is called."""
        return "admin.bill.slip" if self.is_payable else "admin.bill.late"


class MergedBillPages:
    """The page of a merged bill, and its form."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._subjects = BillSubjects(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", _ONE_PATH, Right.MERGED_BILLS_VIEW, self._render_page),
            PageRoute(
                "POST",
                f"{_ONE_PATH}/slip",
                Right.PAYMENTS_RECORD,
                FormSubmission("slip", self._submit_payment, self._render_page),
            ),
        )

    async def _submit_payment(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            recorded_receipt = await submit_payment(self._dependencies, uow, visitor)
        bill_id = request.match_info["id"]
        return f"{MERGED_BILLS_PATH}/{bill_id}?done={payment_done_key(recorded_receipt)}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            merged_bill = await self._build_view(uow, visitor, request.match_info["id"])
        error = form_error(refused_form)
        context = {
            "merged_bill": merged_bill,
            "refused_form_name": refused_form.name if refused_form else None,
            "submitted_texts": refused_form.submitted_texts if refused_form else {},
            "refused_field": error.field if error else None,
            "refusal": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/bills/merged_bill.html", context, error=error)

    async def _build_view(self, uow: UnitOfWork, visitor: Visitor, bill_id: str) -> MergedBillView:
        merged_bill = await uow.merged_bills.find_by_bill_id(bill_id)
        if merged_bill is None:
            raise BillNotFound("bill_id")
        parts = await load_parts(uow, merged_bill)
        state = derive_merged_state([part.state for part in parts])
        return MergedBillView(
            bill_id=merged_bill.bill_id,
            payment_id=merged_bill.payment_id,
            amount=group_digits(merged_bill.amount),
            state=self._dependencies.catalogue.text(f"admin.bill_states.{state}"),
            state_key=state.value,
            is_payable=state.is_payable,
            parts=[await self._subjects.build_paid_bill(uow, visitor, part, part.amount) for part in parts],
        )
