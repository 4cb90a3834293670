"""Refunds due to citizens, of requests, duties and fines alike: one list, the oldest first, and giving it back.

The same forms are on the page of a request, a duty or a fine. Above the list is what is on its way to a card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import REFUNDS_PATH
from channels.admin.bills.account_view import AccountView, load_account_view
from channels.admin.bills.bill_forms import submit_approval, submit_refund
from channels.admin.bills.bill_subject import BillSubjects, BillSubjectView
from channels.admin.bills.bill_view import Approval, build_approval
from channels.admin.bills.card_money_view import CardMoneyView, CardRefundView, load_card_money, load_card_refund_view
from channels.admin.bills.money_lists import build_list_context
from channels.admin.bills.transfer_view import TransferFileView, build_file_view
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.paging import build_page_query
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.bills.changed_lines import find_changed_line
from domain.actions.bills.refunds import load_due_page
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.card_refund_denial import deny_card_refund
from domain.actions.payments.card_refund_worker import ask_about_refund
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.authorization.rights import Right
from domain.bills.bill import DueBack, Refund, RefundState
from domain.bills.refund_ports import RefundTransferRepository
from domain.language.wording import day_and_hour_text
from domain.unit_of_work import Store, UnitOfWork
from domain.values.paging import PAGE_FIELD, Page
from domain.values.text import group_digits

MOST_OPEN_CARD_REFUNDS = 50
"""So many transfers to cards are shown above the list, the oldest first."""
MOST_FILES = 3
"""So many files of transfers are shown, the newest first, besides those of which something is open."""


@dataclass(frozen=True, slots=True)
class RefundDueView:
    """A bill on which money is still to go back, in words; amounts are in rials, with Persian digits."""

    bill_id: str
    """As banks take it (شناسه قبض)."""
    payment_id: str
    """As banks take it (شناسه پرداخت)."""
    billed_amount: str
    """Amount of the bill."""
    paid_amount: str
    """All that ever came in for it."""
    refund_amount: str
    """Amount to go back: the sum of its refunds that are due."""
    due_since: str
    """Day and hour in Tehran since when the oldest of these is due."""
    reason_text: str
    """Reasons of the refund, each once."""
    subject: BillSubjectView
    """Subject of the bill, and recipient of the money."""
    approval: Approval
    """The state of the second person's approval."""
    card_money: CardMoneyView
    """Ways for the money, and transfers on their way to a card."""
    account: AccountView
    """The account that its citizen gave."""
    account_id: int
    """Names that in addresses."""
    file_id: int | None
    """The file of transfers that it is in; None: in none."""


@dataclass(frozen=True, slots=True)
class OpenCardRefund:
    """A transfer to a card whose end is not known."""

    refund: CardRefundView
    """The transfer."""
    subject: BillSubjectView
    """Subject of its bill."""


class RefundPages(SitePart):
    """The list, and the forms that give money back. `gateways` are asked about transfers to cards."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(REFUNDS_PATH, "admin.sections.refunds", Right.REFUNDS_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> None:
        super().__init__(dependencies, store)
        self._gateways = gateways
        self._subjects = BillSubjects(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        actions = (
            ("refund", "refund", Right.REFUNDS_PAY, self._submit_refund),
            ("approve", "approve", Right.REFUNDS_APPROVE, self._submit_approval),
            ("card/{id:[0-9]{1,19}}/ask", "ask-{id}", Right.ATTEMPTS_ASK, self._submit_question),
            ("card/{id:[0-9]{1,19}}/deny", "deny-{id}", Right.ATTEMPTS_DENY, self._submit_denial),
        )
        return (
            PageRoute("GET", REFUNDS_PATH, Right.REFUNDS_VIEW, self.render_page),
            *(
                PageRoute("POST", f"{REFUNDS_PATH}/{path}", right, FormSubmission(name, action, self.render_page))
                for path, name, right, action in actions
            ),
        )

    async def _submit_refund(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            done_key = await submit_refund(ActionContext(self._dependencies, uow), visitor)
        return f"{REFUNDS_PATH}?{build_page_query(request, done=done_key)}"

    async def _submit_approval(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_approval(ActionContext(self._dependencies, uow), visitor)
        return f"{REFUNDS_PATH}?{build_page_query(request, done='refund_approved')}"

    async def _submit_question(self, request: web.Request, visitor: Visitor) -> str:
        await ask_about_refund(self._dependencies, self._store, self._gateways, get_row_id(request), visitor.actor)
        return f"{REFUNDS_PATH}?{build_page_query(request, done='card_refund_asked')}"

    async def _submit_denial(self, request: web.Request, visitor: Visitor) -> str:
        reason = read_text(visitor.form, "reason")
        await deny_card_refund(
            self._dependencies, self._store, self._gateways, get_row_id(request), reason, visitor.actor
        )
        return f"{REFUNDS_PATH}?{build_page_query(request, done='card_refund_denied')}"

    async def render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Return the list. Why a form was refused is shown beside it, above everything where its bill is not listed."""
        empty_page: Page[DueBack] = Page((), None, None)
        async with self._store.open_unit(write=False) as uow:
            refund_list, cursor_error = await load_filtered(
                load_due_page(uow.bills, request.query.get(PAGE_FIELD)), empty_page
            )
            member_names = await load_staff_names(uow.people)
            due_views = [await self._build_due_view(uow, visitor, entry, member_names) for entry in refund_list.rows]
            open_refunds = await self._load_open_refunds(uow, visitor, member_names)
            money_total = await uow.bills.count_due_back()
            files = await self._load_files(uow, member_names)
        page_error = cursor_error or form_error(refused_form)
        submitted_bill = refused_form.submitted_texts.get("bill_id") if refused_form else None
        is_form_listed = submitted_bill in {entry.bill_id for entry in due_views}
        context = {
            "due_refunds": due_views,
            "open_refunds": open_refunds,
            "files": files,
            **build_list_context(
                self._dependencies, request, refund_list, money_total, refused_form, page_error,
                is_form_listed=is_form_listed,
            ),
        }  # fmt: skip
        return render_staff_page(request, visitor, "admin/bills/refunds.html", context, error=page_error)

    async def _load_files(self, uow: UnitOfWork, member_names: Mapping[str, str]) -> list[TransferFileView]:
        """Return the newest files of transfers, and those with transfers whose end is not known."""
        return [
            build_file_view(
                self._dependencies, file, list(await uow.refund_transfers.list_transfers(file.id)), member_names
            )
            for file in await uow.refund_transfers.list_files(MOST_FILES)
        ]

    async def _load_open_refunds(
        self, uow: UnitOfWork, visitor: Visitor, member_names: Mapping[str, str]
    ) -> list[OpenCardRefund]:
        """Return what is on its way to cards."""
        refunds = await uow.card_refunds.list_open(MOST_OPEN_CARD_REFUNDS)
        bills = await self._subjects.load_views(uow, visitor, (refund.bill_row_id for refund in refunds))
        return [
            OpenCardRefund(
                await load_card_refund_view(ActionContext(self._dependencies, uow), refund, member_names),
                bills[refund.bill_row_id][1],
            )
            for refund in refunds
        ]

    async def _build_due_view(
        self, uow: UnitOfWork, visitor: Visitor, due_back: DueBack, member_names: Mapping[str, str]
    ) -> RefundDueView:
        bill, refunds = due_back.bill, await uow.bills.list_refunds(due_back.bill.id)
        payments = await uow.bills.list_payments(bill.id)
        due_refunds = [one for one in refunds if one.state is RefundState.DUE]
        changed_line = await find_changed_line(self._dependencies.policy, uow, bill, payments, due_refunds)
        context = ActionContext(self._dependencies, uow)
        return RefundDueView(
            bill_id=bill.bill_id,
            payment_id=bill.payment_id,
            billed_amount=group_digits(bill.amount),
            paid_amount=group_digits(due_back.paid_amount),
            refund_amount=group_digits(due_back.due_amount),
            due_since=day_and_hour_text(due_back.due_since),
            reason_text="، ".join(map(self._describe_reason, dict.fromkeys(one.reason for one in due_refunds))),
            subject=await self._subjects.build_view(uow, visitor, bill),
            approval=build_approval(
                self._dependencies, payments, due_refunds, member_names, visitor.actor, changed_line
            ),
            card_money=await load_card_money(context, bill.id, payments, refunds, member_names),
            account=await load_account_view(context, bill, changed_line),
            account_id=bill.id,
            file_id=await _find_file(uow.refund_transfers, due_refunds),
        )

    def _describe_reason(self, reason_code: str) -> str:
        """Return in words why money goes back; a code that nobody worded is shown as it is."""
        return self._dependencies.catalogue.first_text(f"admin.refunds.reasons.{reason_code}", fallback=reason_code)


async def _find_file(refund_transfers: RefundTransferRepository, due_refunds: Sequence[Refund]) -> int | None:
    """Return the file of transfers that one of these refunds is in."""
    transfer_id = next((refund.transfer_id for refund in due_refunds if refund.transfer_id), None)
    return (await refund_transfers.get_transfer(transfer_id)).file_id if transfer_id else None
