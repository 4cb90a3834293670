"""Saved views: filters of queues that a member of the staff keeps under names of the own choice."""

from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.actions.queues.filter_reading import read
from domain.actions.queues.visibility import services_seen
from domain.queues.filters import QueueFilter
from domain.queues.views import SavedView
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, Forbidden, InvalidField, MissingField, NotFound, TooLarge
from domain.values.text import code_units, persian_digits, shown

LONGEST_NAME = 60
MOST_VIEWS = 30
"""Views that one member keeps."""


@dataclass(frozen=True, slots=True)
class View:
    """A view by its name; `filter` is None where what was kept means nothing any more (a service that is gone)."""

    name: str
    filter: QueueFilter | None


async def views_of(desk: Desk, uow: UnitOfWork, actor: Actor) -> list[View]:
    """Return the member's views by name."""
    return [View(one.name, _read(desk, one)) for one in await uow.saved_views.of(actor.ident)]


async def save_view(desk: Desk, uow: UnitOfWork, name: str, wanted: QueueFilter, actor: Actor) -> View:
    """Keep a filter under a name; one of that name is replaced.

    Errors: `Forbidden` for who sees no request, `MissingField("name")`, `InvalidField("name")` (too long),
    `TooLarge("name")` past thirty views.
    """
    if actor.kind != "staff" or not services_seen(desk.services, actor.role_names):
        raise Forbidden("name")
    name = " ".join(shown(name).split())
    if not name:
        raise MissingField("name")
    if code_units(name) > LONGEST_NAME:
        raise InvalidField("name", detail="too_long", limit=persian_digits(LONGEST_NAME))
    there = {one.name for one in await uow.saved_views.of(actor.ident)}
    if name not in there and len(there) >= MOST_VIEWS:
        raise TooLarge("name", detail="too_many_views", most=persian_digits(MOST_VIEWS))
    await uow.saved_views.put(SavedView(actor.ident, name, wanted.as_json(), desk.clock.now()))
    return View(name, wanted)


async def delete_view(uow: UnitOfWork, name: str, actor: Actor) -> None:
    """Forget a view; `NotFound("name")`."""
    if not await uow.saved_views.remove(actor.ident, name):
        raise NotFound("name")


def _read(desk: Desk, view: SavedView) -> QueueFilter | None:
    try:
        return read(desk.services, view.filter, desk.clock.now())
    except DomainError:
        return None
