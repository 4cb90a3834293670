"""A request's page and everything that is done from it: steps, assignment, papers, a corrected mobile, money.

A step is taken as on every channel, by the declaration. A form bears the version that its page showed: who comes
second is told, sees the request as it stands now, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.admin.bills.bill_forms import agree, give_back, record_by_hand, recorded, reverse_wrong, what_follows
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.requests.request_view import RequestView, RequestViews
from channels.admin.requests.step_view import Opened
from channels.admin.submissions import (
    REFUSAL,
    FormAction,
    FormSubmission,
    RefusedForm,
    error_of,
    forbidden_with_reason_too,
)
from channels.admin.version_tokens import required_version
from channels.web.forms import read_form
from channels.web.posted import Form, Upload, said
from domain.actions.desk import Desk
from domain.actions.messages.notify import announce
from domain.actions.queues.work import readable
from domain.actions.requests.act import act
from domain.actions.requests.assign import assign
from domain.actions.requests.attach import attach
from domain.actions.requests.reopen import reopen
from domain.actions.requests.walk_in import correct_mobile
from domain.actions.staff.authorization import step_right
from domain.requests.documents import MAX_BYTES
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values import tracking_codes
from domain.values.errors import AuthenticationFailed, DomainError, InvalidField, MissingField, NotFound

PATH = "/staff/requests"
_ONE = f"{PATH}/{{code:[0-9]{{9}}}}"

FILE_BYTES = MAX_BYTES + 64 * 1024
"""Bytes of a form with a file."""

STEP = "step"
"""The part of a request's address that opens a step; the others are values of its inputs."""

QUOTED = "seen-quote"
"""The field of a step's form with what its page said that the tariff asks, in rials. No input has a name like it."""

_LONGEST = 19
"""Digits of an amount that fits into 64 bits, and one."""

STEP_FORM = "step-"
"""Before the name of a step: what its form is called, and where that stands on the page. No other form is called so."""

TAKEN = "taken"
"""The part of a request's address that names the step which was just taken."""

_OF_THE_STEP = frozenset({"action", "code"})
"""What a `Forbidden` names that is about the step or the request, and not about something that was typed."""

_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""What browsers show by themselves; anything else is downloaded."""


class RequestPages:
    """The page of a request."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RequestViews(desk)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", _ONE, "requests.view", self._page),
            PageRoute(
                "POST",
                f"{_ONE}/act/{{action:[a-z_]+}}",
                "requests.act",
                FormSubmission(STEP_FORM + "{action}", self._act, self._page, _told_of_step),
            ),
            self._form("assign", "requests.act", self._assign),
            PageRoute(
                "POST",
                f"{_ONE}/documents",
                "requests.act",
                FormSubmission("attach", self._attach, self._page),
                FILE_BYTES,
            ),
            PageRoute("GET", f"{_ONE}/documents/{{id:[0-9]{{1,19}}}}", "requests.view", self._document),
            self._form("mobile", "requests.mobile", self._correct_mobile),
            self._form("reopen", "requests.act", self._reopen),
            self._form("slip", "payments.record", self._record_slip),
            self._form("reverse", "payments.reverse", self._reverse),
            self._form("refund", "refunds.pay", self._refund),
            self._form("approve", "refunds.approve", self._approve),
        )

    def _form(self, name: str, right: str, action: FormAction) -> PageRoute:
        """Return the route of a form of the page that is no step's."""
        return PageRoute("POST", f"{_ONE}/{name}", right, FormSubmission(name, action, self._page))

    async def _act(self, request: web.Request, visit: Visit) -> str:
        code, action, form = _code(request), request.match_info["action"], visit.form
        async with self._store.unit() as uow:
            found = await readable(self._desk, uow, code, visit.actor)
            given = self._inputs(found, action, form)
            self._require(found, action, given, visit)
            outcome = await act(self._desk, uow, code, action, given, visit.actor, required_version(form), _told(form))
            await announce(self._desk, uow, outcome, visit.actor)
        return f"{PATH}/{code}?{TAKEN}={action}"

    def _require(self, request: ServiceRequest, action: str, inputs: Mapping[str, object], visit: Visit) -> None:
        """Refuse who has to prove anew who they are before this step; whose step it is, its declaration says."""
        for step in self._desk.engine.service(request.service).named(action):
            if step.roles & visit.actor.role_names:
                visit.require(step_right(step, inputs))

    def _inputs(self, request: ServiceRequest, action: str, form: Form) -> dict[str, Any]:
        """Return what was typed into the form of a step."""
        service = self._desk.engine.service(request.service)
        steps = service.named(action)
        if not steps:
            raise InvalidField("action", detail="unknown_action")
        return read_form(steps[0].inputs, form)

    async def _assign(self, request: web.Request, visit: Visit) -> str:
        code, form = _code(request), visit.form
        async with self._store.unit() as uow:
            await assign(self._desk, uow, code, said(form, "assignee"), visit.actor, required_version(form))
        return _after(code, "assign")

    async def _attach(self, request: web.Request, visit: Visit) -> str:
        code, sent = _code(request), visit.form.get("file")
        if not isinstance(sent, Upload) or not sent.content:
            raise MissingField("document", detail="no_file")
        async with self._store.unit() as uow:
            await attach(self._desk, uow, code, said(visit.form, "field"), sent.name, sent.content, visit.actor)
        return _after(code, "attach")

    async def _document(self, request: web.Request, visit: Visit) -> web.Response:
        """Return a file by its own bytes. It runs in a place of its own, so that no file can act as our page."""
        async with self._store.unit(write=False) as uow:
            found = await readable(self._desk, uow, _code(request), visit.actor)
            wanted = int(request.match_info["id"])
            document = next((one for one in await uow.documents.of_request(found.id) if one.id == wanted), None)
            if document is None:
                raise NotFound("document")
            content = await uow.documents.content(document.sha256)
        shown = "inline" if document.media_type in _INLINE else "attachment"
        headers = {
            "Content-Disposition": f'{shown}; filename="document-{document.id}"',
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
        }
        return web.Response(body=content, content_type=document.media_type, headers=headers)

    async def _correct_mobile(self, request: web.Request, visit: Visit) -> str:
        code, form = _code(request), visit.form
        mobile, proof = said(form, "mobile"), said(form, "proof")
        async with self._store.unit() as uow:
            await correct_mobile(self._desk, uow, code, mobile, proof, visit.actor, required_version(form))
        return _after(code, "mobile")

    async def _record_slip(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            settled = await record_by_hand(self._desk, uow, visit)
            if settled.outcome:
                await announce(self._desk, uow, settled.outcome, visit.actor)
        return _after(_code(request), recorded(settled))

    async def _reverse(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            done = await reverse_wrong(self._desk, uow, visit)
            if done.outcome:
                await announce(self._desk, uow, done.outcome, visit.actor)
        return _after(_code(request), what_follows(done))

    async def _approve(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await agree(self._desk, uow, visit)
        return _after(_code(request), "refund_approved")

    async def _refund(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await give_back(self._desk, uow, visit)
        return _after(_code(request), "refund")

    async def _reopen(self, request: web.Request, visit: Visit) -> str:
        """Take up a request again, and lead to the new one."""
        async with self._store.unit() as uow:
            reopened = await reopen(self._desk, uow, _code(request), said(visit.form, "reason"), visit.actor)
            await announce(self._desk, uow, reopened.outcome, visit.actor)
        return _after(reopened.outcome.request.code, "reopened")

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Return the page. Why a form was refused stands above everything, with the way to it, and beside it."""
        async with self._store.unit(write=False) as uow:
            found = await readable(self._desk, uow, _code(request), visit.actor)
            view = await self._views.of(uow, found, visit, self._opened(request, found, refused))
        error = error_of(refused)
        beside = refused if refused and view.offers(refused.name, visit, refused.typed.get("bill_id")) else None
        context = {
            "request": view,
            "head": view.head,
            "taken": self._views.taken(found, request.query.get(TAKEN, "")),
            "refused_at": REFUSAL if beside else _step_at(view, refused),
            "tried": beside.name if beside else None,
            "typed": beside.typed if beside else {},
            "wrong": beside.error.field if beside else None,
            "refusal": self._desk.wording.refusal(error) if error else None,
        }
        return staff_page(request, visit, "admin/requests/request.html", context, error=error)

    def _opened(self, request: web.Request, found: ServiceRequest, refused: RefusedForm | None) -> Opened | None:
        """Return the step whose form stands open: that of a refused form, as it was typed, or the one that a calendar's
        link opens (`?step=…`), with what was chosen there.
        """
        of_step = refused if refused and refused.name.startswith(STEP_FORM) else None
        name = of_step.name.removeprefix(STEP_FORM) if of_step else request.query.get(STEP, "")
        steps = self._desk.engine.service(found.service).named(name)
        if not steps:
            return None
        return Opened(name, read_form(steps[0].inputs, of_step.posted if of_step else request.query), error_of(of_step))


async def _told_of_step(visit: Visit, error: DomainError) -> bool:
    """Tell on the page why a step was refused. A missing proof the gate asks for; a `Forbidden` about the step or the
    request, and not about something that was typed, is audited, and told only where it says why.
    """
    if isinstance(error, AuthenticationFailed):
        return False
    return error.field not in _OF_THE_STEP or await forbidden_with_reason_too(visit, error)


def _step_at(view: RequestView, refused: RefusedForm | None) -> str | None:
    """Return where on the page the step stands that was refused; None where it is offered no more."""
    places = [STEP_FORM + one.name for one in view.actions]
    return refused.name if refused and refused.name in places else None


def _after(code: str, done: str) -> str:
    """Return the page of a request that tells what was done (`admin.done`)."""
    return f"{PATH}/{code}?done={done}"


def _code(request: web.Request) -> str:
    return tracking_codes.parse(request.match_info["code"])


def _told(form: Form) -> int | None:
    """Return the rials that the form's page told, None for no amount; `InvalidField` for a form that is not ours."""
    amount = said(form, QUOTED)
    if amount and not (amount.isdecimal() and amount.isascii() and len(amount) < _LONGEST):
        raise InvalidField("amount")
    return int(amount) if amount else None
