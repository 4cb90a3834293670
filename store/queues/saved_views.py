"""The port `SavedViews`: filters that members of the staff keep under names of their own."""

from sqlalchemy import Executable, bindparam, delete, select

from domain.queues.views import SavedView
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import saved_views
from store.work import Repository

_VIEW = TableMapping(saved_views, SavedView)
_OF = select(*_VIEW.columns).where(saved_views.c.username == bindparam("of_user")).order_by(saved_views.c.name)
_REMOVE = delete(saved_views).where(
    saved_views.c.username == bindparam("of_user"), saved_views.c.name == bindparam("of_name")
)


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(saved_views)
    changed = {name: new.excluded[name] for name in ("filter", "saved_at")}
    return new.on_conflict_do_update(index_elements=["username", "name"], set_=changed)


class SqlSavedViews(Repository):
    """The port `SavedViews`."""

    async def of(self, username: str) -> list[SavedView]:
        """Return a member's views by name."""
        return _VIEW.read_all(await self._work.rows(_OF, {"of_user": username}))

    async def put(self, view: SavedView) -> None:
        """Store a view; one of that name is replaced."""
        await self._work.run(_put, _VIEW.values(view))

    async def remove(self, username: str, name: str) -> bool:
        """Forget a view; False when there was none."""
        return await self._work.count(_REMOVE, {"of_user": username, "of_name": name}) == 1
