"""`/track`: whoever has a tracking code sees the service and how far the request is. By the code alone nothing more is
shown; whom the request concerns is led to its own page, once the mobile is proved. While others guess, the code and its
mobile are asked for together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.flood_page import find_work_page
from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.tracking.addresses import OWN_REQUESTS_PATH, request_address
from channels.web.error_pages import status_of
from channels.web.pages import render_page
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.conversations.chats.deep_links import write_track_payload
from domain.actions.requests.own_requests import find_concerned_request
from domain.actions.requests.public_tracking import (
    PAIR_FORM,
    PublicStatus,
    find_public_status,
    find_status_by_mobile,
    is_guessing_limited,
    read_public_code,
)
from domain.requests.request import Phase
from domain.values.errors import DomainError, NotFound, TooManyRequests
from domain.values.identifiers import parse_mobile
from domain.values.tracking_codes import TrackingCode

TRACK_PATH = "/track"
CODE_INPUT, MOBILE_INPUT = "code", "mobile"

_STEPS_TO_END = (Phase.RECEIVED, Phase.IN_PROGRESS, Phase.DONE)
"""Phases of a request that goes well, as the page draws them."""

_DRAWN_PHASES: Mapping[Phase, Phase] = {
    Phase.NEEDS_CITIZEN: Phase.IN_PROGRESS,
    Phase.NEEDS_PAYMENT: Phase.IN_PROGRESS,
    Phase.DECLINED: Phase.DONE,
    Phase.CANCELLED: Phase.DONE,
}
"""Place of the other phases on that way."""


class CodePage(SitePart):
    """The page, for anybody; who has proved no mobile is known by the address alone."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        find_by_mobile = PortalSubmission("track", self._find_by_mobile, self._show_pair_again)
        return (
            PortalRoute("GET", TRACK_PATH, self._show_status),
            PortalRoute("POST", TRACK_PATH, find_by_mobile),
        )

    async def _show_status(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Show what a code tells, the form again with what was wrong, or the form alone."""
        code_text = request.query.get(CODE_INPUT, "").strip()
        if CODE_INPUT not in request.query:
            return self._render(request, visitor, code_text)
        try:
            code = read_public_code(code_text)
            await self._lead_owner_on(code, visitor)
            public_status = await find_public_status(self._dependencies, self._store, code, request.remote or "")
        except DomainError as error:
            return self._render_refused(request, visitor, code_text, error, isinstance(error, TooManyRequests))
        return self._render(request, visitor, code_text, **self._describe_status(public_status))

    async def _find_by_mobile(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Show what a code tells whoever knows its mobile too; while codes are guessed, after some work."""
        code_text, address = read_text(visitor.form, CODE_INPUT), visitor.source_address
        code, mobile = read_public_code(code_text), parse_mobile(read_text(visitor.form, MOBILE_INPUT))
        if await is_guessing_limited(self._dependencies, self._store, address):
            page = await find_work_page(request, visitor, PAIR_FORM, self._dependencies, self._store)
            if page is not None:
                return page
        try:
            status = await find_status_by_mobile(self._dependencies, self._store, code, mobile, address)
        except NotFound as error:
            return self._render_refused(request, visitor, code_text, error, asks_mobile=True)
        return self._render(request, visitor, code_text, **self._describe_status(status))

    async def _show_pair_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        code_text = read_text(visitor.form, CODE_INPUT)
        return self._render_refused(request, visitor, code_text, refused_form.error, asks_mobile=True)

    async def _lead_owner_on(self, code: TrackingCode, visitor: PortalVisitor) -> None:
        """Lead whom the request concerns to its own page, if the session has proved the mobile; no guess is counted."""
        if visitor.proved_mobile is None:
            return
        try:
            async with self._store.open_unit(write=False) as uow:
                found, _ = await find_concerned_request(
                    ActionContext(self._dependencies, uow), code, visitor.proved_mobile
                )
        except NotFound:
            return  # it is not theirs: what a code alone tells says so
        raise web.HTTPSeeOther(request_address(found.code))

    def _describe_status(self, public_status: PublicStatus) -> Mapping[str, Any]:
        get_text = self._dependencies.catalogue.text
        drawn_phase = _DRAWN_PHASES.get(public_status.phase, public_status.phase)
        reached_count = _STEPS_TO_END.index(drawn_phase) + 1
        way_phases = (*_STEPS_TO_END[: reached_count - 1], public_status.phase, *_STEPS_TO_END[reached_count:])
        return {
            "public_status": public_status,
            "own_address": request_address(public_status.code),
            "track_payload": write_track_payload(public_status.code),
            "service_title": self._dependencies.wording.service_title(public_status.service),
            "phase_title": get_text(f"phases.{public_status.phase}"),
            "next_step": get_text(f"portal.track.next.{public_status.phase}"),
            "way": [(get_text(f"phases.{phase}"), number < reached_count) for number, phase in enumerate(way_phases)],
            "reached_count": reached_count,
        }

    def _render_refused(
        self, request: web.Request, visitor: PortalVisitor, code_text: str, error: DomainError, asks_mobile: bool
    ) -> web.Response:
        is_of_mobile, wording = error.field == MOBILE_INPUT, self._dependencies.wording
        is_guessed = isinstance(error, TooManyRequests)
        problem = self._dependencies.catalogue.text("portal.track.pair") if is_guessed else wording.render_error(error)
        return self._render(
            request,
            visitor,
            code_text,
            status=status_of(error),
            code_problem="" if is_of_mobile else problem,
            mobile_problem=problem if is_of_mobile else "",
            asks_mobile=asks_mobile,
        )

    def _render(
        self, request: web.Request, visitor: PortalVisitor, code_text: str, status: int = 200, **answer: Any
    ) -> web.Response:
        context = {
            "visitor": visitor,
            "typed_mobile": read_text(visitor.form, MOBILE_INPUT),
            "mobile_problem": "",
            "asks_mobile": False,
            "code_text": code_text,
            "code_problem": "",
            "public_status": None,
            "list_address": OWN_REQUESTS_PATH,
            **answer,
        }
        return render_page(request, "portal/track.html", context, status=status)
