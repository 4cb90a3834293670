"""The declaration language: a municipal service as data.

A `Service` says what is asked (form), which words start it (keywords), through which states it runs, who may take which
transition with what input, under which guards and with what effects, and what is told to whom. The engine (engine.py)
runs declarations, every channel is driven by them, and `check` proves them. A further service is one new file and
its texts; see docs/add-a-service.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from domain.fields.form import Field
from domain.fleet.resources import MachineWork
from domain.language.intents import Intent
from domain.language.printouts import Printable
from domain.registries.declarations import Reference
from domain.requests.request import Phase, ServiceRequest
from domain.settings.policy import Policy
from domain.tariffs.tariff import Priced
from domain.unit_of_work import Ids, UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.errors import DomainError, NotAllowedNow


@dataclass(slots=True)
class Context:
    """All that a guard or effect may look at or change while one transition is taken, inside one transaction.

    `inputs` are the transition's own values, already read. Effects change `request.fields` and `request.data`, add to
    `facts` (what the message may say, placeholder → text value as JSON) and to `record` (what the history keeps).
    """

    uow: "UnitOfWork"
    request: ServiceRequest
    inputs: dict[str, Any]
    actor: Actor
    now: datetime
    policy: Policy
    calendar: "WorkingCalendar"
    ids: "Ids"
    facts: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)


class Guard(ABC):
    """A condition on a transition. As a guard its failure refuses with an error; as `when` it chooses the
    transition.
    """

    requires_settled: ClassVar[bool] = False
    """Whether passing it means that no bill of the request is open (`check` follows this); there may be none yet."""
    requires_free: ClassVar[bool] = False
    """Whether passing it means that the charge was reckoned and is nothing."""
    foreseeable: ClassVar[bool] = False
    """Whether it looks at nothing that is typed into the step: then it is asked before the step is offered."""
    decides: ClassVar[tuple[str, bool] | None] = None
    """The question that it answers alone, and with which answer it holds; of two guards with both answers one holds."""
    tells: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    async def holds(self, ctx: Context) -> bool:
        """Tell whether the transition may be taken; one that only people meet may raise the reason itself."""

    def refusal(self, ctx: Context) -> DomainError:
        """Return the error that says why not."""
        return NotAllowedNow(detail="guard")


class Effect(ABC):
    """Something that happens with a transition, in its transaction. Network calls never do."""

    quotes: ClassVar[bool] = False
    """Whether it keeps a `Quote` by the tariff in the request, and does nothing else."""
    issues_bill: ClassVar[bool] = False
    settles: ClassVar[bool] = False
    """Whether it waives every open bill: that counts as paid."""
    voids: ClassVar[bool] = False
    """Whether it closes every open bill otherwise, as void or expired: that does not count as paid."""
    refunds: ClassVar[bool] = False
    """Whether everything that was paid goes back."""
    delivers: ClassVar[bool] = False
    """Whether it gives the citizen what was paid for (a letter). `check` follows these five along every way."""
    tells: ClassVar[frozenset[str]] = frozenset()  # facts that it gives to the messages of its step; a guard's too
    overrides: ClassVar[str | None] = None
    """The input by which somebody sets another price than the tariff's."""

    @abstractmethod
    async def apply(self, ctx: Context) -> None:
        """Do it, or raise a domain error: then nothing of the transition happens."""


class Command(StrEnum):
    """The citizen's commands that take a step of a running request, whatever the service calls that step."""

    CANCEL = "cancel"
    REPLY = "reply"
    CONFIRM = "confirm"
    DENY = "deny"


class Trigger(StrEnum):
    """What makes the system take a transition by itself; with a reversed payment a bill is open again."""

    AUTOMATIC = "automatic"
    BILL_SETTLED = "bill_settled"
    PAYMENT_REVERSED = "payment_reversed"
    DEADLINE = "deadline"


class Audience(StrEnum):
    """Who is told."""

    CITIZEN = "citizen"
    OPERATORS = "operators"
    OWNER_UNIT = "owner_unit"


@dataclass(frozen=True, slots=True)
class StoredMobile:
    """The mobile that the request keeps under this name in its data: a driver, an officer, a vehicle's owner."""

    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of a transition; `text` names it under `services.<service>.notices`."""

    text: str
    to: Audience | StoredMobile = Audience.CITIZEN


When = Callable[[Context], datetime | None]
"""Reckons a moment on entering a state; None: not this time."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message planned into the last open window before `event`, `lead_hours` earlier; its text names it."""

    text: str
    event: When
    lead_hours: int = 0
    to: Audience | StoredMobile = Audience.CITIZEN


@dataclass(frozen=True, slots=True)
class State:
    """A state with its phase. `unit` is whose queue it stands in, `sla_minutes` the working time it may take there.

    One of a final phase is left, if at all, for another of that phase; its `unit` hands something over (a letter).
    """

    name: str
    phase: Phase
    unit: Role | None = None
    sla_minutes: int | None = None
    reminders: tuple[Reminder, ...] = ()

    @property
    def turn(self) -> str | None:
        """Whose turn it is: the unit's, else what is waited for (the phase); None once nothing is left to do."""
        if self.phase.final:
            return f"{self.unit}:{self.phase}" if self.unit else None
        return str(self.unit or self.phase)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from any of `sources` to `target`.

    `roles` may take it by name, with `by_awaited` the person whose answer the request awaits (`request.awaits`), and
    with `by_kept` the one whose mobile the request keeps under that name (a driver for whom somebody else asked);
    `command` is the citizen's word for it. With a `trigger` the system takes it (and `deadline` reckons when).
    Transitions of the same name share inputs and roles; the first whose `when` holds is taken. `effects` run in
    order, then `notices` go.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset[Role] = frozenset()
    inputs: tuple[Field, ...] = ()
    when: Guard | None = None
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()
    trigger: Trigger | None = None
    deadline: When | None = None
    command: Command | None = None
    by_awaited: bool = False
    by_kept: str | None = None

    def note(self, inputs: Mapping[str, Any]) -> str | None:
        """Return what these inputs say in words about the step, for whoever reads the history."""
        return next((inputs[one.name] for one in self.inputs if one.note and one.name in inputs), None)


@dataclass(frozen=True, slots=True)
class Keyword:
    """Words that start this service in a conversation, with the form fields they already answer."""

    intent: Intent
    presets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a service knows of a form without asking: more values, and for some fields the choices that are left."""

    values: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Fill = Callable[["UnitOfWork", str | None, Mapping[str, Any]], Awaitable[Filled]]
"""Looks in the registries with the sender's mobile (+989…) and the values that people said so far.

It may raise a domain error that names the field which is wrong (a plate that nobody has): that field is asked again.
"""


Worked = Callable[[ServiceRequest], list[MachineWork]]
"""Tells what machines did for a request that is done."""


Concerning = Callable[["UnitOfWork", str], Awaitable[list[ServiceRequest]]]
"""Finds the open requests that somebody else made for the person with this mobile (+989…)."""


@dataclass(frozen=True, slots=True)
class LookupContext:
    """A look-up under way: the open unit, who asks (a mobile, or None), the values said, and what the rules need.

    `by` is the asker as the audit names it. A `brief` answer has to fit one text; another one may tell everything.
    """

    uow: "UnitOfWork"
    mobile: str | None
    values: Mapping[str, Any]
    now: datetime
    policy: Policy
    calendar: "WorkingCalendar"
    ids: "Ids"
    by: str
    brief: bool


Answer = tuple[str, Mapping[str, Any]]
"""One line of an answer: a text under `services.<service>.answers` and its facts."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question that makes no request. `answer` returns its lines, or raises a domain error; `answers` are the texts
    that they may be, so that each can be proved to be there.
    """

    intent: Intent
    form: tuple[Field, ...]
    answer: Callable[[LookupContext], Awaitable[list[Answer]]]
    answers: tuple[str, ...]
    soap_operation: str | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """How a service tells its prices: the command «تعرفه» finds it by the one field of `form` that is required.

    `answers` are the texts that the lines of `answer` may be.
    """

    form: tuple[Field, ...]
    answer: Callable[[LookupContext], Awaitable[list[Answer]]]
    answers: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The name of the required field."""
        return next(one.name for one in self.form if one.required)


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a service: `names` are all that may be added to a request (their words: `choices.document`),
    `required` tells from the form which must be there in the end. They may come later than the form, in any channel.
    `by_staff` are those that no citizen is asked for.
    """

    names: tuple[str, ...]
    required: Callable[[Mapping[str, Any]], tuple[str, ...]]
    by_staff: frozenset[str] = frozenset()

    @property
    def of_citizens(self) -> tuple[str, ...]:
        """The papers that a citizen may be asked for."""
        return tuple(name for name in self.names if name not in self.by_staff)


@dataclass(frozen=True, slots=True)
class Service:
    """One municipal service, whole. `on_submit` guards and `at_submit` effects belong to the first step. `version`
    moves by `state_map`: old version → {old state: state of the version after it}, states that it does not name keeping
    their names; `former` keeps what states those versions had, so that the maps can be proved. `subject` is the form
    field that names what a request is about, kept as its `subject_key`, `kind` the one that says of what kind it is.
    `may_reopen` looks at a finished request that shall be taken up again. `told` goes with the first message;
    `concerning` finds what others asked for somebody (a mobile), newest first. `printouts` are the papers that it
    prints, `priced` what its tariff may set a price for. Reports add up the `work` of machines. `kept` stands
    beside the form for the staff to read, in order; `references` tell which fields of either find a registry's row.
    """

    key: str
    version: int
    form: tuple[Field, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    initial: str
    keywords: tuple[Keyword, ...]
    soap_operation: str
    steps: int
    on_submit: tuple[Guard, ...] = ()
    at_submit: tuple[Effect, ...] = ()
    fill: Fill | None = None
    subject: str | None = None
    kind: str | None = None
    lookups: tuple[Lookup, ...] = ()
    prices: Prices | None = None
    documents: Papers | None = None
    state_map: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    former: Mapping[int, Mapping[str, Phase]] = field(default_factory=dict)
    rated: bool = True
    may_reopen: Guard | None = None
    told: tuple[Notice, ...] = ()
    concerning: Concerning | None = None
    printouts: tuple[Printable, ...] = ()
    work: Worked | None = None
    priced: tuple[Priced, ...] = ()
    kept: tuple[Field, ...] = ()
    references: tuple[Reference, ...] = ()

    def state(self, name: str) -> State:
        """Return a state by name; `KeyError` is a fault in the code or an unmigrated request."""
        return next(state for state in self.states if state.name == name)

    def field(self, name: str) -> Field | None:
        """Return a form field by name."""
        return next((one for one in self.form if one.name == name), None)

    def printout(self, kind: str) -> Printable | None:
        """Return the paper of that kind."""
        return next((one for one in self.printouts if one.kind == kind), None)

    def printout_texts(self, printable: Printable) -> str:
        """Return where the catalogue keeps the texts of one of its papers."""
        return printable.texts or f"services.{self.key}.printouts.{printable.kind}"

    def printout_label(self, printable: Printable, name: str) -> str:
        """Return the key of what a fact is called on one of its papers: as in the form, else as the paper says."""
        if self.field(name):
            return f"services.{self.key}.fields.{name}.label"
        return f"{self.printout_texts(printable)}.labels.{name}"

    def kind_of(self, fields: Mapping[str, Any]) -> str | None:
        """Return the kind that a filled form is of; None for a service of one kind, and while it is not said."""
        return fields.get(self.kind) if self.kind else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its requests; none where all are alike."""
        field = self.field(self.kind) if self.kind else None
        return field.choices if field else ()

    @property
    def units(self) -> frozenset[Role]:
        """The units in whose queues its requests stand."""
        return frozenset(state.unit for state in self.states if state.unit)

    @property
    def names(self) -> frozenset[str]:
        """Its key, and the topics that people name it by in a comment («taxi»), which it may share with others."""
        intents = [*(one.intent for one in self.keywords), *(one.intent for one in self.lookups)]
        return frozenset({self.key, *(one.service for one in intents if one.service)})

    def on_command(self, command: Command) -> tuple[Transition, ...]:
        """Return the transitions that a citizen's command takes."""
        return tuple(one for one in self.transitions if one.command is command)

    def named(self, action: str) -> tuple[Transition, ...]:
        """Return the transitions of that name."""
        return tuple(one for one in self.transitions if one.name == action)

    def leaving(self, state: str, trigger: Trigger | None = None) -> tuple[Transition, ...]:
        """Return the transitions out of a state that have this trigger (None: those that people take)."""
        return tuple(one for one in self.transitions if state in one.sources and one.trigger == trigger)
