"""Receipts without a bill: the work queue of the revenue unit. Each is matched to a bill, or transferred back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.addresses import SUSPENSE_PATH
from channels.admin.bills.bill_forms import payment_done_key
from channels.admin.bills.money_lists import build_list_context
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.paging import build_page_query
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.bills import suspense
from domain.actions.bills.pay_by_ids import announce_receipt
from domain.actions.context import ActionContext, ActorContext
from domain.actions.ledger.labels import AccountLabels, load_account_labels
from domain.authorization.rights import Right
from domain.bills.bill import acting_label
from domain.language.wording import day_and_hour_text
from domain.ledger.ports import SuspenseRepository
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.values.paging import PAGE_FIELD, Cursor, ListOrder, Page, cut_page
from domain.values.text import group_digits, persian_digits
from domain.values.version_token import VersionToken

RECEIPTS_PER_PAGE = 25
_ONE_PATH = f"{SUSPENSE_PATH}/{{id:[0-9]{{1,19}}}}"


@dataclass(frozen=True, slots=True)
class SuspenseView:
    """A receipt in words."""

    receipt: SuspenseReceipt
    """As it is stored."""
    amount: str
    """Rials, with Persian digits."""
    source: str
    """Way by which it came."""
    received_at: str
    """Day and hour in Tehran."""
    facts: Sequence[tuple[str, str]]
    """Known facts: label and value."""
    approval: str | None
    """Approval of a second person; None: nobody has."""
    needs_approval: bool
    """Whether this visitor may not send it back before somebody else agreed."""
    may_approve: bool
    """Whether this visitor may be that person."""


class SuspensePages(SitePart):
    """The list, and what is done with a receipt."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(SUSPENSE_PATH, "admin.sections.suspense", Right.SUSPENSE_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        actions = (
            ("match", Right.SUSPENSE_DECIDE, self._submit_match),
            ("return", Right.SUSPENSE_DECIDE, self._submit_return),
            ("approve", Right.SUSPENSE_APPROVE, self._submit_approval),
        )
        return (
            PageRoute("GET", SUSPENSE_PATH, Right.SUSPENSE_VIEW, self._render_page),
            *(
                PageRoute(
                    "POST",
                    f"{_ONE_PATH}/{name}",
                    right,
                    FormSubmission(f"{name}-{{id}}", VersionedAction(action), self._render_page),
                )
                for name, right, action in actions
            ),
        )

    async def _submit_match(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        form = visitor.form
        bill_id_pair = read_text(form, "bill_id"), read_text(form, "payment_id")
        reason, is_surplus = read_text(form, "reason"), bool(read_text(form, "surplus"))
        async with self._store.open_unit() as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            recorded = await suspense.match_receipt(
                context,
                get_row_id(request),
                bill_id_pair,
                reason,
                version_token,
                surplus=is_surplus,
            )
            await announce_receipt(context, recorded)
        return f"{SUSPENSE_PATH}?{build_page_query(request, done=payment_done_key(recorded))}"

    async def _submit_return(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        transfer = suspense.ReturnTransfer(*(read_text(visitor.form, name) for name in ("iban", "reference", "reason")))
        async with self._store.open_unit() as uow:
            await suspense.return_receipt(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), transfer, version_token
            )
        return f"{SUSPENSE_PATH}?{build_page_query(request, done='suspense_returned')}"

    async def _submit_approval(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        iban = read_text(visitor.form, "iban")
        async with self._store.open_unit() as uow:
            await suspense.approve_return(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), iban, version_token
            )
        return f"{SUSPENSE_PATH}?{build_page_query(request, done='refund_approved')}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Return the list. Why a form was refused is shown beside it, above everything where its receipt is gone."""
        empty_page: Page[SuspenseReceipt] = Page((), None, None)
        async with self._store.open_unit(write=False) as uow:
            receipts, cursor_error = await load_filtered(
                _load_page(uow.suspense, request.query.get(PAGE_FIELD)), empty_page
            )
            labels, member_names = (
                await load_account_labels(ActionContext(self._dependencies, uow)),
                await load_staff_names(uow.people),
            )
            money_total = await uow.suspense.count_open()
        page_error = cursor_error or form_error(refused_form)
        views = [self._build_view(visitor, labels, member_names, receipt) for receipt in receipts.rows]
        is_form_listed = refused_form is not None and any(
            refused_form.name.endswith(f"-{view.receipt.id}") for view in views
        )
        context = {
            "receipt_views": views,
            **build_list_context(
                self._dependencies, request, receipts, money_total, refused_form, page_error,
                is_form_listed=is_form_listed,
            ),
        }  # fmt: skip
        return render_staff_page(request, visitor, "admin/ledger/suspense.html", context, error=page_error)

    def _build_view(
        self, visitor: Visitor, labels: AccountLabels, member_names: Mapping[str, str], receipt: SuspenseReceipt
    ) -> SuspenseView:
        actor = visitor.actor
        must_wait = suspense.needs_second_person(self._dependencies.policy, receipt, actor)
        return SuspenseView(
            receipt=receipt,
            amount=group_digits(receipt.amount),
            source=labels.label_key(receipt.source.cash_account),
            received_at=day_and_hour_text(receipt.received_at),
            facts=[(self._label_fact(name), _render_fact(value)) for name, value in receipt.facts.items()],
            approval=self._describe_approval(member_names, receipt),
            needs_approval=must_wait and not suspense.is_approved_by_other(receipt, actor),
            may_approve=receipt.recorder_label != acting_label(actor.label),
        )

    def _label_fact(self, name: str) -> str:
        """Return what a fact is called; one that nobody named is shown by its name."""
        return self._dependencies.catalogue.first_text(f"admin.suspense.facts.{name}", fallback=name)

    def _describe_approval(self, member_names: Mapping[str, str], receipt: SuspenseReceipt) -> str | None:
        if receipt.approved_by is None or receipt.iban is None:
            return None
        approver = describe_actor(self._dependencies.catalogue, receipt.approved_by, member_names)
        return self._dependencies.catalogue.render("admin.bill.approved", {"who": approver, "iban": receipt.iban})


async def _load_page(suspense: SuspenseRepository, page_position: str | None) -> Page[SuspenseReceipt]:
    cursor = Cursor.parse_cursor(page_position, ListOrder.OLDEST) if page_position else None
    receipts = await suspense.list_in_state(SuspenseState.OPEN, RECEIPTS_PER_PAGE, cursor)
    keyed_rows = [(receipt.received_at, receipt.id, receipt) for receipt in receipts]
    return cut_page(keyed_rows, RECEIPTS_PER_PAGE, cursor)


def _render_fact(value: str | int) -> str:
    return group_digits(value) if isinstance(value, int) and value < 10**15 else persian_digits(str(value))
