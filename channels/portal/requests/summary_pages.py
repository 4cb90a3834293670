"""The end of a form: all answers with a way to change each, for whom it is asked, the sending, and what was sent.

Sending asks for the proof of the mobile, and comes back by itself once it is given. Where no code can be sent now, the
request is stored unverified; where as many were asked for as may be, by whomsoever, once its citizen chooses so. What
is sent again, by a second click, a reload or another tab, leads to the same page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.flood_page import do_with_work
from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.mobile_steps import WITHOUT_CODE_FIELD
from channels.portal.problems import Problem, name_field
from channels.portal.requests.addresses import (
    DONE_PATH,
    LATE_PAPERS,
    RELATION_PATH,
    SUBMIT_PATH,
    SUMMARY_PATH,
    begin_address,
    draft_address,
    read_draft_id,
)
from channels.portal.requests.done_view import build_done_view
from channels.portal.requests.draft_pages import (
    leading_on,
    open_reading_unit,
    require_session,
)
from channels.portal.requests.offline_view import build_offline_view
from channels.portal.requests.summary_view import SummaryViews
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.citizens.proofs import find_session_code_delivery
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.own_papers import list_open_papers
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.papers import find_papers
from domain.actions.drafts.reading import read_draft
from domain.actions.drafts.saving import save_mobile, save_relation
from domain.actions.drafts.submitting import UNVERIFIED_FORM, submit_draft, submit_unverified
from domain.drafts.draft import Draft, Relation
from domain.engine.form_preview import estimate_price
from domain.messages.code_spending import CodeDelivery
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError, MissingField, raise_faults
from domain.values.identifiers import display_mobile

MOBILE_INPUT = "mobile"
"""The input of the summary for the mobile, where none is proved."""


class SummaryPages(SitePart):
    """Checking, sending, and what was sent."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = SummaryViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        relation = PortalSubmission("applicant", self._save_relation, self._show_relation)
        return (
            PortalRoute("GET", SUMMARY_PATH, leading_on(self._show_summary)),
            PortalRoute("GET", RELATION_PATH, leading_on(self._show_relation)),
            PortalRoute("POST", RELATION_PATH, relation),
            PortalRoute("POST", SUBMIT_PATH, PortalSubmission("submit", self._submit, self._show_summary)),
            PortalRoute("GET", DONE_PATH, leading_on(self._show_done)),
        )

    async def _show_summary(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        session, error = require_session(visitor), form_error(refused_form)
        async with open_reading_unit(self._store, visitor) as uow:
            draft = await get_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
            if draft.is_submitted:
                raise web.HTTPSeeOther(draft_address(draft, "done"))
            context = await self._build_summary(uow, visitor, draft, error)
        return render_portal_page(request, visitor, "portal/requests/summary.html", context, error=error)

    async def _build_summary(
        self, uow: UnitOfWork, visitor: PortalVisitor, draft: Draft, error: DomainError | None
    ) -> Mapping[str, Any]:
        reading = await read_draft(ActionContext(self._dependencies, uow), draft, visitor.proved_mobile)
        actor, engine = citizen_actor(visitor.proved_mobile), self._dependencies.engine
        quote = None if reading.faults else await estimate_price(engine, uow, reading.service, reading.values, actor)
        view = self._views.build_view(reading, quote)
        proved_mobile = visitor.proved_mobile
        return {
            "offline": build_offline_view(visitor, reading.service, draft),
            "view": view,
            "paper_rows": await self._list_papers(uow, draft),
            "papers_address": draft_address(draft, "papers") if find_papers(self._dependencies, draft) else "",
            "problems": [*view.problems, *self._list_other_problems(reading.faults, error)],
            "mobile_problem": self._find_mobile_problem(error),
            "proved_mobile": display_mobile(proved_mobile) if proved_mobile else "",
            "typed_mobile": read_text(visitor.form, MOBILE_INPUT)
            or (display_mobile(draft.mobile) if draft.mobile else ""),
            "submit_address": draft_address(draft, "submit"),
            "may_send": not reading.faults,
        }

    async def _list_papers(self, uow: UnitOfWork, draft: Draft) -> list[tuple[str, str]]:
        """Return the files that go along: what each is, and its name."""
        files = await uow.draft_files.list_of_draft(draft.id)
        return [(self._dependencies.wording.paper_title(file.field), file.name) for file in files]

    def _list_other_problems(self, known_faults: Sequence[DomainError], error: DomainError | None) -> list[Problem]:
        """Return what a refusal says that reading the draft does not find by itself."""
        known_fields = {fault.field for fault in known_faults}
        new_faults = [fault for fault in (error.faults if error else ()) if fault.field not in known_fields]
        wording = self._dependencies.wording
        return [
            Problem(wording.render_error(fault), f"#{MOBILE_INPUT}" if fault.field == MOBILE_INPUT else "")
            for fault in new_faults
        ]

    def _find_mobile_problem(self, error: DomainError | None) -> str:
        fault = next((fault for fault in (error.faults if error else ()) if fault.field == MOBILE_INPUT), None)
        return self._dependencies.wording.render_error(fault) if fault else ""

    async def _show_relation(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        session, error = require_session(visitor), form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            draft = await get_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
        context = {
            "offline": build_offline_view(visitor, self._dependencies.services[draft.service], draft),
            "relations": list(Relation),
            "chosen_relation": read_text(visitor.form, "relation") or draft.relation.value,
            "represented_name": read_text(visitor.form, "represented_name") or draft.represented_name,
            "summary_address": draft_address(draft, "summary"),
            "problems": [self._name_relation_problem(error)] if error else [],
        }
        return render_portal_page(request, visitor, "portal/requests/applicant.html", context, error=error)

    def _name_relation_problem(self, error: DomainError) -> Problem:
        label = self._dependencies.catalogue.text("web.request_form.relation.name")
        return Problem(name_field(label, self._dependencies.wording.render_error(error)), "#represented_name")

    async def _save_relation(self, request: web.Request, visitor: PortalVisitor) -> str:
        session, chosen_relation = require_session(visitor), read_text(visitor.form, "relation")
        if chosen_relation not in {relation.value for relation in Relation}:
            raise MissingField("relation")
        async with self._store.open_unit() as uow:
            draft = await save_relation(
                ActionContext(self._dependencies, uow),
                session.id,
                read_draft_id(request),
                Relation(chosen_relation),
                read_text(visitor.form, "represented_name"),
            )
        return draft_address(draft, "summary")

    async def _submit(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        """Send a draft for the mobile that is proved; else ask for the proof, and be called again by it."""
        session, draft_id = require_session(visitor), read_draft_id(request)
        proved_mobile = visitor.proved_mobile
        if proved_mobile is None:
            return await self._submit_unproved(request, visitor, session, draft_id)
        async with self._store.open_unit() as uow:
            await submit_draft(ActionContext(self._dependencies, uow), session.id, draft_id, proved_mobile)
        return f"{begin_address(request.match_info['key'])}/{draft_id}/done"

    async def _submit_unproved(
        self, request: web.Request, visitor: PortalVisitor, session: CitizenSession, draft_id: int
    ) -> str | web.Response:
        """Ask for the proof of the mobile that is kept with the draft, or send it without one where none can be had."""
        typed_mobile = read_text(visitor.form, MOBILE_INPUT)
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            draft = await get_draft(context, session.id, draft_id)
            if draft.is_submitted:
                return draft_address(draft, "done")
            raise_faults((await read_draft(context, draft, None)).faults)
            draft = await save_mobile(context, session.id, draft_id, typed_mobile)
            goes_unproved = await self._goes_unproved(uow, visitor, draft)
        if not draft.mobile or not goes_unproved:
            visitor.require_proved_mobile(f"draft-{draft_id}", typed_mobile)
            return draft_address(draft, "summary")

        async def submit(has_worked: bool) -> str:
            mobile, address = draft.mobile or "", visitor.source_address
            async with self._store.open_unit() as uow:
                await submit_unverified(
                    ActionContext(self._dependencies, uow), session.id, draft_id, mobile, address, has_worked=has_worked
                )
            return draft_address(draft, "done")

        return await do_with_work(request, visitor, UNVERIFIED_FORM, self._dependencies, self._store, submit)

    async def _goes_unproved(self, uow: UnitOfWork, visitor: PortalVisitor, draft: Draft) -> bool:
        """Return whether a draft is sent without a proof: no code leaves now, or it is to where too many were."""
        if not draft.mobile:
            return False
        delivery = await find_session_code_delivery(
            ActionContext(self._dependencies, uow), draft.mobile, visitor.source_address
        )
        chose_so = WITHOUT_CODE_FIELD in visitor.form
        return delivery is CodeDelivery.LATER or (delivery is CodeDelivery.LIMITED and chose_so)

    async def _show_done(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        session = require_session(visitor)
        async with self._store.open_unit(write=False) as uow:
            action_context = ActionContext(self._dependencies, uow)
            draft = await get_draft(action_context, session.id, read_draft_id(request))
            if draft.request_code is None:
                raise web.HTTPSeeOther(draft_address(draft, "summary"))
            service_request = await uow.requests.get_by_code(draft.request_code)
            view = await build_done_view(action_context, service_request)
        open_papers = list_open_papers(self._dependencies, service_request)
        context = {
            "offline": build_offline_view(visitor, self._dependencies.services[draft.service], draft),
            "view": view,
            "has_late_papers": LATE_PAPERS in request.query and bool(open_papers),
            "again_address": begin_address(draft.service),
        }
        return render_portal_page(request, visitor, "portal/requests/done.html", context)
