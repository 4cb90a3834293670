"""One thing done to several requests that were ticked in a list: each by the action that its own page uses, in a unit
of its own. So each is done wholly or not at all, and what one is refused keeps no other from it. A form that is sent
twice does nothing twice: each request is at another version then.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from domain.actions.bills.resending import has_open_question, remind_citizen
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.papers.printouts import PRINTOUT_FIELD, build_request_printout, list_issued_papers
from domain.actions.queues.work import find_readable_request
from domain.actions.requests.act import act_on_locked_request
from domain.actions.requests.assign import assign_request
from domain.actions.staffing import RequestStaffRepositories
from domain.authorization.policy import is_missing_proof
from domain.authorization.request_policy import may_use_on_request, offers_step
from domain.authorization.rights import Right
from domain.language.service import Transition
from domain.papers.document import Printout
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, InvalidField, NotFound, TooLarge
from domain.values.reasons import InvalidReason, NotFoundReason, TooLargeReason
from domain.values.text import persian_digits
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

MOST_AT_ONCE = 200
"""Requests that may be ticked for one thing."""

MOST_PRINTED = 50
"""Papers of one PDF: its process has ten seconds for them."""


@dataclass(frozen=True, slots=True)
class TickedRequest:
    """A ticked request, as the list showed it."""

    code: TrackingCode
    """Its tracking code."""
    version: VersionToken | None
    """Its version; None: whichever it is at."""
    shown_price: int | None = None
    """Tariff price shown in the row, in rials; None: it said nothing."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """One of several requests: done, or why not."""

    code: TrackingCode
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class GatheredPapers:
    """One paper of several requests."""

    printouts: Sequence[Printout]
    """Of those that have it, in their order."""
    lacking: Sequence[TickedRequest]
    """Those that have it not."""


SingleAction = Callable[[UnitOfWork, TickedRequest], Awaitable[object]]
"""Does it to one request, or raises why not."""


def list_bulk_steps(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> list[Transition]:
    """Return the steps that this one may take now of this request together with others."""
    return [
        step
        for step in dependencies.engine.get_service(request.service).steps_from(request.state)
        if step.for_several and offers_step(step, request, actor)
    ]


async def act_on_each(
    dependencies: Dependencies, store: Store, action: str, ticked_requests: Sequence[TickedRequest], actor: Actor
) -> list[BulkResult]:
    """Take a step of each, as its own page would; one that sets a price sets what its row showed. Errors of all alike:
    `TooLarge`, and `InvalidField("action")` for a step that is for one at a time.
    """

    async def act_on_one(uow: UnitOfWork, ticked: TickedRequest) -> None:
        context = ActorContext(dependencies, uow, actor)
        request = await find_readable_request(context, ticked.code, lock=True)
        steps = dependencies.engine.get_service(request.service).steps_named(action)
        if not any(step.for_several for step in steps):
            raise InvalidField("action", InvalidReason.UNKNOWN_ACTION)
        shown_price = ticked.shown_price or 0
        outcome = await act_on_locked_request(context, request, action, {}, ticked.version, shown_price=shown_price)
        await announce_outcome(context, outcome)

    return await _do_with_each(store, ticked_requests, act_on_one)


def may_remind(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether this one may remind the citizen of an open bill or question."""
    service = dependencies.engine.get_service(request.service)
    is_owing = request.phase is Phase.NEEDS_PAYMENT and request.mobile is not None
    return (is_owing or has_open_question(request)) and may_use_on_request(Right.BILLS_RESEND, service, request, actor)


async def remind_each(
    dependencies: Dependencies, store: Store, ticked_requests: Sequence[TickedRequest], actor: Actor
) -> list[BulkResult]:
    """Send the text of each open bill or question once more (`remind_citizen`, which sends none twice within minutes);
    `TooLarge`.
    """

    async def remind_one(uow: UnitOfWork, ticked: TickedRequest) -> None:
        await remind_citizen(ActorContext(dependencies, uow, actor), ticked.code)

    return await _do_with_each(store, ticked_requests, remind_one)


async def gather_printouts(
    dependencies: Dependencies, store: Store, paper_kind: str, ticked_requests: Sequence[TickedRequest], actor: Actor
) -> GatheredPapers:
    """Return that paper of each that has it, and which have none. Errors: `TooLarge`, `Forbidden` for what is
    another's to see, `NotFound("printout")` where none has it.
    """
    _refuse_too_many(ticked_requests, MOST_PRINTED)
    printouts, lacking = [], []
    async with store.open_unit(write=False) as uow:
        for ticked in ticked_requests:
            context = ActorContext(dependencies, uow, actor)
            request = await find_readable_request(context, ticked.code)
            if paper_kind in list_issued_papers(dependencies, request, actor):
                printouts.append(await build_request_printout(context, ticked.code, paper_kind))
            else:
                lacking.append(ticked)
    if not printouts:
        raise NotFound(PRINTOUT_FIELD, NotFoundReason.NOT_ISSUED)
    return GatheredPapers(printouts, lacking)


async def assign_each(
    dependencies: Dependencies, store: Store, username: str, ticked_requests: Sequence[TickedRequest], actor: Actor
) -> list[BulkResult]:
    """Give each to one member; `TooLarge`."""

    async def assign_one(uow: RequestStaffRepositories, ticked: TickedRequest) -> None:
        await assign_request(ActorContext(dependencies, uow, actor), ticked.code, username, ticked.version)

    return await _do_with_each(store, ticked_requests, assign_one)


async def _do_with_each(
    store: Store, ticked_requests: Sequence[TickedRequest], act_on_one: SingleAction
) -> list[BulkResult]:
    _refuse_too_many(ticked_requests, MOST_AT_ONCE)
    results = []
    for ticked in ticked_requests:
        try:
            async with store.open_unit() as uow:
                await act_on_one(uow, ticked)
            results.append(BulkResult(ticked.code))
        except DomainError as error:
            if is_missing_proof(error):  # it is missing for all of them: the gate asks
                raise
            results.append(BulkResult(ticked.code, error))
    return results


def _refuse_too_many(ticked_requests: Sequence[TickedRequest], most: int) -> None:
    if len(ticked_requests) > most:
        raise TooLarge("code", TooLargeReason.TOO_MANY_REQUESTS, most=persian_digits(most))
