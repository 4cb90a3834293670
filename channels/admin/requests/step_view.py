"""The steps that the page of a request offers its visitor: each with its form, and what its boxes mean while blank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from channels.admin.calendar_boards import find_calendar_address, find_day_address
from channels.admin.frame import Visitor
from channels.admin.requests.step_forms import list_computed_inputs, name_proposal
from channels.web.forms import Control, FormValues, FormWording, build_controls, choose_control_kind, describe_stray
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import find_override_inputs
from domain.blocks.bookings import HoldMachines
from domain.blocks.machine_availability import MachineAvailability, list_availability
from domain.engine import step_preview
from domain.fields.form import Field
from domain.language.service import Service, Transition
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError
from domain.values.languages import join_list
from domain.values.text import group_digits, persian_digits

ENDED_PHASES = frozenset({Phase.DECLINED, Phase.CANCELLED})
"""Phases in which a request has ended without what it asked for."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether the machines of a request are free at its time."""

    lines: Sequence[tuple[str, bool]]
    """Of each type of machine which are free, in words, and whether these are enough."""
    calendar_address: str | None
    """The calendar at its day; None for who may not see it."""


@dataclass(frozen=True, slots=True)
class RepeatedProposal:
    """Proposal of a form for an input that is worked out unless somebody else's value is given."""

    input_name: str
    """Input whose box holds it."""
    posted_name: str
    """Name under which it is posted."""
    text: str
    """As it stands in the box."""
    follows: str
    """The input with which it moves; empty for none."""


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step that may be taken, with its form."""

    name: str
    """As its declaration names it."""
    title: str
    """Name."""
    controls: Sequence[Control]
    """Its inputs, as they were typed where it was refused."""
    problem: str | None
    """A fault that names none of its inputs; None without one."""
    was_refused: bool
    """Its form is open: it was refused, or begun in a calendar."""
    gives_up: bool
    """It ends the request without what it asked for, or waives its money."""
    calendar_address: str | None
    """The calendar in which its hour may be chosen; None where there is none."""
    proposals: Sequence[RepeatedProposal]
    """Proposals in boxes as worked out, posted beside what is in them then."""
    quoted_rials: int | None
    """Price by the tariff, where the step sets the price; else None."""
    note: str | None
    """Note on the request before it is taken; None where there is nothing."""
    left_out: Sequence[tuple[str, str]]
    """Inputs that mean nothing for this request, each with what it is called and why."""
    obstacle: str | None
    """Reason why it cannot be taken now, whatever is typed: then it has no form. None where it can."""
    availability: Availability | None = None
    """Whether what it would hold is free at the time that is asked for; None where it holds nothing."""
    is_primary: bool = False
    """It is what the request waits for: its form stands open, and its button is filled."""

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing to type into it, nor to read before it: it is a button."""
        return not (self.controls or self.note or self.problem or self.calendar_address)


@dataclass(frozen=True, slots=True)
class OpenedStep:
    """A step whose form is open."""

    step_name: str
    """As its declaration names it."""
    submitted_values: FormValues
    """Values typed, or chosen in a calendar."""
    error: DomainError | None = None
    """Reason for its refusal; None where it was only begun."""


class StepViews:
    """Builds the forms of steps."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._get_text = dependencies.catalogue.text

    async def build_step_forms(
        self, uow: UnitOfWork, request: ServiceRequest, visitor: Visitor, opened_step: OpenedStep | None
    ) -> list[StepForm]:
        """Return the steps that the visitor may take now: first what the request waits for, last what gives it up. One
        that was refused is among them as it was typed.
        """
        engine, refused_step = (
            self._dependencies.engine,
            opened_step.step_name if opened_step and opened_step.error else None,
        )
        offered_names = {candidate.name for candidate in engine.list_offered_actions(request, visitor.actor)}
        # What somebody typed is not taken away from them, even where the step has become another's.
        steps = [
            candidate
            for candidate in engine.list_actions(request, visitor.actor)
            if candidate.name in {*offered_names, refused_step}
        ]
        opened_steps = {opened_step.step_name: opened_step} if opened_step else {}
        forms = [
            await self.build_step_form(uow, request, candidate, visitor, opened_steps.get(candidate.name))
            for candidate in steps
        ]
        service = engine.get_service(request.service)
        awaited_names = [entry.name for entry in steps if _moves_on(service, request, entry)]
        primary_name = next((form.name for form in forms if form.name in awaited_names and not form.obstacle), None)
        forms = [replace(form, is_primary=form.name == primary_name) for form in forms]
        return sorted(forms, key=lambda form: (not form.is_primary, form.gives_up))

    def describe_step(self, service: Service, step_name: str) -> str:
        """Return what a step of that name is called."""
        return self._get_text(f"services.{service.key}.actions.{step_name}")

    async def build_step_form(
        self,
        uow: UnitOfWork,
        request: ServiceRequest,
        step: Transition,
        visitor: Visitor,
        opened_step: OpenedStep | None = None,
        id_prefix: str = "",
    ) -> StepForm:
        """Return one step with its form, as it was `opened_step` if its form is open; `id_prefix` keeps the forms of
        several requests on a page apart.
        """
        service = self._dependencies.engine.get_service(request.service)
        inputs, titles_by_field = await load_step_inputs(uow, request, step, visitor.now)
        quoted_rials, tariff_prices = await self._quote_step(uow, request, step, visitor)
        proposals = await _find_proposals(uow, request, inputs) | tariff_prices
        box_values, error = _choose_values(step, opened_step, proposals)
        form_wording = self._build_form_wording(service, step, inputs, titles_by_field, proposals, id_prefix)
        return StepForm(
            name=step.name,
            title=self.describe_step(service, step.name),
            controls=build_controls(inputs, box_values, form_wording, error),
            problem=describe_stray(inputs, error, form_wording),
            was_refused=opened_step is not None,
            gives_up=_is_giving_up(service, step),
            calendar_address=find_calendar_address(request, step, visitor),
            proposals=_list_repeated(step, proposals, box_values),
            quoted_rials=quoted_rials,
            note=self._describe_note(request, step),
            left_out=self._list_left_out(service, step, inputs),
            obstacle=await self._describe_obstacle(uow, request, step, visitor),
            availability=await self._find_availability(uow, request, step, visitor),
        )

    async def _quote_step(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, visitor: Visitor
    ) -> tuple[int | None, dict[str, str]]:
        """Return what the tariff asks at this step, in rials, and as it stands in the boxes for another price."""
        quote = await step_preview.preview_quote(self._dependencies.engine, uow, request, step, visitor.actor)
        if quote is None:
            return None, {}
        return quote.total, {input_name: group_digits(quote.total) for input_name in find_override_inputs(step)}

    async def _describe_obstacle(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, visitor: Visitor
    ) -> str | None:
        engine, wording = self._dependencies.engine, self._dependencies.wording
        obstacle = await step_preview.find_obstacle(engine, uow, request, step.name, visitor.actor)
        return wording.render_error(obstacle) if obstacle else None

    async def _find_availability(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, visitor: Visitor
    ) -> Availability | None:
        if not any(isinstance(effect, HoldMachines) for effect in step.effects):
            return None
        start, availabilities = await list_availability(uow.fleet, request)
        lines = [(self._describe_availability(entry), entry.is_enough) for entry in availabilities]
        return Availability(lines, find_day_address(start, visitor))

    def _describe_availability(self, availability: MachineAvailability) -> str:
        facts = {
            "machine": self._get_text(f"choices.machine.{availability.machine_type}"),
            "free": join_list(availability.free_titles),
            "count": persian_digits(availability.wanted_count),
        }
        key = "all" if availability.is_enough else "some" if availability.free_titles else "none"
        return self._dependencies.catalogue.render(f"admin.request.free.{key}", facts)

    def _build_form_wording(
        self,
        service: Service,
        step: Transition,
        inputs: Sequence[Field],
        titles_by_field: Mapping[str, Mapping[str, str]],
        proposals: FormValues,
        id_prefix: str,
    ) -> FormWording:
        return FormWording(
            self._dependencies.wording,
            lambda field_name: self._get_text(f"services.{service.key}.inputs.{field_name}"),
            titles_by_field,
            id_prefix=f"{id_prefix}{step.name}-",
            hints_by_field={
                field.name: self._describe_box(service, step, field, proposals.get(field.name))
                for field in inputs
                if not field.required
            },
        )

    def _describe_note(self, request: ServiceRequest, step: Transition) -> str | None:
        key = f"admin.notes.{request.service}.{step.name}"
        catalogue, wording = self._dependencies.catalogue, self._dependencies.wording
        return catalogue.render(key, wording.request_facts(request)) if key in catalogue else None

    def _list_left_out(self, service: Service, step: Transition, inputs: Sequence[Field]) -> list[tuple[str, str]]:
        """Return the inputs that are not asked of this request, where the service says why."""
        asked_names = {field.name for field in inputs}
        prefix = f"services.{service.key}"
        reason_keys = {
            field.name: f"{prefix}.inapplicable.{step.name}.{field.name}"
            for field in step.inputs
            if field.name not in asked_names
        }
        return [
            (self._get_text(f"{prefix}.inputs.{name}"), self._get_text(key))
            for name, key in reason_keys.items()
            if key in self._dependencies.catalogue
        ]

    def _describe_box(self, service: Service, step: Transition, field: Field, proposal: str | list[str] | None) -> str:
        """Return how an optional box may be written, what is in force that it does not hold, and what it means where it
        is blank at first.
        """
        keys = [
            f"web.form.hints.{choose_control_kind(field)}",
            f"services.{service.key}.hints.{step.name}.{field.name}",
        ]
        texts = [self._get_text(key) for key in keys if key in self._dependencies.catalogue]
        blank_key = f"services.{service.key}.blank.{step.name}.{field.name}"
        if (field.follows or not proposal) and blank_key in self._dependencies.catalogue:
            texts.append(self._get_text(blank_key))
        return "؛ ".join(texts)


async def _find_proposals(uow: UnitOfWork, request: ServiceRequest, inputs: Sequence[Field]) -> dict[str, Any]:
    return {field.name: await field.find_proposal(uow, request) for field in inputs if field.find_proposal}


def _choose_values(
    step: Transition, opened_step: OpenedStep | None, proposals: FormValues
) -> tuple[FormValues, DomainError | None]:
    """Return what a step's form holds: what is proposed, and over that what was chosen in a calendar, but for what
    moves with it; where it was refused, what was typed and nothing else but what is worked out; and why it was refused.
    """
    if opened_step is None:
        return proposals, None
    submitted_values = opened_step.submitted_values
    moved_names = {
        field.name
        for field in step.inputs
        if field.follows and submitted_values.get(field.follows) != proposals.get(field.follows)
    }
    retained_names = (list_computed_inputs(step) if opened_step.error else set(proposals)) - moved_names
    retained_values = {name: value for name, value in proposals.items() if name in retained_names}
    return {**retained_values, **submitted_values}, opened_step.error


def _list_repeated(step: Transition, proposals: FormValues, box_values: FormValues) -> list[RepeatedProposal]:
    followed_names = {field.name: field.follows for field in step.inputs}
    return [
        RepeatedProposal(name, name_proposal(name), str(proposals[name]), followed_names[name])
        for name in sorted(list_computed_inputs(step))
        if proposals.get(name) and box_values.get(name) == proposals[name]
    ]


def _moves_on(service: Service, request: ServiceRequest, step: Transition) -> bool:
    """Return whether a step brings the request nearer to what it asks for: it is not given up, does not stay where it
    is, and is not handed back to its citizen.
    """
    is_question = service.state_named(step.target_state).phase is Phase.NEEDS_CITIZEN
    return not (is_question or step.target_state == request.state or _is_giving_up(service, step))


def _is_giving_up(service: Service, step: Transition) -> bool:
    return service.state_named(step.target_state).phase in ENDED_PHASES or any(
        effect.settles_bills for effect in step.effects
    )


async def load_step_inputs(
    uow: UnitOfWork, request: ServiceRequest, step: Transition, now: datetime
) -> tuple[tuple[Field, ...], dict[str, Mapping[str, str]]]:
    """Return the inputs that a step asks of this request, with the choices that it leaves and their words."""
    asked_fields = [field for field in step.inputs if field.applies_to(request, now)]
    titles_by_field = {
        field.name: await field.find_choices(uow, request) for field in asked_fields if field.find_choices
    }
    inputs = [
        replace(field, choices=tuple(titles_by_field[field.name])) if field.find_choices else field
        for field in asked_fields
    ]
    return tuple(inputs), titles_by_field
