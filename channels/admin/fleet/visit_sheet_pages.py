"""An officer's day sheet: whom to visit when and where, how to call them, and what is still to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.fleet.calendar_view import format_clock
from channels.admin.fleet.day_choice import build_day_controls, read_shown_day
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.paper_files import MAX_FILE_FORM_BYTES
from channels.admin.requests.step_view import StepForm, StepViews
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.fleet.visit_day import OfficerVisit, list_shown_officers, list_visits_of_day
from domain.authorization.request_policy import may_use_on_request
from domain.authorization.rights import Right
from domain.fields.places import find_map_link, find_map_search
from domain.fields.stored import list_stored
from domain.fields.types import Text
from domain.language.column_words import describe_columns
from domain.language.summaries import find_applicant_name
from domain.language.summary_columns import SummaryColumn
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.errors import NotFound
from domain.values.identifiers import display_mobile
from domain.values.tracking_codes import display_code
from domain.values.version_token import VersionToken

VISIT_SHEET_PATH = "/staff/visit-sheet"

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit in words, with the addresses that it leads to."""

    hours_text: str
    """Beginning and end."""
    request_address: str
    """The page of its request."""
    shown_code: str
    """The tracking code, as people read it."""
    work: str
    """Work asked for."""
    applicant_name: str
    """Person to ask for; empty where nobody said."""
    mobile: str | None
    """Number to call, 09…; None where no mobile is kept."""
    place: str
    """Place."""
    map_address: str
    """The place on a map, or what the map finds by its words; empty where no place was said."""
    missing_papers: Sequence[str]
    """The papers that are still missing, in words."""
    code: str
    """The tracking code, as machines write it."""
    version_token: VersionToken
    """Goes with the form of the step: who reports of an older request is refused."""
    report_form: StepForm | None
    """The step that reports it; None where it cannot be taken now."""
    paper_titles: Mapping[str, str]
    """The papers that may be added, those of the staff first: name → what it is called; empty where none may."""


class VisitSheetPages(SitePart):
    """The day sheets of officers."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(VISIT_SHEET_PATH, "admin.visit_sheet.title", Right.VISITS_VIEW, bar_name="today"),
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._get_text = dependencies.catalogue.text
        self._step_views = StepViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", VISIT_SHEET_PATH, Right.VISITS_VIEW, self._show_sheet),)

    async def _show_sheet(self, request: web.Request, visitor: Visitor) -> web.Response:
        today = to_tehran(visitor.now).date()
        day, day_error = read_shown_day(request, visitor, today)
        async with self._store.open_unit(write=False) as uow:
            officers = await list_shown_officers(uow.people, visitor.actor)
            officer = request.query.get("officer") or next(iter(officers), "")
            if officer and officer not in officers:
                raise NotFound("officer")
            officer_visits = await list_visits_of_day(
                ActorContext(self._dependencies, uow, visitor.actor), officer, day
            )
            visit_views = [await self._build_view(uow, officer_visit, visitor) for officer_visit in officer_visits]
        context = {
            "day_text": jalali_long_text(day),
            "day_controls": build_day_controls(self._dependencies, request, day, day_error),
            "officers": officers,
            "officer": officer,
            "visit_views": visit_views,
            "day_addresses": _build_day_addresses(officer, day, today),
            "most_bytes": MAX_FILE_FORM_BYTES,
            "hour_text": format_clock(visitor.now),
        }
        return render_staff_page(request, visitor, "admin/fleet/visit_sheet.html", context, error=day_error)

    async def _build_view(self, uow: UnitOfWork, officer_visit: OfficerVisit, visitor: Visitor) -> VisitView:
        request, service = officer_visit.request, officer_visit.service
        columns = describe_columns(self._dependencies.wording, service, {**list_stored(request), **request.fields})
        request_address = f"/staff/requests/{request.code}"
        return VisitView(
            hours_text=self._describe_hours(officer_visit),
            request_address=request_address,
            shown_code=display_code(request.code),
            work=columns[SummaryColumn.WORK] or self._dependencies.wording.service_title(service.key),
            applicant_name=find_applicant_name(service, request) or "",
            mobile=display_mobile(request.mobile) if request.mobile else None,
            place=columns[SummaryColumn.PLACE],
            map_address=self._find_map_address(officer_visit),
            missing_papers=[self._get_text(f"choices.document.{name}") for name in officer_visit.missing_papers],
            code=request.code,
            version_token=request.version_token,
            report_form=await self._step_views.build_step_form(
                uow, request, officer_visit.report_step, visitor, id_prefix=f"{request.code}-"
            )
            if officer_visit.report_step
            else None,
            paper_titles=self._title_papers(officer_visit, visitor),
        )

    def _title_papers(self, officer_visit: OfficerVisit, visitor: Visitor) -> dict[str, str]:
        service, request = officer_visit.service, officer_visit.request
        papers = service.papers
        if papers is None or not may_use_on_request(Right.REQUESTS_ATTACH, service, request, visitor.actor):
            return {}
        return papers.title_papers(self._get_text)

    def _describe_hours(self, officer_visit: OfficerVisit) -> str:
        booking = officer_visit.booking
        hours = {"start": format_clock(booking.start), "end": format_clock(booking.end)}
        return self._dependencies.catalogue.render("admin.visit_sheet.hours", hours)

    def _find_map_address(self, officer_visit: OfficerVisit) -> str:
        """Return the point of the request's place on a map; without a point what the map finds by its address."""
        values: Mapping[str, object] = officer_visit.request.fields
        places = [
            str(values[field.name])
            for field in officer_visit.service.form
            if isinstance(field.type, Text) and values.get(field.name) and field.type.find_address(values[field.name])
        ]
        if not places:
            return ""
        return find_map_link(places[0]) or find_map_search(f"{self._get_text('admin.visit_sheet.town')} {places[0]}")


def _build_day_addresses(officer: str, day: date, today: date) -> dict[str, str]:
    """Return the addresses of the day before and after, and of today."""
    days = {"before": day - _ONE_DAY, "today": today, "after": day + _ONE_DAY}
    return {
        name: f"{VISIT_SHEET_PATH}?{urlencode({'officer': officer, 'day': shown_day.isoformat()})}"
        for name, shown_day in days.items()
    }
