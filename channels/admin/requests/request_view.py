"""A request as its page shows it to the staff: everything in words, and exactly the steps that this role may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.admin.actors import describe_actor
from channels.admin.bills.bill_view import BillView, build_bill_view
from channels.admin.bills.quote_view import QuoteView, build_quote_view
from channels.admin.frame import Visitor
from channels.admin.kept_forms import PresentState
from channels.admin.requests.fact_view import FactViews, LabelledValue
from channels.admin.requests.step_back_view import StepBackView, StepBackViews
from channels.admin.requests.step_view import OpenedStep, StepForm, StepViews
from channels.admin.service_notes import NoteView, build_note_views
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.submitting import REPRESENTED
from domain.actions.papers.printouts import list_printouts
from domain.actions.requests.assign import list_colleagues
from domain.actions.requests.described_changes import DescribedChange, describe_event_changes
from domain.actions.requests.notes import list_answering_members, may_write_note, write_mention
from domain.actions.requests.reopen import REOPENED_AS, may_staff_reopen
from domain.actions.walk_ins.mobile_correction import may_correct_mobile
from domain.authorization.request_policy import may_use_on_request
from domain.authorization.rights import Right
from domain.blocks.charging import REQUEST_SUBJECT, list_request_bills
from domain.blocks.papers_pending import find_missing_papers
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.language.service import Service
from domain.language.staff_notes import NoteSource
from domain.language.stored_quote import QUOTE
from domain.language.time_left import describe_time_left
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.messages.records import OutboxMessage
from domain.people.person import StaffMember
from domain.queues.queue import Sla, SlaMoments, assess_sla
from domain.requests.documents import Document
from domain.requests.history import HistoryEvent, find_actor
from domain.requests.notes import NOTE
from domain.requests.ports import DocumentRepository
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.identifiers import display_mobile
from domain.values.languages import join_list
from domain.values.text import persian_digits
from domain.values.version_token import VersionToken

MAX_MESSAGES = 50


@dataclass(frozen=True, slots=True)
class HistoryEventView:
    """An event of the history, in words."""

    happened_at: str
    """Day and hour in Tehran."""
    title: str
    """Event."""
    actor_name: str
    """Actor."""
    channel: str
    """Channel of the event."""
    note: str | None
    """Note about it; None where nothing was."""
    changes: Sequence[DescribedChange]
    """Changes in the form; nothing, unless it was that."""
    is_note: bool
    """It is what colleagues wrote to each other."""


@dataclass(frozen=True, slots=True)
class RequestMessageView:
    """A text about the request, with what became of it."""

    recipient: str
    """A mobile as people write it, or a chat."""
    text: str
    """As the staff may read it."""
    state: str
    """Name of its state."""
    state_key: str
    """The state itself, for the style sheet."""
    sent_at: str
    """Day and hour in Tehran; of one that was not sent, when it was made."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """Head of a request's page: the request, its state and who takes care of it, in words."""

    code: str
    """Its tracking code as machines write it."""
    title: str
    """Name of its service."""
    state: str
    """Name of its state."""
    phase: str
    """The phase itself, for the style sheet."""
    is_final: bool
    """It has ended."""
    version_token: VersionToken
    """Goes with every form of the page: who acts on an older page is refused."""
    assignee: str | None
    """By name; None while it is nobody's."""
    mobile: str | None
    """As people write it (09…); None where it has none, or it was erased."""
    unverified_mobile: str | None
    """The one that was typed and is not proved yet, as people write it; None where none waits for that."""
    represented: str | None
    """Person for whom its citizen asks, in words; None: himself."""
    channel: str
    """The way by which it came."""
    created_at: str
    """Day and hour in Tehran."""
    unit: str | None
    """Name of the unit whose turn it is; None where it is none's."""
    time_left: str
    """Time left to its unit, or since when it is late, in words; empty where nothing says that."""
    urgency: Sla | None
    """Nearness of the end of that; None where there is none."""
    is_erased: bool
    """Its personal data was erased."""
    reopens: str | None
    """Tracking code of the request that this one takes up again; None without one."""
    reopened_as: str | None
    """Tracking code of the request that takes this one up again; None without one."""


@dataclass(frozen=True, slots=True)
class MobileView:
    """The citizen's mobile, as far as it is about to change."""

    may_correct: bool
    """Whether the visitor may enter another one now."""
    note: str | None
    """Note about another mobile that awaits a second person, or to which the old one objects; None: neither."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything that the page of a request shows to one visitor."""

    head: RequestHead
    """Request, and its state."""
    form_facts: Sequence[LabelledValue]
    """Facts of its form."""
    unreviewed_changes: str
    """Changes by its citizen since the staff's last step, in words; empty where nothing was."""
    recorded_facts: Sequence[LabelledValue]
    """Facts stored by steps beside the form."""
    review_notes: Sequence[NoteView]
    """Notes for whoever decides about it; none once it has ended."""
    quote: QuoteView | None
    """Reckoning of its amount; None while it has no price."""
    documents: Sequence[Document]
    """The files that it has."""
    missing: Sequence[str]
    """Names of the papers still to come."""
    paper_titles: Mapping[str, str]
    """Papers that may be added: name → what it is called."""
    bills: Sequence[BillView]
    """The request's, with what moved on each."""
    messages: Sequence[RequestMessageView]
    """Messages sent about it, the newest first, at most `MAX_MESSAGES`."""
    events: Sequence[HistoryEventView]
    """Events, the newest first."""
    named_members: Mapping[str, str]
    """Members that a note may name, but for its author: how that is written → what they are called."""
    may_write_note: bool
    """This visitor may write a note about it."""
    step_forms: Sequence[StepForm]
    """The steps that this visitor may take now."""
    assignable_members: Sequence[StaffMember]
    """Members to whom this visitor may give it; empty where they may not."""
    may_attach: bool
    """This visitor may add papers to it while it runs."""
    mobile: MobileView
    """Whether its mobile may be corrected, and what is open about that."""
    may_reopen: bool
    """This visitor may take it up again now."""
    may_resend_bill: bool
    """This visitor may have the text of its open bill sent again."""
    step_back: StepBackView | None
    """Taking back its last step, or the reason why it cannot be; None where there is nothing to say of that."""
    printouts: Mapping[str, str]
    """Papers that this visitor may print: kind → title."""

    @property
    def history(self) -> list[HistoryEventView]:
        """Its events, the newest first, without the notes."""
        return [event for event in self.events if not event.is_note]

    @property
    def notes(self) -> list[HistoryEventView]:
        """Notes of colleagues to each other about it, the newest first."""
        return [event for event in self.events if event.is_note]

    @property
    def has_open_step(self) -> bool:
        """Whether a step stands open that somebody began: the one that the request waits for makes room for it."""
        return any(step_form.was_refused for step_form in self.step_forms)

    def offers_step(self, step_name: str) -> bool:
        """Return whether this visitor may take that step now."""
        return any(step_form.name == step_name and not step_form.obstacle for step_form in self.step_forms)

    def list_bills_to_settle(self, visitor: Visitor) -> list[BillView]:
        """Return the open bills for which this visitor records money: that is what is done here first."""
        return [bill for bill in self.bills if bill.is_payable and visitor.may(Right.PAYMENTS_RECORD)]

    def offers_form(self, form_name: str, visitor: Visitor, bill_id: str | None = None) -> bool:
        """Return whether the page has this form for the visitor, of those that are no step's (`RefusedForm.name`)."""
        bill = next((candidate for candidate in self.bills if candidate.bill_id == bill_id), None)
        offered_forms = {
            "assign": bool(self.assignable_members),
            "attach": bool(self.paper_titles) and not self.head.is_final and self.may_attach,
            "mobile": not self.head.is_erased and self.mobile.may_correct,
            "reopen": self.may_reopen,
            "resend": self.may_resend_bill,
            "note": self.may_write_note,
            "step_back": self.step_back is not None and self.step_back.obstacle is None,
            "slip": bill is not None and visitor.may(Right.PAYMENTS_RECORD),
            "reverse": bill is not None and bill.is_reversible and visitor.may(Right.PAYMENTS_REVERSE),
            "refund": bill is not None and bill.may_refund and visitor.may(Right.REFUNDS_PAY),
            "approve": bill is not None and bill.approval.may_approve and visitor.may(Right.REFUNDS_APPROVE),
        }
        return offered_forms.get(form_name, False)


class RequestViews:
    """Builds the view of a request."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._get_text = dependencies.catalogue.text
        self._step_views = StepViews(dependencies)
        self._facts = FactViews(dependencies)
        self._step_backs = StepBackViews(dependencies, self._step_views)

    async def build_request_view(
        self, context: ActorContext, request: ServiceRequest, visitor: Visitor, opened_step: OpenedStep | None = None
    ) -> RequestView:
        """Return the view, with the form of a step that was refused as it was typed."""
        service, uow = self._dependencies.engine.get_service(request.service), context.uow
        events, staff_members = await uow.history.list_of_request(request.id), await uow.people.list_staff()
        member_names = {entry.username: entry.full_name for entry in staff_members}
        return RequestView(
            head=await self._build_head(uow, request, service.state_named(request.state).unit, member_names),
            form_facts=self._facts.list_facts(service, visitor, service.form, request.fields),
            unreviewed_changes=self._describe_unreviewed(service, request),
            recorded_facts=self._facts.list_recorded_facts(service, visitor, request),
            review_notes=await self._find_review_notes(uow, service, request),
            quote=self._build_quote(request),
            documents=await uow.documents.list_of_request(request.id),
            missing=await self._list_missing_papers(uow.documents, service, request),
            paper_titles=service.papers.title_papers(self._get_text) if service.papers else {},
            bills=await self._build_bill_views(uow, request, member_names, visitor),
            messages=[self._build_message(entry) for entry in await self._load_messages(uow, request)],
            events=self._build_history(service, events, member_names),
            named_members=self._list_named(service, request, staff_members, visitor),
            may_write_note=may_write_note(service, request, visitor.actor),
            step_forms=await self._step_views.build_step_forms(uow, request, visitor, opened_step),
            assignable_members=self._list_assignable_members(request, staff_members, visitor),
            may_attach=may_use_on_request(Right.REQUESTS_ATTACH, service, request, visitor.actor),
            mobile=await self._build_mobile_view(uow, request, member_names, visitor),
            may_reopen=await may_staff_reopen(context, request),
            may_resend_bill=may_use_on_request(Right.BILLS_RESEND, service, request, visitor.actor),
            step_back=await self._step_backs.build_view(uow, request, events, visitor.actor),
            printouts=await list_printouts(context, request),
        )

    async def _list_missing_papers(
        self, documents: DocumentRepository, service: Service, request: ServiceRequest
    ) -> list[str]:
        return [self._label_paper(entry) for entry in await find_missing_papers(documents, service.papers, request)]

    async def _build_mobile_view(
        self, uow: UnitOfWork, request: ServiceRequest, member_names: Mapping[str, str], visitor: Visitor
    ) -> MobileView:
        may_correct = await may_correct_mobile(ActorContext(self._dependencies, uow, visitor.actor), request)
        change = await uow.mobile_changes.find_last(REQUEST_SUBJECT, request.id)
        if change is None or not (change.is_waiting or change.objected_at):
            return MobileView(may_correct, None)
        facts = {
            "who": describe_actor(self._dependencies.catalogue, change.proposed_by, member_names),
            "at": self._dependencies.wording.describe_moment(change.objected_at or change.proposed_at),
            "mobile": persian_digits(display_mobile(change.new_mobile)),
        }
        text_key = "admin.request.mobile_objected" if change.objected_at else "admin.request.mobile_waits"
        return MobileView(may_correct, self._dependencies.catalogue.render(text_key, facts))

    def _list_named(
        self, service: Service, request: ServiceRequest, staff_members: Sequence[StaffMember], visitor: Visitor
    ) -> dict[str, str]:
        answering_members = list_answering_members(service, request, staff_members, visitor.substitutions)
        own_username = visitor.member.username
        others = [entry for entry in answering_members if entry.username != own_username]
        return {write_mention(entry, staff_members): entry.full_name for entry in others}

    def _build_history(
        self, service: Service, events: Sequence[HistoryEvent], member_names: Mapping[str, str]
    ) -> list[HistoryEventView]:
        return [
            self._build_event_view(service, event, find_actor(event, events), member_names)
            for event in reversed(events)
        ]

    def describe_taken_step(self, request: ServiceRequest, step_name: str) -> str | None:
        """Return in words that a step was taken, and what the request waits for now; None where no step is named so."""
        service, state = (
            self._dependencies.engine.get_service(request.service),
            self._dependencies.wording.state_title(request),
        )
        if not any(transition.trigger is None for transition in service.steps_named(step_name)):
            return None
        facts = {"step": self._step_views.describe_step(service, step_name), "state": state}
        return self._dependencies.catalogue.render("admin.request.taken", facts)

    async def _find_review_notes(
        self, uow: UnitOfWork, service: Service, request: ServiceRequest
    ) -> Sequence[NoteView]:
        find_notes = service.staff_notes.find_review_notes
        if find_notes is None or request.phase.is_final:
            return ()
        source = NoteSource(uow, self._dependencies.policy, self._dependencies.clock.now())
        return build_note_views(self._dependencies.catalogue, service.key, await find_notes(source, request))

    def _build_quote(self, request: ServiceRequest) -> QuoteView | None:
        quote = QUOTE.find(request)
        return build_quote_view(self._dependencies.catalogue, quote) if quote is not None else None

    async def _build_bill_views(
        self, uow: UnitOfWork, request: ServiceRequest, member_names: Mapping[str, str], visitor: Visitor
    ) -> list[BillView]:
        return [
            await build_bill_view(ActorContext(self._dependencies, uow, visitor.actor), bill, member_names)
            for bill in await list_request_bills(uow.bills, request)
        ]

    def _list_assignable_members(
        self, request: ServiceRequest, staff_members: Sequence[StaffMember], visitor: Visitor
    ) -> Sequence[StaffMember]:
        """Return those to whom the visitor may give the request."""
        return list_colleagues(self._dependencies, staff_members, visitor.substitutions, [request], visitor.actor)

    async def _build_head(
        self, uow: UnitOfWork, request: ServiceRequest, unit_role: Role | None, member_names: Mapping[str, str]
    ) -> RequestHead:
        wording, unverified_mobile = self._dependencies.wording, request.unverified_mobile
        urgency, time_left = self._assess_time(request)
        return RequestHead(
            code=request.code,
            title=wording.service_title(request.service),
            state=wording.state_title(request),
            phase=request.phase.value,
            is_final=request.phase.is_final,
            version_token=request.version_token,
            assignee=member_names.get(request.assignee, request.assignee) if request.assignee else None,
            mobile=display_mobile(request.mobile) if request.mobile else None,
            unverified_mobile=display_mobile(unverified_mobile) if unverified_mobile else None,
            represented=self._describe_represented(request),
            channel=self._label_channel(request.channel),
            created_at=day_and_hour_text(request.created_at),
            unit=self._get_text(f"roles.{unit_role}") if unit_role else None,
            time_left=time_left,
            urgency=urgency,
            is_erased=request.erased_at is not None,
            reopens=(await uow.requests.get(request.parent_id)).code if request.parent_id else None,
            reopened_as=REOPENED_AS.find(request),
        )

    def _assess_time(self, request: ServiceRequest) -> tuple[Sla | None, str]:
        dependencies, now = self._dependencies, self._dependencies.clock.now()
        urgency = assess_sla(request, SlaMoments.from_calendar(now, dependencies.calendar))
        if urgency is None or request.due_at is None:
            return None, ""
        return urgency, describe_time_left(dependencies.catalogue, dependencies.calendar, request.due_at, now)

    def _describe_represented(self, request: ServiceRequest) -> str | None:
        represented = REPRESENTED.find(request)
        if not represented:
            return None
        return f"{represented['name']} ({self._get_text('web.request_form.relation.' + represented['relation'])})"

    def _describe_unreviewed(self, service: Service, request: ServiceRequest) -> str:
        changed_names = UNREVIEWED_CHANGES.find(request) or ()
        return join_list(self._get_text(f"services.{service.key}.fields.{name}.label") for name in changed_names)

    async def _load_messages(self, uow: UnitOfWork, request: ServiceRequest) -> list[OutboxMessage]:
        return await uow.outbox.list_recent(request_id=request.id, limit=MAX_MESSAGES)

    def _build_message(self, message: OutboxMessage) -> RequestMessageView:
        sent_at = message.sent_at or message.created_at
        state = self._get_text(f"admin.message_states.{message.state}")
        return RequestMessageView(
            display_mobile(message.correspondent),
            message.staff_text,
            state,
            message.state.value,
            day_and_hour_text(sent_at),
        )

    def _build_event_view(
        self, service: Service, event: HistoryEvent, actor: str | None, member_names: Mapping[str, str]
    ) -> HistoryEventView:
        actor_name = describe_actor(self._dependencies.catalogue, actor, member_names)
        return HistoryEventView(
            day_and_hour_text(event.at),
            self._title_event(service, event),
            actor_name,
            self._label_channel(event.channel),
            event.note,
            describe_event_changes(self._dependencies.wording, service, event),
            event.event == NOTE,
        )

    def _title_event(self, service: Service, event: HistoryEvent) -> str:
        """Return what happened: the step's own title, the organisation's term for it, else where it led."""
        prefix = f"services.{service.key}"
        keys = (f"{prefix}.actions.{event.event}", f"admin.events.{event.event}", f"{prefix}.states.{event.to_state}")
        return self._get_text(next(key for key in keys if key in self._dependencies.catalogue))

    def _label_channel(self, channel: str) -> str:
        keys = (f"admin.channels.{channel}", f"admin.acting_channels.{channel}")
        return self._dependencies.catalogue.first_text(*keys, fallback=channel)

    def _label_paper(self, paper_name: str) -> str:
        return self._get_text(f"choices.document.{paper_name}")


def build_present_state(catalogue: Catalogue, request_view: RequestView, *, may_send: bool) -> PresentState:
    """Return its state, what was done last and by whom, and what steps stored; `may_send`: what was written may still
    be sent in view of that.
    """
    last_event = request_view.history[0]
    facts = [
        (catalogue.text("admin.sheets.present_state"), request_view.head.state),
        (last_event.title, f"{last_event.happened_at}، {last_event.actor_name}"),
        *((fact.label, fact.value) for fact in request_view.recorded_facts),
    ]
    return PresentState(facts, request_view.head.version_token.text, may_send)
