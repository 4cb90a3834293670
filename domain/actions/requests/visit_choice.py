"""The citizen's choice about the officer's visit of an own request: what may be chosen, and the choice.

A visit that is booked is moved to another free hour of its officer; while none is booked, the times that the citizen
would like are kept for whoever sends an officer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import act_on_locked_request, lock_request
from domain.actions.requests.citizen_commands import list_command_steps
from domain.authorization.request_policy import is_citizen_of, refuse_foreign_request
from domain.blocks.visit_moving import PREFERENCES
from domain.blocks.visit_rules import VisitRules
from domain.blocks.visit_times import CrewRepositories, list_free_visits
from domain.blocks.visits import OFFICER, VISIT_START
from domain.engine.step_preview import find_obstacle
from domain.fields.types import ReadingContext
from domain.language.service import Command
from domain.repositories import StaffRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, Conflict, DomainError, InvalidField, MissingField, NotAllowedNow
from domain.values.reasons import AlreadyDoneReason, ConflictReason, InvalidReason
from domain.values.text import persian_digits
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

PREFERENCES_EVENT = "prefer_visits"
"""The event of the history by which a citizen said what times they would like."""


class VisitChoice(StrEnum):
    """Choices."""

    MOVE = "move"
    """Another hour for the visit that is booked."""
    PREFERENCES = "preferences"
    """Times that the citizen would like; none is booked yet."""


@dataclass(frozen=True, slots=True)
class VisitOffer:
    """The hours that are offered for the visit of a request."""

    choice: VisitChoice
    """Choice made."""
    present_start: datetime | None
    """Time of the visit now, in UTC; None while none is booked."""
    preferences: Sequence[datetime]
    """The times that were wished, in UTC."""
    free_starts: Sequence[datetime]
    """The hours, in order, in UTC; none where it cannot be moved."""
    obstacle: DomainError | None
    """Obstacle to moving it now; None where it can."""
    most_preferences: int
    """Number of times that may be wished; 1 where an hour is chosen."""


def find_visit_choice(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> VisitChoice | None:
    """Return what this person may choose about the visit of a request in its state; None: nothing."""
    preferences = dependencies.engine.get_service(request.service).visit_preferences
    if preferences and request.state in preferences.states and is_citizen_of(request, actor):
        return VisitChoice.PREFERENCES
    return VisitChoice.MOVE if list_command_steps(dependencies, request, Command.MOVE_VISIT, actor) else None


async def build_visit_offer(context: ActorContext, request: ServiceRequest) -> VisitOffer:
    """Return what is offered to this person now; `NotAllowedNow` where nothing is."""
    choice = find_visit_choice(context.dependencies, request, context.actor)
    if choice is None:
        raise NotAllowedNow("visit")
    preferences = context.dependencies.engine.get_service(request.service).visit_preferences
    obstacle = await _find_obstacle(context, request) if choice is VisitChoice.MOVE else None
    officers = await _list_officers(context, request, choice)
    rules = _build_rules(context.dependencies)
    free_starts = [] if obstacle else await list_free_visits(context.uow, rules, officers, request.id)
    present_start = VISIT_START.find(request)
    return VisitOffer(
        choice,
        present_start,
        PREFERENCES.find(request) or [],
        [start for start in free_starts if start != present_start],
        obstacle,
        preferences.most_preferences if preferences and choice is VisitChoice.PREFERENCES else 1,
    )


async def move_visit(context: ActorContext, code: TrackingCode, visit_text: str, version: VersionToken) -> None:
    """Move the visit of an own request to an hour that its page offered, and send the texts: the citizen's own too.

    `AlreadyDone("visit")` for the hour that it has, also when a form is sent again; `Conflict("code")` when the request
    changed otherwise since the page showed it; other errors: those of the step.
    """
    if not visit_text:
        raise MissingField("visit")
    request = await lock_request(context.uow.requests, code)
    refuse_foreign_request(request, context.actor)
    steps = list_command_steps(context.dependencies, request, Command.MOVE_VISIT, context.actor)
    if not steps:
        raise NotAllowedNow("visit")
    if request.version_token != version:
        if _read_visits(context.dependencies, [visit_text]) == [VISIT_START.find(request)]:
            raise AlreadyDone("visit", AlreadyDoneReason.VISIT_SAME)
        raise Conflict("code", ConflictReason.CHANGED_MEANWHILE)
    outcome = await act_on_locked_request(context, request, steps[0].name, {"visit": visit_text})
    await announce_outcome(context, outcome, texts_actor=True)


async def prefer_visits(
    context: ActorContext[CrewRepositories], code: TrackingCode, visit_texts: Sequence[str]
) -> None:
    """Keep the times that a citizen would like for the visit of an own request, in place of earlier ones.

    `InvalidField("visit")` for none, too many, or one that is not offered (any more); `NotAllowedNow` once an officer
    was sent, or the service asks for none; `NotFound("code")` for another's. The same once more changes nothing.
    """
    request = await lock_request(context.uow.requests, code)
    refuse_foreign_request(request, context.actor)
    service = context.dependencies.engine.get_service(request.service)
    if (
        service.visit_preferences is None
        or find_visit_choice(context.dependencies, request, context.actor) is not VisitChoice.PREFERENCES
    ):
        raise NotAllowedNow("visit")
    preferences = _read_visits(context.dependencies, visit_texts)
    if not 0 < len(preferences) <= service.visit_preferences.most_preferences:
        raise InvalidField(
            "visit", InvalidReason.VISIT_PREFERENCES, most=persian_digits(service.visit_preferences.most_preferences)
        )
    if preferences == PREFERENCES.find(request):
        return
    officers = await _list_officers(context, request, VisitChoice.PREFERENCES)
    free_starts = await list_free_visits(context.uow, _build_rules(context.dependencies), officers, request.id)
    if not set(preferences) <= set(free_starts):
        raise InvalidField("visit", InvalidReason.VISIT_NOT_OFFERED)
    PREFERENCES.write(request, preferences)
    event_facts = {PREFERENCES.name: PREFERENCES.to_json(preferences)}
    await context.dependencies.engine.record_event(context.uow, request, PREFERENCES_EVENT, context.actor, event_facts)


def _read_visits(dependencies: Dependencies, visit_texts: Sequence[str]) -> list[datetime]:
    """Return the moments that were chosen, in order and each once; `InvalidField("visit")` for one that is none."""
    try:
        iso_texts = PREFERENCES.type.parse(list(visit_texts), ReadingContext(dependencies.clock.now()))
    except InvalidField as error:
        raise error.about_field("visit") from None
    return [datetime.fromisoformat(iso_text) for iso_text in sorted(set(iso_texts))]


async def _find_obstacle(context: ActorContext, request: ServiceRequest) -> DomainError | None:
    steps = list_command_steps(context.dependencies, request, Command.MOVE_VISIT, context.actor)
    return await find_obstacle(context.dependencies.engine, context.uow, request, steps[0].name, context.actor)


async def _list_officers(
    context: ActionContext[StaffRepositories], request: ServiceRequest, choice: VisitChoice
) -> list[str]:
    """Return the user names of the officers whose hours are offered."""
    preferences = context.dependencies.engine.get_service(request.service).visit_preferences
    if choice is VisitChoice.PREFERENCES and preferences:
        return [member.username for member in await context.uow.people.list_staff_with_role(preferences.officer_role)]
    officer = OFFICER.find(request)
    return [officer] if officer else []


def _build_rules(dependencies: Dependencies) -> VisitRules:
    return VisitRules(dependencies.clock.now(), dependencies.policy, dependencies.calendar)
