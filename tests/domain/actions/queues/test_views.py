"""Saved views: kept by one member, proved anew when they are read, and forgotten."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.queues import views
from domain.people.person import StaffMember
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla
from domain.queues.search_ways import SearchWay
from domain.queues.views import SavedView
from domain.values.actors import Role
from domain.values.errors import Forbidden, InvalidField, MissingField, NotFound, TooLarge
from tests.support.municipality import Municipality, actor

LATE = QueueFilter(Queue.UNIT, Role.CIVIL, sla=Sla.LATE)
CIVIL = actor(Role.CIVIL)


async def save(town: Municipality, name: str, wanted: QueueFilter = LATE, by: Role = Role.CIVIL) -> views.NamedView:
    """Keep a view."""
    async with town.store.open_unit() as uow:
        return await views.save_view(ActorContext(town.desk, uow, actor(by)), name, wanted)


async def kept(town: Municipality, by: Role = Role.CIVIL) -> list[views.NamedView]:
    """The views that somebody has."""
    async with town.store.open_unit(write=False) as uow:
        return await views.list_views(ActorContext(town.desk, uow, actor(by)))


async def test_a_view_is_kept_replaced_and_forgotten(town: Municipality) -> None:
    assert await save(town, "  دیرشده‌ها  ") == views.NamedView("دیرشده‌ها", LATE)
    await save(town, "همه", QueueFilter(Queue.ALL))
    await save(town, "همه", QueueFilter(Queue.OPEN))
    assert await kept(town) == [views.NamedView("دیرشده‌ها", LATE), views.NamedView("همه", QueueFilter(Queue.OPEN))]
    async with town.store.open_unit() as uow:
        await views.delete_view(uow.saved_views, "همه", CIVIL)
    assert [one.name for one in await kept(town)] == ["دیرشده‌ها"]
    with pytest.raises(NotFound):
        async with town.store.open_unit() as uow:
            await views.delete_view(uow.saved_views, "همه", CIVIL)


async def test_views_are_ones_own(town: Municipality) -> None:
    member = StaffMember("revenue", frozenset({Role.REVENUE}), "رضا", None, "", True, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    await save(town, "همه")
    assert await kept(town, Role.REVENUE) == []
    with pytest.raises(NotFound):
        async with town.store.open_unit() as uow:
            await views.delete_view(uow.saved_views, "همه", actor(Role.REVENUE))


async def test_what_cannot_be_kept_is_refused(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingField, match="name"):
        await save(town, " \n ")
    with pytest.raises(InvalidField, match="too_long"):
        await save(town, "ب" * 61)
    for stranger in (Role.ADMIN, Role.CITIZEN):
        with pytest.raises(Forbidden):
            await save(town, "همه", by=stranger)
    monkeypatch.setattr(views, "MOST_VIEWS", 1)
    await save(town, "همه")
    await save(town, "همه")
    with pytest.raises(TooLarge, match="too_many_views"):
        await save(town, "دیرشده‌ها")


async def test_a_view_of_what_is_gone_is_shown_without_a_filter(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await uow.saved_views.save(SavedView("civil", "کهنه", {"service": "water"}, town.clock.now()))
    assert await kept(town) == [views.NamedView("کهنه", None)]


async def test_a_view_keeps_the_way_of_searching_only_where_it_was_chosen(town: Municipality) -> None:
    await town.submit(full_name="رضا امام", place="خیابان امام")
    await save(town, "همه", QueueFilter(Queue.ALL, search="امام", found_by=SearchWay.NAME))
    await save(town, "نشانی", QueueFilter(Queue.ALL, search="امام", found_by=SearchWay.ADDRESS))
    kept_ways = {one.name: one.filter.found_by for one in await kept(town) if one.filter}
    assert kept_ways == {"همه": None, "نشانی": SearchWay.ADDRESS}
