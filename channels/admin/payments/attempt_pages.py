"""Attempts to pay online: those that somebody has to look at, and one with all that its bank said.

From there, and from the page of a bill, the bank is asked again. Alerts are said to be over there, and an attempt that
the bank denies for ever is ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import ATTEMPTS_PATH
from channels.admin.bills.attempt_view import StaffAttemptView, build_attempt_view
from channels.admin.bills.bill_subject import BillSubjects, PaidBillView
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.paging import ListPage, build_list_page, read_page_start
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, build_refusal_context, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.asking import ask_bank, deny_payment, load_attempt_story, resolve_alert
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.authorization.rights import Right
from domain.gateways.attempt import PaymentAttempt
from domain.unit_of_work import Store, UnitOfWork
from domain.values.row_ids import HIGHEST_ID

ATTEMPTS_PER_PAGE = 25
_ONE_PATH = f"{ATTEMPTS_PATH}/{{id:[0-9]{{1,19}}}}"


@dataclass(frozen=True, slots=True)
class ListedAttempt:
    """An attempt with what it pays, in words."""

    id: int
    """Names its row; a page of the list begins after it."""
    attempt: StaffAttemptView
    """The attempt."""
    bills: Sequence[PaidBillView]
    """The bills that it pays."""


class AttemptPages(SitePart):
    """The list, the page of one attempt, and its forms. `gateways` are asked."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(
            ATTEMPTS_PATH,
            "admin.sections.attempts",
            Right.ATTEMPTS_VIEW,
            lambda visitor: visitor.waiting_counts.attempts,
        ),
    )

    def __init__(self, dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> None:
        super().__init__(dependencies, store)
        self._gateways = gateways
        self._subjects = BillSubjects(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        actions = (
            ("ask", Right.ATTEMPTS_ASK, self._submit_question),
            ("resolve", Right.ATTEMPTS_ASK, self._submit_resolution),
            ("deny", Right.ATTEMPTS_DENY, self._submit_denial),
        )
        return (
            PageRoute("GET", ATTEMPTS_PATH, Right.ATTEMPTS_VIEW, self._show_list),
            PageRoute("GET", _ONE_PATH, Right.ATTEMPTS_VIEW, self._render_attempt),
            *(
                PageRoute("POST", f"{_ONE_PATH}/{name}", right, FormSubmission(name, action, self._render_attempt))
                for name, right, action in actions
            ),
        )

    async def _submit_question(self, request: web.Request, visitor: Visitor) -> str:
        attempt_id = get_row_id(request)
        await ask_bank(self._dependencies, self._store, self._gateways, attempt_id, visitor.actor)
        return f"{ATTEMPTS_PATH}/{attempt_id}?done=bank_asked"

    async def _submit_resolution(self, request: web.Request, visitor: Visitor) -> str:
        attempt_id, reason = get_row_id(request), read_text(visitor.form, "reason")
        async with self._store.open_unit() as uow:
            await resolve_alert(ActorContext(self._dependencies, uow, visitor.actor), attempt_id, reason)
        return f"{ATTEMPTS_PATH}/{attempt_id}?done=alert_resolved"

    async def _submit_denial(self, request: web.Request, visitor: Visitor) -> str:
        attempt_id, reason = get_row_id(request), read_text(visitor.form, "reason")
        await deny_payment(self._dependencies, self._store, self._gateways, attempt_id, reason, visitor.actor)
        return f"{ATTEMPTS_PATH}/{attempt_id}?done=payment_denied"

    async def _show_list(self, request: web.Request, visitor: Visitor) -> web.Response:
        before = read_page_start(request)
        async with self._store.open_unit(write=False) as uow:
            found_attempts = await uow.payment_attempts.list_needing_attention(
                ATTEMPTS_PER_PAGE + 1, HIGHEST_ID if before is None else before
            )
            attempt_page = build_list_page(request, ATTEMPTS_PATH, found_attempts, ATTEMPTS_PER_PAGE)
            rows = [await self._build_listed(uow, visitor, attempt) for attempt in attempt_page.rows]
        context = {"list_page": ListPage(rows, attempt_page.older_address), "is_first_page": before is None}
        return render_staff_page(request, visitor, "admin/payments/attempts.html", context)

    async def _render_attempt(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            attempt = await uow.payment_attempts.get(get_row_id(request))
            listed = await self._build_listed(uow, visitor, attempt)
        error = form_error(refused_form)
        error_text = self._dependencies.wording.render_error(error) if error else None
        context = {"listed": listed, **build_refusal_context(refused_form, error_text)}
        return render_staff_page(request, visitor, "admin/payments/attempt.html", context, error=error)

    async def _build_listed(self, uow: UnitOfWork, visitor: Visitor, attempt: PaymentAttempt) -> ListedAttempt:
        story, member_names = (
            await load_attempt_story(uow.payment_attempts, attempt),
            await load_staff_names(uow.people),
        )
        view = build_attempt_view(self._dependencies.catalogue, story, member_names)
        bills = {bill.id: bill for bill in await uow.bills.list_by_ids({one.bill_row_id for one in attempt.shares})}
        shares = [(bills[share.bill_row_id], share.amount) for share in attempt.shares]
        return ListedAttempt(attempt.id, view, await self._subjects.build_paid_bills(uow, visitor, shares))
