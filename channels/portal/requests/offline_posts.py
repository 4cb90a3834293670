"""Posts of a form that a browser kept while its line was gone: one call for the whole form, answered as JSON.

It may be sent any number of times (`domain/actions/drafts/synchronizing.py`). A browser without a session gets one
first and asks again, so that no draft is begun that nobody holds because the answer was lost.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.requests.addresses import OFFLINE_PATH, draft_address
from channels.portal.requests.controls import read_section_values
from channels.portal.requests.draft_pages import ensure_session, find_form_service
from channels.portal.requests.offline_view import describe_bases, describe_owner
from channels.portal.requests.summary_view import SummaryViews
from channels.web.error_pages import WORDING, status_of
from channels.web.posted import MAX_FORM_FIELDS, PostedForm, UploadedFile, read_text
from channels.web.refused_forms import RefusedForm
from channels.web.row_ids import read_row_id
from channels.web.site_part import SitePart
from domain.actions.citizens.flooding import admit_submission
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.reading import DraftReading, read_draft
from domain.actions.drafts.saving import find_section
from domain.actions.drafts.submitting import submit_draft
from domain.actions.drafts.synchronizing import KeptDraft, KeptSection, SynchronizedDraft, synchronize_draft
from domain.drafts.draft import Draft, Relation, TypedForm
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store
from domain.values.errors import InvalidField, NotFound
from domain.values.reasons import ConflictReason, InvalidReason

MAX_KEPT_BYTES = 256 * 1024
"""Bytes of a form as it is sent: its sections, each with what was tried before."""

MOST_SECTIONS = 40
_KEY_DIGITS = 32
MAX_ATTEMPTS = 3


class OfflinePosts(SitePart):
    """Takes what browsers kept."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = SummaryViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the route."""
        submission = PortalSubmission("offline", self._take_over, answer_refused)
        return (PortalRoute("POST", OFFLINE_PATH, submission, MAX_KEPT_BYTES),)

    async def _take_over(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        service = find_form_service(self._dependencies, request)
        browser_draft = read_kept_draft(service, visitor.form, visitor.now)
        if visitor.session is None:
            return await self._open_session(request, visitor)
        if browser_draft.draft_id is None and not await self._is_admitted(visitor):
            return answer_as_json({"state": "later"}, 429)
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            outcome = await synchronize_draft(context, visitor.session.id, browser_draft, visitor.source_address)
            reading = await read_draft(context, outcome.draft, visitor.proved_mobile)
        if "send" in visitor.form and visitor.proved_mobile and _may_send(outcome, reading):
            reading = await self._submit(visitor.session, visitor.proved_mobile, outcome.draft)
        return answer_as_json(self._describe_outcome(visitor.session, outcome, reading))

    async def _is_admitted(self, visitor: PortalVisitor) -> bool:
        if visitor.proved_mobile:
            return True
        async with self._store.open_unit() as uow:
            return await admit_submission(ActionContext(self._dependencies, uow), "request", visitor.source_address, "")

    async def _open_session(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Open a session for who has none, and nothing else: it asks again with it."""
        if not await self._is_admitted(visitor):
            return answer_as_json({"state": "later"}, 429)
        async with self._store.open_unit() as uow:
            session = await ensure_session(ActionContext(self._dependencies, uow), request, visitor)
        return answer_as_json({"state": "again", "csrf": session.csrf_token})

    async def _submit(self, session: CitizenSession, proved_mobile: str, draft: Draft) -> DraftReading:
        """Send the draft, as the button of its summary does; return it as it is then."""
        async with self._store.open_unit() as uow:
            await submit_draft(ActionContext(self._dependencies, uow), session.id, draft.id, proved_mobile)
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            sent_draft = await get_draft(context, session.id, draft.id)
            return await read_draft(context, sent_draft, proved_mobile)

    def _describe_outcome(
        self, session: CitizenSession, outcome: SynchronizedDraft, reading: DraftReading
    ) -> Mapping[str, Any]:
        draft, service = reading.draft, reading.service
        answer: dict[str, Any] = {
            "state": "sent" if draft.is_submitted else "kept",
            "csrf": session.csrf_token,
            "draft": str(draft.id),
            "owner": describe_owner(session.csrf_token),
            "bases": describe_bases(service, draft),
            "saved": list(draft.saved_sections),
            "is_restarted": outcome.is_restarted,
            "conflicts": {
                name: {"answers": self._list_answers(reading, find_section(service, name))}
                for name in outcome.conflicting_sections
            },
            "unknown": outcome.unknown_sections,
            "has_faults": bool(reading.faults),
            "may_send": _may_send(outcome, reading),
        }
        if draft.is_submitted:
            answer |= {"code": draft.request_code, "address": draft_address(draft, "done")}
        return answer

    def _list_answers(self, reading: DraftReading, section: FormSection) -> list[tuple[str, str]]:
        """Return what the draft has in a section: labels and values."""
        return [(answer.label, answer.value) for answer in self._views.build_section(reading, section).answers]


async def answer_refused(request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm) -> web.Response:
    """Say why nothing was taken; of an earlier page's form: the session's token, to ask again with it."""
    error = refused_form.error
    is_of_earlier_page = error.reason is ConflictReason.EARLIER_PAGE
    answer = {
        "state": "again" if is_of_earlier_page else "refused",
        "message": request.app[WORDING].render_error(error),
        "csrf": visitor.csrf_token,
    }
    return answer_as_json(answer, status_of(error))


def read_kept_draft(service: Service, posted: PostedForm, now: datetime) -> KeptDraft:
    """Return the form that a browser kept; `InvalidField("form")` for what none of our pages sends."""
    key, draft_text = read_text(posted, "key"), read_text(posted, "draft")
    section_texts = [text for text in posted.getall("section", []) if isinstance(text, str)]
    draft_id = read_row_id(draft_text)
    if len(key) != _KEY_DIGITS or len(section_texts) > MOST_SECTIONS or (draft_text and draft_id is None):
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM)
    applicant = dict(parse_qsl(read_text(posted, "applicant")))
    relation = applicant.get("relation", "")
    return KeptDraft(
        service_key=service.key,
        draft_id=draft_id,
        key=key,
        sections=[_read_section(service, section_text, now) for section_text in section_texts],
        relation=Relation(relation) if relation in set(Relation) else None,
        represented_name=applicant.get("represented_name", ""),
    )


def _read_section(service: Service, section_text: str, now: datetime) -> KeptSection:
    """Return a section of a form that a browser kept; one that the service has no more comes without values."""
    try:
        section_values = json.loads(section_text)
        section_name, base_digest, is_pending = (
            str(section_values["name"]),
            section_values["base"],
            section_values["is_pending"] is True,
        )
        typed_at = min(datetime.fromisoformat(section_values["typed_at"]).astimezone(UTC), now)
        bodies = [str(body) for body in (section_values["body"], *section_values["tried"][:MAX_ATTEMPTS])]
        typed_forms = [_read_typed_form(service, section_name, body, typed_at) for body in bodies]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM) from None
    return KeptSection(
        typed_forms[0], is_pending, base_digest if isinstance(base_digest, str) else None, typed_forms[1:]
    )


def _read_typed_form(service: Service, section_name: str, body: str, typed_at: datetime) -> TypedForm:
    """Return what a page of a section posted, or would have; of one that the service has no more, nothing."""
    try:
        fields = find_section(service, section_name).select_fields(service.form)
    except NotFound:
        return TypedForm(section_name)
    posted = MultiDict[str | UploadedFile](parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    return TypedForm(section_name, read_section_values(fields, posted), typed_at)


def _may_send(outcome: SynchronizedDraft, reading: DraftReading) -> bool:
    """Return whether nothing keeps the draft from being sent."""
    return not (outcome.conflicting_sections or reading.faults or reading.draft.is_submitted)


def answer_as_json(answer: Mapping[str, Any], status: int = 200) -> web.Response:
    """Return what a script of ours reads."""
    return web.json_response(answer, status=status)
