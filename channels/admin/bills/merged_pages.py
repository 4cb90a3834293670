"""A merged bill: its parts with their pages, and money that came in by hand for all of them."""

from collections.abc import Sequence

from aiohttp import web

from channels.admin.addresses import MERGED_BILLS_PATH
from channels.admin.bills.bill_forms import payment_done_key, submit_payment
from channels.admin.bills.payable_view import PayableView, build_payable_view
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.authorization.rights import Right
from domain.unit_of_work import UnitOfWork
from domain.values.errors import BillNotFound

_ONE_PATH = f"{MERGED_BILLS_PATH}/{{id:[0-9]{{1,19}}}}"
"""The id is the bill id (شناسه قبض)."""


class MergedBillPages(SitePart):
    """The page of a merged bill, and its form."""

    sections: Sequence[NavigationSection] = ()

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
            recorded_receipt = await submit_payment(ActionContext(self._dependencies, uow), visitor)
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

    async def _build_view(self, uow: UnitOfWork, visitor: Visitor, bill_id: str) -> PayableView:
        merged_bill = await uow.merged_bills.find_by_bill_id(bill_id)
        if merged_bill is None:
            raise BillNotFound("bill_id")
        return await build_payable_view(ActionContext(self._dependencies, uow), visitor, merged_bill)
