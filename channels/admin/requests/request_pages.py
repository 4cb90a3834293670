"""A request's page and everything that is done from it: steps, assignment, papers, a corrected mobile, money.

A step is taken as on every channel, by the declaration. A form bears the version that its page showed: who comes
second is notified, sees the present request, and nothing is overwritten.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.addresses import REQUESTS_PATH
from channels.admin.bills.bill_forms import (
    payment_done_key,
    reversal_done_key,
    submit_approval,
    submit_payment,
    submit_refund,
    submit_reversal,
)
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.kept_forms import KeptSubmission, PresentState, note_versions, read_keyed_form
from channels.admin.paper_files import (
    ATTACH_FORM,
    MAX_FILE_FORM_BYTES,
    describe_refused_files,
    prepare_files,
)
from channels.admin.queues.next_request import find_next_address
from channels.admin.queues.way_back import LIST_PARAMETER, build_list_address, build_list_suffix, read_list_query
from channels.admin.requests.request_view import RequestView, RequestViews, build_present_state
from channels.admin.requests.step_forms import read_quoted_rials, read_step_form
from channels.admin.requests.step_view import OpenedStep
from channels.admin.submissions import FormAction, FormSubmission, forbidden_with_reason_too
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import PostedForm, read_text
from channels.web.refused_forms import REFUSAL_ID, RefusedForm, build_refusal_context, form_error
from channels.web.row_ids import get_row_id, read_row_id
from channels.web.site_part import SitePart
from channels.web.stored_files import render_stored_file
from domain.actions.bills.resending import resend_bill
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.attach import attach_document
from domain.actions.messages.notify import announce_outcome
from domain.actions.queues.work import find_readable_request
from domain.actions.requests.act import act_on_locked_request
from domain.actions.requests.assign import assign_request
from domain.actions.requests.form_keys import do_once
from domain.actions.requests.notes import read_mentions, split_note, write_note
from domain.actions.requests.reopen import reopen_request
from domain.actions.requests.step_back import take_step_back
from domain.actions.walk_ins.mobile_correction import correct_mobile
from domain.authorization.rights import Right
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import DomainError, InvalidField, NotFound
from domain.values.reasons import InvalidReason
from domain.values.version_token import VersionToken

_REQUEST_PATH = f"{REQUESTS_PATH}/{{code:[0-9]{{9}}}}"
_DOCUMENT_PATH = f"{_REQUEST_PATH}/documents/{{id:[0-9]{{1,19}}}}"

STEP_PARAMETER = "step"
"""The part of a request's address that opens a step; the others are values of its inputs."""

STEP_FORM_PREFIX = "step-"
"""Before the name of a step: the name of its form, and its anchor on the page. No other form is called so."""

TAKEN_PARAMETER = "taken"
"""The part of a request's address that names the step which was just taken."""

DONE_PARAMETER = "done"
"""The part of a request's address that says what else was just done (`admin.done`)."""

_STEP_ERROR_FIELDS = frozenset({"action", "code"})
"""Fields of a `Forbidden` that are about the step or the request, and not about something typed."""


class RequestPages(SitePart):
    """The page of a request."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._request_views = RequestViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        step_submission = KeptSubmission(
            STEP_FORM_PREFIX + "{action}",
            VersionedAction(self._submit_step),
            self._render_page,
            _is_shown_on_page,
            describe_present=self._describe_present,
        )
        paper_submission = KeptSubmission(
            ATTACH_FORM, self._submit_document, self._render_page, describe_present=self._describe_present
        )
        return (
            PageRoute("GET", _REQUEST_PATH, Right.REQUESTS_VIEW, self._render_page),
            PageRoute("POST", f"{_REQUEST_PATH}/act/{{action:[a-z_]+}}", Right.REQUESTS_ACT, step_submission),
            self._build_form_route("step_back", Right.REQUESTS_ACT, self._submit_step_back),
            self._build_form_route("note", Right.REQUESTS_NOTE, self._submit_note),
            self._build_form_route("assign", Right.REQUESTS_ASSIGN, VersionedAction(self._submit_assignment)),
            PageRoute(
                "POST", f"{_REQUEST_PATH}/documents", Right.REQUESTS_ATTACH, paper_submission, MAX_FILE_FORM_BYTES
            ),
            PageRoute("GET", _DOCUMENT_PATH, Right.REQUESTS_VIEW, self._send_document),
            self._build_form_route("mobile", Right.REQUESTS_MOBILE, VersionedAction(self._submit_mobile)),
            self._build_form_route("reopen", Right.REQUESTS_REOPEN, self._submit_reopening),
            self._build_form_route("resend", Right.BILLS_RESEND, self._submit_resending),
            self._build_form_route("slip", Right.PAYMENTS_RECORD, self._submit_payment),
            self._build_form_route("reverse", Right.PAYMENTS_REVERSE, self._submit_reversal),
            self._build_form_route("refund", Right.REFUNDS_PAY, self._submit_refund),
            self._build_form_route("approve", Right.REFUNDS_APPROVE, self._submit_approval),
        )

    def _build_form_route(self, form_name: str, right: Right, form_action: FormAction) -> PageRoute:
        """Return the route of a form of the page that is no step's."""
        return PageRoute(
            "POST", f"{_REQUEST_PATH}/{form_name}", right, FormSubmission(form_name, form_action, self._render_page)
        )

    async def _submit_step(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        code, step_name, form = _read_code(request), request.match_info["action"], visitor.form

        async def take_step(uow: UnitOfWork) -> str:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            service_request = await find_readable_request(context, code, lock=True)
            step_outcome = await act_on_locked_request(
                context,
                request=service_request,
                action=step_name,
                inputs=self._read_step_inputs(service_request, step_name, form),
                version=version_token,
                shown_price=read_quoted_rials(form),
            )
            await announce_outcome(context, step_outcome)
            return step_outcome.request.state

        async with self._store.open_unit() as uow:
            await do_once(
                ActorContext(self._dependencies, uow, visitor.actor), read_keyed_form(request, form), take_step
            )
        return _address_of(request, code, TAKEN_PARAMETER, step_name)

    def _read_step_inputs(self, request: ServiceRequest, step_name: str, form: PostedForm) -> dict[str, Any]:
        """Return what was typed into the form of a step."""
        service = self._dependencies.engine.get_service(request.service)
        transitions = service.steps_named(step_name)
        if not transitions:
            raise InvalidField("action", InvalidReason.UNKNOWN_ACTION)
        return read_step_form(transitions[0], form)

    async def _submit_step_back(self, request: web.Request, visitor: Visitor) -> str:
        code, event_number = _read_code(request), read_row_id(read_text(visitor.form, "seq"))
        if event_number is None:
            raise InvalidField("action")
        async with self._store.open_unit() as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            await find_readable_request(context, code)
            await take_step_back(context, code, event_number)
        return _address_after(request, "step_back")

    async def _submit_note(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await write_note(
                ActorContext(self._dependencies, uow, visitor.actor),
                _read_code(request),
                read_text(visitor.form, "note"),
            )
        return _address_after(request, "note")

    async def _submit_assignment(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        code, form = _read_code(request), visitor.form
        async with self._store.open_unit() as uow:
            await assign_request(
                ActorContext(self._dependencies, uow, visitor.actor), code, read_text(form, "assignee"), version_token
            )
        return _address_after(request, "assign")

    async def _submit_document(self, request: web.Request, visitor: Visitor) -> str:
        code, paper_name = _read_code(request), read_text(visitor.form, "field")
        files = await prepare_files(self._dependencies, self._store, visitor.form, visitor.actor, code)

        async def attach(uow: UnitOfWork) -> str:
            version_before = (await uow.requests.get_by_code(code, lock=True)).version_token
            for file in files:
                await attach_document(ActorContext(self._dependencies, uow, visitor.actor), code, paper_name, file)
            return f"{version_before} {(await uow.requests.get_by_code(code)).version_token}"

        async with self._store.open_unit() as uow:
            keyed_form = read_keyed_form(request, visitor.form)
            versions = await do_once(ActorContext(self._dependencies, uow, visitor.actor), keyed_form, attach)
        note_versions(request, versions.split())
        return _address_after(request, ATTACH_FORM)

    async def _describe_present(self, request: web.Request, visitor: Visitor) -> PresentState:
        """Say what stands now, to who wrote a step or added papers without a line."""
        async with self._store.open_unit(write=False) as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            service_request = await find_readable_request(context, _read_code(request))
            request_view = await self._request_views.build_request_view(context, service_request, visitor)
        step_name = request.match_info.get("action")
        return build_present_state(
            self._dependencies.catalogue,
            request_view,
            may_send=step_name is not None and request_view.offers_step(step_name),
        )

    async def _send_document(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Return a file by its own bytes. It runs in a place of its own, so that no file can act as our page."""
        async with self._store.open_unit(write=False) as uow:
            service_request = await find_readable_request(
                ActorContext(self._dependencies, uow, visitor.actor), _read_code(request)
            )
            document_id = get_row_id(request)
            document = next(
                (
                    candidate
                    for candidate in await uow.documents.list_of_request(service_request.id)
                    if candidate.id == document_id
                ),
                None,
            )
            if document is None:
                raise NotFound("document")
            file_content = await uow.documents.get_content(document.sha256)
        return render_stored_file(document.media_type, file_content, document.id)

    async def _submit_mobile(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        code, form = _read_code(request), visitor.form
        new_mobile, proof_text = read_text(form, "mobile"), read_text(form, "proof")
        async with self._store.open_unit() as uow:
            corrected = await correct_mobile(
                ActorContext(self._dependencies, uow, visitor.actor), code, new_mobile, proof_text, version_token
            )
        return _address_after(request, "mobile_waits" if corrected.awaits_second else "mobile")

    async def _submit_resending(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            is_sent = await resend_bill(ActorContext(self._dependencies, uow, visitor.actor), _read_code(request))
        return _address_after(request, "bill_resent" if is_sent else "bill_sent_already")

    async def _submit_payment(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            recorded_payment = await submit_payment(ActionContext(self._dependencies, uow), visitor)
        return _address_after(request, payment_done_key(recorded_payment))

    async def _submit_reversal(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            reversal = await submit_reversal(ActionContext(self._dependencies, uow), visitor)
        return _address_after(request, reversal_done_key(reversal))

    async def _submit_approval(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_approval(ActionContext(self._dependencies, uow), visitor)
        return _address_after(request, "refund_approved")

    async def _submit_refund(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            done_key = await submit_refund(ActionContext(self._dependencies, uow), visitor)
        return _address_after(request, done_key)

    async def _submit_reopening(self, request: web.Request, visitor: Visitor) -> str:
        """Take up a request again, and lead to the new one."""
        async with self._store.open_unit() as uow:
            reopened_request = await reopen_request(
                ActorContext(self._dependencies, uow, visitor.actor),
                _read_code(request),
                read_text(visitor.form, "reason"),
            )
            await announce_outcome(ActorContext(self._dependencies, uow, visitor.actor), reopened_request.outcome)
        return _address_of(request, reopened_request.outcome.request.code, DONE_PARAMETER, "reopened")

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Return the page. Why a form was refused is shown above everything, with a link to it, and beside it."""
        visitor = await self._read_mentions(request, visitor)
        async with self._store.open_unit(write=False) as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            service_request = await find_readable_request(context, _read_code(request))
            request_view = await self._request_views.build_request_view(
                context, service_request, visitor, self._find_opened_step(request, service_request, refused_form)
            )
            list_context = await self._build_list_context(uow, request, visitor, service_request.code)
        error = form_error(refused_form)
        is_offered = refused_form is not None and request_view.offers_form(
            refused_form.name, visitor, refused_form.submitted_texts.get("bill_id")
        )
        offered_form = refused_form if is_offered else None
        page_values = {
            "request": request_view,
            "head": request_view.head,
            "split_note": split_note,
            "refused_files": describe_refused_files(self._dependencies.wording, offered_form),
            **list_context,
            "taken_step_note": self._request_views.describe_taken_step(
                service_request, request.query.get(TAKEN_PARAMETER, "")
            ),
            "refused_form_id": REFUSAL_ID if offered_form else _find_step_place(request_view, refused_form),
            **build_refusal_context(offered_form, self._dependencies.wording.render_refusal(error) if error else None),
        }
        return render_staff_page(request, visitor, "admin/requests/request.html", page_values, error=error)

    async def _read_mentions(self, request: web.Request, visitor: Visitor) -> Visitor:
        """Note that the visitor opened the request, where notes about it name them; return them without these."""
        counts, username = visitor.waiting_counts, visitor.member.username
        if not counts.mentions:
            return visitor
        async with self._store.open_unit(write=False) as uow:
            service_request = await find_readable_request(
                ActorContext(self._dependencies, uow, visitor.actor), _read_code(request)
            )
            if not await uow.mentions.has_unread(service_request.id, username):
                return visitor
        async with self._store.open_unit() as uow:
            read_count = await read_mentions(ActionContext(self._dependencies, uow), service_request, username)
        # Another may have come since they were counted.
        return replace(visitor, waiting_counts=replace(counts, mentions=max(0, counts.mentions - read_count)))

    async def _build_list_context(
        self, uow: UnitOfWork, request: web.Request, visitor: Visitor, code: str
    ) -> dict[str, str | None]:
        """Return the way back to the list; once something was done, the request that is next there too."""
        list_query, was_done = read_list_query(request), request.query.keys() & {TAKEN_PARAMETER, DONE_PARAMETER}
        return {
            "list_address": build_list_address(list_query),
            "list_suffix": build_list_suffix(list_query),
            "next_address": await find_next_address(ActionContext(self._dependencies, uow), visitor, list_query, code)
            if was_done
            else None,
        }

    def _find_opened_step(
        self, request: web.Request, service_request: ServiceRequest, refused_form: RefusedForm | None
    ) -> OpenedStep | None:
        """Return the step whose form is open: that of a refused form, as it was typed, or the one that a calendar's
        link opens (`?step=…`), with what was chosen there.
        """
        refused_step = refused_form if refused_form and refused_form.name.startswith(STEP_FORM_PREFIX) else None
        step_name = (
            refused_step.name.removeprefix(STEP_FORM_PREFIX) if refused_step else request.query.get(STEP_PARAMETER, "")
        )
        transitions = self._dependencies.engine.get_service(service_request.service).steps_named(step_name)
        if not transitions:
            return None
        return OpenedStep(
            step_name,
            read_step_form(transitions[0], refused_step.posted_form if refused_step else request.query),
            form_error(refused_step),
        )


async def _is_shown_on_page(visitor: Visitor, error: DomainError) -> bool:
    """Show on the page why a step was refused. A `Forbidden` about the step or the request, and not about something
    that was typed, is audited, and shown only where it says why.
    """
    return error.field not in _STEP_ERROR_FIELDS or await forbidden_with_reason_too(visitor, error)


def _find_step_place(request_view: RequestView, refused_form: RefusedForm | None) -> str | None:
    """Return the anchor on the page of the step that was refused; None where it is no longer offered."""
    step_places = [STEP_FORM_PREFIX + step_form.name for step_form in request_view.step_forms]
    return refused_form.name if refused_form and refused_form.name in step_places else None


def _address_after(request: web.Request, done_key: str) -> str:
    """Return the page of the request that says what was done (`admin.done`)."""
    return _address_of(request, _read_code(request), DONE_PARAMETER, done_key)


def _address_of(request: web.Request, code: str, parameter: str, value: str) -> str:
    """Return the page of a request that says what was done, and knows the list as the page before did."""
    list_query = read_list_query(request)
    parameters = {parameter: value, **({LIST_PARAMETER: list_query} if list_query else {})}
    return f"{REQUESTS_PATH}/{code}?{urlencode(parameters)}"


def _read_code(request: web.Request) -> tracking_codes.TrackingCode:
    return tracking_codes.parse_code(request.match_info["code"])
