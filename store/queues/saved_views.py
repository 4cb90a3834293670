"""The port `SavedViewRepository`: filters that members of the staff keep under names of their own."""

from sqlalchemy import Executable, bindparam, delete, select

from domain.queues.views import SavedView
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import saved_views
from store.work import Repository

_MAPPING = TableMapping(saved_views, SavedView)
_LIST_VIEWS = (
    select(*_MAPPING.columns).where(saved_views.c.username == bindparam("of_user")).order_by(saved_views.c.name)
)
_REMOVE_VIEW = delete(saved_views).where(
    saved_views.c.username == bindparam("of_user"), saved_views.c.name == bindparam("of_name")
)


def _upsert_view(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(saved_views)
    changed_columns = {column_name: insertion.excluded[column_name] for column_name in ("filter", "saved_at")}
    return insertion.on_conflict_do_update(index_elements=["username", "name"], set_=changed_columns)


class SqlSavedViewRepository(Repository):
    """The port `SavedViewRepository`."""

    async def list_of_member(self, username: str) -> list[SavedView]:
        return _MAPPING.read_rows(await self._transaction.fetch_rows(_LIST_VIEWS, {"of_user": username}))

    async def save(self, saved_view: SavedView) -> None:
        await self._transaction.execute(_upsert_view, _MAPPING.column_values(saved_view))

    async def delete(self, username: str, view_name: str) -> bool:
        return await self._transaction.count_written(_REMOVE_VIEW, {"of_user": username, "of_name": view_name}) == 1
