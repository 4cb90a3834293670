"""The declaration language: a service as data (docs/add-a-service.md), run by the engine and proved by `check`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Generic

from domain.fields.form import Field
from domain.fields.stored import StoredField, StoredFields
from domain.language.finders import ConcerningFinder, FormFiller, MachineWorkLister, SummaryFact
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection, derive_sections
from domain.language.intents import Intent, Keyword
from domain.language.locks import Lock
from domain.language.lookups import Lookup, PriceLookup
from domain.language.message_links import LinkKind
from domain.language.papers import ServicePapers
from domain.language.printouts import Printable
from domain.language.staff_notes import StaffNotes
from domain.language.step_before import StepBefore
from domain.language.summary_columns import SummaryColumns
from domain.language.visit_preferences import VisitPreferences
from domain.registries.declarations import Reference
from domain.requests.request import Phase, ServiceRequest
from domain.settings.policy import Policy
from domain.settings.service_rules import ServiceRule
from domain.tariffs.tariff import PricedSubject
from domain.unit_of_work import IdGenerator, UnitT_co
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.errors import DomainError, NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.reasons.bases import ErrorReason


@dataclass(slots=True)
class StepContext(Generic[UnitT_co]):
    """All that a guard or effect may look at or change while one transition is taken, inside one transaction."""

    uow: UnitT_co
    """The open unit; all of it is one transaction."""
    request: ServiceRequest
    """Effects change its `fields` and `data`; state and phase are the engine's."""
    inputs: dict[str, Any]
    """The transition's own values, already read."""
    actor: Actor
    """Actor of the step, in which role and channel."""
    now: datetime
    """The moment of the step, in UTC."""
    policy: Policy
    """The municipality's rules in force."""
    calendar: "WorkingCalendar"
    """Working days and hours in force."""
    ids: "IdGenerator"
    """Source of new ids and tokens."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Facts for the messages of the step: placeholder → value as JSON. Effects add to it."""
    history_facts: dict[str, Any] = field(default_factory=dict)
    """Facts that the history keeps of the step, as JSON. Effects add to it."""
    provided_papers: frozenset[str] = frozenset()
    """The papers that came with the form of a new request."""


class Guard(ABC):
    """A condition on a transition: as a guard its failure refuses with an error, as `condition` it chooses the step."""

    is_foreseeable: ClassVar[bool] = False
    """Whether it looks at nothing that is typed into the step: then it is asked before the step is offered."""
    decided_question: ClassVar[tuple[str, bool] | None] = None
    """The question that it answers alone, and with which answer it holds; of two guards with both answers one holds."""
    provides: ClassVar[frozenset[str]] = frozenset()
    """Facts that it gives to the messages of its step."""
    required_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the form without whose values it cannot be asked."""
    required_data: ClassVar[StoredFields] = ()
    """Stored fields that the request must have by then (`Effect.stores`), or it cannot be asked."""
    locks: ClassVar[tuple[Lock, ...]] = ()
    """Locks that the step holds before any guard is asked; one that reads rows of others needs one (`check`)."""

    @abstractmethod
    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether the transition may be taken; one that only people meet may raise the reason itself."""

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the error that says why not."""
        return NotAllowedNow(reason=NotAllowedReason.GUARD)


class Effect(ABC):
    """Something that happens with a transition, in its transaction. Network calls never do."""

    makes_quote: ClassVar[bool] = False
    """Whether it keeps a `Quote` by the tariff in the request, and does nothing else."""
    issues_bill: ClassVar[bool] = False
    """Whether it makes a bill that is to be paid."""
    settles_bills: ClassVar[bool] = False
    """Whether it waives every open bill: that counts as paid."""
    voids_bills: ClassVar[bool] = False
    """Whether it closes every open bill otherwise, as void or expired: that does not count as paid."""
    refunds_payments: ClassVar[bool] = False
    """Whether everything that was paid goes back."""
    delivers_result: ClassVar[bool] = False
    """Whether it gives the citizen what was paid for (a letter). `check` follows these five along every way."""
    provides: ClassVar[frozenset[str]] = frozenset()
    """Facts that it gives to the messages of its step."""
    override_input: ClassVar[str | None] = None
    """The input by which somebody sets another price than the tariff's."""
    stores: ClassVar[StoredFields] = ()
    """Stored fields it writes beside the form, always and never empty: later steps and messages rely on it."""
    may_store: StoredFields = ()
    """Further stored fields, where there are any: no step may need it and no message say it."""
    forgets: ClassVar[StoredFields] = ()
    """Stored fields that the request no longer has once it happened."""
    required_inputs: ClassVar[frozenset[str]] = frozenset()
    """Inputs of the step without which it cannot happen."""
    required_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the form without whose values it cannot happen."""
    required_data: ClassVar[StoredFields] = ()
    """Stored fields that the request must have by then (`stores` of an effect before), or it cannot happen."""
    relied_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the form that must stay as they are once it happened; none named by one that quotes or bills: all."""
    repeats_on_change: ClassVar[bool] = False
    """Of the submission: whether it happens again when the citizen changes the form, and touches nothing but that."""
    locks: ClassVar[tuple[Lock, ...]] = ()
    """Locks that the step holds before any guard is asked."""
    is_undoable: ClassVar[bool] = False
    """Whether a step with it may be taken back: what it touches beside the request's row, `undo` brings back."""
    undo_guards: ClassVar[tuple[Guard, ...]] = ()
    """Guards that are asked before a step with it is taken back."""

    @abstractmethod
    async def apply_effect(self, context: StepContext) -> None:
        """Do it, or raise a domain error: then nothing of the transition happens."""

    async def keep_for_undo(self, context: StepContext) -> dict[str, Any]:
        """Return what `undo` must know of beside the request's row, as it is before the step (`StepBefore.beside`)."""
        return {}

    async def undo(self, context: StepContext, before: StepBefore) -> dict[str, Any]:
        """Bring back what it did beside the request's row, where `is_undoable`; return what the history says of that.
        Asked again, or where nothing was done, it does nothing.
        """
        return {}


class Command(StrEnum):
    """The citizen's commands that take a step of a running request, whatever the service calls that step."""

    CANCEL = "cancel"
    REPLY = "reply"
    CONFIRM = "confirm"
    DENY = "deny"
    MOVE_VISIT = "move_visit"


class Trigger(StrEnum):
    """Cause for which the system takes a transition by itself; with a reversed payment a bill is open again."""

    AUTOMATIC = "automatic"
    BILL_SETTLED = "bill_settled"
    PAYMENT_REVERSED = "payment_reversed"
    DEADLINE = "deadline"


class Audience(StrEnum):
    """Audience of a notice. `OWNER_UNIT`: the assignee, if that is one of the unit whose turn it is then; else that
    unit."""

    CITIZEN = "citizen"
    OPERATORS = "operators"
    OWNER_UNIT = "owner_unit"


STAFF_AUDIENCES = frozenset({Audience.OWNER_UNIT, Audience.OPERATORS})
"""Audiences of the municipality: no notice to them bears its name, or the link to a citizen's bill."""


@dataclass(frozen=True, slots=True)
class StoredMobile:
    """The mobile that the request keeps in this field: a driver's, an officer's, a vehicle's owner's."""

    mobile_field: StoredField[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of a transition; `text_name` names it under `services.<service>.notices`."""

    text_name: str
    audience: Audience | StoredMobile = Audience.CITIZEN
    links: tuple[LinkKind, ...] = (LinkKind.BILL,)
    """Kinds of links that it bears, where there is something to lead to."""


MomentReckoner = Callable[[StepContext], datetime | None]
"""Reckons a moment on entering a state; None: not this time."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message planned into the last open window before an event."""

    text_name: str
    """Names it under `services.<service>.notices`."""
    reckon_event: MomentReckoner
    """Reckons the event's moment; None: no reminder this time."""
    lead_hours: int = 0
    """Hours before the event."""
    audience: Audience | StoredMobile = Audience.CITIZEN
    """Recipient of the reminder."""


@dataclass(frozen=True, slots=True)
class State:
    """A state with its phase. One of a final phase is left, if at all, for another of that phase."""

    name: str
    """Its key, unique in the service."""
    phase: Phase
    """Phase shown in every channel."""
    unit: Role | None = None
    """The unit whose queue it is in; in a final phase, who hands something over (a letter). None: nobody's."""
    sla_minutes: int | None = None
    """Minutes of office time that it may take there; None: any number."""
    reckon_due: MomentReckoner | None = None
    """Reckons until when its unit is to act there, where the request says so: the end of the hours booked."""
    reminders: tuple[Reminder, ...] = ()
    """Reminders planned on entering it."""

    @property
    def turn(self) -> str | None:
        """Unit whose turn it is: the unit's, else what is waited for (the phase); None once nothing is left to do."""
        if self.phase.is_final:
            return f"{self.unit}:{self.phase}" if self.unit else None
        return str(self.unit or self.phase)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step. Those of the same name share inputs and roles; the first whose `condition` holds is taken."""

    name: str
    """People and channels take it by this name."""
    source_states: tuple[str, ...]
    """The states that it leads out of."""
    target_state: str
    """The state that it leads to."""
    roles: frozenset[Role] = frozenset()
    """Roles that may take it by name."""
    inputs: tuple[Field, ...] = ()
    """The fields that are asked with the step."""
    condition: Guard | None = None
    """Condition under which it is this one of its name; None: always."""
    guards: tuple[Guard, ...] = ()
    """Guards that must hold, or the step is refused."""
    effects: tuple[Effect, ...] = ()
    """Effects, in this order."""
    notices: tuple[Notice, ...] = ()
    """Notices sent after the effects."""
    trigger: Trigger | None = None
    """Cause for which the system takes it; None: people take it."""
    reckon_deadline: MomentReckoner | None = None
    """Reckons when, for the trigger of a deadline."""
    command: Command | None = None
    """The citizen's word for it; None: there is none."""
    for_several: bool = False
    """Whether it is offered for several requests at once: nothing has to be typed, nothing is given up."""
    awaited_may_take: bool = False
    """Whether the person whose answer the request awaits (`request.awaits`) may take it."""
    mobile_field: StoredField[str] | None = None
    """Stored field with the mobile of one more who may (a driver for whom it was asked); None: of nobody."""
    undo_minutes: int | None = None
    """Minutes for which who may take it may take it back (`engine/undoing.py`); None: never."""


@dataclass(frozen=True)  # a few for a process, which keep what follows from them
class Service:
    """One municipal service, whole."""

    key: str
    """Its name in code, texts, addresses and the store."""
    version: int
    """Of the declaration: requests of an earlier one are moved by `state_maps`."""
    form: tuple[Field, ...]
    """Fields asked for, in order."""
    states: tuple[State, ...]
    """Every state that a request can be in."""
    transitions: tuple[Transition, ...]
    """Every step; of those with one name the first whose condition holds is taken."""
    initial_state: str
    """State of a submitted request at first."""
    keywords: tuple[Keyword, ...]
    """The words that start it in a conversation."""
    soap_operation: str
    """Operation by which counter offices submit it."""
    menu_rank: int = 100
    """Place in menus: the lowest first, those of one rank by their keys."""
    submit_guards: tuple[Guard, ...] = ()
    """Guards that must hold, or the form is refused."""
    submit_effects: tuple[Effect, ...] = ()
    """Effects of the submission, in this order."""
    fill_form: FormFiller | None = None
    """Finds what is known of a form without asking; None: nothing."""
    subject_field: str | None = None
    """The form field that names what a request is about, kept as its `subject_key`; None: there is none."""
    kind_field: str | None = None
    """The form field that says of what kind it is; None: there is one kind."""
    lookups: tuple[Lookup, ...] = ()
    """Questions about its matter that make no request."""
    price_lookup: PriceLookup | None = None
    """Enquiry about its prices; None: it has none."""
    visit_preferences: VisitPreferences | None = None
    """States in which citizens may say at which times they would like a visit; None: never."""
    papers: ServicePapers | None = None
    """Files that belong to a request; None: none do."""
    state_maps: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """Old version → {old state: state of the next version}; a state that it does not name keeps its name."""
    scenario: tuple[tuple[str, ...], ...] = ()
    """For each step that its page lists (the text `steps`) the states in which a request is meanwhile, so that the page
    says how long it usually takes; none: it says no times.
    """
    former_states: Mapping[int, Mapping[str, Phase]] = field(default_factory=dict)
    """The states of old versions, so that the maps can be proved."""
    is_rated: bool = True
    """Whether the citizen is asked for a rating at the end."""
    reopen_guard: Guard | None = None
    """Looks at a finished request that shall be taken up again; None: nothing more is looked at."""
    submit_notices: tuple[Notice, ...] = ()
    """Notices that go with the first message."""
    find_concerning: ConcerningFinder | None = None
    """Finds what others asked for somebody, newest first; None: nobody asks for others."""
    printables: tuple[Printable, ...] = ()
    """The papers that it prints."""
    list_machine_work: MachineWorkLister | None = None
    """Machine work that reports add up; None: it books none."""
    priced_items: tuple[PricedSubject, ...] = ()
    """Subjects that its tariff may set a price for."""
    stored_fields: StoredFields = ()
    """Stored fields shown beside the form for the staff, in order."""
    summary: SummaryColumns = field(default_factory=SummaryColumns)
    """Columns of a request in rows of queues and lists."""
    summary_facts: Mapping[str, SummaryFact] = field(default_factory=dict)
    """Facts of the summary in a conversation that no field holds, by its placeholder."""
    references: tuple[Reference, ...] = ()
    """Fields of form and stored fields that find a registry's row."""
    form_sections: tuple[FormSection, ...] = ()
    """Sections of the form on pages; none: a page a field."""
    remark_field: str | None = None
    """The text of the form that tells the unit what its citizen left to it (`Field.left_to_unit`); None: none does."""
    changeable: tuple[ChangeableFields, ...] = ()
    """Fields of the form that its citizen may change, and in which states; none: nothing."""
    reasons: tuple[type[ErrorReason], ...] = ()
    """The reasons of errors that it alone raises: each has a text under `details.<code>`."""
    rules: tuple[ServiceRule[Any], ...] = ()
    """Rules of the municipality that belong to it alone: the staff set them on the settings page."""
    staff_notes: StaffNotes = field(default_factory=StaffNotes)
    """Notes for the staff on the rows that its requests are about, and where one is to be decided."""

    @property
    def sections(self) -> tuple[FormSection, ...]:
        """The pages of its form, in their order."""
        return self.form_sections or derive_sections(self.form)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects of the submission and of all steps."""
        return (*self.submit_effects, *(effect for step in self.transitions for effect in step.effects))

    @property
    def intents(self) -> tuple[Intent, ...]:
        """Intents of its words: to start it, then to ask a question that makes no request."""
        return (*(keyword.intent for keyword in self.keywords), *(lookup.intent for lookup in self.lookups))

    def state_named(self, name: str) -> State:
        """Return a state by name; `KeyError` is a fault in the code or an unmigrated request."""
        return next(state for state in self.states if state.name == name)

    def form_field(self, name: str) -> Field | None:
        """Return a form field by name."""
        return next((field for field in self.form if field.name == name), None)

    def fields_changeable_in(self, state: str) -> tuple[Field, ...]:
        """Return the form fields that a citizen may change while a request is in a state, in the form's order."""
        field_names = {name for entry in self.changeable if state in entry.states for name in entry.field_names}
        return tuple(field for field in self.form if field.name in field_names)

    def printable_text_prefix(self, printable: Printable) -> str:
        """Return where the catalogue keeps the texts of one of its papers."""
        return printable.text_prefix or f"services.{self.key}.printouts.{printable.kind}"

    def printable_label_key(self, printable: Printable, name: str) -> str:
        """Return the key of what a fact is called on one of its papers: as in the form, else as the paper says."""
        own_key = f"{self.printable_text_prefix(printable)}.labels.{name}"
        return f"services.{self.key}.fields.{name}.label" if self.form_field(name) else own_key

    def find_kind(self, form_values: Mapping[str, Any]) -> str | None:
        """Return the kind that a filled form is of; None for a service of one kind, and while it is not said."""
        return form_values.get(self.kind_field) if self.kind_field else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its requests; none where there is one kind."""
        return next((field.choices for field in self.form if field.name == self.kind_field), ())

    @cached_property
    def unit_roles(self) -> frozenset[Role]:
        """The units in whose queues its requests can be."""
        return frozenset(state.unit for state in self.states if state.unit)

    @cached_property
    def step_roles(self) -> frozenset[Role]:
        """The roles that take its steps."""
        return frozenset[Role]().union(*(step.roles for step in self.transitions))

    @cached_property
    def summary_fields(self) -> tuple[Field, ...]:
        """The fields, of the form or kept beside it, that say what the work is; `KeyError` is a fault of the
        declaration.
        """
        fields_by_name = {field.name: field for field in (*self.stored_fields, *self.form)}
        return tuple(fields_by_name[name] for name in self.summary.field_names)

    @property
    def topic_names(self) -> frozenset[str]:
        """Its key, and the topics that people name it by in a comment («taxi»), which it may share with others."""
        return frozenset({self.key, *(intent.topic.key for intent in self.intents if intent.topic)})

    def command_steps(self, command: Command) -> tuple[Transition, ...]:
        """Return the transitions that a citizen's command takes."""
        return tuple(step for step in self.transitions if step.command is command)

    def steps_named(self, action: str) -> tuple[Transition, ...]:
        """Return the transitions of that name."""
        return tuple(step for step in self.transitions if step.name == action)

    def steps_from(self, state: str, trigger: Trigger | None = None) -> tuple[Transition, ...]:
        """Return the transitions out of a state that have this trigger (None: those that people take)."""
        return tuple(step for step in self.transitions if state in step.source_states and step.trigger == trigger)
