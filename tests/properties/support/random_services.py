"""Services composed at random of the building blocks, as a stranger might declare them.

A service is a way from `submitted` to `finished` through blocks in any order (asking, pricing and paying, an officer's
visit, machines, a letter, an end by date), with ways out of it. Nothing here looks whether the order makes sense:
`check` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st

from domain.bills.bill import BillState
from domain.blocks.asking import CITIZENS, REASON, StoreReason, question_transitions
from domain.blocks.bookings import BookMachines, FreeMachines, HoldMachines, WithinMachineLimits
from domain.blocks.charging import (
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    RefundAll,
    payment_due_at,
)
from domain.blocks.fleet_choices import machine_choices
from domain.blocks.letters import (
    LETTER_DATE,
    LETTER_INPUTS,
    LETTER_NUMBER,
    LETTER_TOKEN,
    IssueLetter,
    LetterRegister,
    compute_closing_moment,
)
from domain.blocks.papers_pending import AnnouncePapers, DocumentsComplete
from domain.blocks.paying import payment_transitions
from domain.blocks.receipts import receipt_for_roles
from domain.blocks.visit_moving import visit_moving_step
from domain.blocks.visits import (
    OFFICER_MOBILE,
    OUTSIDE_HOURS,
    BookVisit,
    FreeOfficer,
    IsAssignedOfficer,
    StoreVisitReport,
    VisitDayReached,
    officer_choices,
    read_visit_start,
)
from domain.blocks.wanted_time import RequestedInFuture
from domain.fields.decimals import DecimalNumber, Length
from domain.fields.form import Field
from domain.fields.hours import Duration
from domain.fields.moments import Day, HourOfDay, Moment
from domain.fields.stored import StoredFields, stored_text
from domain.fields.types import Choice, Choices, FieldType, Identifier, Integer, Rials, Text
from domain.fields.work_items import WorkItems
from domain.language.form_changes import ChangeableFields
from domain.language.intents import Intent, Keyword, Topic
from domain.language.papers import ServicePapers
from domain.language.printouts import READER_ROLES, FactsPart, Printable, QuotedPart
from domain.language.service import (
    Command,
    Effect,
    Notice,
    Reminder,
    Service,
    State,
    StepContext,
    StoredMobile,
    Transition,
    Trigger,
)
from domain.language.stored_quote import QUOTE
from domain.language.summary_columns import SummaryColumns
from domain.requests.request import Phase
from domain.settings.service_rules import ServiceRule
from domain.tariffs.tariff import PricedSubject, Quantity, compute_quote
from domain.values.actors import Role
from domain.values.calendar import tehran_moment, to_tehran

KEY = "random_service"
KEYWORD = "فراسنجی"
"""A word that calls nothing else."""

MOST_MACHINES: ServiceRule[int] = ServiceRule(KEY, "random_most_machines", Integer(1, 10), 10, "Machines in a request.")
MOST_HOURS: ServiceRule[int] = ServiceRule(KEY, "random_most_hours", Integer(1, 24), 24, "Hours of one machine.")

WORK = "random_work"
UNIT_ROLES = (Role.CIVIL, Role.EXPERT, Role.TAXI_OFFICER)
REGISTER = LetterRegister("z", "z")
FIELD_TYPES: tuple[FieldType, ...] = (
    Text(20), Text(60), Integer(1, 9), Integer(0, 99_999), DecimalNumber(Decimal("0.5"), Decimal(90)),
    Length(Decimal("0.1"), Decimal(30)), Rials(), Day(), HourOfDay(), Moment(), Duration(9),
    Identifier("postal_code"), Identifier("plate"), Identifier("iban"), Choice("random_choice"),
    Choices("random_choice"),
)  # fmt: skip
BY_MESSAGE = frozenset({"sms", "telegram", "bale"})


@dataclass(frozen=True, slots=True)
class PriceRandomly(Effect):
    """Quote what the staff chose, by the tariff in force today."""

    makes_quote: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = (QUOTE,)
    required_inputs: ClassVar[frozenset[str]] = frozenset({"work"})

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the quote."""
        rows, policy = await context.uow.tariffs.list_of_service(KEY), context.policy
        wanted = [Quantity({"work": context.inputs["work"]}, 2)]
        today = to_tehran(context.now).date()
        quote = compute_quote(rows, wanted, today, step=policy.rounding_step, mode=policy.rounding_mode)
        QUOTE.write(context.request, quote)


@dataclass(frozen=True, slots=True)
class DayReckoner:
    """Reckons the end of a day of the form."""

    field_name: str

    def __call__(self, context: StepContext) -> datetime:
        """Return the midnight behind it."""
        last_day = date.fromisoformat(context.request.fields[self.field_name])
        return tehran_moment(last_day + timedelta(days=1), time(0))


@dataclass(slots=True)
class Sketch:
    """A service while it is composed."""

    draw: st.DrawFn
    form: list[Field] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    steps: list[Transition] = field(default_factory=list)
    printables: list[Printable] = field(default_factory=list)
    priced: bool = False
    visited: bool = False
    papers: ServicePapers | None = None
    settled_from: list[str] = field(default_factory=list)
    """States behind a payment."""

    def pick(self, *options: Any) -> Any:
        """Choose one; the first is the plainest."""
        return self.draw(st.sampled_from(options))

    def chance(self) -> bool:
        """Return whether something unusual is to be."""
        return self.draw(st.booleans())

    @property
    def unit(self) -> frozenset[Role]:
        """A unit of the staff."""
        return frozenset({self.pick(*UNIT_ROLES)})

    def state(self, name: str, phase: Phase, **changes: Any) -> str:
        """Add a state."""
        self.states[name] = State(name, phase, **changes)
        return name

    def step(self, name: str, start: str, end: str, *effects: Effect, **changes: Any) -> None:
        """Add a step of a unit, with a notice of its name."""
        whole = {"roles": self.unit, "notices": (Notice(name),), **changes}
        self.steps.append(Transition(name, (start,), end, effects=effects, **whole))


def ask(sketch: Sketch, state: str) -> str:
    """Let the staff ask the citizen."""
    sketch.state("needs_info", Phase.NEEDS_CITIZEN)
    names = tuple(one.name for one in sketch.form if not one.is_derived)
    changeable = (ChangeableFields(("needs_info",), names),) if sketch.chance() else ()
    sketch.steps += question_transitions(state, "declined", sketch.unit, changeable, sketch.papers)
    return state


def charge(sketch: Sketch, state: str) -> str:
    """Price it, and wait for the money."""
    sketch.priced = True
    for name in ("priced", "awaiting_payment"):
        sketch.state(name, Phase.NEEDS_PAYMENT)
    if sketch.chance():
        reminders = (Reminder("pay_soon", payment_due_at, lead_hours=12),)
        sketch.state("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=reminders)
    sketch.state("paid", Phase.IN_PROGRESS, unit=Role.CIVIL, sla_minutes=420)
    sketch.state("expired", Phase.CANCELLED)
    inputs = [Field("work", Choice(WORK), choices=("costly", "free"))]
    effects: list[Effect] = [PriceRandomly()]
    if sketch.chance():
        inputs += [Field("amount", Rials(), required=False), Field("reason", Text(), required=False, is_note=True)]
        effects.append(OverridePrice())
    sketch.step("price", state, "priced", *effects, inputs=tuple(inputs), notices=())
    sketch.steps += payment_transitions()
    sketch.printables.append(receipt_for_roles(frozenset({Role.CIVIL})))
    sketch.settled_from.append("paid")
    return "paid"


def visit(sketch: Sketch, state: str) -> str:
    """Send an officer."""
    sketch.visited = True
    reminders = (Reminder("visit_soon", read_visit_start, lead_hours=14),) if sketch.chance() else ()
    sketch.state("assigned", Phase.IN_PROGRESS, unit=Role.EXPERT, reminders=reminders)
    sketch.state("visited", Phase.IN_PROGRESS, unit=Role.EXPERT)
    inputs = (
        Field("officer", Choice(), find_choices=officer_choices), Field("visit", Moment()), OUTSIDE_HOURS,
    )  # fmt: skip
    sketch.step("assign", state, "assigned", BookVisit(), inputs=inputs, roles=frozenset({Role.EXPERT}))
    if sketch.chance():
        sketch.steps.append(visit_moving_step("assigned", StoredMobile(OFFICER_MOBILE)))
    report = (stored_text("report", Text(60)),)
    sketch.step(
        "report_visit", "assigned", "visited", StoreVisitReport(report), FreeOfficer(), inputs=report,
        guards=(IsAssignedOfficer(), VisitDayReached()), roles=frozenset({Role.EXPERT}),
    )  # fmt: skip
    return "visited"


def book(sketch: Sketch, state: str) -> str:
    """Book machines for the day that was asked for."""
    sketch.form += [Field("items", WorkItems()), Field("date", Day()), Field("start", HourOfDay())]
    sketch.state("held", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.state("scheduled", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.step("hold", state, "held", HoldMachines(), roles=frozenset({Role.CIVIL}))
    machine = Field("machine", Choices(), required=False, find_choices=machine_choices)
    sketch.step("schedule", "held", "scheduled", BookMachines(MOST_HOURS), inputs=(machine,))
    sketch.state("worked", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.step("complete", "scheduled", "worked", FreeMachines())
    return "worked"


def issue(sketch: Sketch, state: str) -> str:
    """Issue a letter of a register."""
    sketch.state("issued", Phase.IN_PROGRESS, unit=Role.CIVIL)
    guards = (BillsSettled(),) if sketch.chance() else ()
    sketch.step("issue", state, "issued", IssueLetter(REGISTER), inputs=LETTER_INPUTS, guards=guards)
    sketch.printables.append(
        Printable(
            "letter", frozenset({Role.CIVIL}) | READER_ROLES, (QuotedPart("letter_text"), FactsPart(("mobile",))),
            valid_states=("issued",), date_fact=LETTER_DATE.name, number_fact=LETTER_NUMBER.name,
            token_field=LETTER_TOKEN,
        )
    )  # fmt: skip
    return "issued"


def end_by_date(sketch: Sketch, state: str) -> str:
    """Let it end by itself, on a day of the form or after some days."""
    by_form = sketch.chance()
    if by_form:
        sketch.form.append(Field("last_day", Day()))
    sketch.state("in_effect", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.state("over", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.step("begin", state, "in_effect")
    reckon = DayReckoner("last_day") if by_form else compute_closing_moment
    sketch.step("end", "in_effect", "over", roles=frozenset(), trigger=Trigger.DEADLINE, reckon_deadline=reckon)
    return "over"


def pend_papers(sketch: Sketch, state: str) -> str:
    """Ask for papers, which may come later than the form."""
    sketch.papers = ServicePapers(("sketch", "deed"), lambda _: ("sketch",))
    sketch.state("complete_papers", Phase.IN_PROGRESS, unit=Role.CIVIL)
    sketch.step("take", state, "complete_papers", guards=(DocumentsComplete(sketch.papers),))
    return "complete_papers"


Block = Callable[[Sketch, str], str]
BLOCKS: Mapping[str, Block] = {
    "ask": ask, "charge": charge, "visit": visit, "book": book, "issue": issue, "end_by_date": end_by_date,
    "papers": pend_papers,
}  # fmt: skip


def add_fields(sketch: Sketch) -> None:
    """Add fields of any type to the form."""
    for number in range(sketch.pick(2, 1, 3, 4)):
        kind = sketch.pick(*FIELD_TYPES)
        choices = ("one", "two", "three") if isinstance(kind, Choice) else ()
        optional = sketch.chance() and sketch.chance()
        deferred = BY_MESSAGE if sketch.chance() and sketch.chance() and sketch.chance() else frozenset[str]()
        sketch.form.append(Field(f"field_{number}", kind, not optional, choices, deferred_in=deferred))
    if len(sketch.form) > 1 and sketch.chance() and sketch.form[1].name not in sketch.form[0].alternatives:
        first, second = sketch.form[:2]
        sketch.form[0] = Field(first.name, first.type, True, first.choices, alternatives=(second.name,))
        sketch.form[1] = Field(second.name, second.type, False, second.choices)
    if sketch.chance():
        sketch.form.append(Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_MESSAGE))


def add_ways_out(sketch: Sketch, way: list[str]) -> None:
    """Let it be declined by the staff, and cancelled by the citizen before and after a payment."""
    if sketch.chance() or "needs_info" in sketch.states:
        sketch.step("reject", "submitted", "declined", StoreReason(), inputs=(REASON,))
        sketch.state("declined", Phase.DECLINED)
    if not sketch.chance():
        return
    sketch.state("cancelled", Phase.CANCELLED)
    free = [*([FreeMachines()] if "held" in sketch.states else []), *([FreeOfficer()] if sketch.visited else [])]
    unpaid = [name for name in way if name not in behind_payment(way)]
    open_states = tuple([*unpaid, *(name for name in ("awaiting_payment",) if name in sketch.states)])
    roles, guards = CITIZENS | sketch.unit, (NoPaymentUnresolved(),)
    closing, notices = (CloseOpenBills(BillState.VOID), *free), (Notice("cancel"),)
    cancel = Transition(
        "cancel", open_states, "cancelled", roles, guards=guards, effects=closing, notices=notices,
        command=Command.CANCEL,
    )  # fmt: skip
    sketch.steps.append(cancel)
    if paid := behind_payment(way):
        effects = (CloseOpenBills(BillState.VOID), RefundAll(), *free)
        sketch.steps.append(replace(cancel, source_states=tuple(paid), guards=(), effects=effects))


def behind_payment(way: list[str]) -> list[str]:
    """Return the states of a way from the payment on."""
    return way[way.index("paid") :] if "paid" in way else []


@st.composite
def services(draw: st.DrawFn) -> Service:
    """A service composed of blocks in any order."""
    sketch = Sketch(draw)
    add_fields(sketch)
    sketch.state("submitted", Phase.RECEIVED, unit=Role.CIVIL, sla_minutes=sketch.pick(None, 420))
    block_names = draw(st.lists(st.sampled_from(sorted(BLOCKS)), min_size=0, max_size=4, unique=True))
    state, way = "submitted", ["submitted"]
    for name in block_names:
        state = BLOCKS[name](sketch, state)
        way += [one for one in sketch.states if one not in way and one not in {"needs_info", "expired"}]
    sketch.state("finished", Phase.DONE)
    sketch.step("finish", state, "finished", guards=(BillsSettled(),) if sketch.priced and sketch.chance() else ())
    add_ways_out(sketch, [name for name in way if name not in {"priced", "awaiting_payment"}])
    return build_service(sketch)


def build_service(sketch: Sketch) -> Service:
    """Return the service of a sketch."""
    asked = [one for one in sketch.form if not one.is_derived and one.required and "sms" not in one.deferred_in]
    intent = Intent(
        KEY, (KEYWORD,), required_slots=tuple(one.name for one in asked), topic=Topic(KEY), is_form=True,
        alternatives={one.name: one.alternatives for one in asked if one.alternatives},
    )  # fmt: skip
    works = bool({"items"} & {one.name for one in sketch.form})
    return Service(
        key=KEY, version=1, form=tuple(sketch.form), states=tuple(sketch.states.values()),
        transitions=tuple(sketch.steps), initial_state="submitted", keywords=(Keyword(intent),),
        summary=SummaryColumns((sketch.form[0].name,)), soap_operation="SubmitRandomService", papers=sketch.papers,
        submit_guards=(RequestedInFuture(), WithinMachineLimits(MOST_MACHINES, MOST_HOURS)) if works else (),
        rules=(MOST_MACHINES, MOST_HOURS) if works else (),
        submit_effects=(AnnouncePapers(sketch.papers),) if sketch.papers else (),
        printables=tuple(sketch.printables),
        priced_items=tuple(PricedSubject({"work": one}, "visit", (1,)) for one in ("costly", "free"))
        if sketch.priced
        else (),
        changeable=tuple(
            [ChangeableFields(("needs_info",), tuple(one.name for one in sketch.form))]
            if "needs_info" in sketch.states and sketch.chance()
            else []
        ),
    )  # fmt: skip
