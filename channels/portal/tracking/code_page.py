"""`/track`: whoever has a tracking code sees the service and how far the request is. By the code alone nothing more is
shown; whom the request concerns is led to its own page, once the mobile is proved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalVisitor
from channels.portal.tracking.addresses import OWN_REQUESTS_PATH, request_address
from channels.web.error_pages import status_of
from channels.web.pages import render_page
from domain.actions.chats.deep_links import write_track_payload
from domain.actions.dependencies import Dependencies
from domain.actions.requests.own_requests import find_concerned_request
from domain.actions.requests.public_tracking import PublicStatus, find_public_status, read_public_code
from domain.requests.request import Phase
from domain.unit_of_work import Store
from domain.values.errors import DomainError, NotFound
from domain.values.tracking_codes import TrackingCode

TRACK_PATH = "/track"
CODE_INPUT = "code"

_STEPS_TO_END = (Phase.RECEIVED, Phase.IN_PROGRESS, Phase.DONE)
"""What a request that goes well passes through, as the page draws it."""

_DRAWN_PHASES: Mapping[Phase, Phase] = {
    Phase.NEEDS_CITIZEN: Phase.IN_PROGRESS,
    Phase.NEEDS_PAYMENT: Phase.IN_PROGRESS,
    Phase.DECLINED: Phase.DONE,
    Phase.CANCELLED: Phase.DONE,
}
"""Where on that way the other phases are."""


class CodePage:
    """The page, for anybody; who has proved no mobile is known by the address alone."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the route."""
        return (PortalRoute("GET", TRACK_PATH, self._show_status),)

    async def _show_status(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Show what a code tells, the form again with what was wrong, or the form alone."""
        code_text = request.query.get(CODE_INPUT, "").strip()
        if CODE_INPUT not in request.query:
            return self._render(request, code_text)
        try:
            code = read_public_code(code_text)
            await self._lead_owner_on(code, visitor)
            public_status = await find_public_status(self._dependencies, self._store, code, request.remote or "")
        except DomainError as error:
            problem = self._dependencies.wording.render_error(error)
            return self._render(request, code_text, status=status_of(error), code_problem=problem)
        return self._render(request, code_text, **self._describe_status(public_status))

    async def _lead_owner_on(self, code: TrackingCode, visitor: PortalVisitor) -> None:
        """Lead whom the request concerns to its own page, if the session has proved the mobile; no guess is counted."""
        if visitor.proved_mobile is None:
            return
        try:
            async with self._store.open_unit(write=False) as uow:
                found, _ = await find_concerned_request(self._dependencies, uow, code, visitor.proved_mobile)
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

    def _render(self, request: web.Request, code_text: str, status: int = 200, **answer: Any) -> web.Response:
        context = {
            "code_text": code_text,
            "code_problem": "",
            "public_status": None,
            "list_address": OWN_REQUESTS_PATH,
            **answer,
        }
        return render_page(request, "portal/track.html", context, status=status)
