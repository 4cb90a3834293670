"""A request as its citizen sees it: how far it is, who has it, what comes next, and what can be done with it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.portal.tracking.addresses import document_address
from channels.portal.tracking.labelled_text import LabelledText
from channels.portal.tracking.question_view import QuestionView, QuestionViews
from channels.portal.tracking.timeline import Timeline, TimelineEntry
from channels.web.refused_forms import RefusedForm
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.own_papers import list_open_papers
from domain.actions.drafts.submitting import REPRESENTED
from domain.actions.links.request_buttons import may_be_rated
from domain.actions.papers.printouts import list_printouts
from domain.actions.requests.change import list_changeable_fields
from domain.actions.requests.citizen_commands import list_command_steps
from domain.actions.requests.own_requests import find_answer_deadline, waits_for_citizen, waits_for_papers
from domain.actions.requests.reopen import REOPENED_AS, may_citizen_reopen
from domain.bills.bill import Bill
from domain.blocks.charging import list_request_bills
from domain.blocks.papers_pending import find_missing_papers
from domain.fields.stored import list_stored
from domain.language.papers import list_citizen_papers
from domain.language.service import Command, Service
from domain.language.wording import day_and_hour_text, deadline_day_text
from domain.requests.documents import Document
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.text import group_digits
from domain.values.version_token import VersionToken


@dataclass(frozen=True, slots=True)
class OwnFileView:
    """A file of the request."""

    label: str
    """Name of the paper."""
    name: str
    """File name."""
    address: str
    """Address at which it is opened; empty for what the municipality added, such as a photo of a visit."""


@dataclass(frozen=True, slots=True)
class OwnBillView:
    """A bill of the request."""

    title: str
    """Subject."""
    amount: str
    """Rials, grouped."""
    state: str
    """Its state, in words."""
    is_payable: bool
    """It is still to be paid."""
    was_paid: bool
    """Its money came, and there is a receipt."""
    deadline: str
    """The last day to pay, in words; empty without one."""
    bill_id: str
    """The bill id, digits."""
    payment_id: str
    """The payment id, digits."""


@dataclass(frozen=True, slots=True)
class RequestProgress:
    """Progress of a request, in words."""

    code: str
    """Its tracking code as machines write it."""
    service_title: str
    """Name of its service."""
    state_title: str
    """Name of its state."""
    phase: str
    """The phase itself, for the style sheet."""
    is_final: bool
    """It has ended."""
    needs_answer: bool
    """The next step is up to whoever looks."""
    holder: str
    """The unit whose turn it is; empty where it is none's."""
    due_at: str
    """Until when that unit acts, day and hour; empty without such a limit."""
    is_overdue: bool
    """Whether that moment has passed."""
    next_step: str
    """Next step."""
    reason: str
    """Reason for declining it; empty where it was not."""
    created_on: str
    """Time of its making, day and hour."""
    version_token: VersionToken
    """Goes with every form of the page."""


@dataclass(frozen=True, slots=True)
class OwnRequestView:
    """All that the page of an own request shows."""

    progress: RequestProgress
    """Progress."""
    question: QuestionView | None
    """Question of the officer; None where nothing is asked, or it cannot be answered here."""
    facts: Sequence[LabelledText]
    """Facts of its form, and those settled by steps."""
    represented: str
    """Person for whom it was made; empty: oneself."""
    timeline: Sequence[TimelineEntry]
    """Events, the newest first."""
    bills: Sequence[OwnBillView]
    """Its bills."""
    documents: Sequence[OwnFileView]
    """Its files."""
    missing_papers: Sequence[str]
    """Names of the papers still to come."""
    may_add_papers: bool
    """Papers may be added now."""
    printouts: Mapping[str, str]
    """Papers that can be printed: kind → title."""
    may_change: bool
    """Something of its form can be changed."""
    may_withdraw: bool
    """It can be given up."""
    may_rate: bool
    """It waits for its rating, or that can be corrected."""
    given_score: int | None
    """Rating, 1–5; None: not, or not yet."""
    may_reopen: bool
    """It was rated low and can be taken up again."""
    reopened_as: str
    """The tracking code of the request that takes it up again; empty without one."""


class OwnRequestViews:
    """Builds what citizens see of their requests."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._wording = dependencies.wording
        self._get_text = dependencies.catalogue.text
        self._timeline = Timeline(dependencies)
        self._question_views = QuestionViews(dependencies)

    async def build_view(
        self, uow: UnitOfWork, request: ServiceRequest, mobile: str, refused_form: RefusedForm | None = None
    ) -> OwnRequestView:
        """Return all of an own request, with an answer that was refused as it was typed."""
        service, actor = self._dependencies.engine.get_service(request.service), citizen_actor(mobile)
        documents = await uow.documents.list_of_request(request.id)
        events = await uow.history.list_of_request(request.id)
        rating = await uow.feedback.find_rating(request.id)
        context = ActorContext(self._dependencies, uow, actor)
        return OwnRequestView(
            progress=self.build_progress(request, mobile),
            question=await self._question_views.build_view(uow, request, actor, refused_form),
            facts=[*self._list_form_facts(service, request), *self._list_settled_facts(service, request)],
            represented=self._describe_represented(request),
            timeline=self._timeline.build_entries(request, events, actor),
            bills=[self._build_bill(bill) for bill in await list_request_bills(uow.bills, request)],
            documents=[self._build_document(service, request, entry) for entry in documents],
            missing_papers=[
                self._wording.paper_title(name)
                for name in await find_missing_papers(uow.documents, service.papers, request)
            ],
            may_add_papers=bool(list_open_papers(self._dependencies, request)),
            printouts=await list_printouts(context, request),
            may_change=bool(list_changeable_fields(self._dependencies, request, actor)),
            may_withdraw=self.may_take(request, Command.CANCEL, actor),
            may_rate=may_be_rated(self._dependencies, request),
            given_score=rating.score if rating else None,
            may_reopen=await may_citizen_reopen(context, request),
            reopened_as=REOPENED_AS.find(request) or "",
        )

    def build_progress(self, request: ServiceRequest, mobile: str) -> RequestProgress:
        """Return how far a request is, for the person with this mobile (+989…)."""
        service = self._dependencies.engine.get_service(request.service)
        unit = service.state_named(request.state).unit if not request.phase.is_final else None
        needs_answer = waits_for_citizen(service, request, mobile)
        due_at = find_answer_deadline(service, request)
        return RequestProgress(
            code=request.code,
            service_title=self._wording.service_title(request.service),
            state_title=self._wording.state_title(request),
            phase=Phase.NEEDS_CITIZEN.value if waits_for_papers(service, request) else request.phase.value,
            is_final=request.phase.is_final,
            needs_answer=needs_answer,
            holder=self._get_text(f"roles.{unit}") if unit and not needs_answer and not request.awaits else "",
            due_at=self._wording.describe_moment(due_at) if due_at else "",
            is_overdue=due_at is not None and due_at <= self._dependencies.clock.now(),
            next_step=self._describe_next(service, request, mobile),
            reason=self._wording.request_facts(request)["reason"] if request.phase is Phase.DECLINED else "",
            created_on=day_and_hour_text(request.created_at),
            version_token=request.version_token,
        )

    def may_take(self, request: ServiceRequest, citizen_command: Command, actor: Actor) -> bool:
        """Return whether a person may take a command of a request now."""
        return bool(list_command_steps(self._dependencies, request, citizen_command, actor))

    def _describe_next(self, service: Service, request: ServiceRequest, mobile: str) -> str:
        if request.awaits is None and waits_for_papers(service, request):
            return self._get_text("portal.request.next.papers")
        if request.awaits is None:
            return self._get_text(f"portal.request.next.{request.phase}")
        return self._get_text(f"portal.request.next.{'awaits_you' if request.awaits == mobile else 'awaits_other'}")

    def _list_form_facts(self, service: Service, request: ServiceRequest) -> list[LabelledText]:
        return [
            LabelledText(
                self._get_text(f"services.{service.key}.fields.{form_field.name}.label"),
                self._wording.render_page_value(form_field.type, form_field.name, value),
            )
            for form_field in service.form
            if (value := request.fields.get(form_field.name)) not in (None, "", [])
        ]

    def _list_settled_facts(self, service: Service, request: ServiceRequest) -> list[LabelledText]:
        stored_values = list_stored(request)
        return [
            LabelledText(
                self._get_text(f"kept.{field.name}"),
                self._wording.render_fact(field.type, field.name, stored_values[field.name]),
            )
            for field in service.stored_fields
            if field.is_for_citizen and stored_values.get(field.name)
        ]

    def _describe_represented(self, request: ServiceRequest) -> str:
        represented = REPRESENTED.find(request)
        if not represented:
            return ""
        return f"{represented['name']} ({self._get_text('web.request_form.relation.' + represented['relation'])})"

    def _build_document(self, service: Service, request: ServiceRequest, document: Document) -> OwnFileView:
        is_own = document.field in list_citizen_papers(service.papers)
        address = document_address(request.code, document.id) if is_own else ""
        return OwnFileView(self._wording.paper_title(document.field), document.name, address)

    def _build_bill(self, bill: Bill) -> OwnBillView:
        return OwnBillView(
            title=self._get_text(f"portal.request.bill.kinds.{bill.kind}"),
            amount=group_digits(bill.amount),
            state=self._get_text(f"portal.request.bill.states.{bill.state}"),
            is_payable=bill.state.is_payable,
            was_paid=bill.state.was_paid,
            deadline=deadline_day_text(bill.deadline) if bill.deadline else "",
            bill_id=bill.bill_id,
            payment_id=bill.payment_id,
        )
