"""A request as its page shows it to the staff: everything in words, and exactly the steps that this role may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from channels.admin.actors import actor_shown
from channels.admin.bills.bill_view import BillView, shown_bill
from channels.admin.bills.quote_view import QuoteView, shown_quote
from channels.admin.frame import Visit
from channels.admin.registries.registry_view import address
from channels.admin.requests.step_view import ActionForm, Opened, StepViews
from domain.actions.desk import Desk
from domain.actions.papers.printouts import printouts_for
from domain.actions.requests.assign import colleagues
from domain.actions.requests.reopen import REOPENED_AS, may_take_up
from domain.actions.staff.authorization import registry_right
from domain.blocks.charging import bills_of
from domain.blocks.papers_pending import lacking_of
from domain.fields.form import Field
from domain.language.service import Service
from domain.language.wording import day_and_hour
from domain.messages.records import OutboxMessage
from domain.people.person import StaffMember
from domain.registries.declarations import REGISTRIES
from domain.requests.documents import Document
from domain.requests.history import HistoryEvent, actor_of
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Role
from domain.values.identifiers import mobile_shown
from domain.values.version_token import VersionToken

MESSAGES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A label and its value in words. `link` leads to the registry's row that it names."""

    label: str
    value: str
    link: str | None = None

    @property
    def direction(self) -> str:
        """How the value runs: one without letters browsers would take for left-to-right, its hour before its day."""
        return "auto" if any(sign.isalpha() for sign in self.value) else "rtl"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the history: when, what, who, in which channel, and what was written about it."""

    at: str
    title: str
    who: str
    channel: str
    note: str | None


@dataclass(frozen=True, slots=True)
class RequestMessageView:
    """A text to somebody about the request, with what became of it."""

    to: str
    text: str
    state: str
    key: str
    at: str


@dataclass(frozen=True, slots=True)
class RequestHead:
    """What a request is, where it stands and who cares for it. `version` goes with every form of the page: who acts
    on an older page is told. `reopens` is the code of the request that this one takes up again, `reopened_as` of the
    one that takes this one up.
    """

    code: str
    shown_code: str
    title: str
    state: str
    phase: str
    final: bool
    version: VersionToken
    assignee: str | None
    mobile: str | None
    channel: str
    created: str
    unit: str | None
    erased: bool
    reopens: str | None
    reopened_as: str | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything that the page shows. `may_assign` are those to whom the visitor may give the request,
    `may_reopen` whether he may take it up again.
    """

    head: RequestHead
    form: Sequence[LabelledValue]
    facts: Sequence[LabelledValue]
    quote: QuoteView | None
    documents: Sequence[Document]
    missing: Sequence[str]
    papers: Mapping[str, str]
    bills: Sequence[BillView]
    messages: Sequence[RequestMessageView]
    history: Sequence[Happening]
    actions: Sequence[ActionForm]
    may_assign: Sequence[StaffMember]
    may_reopen: bool
    printouts: Mapping[str, str]

    def offers(self, form: str, visit: Visit, bill_id: str | None = None) -> bool:
        """Tell whether the page has this form for the visitor, of those that are no step's (`RefusedForm.name`)."""
        bill = next((one for one in self.bills if one.bill_id == bill_id), None)
        offered = {
            "assign": bool(self.may_assign),
            "attach": bool(self.papers) and not self.head.final and visit.may("requests.act"),
            "mobile": not self.head.erased and visit.may("requests.mobile"),
            "reopen": self.may_reopen,
            "slip": bill is not None and visit.may("payments.record"),
            "reverse": bill is not None and bill.reversible and visit.may("payments.reverse"),
            "refund": bill is not None and bill.payable_back and visit.may("refunds.pay"),
            "approve": bill is not None and bill.approval.open and visit.may("refunds.approve"),
        }
        return offered.get(form, False)


class RequestViews:
    """Builds the view of a request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._text = desk.catalogue.text
        self._steps = StepViews(desk)

    async def of(
        self, uow: UnitOfWork, request: ServiceRequest, visit: Visit, opened: Opened | None = None
    ) -> RequestView:
        """Return the view, with the form of a step that was refused as it was typed."""
        service = self._desk.engine.service(request.service)
        events, staff = await uow.history.of_request(request.id), await uow.people.all_staff()
        names = {one.username: one.full_name for one in staff}
        papers = service.documents.names if service.documents else ()
        unit = service.state(request.state).unit
        return RequestView(
            head=await self._head(uow, request, unit, names),
            form=self._facts(service, visit, service.form, request.fields),
            facts=self._facts(service, visit, service.kept, _unsaid(request)),
            quote=shown_quote(self._desk.catalogue, request.data["quote"]) if "quote" in request.data else None,
            documents=await uow.documents.of_request(request.id),
            missing=[self._paper(one) for one in await lacking_of(uow, service.documents, request)],
            papers={one: self._paper(one) for one in papers},
            bills=[await shown_bill(uow, self._desk, one, names, visit.actor) for one in await bills_of(uow, request)],
            messages=[self._message(one) for one in await self._messages(uow, request)],
            history=[self._happening(service, one, actor_of(one, events), names) for one in reversed(events)],
            actions=await self._steps.of(uow, request, visit, opened),
            may_assign=colleagues(self._desk, staff, visit.substitutes, [request], visit.actor)
            if visit.may("requests.act")
            else [],
            may_reopen=visit.may("requests.act") and await may_take_up(self._desk, uow, request, visit.actor),
            printouts=await printouts_for(self._desk, uow, request, visit.actor),
        )

    def taken(self, request: ServiceRequest, name: str) -> str | None:
        """Return in words that a step was taken, and what the request waits for now; None where no step is named so."""
        service, state = self._desk.engine.service(request.service), self._desk.wording.state(request)
        if not any(one.trigger is None for one in service.named(name)):
            return None
        facts = {"step": self._steps.title(service, name), "state": state}
        return self._desk.catalogue.render("admin.request.taken", facts)

    async def _head(
        self, uow: UnitOfWork, request: ServiceRequest, unit: Role | None, names: Mapping[str, str]
    ) -> RequestHead:
        wording = self._desk.wording
        return RequestHead(
            code=request.code,
            shown_code=tracking_codes.shown(request.code),
            title=wording.service(request.service),
            state=wording.state(request),
            phase=request.phase.value,
            final=request.phase.final,
            version=request.version_token,
            assignee=names.get(request.assignee, request.assignee) if request.assignee else None,
            mobile=mobile_shown(request.mobile) if request.mobile else None,
            channel=self._channel(request.channel),
            created=day_and_hour(request.created_at),
            unit=self._text(f"roles.{unit}") if unit else None,
            erased=request.erased_at is not None,
            reopens=(await uow.requests.get(request.parent_id)).code if request.parent_id else None,
            reopened_as=request.data.get(REOPENED_AS),
        )

    def _facts(
        self, service: Service, visit: Visit, wanted: Sequence[Field], values: Mapping[str, Any]
    ) -> list[LabelledValue]:
        """Return those of a form, or of what steps kept beside it, that are there."""
        base = f"services.{service.key}.fields.{{}}.label" if wanted is service.form else "kept.{}"
        return [
            LabelledValue(
                self._text(base.format(one.name)),
                self._desk.wording.fact(one.type, one.name, value),
                self._row(service, visit, one.name, value),
            )
            for one in wanted
            if (value := values.get(one.name)) not in (None, "", [])
        ]

    def _row(self, service: Service, visit: Visit, name: str, value: Any) -> str | None:
        """Return where the registry's row stands that a fact names, for who may see it."""
        registry = next((one.registry for one in service.references if one.field == name), None)
        if registry is None or not visit.may(registry_right(registry, "view")):
            return None
        return f"{address(REGISTRIES[registry])}?{urlencode({'q': value})}"

    async def _messages(self, uow: UnitOfWork, request: ServiceRequest) -> list[OutboxMessage]:
        return await uow.outbox.recent(request_id=request.id, limit=MESSAGES_SHOWN)

    def _message(self, message: OutboxMessage) -> RequestMessageView:
        at = message.sent_at or message.created_at
        state = self._text(f"admin.message_states.{message.state}")
        return RequestMessageView(
            mobile_shown(message.line), message.told, state, message.state.value, day_and_hour(at)
        )

    def _happening(
        self, service: Service, event: HistoryEvent, actor: str | None, names: Mapping[str, str]
    ) -> Happening:
        actor_said = actor_shown(self._desk.catalogue, actor, names)
        return Happening(
            day_and_hour(event.at), self._event(service, event), actor_said, self._channel(event.channel), event.note
        )

    def _event(self, service: Service, event: HistoryEvent) -> str:
        """Return what happened: the step's own title, the house's word for it, else where it led."""
        base = f"services.{service.key}"
        keys = (f"{base}.actions.{event.event}", f"admin.events.{event.event}", f"{base}.states.{event.to_state}")
        return self._text(next(key for key in keys if key in self._desk.catalogue))

    def _channel(self, channel: str) -> str:
        key = f"admin.channels.{channel}"
        return self._text(key) if key in self._desk.catalogue else channel

    def _paper(self, name: str) -> str:
        return self._text(f"choices.document.{name}")


def _unsaid(request: ServiceRequest) -> dict[str, Any]:
    """Return what a request keeps, but for what its form says already."""
    return {name: value for name, value in request.data.items() if request.fields.get(name) != value}
