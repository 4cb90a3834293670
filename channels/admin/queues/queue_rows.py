"""The rows of a queue in words, and which columns they fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.admin.queues.ticks import format_tick
from domain.actions.dependencies import Dependencies
from domain.actions.queues.amounts import RowAmount
from domain.actions.queues.bulk import TickedRequest
from domain.actions.queues.work import WorkItem
from domain.fields.stored import list_stored
from domain.language.column_words import describe_columns
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.language.service import Service
from domain.language.summaries import find_applicant_name
from domain.language.summary_columns import SummaryColumn
from domain.language.time_left import describe_time_left
from domain.language.wording import day_and_hour_text
from domain.requests.request import ServiceRequest
from domain.values.calendar import jalali_text, to_tehran
from domain.values.text import group_digits

ALWAYS_SHOWN = ("code", "work", "state")
"""Columns that a list has even where no row fills them."""

COLUMNS = ("code", "service", "work", "time", "place", "amount", "state", "left", "assignee", "created")
"""All of them, in order."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A request in a list, in words; empty is what it does not say."""

    code: str
    """Its tracking code, which leads to its page."""
    subject_label: str
    """Requester or subject."""
    service: str
    """Name of its service."""
    work: str
    """Work wanted, in the words of its service (`Service.summary`)."""
    time: str
    """Time."""
    place: str
    """Place."""
    amount: str
    """Amount of its bill, or by the tariff, in rials."""
    amount_note: str
    """Until when it is to be paid, or that it is the tariff's."""
    state: str
    """Name of its state."""
    phase: str
    """The phase itself, for the style sheet."""
    left: str
    """Time left, or since it is late."""
    due_at: str
    """Due time, day and hour in Tehran."""
    sla: str
    """Its state by its SLA, as `Sla` names it; empty where it has none now."""
    assignee: str
    """Name of the assignee; empty while nobody does."""
    created: str
    """The day on which it was made."""
    is_unverified: bool
    """Its citizen has not proved the mobile yet."""
    is_changed: bool
    """Its citizen changed it since the staff's last step."""
    tick_value: str | None
    """Value of its box: code, version token and the tariff's amount; None: this visitor can do nothing with it together
    with others."""


class RowViews:
    """Words requests as rows of one page; `member_names` are those of the staff by user name."""

    def __init__(self, dependencies: Dependencies, member_names: Mapping[str, str], now: datetime) -> None:
        self._dependencies = dependencies
        self._member_names = member_names
        self._now = now

    def build_row(self, item: WorkItem, amount: RowAmount | None, *, has_tick: bool) -> QueueRow:
        """Return the row of a request."""
        request, wording = item.request, self._dependencies.wording
        service = self._dependencies.engine.get_service(request.service)
        applicant_name = find_applicant_name(service, request)
        shown_field = None if applicant_name else service.subject_field
        texts_by_column = describe_columns(wording, service, {**list_stored(request), **request.fields}, shown_field)
        return QueueRow(
            code=request.code,
            subject_label=applicant_name or self._describe_subject(service, request),
            service=wording.service_title(request.service),
            work=texts_by_column[SummaryColumn.WORK],
            time=texts_by_column[SummaryColumn.TIME],
            place=texts_by_column[SummaryColumn.PLACE],
            amount=group_digits(amount.rials) if amount else "",
            amount_note=self._describe_amount(amount) if amount else "",
            state=wording.state_title(request),
            phase=request.phase.value,
            left=self._describe_time_left(item),
            due_at=day_and_hour_text(request.due_at) if item.sla and request.due_at else "",
            sla=item.sla.value if item.sla else "",
            assignee=self._member_names.get(request.assignee or "", request.assignee or ""),
            created=jalali_text(to_tehran(request.created_at).date()),
            is_unverified=request.unverified_mobile is not None,
            is_changed=bool(UNREVIEWED_CHANGES.find(request)),
            tick_value=_build_tick(request, amount) if has_tick else None,
        )

    def _describe_subject(self, service: Service, request: ServiceRequest) -> str:
        """Return what a request without an applicant's name is about, as its form says."""
        form_field = service.form_field(service.subject_field) if service.subject_field else None
        subject = request.fields.get(form_field.name) if form_field else None
        if form_field is None or not subject:
            return ""
        return self._dependencies.wording.render_page_value(form_field.type, form_field.name, subject)

    def _describe_time_left(self, item: WorkItem) -> str:
        if item.sla is None or item.request.due_at is None:
            return ""
        dependencies = self._dependencies
        return describe_time_left(dependencies.catalogue, dependencies.calendar, item.request.due_at, self._now)

    def _describe_amount(self, amount: RowAmount) -> str:
        if amount.is_quoted:
            return self._dependencies.catalogue.text("admin.queues.by_tariff")
        if amount.deadline is None:
            return ""
        deadline_text = self._dependencies.wording.render_fact(None, "deadline", amount.deadline)
        return self._dependencies.catalogue.render("admin.queues.pay_until", {"deadline": deadline_text})


def list_columns(rows: Sequence[QueueRow]) -> list[str]:
    """Return the columns that say anything in these rows; of what service they are only where there are several."""
    filled_columns = {column for column in COLUMNS if any(getattr(row, column) for row in rows)}
    if len({row.service for row in rows}) == 1:
        filled_columns.remove("service")
    return [column for column in COLUMNS if column in {*ALWAYS_SHOWN, *filled_columns}]


def _build_tick(request: ServiceRequest, amount: RowAmount | None) -> str:
    shown_price = amount.rials if amount and amount.is_quoted else None
    return format_tick(TickedRequest(request.code, request.version_token, shown_price))
