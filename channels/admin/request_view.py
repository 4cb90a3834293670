"""A request as its page shows it to the staff: everything in words, and exactly the steps that this role may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.admin.actors import actor_shown
from channels.admin.bill_view import ShownBill, shown_bill
from channels.admin.frame import Visit
from channels.admin.priced_things import thing_named
from channels.admin.step_view import ActionForm, Opened, StepViews
from domain import tracking
from domain.accounts import Document, StaffMember
from domain.actions.assign import colleagues
from domain.actions.desk import Desk
from domain.actions.printouts import printouts_for
from domain.charging import bills_of
from domain.documents import lacking_of
from domain.errors import DomainError
from domain.field_types import number_text
from domain.forms import Field
from domain.history import HistoryEvent, actor_of
from domain.lifecycle import Service
from domain.outgoing import OutboxMessage
from domain.people import Role, mobile_shown
from domain.personal_data import WORDS_OF_QUOTE
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest
from domain.tariffs import Quote
from domain.text import grouped, persian_digits
from domain.wording import FACTS, day_and_hour, last_day

MESSAGES_SHOWN = 50

SHOWN_DATA = (
    "question", "machine", "operator", "booked_start", "booked_end", "handed_over_at", "hours_done", "officer_name",
    "visit_start", "visited_at", "report", "area", "letter_number", "letter_date", "letter_text", "payment_deadline",
    "reason",
)  # fmt: skip
"""What transitions kept that the staff read, in this order; a service's own further facts come behind."""

_MOMENTS = frozenset({"booked_end", "handed_over_at", "visited_at"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value in words."""

    label: str
    value: str

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
class ShownMessage:
    """A text to somebody about the request, with what became of it."""

    to: str
    text: str
    state: str
    key: str
    at: str


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A line of the price: for what, how much of it, the rate, the amount."""

    what: str
    units: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """The price, line by line."""

    rows: Sequence[QuoteRow]
    vat: str
    total: str
    override: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What a request is, where it stands and who cares for it. `revision` goes with every form of the page: who acts
    on an older page is told.
    """

    code: str
    shown_code: str
    title: str
    state: str
    phase: str
    final: bool
    revision: int
    assignee: str | None
    mobile: str | None
    channel: str
    created: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything that the page shows. `may_assign` are those to whom the visitor may give the request."""

    head: Head
    form: Sequence[Fact]
    facts: Sequence[Fact]
    quote: ShownQuote | None
    documents: Sequence[Document]
    missing: Sequence[str]
    papers: Mapping[str, str]
    bills: Sequence[ShownBill]
    messages: Sequence[ShownMessage]
    history: Sequence[Happening]
    actions: Sequence[ActionForm]
    may_assign: Sequence[StaffMember]
    printouts: Mapping[str, str]

    def offers(self, form: str, visit: Visit, bill_id: str | None = None) -> bool:
        """Tell whether the page has this form for the visitor, of those that are no step's (`Refused.form`)."""
        bill = next((one for one in self.bills if one.bill_id == bill_id), None)
        match form:
            case "assign":
                return bool(self.may_assign)
            case "attach":
                return bool(self.papers) and not self.head.final and visit.may("requests.act")
            case "mobile":
                return not self.head.final and visit.may("requests.mobile")
            case "slip":
                return bill is not None and visit.may("payments.record")
            case "refund":
                return bill is not None and bill.refund is not None and visit.may("refunds.pay")
        return False


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the page that is no step's (`assign`, `attach`, `mobile`, `slip`, `refund`; a service may have steps of
    these names) and was refused: what was typed, and why.
    """

    form: str
    typed: Mapping[str, str]
    error: DomainError


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
            head=self._head(request, unit, names),
            form=self._form(service, request),
            facts=self._facts(service, request),
            quote=self._quote(request),
            documents=await uow.documents.of_request(request.id),
            missing=[self._paper(one) for one in await lacking_of(uow, service.documents, request)],
            papers={one: self._paper(one) for one in papers},
            bills=[await shown_bill(uow, self._desk.catalogue, one, names) for one in await bills_of(uow, request)],
            messages=[self._message(one) for one in await self._messages(uow, request)],
            history=[self._happening(service, one, actor_of(one, events), names) for one in reversed(events)],
            actions=await self._steps.of(uow, request, visit, opened),
            may_assign=colleagues(self._desk, staff, visit.substitutes, [request], visit.actor)
            if visit.may("requests.act")
            else [],
            printouts=await printouts_for(self._desk, uow, request, visit.actor),
        )

    def taken(self, request: ServiceRequest, name: str) -> str | None:
        """Return in words that a step was taken, and what the request waits for now; None where no step is named so."""
        service, state = self._desk.engine.service(request.service), self._desk.wording.state(request)
        if not any(one.trigger is None for one in service.named(name)):
            return None
        facts = {"step": self._steps.title(service, name), "state": state}
        return self._desk.catalogue.render("admin.request.taken", facts)

    def _head(self, request: ServiceRequest, unit: Role | None, names: Mapping[str, str]) -> Head:
        wording = self._desk.wording
        return Head(
            code=request.code,
            shown_code=tracking.shown(request.code),
            title=wording.service(request.service),
            state=wording.state(request),
            phase=request.phase.value,
            final=request.phase.final,
            revision=request.revision,
            assignee=names.get(request.assignee, request.assignee) if request.assignee else None,
            mobile=mobile_shown(request.mobile) if request.mobile else None,
            channel=self._channel(request.channel),
            created=day_and_hour(request.created_at),
            unit=self._text(f"roles.{unit}") if unit else None,
        )

    def _form(self, service: Service, request: ServiceRequest) -> list[Fact]:
        given = request.fields
        return [
            Fact(self._text(f"services.{service.key}.fields.{one.name}.label"), self._value(one, given[one.name]))
            for one in service.form
            if one.name in given and given[one.name] is not None
        ]

    def _value(self, field: Field, value: Any) -> str:
        return field.type.show(value, self._text)

    def _facts(self, service: Service, request: ServiceRequest) -> list[Fact]:
        data = request.data
        return [
            Fact(self._text(f"admin.data.{name}"), self._datum(name, data[name]))
            for name in SHOWN_DATA
            if data.get(name) not in (None, "", [])
        ]

    def _datum(self, name: str, value: Any) -> str:
        if name in _MOMENTS:
            return day_and_hour(value)
        if name == "payment_deadline":
            return last_day(datetime.fromisoformat(value))  # as the citizen is told
        if name == "hours_done":
            return "، ".join(number_text(one) for one in value)
        choice = f"choices.{name}.{value}"
        if choice in self._desk.catalogue:
            return self._text(choice)
        return FACTS[name](value) if name in FACTS else persian_digits(str(value)) if name == "area" else str(value)

    def _quote(self, request: ServiceRequest) -> ShownQuote | None:
        stored = request.data.get("quote")
        if stored is None:
            return None
        quote = Quote.from_json({WORDS_OF_QUOTE: None, **stored})
        rows = [
            QuoteRow(
                thing_named(self._desk.catalogue, line.dimensions, line.unit),
                f"{number_text(line.units)} × {number_text(line.count)}",
                grouped(line.rate),
                grouped(line.amount),
            )
            for line in quote.lines
        ]
        override = quote.reason if quote.override is not None else None
        return ShownQuote(rows, grouped(quote.vat), grouped(quote.total), override)

    async def _messages(self, uow: UnitOfWork, request: ServiceRequest) -> list[OutboxMessage]:
        return await uow.outbox.recent(request_id=request.id, limit=MESSAGES_SHOWN)

    def _message(self, message: OutboxMessage) -> ShownMessage:
        at = message.sent_at or message.created_at
        state = self._text(f"admin.message_states.{message.state}")
        return ShownMessage(mobile_shown(message.line), message.told, state, message.state.value, day_and_hour(at))

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
