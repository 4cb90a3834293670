"""Last step of a request and its taking back: how it is taken back and what that does, or why it cannot be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.admin.requests.step_view import StepViews
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.step_back import StepBackOffer, find_step_back_offer
from domain.language.wording import day_and_hour_text
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.identifiers import display_mobile
from domain.values.languages import join_list
from domain.values.text import persian_digits


@dataclass(frozen=True, slots=True)
class StepBackView:
    """The last step of a request, in words."""

    title: str
    """Name of the step."""
    seq: int
    """The number of its event, which the form names."""
    obstacle: str | None
    """Reason why it cannot be taken back; None where it can."""
    until: str
    """Until when it can: day and hour in Tehran; empty where it cannot."""
    consequences: Sequence[str]
    """Consequences of taking it back, a sentence each."""


class StepBackViews:
    """Words what may be taken back."""

    def __init__(self, dependencies: Dependencies, step_views: StepViews) -> None:
        self._dependencies = dependencies
        self._step_views = step_views
        self._get_text = dependencies.catalogue.text

    async def build_view(
        self, uow: UnitOfWork, request: ServiceRequest, events: Sequence[HistoryEvent], actor: Actor
    ) -> StepBackView | None:
        """Return the view of the last step; None where there is nothing to say of it to this one."""
        offer = await find_step_back_offer(ActorContext(self._dependencies, uow, actor), request, events)
        if offer is None:
            return None
        obstacle = self._dependencies.wording.render_error(offer.obstacle) if offer.obstacle else None
        return StepBackView(
            self._step_views.describe_step(self._dependencies.engine.get_service(request.service), offer.step_name),
            offer.seq,
            obstacle,
            day_and_hour_text(offer.until) if offer.until else "",
            [] if obstacle else list(self._describe_consequences(request, offer)),
        )

    def _describe_consequences(self, request: ServiceRequest, offer: StepBackOffer) -> Iterator[str]:
        catalogue, prefix = self._dependencies.catalogue, "admin.step_back"
        state = self._get_text(f"services.{request.service}.states.{offer.state}")
        yield catalogue.render(f"{prefix}.state", {"state": state})
        if offer.changes_bookings:
            yield self._get_text(f"{prefix}.bookings")
        if offer.voids_bill:
            yield self._get_text(f"{prefix}.bill")
        if offer.waiting_count:
            yield catalogue.render(f"{prefix}.waiting", {"count": persian_digits(offer.waiting_count)})
        if offer.notified_mobiles:
            mobiles = join_list(persian_digits(display_mobile(mobile)) for mobile in offer.notified_mobiles)
            yield catalogue.render(f"{prefix}.told", {"mobiles": mobiles})
