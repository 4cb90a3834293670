"""The citizen at the desk: staff enter the request with the whole form, and mend a mobile that was taken down wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import lock_request
from domain.actions.requests.form_keys import KeyedForm, do_once
from domain.actions.requests.request_citizen import build_citizen, send_status
from domain.actions.requests.submit import submit_for_person
from domain.actions.requests.unverified import replace_mobile
from domain.actions.walk_ins.known_citizen import find_citizen
from domain.authorization.policy import require_right
from domain.authorization.request_policy import require_request_right
from domain.authorization.rights import Right
from domain.engine.engine import StepOutcome
from domain.requests.request import RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.actors import Actor
from domain.values.errors import InvalidField, MissingField, NotAllowedNow
from domain.values.reasons import InvalidReason, NotAllowedReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode, parse_code
from domain.values.version_token import VersionToken

WALK_IN_CHANNEL = "walk_in"
"""The channel of what is entered at the desk: nothing of a form is deferred there."""

FORM_MEMORY = timedelta(days=1)
"""How long a form that made a request is known again."""

_MOST_OTHERS = 20


@dataclass(frozen=True, slots=True)
class MobileCorrection:
    """A request with its new number, and what is open under the old one: of the same person, or of a stranger."""

    request: ServiceRequest
    other_requests: tuple[ServiceRequest, ...]


async def enter_walk_in(
    dependencies: Dependencies,
    uow: UnitOfWork,
    service: str,
    submitted: Mapping[str, object],
    actor: Actor,
    mobile: str | None,
) -> StepOutcome:
    """Store a walk-in citizen's request, filled in from what whoever enters it may know of the citizen; the receipt is
    a text. `Forbidden`, and the errors of `submit_for_person`.
    """
    walk_in_actor = replace(require_right(Right.REQUESTS_ENTER, actor, "service"), channel=WALK_IN_CHANNEL)
    known_person = (await find_citizen(dependencies, uow, mobile, actor)).person if mobile else None
    return await submit_for_person(
        dependencies, uow, service, submitted, walk_in_actor, mobile=mobile, known_person=known_person
    )


async def enter_walk_in_once(
    dependencies: Dependencies,
    uow: UnitOfWork,
    service: str,
    submitted: Mapping[str, object],
    actor: Actor,
    mobile: str,
    form_key: str,
) -> ServiceRequest:
    """Enter a request by a form that bears a random key of its own, and notify the citizen; return it.

    The same form again, by a second click or a reload, makes nothing and gives the request that it made.
    `DuplicateRequest` when something else was entered under that key; the errors of `enter_walk_in`.
    """
    form = KeyedForm(form_key, WALK_IN_CHANNEL, [service, submitted, mobile], FORM_MEMORY)

    async def enter(uow: UnitOfWork) -> str:
        outcome = await enter_walk_in(dependencies, uow, service, submitted, actor, mobile)
        await announce_outcome(dependencies, uow, outcome, actor)
        return outcome.request.code

    entered_code = await do_once(dependencies, uow, form, actor, enter)
    return await uow.requests.get_by_code(parse_code(entered_code))


async def correct_mobile(
    dependencies: Dependencies,
    uow: UnitOfWork,
    code: TrackingCode,
    mobile: str,
    proof: str,
    actor: Actor,
    version: VersionToken | None = None,
) -> MobileCorrection:
    """Give a request its citizen's right mobile; `proof` says how the citizen showed who it is.

    The new number gets the request's status at once, the old one nothing more. Managers and the units of the service
    may do so. Errors: `NotFound`, `Forbidden`, `MissingField("proof")`, `InvalidField("mobile")` (none, or the same),
    `NotAllowedNow` when the personal data was erased, `Conflict` when it is not at the `version` that was looked at.
    """
    new_mobile = identifiers.parse_mobile(mobile)
    request = await lock_request(uow, code, version)
    service = dependencies.engine.get_service(request.service)
    corrector = require_request_right(Right.REQUESTS_MOBILE, service, request, actor)
    if not tidy_text(proof):
        raise MissingField("proof")
    if request.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED)
    if request.mobile == new_mobile:
        raise InvalidField("mobile", InvalidReason.SAME_MOBILE)
    old_mobile = await replace_mobile(dependencies, uow, request, new_mobile)
    facts = {"mobile_before": old_mobile, "mobile": new_mobile, "proof": tidy_text(proof)}
    await dependencies.engine.record_event(uow, request, "correct_mobile", corrector, facts)
    await uow.people.save_person(build_citizen(dependencies, service, request, new_mobile))
    other_requests = await _leave_old_mobile(dependencies, uow, request, old_mobile) if old_mobile else []
    await send_status(dependencies, uow, request, new_mobile)
    return MobileCorrection(request, tuple(other_requests))


async def _leave_old_mobile(
    dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, old_mobile: str
) -> list[ServiceRequest]:
    """Take back what was meant for the old number, and what this request said of whom it belongs to."""
    await uow.outbox.withdraw_waiting(request.id, old_mobile, dependencies.clock.now(), "mobile_corrected")
    remaining_requests = await uow.requests.list_requests(RequestFilter(mobile=old_mobile, limit=_MOST_OTHERS))
    await uow.people.delete_person(old_mobile)
    if remaining_requests:
        newest_request = remaining_requests[0]
        await uow.people.save_person(
            build_citizen(
                dependencies, dependencies.engine.get_service(newest_request.service), newest_request, old_mobile
            )
        )
    return [other_request for other_request in remaining_requests if not other_request.phase.is_final]
