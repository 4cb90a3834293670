"""What is due back to citizens, of requests, duties and fines alike: one list, the oldest first, and giving it back.

The same form stands on the page of a request, a duty or a fine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.actors import staff_names
from channels.admin.bills.bill_forms import agree, give_back
from channels.admin.bills.bill_view import Approval, approval_of
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_row import RowPage, row_id
from channels.admin.registries.registry_view import RegistryViews, address
from channels.admin.requests.request_pages import PATH as REQUESTS
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.web.paging import same_page
from domain.actions.bills.refunds import due_page
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.desk import Desk
from domain.actions.queues.visibility import sees
from domain.actions.staff.authorization import registry_right
from domain.bills.bill import Bill, DueBack, RefundState
from domain.blocks.charging import SUBJECT as REQUEST
from domain.language.wording import day_and_hour
from domain.registries.declarations import REGISTRIES, Registry
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError
from domain.values.paging import FIELD, Cursor, Page
from domain.values.text import grouped, persian_digits

PATH = "/staff/refunds"


@dataclass(frozen=True, slots=True)
class RefundSubject:
    """What a bill is for: its kind in words, and which one; who is to get the money, as far as it is known (the mobile
    is +989…); and its page, for those who may open that.
    """

    what: str
    which: str
    who: str | None
    mobile: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class RefundDueView:
    """A bill on which money is still to go back, in words; `refund` is the sum, `why` tells for what."""

    bill_id: str
    payment_id: str
    bill: str
    paid: str
    refund: str
    since: str
    why: str
    about: RefundSubject
    approval: Approval


class RefundPages:
    """The list, and the forms that give money back."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.refunds", "refunds.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RegistryViews(desk)
        self._row = RowPage(desk, store)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        owed = [one for one in REGISTRIES.values() if one.owed]
        return (
            PageRoute("GET", PATH, "refunds.view", self._page),
            PageRoute("POST", f"{PATH}/refund", "refunds.pay", FormSubmission("refund", self._give_back, self._page)),
            PageRoute(
                "POST", f"{PATH}/approve", "refunds.approve", FormSubmission("approve", self._approve, self._page)
            ),
            *(
                PageRoute(
                    "POST",
                    f"{address(one)}/{{id:[0-9]{{1,19}}}}/refund",
                    "refunds.pay",
                    FormSubmission("refund", partial(self._give_back_for, one), partial(self._row.page, one)),
                )
                for one in owed
            ),
        )

    async def _give_back(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await give_back(self._desk, uow, visit)
        return f"{PATH}?{same_page(request, done='refund')}"

    async def _approve(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await agree(self._desk, uow, visit)
        return f"{PATH}?{same_page(request, done='refund_approved')}"

    async def _give_back_for(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await give_back(self._desk, uow, visit)
        return f"{address(registry)}/{row_id(request)}?done=refund"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Return the list. Why a form was refused stands beside it, above everything where its bill is not listed."""
        error = error_of(refused)
        page: Page[DueBack] = Page((), None, None)
        async with self._store.unit(write=False) as uow:
            try:
                page = await due_page(uow, request.query.get(FIELD))
            except DomainError as unreadable:
                error = unreadable
            names = await staff_names(uow)
            rows = [await self._shown(uow, visit, one, names) for one in page.rows]
            number, amount = await uow.bills.total_due_back()
        words = self._desk.wording.error(error) if error else None
        beside = refused is not None and refused.typed.get("bill_id") in {one.bill_id for one in rows}
        context = {
            "rows": rows,
            "total": {"count": persian_digits(number), "amount": grouped(amount)} if number else None,
            "previous": _at(page.previous),
            "next": _at(page.next),
            "here": same_page(request),
            "problem": None if beside else words,
            "tried": refused.name if refused else None,
            "typed": refused.typed if refused else {},
            "wrong": refused.error.field if refused else None,
            "refusal": words,
        }
        return staff_page(request, visit, "admin/bills/refunds.html", context, error=error)

    async def _shown(self, uow: UnitOfWork, visit: Visit, due: DueBack, names: Mapping[str, str]) -> RefundDueView:
        bill = due.bill
        waiting = [one for one in await uow.bills.refunds_of(bill.id) if one.state is RefundState.DUE]
        reasons, payments = [one.reason for one in waiting], await uow.bills.payments_of(bill.id)
        return RefundDueView(
            bill.bill_id, bill.payment_id, grouped(bill.amount), grouped(due.paid), grouped(due.amount),
            day_and_hour(due.since), "، ".join(map(self._reason, dict.fromkeys(reasons))),
            await self._about(uow, visit, bill),
            approval_of(self._desk, payments, waiting, names, visit.actor),
        )  # fmt: skip

    async def _about(self, uow: UnitOfWork, visit: Visit, bill: Bill) -> RefundSubject:
        if bill.subject_kind == REQUEST:
            return self._request(visit, await uow.requests.get(bill.subject_id))
        registry, subject = REGISTRIES[bill.subject_kind], SUBJECTS[bill.subject_kind]
        row = await uow.registries.get(registry.key, bill.subject_id)
        return RefundSubject(
            await subject.title(self._desk, uow, bill),
            self._views.called(registry, row.values),
            None,
            await subject.mobile(uow, bill),
            f"{address(registry)}/{row.id}" if visit.may(registry_right(registry.key, "view")) else None,
        )

    def _request(self, visit: Visit, request: ServiceRequest) -> RefundSubject:
        wording, name = self._desk.wording, request.fields.get("full_name")
        return RefundSubject(
            wording.service(request.service),
            wording.code(request.code),
            str(name) if name else None,
            request.mobile,
            f"{REQUESTS}/{request.code}" if sees(self._desk.services, visit.actor, request) else None,
        )

    def _reason(self, code: str) -> str:
        """Return in words why money goes back; a code that nobody worded is shown as it is."""
        key = f"admin.refunds.reasons.{code}"
        return self._desk.catalogue.text(key) if key in self._desk.catalogue else code


def _at(place: Cursor | None) -> str | None:
    return f"{PATH}?{urlencode({FIELD: str(place)})}" if place else None
