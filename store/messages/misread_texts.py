"""Texts that were not understood as they were meant, one for all with the same words."""

from sqlalchemy import Executable, Integer, bindparam, case, delete, select, update

from domain.messages.misread_texts import LabelState, MisreadFilter, MisreadText
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.filtered_select import FilteredSelect
from store.rows import TableMapping
from store.schema import misread_texts
from store.work import Repository

_MAPPING = TableMapping(misread_texts, MisreadText)
_HAS_DIGEST = misread_texts.c.digest == bindparam("of_digest")
_IS_OPEN = misread_texts.c.state == LabelState.OPEN
_COUNT_LESS = (
    update(misread_texts)
    .where(_HAS_DIGEST)
    .values(count=case((misread_texts.c.count > 0, misread_texts.c.count - 1), else_=0))
)
_DROP_UNWRITTEN = delete(misread_texts).where(_HAS_DIGEST, _IS_OPEN, misread_texts.c.count == 0)
_SELECT_TEXT = select(*_MAPPING.columns).where(misread_texts.c.id == bindparam("misread_id"))
_LOCK_TEXT = _SELECT_TEXT.with_for_update()
_LABEL_COLUMNS = ("state", "label", "labelled_by", "labelled_at")
_SAVE_LABEL = update(misread_texts).where(misread_texts.c.id == bindparam("misread_id"))
_LIST_TEXTS = FilteredSelect(
    select(*_MAPPING.columns)
    .order_by(misread_texts.c.count.desc(), misread_texts.c.id.desc())
    .limit(bindparam("most", type_=Integer)),
    of_state=misread_texts.c.state == bindparam("of_state"),
    of_reason=misread_texts.c.reason == bindparam("of_reason"),
)


def _add_or_count(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(misread_texts)
    counted = {"count": misread_texts.c.count + 1, "last_at": insertion.excluded.last_at}
    return insertion.on_conflict_do_update(index_elements=["digest"], set_=counted)


class SqlMisreadTextRepository(Repository):
    """The port `MisreadTextRepository`. What a turn keeps is written by its commit at the latest."""

    async def add(self, misread: MisreadText) -> None:
        await self._transaction.defer(_add_or_count, _MAPPING.column_values(misread))

    async def withdraw(self, digest: str) -> None:
        await self._transaction.defer(_COUNT_LESS, {"of_digest": digest})
        await self._transaction.defer(_DROP_UNWRITTEN, {"of_digest": digest})

    async def get(self, misread_id: int, *, lock: bool = False) -> MisreadText:
        row = await self._transaction.fetch_row(_LOCK_TEXT if lock else _SELECT_TEXT, {"misread_id": misread_id})
        if row is None:
            raise NotFound("misread_text")
        return _MAPPING.read_row(row)

    async def save_label(self, misread: MisreadText) -> None:
        label_values = {name: getattr(misread, name) for name in _LABEL_COLUMNS}
        await self._transaction.execute(_SAVE_LABEL, {**label_values, "misread_id": misread.id})

    async def list_texts(self, misread_filter: MisreadFilter) -> list[MisreadText]:
        statement, values = _LIST_TEXTS.with_values(
            {
                "of_state": misread_filter.state,
                "of_reason": misread_filter.reason,
                "most": misread_filter.limit,
            }
        )
        return _MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))
