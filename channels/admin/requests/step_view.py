"""The steps that the page of a request offers its visitor: each with its form, and what its boxes mean while blank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.admin.fleet.boards import choosing_in
from channels.admin.frame import Visit
from channels.web.forms import Control, FormWords, Given, controls, kind_of, stray
from domain.actions.desk import Desk
from domain.engine import step_preview
from domain.fields.form import Field
from domain.language.service import Service, Transition
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError

ENDED = frozenset({Phase.DECLINED, Phase.CANCELLED})
"""Where a request has ended without what it asked for."""


@dataclass(frozen=True, slots=True)
class ActionForm:
    """A step that may be taken: its name and title, its inputs, what was wrong when it was tried, and the calendar in
    which its hour can be chosen. One that `gives_up` ends the request without what it asked for, or waives its money;
    `quote` is what the tariff would ask in a step that sets the price, in rials; `note` is what to know of the request
    before the step is taken. `obstacle` says why it cannot be taken now, whatever is typed: then it has no form.
    """

    name: str
    title: str
    controls: Sequence[Control]
    problem: str | None
    tried: bool
    gives_up: bool
    calendar: str | None
    quote: int | None
    note: str | None
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A step whose form stands open: refused, with what was typed and why, or begun elsewhere (in a calendar) with what
    was chosen there.
    """

    action: str
    given: Given
    error: DomainError | None = None


class StepViews:
    """Builds the forms of steps."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._text = desk.catalogue.text

    async def of(
        self, uow: UnitOfWork, request: ServiceRequest, visit: Visit, opened: Opened | None
    ) -> list[ActionForm]:
        """Return the steps that the visitor may take now; one that was refused is among them as it was typed."""
        if not visit.may("requests.act"):
            return []
        engine, tried = self._desk.engine, opened.action if opened and opened.error else None
        offered = {one.name for one in engine.offered(request, visit.actor)}
        # What somebody typed is not taken away from them, even where the step has become another's.
        steps = [one for one in engine.actions(request, visit.actor.role_names) if one.name in {*offered, tried}]
        return [await self._form(uow, request, one, visit, opened) for one in steps]

    def title(self, service: Service, name: str) -> str:
        """Return what a step of that name is called."""
        return self._text(f"services.{service.key}.actions.{name}")

    async def _form(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, visit: Visit, opened: Opened | None
    ) -> ActionForm:
        service = self._desk.engine.service(request.service)
        mine = opened if opened and opened.action == step.name else None
        inputs, titles = await inputs_of(uow, request, step, visit.now)
        words = FormWords(
            self._desk.wording,
            lambda name: self._text(f"services.{service.key}.inputs.{name}"),
            titles,
            prefix=f"{step.name}-",
            hints={one.name: self._blank(service, step, one) for one in inputs if not one.required},
        )
        given, error = (mine.given, mine.error) if mine else ({}, None)
        quote = await step_preview.quoted(self._desk.engine, uow, request, step, visit.actor)
        obstacle = await step_preview.obstacle(self._desk.engine, uow, request, step.name, visit.actor)
        return ActionForm(
            step.name, self.title(service, step.name), controls(inputs, given, words, error),
            stray(inputs, error, words), mine is not None, _gives_up(service, step), choosing_in(request, step, visit),
            quote.total if quote else None, self._note(request, step),
            self._desk.wording.error(obstacle) if obstacle else None,
        )  # fmt: skip

    def _note(self, request: ServiceRequest, step: Transition) -> str | None:
        key = f"admin.notes.{request.service}.{step.name}"
        catalogue, wording = self._desk.catalogue, self._desk.wording
        return catalogue.render(key, wording.facts(request)) if key in catalogue else None

    def _blank(self, service: Service, step: Transition, asked: Field) -> str:
        """Return what an optional box means while it is blank, behind how it may be written."""
        kind, blank = f"web.form.hints.{kind_of(asked)}", f"services.{service.key}.blank.{step.name}.{asked.name}"
        return "؛ ".join(self._text(key) for key in (kind, blank) if key in self._desk.catalogue)


def _gives_up(service: Service, step: Transition) -> bool:
    return service.state(step.target).phase in ENDED or any(one.settles for one in step.effects)


async def inputs_of(
    uow: UnitOfWork, request: ServiceRequest, step: Transition, now: datetime
) -> tuple[tuple[Field, ...], dict[str, Mapping[str, str]]]:
    """Return the inputs that a step asks of this request, with the choices that it leaves and their words."""
    asked = [one for one in step.inputs if one.applies_to(request, now)]
    titles = {one.name: await one.options(uow, request) for one in asked if one.options}
    inputs = [replace(one, choices=tuple(titles[one.name])) if one.options else one for one in asked]
    return tuple(inputs), titles
