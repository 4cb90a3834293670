"""The desk for slips: a bill by its ids or its barcode, whose it is and how much, its reference, and the next one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.bills.bill_forms import payment_done_key, submit_payment
from channels.admin.bills.bill_view import ClaimView, build_claim_view
from channels.admin.bills.payable_view import PayableView, build_payable_view
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, build_refusal_context
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from channels.web.stored_files import render_stored_file
from domain.actions.bills.merged_bills import find_payable
from domain.actions.bills.pay_by_ids import find_payable_by_ids
from domain.actions.bills.payment_claims import refuse_claim
from domain.actions.context import ActionContext, ActorContext
from domain.authorization.rights import Right
from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids
from domain.values.errors import DomainError
from domain.values.text import fold_text

SLIPS_PATH = "/staff/slips"
IDS_PARAMETER = "ids"
"""Query parameter with the text typed or scanned: a bill id, both ids, or the barcode."""
RECORDED_PARAMETER = "recorded"
"""The bill id of the slip that was recorded last: the page leads on to what it was for."""

MOST_CLAIMS = 20
"""Claims shown at most, oldest first."""

_NUMBER = re.compile("[0-9]+")
_BARCODE_DIGITS = 26


@dataclass(frozen=True, slots=True)
class ClaimedBill:
    """A bill that its citizen claims to have paid."""

    payable: PayableView
    """The bill."""
    claim: ClaimView
    """The claim."""


class SlipPages(SitePart):
    """The desk, and its form."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(
            SLIPS_PATH,
            "admin.sections.slips",
            Right.PAYMENTS_RECORD,
            lambda visitor: visitor.waiting_counts.payment_claims,
        ),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", SLIPS_PATH, Right.PAYMENTS_RECORD, self._show_page),
            PageRoute("GET", f"{SLIPS_PATH}/photos/{{id:[0-9]{{1,19}}}}", Right.PAYMENTS_RECORD, self._send_photo),
            PageRoute(
                "POST",
                f"{SLIPS_PATH}/slip",
                Right.PAYMENTS_RECORD,
                FormSubmission("slip", self._submit_payment, self._render_again),
            ),
            PageRoute(
                "POST",
                f"{SLIPS_PATH}/claim",
                Right.PAYMENTS_RECORD,
                FormSubmission("claim", self._submit_refusal, self._render_again),
            ),
        )

    async def _show_page(self, request: web.Request, visitor: Visitor) -> web.Response:
        typed_ids = request.query.get(IDS_PARAMETER, "").strip()
        payable_view, error = None, None
        if typed_ids:
            try:
                payable_view = await self._find_payable(visitor, typed_ids)
            except DomainError as not_found:
                error = not_found
        recorded_view = await self._find_if_there(visitor, request.query.get(RECORDED_PARAMETER, ""))
        return await self._render_page(
            request, visitor, typed_ids, payable_view, recorded_view=recorded_view, error=error
        )

    async def _send_photo(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Return the photo of a slip, in a place of its own, so that no file can act as our page."""
        async with self._store.open_unit(write=False) as uow:
            photo = await uow.payment_claims.get_photo(get_row_id(request))
            content = await uow.documents.get_content(photo.sha256)
        return render_stored_file(photo.media_type, content, photo.id)

    async def _submit_refusal(self, request: web.Request, visitor: Visitor) -> str:
        """Store that the money of a claim was not found; whoever came from the bill's page sees the other claims."""
        async with self._store.open_unit() as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            await refuse_claim(context, read_text(visitor.form, "bill_id"), read_text(visitor.form, "reason"))
        return f"{SLIPS_PATH}?done=claim_refused"

    async def _submit_payment(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            recorded_receipt = await submit_payment(ActionContext(self._dependencies, uow), visitor)
        parameters = {
            "done": payment_done_key(recorded_receipt),
            RECORDED_PARAMETER: read_text(visitor.form, "bill_id"),
        }
        return f"{SLIPS_PATH}?{urlencode(parameters)}"

    async def _render_again(self, request: web.Request, visitor: Visitor, refused_form: RefusedForm) -> web.Response:
        """Show the bill of a refused form again; nothing beside the reason where there is no such bill."""
        typed_ids = read_text(refused_form.posted_form, "bill_id")
        payable_view = await self._find_if_there(visitor, typed_ids)
        return await self._render_page(
            request, visitor, typed_ids, payable_view, refused_form=refused_form, error=refused_form.error
        )

    async def _render_page(
        self,
        request: web.Request,
        visitor: Visitor,
        typed_ids: str,
        payable_view: PayableView | None,
        *,
        recorded_view: PayableView | None = None,
        refused_form: RefusedForm | None = None,
        error: DomainError | None = None,
    ) -> web.Response:
        problem = self._dependencies.wording.render_error(error) if error else None
        context = {
            "path": SLIPS_PATH,
            "typed_ids": typed_ids,
            "payable": payable_view,
            "claims": await self._list_claims(visitor),
            "recorded": recorded_view,
            "problem": None if payable_view else problem,
            **build_refusal_context(refused_form, problem),
        }
        return render_staff_page(request, visitor, "admin/bills/slips.html", context, error=error)

    async def _list_claims(self, visitor: Visitor) -> list[ClaimedBill]:
        claimed_bills = []
        async with self._store.open_unit(write=False) as uow:
            context, claims = ActionContext(self._dependencies, uow), await uow.payment_claims.list_open(MOST_CLAIMS)
            bills = {bill.id: bill for bill in await uow.bills.list_by_ids({claim.bill_id for claim in claims})}
            photos = await uow.payment_claims.list_photos([claim.id for claim in claims])
            for claim in claims:
                bill, own_photos = bills[claim.bill_id], [photo for photo in photos if photo.claim_id == claim.id]
                payable_view = await build_payable_view(context, visitor, bill)
                claimed_bills.append(
                    ClaimedBill(payable_view, build_claim_view(self._dependencies.catalogue, bill, claim, own_photos))
                )
        return claimed_bills

    async def _find_if_there(self, visitor: Visitor, typed_ids: str) -> PayableView | None:
        """Return what these ids name; None where they name nothing."""
        try:
            return await self._find_payable(visitor, typed_ids) if typed_ids else None
        except DomainError:
            return None

    async def _find_payable(self, visitor: Visitor, typed_ids: str) -> PayableView:
        """Return what was typed pays; `InvalidField` for what cannot be ids, `BillNotFound`."""
        async with self._store.open_unit(write=False) as uow:
            payable = await _find_by_typed_ids(uow, typed_ids)
            return await build_payable_view(ActionContext(self._dependencies, uow), visitor, payable)


async def _find_by_typed_ids(uow: UnitOfWork, typed_ids: str) -> Bill | MergedBill:
    """Return what a barcode, both ids or a bill id alone name; ids may stand in any script, with words around them."""
    numbers = _NUMBER.findall(fold_text(typed_ids))
    if len(numbers) == 1 and len(numbers[0]) == _BARCODE_DIGITS:
        scanned_ids = bill_ids.parse_barcode(numbers[0])
        return await find_payable_by_ids(uow, scanned_ids.bill_id, scanned_ids.payment_id)
    if len(numbers) > 1:
        return await find_payable_by_ids(uow, numbers[0], numbers[1])
    return await find_payable(uow, bill_ids.parse_bill_id(numbers[0] if numbers else typed_ids))
