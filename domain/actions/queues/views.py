"""Saved views: filters of queues that a member of the staff keeps under names of the own choice."""

from dataclasses import dataclass, replace

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.filter_reading import read_queue_filter
from domain.actions.queues.work import settle_search
from domain.authorization.visibility import visible_services
from domain.queues.filters import QueueFilter
from domain.queues.ports import SavedViewRepository
from domain.queues.views import SavedView
from domain.repositories import OverviewRepositories
from domain.values.actors import Actor
from domain.values.errors import DomainError, Forbidden, NotFound, TooLarge
from domain.values.reasons import TooLargeReason
from domain.values.required_text import read_required_text
from domain.values.text import persian_digits

LONGEST_NAME = 60
MOST_VIEWS = 30
"""Views that one member keeps."""


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view by its name; `filter` is None where what was kept means nothing any more (a service that is gone)."""

    name: str
    filter: QueueFilter | None


async def list_views(context: ActorContext[OverviewRepositories]) -> list[NamedView]:
    """Return the member's views by name."""
    return [
        NamedView(saved.name, _read_saved_filter(context.dependencies, saved))
        for saved in await context.uow.saved_views.list_of_member(context.actor.identifier)
    ]


async def save_view(context: ActorContext[OverviewRepositories], view_name: str, criteria: QueueFilter) -> NamedView:
    """Keep a filter under a name; one of that name is replaced. By what something was found is kept only where it was
    chosen: what is the first way today may find nothing tomorrow.

    Errors: `Forbidden` for who sees no request, `MissingField("name")`, `InvalidField("name")` (too long),
    `TooLarge("name")` past thirty views.
    """
    if not visible_services(context.dependencies.services, context.actor):
        raise Forbidden("name")
    view_name = read_required_text(" ".join(view_name.split()), "name", LONGEST_NAME)
    existing_names = {saved.name for saved in await context.uow.saved_views.list_of_member(context.actor.identifier)}
    if view_name not in existing_names and len(existing_names) >= MOST_VIEWS:
        raise TooLarge("name", TooLargeReason.TOO_MANY_VIEWS, most=persian_digits(MOST_VIEWS))
    without_way = replace(criteria, found_by=None)
    if criteria.found_by and criteria == await settle_search(context, without_way):
        criteria = without_way
    await context.uow.saved_views.save(
        SavedView(context.actor.identifier, view_name, criteria.as_json(), context.dependencies.clock.now())
    )
    return NamedView(view_name, criteria)


async def delete_view(saved_views: SavedViewRepository, view_name: str, actor: Actor) -> None:
    """Forget a view; `NotFound("name")`."""
    if not await saved_views.delete(actor.identifier, view_name):
        raise NotFound("name")


def _read_saved_filter(dependencies: Dependencies, saved_view: SavedView) -> QueueFilter | None:
    try:
        return read_queue_filter(dependencies.services, saved_view.filter, dependencies.clock.now())
    except DomainError:
        return None
