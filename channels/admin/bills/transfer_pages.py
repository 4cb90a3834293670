"""Transfers to accounts of citizens: asking for one again, the file of a day, and what the bank made of its lines."""

from collections.abc import Sequence

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import REFUNDS_PATH
from channels.admin.bills.bill_subject import BillSubjects
from channels.admin.bills.refund_pages import RefundPages
from channels.admin.bills.transfer_view import build_file_view, build_transfer_view
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, build_refusal_context, form_error
from channels.web.row_ids import get_row_id
from channels.web.sheets import render_csv
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.refunds.accounts import remind_of_iban
from domain.actions.refunds.transfer_files import list_lines, make_transfer_file, record_transfer, refuse_transfer
from domain.authorization.rights import Right
from domain.unit_of_work import Store

FILES_PATH = f"{REFUNDS_PATH}/files"
_COLUMNS = ("iban", "amount", "name", "description", "payment_number")
_ID = "{id:[0-9]{1,19}}"


class TransferPages(SitePart):
    """The page of a file, its sheet, and the forms."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store, refund_pages: RefundPages) -> None:
        super().__init__(dependencies, store)
        self._refund_pages = refund_pages
        self._subjects = BillSubjects(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        list_page, pay = self._refund_pages.render_page, Right.REFUNDS_PAY
        remind = FormSubmission("remind-{id}", self._submit_reminder, list_page)
        done = FormSubmission("done", self._submit_done, self._render_page)
        refused = FormSubmission("refused", self._submit_refused, self._render_page)
        return (
            PageRoute("POST", f"{REFUNDS_PATH}/accounts/{_ID}/remind", pay, remind),
            PageRoute("POST", FILES_PATH, pay, FormSubmission("file", self._submit_file, list_page)),
            PageRoute("GET", f"{FILES_PATH}/{_ID}", Right.REFUNDS_VIEW, self._render_page),
            PageRoute("GET", f"{FILES_PATH}/{_ID}.csv", pay, self._send_sheet),
            PageRoute("POST", f"{FILES_PATH}/{_ID}/done", pay, done),
            PageRoute("POST", f"{FILES_PATH}/{_ID}/refused", pay, refused),
        )

    async def _submit_reminder(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await remind_of_iban(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request))
        return f"{REFUNDS_PATH}?done=iban_asked"

    async def _submit_file(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            file = await make_transfer_file(ActorContext(self._dependencies, uow, visitor.actor))
        return f"{FILES_PATH}/{file.id}?done=refund_file"

    async def _submit_done(self, request: web.Request, visitor: Visitor) -> str:
        transfer_id, reference = _read_transfer(visitor), read_text(visitor.form, "reference")
        async with self._store.open_unit() as uow:
            await record_transfer(ActorContext(self._dependencies, uow, visitor.actor), transfer_id, reference)
        return f"{FILES_PATH}/{get_row_id(request)}?done=refund"

    async def _submit_refused(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await refuse_transfer(ActorContext(self._dependencies, uow, visitor.actor), _read_transfer(visitor))
        return f"{FILES_PATH}/{get_row_id(request)}?done=transfer_refused"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        page_error = form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            file, member_names = (
                await uow.refund_transfers.get_file(get_row_id(request)),
                await load_staff_names(uow.people),
            )
            transfers = list(await uow.refund_transfers.list_transfers(file.id))
            bills = await self._subjects.load_views(uow, visitor, (transfer.bill_id for transfer in transfers))
            views = [
                build_transfer_view(self._dependencies, transfer, *bills[transfer.bill_id], member_names)
                for transfer in transfers
            ]
        error_text = self._dependencies.wording.render_error(page_error) if page_error else None
        context = {
            "file": build_file_view(self._dependencies, file, transfers, member_names),
            "transfers": views,
            "problem": error_text,
            **build_refusal_context(refused_form, error_text),
        }
        return render_staff_page(request, visitor, "admin/bills/refund_file.html", context, error=page_error)

    async def _send_sheet(self, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit() as uow:
            file = await uow.refund_transfers.get_file(get_row_id(request))
            lines = await list_lines(ActionContext(self._dependencies, uow), file)
            file_name = f"refunds-{file.day.isoformat()}"
            audit_facts = {"kind": "csv", "file": f"{file_name}.csv"}
            await uow.audit.add_entry(visitor.now, visitor.actor.label, "export", audit_facts)
        headings = [self._dependencies.catalogue.text(f"admin.transfers.columns.{name}") for name in _COLUMNS]
        rows: list[list[str | int]] = [
            [line.iban, line.amount, line.name, line.description, line.payment_number] for line in lines
        ]
        return render_csv(file_name, [headings, *rows])


def _read_transfer(visitor: Visitor) -> int:
    """Return the transfer that a form is about; 0, which none is, where it does not say one."""
    text = read_text(visitor.form, "transfer")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
