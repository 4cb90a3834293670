"""Changes of the mobile by which a person is reached."""

from sqlalchemy import Executable, Integer, bindparam, select

from domain.people.mobile_changes import MobileChange
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import mobile_changes
from store.work import Repository

_MAPPING = TableMapping(mobile_changes, MobileChange)
_SELECT = select(*_MAPPING.columns).order_by(mobile_changes.c.proposed_at.desc(), mobile_changes.c.id.desc())
_SELECT_LAST = _SELECT.where(
    mobile_changes.c.subject_kind == bindparam("of_kind"), mobile_changes.c.subject_id == bindparam("of_subject")
).limit(1)
_SELECT_FROM = _SELECT.where(mobile_changes.c.old_mobile == bindparam("of_mobile")).limit(
    bindparam("most", type_=Integer)
)
_FINISHING_COLUMNS = ("done_by", "done_at", "objected_at")


def _upsert(engine: DatabaseEngine) -> Executable:
    inserting = engine.insert_into(mobile_changes)
    changed = {name: inserting.excluded[name] for name in _FINISHING_COLUMNS}
    return inserting.on_conflict_do_update(index_elements=["id"], set_=changed)


class SqlMobileChangeRepository(Repository):
    """The port `MobileChangeRepository`."""

    async def save(self, change: MobileChange) -> None:
        await self._transaction.execute(_upsert, _MAPPING.column_values(change))

    async def find_last(self, subject_kind: str, subject_id: int) -> MobileChange | None:
        row = await self._transaction.fetch_row(_SELECT_LAST, {"of_kind": subject_kind, "of_subject": subject_id})
        return None if row is None else _MAPPING.read_row(row)

    async def list_from(self, mobile: str, limit: int) -> list[MobileChange]:
        rows = await self._transaction.fetch_rows(_SELECT_FROM, {"of_mobile": mobile, "most": limit})
        return _MAPPING.read_rows(rows)
