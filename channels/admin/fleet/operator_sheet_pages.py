"""The day sheet of machines' operators: who works where today, and what the unit enters of it for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from channels.admin.fleet.calendar_view import format_clock
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.kept_forms import (
    KeptSubmission,
    PresentState,
    note_versions,
    read_keyed_form,
    read_written_moment,
)
from channels.admin.paper_files import MAX_FILE_FORM_BYTES, has_files, prepare_files
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import PostedForm, read_text, read_texts
from channels.web.refused_forms import RefusedForm, build_refusal_context, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.fleet.delivery_codes import CODE_FIELD, count_code_try, take_back_try
from domain.actions.fleet.operator_sheet import (
    NamedJob,
    WorkEntry,
    compute_report_version,
    enter_report,
    list_sheet_jobs,
)
from domain.actions.fleet.operator_work import OperatorJob
from domain.actions.requests.form_keys import do_once
from domain.actions.requests.notes import LONGEST_NOTE
from domain.authorization.rights import Right
from domain.blocks.delivery_confirmations import (
    CODE_LENGTH,
    CONFIRMED_HOURS,
    RECEIVED_AT,
    RETURNED_AT,
    DeliveryStage,
    find_awaited_stage,
)
from domain.blocks.operator_reports import MOST_WORKED_HOURS, WorkStage, find_worked_hours
from domain.fields.form import Field
from domain.fields.hours import Duration
from domain.fields.stored import list_stored
from domain.fields.types import ReadingContext, format_number
from domain.language.column_words import describe_columns
from domain.language.summary_columns import SummaryColumn
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.errors import InvalidField
from domain.values.languages import join_list
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code, parse_code
from domain.values.version_token import VersionToken

OPERATOR_SHEET_PATH = "/staff/operator-sheet"
REPORT_FORM = "work_report"
_NEW_CODE_FIELD = "new_code"
_HOURS_FIELD = Field("hours", Duration(MOST_WORKED_HOURS), required=False)
_ENTERED_STAGES = (WorkStage.BEGAN, WorkStage.ENDED)


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """Confirmation of a delivery by its citizen, and what can be confirmed now."""

    received_hour: str | None
    """Time at which the citizen confirmed the hand-over; None: not yet."""
    returned_hour: str | None
    """Time at which the citizen confirmed the hours."""
    confirmed_hours: str
    """These hours; empty where none were."""
    awaited_stage: DeliveryStage | None
    """Stage that the next code confirms; None where none does."""
    awaited_hours: str
    """Hours that the next code confirms; empty for the hand-over."""


@dataclass(frozen=True, slots=True)
class JobView:
    """One operator's work in words, with what was reported of it."""

    code: str
    """The tracking code of its request, as machines write it."""
    shown_code: str
    """The same as people read it."""
    operator_code: str
    """Operator of the work."""
    operator_name: str
    """Name of the operator."""
    hours_text: str
    """Beginning and end of the booking."""
    work: str
    """Work asked for."""
    place: str
    """Place."""
    stage_hours: dict[str, str | None]
    """Times of its beginning and end; None where nobody said."""
    reported_hours: str
    """The hours that were reported; empty where nobody said."""
    reckoned_hours: str
    """Those between beginning and end, where none were reported: shown, and kept only once somebody says so."""
    confirmation: ConfirmationView
    """Confirmation by the citizen, without paper."""
    version_token: VersionToken
    """Goes with its form: whoever would replace hours that the page did not show is refused."""
    refused_form: RefusedForm | None
    """The report of this work that was just refused."""

    @property
    def typed_hours(self) -> str:
        """Text in the box of the hours."""
        return read_text(self.refused_form.posted_form, "hours") if self.refused_form else self.reported_hours

    @property
    def typed_note(self) -> str:
        """Text in the box of the note."""
        return read_text(self.refused_form.posted_form, "note") if self.refused_form else ""

    @property
    def typed_code(self) -> str:
        """Text in the box of the citizen's code."""
        return read_text(self.refused_form.posted_form, CODE_FIELD) if self.refused_form else ""

    @property
    def ticked_stages(self) -> Sequence[str]:
        """Stages ticked of those that did not happen yet."""
        return read_texts(self.refused_form.posted_form, "stage") if self.refused_form else ()


class OperatorSheetPages(SitePart):
    """The day sheet of operators."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(OPERATOR_SHEET_PATH, "admin.operator_sheet.title", Right.FLEET_VIEW, bar_name="today"),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", OPERATOR_SHEET_PATH, Right.FLEET_VIEW, self._render_page),
            PageRoute(
                "POST",
                OPERATOR_SHEET_PATH,
                Right.WORK_REPORTS_ENTER,
                KeptSubmission(
                    REPORT_FORM,
                    VersionedAction(self._submit_report),
                    self._render_page,
                    describe_present=self._describe_present,
                ),
                MAX_FILE_FORM_BYTES,
            ),
        )

    async def _submit_report(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        form, entry = visitor.form, await self._read_entry(visitor)
        code, operator_code = parse_code(read_text(form, "code")), read_text(form, "operator")
        if entry.confirmation_code:
            await count_code_try(self._dependencies, self._store, code)

        async def enter(uow: UnitOfWork) -> str:
            new_version = await enter_report(
                ActorContext(self._dependencies, uow, visitor.actor), code, operator_code, entry, version_token
            )
            return f"{version_token} {new_version}" if entry.hours is not None else ""

        async with self._store.open_unit() as uow:
            keyed_form = read_keyed_form(request, form)
            context = ActorContext(self._dependencies, uow, visitor.actor)
            versions = await do_once(context, keyed_form, enter)
            if entry.confirmation_code:
                await take_back_try(context, code)
        if versions:
            note_versions(request, versions.split())
        return f"{OPERATOR_SHEET_PATH}?done={REPORT_FORM}"

    async def _read_entry(self, visitor: Visitor) -> WorkEntry:
        form = visitor.form
        stages, hours_text = read_texts(form, "stage"), read_text(form, "hours")
        if not set(_ENTERED_STAGES).issuperset(stages):
            raise InvalidField("stage")
        code = parse_code(read_text(form, "code"))
        return WorkEntry(
            stages=[WorkStage(stage) for stage in stages],
            hours=_HOURS_FIELD.read_value(hours_text, ReadingContext(visitor.now)) if hours_text else None,
            note=read_text(form, "note"),
            confirmation_code=read_text(form, CODE_FIELD),
            wants_code=bool(read_text(form, _NEW_CODE_FIELD)),
            photos=await prepare_files(self._dependencies, self._store, form, visitor.actor, code)
            if has_files(form)
            else (),
            written_at=read_written_moment(form, visitor.now),
        )

    async def _describe_present(self, request: web.Request, visitor: Visitor) -> PresentState:
        """Say what is reported of the work now, to who wrote about it without a line."""
        async with self._store.open_unit(write=False) as uow:
            jobs = await list_sheet_jobs(ActorContext(self._dependencies, uow, visitor.actor))
        named_job = next((one for one in jobs if _concerns(visitor.form, one.job)), None)
        if named_job is None:
            return PresentState()
        job_view = self._build_view(named_job)
        get_text = self._dependencies.catalogue.text
        stage_facts = [
            (get_text(f"admin.sheets.{stage}"), hour) for stage, hour in job_view.stage_hours.items() if hour
        ]
        hours_facts = [(get_text("admin.operator_sheet.hours"), job_view.reported_hours)]
        facts = [*stage_facts, *(hours_facts if job_view.reported_hours else ())]
        return PresentState(facts, job_view.version_token.text, may_send=True)

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            jobs = await list_sheet_jobs(ActorContext(self._dependencies, uow, visitor.actor))
        error = form_error(refused_form)
        context = {
            "day_text": jalali_long_text(to_tehran(visitor.now).date()),
            "hour_text": format_clock(visitor.now),
            "most_bytes": MAX_FILE_FORM_BYTES,
            "longest_note": LONGEST_NOTE,
            "code_length": CODE_LENGTH,
            "jobs": [self._build_view(named_job, refused_form) for named_job in jobs],
            **build_refusal_context(refused_form, self._dependencies.wording.render_error(error) if error else None),
        }
        return render_staff_page(request, visitor, "admin/fleet/operator_sheet.html", context, error=error)

    def _build_view(self, named_job: NamedJob, refused_form: RefusedForm | None = None) -> JobView:
        job, wording = named_job.job, self._dependencies.wording
        request, report = job.request, job.report
        service = self._dependencies.engine.get_service(request.service)
        columns = describe_columns(wording, service, {**list_stored(request), **request.fields})
        return JobView(
            code=request.code,
            shown_code=display_code(request.code),
            operator_code=job.operator.identifier,
            operator_name=named_job.operator_name,
            hours_text=self._dependencies.catalogue.render(
                "admin.visit_sheet.hours",
                {"start": format_clock(job.booking.start), "end": format_clock(job.booking.end)},
            ),
            work=columns[SummaryColumn.WORK],
            place=columns[SummaryColumn.PLACE],
            stage_hours={stage.value: _say_stage(getattr(report, stage)) for stage in _ENTERED_STAGES},
            reported_hours=_say_hours(report.hours),
            reckoned_hours=_say_hours(report.reckon_hours()) if report.hours is None else "",
            confirmation=_view_confirmation(request),
            version_token=compute_report_version(report),
            refused_form=refused_form if refused_form and _concerns(refused_form.posted_form, job) else None,
        )


def _concerns(form: PostedForm, job: OperatorJob) -> bool:
    return (read_text(form, "code"), read_text(form, "operator")) == (job.request.code, job.operator.identifier)


def _view_confirmation(request: ServiceRequest) -> ConfirmationView:
    received_at, returned_at = RECEIVED_AT.find(request), RETURNED_AT.find(request)
    stage = find_awaited_stage(request)
    return ConfirmationView(
        received_hour=format_clock(received_at) if received_at else None,
        returned_hour=format_clock(returned_at) if returned_at else None,
        confirmed_hours=_join_hours(CONFIRMED_HOURS.find(request)),
        awaited_stage=stage,
        awaited_hours=_join_hours(find_worked_hours(request)) if stage is DeliveryStage.RETURNED else "",
    )


def _join_hours(hours: Sequence[float] | None) -> str:
    return join_list(_say_hours(one) for one in hours or ())


def _say_hours(hours: float | None) -> str:
    return "" if hours is None else persian_digits(format_number(hours))


def _say_stage(stored_moment: str | None) -> str | None:
    return format_clock(datetime.fromisoformat(stored_moment)) if stored_moment else None
