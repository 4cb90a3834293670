"""What is due back to citizens, of requests, duties and fines alike: one list, the oldest first, and giving it back.

The same form is on the page of a request, a duty or a fine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.bills.bill_forms import submit_approval, submit_refund
from channels.admin.bills.bill_subject import BillSubjects, BillSubjectView
from channels.admin.bills.bill_view import Approval, build_approval
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_row import RowPage, read_row_id
from channels.admin.registries.registry_view import list_address
from channels.admin.submissions import FormSubmission
from channels.web.paging import build_page_query
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.bills.refunds import load_due_page
from domain.actions.dependencies import Dependencies
from domain.bills.bill import DueBack, RefundState
from domain.language.wording import day_and_hour_text
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store, UnitOfWork
from domain.values.paging import PAGE_FIELD, Cursor, Page
from domain.values.text import group_digits, persian_digits

REFUNDS_PATH = "/staff/refunds"


@dataclass(frozen=True, slots=True)
class RefundDueView:
    """A bill on which money is still to go back, in words; amounts are in rials, with Persian digits."""

    bill_id: str
    """As banks take it (شناسه قبض)."""
    payment_id: str
    """As banks take it (شناسه پرداخت)."""
    billed_amount: str
    """What the bill asked for."""
    paid_amount: str
    """All that ever came in for it."""
    refund_amount: str
    """What is to go back: the sum of its refunds that are due."""
    due_since: str
    """Day and hour in Tehran since when the oldest of these is due."""
    reason_text: str
    """For what the money goes back, each reason once."""
    subject: BillSubjectView
    """What the bill is for, and who is to get the money."""
    approval: Approval
    """The state of the second person's approval."""


class RefundPages:
    """The list, and the forms that give money back."""

    sections: Sequence[NavigationSection] = (NavigationSection(REFUNDS_PATH, "admin.sections.refunds", "refunds.view"),)

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._subjects = BillSubjects(dependencies)
        self._row_page = RowPage(dependencies, store)

    def list_routes(self) -> Sequence[PageRoute]:
        charged_registries = [registry for registry in REGISTRIES.values() if registry.charge_terms]
        return (
            PageRoute("GET", REFUNDS_PATH, "refunds.view", self._render_page),
            PageRoute(
                "POST",
                f"{REFUNDS_PATH}/refund",
                "refunds.pay",
                FormSubmission("refund", self._submit_refund, self._render_page),
            ),
            PageRoute(
                "POST",
                f"{REFUNDS_PATH}/approve",
                "refunds.approve",
                FormSubmission("approve", self._submit_approval, self._render_page),
            ),
            *(
                PageRoute(
                    "POST",
                    f"{list_address(registry)}/{{id:[0-9]{{1,19}}}}/refund",
                    "refunds.pay",
                    FormSubmission(
                        "refund",
                        partial(self._submit_row_refund, registry),
                        partial(self._row_page.render_row_page, registry),
                    ),
                )
                for registry in charged_registries
            ),
        )

    async def _submit_refund(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_refund(self._dependencies, uow, visitor)
        return f"{REFUNDS_PATH}?{build_page_query(request, done='refund')}"

    async def _submit_approval(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_approval(self._dependencies, uow, visitor)
        return f"{REFUNDS_PATH}?{build_page_query(request, done='refund_approved')}"

    async def _submit_row_refund(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_refund(self._dependencies, uow, visitor)
        return f"{list_address(registry)}/{read_row_id(request)}?done=refund"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Return the list. Why a form was refused is shown beside it, above everything where its bill is not listed."""
        empty_page: Page[DueBack] = Page((), None, None)
        async with self._store.open_unit(write=False) as uow:
            refund_list, cursor_error = await load_filtered(
                load_due_page(uow, request.query.get(PAGE_FIELD)), empty_page
            )
            page_error = cursor_error or form_error(refused_form)
            member_names = await load_staff_names(uow)
            due_views = [await self._build_due_view(uow, visitor, entry, member_names) for entry in refund_list.rows]
            count, amount = await uow.bills.count_due_back()
        error_text = self._dependencies.wording.render_error(page_error) if page_error else None
        is_listed = refused_form is not None and refused_form.submitted_texts.get("bill_id") in {
            entry.bill_id for entry in due_views
        }
        context = {
            "due_refunds": due_views,
            "refund_total": {"count": persian_digits(count), "amount": group_digits(amount)} if count else None,
            "previous_address": _build_page_address(refund_list.previous_cursor),
            "next_address": _build_page_address(refund_list.next_cursor),
            "page_query": build_page_query(request),
            "problem": None if is_listed else error_text,
            "refused_form_name": refused_form.name if refused_form else None,
            "submitted_texts": refused_form.submitted_texts if refused_form else {},
            "refused_field": refused_form.error.field if refused_form else None,
            "refusal": error_text,
        }
        return render_staff_page(request, visitor, "admin/bills/refunds.html", context, error=page_error)

    async def _build_due_view(
        self, uow: UnitOfWork, visitor: Visitor, due_back: DueBack, member_names: Mapping[str, str]
    ) -> RefundDueView:
        bill = due_back.bill
        due_refunds = [refund for refund in await uow.bills.list_refunds(bill.id) if refund.state is RefundState.DUE]
        reason_codes, payments = [refund.reason for refund in due_refunds], await uow.bills.list_payments(bill.id)
        return RefundDueView(
            bill_id=bill.bill_id,
            payment_id=bill.payment_id,
            billed_amount=group_digits(bill.amount),
            paid_amount=group_digits(due_back.paid_amount),
            refund_amount=group_digits(due_back.due_amount),
            due_since=day_and_hour_text(due_back.due_since),
            reason_text="، ".join(map(self._describe_reason, dict.fromkeys(reason_codes))),
            subject=await self._subjects.build_view(uow, visitor, bill),
            approval=build_approval(self._dependencies, payments, due_refunds, member_names, visitor.actor),
        )

    def _describe_reason(self, reason_code: str) -> str:
        """Return in words why money goes back; a code that nobody worded is shown as it is."""
        key = f"admin.refunds.reasons.{reason_code}"
        return self._dependencies.catalogue.text(key) if key in self._dependencies.catalogue else reason_code


def _build_page_address(cursor: Cursor | None) -> str | None:
    return f"{REFUNDS_PATH}?{urlencode({PAGE_FIELD: str(cursor)})}" if cursor else None
